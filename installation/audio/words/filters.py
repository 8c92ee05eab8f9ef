"""Words that keep one part of a sound, lift another, or let it ring."""
from __future__ import annotations

import math
from typing import Any

from ...terms.fault import did_you_mean
from ...terms.words import both
from ..asked import measure, refusal, within
from ..graph import Signal, apply
from ..signal import operand
from ..units import UNITS
from ..units.filters import COMB_SPARE, MODES
from ..units.voices import VOICES, VOWELS, formants
from .taken import width_of

__all__ = ["allpass", "block_dc", "comb", "crossover", "filter", "formant", "highpass", "highshelf", "ladder", "lowpass", "lowshelf", "morph",
           "peak"]

STANDING_HZ = 5.0       # what is slower is not heard, and only pushes the cone of a loudspeaker out of its middle


def lowpass(x: Any, cutoff: Any) -> Signal:
    """Duller: 6 dB an octave above the cutoff (Hz). For more, or for an edge that rings, take filter.    ug.lowpass(x, 600)"""
    return apply(UNITS["lowpass"], inputs={"x": x}, controls={"cutoff": cutoff})


def highpass(x: Any, cutoff: Any) -> Signal:
    """Thinner: 6 dB an octave below the cutoff (Hz). lowpass and highpass add up to the sound.    ug.highpass(x, 80)"""
    return apply(UNITS["highpass"], inputs={"x": x}, controls={"cutoff": cutoff})


def block_dc(x: Any) -> Signal:
    """Take away a standing offset, as a lopsided bend leaves it: a highpass at 5 Hz.    ug.block_dc(ug.drive(x + 0.3, 5))"""
    return apply(UNITS["highpass"], inputs={"x": x}, controls={"cutoff": STANDING_HZ}, word="ug.block_dc")


def filter(x: Any, cutoff: Any, resonance: Any = 0.3, mode: str = "low") -> Signal:
    """Keep one part of a sound, 12 dB an octave, and let the edge ring.

    cutoff     Hz
    resonance  0 a soft edge, 0.3 a plain one, 0.9 it rings, 0.995 it sings (and is a hundred times as loud there)
    mode       "low", "band" (never louder than the sound), "high" or "notch" (all but the cutoff)

        ug.filter(ug.saw(55), self.brightness, resonance=0.7)
    """
    return apply(UNITS["filter"], inputs={"x": x}, controls={"cutoff": cutoff, "resonance": resonance},
                 numbers={"mix": MODES[_one_of("ug.filter, mode", mode, MODES)]})


def morph(x: Any, cutoff: Any, resonance: Any = 0.3, shape: Any = 0.0) -> Signal:
    """The filter whose mode glides: a sound that opens from below, thins out, and comes back.

    cutoff     Hz
    resonance  as for filter
    shape      0 low, 1 band, 2 high, 3 notch, and all between

        ug.morph(ug.pink(), 800, resonance=0.8, shape=self.closeness * 3)
    """
    return apply(UNITS["morph"], inputs={"x": x}, controls={"cutoff": cutoff, "resonance": resonance, "shape": shape})


def peak(x: Any, frequency: Any, gain: Any, width: Any = 1.0) -> Signal:
    """Louder or softer around a frequency, the rest as it is: the bell of an equalizer.

    frequency  Hz
    gain       dB, -60 to 24, a number or a parameter in dB
    width      octaves, 0.05 to 6, from half the gain (in dB) on one side to half on the other

        ug.peak(voice, 2_500, gain=4, width=1.5)
    """
    return apply(UNITS["peak"], inputs={"x": x}, controls={"frequency": frequency, "gain": gain, "width": width})


def lowshelf(x: Any, frequency: Any, gain: Any, slope: Any = 1.0) -> Signal:
    """Louder or softer below a frequency: more or less body.

    frequency  Hz, where half the gain (in dB) is reached
    gain       dB, -60 to 24, a number or a parameter in dB
    slope      0.1 to 1, as steep as it can be without an overshoot

        ug.lowshelf(x, 120, gain=-6)
    """
    return apply(UNITS["lowshelf"], inputs={"x": x}, controls={"frequency": frequency, "gain": gain, "slope": slope})


def highshelf(x: Any, frequency: Any, gain: Any, slope: Any = 1.0) -> Signal:
    """Louder or softer above a frequency: more or less air.

    frequency  Hz, where half the gain (in dB) is reached
    gain       dB, -60 to 24, a number or a parameter in dB
    slope      0.1 to 1, as steep as it can be without an overshoot

        ug.highshelf(x, 6_000, gain=self.air)
    """
    return apply(UNITS["highshelf"], inputs={"x": x}, controls={"frequency": frequency, "gain": gain, "slope": slope})


def ladder(x: Any, cutoff: Any, resonance: Any = 0.3, drive: Any = 1.0) -> Signal:
    """Duller, 24 dB an octave, as in an analog synthesizer: warm, thick, and singing when it is asked to. Never louder than 1.

    cutoff     Hz
    resonance  0 to 1.5; from 1 on it sings at the cutoff once something has struck it. The bottom falls as it rises, by 14 dB at 1
    drive      0.01 to 100, how loud the sound goes in: below 0.1 clean (and as much softer), 1 warm, 10 rough

    It comes 25 frames (0.5 ms) later.

        ug.ladder(ug.saw(55) * 0.5, self.brightness, resonance=0.8, drive=2)
    """
    return apply(UNITS["ladder"], inputs={"x": x}, controls={"cutoff": cutoff, "resonance": resonance, "drive": drive})


