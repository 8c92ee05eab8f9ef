"""All sensors of the piece at work: what they say becomes readings, what goes wrong with them is told.

    sensing = Sensing(piece.sensors, drivers, readings, tell)    # or Sensing.of(piece, readings, tell, trace=None)
    await sensing.open()                # needs a running loop; waits for nothing that is plugged in
    OscRemote(…, readings=sensing.osc)  # what comes by OSC
    sensing.step(now)                   # a few times a second or oftener: notices who fell silent
    await sensing.close()

With `trace` the lines of a trace take the place of everything that could speak: no port is opened, no visitor enters.
"""
from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...ports.midi_raw import MidiPlaces
from ...ports.mqtt import Mqtt
from ...ports.serial_places import Places
from ...ports.wire import State
from ...remote.osc_readings import OscReadings
from ...rules import clock_fields, midi_fields, mqtt_fields, osc_fields, visitors
from ...rules.clock_fields import ClockFields
from ...rules.facts import DriverFacts
from ...rules.midi_fields import MidiFields
from ...rules.mqtt_fields import MqttFields
from ...rules.osc_fields import OscFields
from ...rules.piece import Piece, SensorRecord
from ...rules.readings import Readings, base_unit
from ...rules.references import BUILT_IN
from ...rules.sensor import Sensor
from ...rules.trace import Recorder, TraceLine, trace_lines
from ...rules.visitors import PACE, Visitors
from ...terms.fault import Fault, Faults, Recovery
from ...terms.words import both
from ..clock import VirtualLoop
from ..parts.loading import driver_file, load_driver
from ..wall import Wall
from .clock_source import ClockSource
from .mqtt_source import MqttSource
from .sources import Common, MidiSource, OscSource, SerialSource, Source, VisitorSource

LOOK = 0.5    # s between looks for sensors that fell silent


def built_in_facts(record: SensorRecord) -> DriverFacts | None:
    """What a sensor of a built-in kind gives; None if its driver is a file. Raises Fault if its options make no sense."""
    try:
        match record.driver:
            case "osc":
                osc = OscFields(record.options)
                return DriverFacts({field: base_unit(unit) for field, unit in osc.fields().items()}, osc.pace, osc_fields.OPTIONS)
            case "midi":
                return DriverFacts(MidiFields(record.options).fields(), math.inf, midi_fields.OPTIONS)
            case "mqtt":
                mqtt = MqttFields(record.options)
                return DriverFacts({field: base_unit(unit) for field, unit in mqtt.fields().items()}, mqtt.pace, mqtt_fields.OPTIONS)
            case "clock":
                return DriverFacts(ClockFields(record.options).fields(), clock_fields.PACE, clock_fields.OPTIONS)
            case "visitors":
                return DriverFacts(Visitors(record.options).fields(), PACE, visitors.OPTIONS)
    except Fault as fault:
        raise fault.at(record.where) from None
    return None


@dataclass(frozen=True, slots=True)
class SensorStatus:
    """How a sensor fares: its port, frames taken, refused and skipped, and when it last made sense (loop time)."""

    name: str
    driver: str
    state: State
    frames: int
    refused: int
    skipped: int
    last_good: float


