"""One configured sensor at work, by kind: a serial line, MIDI, OSC, simulated visitors; clock_source.py and mqtt_source.py have two more.

Each declares its readings, puts what it hears, and speaks of each trouble once when it begins and once when it is over. Nothing
that comes from outside can raise here: what makes no sense is counted, and the last good reading holds.
"""
from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...ports.midi_in import MidiIn
from ...ports.midi_raw import MidiPlaces
from ...ports.serial import SerialPort
from ...ports.serial_places import Places, what_is_there
from ...ports.wire import State
from ...rules.midi_fields import MidiFields
from ...rules.osc_fields import OscFields
from ...rules.people import pairs, placed
from ...rules.piece import SensorRecord
from ...rules.readings import PATIENCE, Readings, base_unit
from ...rules.sensor import Sensor, decoded
from ...rules.visitors import PACE, Visitors
from ...terms.fault import Fault, Recovery, SensorFault, did_you_mean
from ...terms.quantity import quantity
from ...terms.reading import Freshness
from ...terms.words import Words, both

MOST_FRAMES = 64      # decoded of what one read brings; a sensor that floods has only its latest decoded, the rest is counted
CALM = 5.0            # s without a bad frame before a line counts as sound again
CUT = 0.05            # s after opening in which the first byte may be from the middle of a frame
FIRST_WORD = 5.0      # s that a sensor may take to say something after its line was opened (an Arduino starts anew)


@dataclass(frozen=True, slots=True)
class Common:
    """What every source is given.

    readings  where it puts what it hears
    tell      what it tells of trouble, and of its end
    clock     the loop's time
    record    record(t, sensor, field, value), t counted from when the sensors were opened
    heard     called with its name after it put something
    in_base   what is put is in base units already, whatever the driver speaks
    """

    readings: Readings
    tell: Callable[[Fault | Recovery], None]
    clock: Callable[[], float]
    record: Callable[[float, str, str, float], None]
    heard: Callable[[str], None]
    in_base: bool = False


class Source:
    """What all kinds share: declaring, putting, telling. `frames` taken, `refused`, `skipped`; `last_good` loop time."""

    def __init__(self, record: SensorRecord, fields: Mapping[str, str], pace: float, common: Common) -> None:
        self.record, self.name = record, record.name
        self.fields, self.pace = dict(fields), pace
        self._pairs = pairs(self.fields)
        self.label = f"{self.name} ({record.device})" if record.device else self.name
        self.frames = self.refused = self.skipped = 0
        self.last_good = -math.inf
        self.state = State.CLOSED
        self._common = common
        self._readings, self._tell, self._clock = common.readings, common.tell, common.clock
        self._lasting: dict[str, Fault] = {}
        self._last_bad = -math.inf
        self._began = 0.0
        rests = _rests(record, self.fields)
        for field, unit in self.fields.items():
            self._readings.declare(self.name, field, base_unit(unit) if common.in_base else unit, pace, record.hold,
                                   rests.get(field))

    def open(self, began: float) -> None:
        """Begin. `began`: the loop time that a record counts from."""
        self._began = began
        self.state = State.OPEN

    async def close(self) -> None:
        """Stop."""
        self.state = State.CLOSED

    def look(self, now: float) -> None:
        """Called now and then, to notice silence."""

    def people(self, now: float) -> list[tuple[float, float]]:
        """Where the people are whom it sees, in metres from the middle of the room; nobody, if it tells no places or nobody said where it is."""
        if self.record.at is None:
            return []
        read = [(self._readings.read(f"{self.name}.{x}", now), self._readings.read(f"{self.name}.{y}", now)) for x, y in self._pairs]
        return [placed(x.value, y.value, self.record.at, self.record.facing) for x, y in read if x.freshness is y.freshness is Freshness.FRESH]

    def put(self, values: Mapping[str, float], now: float) -> bool:
        """Take readings; a value that is refused leaves the others standing. True if any was taken."""
        good = False
        for field, value in values.items():
            try:
                base = self._readings.put(self.name, field, value, now)
            except SensorFault as fault:
                self.bad(fault, now)
                continue
            good = True
            self._common.record(now - self._began, self.name, field, base)
        if good:
            self.last_good = now
            self._end("sensor.silent", both("it speaks again", "il parle de nouveau"))
            self._common.heard(self.name)
        return good

    def bad(self, fault: Fault, now: float) -> None:
        """Something that came makes no sense."""
        self.refused += 1
        self._last_bad = now
        self._begin(fault, now)

    def calm(self, now: float) -> None:
        """Something good came: after a while without anything bad, the trouble is over."""
        if self._lasting and now - self._last_bad >= CALM:
            for id in [id for id in self._lasting if not id.startswith(("wire.", "serial.", "midi.", "sensor.silent"))]:
                self._end(id, both("its readings make sense again", "ses mesures sont de nouveau justes"))

    def _begin(self, fault: Fault, now: float) -> None:
        if fault.id in self._lasting:
            return
        place = f"{self.label}, {fault.where}" if ".py:" in fault.where else self.label
        remedy = fault.remedy + (" " if fault.remedy else "") + self._holding(now)
        said = type(fault)(fault.happened, where=place, remedy=remedy, id=fault.id)
        self._lasting[fault.id] = said
        self._tell(said)

    def _end(self, id: str, words: Words) -> None:
        fault = self._lasting.pop(id, None)
        if fault is not None:
            self._tell(Recovery(words, where=fault.where, id=id))

    def _holding(self, now: float) -> Words:
        """What stands meanwhile."""
        held = []
        for field in list(self.fields)[:4]:
            reading = self._readings.read(f"{self.name}.{field}", now)
            if reading.freshness is not Freshness.ABSENT:
                held.append(f"{field} {reading.value:.4g} {reading.unit}".rstrip())
        return both(f"Holding {', '.join(held)}.", f"Valeurs maintenues : {', '.join(held)}.") if held else both("", "")

    def changed(self, state: State, fault: Fault | None) -> None:
        """Its port was opened, lost, or closed."""
        now = self._clock()
        self.state = state
        if state is State.ABSENT and fault is not None:
            self._readings.lose(self.name, now)
            self._begin(fault, now)
        elif state is State.OPEN:
            for id in [id for id in self._lasting if id.startswith(("wire.", "serial.", "midi."))]:
                self._end(id, both("it is back", "il est revenu"))


