"""What hands have changed, in the log: one calm line for each gesture, with who it was.

    web:artist:3 moved /scene/tide/height from 0.2 to 0.6

A gesture is said a second after it has ended. Many at once (a preset, a wild hand) are said up to a bound; the rest are counted in one line.
"""
from __future__ import annotations

from collections.abc import Callable

from ...rules.gate import GESTURE, Change, Gate
from ...rules.purse import Purse
from ...terms.declaration import Value
from ...terms.words import Words, both

BURST, RATE = 20.0, 1.0      # lines at once, and a second after that
WAITING = 1000               # gestures that are still under way


class Gestures:
    """Listens at the gate and hands lines to `note`."""

    def __init__(self, gate: Gate, note: Callable[[Words], object]) -> None:
        self._tree, self._note = gate.tree, note
        self._open: dict[tuple[str, str, float], Change] = {}
        self._purse = Purse(RATE, BURST)
        self._more = 0
        gate.follow(self._hear)

    def step(self, now: float, *, last: bool = False) -> None:
        """Say the gestures that have ended; with `last` also those under way. Called twice a second."""
        for key, change in list(self._open.items()):
            if not last and now - change.time <= GESTURE:
                continue
            del self._open[key]
            if self._purse.has(2, now):               # one is kept for the line that counts the rest
                self._purse.spend(1, now)
                self._note(self._said(change))
            else:
                self._more += 1
        if self._more and not self._open and self._purse.spend(1, now):
            self._note(both(f"hands moved {self._more} more values", f"des mains ont réglé {self._more} autres valeurs"))
            self._more = 0

    def _hear(self, change: Change) -> None:
        key = change.origin, change.address, change.began
        if key in self._open or len(self._open) < WAITING:
            self._open[key] = change
        else:
            self._more += 1

    def _said(self, change: Change) -> Words:
        who, where = change.origin, change.address
        if change.before is None and change.after is None:
            return both(f"{who} fired {where}", f"{who} a déclenché {where}")
        unit = self._tree.declaration(where).unit if where in self._tree else ""
        before, after = (_shown(value, unit) for value in (change.before, change.after))
        return both(f"{who} moved {where} from {before} to {after}", f"{who} a réglé {where} de {before} à {after}")


def _shown(value: Value, unit: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:.4g}" + (f" {unit}" if unit not in ("", "ratio", "count") else "")
    if isinstance(value, tuple):
        return "(" + ", ".join(f"{part:.3g}" for part in value) + ")"
    return f'"{value}"'