class Sensing:
    """The sensors of a piece. Raises Faults, all at once, for records that cannot work.

    records   the sensors, by name or in a row
    drivers   driver as the record names it → driver class, for every driver that is a file
    readings  where readings are declared and put
    tell      gets each Fault when it begins and a Recovery when it is over
    clock     gives the loop's time; the running loop's own when it is None
    seed      of the simulated visitors
    trace     lines that replace all sensors, their times counted from `open`
    heard     called with a sensor's name each time new readings of it were put, so that mappings need not wait for their turn
    mqtt      the line to the broker, for sensors that speak by it; None in a rehearsal
    wall      the time of day, for a sensor that says it; None is that of a rehearsal
    places, midi_places   where devices are looked for

    `osc` takes what comes by OSC, None if no sensor speaks it.
    """

    def __init__(self, records: Mapping[str, SensorRecord] | Iterable[SensorRecord], drivers: Mapping[str, type[Sensor]],
                 readings: Readings, tell: Callable[[Fault | Recovery], None], clock: Callable[[], float] | None = None, *,
                 seed: int | str = 1, trace: Iterable[TraceLine] | None = None, heard: Callable[[str], None] | None = None,
                 wall: Wall | None = None, mqtt: Mqtt | None = None, places: Places = Places(), midi_places: MidiPlaces = MidiPlaces()) -> None:  # noqa: B008  (frozen)
        self._readings, self._tell, self._given_clock, self._seed = readings, tell, clock, seed
        self._heard = heard or (lambda name: None)
        self._wall, self._mqtt = wall, mqtt
        self._places, self._midi_places = places, midi_places
        self._trace: Iterator[TraceLine] | None = None if trace is None else iter(trace)
        self._timer: asyncio.TimerHandle | None = None
        self._began = self._looked = 0.0
        self._recorder: Recorder | None = None
        self._record_told = False
        self.sources: dict[str, Source] = {}
        faults: list[Fault] = []
        for record in records.values() if isinstance(records, Mapping) else records:
            try:
                self.sources[record.name] = self._source(record, drivers)
            except Faults as several:
                faults += several.faults
            except Fault as fault:
                faults.append(fault.at(record.where))
        if faults:
            raise Faults(faults)
        self.osc = self._osc_readings()

    @classmethod
    def of(cls, piece: Piece, readings: Readings, tell: Callable[[Fault | Recovery], None], *, trace: Path | None = None,
           heard: Callable[[str], None] | None = None, wall: Wall | None = None, mqtt: Mqtt | None = None) -> Sensing:
        """The sensors of a piece, their driver files loaded here. Raises Faults."""
        drivers: dict[str, type[Sensor]] = {}
        faults: list[Fault] = []
        for record in piece.sensors.values():
            if record.driver not in BUILT_IN and record.driver not in drivers:
                try:
                    drivers[record.driver] = load_driver(driver_file(record.driver, piece.folder))
                except Fault as fault:
                    faults.append(fault.at(record.where))
        if faults:
            raise Faults(faults)
        lines = None if trace is None else _lines_of(trace)
        return cls(piece.sensors, drivers, readings, tell, seed=piece.seed, trace=lines, heard=heard, wall=wall, mqtt=mqtt)

    async def open(self) -> None:
        """Begin: look for every port (not in a rehearsal), let the visitors in, or play the trace."""
        self._began = self._looked = self.now()
        if self._trace is not None:
            for source in self.sources.values():
                Source.open(source, self._began)
            self._play_due()
            return
        rehearsal = isinstance(asyncio.get_running_loop(), VirtualLoop)
        for source in self.sources.values():
            if rehearsal and isinstance(source, (SerialSource, MidiSource)):
                Source.open(source, self._began)    # a port has no place on a clock that jumps: its readings are absent
            else:
                source.open(self._began)

    async def close(self) -> None:
        """Stop everything that `open` began."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._trace is None:
            await asyncio.gather(*(source.close() for source in self.sources.values()))

    def step(self, now: float) -> None:
        """Notice who fell silent; looks twice a second however often it is called."""
        if now - self._looked >= LOOK and self._trace is None:
            self._looked = now
            for source in self.sources.values():
                source.look(now)

    def record(self, recorder: Recorder | None) -> None:
        """From now on write every reading down, timed from `open`; None ends it."""
        self._recorder, self._record_told = recorder, False

    def status(self) -> list[SensorStatus]:
        """How each sensor fares."""
        return [SensorStatus(source.name, source.record.driver, source.state, source.frames, source.refused, source.skipped,
                             source.last_good) for source in self.sources.values()]

    def now(self) -> float:
        """The time that readings are stamped with."""
        return self._given_clock() if self._given_clock is not None else asyncio.get_running_loop().time()

    def _record(self, t: float, sensor: str, field: str, value: float) -> None:
        if self._recorder is not None:
            self._recorder.write(t, sensor, field, value)
            if self._recorder.fault is not None and not self._record_told:
                self._record_told = True
                self._tell(self._recorder.fault)

    def _source(self, record: SensorRecord, drivers: Mapping[str, type[Sensor]]) -> Source:
        common = Common(self._readings, self._tell, self.now, self._record, self._heard, self._trace is not None)
        match record.driver:
            case "osc":
                return OscSource(record, common)
            case "midi":
                return MidiSource(record, common, self._midi_places)
            case "mqtt":
                return MqttSource(record, common, self._mqtt)
            case "clock":
                return ClockSource(record, common, self._wall or Wall.virtual(self.now))
            case "visitors":
                return VisitorSource(record, common, self._seed)
        return SerialSource(record, drivers[record.driver](**record.options), common, self._places)

    def _osc_readings(self) -> OscReadings | None:
        table: dict[str, list[tuple[str, int, str]]] = {}
        for source in self.sources.values():
            if isinstance(source, OscSource):
                for address, rows in source.rules.table(source.name).items():
                    table.setdefault(address, []).extend(rows)
        if not table:
            return None

        def put(sensor: str, field: str, value: float, time: float) -> None:
            source = self.sources[sensor]
            assert isinstance(source, OscSource)
            source.take(field, value, time)

        def refused(fault: Fault) -> None:
            address = fault.where.removeprefix("osc ")
            for sensor in dict.fromkeys(name.partition(".")[0] for name, _, _ in table.get(address, ())):
                self.sources[sensor].bad(fault, self.now())

        return OscReadings(table, put, refused)

    def _play_due(self) -> None:
        """Put every line whose time has come, and ask to be called for the next. A wrong line ends the trace, and is told."""
        assert self._trace is not None
        now = self.now()
        try:
            for line in self._trace:
                if self._began + line.t > now:
                    self._timer = asyncio.get_running_loop().call_at(self._began + line.t, self._play_next, line)
                    return
                self._play(line)
        except Fault as fault:
            self._tell(fault)

    def _play_next(self, line: TraceLine) -> None:
        self._play(line)
        self._play_due()

    def _play(self, line: TraceLine) -> None:
        source = self.sources.get(line.sensor)
        if source is not None:    # a trace may come from a piece that had more sensors
            source.frames += 1
            source.put({line.field: line.value}, self._began + line.t)


def _lines_of(path: Path) -> Iterator[TraceLine]:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            yield from trace_lines(lines, str(path))
    except OSError as error:
        raise Fault(both(f"the trace cannot be read: {error.strerror}", f"la trace est illisible : {error.strerror}"),
                    where=str(path),
                    id="trace.read") from error
