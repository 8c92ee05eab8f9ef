"""What the disk refuses to keep, in one sentence: once when it begins, whoever notices it, and once when everything is kept again.

    refusals.refused("values", error)      the writer and what it was told
    refusals.kept("values")                that writer has written
"""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ...terms.fault import Fault, Recovery
from ...terms.words import both


class Refusals:
    """Of one state folder. Called in the loop."""

    def __init__(self, folder: Path, tell: Callable[[Fault | Recovery], None]) -> None:
        self._folder, self._tell = folder, tell
        self._refused: set[str] = set()

    def refused(self, what: str, error: OSError) -> None:
        """It could not be written."""
        if not self._refused:
            self._tell(Fault(both(f"nothing can be kept over a power cut: {error.strerror}", f"rien ne peut être gardé en cas de coupure : {error.strerror}"),
                             where=str(self._folder), id="state.write",
                             remedy=both("Everything plays on. Tuned values, the logbook and the place in the score are kept again once it can be written.",
                                         "Tout continue. Réglages, journal et position dans la partition seront gardés dès qu'on pourra y écrire.")))
        self._refused.add(what)

    def kept(self, what: str) -> None:
        """It was written."""
        if self._refused:
            self._refused.discard(what)
            if not self._refused:
                self._tell(Recovery(both("what must outlive a power cut is kept again", "ce qui doit survivre à une coupure est de nouveau gardé"),
                                    where=str(self._folder), id="state.write"))
