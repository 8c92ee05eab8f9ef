"""Words that answer a sound later: echoes and rooms."""
from __future__ import annotations

import math
from typing import Any

from ..asked import whole, within
from ..graph import Signal, apply
from ..signal import operand
from ..units import UNITS
from ..units.rooms import room_lengths, room_memory
from ..units.spaces import DELAY_SPARE
from .levels import mix
from .taken import width_of

__all__ = ["delay", "reverb"]


def delay(x: Any, time: Any, feedback: Any = 0.0, longest: float = 2.0) -> Signal:
    """Echoes, without the sound itself. A time that moves bends the pitch as on a tape; nothing clicks.

    time      s, up to `longest`; at least two frames
    feedback  -0.99 to 0.99, how much of each echo is heard again
    longest   s, 0.001 to 600: how much is remembered; a constant time may be longer, and sets it

        x + ug.delay(x, "350 ms", feedback=0.5) * 0.5
    """
    held = within("ug.delay, longest", longest, 0.001, 600.0, "s")
    if isinstance(time, (int, float, str)):
        time = within("ug.delay, time", time, 0.0, 600.0, "s")
        held = max(held, time)
    return apply(UNITS["delay"], inputs={"x": x}, controls={"time": time, "feedback": feedback},
                 memory={"line": lambda hall: math.ceil(held * hall.rate) + DELAY_SPARE})


def reverb(x: Any, decay: Any = 2.0, damping: Any = 0.5, size: float = 20.0, channels: int = 2) -> Signal:
    """A room around a sound, without the sound itself. All channels together are about as loud as what comes in.

    decay     s until it has fallen by 60 dB, 0.1 to 120
    damping   0 to 0.98: the highest frequencies die in (1 - damping) of that time
    size      m, 2 to 100: the length of the room; small ones sound hollow, large ones answer late
    channels  1 to 8, none like another; ug.place(room, width=360) sets them all around

        ug.place(ug.reverb(x, decay=6, channels=8), width=360)
    """
    metres = within("ug.reverb, size", size, 2.0, 100.0, "m")
    channels = whole("ug.reverb, channels", channels, 1, 8)
    sound = operand(x, "ug.reverb, x")
    if isinstance(sound, Signal) and width_of(sound) > 1:
        sound = mix(*sound) * (1.0 / math.sqrt(sound.channels))         # about as loud as its channels together
    return apply(UNITS["reverb"], inputs={"x": sound}, controls={"decay": decay, "damping": damping}, channels=channels,
                 as_is=True, numbers={"lengths": lambda hall: room_lengths(metres, hall.rate)},
                 memory={"lines": lambda hall: room_memory(metres, hall.rate)})
