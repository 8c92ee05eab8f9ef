"""Words that bend, fold, shift and double a sound."""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ...terms.quantity import BASE
from ...terms.words import both
from ..asked import measure, refusal, whole, within
from ..graph import Hall, Signal, apply
from ..signal import operand
from ..units import UNITS
from ..units.effects import HEADS_SPARE, LATEST
from ..units.shifts import quarter_turn
from .taken import width_of
from .tones import sine

__all__ = ["chorus", "crush", "drive", "flanger", "fold", "frequency_shift", "phaser", "pitch_shift", "ring", "taps", "tremolo", "vibrato"]

SEMITONE = math.log(2.0) / 12.0     # the part by which a pitch rises in a semitone, for small ones


def chorus(x: Any, depth: Any = 0.003, rate: Any = 0.5, voices: int = 3, mix: Any = 0.5, width: Any = 1.0, time: Any = 0.015) -> Signal:
    """One becomes several, none quite in tune or in time with the others. One channel becomes two; several stay as many.

    depth   s, how far each voice swings to either side of `time`
    rate    Hz; the pitch swings by 2 pi * depth * rate: 0.9 % here, 16 cents
    voices  1 to 16
    mix     0 the sound alone, 1 the voices alone
    width   0 the same in all channels, 1 as wide as can be
    time    s, how late the voices are in the middle of the swing, up to 0.1

        ug.to(ug.chorus(ug.saw(110) * 0.1, depth="4 ms", voices=4))
    """
    voices = whole("ug.chorus, voices", voices, 1, 16)
    return _swung("ug.chorus", x, 2 * LATEST, ((0.0, 1.0 / math.sqrt(voices)),) * voices, channels=2,
                  controls={"time": time, "depth": depth, "rate": rate, "mix": mix, "width": width})


def flanger(x: Any, depth: Any = 0.002, rate: Any = 0.2, feedback: Any = 0.5, width: Any = 1.0, time: Any = 0.0025) -> Signal:
    """A sound and itself a moment later, the moment swinging: the jet overhead. One channel becomes two; several stay as many.

    depth     s, how far the moment swings to either side of `time`
    rate      Hz
    feedback  -0.95 to 0.95: it rings, up to 1 / (1 - feedback) as loud; negative ones sound hollow
    width     0 the same in all channels, 1 as wide as can be
    time      s, the middle of the swing, up to 0.1

        ug.to(ug.flanger(ug.pink(), rate=0.1, feedback=0.7))
    """
    return _swung("ug.flanger", x, 2 * LATEST, ((0.0, 1.0),), channels=2,
                  controls={"time": time, "depth": depth, "rate": rate, "feedback": feedback, "mix": 0.5, "width": width})


def vibrato(x: Any, depth: Any = 0.3, rate: Any = 5.0) -> Signal:
    """The pitch swings up and down, as a singer's does. The sound comes 50 ms later, so that there is room to swing.

    depth  semitones to either side, as far as a swing of 50 ms gives it: at 5 Hz 27, at 0.1 Hz a half
    rate   Hz

        ug.vibrato(ug.saw(220) * 0.1, depth=0.5)
    """
    if isinstance(depth, str):
        depth = measure("ug.vibrato, depth", depth, BASE["pitch"])
    if isinstance(rate, str):
        rate = measure("ug.vibrato, rate", rate, "Hz")
    semitones, often = operand(depth, "ug.vibrato, depth"), operand(rate, "ug.vibrato, rate")
    if not isinstance(often, Signal):
        often = within("ug.vibrato, rate", often, 0.01, 1_000.0, "Hz")
    swing: Any = _plain(semitones) * (SEMITONE / (2.0 * math.pi)) / _plain(often)
    if not isinstance(swing, Signal):
        swing = min(max(swing, 0.0), LATEST / 2)
    return _swung("ug.vibrato", x, LATEST, ((0.0, 1.0),), channels=1,
                  controls={"time": LATEST / 2, "depth": swing, "rate": often, "mix": 1.0, "width": 0.0})