class SerialSource(Source):
    """A sensor on a serial line, read by its driver."""

    def __init__(self, record: SensorRecord, driver: Sensor, common: Common, places: Places) -> None:
        super().__init__(record, driver.known, driver.pace, common)
        if not record.device:
            there = what_is_there(places)
            raise Fault(both("it needs a device: where it is plugged in", "il faut device : où il est branché"),
                        where=record.where, id="sensor.device",
                        remedy=both(f"There is:\n    {there}", f"Il y a :\n    {there}") if there else
                        both("`installation devices` lists what is plugged in.",
                             "`installation devices` liste ce qui est branché."))
        self.driver = driver
        self.port = SerialPort(record.device, driver.baud, self.take, self.changed, places=places)
        self._splitter = driver.splitter()
        self._opened = 0.0
        self._first = True
        self._asking: asyncio.TimerHandle | None = None

    def open(self, began: float) -> None:
        super().open(began)
        self.state = State.ABSENT    # until the port says otherwise
        self.port.open()

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        await self.port.close()

    def changed(self, state: State, fault: Fault | None) -> None:
        super().changed(state, fault)
        if state is State.OPEN:
            self._opened, self._first = self._clock(), True
            self._splitter = self.driver.splitter()
            if self.driver.ask and self._asking is None:
                self._ask()

    def take(self, data: bytes) -> None:
        """Bytes from the line."""
        now = self._clock()
        if self._first:    # what comes at once may begin in the middle of a frame; what comes after a silence does not
            self._first = False
            self._splitter.reset(cut=now - self._opened < CUT)
        splitter = self._splitter
        before = splitter.too_long, splitter.damaged
        frames = splitter.feed(data)
        if (splitter.too_long, splitter.damaged) != before:
            self.bad(_noise(splitter.too_long - before[0], splitter.longest, self.driver.baud), now)
        if len(frames) > MOST_FRAMES:
            self.skipped += len(frames) - MOST_FRAMES
            frames = frames[-MOST_FRAMES:]
        for frame in frames:
            try:
                values = decoded(self.driver, frame)
            except SensorFault as fault:
                self.bad(fault, now)
                continue
            self.frames += 1
            if self.put(values, now):
                self.calm(now)

    def look(self, now: float) -> None:
        """Say once that an open line has been silent for as long as its readings are held."""
        if self.port.state is not State.OPEN or math.isinf(self.pace):
            return
        since = max(self.last_good, self._opened)
        patience = PATIENCE * self.pace + self.record.hold
        if now - since > max(patience, FIRST_WORD if self.last_good < self._opened else 0.0):
            self._begin(Fault(both(f"its line is open, but for {now - since:.0f} s nothing came that makes sense",
                                   f"sa ligne est ouverte, mais rien de sensé n'en est venu depuis {now - since:.0f} s"),
                              id="sensor.silent",
                              remedy=both(f"Is the sensor powered, its sketch running, and is {self.driver.baud} its baud rate?",
                                          f"Capteur alimenté, croquis lancé, et {self.driver.baud} est-il son débit ?")), now)

    def _ask(self) -> None:
        self.port.write(self.driver.ask)
        self._asking = asyncio.get_running_loop().call_later(self.pace, self._ask)


