"""Where the sounds of a plan go in the room, and what moves them there: read from the plan, for whoever draws the room.

    for placement in placements(plan): …     each thing that is placed, in order
    placement.where_now(controls)            Whereabouts: where it sounds in the block that was rendered last

A placement's azimuth, elevation, distance or position is a control slot of the plan. Whatever feeds it (a number, a parameter, a drift, a
sound), the player leaves the value there as it renders, in shared memory: `controls` is that (Shelf.controls), and reading it disturbs nobody. An instance
that has not begun to sound has only its numbers there.

What is not known is None: how far a sound is that went through no ug.distance or through several, and the direction of what comes from all
sides, or from a recorded sound field.
"""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .declare import WIDTH, PortKind
from .plan import Binding, Control, Input, Numbers, Param, Plan, PlannedUnit, Scratch, Stream, Table
from .units import UNITS

DIRECTION, POSITION, OUTPUT, EVERYWHERE, FIELD = "direction", "position", "output", "everywhere", "field"
_AXES = {"place": ("azimuth",), "dome": ("azimuth", "elevation"), "nearest": ("azimuth", "elevation"),
         "encode": ("azimuth", "elevation"), "place_at": ("right", "ahead", "up")}
_KINDS = {"place": DIRECTION, "dome": DIRECTION, "nearest": DIRECTION, "encode": DIRECTION, "place_at": POSITION, "to": OUTPUT, "sub": OUTPUT,
          "spray": OUTPUT, "everywhere": EVERYWHERE, "decode": FIELD}
_HEARS, _MAKES = (PortKind.IN, PortKind.APART), (PortKind.OUT, PortKind.TOGETHER)
MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where something sounds: degrees, 0 ahead, positive to the left, and up; metres from the middle. None is not known."""

    azimuth: float | None = None
    elevation: float | None = None
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A control of a placement. param: the parameter that alone feeds it, as it is; "" if it is fed otherwise."""

    slot: int
    param: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """One thing that is placed in the room.

    kind      DIRECTION, POSITION, OUTPUT (rows says which), EVERYWHERE, FIELD
    where     file:line of the word
    names     what is heard in it: units and recordings at its beginning, a few
    controls  by what they say: azimuth, elevation, distance (DIRECTION), right, ahead, up (POSITION)
    rows      OUTPUT: rows of the bus, from 0
    turns     a field that is turned before it is decoded: slots of yaw, pitch, roll, the first turn first
    middle    of several channels fanned out: the slots of all their azimuths, whose middle is its azimuth
    """

    kind: str
    where: str
    names: tuple[str, ...]
    controls: Mapping[str, Slot] = field(default_factory=dict)
    rows: tuple[int, ...] = ()
    turns: tuple[tuple[int, int, int], ...] = ()
    middle: tuple[int, ...] = ()

    def where_now(self, controls: Any) -> Whereabouts:
        """Where it sounds now. controls: float64 (slots, 2)."""
        def value(name: str) -> float | None:
            slot = self.controls.get(name)
            return None if slot is None else float(controls[slot.slot, 0])

        if self.kind == POSITION:
            right, ahead, up = value("right") or 0.0, value("ahead") or 0.0, value("up") or 0.0
            level = math.hypot(right, ahead)
            return Whereabouts(math.degrees(math.atan2(-right, ahead)), math.degrees(math.atan2(up, level)), math.hypot(level, up))
        if self.kind != DIRECTION:
            return Whereabouts(distance=value("distance"))
        azimuth, elevation = value("azimuth") or 0.0, value("elevation") or 0.0
        if self.middle:
            azimuth = sum(float(controls[slot, 0]) for slot in self.middle) / len(self.middle)
        for yaw, pitch, roll in self.turns:
            azimuth, elevation = turned(azimuth, elevation, float(controls[yaw, 0]), float(controls[pitch, 0]), float(controls[roll, 0]))
        return Whereabouts((azimuth + 180.0) % 360.0 - 180.0, elevation, value("distance"))


def turned(azimuth: float, elevation: float, yaw: float, pitch: float, roll: float) -> tuple[float, float]:
    """A direction after ug.rotate: it rolls (the left goes up), then its front rises, then it turns to the left."""
    if not pitch and not roll:
        return azimuth + yaw, elevation
    level = math.cos(math.radians(elevation))
    x, y, z = level * math.cos(math.radians(azimuth)), level * math.sin(math.radians(azimuth)), math.sin(math.radians(elevation))
    y, z = _spun(y, z, roll)
    x, z = _spun(x, z, pitch)
    x, y = _spun(x, y, yaw)
    return math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))


