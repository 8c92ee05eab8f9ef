"""Who holds up the loop? A thread looks at the loop's ticks, and names the artist's line that does not return.

Everything in the control process shares one loop. A play() that computes for a second, or a light() that reads a file, stops
sensors, lamps and remote for that second (never the sound). It cannot be interrupted, but it can be named: when the loop
has not ticked for `patience` seconds, the stack of its thread is read and the innermost line in the piece's folder is told.
"""
from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from ..terms.fault import Fault
from ..terms.words import both


class Lookout:
    """Start it in the loop's own thread; call `tick` from the loop; `told` is called from the lookout's thread."""

    def __init__(self, folder: Path, told: Callable[[Fault], None], patience: float = 0.25) -> None:
        self._folder = folder.resolve()
        self._told = told
        self._patience = patience
        self._watched = threading.get_ident()
        self._last = monotonic()
        self._stop = threading.Event()
        self.longest = 0.0                 # s, the longest time without a tick
        self._thread = threading.Thread(target=self._watch, name="lookout", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._last = monotonic()
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def tick(self) -> None:
        """The loop is alive."""
        now = monotonic()
        self.longest = max(self.longest, now - self._last)
        self._last = now

    def _watch(self) -> None:
        named_at = 0.0
        while not self._stop.wait(self._patience / 4):
            last = self._last
            if monotonic() - last > self._patience and last != named_at:
                named_at = last            # once for each time the loop is held up
                place = self._place()
                if place:
                    self._told(Fault(both("this line has held up the loop: sensors, lamps and remote waited for it",
                                          "cette ligne a bloqué la boucle : capteurs, lumières et télécommande l'ont attendue"),
                                     where=place, id="code.blocks",
                                     remedy=both("play() must `await` (room.sleep, room.until); light() must return at once.",
                                                 "play() doit faire `await` (room.sleep, room.until) ; light() doit rendre la main tout de suite.")))

    def _place(self) -> str:
        frame = sys._current_frames().get(self._watched)
        while frame is not None:
            path = Path(frame.f_code.co_filename)
            if path.is_absolute() and path.is_relative_to(self._folder) and "installation" not in path.relative_to(self._folder).parts[:1]:
                if not any(part.startswith(".") for part in path.relative_to(self._folder).parts):
                    return f"{path}:{frame.f_lineno}"
            frame = frame.f_back
        return ""