class MidiSource(Source):
    """Notes, controllers and bends of one MIDI port."""

    def __init__(self, record: SensorRecord, common: Common, places: MidiPlaces) -> None:
        self.rules = MidiFields(record.options)
        super().__init__(record, self.rules.fields(), math.inf, common)
        if not record.device:
            raise Fault(both("it needs a device: a part of the MIDI port's name",
                             "il faut device : une partie du nom du port MIDI"),
                        where=record.where, id="sensor.device",
                        remedy=both("`installation devices` lists what is plugged in.",
                                    "`installation devices` liste ce qui est branché."))
        self.port = MidiIn(record.device, self.take, self.changed, through=self.rules.through, places=places)

    def open(self, began: float) -> None:
        super().open(began)
        self.state = State.ABSENT
        self.port.open()

    async def close(self) -> None:
        await self.port.close()

    def take(self, message: Any) -> None:
        """A message from the port."""
        self.frames += 1
        self.put(self.rules.read(message), self._clock())


class OscSource(Source):
    """Readings that come as OSC messages; the remote owns the port, and `OscReadings` brings them in base units."""

    def __init__(self, record: SensorRecord, common: Common) -> None:
        self.rules = OscFields(record.options)
        super().__init__(record, self.rules.fields(), self.rules.pace, replace(common, in_base=True))

    def take(self, field: str, value: float, now: float) -> None:
        """One argument of a message to one of its addresses."""
        self.frames += 1
        if self.put({field: value}, now):
            self.calm(now)


class VisitorSource(Source):
    """Simulated people, twenty times a second."""

    def __init__(self, record: SensorRecord, common: Common, seed: int | str) -> None:
        self.rules = Visitors(record.options, seed=f"{seed}/{record.name}")
        super().__init__(record, self.rules.fields(), PACE, common)
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None

    def open(self, began: float) -> None:
        super().open(began)
        self._number = 0
        self._tick()

    async def close(self) -> None:
        await super().close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def people(self, now: float) -> list[tuple[float, float]]:
        return list(self.rules.people()) if self._timer is not None else []

    def _tick(self) -> None:
        now = self._clock()
        self._number = max(self._number, math.floor((now - self._began) / PACE + 1e-6))    # after a stall, go on from now
        self.frames += 1
        self.put(self.rules.at(self._number * PACE), now)
        self._number += 1
        self._timer = asyncio.get_running_loop().call_at(self._began + self._number * PACE, self._tick)


def _rests(record: SensorRecord, fields: Mapping[str, str]) -> dict[str, float]:
    """The declared rests; a bare number is in the base unit, as everywhere in config.yaml. Raises Fault."""
    rests = {}
    for field, written in record.rest.items():
        if field not in fields:
            close = did_you_mean(str(field), fields)
            raise Fault(both(f'rest: it has no "{field}"', f"rest : il n'a pas de « {field} »"), where=record.where,
                        id="sensor.rest",
                        remedy=both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else
                        both(f"It has {', '.join(fields)}.", f"Il a {', '.join(fields)}."))
        rests[field] = quantity(written, base_unit(fields[field]))
    return rests


def _noise(too_long: int, longest: int, baud: int) -> SensorFault:
    remedy = both(f"Usually the baud rate ({baud}) or a loose ground wire.",
                  f"Le plus souvent le débit ({baud}) ou un fil de masse lâche.")
    if too_long:
        return SensorFault(both(f"more than {longest} bytes came without the end of a frame",
                                f"plus de {longest} octets sont venus sans fin de trame"),
                           remedy=remedy, id="sensor.noise")
    return SensorFault(both("a frame came damaged", "une trame est arrivée abîmée"), remedy=remedy, id="sensor.noise")
