"""A graph flattened once into a plan: what the player calls, in order, and where each port looks.

    flatten(graph)   the Plan

Constants are scaled and clipped here and become slots that never change. Everything else that reaches a CONTROL port, and does
not already stand in its range and measure, passes through one `fit` (scale, offset, low, high). Words without a memory of their
own that are fed the same are played once: `a * b` and `b * a` are one unit.
"""
from __future__ import annotations

from . import lanes
from .arithmetic import builtin
from .controls import Controls
from .declare import Port, PortKind, Unit
from .graph import Graph, Work
from .moved import is_slow, moved
from .node import Parameter
from .plan import Binding, Bus, Control, Input, LongRecording, Memory, Numbers, Param, Plan, Recording, Send, Sent, State, Stream, Table
from .rows import Draft, Heard, Made, assign
from .signal import AUDIO, TRIGGER, Signal

OWN = {PortKind.STATE, PortKind.MEMORY, PortKind.BUS, PortKind.INPUT, PortKind.RING, PortKind.RING_STATE}   # units with these are never shared
COMMUTES = {"add", "multiply", "control_add", "control_multiply"}


def flatten(graph: Graph, *, side_by_side: bool = False) -> Plan:
    """The plan of a collected graph. Deterministic: the same graph gives the same plan, in any process.

    side_by_side  take voices of a kind by eights (see lanes.py): the same sound, sooner
    """
    return _Flattening(graph).plan(side_by_side)


