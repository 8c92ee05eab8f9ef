"""Eight voices of one plan side by side: what can be is one call for all of them, the rest is called for each.

    eight_of(plan) → Eight          None where that is not worth it
    as_voice(plan, other, limit)    a voice's plan: what chance gives at each start, and its eight

The plan's units are gone through in order. One that can serve eight (`Unit.laned`) becomes one call, its numbers interleaved, the voices' own
states among them; every other is called for each voice, on buffers, states and delay lines of its own, as many units in a row as there are
for one voice and then for the next. `gather` and `part_voices` stand between. A voice's bits are those of a single instance (see lanes.py),
whatever is in the other lanes: those of voices that do not sound hold anything at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .arithmetic import builtin
from .declare import WIDTH, PortKind
from .lanes import beside
from .plan import Binding, Bus, Control, Eight, Memory, Param, Plan, Scratch, Send, State
from .rows import Draft, Heard, Made, assign

ALL = -1
LEAST = 4  # voices at once: for fewer it is not worth it
MOST_STATE, MOST_MEMORY = 512, 1 << 18  # words of state, and float32 of delay lines, of one voice: with more, idle lanes would cost too much
WRITES = (PortKind.OUT, PortKind.TOGETHER)


def as_voice(plan: Plan, other: Plan, limit: int) -> Plan:
    """The plan of a voice of which `limit` may play at once; `other` is the same with another seed."""
    chance = tuple(word for word, (a, b) in enumerate(zip(plan.state, other.state)) if a != b)
    return replace(plan, chance=chance, eight=eight_of(plan) if limit >= LEAST else None)


def eight_of(plan: Plan) -> Eight | None:
    """Eight of it; None if none of its units serves eight, or it remembers too much. Deterministic."""
    if plan.streams or len(plan.state) > MOST_STATE or plan.memory > MOST_MEMORY or not any(planned.unit.laned == "yes" for planned in plan.units):
        return None
    return _Widening(plan).eight()


@dataclass(frozen=True, slots=True)
class _Wide:
    """A sound of eight voices: its number, and its channels."""

    sound: int
    channels: int


class _Widening:
    """What grows while the units are gone through."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.drafts = _with_sounds(plan)
        self.sounds = 1 + max((binding.sound for draft in self.drafts for binding in draft.bindings if isinstance(binding, Made)), default=0)
        self.new = WIDTH * self.sounds
        self.slots = -(-plan.controls // 4) * 4  # of one voice: those of a unit that is wide in itself begin at multiples of four
        self.controls = WIDTH * self.slots
        self.constants = dict(plan.constants)
        self.wide_constants: list[tuple[int, tuple[float, ...]]] = []
        self.words = 0
        self.places = [[-1] * len(plan.state) for _ in range(WIDTH)]
        self.wide: dict[int, _Wide] = {}  # sound of one voice → of all
        self.channels = {binding.sound: binding.channels for draft in self.drafts for binding in draft.bindings if isinstance(binding, Made)}
        self.parted: dict[int, int] = {}  # sound of one voice → all of them, on rows
        self.gathered: dict[tuple[int, int, int], int] = {}
        self.side: dict[int, int] = {}  # slot of one voice → slots of all
        self.waiting: list[Draft] = []  # for each voice, and not called yet
        self.out: list[Draft] = []
        self.lanes: list[int] = []

    def eight(self) -> Eight:
        for draft in self.drafts:
            if self.is_wide(draft):
                self.call_waiting()
                self.call_wide(draft)
            else:
                self.waiting.append(draft)
        self.call_waiting()
        state = self.state()
        units, rows = assign(self.out)
        base = self.plan
        constants = tuple((lane * self.slots + slot, value) for lane in range(WIDTH) for slot, value in base.constants)
        wide = tuple((lane * self.slots + slot, values) for lane in range(WIDTH) for slot, values in base.lane_constants)
        plan = Plan(units, rows, self.controls, state, WIDTH * base.memory, base.params * WIDTH, (), constants, base.recordings, (),
                    wide + tuple(self.wide_constants))
        return Eight(plan, tuple(self.lanes), tuple(tuple(places) for places in self.places))

    def is_wide(self, draft: Draft) -> bool:
        """Whether one call serves all."""
        if draft.unit.laned != "along":
            return draft.unit.laned == "yes"
        return all(self.is_whole(binding) for binding in draft.bindings if isinstance(binding, Heard))

    def is_whole(self, heard: Heard) -> bool:
        """Whether it is a sound that lies interleaved already, with all of its channels."""
        wide = self.wide.get(heard.sound)
        return wide is not None and (heard.first, heard.channels) == (0, wide.channels)

    def emit(self, lane: int, draft: Draft) -> None:
        self.out.append(draft)
        self.lanes.append(lane)

    def call_waiting(self) -> None:
        """All that waits, voice by voice, so that one voice's sounds are still near when they are heard."""
        for draft in self.waiting:
            for binding in draft.bindings:
                if isinstance(binding, Heard):
                    self.part(binding.sound, draft.where)
        for lane in range(WIDTH):
            for draft in self.waiting:
                self.emit(lane, replace(draft, bindings=tuple(self.own(binding, lane) for binding in draft.bindings)))
        self.waiting.clear()

    def part(self, sound: int, where: str) -> None:
        """Put a sound of all on rows, if it is one and that has not been done."""
        wide = self.wide.get(sound)
        if wide is not None and sound not in self.parted:
            self.parted[sound] = self.sound()
            made = Made(self.parted[sound], WIDTH * wide.channels)
            self.emit(ALL, Draft(builtin("part_voices"), (made, Heard(wide.sound, 0, wide.channels, WIDTH)), where, overwrites=False))

    def own(self, binding: Binding | Heard | Made, lane: int) -> Binding | Heard | Made:
        """What one voice's unit is bound to."""
        match binding:
            case Heard(sound=sound, first=first) if sound in self.parted:
                return Heard(self.parted[sound], lane * self.wide[sound].channels + first, binding.channels)
            case Heard() | Made():
                return replace(binding, sound=lane * self.sounds + binding.sound)
            case Control():
                return replace(binding, slot=lane * self.slots + binding.slot)
            case State():
                return self.state_of(binding, lane)
            case Memory():
                return replace(binding, start=lane * self.plan.memory + binding.start)
            case Param():
                return Param(lane * len(self.plan.params) + binding.param)
            case Bus() | Send():
                return replace(binding, lane=lane)
        return binding

    def call_wide(self, draft: Draft) -> None:
        """One unit for all."""
        bindings: list[Binding | Heard | Made] = []
        for port, binding in zip(draft.unit.ports, draft.bindings):
            match binding:
                case Heard():
                    bindings.append(self.heard(binding, draft.where))
                case Control() if port.kind is PortKind.CONTROL:
                    bindings.append(Control(self.control(binding.slot, draft.where), WIDTH))
                case State(word, size):
                    self.words = -(-self.words // WIDTH) * WIDTH
                    for lane in range(WIDTH):
                        for k in range(size):
                            self.places[lane][word + k] = self.words + k * WIDTH + lane
                    bindings.append(State(self.words, size * WIDTH, WIDTH))
                    self.words += size * WIDTH
                case Made(sound, channels):
                    made = _Wide(self.sound(), channels)
                    bindings.append(Made(made.sound, channels, WIDTH))
                    self.wide[sound] = made
                case other:
                    bindings.append(other)
        self.emit(ALL, Draft(beside(draft.unit), tuple(bindings), draft.where))        # kernels that serve eight promise to bear writing over

    def heard(self, heard: Heard, where: str) -> Heard:
        """What all hear: a sound that is interleaved, or each one's put beside the others'."""
        if self.is_whole(heard):
            return Heard(self.wide[heard.sound].sound, 0, heard.channels, WIDTH)
        key = heard.sound, heard.first, heard.channels
        if key not in self.gathered:
            self.part(heard.sound, where)
            self.gathered[key] = self.sound()
            each = tuple(self.own(heard, lane) for lane in range(WIDTH))
            self.emit(ALL, Draft(builtin("gather"), (Made(self.gathered[key], heard.channels, WIDTH), *each), where, overwrites=False))
        return Heard(self.gathered[key], 0, heard.channels, WIDTH)

    def control(self, slot: int, where: str) -> int:
        """The slots of all for one control: written once if it is a constant, else put together in each block."""
        if slot not in self.side:
            self.controls = -(-self.controls // 4) * 4
            wide = self.side[slot] = self.controls
            self.controls += WIDTH
            if slot in self.constants:
                self.wide_constants.append((wide, (self.constants[slot],) * WIDTH))
            else:
                each = tuple(Control(lane * self.slots + slot) for lane in range(WIDTH))
                self.emit(ALL, Draft(builtin("gather_controls"), (Control(wide, WIDTH), *each), where))
        return self.side[slot]

    def state_of(self, state: State, lane: int) -> State:
        """States of a unit that serves one voice."""
        if state.width > 1:
            self.words = -(-self.words // WIDTH) * WIDTH
        placed = replace(state, word=self.words)
        for k in range(state.size):
            self.places[lane][state.word + k] = self.words + k
        self.words += state.size
        return placed

    def sound(self) -> int:
        self.new += 1
        return self.new

    def state(self) -> tuple[float, ...]:
        """All states at rest; words that no unit has get a place too."""
        for places in self.places:
            for k, place in enumerate(places):
                if place < 0:
                    places[k] = self.words
                    self.words += 1
        state = [0.0] * self.words
        for places in self.places:
            for k, place in enumerate(places):
                state[place] = self.plan.state[k]
        return tuple(state)


def _with_sounds(plan: Plan) -> list[Draft]:
    """The units as they were before their sounds had rows; where one wrote over what it heard, it may again."""
    at: dict[int, tuple[int, int]] = {}  # row → sound that lies there, and its first row
    drafts: list[Draft] = []
    count = 0
    for planned in plan.units:
        pairs = list(zip(planned.unit.ports, planned.bindings, strict=True))
        read = {binding.row for port, binding in pairs if isinstance(binding, Scratch) and port.kind not in WRITES}
        written = {binding.row for port, binding in pairs if isinstance(binding, Scratch) and port.kind in WRITES}
        bindings: list[Binding | Heard | Made] = []
        for port, binding in pairs:
            if isinstance(binding, Scratch) and port.kind not in WRITES:
                sound, first = at[binding.row]
                bindings.append(Heard(sound, binding.row - first, binding.channels, binding.width))
            else:
                bindings.append(binding)
        for k, (port, binding) in enumerate(pairs):
            if isinstance(binding, Scratch) and port.kind in WRITES:
                count += 1
                bindings[k] = Made(count, binding.channels, binding.width)
                at.update(dict.fromkeys(range(binding.row, binding.row + binding.channels * binding.width), (count, binding.row)))
        drafts.append(Draft(planned.unit, tuple(bindings), planned.where, overwrites=bool(read & written)))
    return drafts
