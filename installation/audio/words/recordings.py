"""Words that play recordings."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...terms.fault import Fault, did_you_mean
from ...terms.words import both
from ..asked import refusal, whole, within
from ..graph import Signal, apply
from ..here import facts, here, told
from ..here import folder as folder_facts
from ..plan import LongRecording, Recording
from ..recording import GAP, LARGEST, converted, joined, too_long
from ..units import UNITS
from ..units.players import strike_state
from .taken import striking

__all__ = ["bank", "play", "stream"]

QUALITIES = ("linear", "cubic", "sinc")                   # as the kernel counts them
ORDERS = ("which", "round", "random", "shuffle")          # as the kernel counts them
MOST_SLICES = 256


def play(file: str, rate: Any = 1.0, loop: bool = False, crossfade: float = 0.05, start: float = 0.0, end: float | None = None,
         on: Any = None, quality: str = "cubic", slices: int | Sequence[float] | None = None, slice: Any = 0.0) -> Signal:
    """A recording, from memory, with all its channels, forwards or backwards.

    file       in the piece's folder: WAV, FLAC, Ogg, MP3, AIFF
    rate       speed, -16 to 16: 1 as recorded, 2 an octave up, 0.5 an octave down, -1 backwards; one that begins below 0 begins at the end
    loop       round and round; end and beginning sound together for `crossfade` s (at most half of it; 0 for a plain jump)
    start, end s, what is played of it; to its end if that is left out
    on         a trigger parameter, or a sound that rises above 0: play from `start` each time, as loud as its value; without one, it
               begins with the scene
    quality    "cubic"; "linear" is duller and cheaper; "sinc" is clean at any speed, without images and without folding, and costs
               three times as much, much more above rate 1
    slices     with `on`: how many even parts, 2 to 256, or the seconds where each begins
    slice      which of them sounds, from 0, read at each strike; it counts round and round

        ug.play("sounds/bell.wav", rate=self.height, on=self.touched)
        ug.play("sounds/wind.flac", loop=True, crossfade=4)
        ug.play("sounds/words.wav", on=self.touched, slices=[0, 1.2, 2.75], slice=self.word)
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
    if slices is not None and on is None:
        raise refusal(both("ug.play: slices are chosen at each strike, and nothing strikes",
                           "ug.play : les tranches se choisissent à chaque frappe, et rien ne frappe"), "recording.slices",
                      both("Give it `on`, a trigger.", "Donnez-lui `on`, un déclencheur."))
    edges = _edges(slices, first, last, this.rate)
    fade = round(within("ug.play, crossfade", crossfade, 0.0, 600.0, "s") * this.rate)
    shortest = min(ends - begins for begins, ends in edges)
    region = (float(bool(loop)), float(min(fade, shortest // 2)), _named("quality", quality, QUALITIES), 0.0,
              *(float(edge) for pair in edges for edge in pair))
    table = Recording(found.path, found.channels, frames)
    given: dict[str, Any] = {"numbers": {"region": region}, "table": table, "channels": found.channels, "word": "ug.play"}
    if on is None:
        return apply(UNITS["play"], controls={"rate": rate}, **given)
    return apply(UNITS["strike"], inputs={"trigger": striking(on, "ug.play, on")}, controls={"rate": rate, "slice": slice},
                 state={"state": strike_state(len(edges))}, **given)


def bank(folder: str, on: Any, order: str = "round", rate: Any = 1.0, quality: str = "cubic", which: Any = None) -> Signal:
    """One of a folder's recordings at each strike, as loud as the strike's value; the one before makes room without a click.

    folder       in the piece's folder; its WAV, FLAC, Ogg, MP3 and AIFF files by name, 1 to 256, all together as long as `play` allows.
                 A recording of one channel sounds on all that the others have
    on           a trigger parameter, or a sound that rises above 0
    order        "round" one after the other, "random", "shuffle": by chance, but each once before any comes again
    rate         speed, -16 to 16, as in `play`
    quality      "cubic", "linear", "sinc", as in `play`
    which        instead of an order: the number of the recording, from 0, read at each strike; it counts round and round

        ug.bank("sounds/bells", on=self.touched, order="shuffle")
    """
    this, every = here(), folder_facts(folder, "ug.bank")
    channels = max(found.channels for found in every)
    odd = next((found for found in every if found.channels not in (1, channels)), None)
    if odd is not None:
        raise refusal(both(f"ug.bank: {odd.path.name} has {odd.channels} channels, another recording {channels}",
                           f"ug.bank : {odd.path.name} a {odd.channels} canaux, un autre enregistrement {channels}"), "recording.channels",
                      both("Give all of them one channel, or as many as the widest.",
                           "Donnez à tous un canal, ou autant qu'au plus large."))
    frames = sum(found.at(this.rate) for found in every)
    if 4 * frames * channels > LARGEST:
        raise refusal(both(f"ug.bank: the recordings of {folder} would take {4 * frames * channels >> 20} MB of memory, the most is "
                           f"{LARGEST >> 20}", f"ug.bank : les enregistrements de {folder} prendraient "
                           f"{4 * frames * channels >> 20} Mo de mémoire, le plus est {LARGEST >> 20}"), "recording.long")
    try:
        path, begins = joined(every, this.rate, this.cache)
    except Fault as fault:
        raise told(folder, fault) from None
    code = 0.0 if which is not None else _named("order", order, ORDERS[1:], first=1, word="ug.bank")
    edges = [edge for begin, found in zip(begins, every) for edge in (begin, begin + found.at(this.rate))]
    region = (0.0, 0.0, _named("quality", quality, QUALITIES, word="ug.bank"), code, *map(float, edges))
    length = begins[-1] + every[-1].at(this.rate)
    return apply(UNITS["strike"], inputs={"trigger": striking(on, "ug.bank, on")},
                 controls={"rate": rate, "slice": 0.0 if which is None else which}, numbers={"region": region},
                 state={"state": strike_state(len(every))}, table=Recording(path, channels, length + GAP), channels=channels, word="ug.bank")


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


def _edges(slices: int | Sequence[float] | None, first: int, last: int, rate: int) -> list[tuple[int, int]]:
    """Where each slice begins and ends, in frames."""
    if slices is None:
        return [(first, last)]
    if isinstance(slices, (list, tuple)) and 1 <= len(slices) <= MOST_SLICES:
        begins = [round(within("ug.play, slices", begin, first / rate, last / rate, "s") * rate) for begin in slices]
    else:
        parts = whole("ug.play, slices", slices, 2, MOST_SLICES)
        begins = [first + (last - first) * part // parts for part in range(parts)]
    edges = list(zip(begins, [*begins[1:], last]))
    if any(begin >= end for begin, end in edges):
        raise refusal(both("ug.play: each slice begins after the one before, and before the end",
                           "ug.play : chaque tranche commence après la précédente, et avant la fin"), "recording.slices")
    return edges


def _named(what: str, name: str, names: Sequence[str], first: int = 0, word: str = "ug.play") -> float:
    """The number of a name among those that there are. Raises Fault for another."""
    if name in names:
        return float(names.index(name) + first)
    close = did_you_mean(name, names) if isinstance(name, str) else None
    listing = ", ".join(names)
    raise refusal(both(f"{word}: there is no {what} {name!r}", f"{word} : il n'y a pas de {what} {name!r}"), "graph.choice",
                  both(f'Did you mean "{close}"? There are {listing}.' if close else f"There are {listing}.",
                       f"Peut-être « {close} » ? Il y a {listing}." if close else f"Il y a {listing}."))
