"""One calm line that says what the room does: on a terminal it stays in place, elsewhere it goes to the service manager only."""
from __future__ import annotations

import shutil
import sys
import unicodedata
from typing import TYPE_CHECKING, TextIO

from ...terms.reading import Freshness
from ...terms.words import both, say
from .health import WELL

if TYPE_CHECKING:
    from ..house import House
    from ..sound.players import Players
    from .health import Health


class StatusLine:
    """The last line of the terminal."""

    def __init__(self, out: TextIO | None = None, *, quiet: bool = False) -> None:
        self._out = out or sys.stderr
        self._shown = not quiet and self._out.isatty()
        self._there = ""

    def show(self, text: str) -> None:
        """Put the line there, as much of it as fits."""
        if self._shown:
            line = fitted(text, shutil.get_terminal_size().columns - 1)
            if line != self._there:
                self._write(f"\r{line}\x1b[K")
                self._there = line

    def clear(self) -> None:
        """Take it away, so that something else can be printed."""
        if self._there:
            self._write("\r\x1b[K")
            self._there = ""

    def _write(self, text: str) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except (OSError, ValueError):
            self._shown, self._there = False, ""


def fitted(text: str, width: int) -> str:
    """As much of a text as fits into so many columns: wide letters take two, accents that stand alone none; nothing that moves the cursor."""
    taken, kept = 0, []
    for letter in text:
        if unicodedata.category(letter) in ("Cc", "Cf"):
            letter = " "
        columns = 0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if taken + columns > width:
            break
        taken += columns
        kept.append(letter)
    return "".join(kept)


def status(house: House, players: Players, health: Health) -> str:
    """What the room does, in one line: what is wrong, if anything is, scenes, level, visitors' readings, card, the load where it is high."""
    now_playing = house.program.playing() or "–"
    facts = house.stage.telemetry()
    peak = max(facts.peaks, default=float("-inf"))
    level = f"{peak:5.1f} dBFS" if peak > -99 else say(both("silent", "silence"))
    now = house.sensing.now()
    readings = [f"{name} {reading.value:.2f}" for name, reading in list(house.readings.snapshot(now).items())[:3]
                if reading.freshness is Freshness.FRESH]
    parts = [f"♪ {now_playing}", level, *readings, players.state.say(), f"xruns {facts.xruns}"]
    if house.load and house.load.is_notable:
        parts.append(say(both(f"load {house.load.value:.0%}", f"charge {house.load.value:.0%}")))
    if health.level != WELL:
        parts.insert(1, f"⚠ {health.sentence}")
    return " · ".join(parts)
