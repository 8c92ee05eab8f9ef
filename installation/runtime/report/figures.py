"""The figures of a piece that plays, for whoever draws curves of them (Prometheus). Names and units by its conventions: seconds, ratios, bytes, `_total`."""
from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ... import __version__
from ...remote.web.metrics import COUNTER, GAUGE, Family
from ..telling.health import FAULT, WARNING

if TYPE_CHECKING:
    from ..house import House
    from ..lamps.lighting import Lighting
    from ..lookout import Lookout
    from ..notices import Notices
    from ..sound.players import Players
    from ..telling.health import Health

_OF_TREE = (("heat", "machine_heat_celsius", "the hottest part of the machine"), ("memory", "memory_bytes", "memory that the engine takes"),
            ("files", "open_files", "files that the control process holds open"), ("threads", "threads", "threads of the control process"),
            ("disk", "disk_free_bytes", "room on the disk of the state folder"), ("block_age", "block_age_seconds", "since the last block of sound"),
            ("silent_for", "silent_seconds", "for how long nothing has left the outputs"))


class Figures:
    """Reads them; a call costs some hundred microseconds."""

    def __init__(self, house: House, players: Players, lighting: Lighting, health: Health, notices: Notices, lookout: Lookout) -> None:
        self._house, self._players, self._lighting, self._health, self._notices, self._lookout = house, players, lighting, health, notices, lookout

    def families(self) -> list[Family]:
        """All of them, now."""
        return [*self._sound(), *self._senses(), *self._light(), *self._room()]

    def _sound(self) -> list[Family]:
        facts, state = self._house.stage.telemetry(), self._players.state
        load = self._house.load
        peaks = [({"output": str(number)}, max(-200.0, peak)) for number, peak in enumerate(facts.peaks, start=1)]
        return [_count("blocks", "blocks of sound rendered", facts.blocks), _count("xruns", "blocks that came too late", facts.xruns),
                _count("player_replacements", "players that were replaced", state.deaths),
                _gauge("card_present", "1 while the sound card plays, 0 on the silent clock", not state.silent),
                _gauge("block_longest_seconds", "the longest block of the last two seconds", facts.longest),
                _count("limited_blocks", "blocks in which the limiter worked", facts.limiting),
                *([_gauge("load_ratio", "how much of its time the sound takes", load.value)] if load else []),
                Family("installation_output_peak_dbfs", GAUGE, "peak of each output, falling 12 dB a second; -200 is silence", peaks)]

    def _senses(self) -> list[Family]:
        now = asyncio.get_running_loop().time()
        ages = [({"sensor": name}, now - source.last_good) for name, source in self._house.sensing.sources.items()]
        refused = [({"sensor": name}, float(source.refused)) for name, source in self._house.sensing.sources.items()]
        return [Family("installation_sensor_age_seconds", GAUGE, "since a sensor last made sense", ages),
                Family("installation_sensor_refused", COUNTER, "frames of a sensor that made no sense", refused)] if ages else []

    def _light(self) -> list[Family]:
        return [_count("light_frames", "frames of light that were sent", self._lighting.frames),
                _count("light_late", "frames of light that came too late", self._lighting.late)]

    def _room(self) -> list[Family]:
        tree, level = self._house.tree, self._health.level
        faults: dict[str, float] = {}
        for fault in self._notices.lasting():
            faults[fault.id] = faults.get(fault.id, 0.0) + 1.0
        return [Family("installation_info", GAUGE, "what runs", [({"version": __version__, "piece": self._house.piece.title}, 1.0)]),
                _gauge("uptime_seconds", "since the piece was opened", self._house.uptime()),
                _gauge("health", "2 well, 1 a warning, 0 a fault that visitors notice", {FAULT: 0, WARNING: 1}.get(level, 2)),
                _gauge("loop_longest_tick_seconds", "the longest time between two ticks of the control loop", self._lookout.longest),
                Family("installation_faults", GAUGE, "faults that stand now", [({"id": id}, count) for id, count in sorted(faults.items())]),
                *(_gauge(name, about, float(tree.value(f"/system/{key}"))) for key, name, about in _OF_TREE
                  if f"/system/{key}" in tree and (key != "heat" or tree.value("/system/heat")))]           # 0 °C: nobody measures it


def _gauge(name: str, about: str, value: float) -> Family:
    return Family(f"installation_{name}", GAUGE, about, [({}, float(value))])


def _count(name: str, about: str, value: float) -> Family:
    return Family(f"installation_{name}", COUNTER, about, [({}, float(value))])