def placements(plan: Plan) -> tuple[Placement, ...]:
    """Everything that a plan places, in the order of its calls; the channels of one sound that stand in a fan are one."""
    return _Reading(plan).all()


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a row of the scratch pool holds: names at its beginning, slots of the distances it went through, what is in it as a field."""

    names: tuple[str, ...] = ()
    distances: frozenset[int] = frozenset()
    encoded: tuple[Placement, ...] = ()

    def with_(self, other: _Heard) -> _Heard:
        """Both together."""
        if other is self or other is _NOTHING or self is _NOTHING:
            return self if other is _NOTHING else other
        names = tuple(dict.fromkeys((*self.names, *other.names)))[:MOST_NAMES]
        return _Heard(names, self.distances | other.distances, (*self.encoded, *(one for one in other.encoded if one not in self.encoded)))


_NOTHING = _Heard()


@dataclass(frozen=True, slots=True)
class _Draft:
    """A placement, and what tells whether it is the next channel of the one before: its word, and who made the row that it hears."""

    placement: Placement
    word: tuple[str, str, int] | None = None
    row: int = -1

    def follows(self, other: _Draft) -> bool:
        return self.word is not None and self.word == other.word and self.row == other.row + 1


class _Reading:
    """One walk along the calls of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rows: dict[int, _Heard] = {}
        self.maker_of: dict[int, int] = {}            # row → place of the call that made it
        self.makers = {binding.slot: planned for planned in plan.units for port, binding in zip(planned.unit.ports, planned.bindings)
                       if port.kind is PortKind.CONTROL_OUT and isinstance(binding, Control)}
        self.drafts: list[_Draft] = []

    def all(self) -> tuple[Placement, ...]:
        for number, planned in enumerate(self.plan.units):
            for one in _apart(planned):
                self.call(number, one)
        fans: list[list[_Draft]] = []
        for draft in self.drafts:
            if fans and draft.follows(fans[-1][-1]):
                fans[-1].append(draft)
            else:
                fans.append([draft])
        return tuple(fan[0].placement if len(fan) == 1 else self.fanned([draft.placement for draft in fan]) for fan in fans)

    def call(self, number: int, planned: PlannedUnit) -> None:
        """One call: what it hears, and what it makes of it."""
        unit, heard = planned.unit, _NOTHING
        rows: list[int] = []
        made: list[int] = []
        places = False
        for port, binding in zip(unit.ports, planned.bindings):
            if isinstance(binding, Scratch):
                (rows if port.kind in _HEARS else made if port.kind in _MAKES else []).extend(_rows(binding))
            places = places or port.kind is PortKind.BUS
        if not made and not places:            # it makes a control
            return
        for row in rows:
            heard = heard.with_(self.rows.get(row, _NOTHING))
        name = plain_name(unit.name)
        bound = {port.name: binding for port, binding in zip(unit.ports, planned.bindings)}
        if places:
            self.put(name, planned, bound, heard, rows)
            return
        if name == "distance":
            heard = replace(heard, distances=heard.distances | {_slot(bound["metres"])})
        elif name == "rotate":
            turn = _slot(bound["yaw"]), _slot(bound["pitch"]), _slot(bound["roll"])
            heard = replace(heard, encoded=tuple(replace(one, turns=(*one.turns, turn)) for one in heard.encoded))
        elif name == "encode":
            heard = _Heard(encoded=(self.placed(name, planned, bound, heard),))
        elif not heard.names and name != "trigger":
            heard = replace(heard, names=(self.beginning(name, planned),))
        self.rows.update(dict.fromkeys(made, heard))
        self.maker_of.update(dict.fromkeys(made, number))

    def put(self, name: str, planned: PlannedUnit, bound: Mapping[str, Binding], heard: _Heard, rows: Sequence[int]) -> None:
        """A call that reaches the outputs."""
        if name == "decode" and heard.encoded:
            self.drafts += [_Draft(placement) for placement in heard.encoded]
            return
        maker = self.maker_of.get(rows[0], -1) if len(rows) == 1 else -1
        fans = name in _AXES and maker >= 0 and plain_name(self.plan.units[maker].unit.name) != "part_voices"
        self.drafts.append(_Draft(self.placed(name, planned, bound, heard), (planned.where, name, maker) if fans else None, rows[0] if rows else -1))

    def placed(self, name: str, planned: PlannedUnit, bound: Mapping[str, Binding], heard: _Heard) -> Placement:
        slots = {axis: _slot(bound[axis]) for axis in _AXES.get(name, ())}
        controls = {axis: Slot(slot, self.param(slot)) for axis, slot in slots.items()}
        if len(heard.distances) == 1 and _KINDS.get(name) != POSITION:
            slot = next(iter(heard.distances))
            controls["distance"] = Slot(slot, self.param(slot))
        return Placement(_KINDS.get(name, FIELD), planned.where, heard.names, controls, _fed(name, bound))

    def fanned(self, channels: Sequence[Placement]) -> Placement:
        """Several channels of one sound as one placement: its azimuth is in their middle."""
        slots = [one.controls["azimuth"].slot for one in channels]
        roots = [self.root(slot) for slot in slots]
        same = roots[0][0] if len({(slot, scale) for slot, scale, _ in roots}) == 1 and roots[0][1] == 1.0 else -1
        is_middle = same >= 0 and abs(sum(offset for _, _, offset in roots)) < 1e-6 * len(roots)
        first = channels[0]
        azimuth = Slot(slots[0], self.param(same) if is_middle else "")
        return replace(first, controls={**first.controls, "azimuth": azimuth}, middle=tuple(slots))

    def root(self, slot: int) -> tuple[int, float, float]:
        """Where a control begins, before it is scaled and moved: its slot, scale, offset."""
        scale, offset = 1.0, 0.0
        while (planned := self.makers.get(slot)) is not None and plain_name(planned.unit.name) == "fit":
            numbers = next(binding.values for binding in planned.bindings if isinstance(binding, Numbers))
            slot = next(_slot(binding) for port, binding in zip(planned.unit.ports, planned.bindings) if port.kind is PortKind.CONTROL)
            scale, offset = scale * numbers[0], scale * numbers[1] + offset
        return slot, scale, offset

    def param(self, slot: int) -> str:
        """The parameter that alone feeds a control as it is; "" if there is none."""
        begin, scale, offset = self.root(slot)
        planned = self.makers.get(begin)
        if (scale, offset) != (1.0, 0.0) or planned is None:
            return ""
        param = next((binding.param for binding in planned.bindings if isinstance(binding, Param)), None)
        return "" if param is None else self.plan.params[param]

    def beginning(self, name: str, planned: PlannedUnit) -> str:
        """What a call that hears nothing brings: a recording's name, an input, or the unit's."""
        for binding in planned.bindings:
            match binding:
                case Table(recording=number):
                    return self.plan.recordings[number].path.stem
                case Stream(stream=number):
                    return self.plan.streams[number].path.stem
                case Input(row=row):
                    return f"input {row + 1}"
        return name


