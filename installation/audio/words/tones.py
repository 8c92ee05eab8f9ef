"""Words that make a tone."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...terms.fault import Fault, did_you_mean
from ...terms.words import both
from ..asked import refusal, whole, within
from ..graph import Signal, apply
from ..here import facts, here, told
from ..modes import BODIES
from ..node import Hall
from ..recording import LARGEST, load, too_long
from ..signal import TRIGGER, operand
from ..units import UNITS
from ..units.seeds import seeds
from ..units.tones import LOWEST_STRING_HZ
from ..waves import MOST_HARMONICS, harmonics, ramp, recorded, step
from ..waves import cycles as cycles_of
from .taken import striking, width_of

if TYPE_CHECKING:
    import numpy as np

__all__ = ["fm", "impulse", "modal", "phasor", "pluck", "pulse", "saw", "sine", "triangle", "wavetable"]

MOST_WAVES = 32
MOST_MODES = 64
SPARE = 72               # frames by which a string's line is longer than its longest cycle
SHORTEST_CYCLE = 8       # frames


def sine(frequency: Any = 440.0) -> Signal:
    """A pure tone, peak 1. frequency: Hz, 0 to 24,000; moves without a click.    ug.sine(self.pitch) * 0.1"""
    return apply(UNITS["sine"], controls={"frequency": frequency})


def saw(frequency: Any = 110.0, quality: str = "best") -> Signal:
    """A bright tone with every overtone, peak 1.2: something for a filter to cut.

    frequency  Hz
    quality    "best": nothing folds back, 16 frames late; "fast": for dozens of voices at once, an eighth of the work, a little duller
               above 8 kHz, folding back 79 dB below the tone where it could be heard

        ug.lowpass(ug.saw(55), 800)
    """
    if _best("ug.saw", quality):
        return apply(UNITS["saw"], controls={"frequency": frequency}, numbers={"step": step()})
    return apply(UNITS["saw_fast"], controls={"frequency": frequency}, word="ug.saw")


def pulse(frequency: Any = 110.0, width: Any = 0.5, quality: str = "best") -> Signal:
    """A hollow tone.

    frequency  Hz
    width      0.01 to 0.99, 0.5 a square, the further from it the thinner
    quality    "best" or "fast", as for ug.saw

        ug.pulse(110, 0.2)
    """
    controls = {"frequency": frequency, "width": width}
    if _best("ug.pulse", quality):
        return apply(UNITS["pulse"], controls=controls, numbers={"step": step()})
    return apply(UNITS["pulse_fast"], controls=controls, word="ug.pulse")


def triangle(frequency: Any = 220.0) -> Signal:
    """A soft tone, nearly a flute: odd overtones that fall fast, peak 1. frequency: Hz.    ug.triangle(self.pitch) * 0.2"""
    return apply(UNITS["triangle"], controls={"frequency": frequency}, numbers={"ramp": ramp()})


def wavetable(waves: Any, frequency: Any = 110.0, morph: Any = 0.0, cycles: int = 1) -> Signal:
    """A tone whose colour is drawn: from the levels of its overtones, or from a recorded cycle. Peaks at about 1.

    waves      levels of the overtones from the first on ([1, 0.5, 0.3]), or a file in the piece's folder, or a list of such
    frequency  Hz
    morph      0 the first wave, 1 the last; between them they blend
    cycles     how many waves a file is cut into, one after another, all as long; its first channel counts, its pitch does not

        ug.wavetable([[1], [1, 0.7, 0.5, 0.3, 0.2], "sounds/vowel.wav"], self.pitch, morph=ug.drift(10, 0, 1))
    """
    cycles = whole("ug.wavetable, cycles", cycles, 1, MOST_WAVES)
    several = _is_list(waves) and any(_is_list(wave) or isinstance(wave, (str, Path)) for wave in waves)
    spectra: list[np.ndarray] = []
    for wave in waves if several else [waves]:
        if isinstance(wave, (str, Path)):
            spectra += _recorded(str(wave), cycles)
        else:
            spectra.append(harmonics(_numbers("ug.wavetable, waves", wave, -1e6, 1e6, MOST_HARMONICS)))
    whole("ug.wavetable, number of waves", len(spectra), 1, MOST_WAVES)
    return apply(UNITS["wavetable"], controls={"frequency": frequency, "morph": morph}, numbers={"waves": cycles_of(spectra)})


def fm(carrier: Any = 220.0, ratio: Any = 1.0, index: Any = 1.0, feedback: Any = 0.0) -> Signal:
    """One sine bends another: from a pure tone to bells and brass, and brighter as the index rises. Peaks at 1.

    carrier   Hz
    ratio     the bending tone's frequency over the carrier's, 0 to 64: whole numbers give a tone, 1.4 and the like a bell
    index     how far it bends, radians, 0 to 100; about as many overtones on either side are heard
    feedback  how far it bends itself, radians, 0 to 1.5: 1 makes it a saw

        ug.fm(110, ratio=1.41, index=6 * ug.ping(self.touched, release=4)) * ug.ping(self.touched, release=4)
    """
    return apply(UNITS["fm"], controls={"carrier": carrier, "ratio": ratio, "index": index, "feedback": feedback})


def phasor(frequency: Any = 1.0) -> Signal:
    """A ramp from 0 to 1, again and again: a place in a cycle, for what is to go round. frequency: Hz.    ug.phasor(0.1)"""
    return apply(UNITS["phasor"], controls={"frequency": frequency})


def impulse(frequency: Any = 1.0) -> Signal:
    """Strike evenly: 1 for a single frame, at the first and then so many times a second. Strikes whatever takes a trigger.

    frequency  Hz, 0 to 24,000

        ug.sine(880) * ug.ping(ug.impulse(2), release=0.3)
    """
    return apply(UNITS["impulse"], controls={"frequency": frequency})


def pluck(trigger: Any, frequency: Any = 220.0, decay: Any = 2.0, brightness: Any = 0.5, position: Any = 0.13) -> Signal:
    """A string that is plucked at each trigger, as loudly as its value; a soft pluck is duller. In tune to a cent.

    trigger     a trigger parameter, or a sound that is above 0 when it strikes
    frequency   Hz, 20 to 4,000; may glide
    decay       s until the tone has fallen by 60 dB; its overtones are faster
    brightness  0 a rubber band, 1 a steel string; a high string that is to ring long is never quite a rubber band
    position    where it is plucked: 0 at its end (thin), 0.5 in the middle (hollow)

        ug.pluck(self.touched, 146.8, decay=4, brightness=0.8)
    """
    return apply(UNITS["pluck"], inputs={"trigger": striking(trigger, "ug.pluck, trigger")},
                 controls={"frequency": frequency, "decay": decay, "brightness": brightness, "position": position},
                 memory={"line": lambda hall: int(hall.rate / LOWEST_STRING_HZ) + SPARE}, state={"state": seeds(1, 8)})


def modal(x: Any, frequencies: Any = "bell", decays: Any = 3.0, gains: Any = None, frequency: Any = None, stretch: Any = 1.0,
          damping: Any = 1.0, driven: bool = False) -> Signal:
    """A body that rings at frequencies of its own, struck by a trigger or by any sound.

    x            a trigger parameter, or a sound; each of its channels strikes a body of its own
    frequencies  of up to 64 modes, Hz, or ratios; or "bar", "bell", "membrane", "plate", whose lowest mode is 1
    decays       s until a mode has fallen by 60 dB: one for each, or one for all; for a named body that of its lowest mode
    gains        how loud each mode is when struck by an impulse of 1: one for each, or one for all. Left out, the named body's
                 own, else all alike, and so that they add up to 1
    frequency    what the frequencies are multiplied by, Hz: left out 1, or 220 for a named body. It may move
    stretch      how far the modes lie from the first: 1 as given, 0 all in one
    damping      1 as given; 2 rings half as long, as under a hand
    driven       True for a sound that goes on (a voice, a noise): modes are weakened so that noise comes out as loud as it went in

        ug.modal(self.touched, "bell", decays=8, frequency=146.8)
        ug.modal(ug.dust(3), [440, 1_213, 2_378], decays=[1, 0.5, 0.3])
    """
    body = _body(frequencies)
    if body:
        modes = [mode[0] for mode in body]
        own = [1.0] * len(body) if _is_list(decays) else [mode[1] for mode in body]
        levels: Sequence[float] = [mode[2] for mode in body]
    else:
        modes = list(_numbers("ug.modal, frequencies", frequencies, 0.001, 24_000.0, MOST_MODES))
        own = levels = [1.0] * len(modes)
    times = [value * part for value, part in zip(_each("ug.modal, decays", decays, 0.001, 600.0, len(modes)), own)]
    levels = ([level / sum(levels) for level in levels] if gains is None
              else _each("ug.modal, gains", gains, -100.0, 100.0, len(modes)))
    thing = operand(x, "ug.modal, x")
    sound = striking(thing, "ug.modal, x") if isinstance(thing, Signal) and thing.rate == TRIGGER or not isinstance(thing, Signal) else thing
    width = width_of(sound)
    return apply(UNITS["modal"], inputs={"x": sound}, channels=width, numbers={"modes": _modes(modes, times, levels, bool(driven))},
                 controls={"frequency": (220.0 if body else 1.0) if frequency is None else frequency,
                           "stretch": stretch, "damping": damping},
                 state={"state": (0.0,) * (len(modes) * (6 + 2 * width))})


def _modes(ratios: Sequence[float], seconds: Sequence[float], levels: Sequence[float], driven: bool) -> Callable[[Hall], tuple[float, ...]]:
    """The NUMBERS of `modal`, deferred until the rate is known."""
    def numbers(hall: Hall) -> tuple[float, ...]:
        rows = [(ratio, time * hall.rate, level) for ratio, time, level in zip(ratios, seconds, levels)]
        return (float(driven), *(number for row in rows for number in row))

    return numbers


def _body(given: Any) -> tuple[tuple[float, float, float], ...] | None:
    """A body by its name; None for anything but a text. Raises Fault for an unknown name."""
    if not isinstance(given, str):
        return None
    if given in BODIES:
        return BODIES[given]
    close, known = did_you_mean(given, BODIES), ", ".join(BODIES)
    raise refusal(both(f"ug.modal, frequencies: expected numbers or one of {known}, got {given!r}",
                       f"ug.modal, frequencies : il faut des nombres ou l'un de {known}, et non {given!r}"), "graph.mode",
                  both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else "")


def _recorded(file: str, count: int) -> "list[np.ndarray]":
    """The waves of a file, cut into so many. Raises Fault, at the artist's line, if they would be too short."""
    found = facts(file, "ug.wavetable")
    if 4 * found.frames * found.channels > LARGEST:
        raise told(file, too_long(found, found.rate))
    if found.frames < SHORTEST_CYCLE * count:
        raise refusal(both(f"{file} has {found.frames} frames: a cycle needs {SHORTEST_CYCLE}, and {count} were asked for",
                           f"{file} a {found.frames} trames : un cycle en veut {SHORTEST_CYCLE}, et il en faut {count}"), "recording.cycles")
    try:
        first = load(found.path, found.rate, here().cache)[0]
    except Fault as fault:
        raise told(file, fault) from None
    size = found.frames // count
    return [recorded(first[size * k:size * (k + 1)]) for k in range(count)]