def comb(x: Any, frequency: Any = None, decay: Any = 1.0, time: Any = None, longest: float = 0.05) -> Signal:
    """Let a sound ring at a frequency and all its overtones, as in a pipe. Noise comes out about as loud as it went in.

    frequency  Hz, or instead of it
    time       s, the period: one over the frequency
    decay      s until the ringing has fallen by 60 dB, 0.001 to 600, at every frequency alike
    longest    s, the longest period that a moving frequency may have (0.05 is 20 Hz); a constant one sets it

        ug.comb(ug.pink(), 110, decay=2)
    """
    if (frequency is None) == (time is None):
        raise refusal(both("ug.comb: expected a frequency or a time, one of them",
                           "ug.comb : il faut une fréquence ou un temps, l'un des deux"), "graph.missing")
    held = within("ug.comb, longest", longest, 0.001, 60.0, "s")
    if isinstance(time, str):
        time = measure("ug.comb, time", time, "s")
    if isinstance(frequency, str):
        frequency = measure("ug.comb, frequency", frequency, "Hz")
    if frequency is None:
        period = operand(time, "ug.comb, time")
        frequency = 1.0 / (period if isinstance(period, Signal) else within("ug.comb, time", period, 0.00005, 60.0, "s"))
    wanted = operand(frequency, "ug.comb, frequency")
    if not isinstance(wanted, Signal):
        held = max(held, 1.0 / within("ug.comb, frequency", wanted, 1.0 / 60.0, 20_000.0, "Hz"))
    return apply(UNITS["comb"], inputs={"x": x}, controls={"frequency": frequency, "decay": decay},
                 memory={"line": lambda hall: math.ceil(held * hall.rate) + COMB_SPARE})


def allpass(x: Any, time: Any, gain: Any = 0.7, longest: float = 0.2) -> Signal:
    """Blur a sound in time and leave its colour alone: clicks become clusters. Several in a row are the beginning of a room.

    time     s from one echo to the next, up to `longest`; at least two frames
    gain     -0.99 to 0.99: 0 is a plain delay, 0.7 a cluster of echoes
    longest  s, 0.001 to 60: how much is remembered; a constant time may be longer, and sets it

        ug.allpass(ug.allpass(x, "31 ms"), "13 ms")
    """
    held = within("ug.allpass, longest", longest, 0.001, 60.0, "s")
    if isinstance(time, (int, float, str)):
        time = within("ug.allpass, time", time, 0.0, 60.0, "s")
        held = max(held, time)
    return apply(UNITS["allpass"], inputs={"x": x}, controls={"time": time, "gain": gain},
                 memory={"line": lambda hall: math.ceil(held * hall.rate) + COMB_SPARE})


def formant(x: Any, vowel: Any = 0.0, voice: str = "bass") -> Signal:
    """Let a sound speak a vowel: best something bright, a saw or a noise. It comes out softer, white noise by 20 to 26 dB.

    vowel  0 a, 1 e, 2 i, 3 o, 4 u, and the mouth moves between them; or one of the letters
    voice  "bass", "tenor", "countertenor", "alto" or "soprano"

        ug.formant(ug.saw(80), vowel=ug.drift(3, 0, 4), voice="tenor")
    """
    singer = _one_of("ug.formant, voice", voice, VOICES)
    if isinstance(vowel, str):
        vowel = VOWELS.index(_one_of("ug.formant, vowel", vowel, VOWELS))
    return apply(UNITS["formant"], inputs={"x": x}, controls={"vowel": vowel}, numbers={"bands": lambda hall: formants(singer, hall.rate)})


def crossover(x: Any, frequency: Any) -> tuple[Signal, Signal]:
    """Part a sound at a frequency, 24 dB an octave: the low half, and the high one. Their sum is as loud everywhere as the sound.

    frequency  Hz; both halves are 6 dB down there

        low, high = ug.crossover(x, 120)
    """
    sound = operand(x, "ug.crossover, x")
    count = width_of(sound)
    if count > 32:
        raise refusal(both(f"ug.crossover: 32 channels at most, got {count}", f"ug.crossover : 32 canaux au plus, et non {count}"),
                      "graph.channels")
    halves = apply(UNITS["crossover"], inputs={"x": sound}, controls={"frequency": frequency}, channels=2 * count, as_is=True)
    return halves[:count], halves[count:]


def _one_of(what: str, given: Any, known: Any) -> str:
    """One of the names that are known. Raises Fault for anything else."""
    if isinstance(given, str) and given in known:
        return given
    close, listing = did_you_mean(str(given), known), ", ".join(known)
    raise refusal(both(f"{what}: expected one of {listing}, got {given!r}", f"{what} : il faut l'un de {listing}, et non {given!r}"),
                  "graph.mode", both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else "")
