"""Words that answer a sound later: echoes and rooms."""
from __future__ import annotations

import math
from typing import Any

from ...terms.fault import Fault
from ...terms.words import both
from ..answers import answer, pieces, size
from ..asked import refusal, whole, within
from ..graph import Signal, apply
from ..here import facts, here, told
from ..recording import LARGEST, too_long
from ..signal import operand
from ..units import UNITS
from ..units.rooms import room_memory, room_numbers
from ..units.spaces import DELAY_SPARE, convolve_memory, convolve_plan
from .levels import mix
from .taken import width_of

__all__ = ["convolve", "delay", "reverb"]


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


def reverb(x: Any, decay: Any = 2.0, damping: Any = 0.5, size: float = 20.0, channels: int = 2, *, decay_low: Any = None,
           decay_high: Any = None, low_edge: Any = 250.0, high_edge: Any = 9_000.0, density: Any = 0.5, modulation: Any = 0.3,
           freeze: Any = 0.0, predelay: float = 0.0, lines: int = 8) -> Signal:
    """A room around a sound, without the sound itself. All channels together are about as loud as what comes in.

    decay       s until it has fallen by 60 dB, 0.1 to 120
    damping     0 to 0.98: the highest frequencies die in (1 - damping) of that time
    size        m, 2 to 100: the length of the room; small ones sound hollow, large ones answer late
    channels    1 to 8 (16 with 16 lines), none like another; ug.place(room, width=360) sets them all around
    decay_low   s, decay of what lies below low_edge (Hz); as decay if left out. Stone rooms keep the bottom, wooden ones lose it
    decay_high  s, decay of what lies above high_edge (Hz); instead of damping
    density     0 to 1: how soon single echoes cannot be told apart; 0 for rhythm, 1 for a cloud
    modulation  0 to 1: how much the tail moves, without bending in pitch; 0 for a room of stone, 1 for one under water
    freeze      0 to 1: at 1 what sounds is held for ever, and nothing gets in
    predelay    s, 0 to 2: before the room answers
    lines       8 or 16: the more, the smoother

        ug.place(ug.reverb(x, decay=6, channels=8), width=360)
    """
    metres = within("ug.reverb, size", size, 2.0, 100.0, "m")
    before = within("ug.reverb, predelay", predelay, 0.0, 2.0, "s")
    lines = whole("ug.reverb, lines", lines, 8, 16)
    if lines not in (8, 16):
        raise refusal(both(f"ug.reverb, lines: expected 8 or 16, got {lines}",
                           f"ug.reverb, lines : il faut 8 ou 16, et non {lines}"), "graph.range")
    channels = whole("ug.reverb, channels", channels, 1, lines)
    sound = operand(x, "ug.reverb, x")
    if isinstance(sound, Signal) and width_of(sound) > 1:
        sound = mix(*sound) * (1.0 / math.sqrt(sound.channels))         # about as loud as its channels together
    return apply(UNITS["reverb"], inputs={"x": sound}, channels=channels, as_is=True,
                 controls={"decay": decay, "damping": damping, "decay_low": decay_low, "decay_high": decay_high,
                           "low_edge": low_edge, "high_edge": high_edge, "density": density, "modulation": modulation,
                           "freeze": freeze},
                 numbers={"room": lambda hall: room_numbers(metres, hall.rate, lines, before)},
                 memory={"lines": lambda hall: room_memory(room_numbers(metres, hall.rate, lines, before))})


def convolve(x: Any, file: str, longest: float = 60.0, matched: bool = True) -> Signal:
    """A room, or a thing, that was recorded as it answered a click: a sound as it would be heard there, without delay. The answer
    alone. A sound of one channel comes out with all channels of the recording; one of several, each through its own channel, or
    all through the only one.

    file     in the piece's folder: an impulse response, or anything else: a gong, a word, rain
    longest  s, how much of the recording is used, at most
    matched  as loud as it must be for noise to come out as loud as it goes in; False takes the recording as loud as it is

        ug.convolve(voice, "sounds/chapel.wav") * 0.3 + voice
    """
    this, found = here(), facts(file, "ug.convolve")
    frames = min(found.at(this.rate), max(1, round(within("ug.convolve, longest", longest, 0.001, 600.0, "s") * this.rate)))
    if 4 * max(size(frames), found.at(this.rate)) * found.channels > LARGEST:
        raise told(file, too_long(found, this.rate))
    sound = operand(x, "ug.convolve, x")
    inputs = width_of(sound)
    if inputs > 1 and found.channels not in (1, inputs):
        raise refusal(both(f"ug.convolve: the sound has {inputs} channels, {file} has {found.channels}",
                           f"ug.convolve : le son a {inputs} canaux, {file} en a {found.channels}"), "graph.channels",
                      both("One of them must have one channel, or both as many.",
                           "L'un des deux doit avoir un canal, ou les deux autant."))
    outputs = max(inputs, found.channels)
    short, long = pieces(frames)
    try:
        table = answer(found, this.rate, frames, bool(matched), this.cache)
    except Fault as fault:
        raise told(file, fault) from None
    return apply(UNITS["convolve"], inputs={"x": sound}, channels=outputs, as_is=True, table=table,
                 numbers={"plan": convolve_plan(short, long)},
                 memory={"memory": convolve_memory(inputs, outputs, short, long)})