def taps(x: Any, taps: Sequence[tuple[Any, float]], feedback: Any = 0.0, depth: Any = 0.0, rate: Any = 0.3) -> Signal:
    """A rhythm of echoes from one delay, without the sound itself.

    taps      (time, gain) for each echo: time in s or a text such as "250 ms", 0.0001 to 600; gain -16 to 16
    feedback  -0.95 to 0.95: how much of the last one listed starts the rhythm again
    depth     s, how far each swings to either side, one after another; up to 0.1
    rate      Hz, how often

        x + ug.taps(x, [("180 ms", 0.5), ("310 ms", 0.3), ("730 ms", 0.2)], depth="1 ms")
    """
    if not isinstance(taps, (list, tuple)) or not taps or not all(isinstance(tap, (list, tuple)) and len(tap) == 2 for tap in taps):
        raise refusal(both("ug.taps: expected a list of (time, gain)", "ug.taps : il faut une liste de (temps, gain)"), "graph.taps",
                      both('ug.taps(x, [("180 ms", 0.5), ("310 ms", 0.3)])', 'ug.taps(x, [("180 ms", 0.5), ("310 ms", 0.3)])'))
    if len(taps) > 64:
        raise refusal(both(f"ug.taps: 64 taps at most, got {len(taps)}", f"ug.taps : 64 échos au plus, et non {len(taps)}"), "graph.taps")
    heads = tuple((within("ug.taps, time", time, 0.0001, 600.0, "s"), within("ug.taps, gain", gain, -16.0, 16.0)) for time, gain in taps)
    return _swung("ug.taps", x, max(time for time, _ in heads) + LATEST, heads, channels=1,
                  controls={"time": 0.0, "depth": depth, "rate": rate, "feedback": feedback, "mix": 1.0, "width": 1.0})


def phaser(x: Any, rate: Any = 0.3, depth: Any = 1.5, feedback: Any = 0.3, stages: int = 6, centre: Any = 800.0,
           width: Any = 1.0) -> Signal:
    """Notches that swing up and down through a sound, as if it turned in the wind. One channel becomes two; several stay as many.

    rate      Hz
    depth     octaves to either side of `centre`, 0 to 4
    feedback  -0.95 to 0.95: sharper between the notches, and up to 1 / (1 - feedback) as loud
    stages    2, 4, … 12: two for each notch
    centre    Hz, the middle of the swing
    width     0 the same in all channels, 1 as wide as can be

        ug.to(ug.phaser(ug.saw(55) * 0.2, rate=0.1, feedback=0.6))
    """
    count = whole("ug.phaser, stages", stages, 2, 12)
    if count % 2:
        raise refusal(both(f"ug.phaser, stages: expected an even number, got {count}", f"ug.phaser, stages : il faut un nombre pair, et non {count}"),
                      "graph.range", both("Two stages make a notch.", "Deux étages font un creux."))
    wide = max(2, width_of(operand(x, "ug.phaser, x")))
    return apply(UNITS["phaser"], inputs={"x": x}, channels=wide, numbers={"stages": (float(count),)},
                 controls={"centre": centre, "depth": depth, "rate": rate, "feedback": feedback, "width": width})


def drive(x: Any, amount: Any = 3.0) -> Signal:
    """Denser, as from an amplifier that is asked for too much. A sound of full scale stays so, soft ones get louder.

    amount  0 as it is, 3 warm, 30 harsh, 100 almost square, up to 1,000

    It comes 26 frames (0.5 ms) later. For even overtones push it off its middle: ug.block_dc(ug.drive(x + 0.3)).

        ug.drive(ug.saw(55) * 0.3, amount=self.rage) * 0.3
    """
    return apply(UNITS["drive"], inputs={"x": x}, controls={"amount": amount})


def fold(x: Any, amount: Any = 2.0) -> Signal:
    """Fold a sound back on itself: a plain tone becomes bells and metal, the more the louder it goes in.

    amount  0 as it is, 1 its peaks just reach the top, 2 they have turned back to nothing, 3 they are at the bottom…, up to 32

    It comes 26 frames (0.5 ms) later.

        ug.fold(ug.sine(110), ug.drift(3, 0.5, 6)) * 0.2
    """
    return apply(UNITS["fold"], inputs={"x": x}, controls={"amount": amount})


