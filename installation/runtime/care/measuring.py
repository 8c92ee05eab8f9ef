"""Each loudspeaker sounds softly, alone, and what comes to the microphone meanwhile is added up. Numbers only.

    measured = await measure(stage, playing, speakers, source, level, going)
    References(file)                     what came on opening day, kept in the state folder
"""
from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ...audio.playing import Playing
from ...audio.stage import Stage
from ...rules.alive import Measured, quiet_part
from ...rules.piece import Loudspeaker
from ...terms.quantity import gain_from_db
from ..places import write_whole
from .check_plan import band_of, rms_of

SLICE = 0.25             # s over which energies are added up
SLICES = 6               # of each loudspeaker, and of the room alone
SETTLES = 0.5            # s until a loudspeaker and the room stand, and until they are silent again
_Slice = tuple[tuple[float, ...], tuple[float, ...]]
LONGEST = 3.0            # s for a slice; if blocks come no faster, nothing is measured


async def measure(stage: Stage, playing: Playing, speakers: Sequence[Loudspeaker], source: int, level: float,
                  going: Callable[[], bool] = lambda: True, begins: Callable[[Loudspeaker], None] = lambda speaker: None) -> list[Measured]:
    """One after another. playing: an instance of `check_plan` that sounds; source: the microphone's input, from 0; level: dBFS RMS.

    going    asked all the time; once it says no, what has been measured is given back at once
    begins   called for each
    """
    await asyncio.sleep(SETTLES)
    quiet = [await _slice(stage, source) for _ in range(SLICES)]
    found = []
    for speaker in speakers:
        if not going():
            break
        begins(speaker)
        name, band = f"out_{speaker.output}", band_of(speaker)
        slices: list[_Slice] = []
        stage.set(playing, name, gain_from_db(level) / rms_of(speaker))
        try:
            await asyncio.sleep(SETTLES)
            while len(slices) < SLICES and going():
                slices.append(await _slice(stage, source))
        finally:
            stage.set(playing, name, 0.0)
        if len(slices) == SLICES:
            found.append(Measured(speaker.name, quiet_part([out[speaker.output - 1] for out, _ in slices]), quiet_part([came[band] for _, came in slices]),
                                  quiet_part([came[band] for _, came in quiet])))
        await asyncio.sleep(SETTLES)
    return found


async def _slice(stage: Stage, source: int) -> _Slice:
    """Mean squares of a quarter of a second: of each output, and of the microphone, in all and in the bands."""
    loop = asyncio.get_running_loop()
    before, end = stage.telemetry(), loop.time() + LONGEST
    after = before
    while after.frame - before.frame < SLICE * stage.rate and loop.time() < end:
        await asyncio.sleep(SLICE / 2)
        after = stage.telemetry()
    frames = max(1, after.frame - before.frame)
    return (tuple((now - then) / frames for now, then in zip(after.energy, before.energy, strict=True)),
            tuple((now - then) / frames for now, then in zip(after.heard[source], before.heard[source], strict=True)))


class References:
    """What came on opening day: dB from what left to what came, for each loudspeaker by its name."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.ways: dict[str, float] = {}

    def read(self) -> None:
        """What is kept; nothing where it cannot be read."""
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))["ways"]
            ways = {str(name): float(way) for name, way in kept.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            ways = {}
        self.ways = {name: way for name, way in ways.items() if math.isfinite(way)}

    def write(self, ways: Mapping[str, float]) -> None:
        """From now on this is opening day. Raises OSError if it cannot be kept; it holds for this run all the same."""
        self.ways = dict(ways)
        write_whole(self._file, (json.dumps({"ways": {name: round(way, 2) for name, way in ways.items()}}, ensure_ascii=False, indent=1) + "\n").encode())
