"""Words that take a sound apart into frequencies and put it together again.

All of them answer late, by a window and a quarter: with the usual window of 2,048 frames at 48 kHz, 53 ms.
"""
from __future__ import annotations

from typing import Any

from ...terms.words import both
from ..asked import refusal
from ..graph import Signal, apply
from ..units import UNITS
from ..units.spectra import WINDOWS, cross_memory, sustain_memory, window_plan

__all__ = ["blur", "cross", "freeze"]


def freeze(x: Any, gate: Any, window: int = 2_048) -> Signal:
    """Hold the spectrum of a moment: as the gate rises, what sounds then goes on without end and without buzz, until it falls.

    gate    0 the sound itself, 1 held; between them it lingers
    window  512, 1024, 2048 or 4096 frames: long ones know pitches better, short ones moments

        ug.freeze(voice, self.presence)
    """
    size = _window("ug.freeze, window", window)
    return apply(UNITS["freeze"], inputs={"x": x}, controls={"gate": gate}, numbers={"plan": window_plan(size)},
                 memory={"memory": sustain_memory(size)})


def blur(x: Any, time: Any = 2.0, window: int = 2_048) -> Signal:
    """Smear a sound in time: each frequency lingers after it has sounded, as with the pedal of a piano down. No echo, no room.
    Tones stay as loud as they are; noise comes out some 5 dB softer, since its moments do not fit together.

    time    s until what was heard has fallen by 60 dB, 0 (the sound itself) to 3600
    window  512, 1024, 2048 or 4096 frames: long ones know pitches better, short ones moments

        ug.blur(ug.play("sounds/bell-mid.flac"), 8)
    """
    size = _window("ug.blur, window", window)
    return apply(UNITS["blur"], inputs={"x": x}, controls={"time": time}, numbers={"plan": window_plan(size)},
                 memory={"memory": sustain_memory(size)})


def cross(x: Any, y: Any, window: int = 2_048) -> Signal:
    """One sound seen through another: the strengths of x's frequencies with the phases of y, and so with y's pitch and grain.
    As loud as x, and silent where either is silent.

    window  512, 1024, 2048 or 4096 frames: short ones keep x's rhythm, long ones the pitches of both

        ug.cross(voice, ug.play("sounds/rain.ogg", loop=True))
    """
    size = _window("ug.cross, window", window)
    return apply(UNITS["cross"], inputs={"x": x, "y": y}, numbers={"plan": window_plan(size)}, memory={"memory": cross_memory(size)})


def _window(word: str, window: Any) -> int:
    if not isinstance(window, int) or window not in WINDOWS:
        known = ", ".join(map(str, WINDOWS))
        raise refusal(both(f"{word}: expected one of {known}, got {window!r}", f"{word} : il faut l'un de {known}, et non {window!r}"),
                      "graph.range")
    return window
