"""Whether a piece goes on after a restart where it was, and where that is. Pure: times are arguments.

    as_text(remembered), parse(text)          one small JSON file; parse raises ValueError
    remembered.goes_on(now, boot, uptime)     layer → the scene that played and for how long; empty where it begins anew

Less than a day must have passed, by the clock that never stops where the machine has not been off, else by the time of day as well as it is known. Time
without power is not counted: the score goes on from where it was. A process that was replaced within minutes has not been away at all.
"""
from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

DAY = 86_400.0       # s after which yesterday's scene is not taken up
GAP = 300.0          # s within the same start of the machine that count as though the piece had played on
MOST = 3             # times in a row; a scene that brings the engine down within a minute is not taken up for ever


@dataclass(frozen=True, slots=True)
class Standing:
    """A layer: the scene that the score means (None is silence), and for how many seconds it has played."""

    scene: str | None
    played: float


@dataclass(frozen=True, slots=True)
class Remembered:
    """The score as it was last written down.

    time     seconds since 1970, as well as it was known
    boot     the kernel's name for that start of the machine
    uptime   seconds by the clock that never stops
    resumed  how often in a row it had been taken up and had not played for a minute
    preset   the one that was recalled or saved last
    """

    time: float
    boot: str
    uptime: float
    layers: Mapping[str, Standing]
    resumed: int = 0
    preset: str = ""

    def goes_on(self, now: float, boot: str, uptime: float) -> dict[str, Standing]:
        """What each layer goes on with."""
        same = bool(boot) and boot == self.boot and uptime >= self.uptime
        away = uptime - self.uptime if same else abs(now - self.time)
        if away > DAY or self.resumed >= MOST:
            return {}
        more = away if same and away <= GAP else 0.0
        return {name: Standing(layer.scene, layer.played + more) for name, layer in self.layers.items()}


def as_text(remembered: Remembered) -> str:
    """As it is kept."""
    layers = {name: {"scene": layer.scene, "played": round(layer.played, 1)} for name, layer in remembered.layers.items()}
    data = {"time": round(remembered.time, 1), "boot": remembered.boot, "uptime": round(remembered.uptime, 1), "resumed": remembered.resumed,
            "preset": remembered.preset, "layers": layers}
    return json.dumps(data, indent=1, sort_keys=True) + "\n"


def parse(text: str) -> Remembered:
    """What was kept. Raises ValueError if it makes no sense."""
    try:
        data = json.loads(text)
        layers = {str(name): Standing(None if layer["scene"] is None else str(layer["scene"]), _seconds(layer["played"]))
                  for name, layer in data["layers"].items()}
        return Remembered(_seconds(data["time"]), str(data["boot"]), _seconds(data["uptime"]), layers, int(data["resumed"]), str(data["preset"]))
    except (KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise ValueError(str(error)) from None


def _seconds(value: object) -> float:
    number = float(value)      # type: ignore[arg-type]
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"{value!r} is no time")
    return number