class _Flattening:
    """What grows while the words are gone through."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.drafts: list[Draft] = []
        self.state: list[float] = []
        self.memory = 0
        self.loops: dict[int, Memory] = {}                             # the line of each, which two units share
        self.params: dict[str, int] = {}
        self.triggers: dict[str, tuple[int, int]] = {}                 # name → sound, state word
        self.recordings: dict[Recording, int] = {}
        self.streams: list[LongRecording] = []
        self.sounds: dict[tuple[int, int], int] = {}                   # call, output → number of the sound
        self.made = 0
        self.merged: dict[tuple, dict[int, int]] = {}                  # unit and what feeds it → its outputs
        self.controls = Controls(graph.hall.rate, self.control_unit)

    def plan(self, side_by_side: bool = False) -> Plan:
        for work in self.graph.works:
            self.word(work)
        drafts, constants = self.drafts, self.controls.constants()
        wide: tuple[tuple[int, tuple[float, ...]], ...] = ()
        if side_by_side:
            memory = lanes.Memory(self.state, self.controls.count, self.made, dict(constants))
            drafts = lanes.lanes(drafts, memory)
            drafts, self.state, self.triggers = lanes.tidied(drafts, memory, self.triggers)
            self.controls.count, wide = memory.slots, tuple(memory.lane_constants.items())
        units, rows = assign(drafts)
        return Plan(units, rows, self.controls.count, tuple(self.state), self.memory, tuple(self.params),
                    tuple((name, word) for name, (_, word) in self.triggers.items()), constants,
                    tuple(self.recordings), tuple(self.streams), wide)

    def word(self, work: Work) -> None:
        """One call: what feeds it is there already; its outputs get their numbers."""
        call, unit = work.call, work.call.unit
        fed: dict[str, Binding | Heard] = {}
        for port in unit.of(PortKind.IN):
            fed[port.name] = self.heard(call.inputs[port.name], call.where)
        moving: list[str] = []
        for port in unit.of(PortKind.CONTROL):
            thing = call.controls[port.name]
            if not isinstance(thing, Signal) or thing.rate != AUDIO:
                fed[port.name] = Control(self.controls.at_port(thing, port, call.where))
            elif is_slow(unit, port):
                fed[port.name] = Control(self.looked(thing, port, call.where))
            else:
                fed[port.name] = self.followed(thing, port, call.where)
                moving.append(port.name)
        if moving:
            unit = moved(unit, moving)
        for port in unit.of(PortKind.NUMBERS):
            fed[port.name] = Numbers(work.numbers[port.name])
        if unit.of(PortKind.TABLE):
            assert call.table is not None
            number = self.recordings.setdefault(call.table, len(self.recordings))
            fed |= {port.name: Table(number) for port in unit.of(PortKind.TABLE)}
        key = None
        if not unit.of(*OWN):
            feeds = [repr(binding) for binding in fed.values()]
            key = (unit.name, unit.kernel, call.channels, *(sorted(feeds) if unit.name in COMMUTES else feeds))
        outputs = self.merged.get(key) if key else None
        if outputs is None:
            outputs = self.call(work, unit, fed)
            if key:
                self.merged[key] = outputs
        for index, number in outputs.items():
            self.sounds[id(call), index] = number
        for index, port in enumerate(unit.of(PortKind.OUT, PortKind.CONTROL_OUT)):
            if port.kind is PortKind.CONTROL_OUT:
                self.controls.made(call, index, outputs[index])

    def call(self, work: Work, unit: Unit, fed: dict[str, Binding | Heard]) -> dict[int, int]:
        """Draft the unit; its outputs' sounds or slots by index."""
        call = work.call
        is_moved = any(port.drives for port in unit.ports)
        outputs: dict[int, int] = {}
        bindings: list[Binding | Heard | Made] = []
        stream = None
        for port in unit.ports:
            match port.kind:
                case _ if port.drives:
                    bindings.append(fed[port.drives])
                case PortKind.CONTROL if is_moved:
                    bindings.append(Control(self.controls.new()))      # its own, set in each frame
                case PortKind.OUT:
                    self.made += 1
                    outputs[len(outputs)] = self.made
                    bindings.append(Made(self.made, call.channels))
                case PortKind.CONTROL_OUT:
                    outputs[len(outputs)] = slot = self.controls.new()
                    bindings.append(Control(slot))
                case PortKind.BUS:
                    bindings.append(Send(call.sent, call.channels) if call.sent else Bus())
                case PortKind.INPUT:
                    bindings.append(Sent(call.sent, call.channels) if call.sent else Input(call.heard, call.channels))
                case PortKind.STATE:
                    bindings.append(self.rest(port, call.channels, work.state.get(port.name)))
                case PortKind.MEMORY:
                    bindings.append(self.line(work, port))
                case PortKind.RING | PortKind.RING_STATE:
                    if stream is None:
                        assert call.stream is not None
                        stream = len(self.streams)      # two players of one file run on their own
                        self.streams.append(call.stream)
                    bindings.append(Stream(stream))
                case PortKind.PARAM:
                    raise ValueError(f"{call.unit.name}: only the graph itself feeds a PARAM port")
                case _:
                    bindings.append(fed[port.name])
        promised = not call.as_is and not unit.place and not is_moved       # an artist's kernel need not know of the promise
        self.drafts.append(Draft(unit, tuple(bindings), call.where, overwrites=promised))
        return outputs

    def line(self, work: Work, port: Port) -> Memory:
        """Long memory for a port: its own, or that of its loop."""
        loop = id(work.call.loop) if work.call.loop is not None else 0
        if loop in self.loops:
            return self.loops[loop]
        rows = work.call.channels if port.per_channel else 1
        made = Memory(self.memory, work.memory[port.name] * rows, rows)
        self.memory += made.size
        if loop:
            self.loops[loop] = made
        return made

    def heard(self, signal: Signal, where: str) -> Heard:
        """What an input reads."""
        if signal.rate == TRIGGER:
            assert isinstance(signal.source, Parameter)
            return Heard(self.trigger(signal.source, where), 0, 1)
        return Heard(self.sounds[id(signal.source), signal.output], signal.first, signal.channels)

    def followed(self, sound: Signal, port: Port, where: str) -> Heard:
        """A sound in a port's own measure and range, for a control that follows it."""
        self.made += 1
        numbers = Numbers(self.controls.measure(port))
        self.drafts.append(Draft(builtin("fit_sound"), (Made(self.made, 1), self.heard(sound, where), numbers), where))
        return Heard(self.made, 0, 1)

    def looked(self, sound: Signal, port: Port, where: str) -> int:
        """The slot of a control that looks at a sound once a block."""
        unit, slot = builtin("look"), self.controls.new()
        state = self.rest(unit.of(PortKind.STATE)[0], 1, None)
        self.drafts.append(Draft(unit, (Control(slot), self.heard(sound, where), Numbers(self.controls.measure(port)), state), where))
        return slot

    def trigger(self, parameter: Parameter, where: str) -> int:
        """The sound of a trigger parameter: impulses of one frame, made once however many hear them."""
        if parameter.name not in self.triggers:
            unit = builtin("trigger")
            self.made += 1
            state = self.rest(unit.of(PortKind.STATE)[0], 1, None)
            bound: dict[PortKind, State | Made] = {PortKind.STATE: state, PortKind.OUT: Made(self.made, 1)}
            self.drafts.append(Draft(unit, tuple(bound[port.kind] for port in unit.ports), where))
            self.triggers[parameter.name] = self.made, state.word
        return self.triggers[parameter.name][0]

    def control_unit(self, unit: Unit, inputs: list[int], numbers: tuple[float, ...], parameter: Parameter | None,
                     where: str) -> int:
        """Draft a control unit that the graph itself puts in; the slot that it writes."""
        slot, left = self.controls.new(), list(inputs)
        bindings: list[Binding] = []
        for port in unit.ports:
            match port.kind:
                case PortKind.CONTROL:
                    bindings.append(Control(left.pop(0)))
                case PortKind.CONTROL_OUT:
                    bindings.append(Control(slot))
                case PortKind.NUMBERS:
                    bindings.append(Numbers(numbers))
                case PortKind.STATE:
                    bindings.append(self.rest(port, 1, None))
                case PortKind.PARAM:
                    assert parameter is not None
                    bindings.append(Param(self.params.setdefault(parameter.name, len(self.params))))
                case _:
                    raise ValueError(f"{unit.name}: {port.name} is no port of a control unit")
        self.drafts.append(Draft(unit, tuple(bindings), where))
        return slot

    def rest(self, port: Port, channels: int, values: tuple[float, ...] | None) -> State:
        """Small state for a port, and what it holds at rest."""
        rest = values if values is not None else (0.0,) * (port.size * (channels if port.per_channel else 1))
        word = len(self.state)
        self.state.extend(rest)
        return State(word, len(rest))