def _is_list(given: Any) -> bool:
    return isinstance(given, (list, tuple))


def _each(word: str, given: Any, low: float, high: float, count: int) -> list[float]:
    """One number for each of so many, or the same for all. Raises Fault."""
    if not _is_list(given):
        return [within(word, given, low, high)] * count
    if len(given) == count:
        return [within(word, value, low, high) for value in given]
    raise refusal(both(f"{word}: expected {count} numbers, one for each mode, or one for all, got {len(given)}",
                       f"{word} : il faut {count} nombres, un par mode, ou un seul pour tous, et non {len(given)}"), "graph.numbers")


def _numbers(word: str, given: Any, low: float, high: float, most: int) -> list[float]:
    """A list of numbers, 1 to so many. Raises Fault."""
    if _is_list(given) and 1 <= len(given) <= most:
        return [within(word, value, low, high) for value in given]
    got = f"{len(given)}" if _is_list(given) else repr(given)[:60]
    raise refusal(both(f"{word}: expected a list of 1 to {most} numbers, got {got}",
                       f"{word} : il faut une liste de 1 à {most} nombres, et non {got}"), "graph.numbers")


def _best(word: str, quality: str) -> bool:
    """Whether the best quality is asked for. Raises Fault for one that there is not."""
    if quality in ("best", "fast"):
        return quality == "best"
    raise refusal(both(f'{word}, quality: expected "best" or "fast", got {quality!r}',
                       f'{word}, quality : il faut "best" ou "fast", et non {quality!r}'), "graph.quality")
