"""Control's hand on the sound as a whole: the guard, the master gain, the end, and whose turn it is to play."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from .arena import Arena
from .guarding import check_gain, set_guard
from .layout import COMMITTED, CONTROL_TICK, EPOCH, FADE_OUT, FRAMES, MASTER_DB, MUTE, OUTPUTS, RATE


class Overall:
    """What concerns everything that sounds at once."""

    def __init__(self, arena: Arena) -> None:
        self.arena = arena
        self.rate, self.outputs = int(arena.words[RATE]), int(arena.words[OUTPUTS])
        self._muted = self._hushed = False
        self.guard()

    @property
    def frame(self) -> int:
        """The first frame of the next block."""
        return (int(self.arena.words[COMMITTED]) >> 16) * FRAMES

    def guard(
        self,
        *,
        gains_db: Sequence[float] = (),
        delays: Sequence[float] = (),
        ceiling_dbfs: float = -1.0,
        mute: float = 0.03,
        close: float = 0.5,
        release: float = 0.08,
    ) -> None:
        """What the guard obeys: each output's gain in dB and delay in seconds, the ceiling, and its ramps in seconds.

        Raises Fault for what it cannot do; then nothing has changed.
        """
        set_guard(self.arena, gains_db, delays, ceiling_dbfs, mute, close, release)

    def master(self, gain_db: float) -> None:
        """The master gain, reached in dB within some 50 ms. -120 dB and below is silence."""
        check_gain(gain_db, "room.gain")
        self.arena.words[MASTER_DB] = bits(max(-200.0, gain_db))

    def mute(self, muted: bool = True) -> None:
        """Silence within 50 ms, and back."""
        self._muted = muted
        self.arena.words[MUTE] = int(self._muted or self._hushed)

    def hush(self, hushed: bool) -> None:
        """The same, for a moment and of the engine's own accord: a card begins to sound out of silence, and not in the middle of a wave."""
        self._hushed = hushed
        self.arena.words[MUTE] = int(self._muted or self._hushed)

    def close(self) -> None:
        """The piece ends: everything fades to silence (`Telemetry.silent` says when)."""
        self.arena.words[FADE_OUT] = 1

    def take_over(self) -> int:
        """Move the epoch on: whoever plays now leaves and changes nothing more. Returns the new epoch, for its successor.

        The player before last must be dead by then: copies are shared by every second epoch.
        """
        self.arena.words[EPOCH] += 1
        return int(self.arena.words[EPOCH])

    def tick(self) -> None:
        """Say that control lives."""
        self.arena.words[CONTROL_TICK] += 1


def bits(value: float) -> int:
    """A float64's bits as a word."""
    return struct.unpack("<q", struct.pack("<d", value))[0]