def crush(x: Any, bits: Any = 8.0, rate: Any = 8_000.0) -> Signal:
    """Fewer bits and fewer samples: old toys and telephones.

    bits  1 to 24, broken numbers too
    rate  Hz, samples that are taken in a second; above the engine's own rate nothing is lost

        ug.crush(x, bits=6, rate=self.rate)
    """
    return apply(UNITS["crush"], inputs={"x": x}, controls={"bits": bits, "rate": rate}, numbers={"period": lambda hall: (1.0 / hall.rate,)})


def ring(x: Any, frequency: Any = 440.0) -> Signal:
    """Each tone becomes two, above and below by a frequency (Hz): robots and gongs. Softer by 3 dB.    ug.ring(voice, 180)"""
    return _sound(x, "ug.ring") * sine(frequency)


def tremolo(x: Any, depth: Any = 0.5, rate: Any = 5.0) -> Signal:
    """Louder and softer, again and again.

    depth  0 not at all, 1 down to silence; a number or a parameter
    rate   Hz

        ug.tremolo(x, depth=0.8, rate=3)
    """
    deep = operand(depth, "ug.tremolo, depth")
    if not isinstance(deep, Signal):
        deep = within("ug.tremolo, depth", deep, 0.0, 1.0)
    return _sound(x, "ug.tremolo") * (1.0 + (sine(rate) - 1.0) * (deep * 0.5))


def frequency_shift(x: Any, shift: Any) -> Signal:
    """Every frequency moved by the same number of hertz: overtones fall out of tune with each other. A little of it floats.

    shift  Hz, -24,000 to 24,000, negative is down; what would fall below 0 comes up again

        x + ug.frequency_shift(x, 0.5)      # a beating that goes on rising
    """
    return apply(UNITS["frequency_shift"], inputs={"x": x}, controls={"shift": shift}, numbers={"sections": lambda hall: quarter_turn(hall.rate)})


def pitch_shift(x: Any, semitones: Any, window: float = 0.05) -> Signal:
    """Higher or lower, no faster or slower. 7.02 is a fifth; for a ratio take 12 * math.log2(ratio).

    semitones  -24 to 24
    window     s, 0.01 to 0.15: how far it jumps to keep up. Two periods of the lowest tone must fit (0.05 is 40 Hz); 0.1 is cleaner on
               chords, 0.02 quicker on high voices

    Up to 1.4 windows late. A stroke can be heard twice; formants go with the pitch. A shift of nothing is the sound. Before a large
    shift upwards take away the top, which folds back: ug.lowpass(x, 8_000).

        ug.pitch_shift(ug.play("sounds/bell-mid.flac"), -5, window=0.1)
    """
    held = within("ug.pitch_shift, window", window, 0.01, 0.15, "s")

    def frames(hall: Hall) -> int:
        return round(held * hall.rate)

    return apply(UNITS["pitch_shift"], inputs={"x": x}, controls={"semitones": semitones}, numbers={"window": lambda hall: (float(frames(hall)),)},
                 memory={"line": lambda hall: 4 * frames(hall) + HEADS_SPARE})


def _swung(word: str, x: Any, longest: float, heads: tuple[tuple[float, float], ...], *, controls: dict[str, Any], channels: int) -> Signal:
    """The unit `chorus` by one of its names. A sound of one channel becomes `channels`."""
    def frames(hall: Hall) -> tuple[float, ...]:
        return tuple(number for time, gain in heads for number in (time * hall.rate, gain))

    wide = max(channels, width_of(operand(x, f"{word}, x")))
    return apply(UNITS["chorus"], inputs={"x": x}, controls=controls, numbers={"heads": frames}, channels=wide, word=word,
                 memory={"line": lambda hall: math.ceil(longest * hall.rate) + HEADS_SPARE})


def _sound(x: Any, word: str) -> Signal:
    """A sound, to be calculated with. Raises Fault for a plain number."""
    sound = operand(x, f"{word}, x")
    if isinstance(sound, Signal):
        return sound
    raise refusal(both(f"{word}, x: expected a sound, got {sound:g}", f"{word}, x : il faut un son, et non {sound:g}"), "graph.input")


def _plain(thing: Signal | float) -> Any:
    """A control without its unit, for sums that change what is measured."""
    return replace(thing, unit="") if isinstance(thing, Signal) else thing