def plain_name(unit: str) -> str:
    """A unit's own name, without what the graph adds: "place ~ azimuth" is place, "saw × 8" is saw."""
    return unit.partition(" ~ ")[0].partition(" × ")[0]


def _apart(planned: PlannedUnit) -> list[PlannedUnit]:
    """A call that sends eight sounds out as the eight that it stands for; any other as it is."""
    single = UNITS.get(planned.unit.name.removesuffix("_eight"))
    if single is None or single.for_eight != planned.unit.name:
        return [planned]
    bound = {port.name: binding for port, binding in zip(planned.unit.ports, planned.bindings)}
    apart = []
    for voice in range(WIDTH):
        bindings: list[Binding] = []
        for port in single.ports:
            if port.kind is PortKind.IN:
                bindings.append(bound[f"x{voice}"])
            elif port.kind is PortKind.CONTROL:
                bindings.append(bound[f"a{voice}"])
            else:
                binding = bound[port.name]
                if single.each and isinstance(binding, Numbers):
                    size = len(binding.values) // WIDTH
                    binding = Numbers(binding.values[voice * size:(voice + 1) * size])
                bindings.append(binding)
        apart.append(replace(planned, unit=single, bindings=tuple(bindings)))
    return apart


def _slot(binding: Binding) -> int:
    assert isinstance(binding, Control)
    return binding.slot


def _rows(binding: Scratch) -> range:
    return range(binding.row, binding.row + binding.channels * binding.width)


def _fed(name: str, bound: Mapping[str, Binding]) -> tuple[int, ...]:
    """The rows of the bus that a call to outputs feeds."""
    match name, bound:
        case "to", {"rows": Numbers(values=rows)}:
            return tuple(int(row) for row in rows)
        case "sub", {"feeds": Numbers(values=feeds)}:
            return tuple(int(row) for row in feeds[::2])
        case "spray", {"gains": Numbers(values=gains), "x": Scratch(channels=channels)}:
            outputs = len(gains) // channels
            return tuple(row for row in range(outputs) if any(gains[row::outputs]))
    return ()


def _spun(a: float, b: float, degrees: float) -> tuple[float, float]:
    """Two coordinates turned from the first towards the second."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return a * cosine - b * sine, a * sine + b * cosine
