"""The words for sound(): each makes a signal, or changes one, or puts one into the room.

    tones       sine, saw, pulse, white, pink
    colour      lowpass, highpass, filter
    space       delay, reverb
    shape       env (a gate), ping (a trigger)
    recordings  play (from memory), stream (from disk)
    movement    drift
    room        place (a direction), to (an output), mix
    levels      db

Numbers, parameters and control signals mix freely; `x * self.level` makes x louder or softer, `x + y` sounds both, `x[0]` is the
first channel. Every control glides. What is wrong is a Fault that names the line of the scene. When a word is missing, a kernel
of the piece's own (`installation.unit`) makes one.

`piece(folder, rate, cache)` says where recordings are looked for; the runtime does so before it asks a scene for its sound.
"""
from __future__ import annotations

import math
from typing import Any

from ..terms.fault import Fault, did_you_mean
from ..terms.quantity import gain_from_db
from ..terms.words import both
from .asked import measure, refusal, whole, within
from .graph import Signal, apply
from .here import facts, here, piece, told
from .place_gains import place_numbers, to_numbers
from .plan import LongRecording, Recording
from .recording import LARGEST, converted, too_long
from .signal import AUDIO, group, operand
from .units import UNITS
from .units.filters import MODES
from .units.rooms import room_lengths, room_memory
from .units.seeds import seeds
from .units.spaces import DELAY_SPARE

__all__ = ["db", "delay", "drift", "env", "filter", "highpass", "lowpass", "mix", "piece", "pink", "ping", "place", "play",
           "pulse", "reverb", "saw", "sine", "stream", "to", "white"]


def sine(frequency: Any = 440.0) -> Signal:
    """A pure tone, peak 1. frequency: Hz, 0 to 24,000; moves without a click.    ug.sine(self.pitch) * 0.1"""
    return apply(UNITS["sine"], controls={"frequency": frequency})


def saw(frequency: Any = 110.0) -> Signal:
    """A bright tone with every overtone, peak 1: something for a filter to cut. frequency: Hz.    ug.lowpass(ug.saw(55), 800)"""
    return apply(UNITS["saw"], controls={"frequency": frequency})


def pulse(frequency: Any = 110.0, width: Any = 0.5) -> Signal:
    """A hollow tone. frequency: Hz. width: 0.01 to 0.99, 0.5 a square, the further from it the thinner.    ug.pulse(110, 0.2)"""
    return apply(UNITS["pulse"], controls={"frequency": frequency, "width": width})


def white(channels: int = 1) -> Signal:
    """A hiss, -4.8 dBFS. Each channel has its own; the same on every run of the piece.    ug.highpass(ug.white(), 4_000)"""
    channels = whole("ug.white, channels", channels, 1, 64)
    return apply(UNITS["white"], channels=channels, state={"state": seeds(channels, 2)})


def pink(channels: int = 1) -> Signal:
    """Noise like rain or a far road, -14 dBFS. Each channel has its own; the same on every run.    ug.pink() * self.level"""
    channels = whole("ug.pink, channels", channels, 1, 64)
    return apply(UNITS["pink"], channels=channels, state={"state": seeds(channels, 10)})


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
    if isinstance(sound, Signal) and _width(sound) > 1:
        sound = mix(*sound) * (1.0 / math.sqrt(sound.channels))         # about as loud as its channels together
    return apply(UNITS["reverb"], inputs={"x": sound}, controls={"decay": decay, "damping": damping}, channels=channels,
                 as_is=True, numbers={"lengths": lambda hall: room_lengths(metres, hall.rate)},
                 memory={"lines": lambda hall: room_memory(metres, hall.rate)})


def env(gate: Any, attack: Any = 0.01, decay: Any = 0.1, sustain: Any = 1.0, release: Any = 0.5) -> Signal:
    """Open and close with a gate: a signal from 0 to 1, to be multiplied with a sound.

    gate     a parameter or control, open above 0.5
    attack   s until it is up; decay, s until it is down at `sustain` (0 to 1); release, s until it has fallen by 60 dB

        ug.pink() * ug.env(self.near, attack=2, release=8)
    """
    return apply(UNITS["env"], controls={"gate": gate, "attack": attack, "decay": decay, "sustain": sustain, "release": release})


