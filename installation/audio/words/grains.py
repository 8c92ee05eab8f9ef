"""Words that play recordings, or what comes in, as clouds of short grains."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...terms.fault import did_you_mean
from ...terms.words import both
from ..asked import refusal, whole, within
from ..graph import Signal, apply
from ..here import facts, here, told
from ..plan import Recording
from ..recording import LARGEST, too_long
from ..units import UNITS
from ..units.grains import SPARE, grain_state
from ..word import MOST_CHANNELS
from .taken import width_of

__all__ = ["grains"]

WINDOWS = ("hann", "tukey", "fall")       # as the kernel counts them
MOST_GRAINS = 64


def grains(source: Any, position: Any = None, rate: Any = 1.0, density: Any = 20.0, size: Any = 0.1, pitch_scatter: Any = 0.0,
           position_scatter: Any = 0.0, jitter: Any = 0.5, spread: Any = 1.0, reverse: Any = 0.0, window: str = "hann",
           channels: int = 2, most: int = MOST_GRAINS, longest: float = 10.0) -> Signal:
    """A cloud of short pieces of a recording, or of a sound that is going on: a drone of one word, rain from one drop, a voice that stands.

    source            a file in the piece's folder, or a sound
    position          of a file: where grains begin, 0 its beginning, 1 its end (0); of a sound: how many seconds ago (0.5)
    rate              speed and height of each grain, -16 to 16; below 0 backwards
    density           grains per second, 0 to 4,000
    size              s, 0.001 to 10, how long each lasts
    pitch_scatter     semitones, 0 to 48, by which each is higher or lower, by chance
    position_scatter  s, by which each begins earlier or later, by chance
    jitter            0 evenly in time, 1 as drops fall
    spread            over the channels: 0 all in the middle, 1 anywhere
    reverse           0 to 1, the share of grains that go backwards
    window            "hann", round; "tukey", flat on top; "fall", struck and dying away
    channels          1 to 64 that come out; 2 are left and right, more stand in a ring, as `ug.place(…, width=360)` puts them
    most              1 to 64 grains at once; one that would be born beyond is not
    longest           s, of a sound: how far back is remembered, 0.1 to 600

        ug.place(ug.grains("sounds/voice.wav", position=self.where, position_scatter=0.05, density=40, size=0.12), width=90)
        ug.place(ug.grains(ug.input(1), position=1, rate=0.5, size=0.3, channels=8), width=360)

    More grains at once are each softer, so that a denser cloud is not louder. Chance falls the same way on every run of the piece.
    """
    channels = whole("ug.grains, channels", channels, 1, MOST_CHANNELS)
    most = whole("ug.grains, most", most, 1, MOST_GRAINS)
    controls = {"rate": rate, "density": density, "size": size, "pitch_scatter": pitch_scatter, "position_scatter": position_scatter,
                "jitter": jitter, "spread": spread, "reverse": reverse}
    if position is not None:
        controls["position"] = position
    given: dict[str, Any] = {"controls": controls, "numbers": {"shape": (_number(window, WINDOWS),)},
                             "state": {"state": grain_state(most)}, "channels": channels, "word": "ug.grains"}
    if isinstance(source, (str, Path)):
        this, found = here(), facts(str(source), "ug.grains")
        frames = found.at(this.rate)
        if 4 * frames * found.channels > LARGEST:
            raise told(str(source), too_long(found, this.rate))
        return apply(UNITS["grains"], table=Recording(found.path, found.channels, frames), **given)
    longest = within("ug.grains, longest", longest, 0.1, 600.0, "s")
    rows = width_of(source)
    return apply(UNITS["live_grains"], inputs={"x": source}, as_is=True,
                 memory={"line": lambda hall: rows * (round(longest * hall.rate) + SPARE)}, **given)


def _number(window: str, windows: Sequence[str]) -> float:
    """The number of a window. Raises Fault for one that there is not."""
    if window in windows:
        return float(windows.index(window))
    close, listing = did_you_mean(str(window), windows), ", ".join(windows)
    raise refusal(both(f"ug.grains: there is no window {window!r}", f"ug.grains : il n'y a pas de fenêtre {window!r}"), "graph.choice",
                  both(f'Did you mean "{close}"? There are {listing}.' if close else f"There are {listing}.",
                       f"Peut-être « {close} » ? Il y a {listing}." if close else f"Il y a {listing}."))
