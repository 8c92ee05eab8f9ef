"""Words that keep one part of a sound."""
from __future__ import annotations

from typing import Any

from ...terms.fault import did_you_mean
from ...terms.words import both
from ..asked import refusal
from ..graph import Signal, apply
from ..units import UNITS
from ..units.filters import MODES

__all__ = ["filter", "highpass", "lowpass"]


def lowpass(x: Any, cutoff: Any) -> Signal:
    """Duller: 6 dB an octave above the cutoff (Hz). For more, or for an edge that rings, take filter.    ug.lowpass(x, 600)"""
    return apply(UNITS["lowpass"], inputs={"x": x}, controls={"cutoff": cutoff})


def highpass(x: Any, cutoff: Any) -> Signal:
    """Thinner: 6 dB an octave below the cutoff (Hz). lowpass and highpass add up to the sound.    ug.highpass(x, 80)"""
    return apply(UNITS["highpass"], inputs={"x": x}, controls={"cutoff": cutoff})


def filter(x: Any, cutoff: Any, resonance: Any = 0.3, mode: str = "low") -> Signal:
    """Keep one part of a sound, 12 dB an octave, and let the edge ring.

    cutoff     Hz
    resonance  0 a soft edge, 0.3 a plain one, 0.9 it rings, 0.995 it sings (and is a hundred times as loud there)
    mode       "low", "band" (never louder than the sound), "high" or "notch" (all but the cutoff)

        ug.filter(ug.saw(55), self.brightness, resonance=0.7)
    """
    if mode not in MODES:
        close, known = did_you_mean(str(mode), MODES), ", ".join(MODES)
        raise refusal(both(f"ug.filter, mode: expected one of {known}, got {mode!r}",
                           f"ug.filter, mode : il faut l'un de {known}, et non {mode!r}"), "graph.mode",
                      both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else "")
    return apply(UNITS["filter"], inputs={"x": x}, controls={"cutoff": cutoff, "resonance": resonance},
                 numbers={"mix": MODES[mode]})