def ping(trigger: Any, attack: Any = 0.005, release: Any = 1.0) -> Signal:
    """One rise and fall at each trigger, as high as its value: a signal to be multiplied with a sound.

    trigger  a trigger parameter, or a sound that is above 0 when it strikes
    attack   s until it is up; release, s until it has fallen by 60 dB

        ug.sine(880) * ug.ping(self.touched, release=3)
    """
    return apply(UNITS["ping"], inputs={"trigger": _one(trigger, "ug.ping, trigger")},
                 controls={"attack": attack, "release": release})


def play(file: str, rate: Any = 1.0, loop: bool = False, crossfade: float = 0.05, start: float = 0.0, end: float | None = None,
         on: Any = None) -> Signal:
    """A recording, from memory, with all its channels.

    file       in the piece's folder: WAV, FLAC, Ogg, MP3, AIFF
    rate       speed, 0 to 16: 1 as recorded, 2 an octave up, 0.5 an octave down
    loop       round and round; end and beginning sound together for `crossfade` s (at most half of it; 0 for a plain jump)
    start, end s, what is played of it; to its end if that is left out
    on         a trigger parameter: play from `start` at each trigger, as loud as its value; without one, it begins with the scene

        ug.play("sounds/bell.wav", rate=self.height, on=self.touched)
        ug.play("sounds/wind.flac", loop=True, crossfade=4)
    """
    this, found = here(), facts(file, "ug.play")
    frames = found.at(this.rate)
    if 4 * frames * found.channels > LARGEST:
        raise told(file, too_long(found, this.rate))
    first = round(within("ug.play, start", start, 0.0, found.seconds, "s") * this.rate)
    last = frames if end is None else round(within("ug.play, end", end, 0.0, found.seconds, "s") * this.rate)
    if not first < last <= frames:
        first_s, last_s = first / this.rate, last / this.rate
        raise refusal(both(f"ug.play: nothing lies between {first_s:g} s and {last_s:g} s",
                           f"ug.play : il n'y a rien entre {first_s:g} s et {last_s:g} s"), "recording.region")
    fade = round(within("ug.play, crossfade", crossfade, 0.0, 600.0, "s") * this.rate)
    region = (float(bool(loop)), float(first), float(last), float(min(fade, (last - first) // 2)))
    table = Recording(found.path, found.channels, frames)
    given: dict[str, Any] = {"controls": {"rate": rate}, "numbers": {"region": region}, "table": table,
                             "channels": found.channels, "word": "ug.play"}
    if on is None:
        return apply(UNITS["play"], **given)
    return apply(UNITS["strike"], inputs={"trigger": _one(on, "ug.play, on")}, **given)


def stream(file: str, loop: bool = False, start: float = 0.0) -> Signal:
    """A long recording, read from disk while it sounds, with all its channels, as recorded.

    file   in the piece's folder. One of another rate than the engine's is converted once, which takes a while
    loop   from the end to the beginning again, without a crossfade
    start  s

        ug.place(ug.stream("sounds/night.flac", loop=True))
    """
    this, found = here(), facts(file, "ug.stream")
    first = round(within("ug.stream, start", start, 0.0, found.seconds, "s") * this.rate)
    frames = found.at(this.rate)
    if first >= frames:
        raise refusal(both(f"{file} lasts {found.seconds:g} s, nothing is left of it",
                           f"{file} dure {found.seconds:g} s, il n'en reste rien"), "recording.region")
    try:
        path = converted(found.path, this.rate, this.cache)
    except Fault as fault:
        raise told(file, fault) from None
    return apply(UNITS["stream"], stream=LongRecording(path, found.channels, frames, bool(loop), first), channels=found.channels)


def drift(period: Any = 40.0, low: Any = -180.0, high: Any = 180.0) -> Signal:
    """A control that wanders between low and high by itself, without a corner; the same on every run of the piece.

    period  s from one random point to the next

    The default is made for an azimuth; it turns back before it would jump across the rear.    ug.place(x, azimuth=ug.drift(20))
    """
    return apply(UNITS["drift"], controls={"period": period, "low": low, "high": high}, state={"state": seeds(1, 8)})


def place(x: Any, azimuth: Any = 0.0, width: Any = 60.0) -> Signal:
    """Let a sound come from a direction of the room, on the ring of its loudspeakers. sound() returns it.

    azimuth  degrees, 0 ahead, positive to the left, any number of turns; the middle of several channels
    width    degrees from the first channel (left) to the last (right); at 360 they stand evenly all around

        return ug.place(water * self.level, azimuth=ug.drift(period=40))
    """
    sound = operand(x, "ug.place, x")
    count = _width(sound)
    if count == 1:
        return apply(UNITS["place"], inputs={"x": sound}, controls={"azimuth": azimuth}, numbers={"ring": place_numbers})
    assert isinstance(sound, Signal)
    if isinstance(azimuth, str):
        azimuth = measure("ug.place, azimuth", azimuth, "deg")
    wide = within("ug.place, width", width, -360.0, 360.0, "deg")
    step = wide / count if abs(wide) == 360.0 else wide / (count - 1)
    return group(tuple(apply(UNITS["place"], inputs={"x": channel}, numbers={"ring": place_numbers},
                             controls={"azimuth": operand(azimuth, "ug.place, azimuth") + step * ((count - 1) / 2 - index)})
                       for index, channel in enumerate(sound)))


def to(x: Any, output: int = 1) -> Signal:
    """Send a sound to an output as it is, counted from 1; its second channel to the next, and so on. sound() returns it.

        return ug.to(ug.sine(50) * self.level, output=9)      # a subwoofer
    """
    output = whole("ug.to, output", output, 1, 64)
    sound = operand(x, "ug.to, x")
    return apply(UNITS["to"], inputs={"x": sound}, numbers={"rows": to_numbers(output, _width(sound))})


def mix(*signals: Any) -> Signal:
    """All of them at once, as they are; a list will do too. The same as + between them.    ug.mix(low, high, bell)"""
    parts = list(signals[0]) if len(signals) == 1 and isinstance(signals[0], (list, tuple)) else list(signals)
    if not parts:
        raise refusal(both("ug.mix: there is nothing to mix", "ug.mix : il n'y a rien à mélanger"), "graph.missing")
    total = operand(parts[0], "ug.mix")
    for part in parts[1:]:
        total = total + operand(part, "ug.mix")
    if not isinstance(total, Signal):
        raise refusal(both("ug.mix: expected sounds, got only numbers", "ug.mix : il faut des sons, et non des nombres"),
                      "graph.operand")
    return total


def db(level: float) -> float:
    """The gain of a level in dB: 0 is 1, -6 is a half, -60 a thousandth.    ug.pink() * ug.db(-12)"""
    return gain_from_db(within("ug.db", level, -400.0, 60.0, "dB"))


def _one(trigger: Any, what: str) -> Any:
    """What strikes, as one channel: a trigger parameter or a sound. Raises Fault for a number."""
    given = operand(trigger, what)
    if not isinstance(given, Signal):
        raise refusal(both(f"{what}: expected a trigger, got {given:g}", f"{what} : il faut un déclencheur, et non {given:g}"),
                      "graph.trigger", both("Declare a parameter: touched = param(trigger=True).",
                                            "Déclarez un paramètre : touched = param(trigger=True)."))
    if given.channels != 1:
        raise refusal(both(f"{what}: expected one channel, got {given.channels}",
                           f"{what} : il faut un canal, et non {given.channels}"), "graph.channels")
    return given


def _width(sound: Signal | float) -> int:
    """How many channels it has as a sound."""
    return sound.channels if isinstance(sound, Signal) and sound.rate == AUDIO else 1
