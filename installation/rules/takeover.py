"""Soft take-over: a fader whose hand cannot see the value takes hold of it only when it passes it, so that nothing jumps.

    takeover = TakeOver()
    if takeover.lets(declaration, wanted, standing): write it

One for each device. A fader has hold for as long as what stands is what it wrote last; when somebody else has moved the value, it must come
past it again. (Ableton Live calls this "value scaling: pick-up", norns "soft take-over".) Pure.
"""
from __future__ import annotations

from dataclasses import dataclass

from ..terms.declaration import Declaration, Kind, Value

NEAR = 2 / 127       # of the fader's way: as near as a controller with 128 steps can be expected to come
SAME = 1e-4          # of the way: what stands is what was written
MOST = 4_000         # faders of one device


@dataclass(slots=True)
class _Fader:
    last: float
    written: float | None


class TakeOver:
    """Which faders of one device have hold of their values."""

    def __init__(self) -> None:
        self._faders: dict[str, _Fader] = {}

    def lets(self, declaration: Declaration, wanted: object, standing: Value) -> bool:
        """Whether this write may pass: always for what is no fader (a switch, a text, a number without a range)."""
        position, stands = _position(declaration, wanted), _position(declaration, standing)
        if position is None or stands is None:
            return True
        fader = self._faders.get(declaration.address)
        if fader is None:
            if len(self._faders) >= MOST:
                del self._faders[next(iter(self._faders))]
            fader = self._faders[declaration.address] = _Fader(position, None)
        holds = fader.written is not None and abs(stands - fader.written) <= SAME
        passes = min(fader.last, position) - NEAR <= stands <= max(fader.last, position) + NEAR
        fader.last = position
        fader.written = position if holds or passes else None
        return holds or passes

    def waits(self, address: str) -> bool:
        """Whether this fader was moved and has no hold of its value."""
        fader = self._faders.get(address)
        return fader is not None and fader.written is None


def _position(declaration: Declaration, value: object) -> float | None:
    """Where a value stands on a fader, 0 to 1; None for what has no fader."""
    if declaration.kind not in (Kind.FLOAT, Kind.INT) or declaration.low is None or declaration.high is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        return None
    return declaration.position(min(float(declaration.high), max(float(declaration.low), float(value))))
