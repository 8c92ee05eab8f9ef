"""Words that play recordings."""
from __future__ import annotations

from typing import Any

from ...terms.fault import Fault
from ...terms.words import both
from ..asked import refusal, within
from ..graph import Signal, apply
from ..here import facts, here, told
from ..plan import LongRecording, Recording
from ..recording import LARGEST, converted, too_long
from ..units import UNITS
from .taken import striking

__all__ = ["play", "stream"]


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
    return apply(UNITS["strike"], inputs={"trigger": striking(on, "ug.play, on")}, **given)


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
