"""Voices side by side: where a graph holds many of the same, eight of them become one call of a kernel compiled for eight.

    lanes(drafts, memory) → drafts      the same sound, in fewer and wider calls
    beside(unit)                        a unit for eight voices

An artist writes sixty voices in a loop; on the plan they are sixty times the same units. Those that can (`Unit.laned`), that hear the
same kinds of things and that do not hear each other, are taken by eights in the order in which they were written. Each number in
such a signal is eight, interleaved; a kernel's text is that of one voice (see dsp/lanes.py), so that a voice's bits are the same
whether it stands alone or in any place of eight. Where a neighbour knows of one voice only, `gather` and `part_voices` stand between.
A last group of fewer than eight repeats its last voice; fewer than LEAST are not worth it.
"""
from __future__ import annotations

from dataclasses import dataclass, field, replace

from .arithmetic import builtin
from .declare import WIDTH, PortKind, Unit
from .plan import Binding, Control, Numbers, State
from .rows import Draft, Heard, Made

LEAST = 4


@dataclass
class Memory:
    """What a plan remembers, to which eight voices add: states at rest, control slots, sounds."""

    state: list[float]
    slots: int
    sounds: int
    constants: dict[int, float]                               # slot → value
    lane_constants: dict[int, tuple[float, ...]] = field(default_factory=dict)

    def new_sound(self) -> int:
        self.sounds += 1
        return self.sounds

    def new_slots(self) -> int:
        first = -(-self.slots // 4) * 4
        self.slots = first + WIDTH
        return first


def beside(unit: Unit) -> Unit:
    """The unit whose every port serves eight voices."""
    ports = tuple(port if port.kind is PortKind.NUMBERS else replace(port, width=WIDTH) for port in unit.ports)
    return replace(unit, name=f"{unit.name} × {WIDTH}", ports=ports, laned="")


def lanes(drafts: list[Draft], memory: Memory) -> list[Draft]:
    """The drafts with voices taken by eights."""
    groups = _groups(drafts)
    return _Rewriting(drafts, groups, memory).all() if groups else drafts


def _groups(drafts: list[Draft]) -> dict[int, tuple[int, ...]]:
    """For each draft that is one of a group: the group, as places of its drafts."""
    maker: dict[int, int] = {}                                # sound → draft
    depth: list[int] = []
    numbers: dict[tuple, int] = {}                            # kind → its number
    kinds: list[int] = []
    slot_maker: dict[int, int] = {}
    alike: dict[int, list[int]] = {}
    for index, draft in enumerate(drafts):
        sources = [maker[binding.sound] for binding in draft.bindings if isinstance(binding, Heard)]
        movers = [slot_maker[binding.slot] for port, binding in zip(draft.unit.ports, draft.bindings)
                  if port.kind is PortKind.CONTROL and isinstance(binding, Control) and binding.slot in slot_maker]
        depth.append(1 + max((depth[place] for place in (*sources, *movers)), default=0))
        for port, binding in zip(draft.unit.ports, draft.bindings):
            if isinstance(binding, Made):
                maker[binding.sound] = index
            elif port.kind is PortKind.CONTROL_OUT and isinstance(binding, Control):
                slot_maker[binding.slot] = index
        kind = _kind(draft, depth[index], [kinds[place] for place in sources])
        kinds.append(numbers.setdefault(kind, len(numbers)))
        if draft.unit.laned:
            alike.setdefault(kinds[index], []).append(index)
    found: dict[int, tuple[int, ...]] = {}
    for members in alike.values():
        for first in range(0, len(members), WIDTH):
            group = tuple(members[first:first + WIDTH])
            along = drafts[group[0]].unit.laned == "along"
            if len(group) >= LEAST and (not along or _lined_up(drafts, group, maker, found)):
                found.update(dict.fromkeys(group, group))
    return found


def _kind(draft: Draft, depth: int, sources: list[int]) -> tuple:
    """What two drafts have in common that may stand beside each other."""
    shape: list[object] = []
    for binding in draft.bindings:
        match binding:
            case Heard(first=first, channels=channels):
                shape.append((first, channels))
            case Made(channels=channels):
                shape.append(channels)
            case Numbers(values=values):
                shape.append(values)
            case State(size=size):
                shape.append(size)
    return draft.unit.name, draft.unit.kernel, depth, tuple(shape), tuple(sources)


def _lined_up(drafts: list[Draft], group: tuple[int, ...], maker: dict[int, int], found: dict[int, tuple[int, ...]]) -> bool:
    """Whether all that this group hears comes, in the same order, from groups."""
    for port, binding in enumerate(drafts[group[0]].bindings):
        if isinstance(binding, Heard):
            heard = [drafts[place].bindings[port] for place in group]
            sources = tuple(maker[one.sound] for one in heard)  # type: ignore[union-attr]
            if found.get(sources[0], ())[:len(sources)] != sources:
                return False
    return True


class _Rewriting:
    """Emits each draft, or its group, after everything that it hears."""

    def __init__(self, drafts: list[Draft], groups: dict[int, tuple[int, ...]], memory: Memory) -> None:
        self.drafts, self.groups, self.memory = drafts, groups, memory
        self.maker = {binding.sound: index for index, draft in enumerate(drafts) for binding in draft.bindings if isinstance(binding, Made)}
        self.slot_maker = {binding.slot: index for index, draft in enumerate(drafts) for port, binding in zip(draft.unit.ports, draft.bindings)
                           if port.kind is PortKind.CONTROL_OUT and isinstance(binding, Control)}
        self.out: list[Draft] = []
        self.done: set[int] = set()
        self.together: dict[int, tuple[int, int]] = {}        # sound of one voice → sound of eight, and which of them
        self.apart: dict[int, int] = {}                       # sound of eight → the same on rows
        self.side: dict[tuple[int, ...], int] = {}            # slots of voices → slots of eight
        self.wide_channels: dict[int, int] = {}               # sound of eight → its channels

    def all(self) -> list[Draft]:
        for index in range(len(self.drafts)):
            self.need(index)
        return _merged(self.out)

    def need(self, index: int) -> None:
        """Emit a draft and what it needs; a loop with a stack, since a chain may be thousands of words long."""
        stack = [(index, False)]
        while stack:
            place, ready = stack.pop()
            if place in self.done:
                continue
            members = self.groups.get(place, (place,))
            if ready:
                self.done.update(members)
                if place in self.groups:
                    self.emit_group(members)
                else:
                    self.out.append(self.alone(self.drafts[place]))
                continue
            stack.append((place, True))
            stack.extend((source, False) for member in members for source in self.sources(self.drafts[member]) if source not in self.done)

    def sources(self, draft: Draft) -> list[int]:
        found = []
        for port, binding in zip(draft.unit.ports, draft.bindings):
            if isinstance(binding, Heard):
                found.append(self.maker[binding.sound])
            elif port.kind is PortKind.CONTROL and isinstance(binding, Control) and binding.slot in self.slot_maker:
                found.append(self.slot_maker[binding.slot])
        return found

    def alone(self, draft: Draft) -> Draft:
        """A draft of one voice; what it hears of eight is parted first."""
        bindings = tuple(self.parted(binding, draft.where) if isinstance(binding, Heard) else binding for binding in draft.bindings)
        return replace(draft, bindings=bindings)

    def parted(self, heard: Heard, where: str) -> Heard:
        if heard.sound not in self.together:
            return heard
        wide, voice = self.together[heard.sound]
        made = self.wide_channels[wide]
        if wide not in self.apart:
            self.apart[wide] = self.memory.new_sound()
            self.out.append(Draft(builtin("part_voices"), (Made(self.apart[wide], WIDTH * made), Heard(wide, 0, made, WIDTH)), where,
                                  overwrites=False))
        return Heard(self.apart[wide], voice * made + heard.first, heard.channels)

    def emit_group(self, members: tuple[int, ...]) -> None:
        """One draft for eight voices, after what gathers them."""
        drafts = [self.drafts[place] for place in members]
        drafts += [drafts[-1]] * (WIDTH - len(drafts))
        first = drafts[0]
        made: list[tuple[int, Made]] = []
        bindings: list[Binding | Heard | Made] = []
        for index, port in enumerate(first.unit.ports):
            voices = [draft.bindings[index] for draft in drafts]
            match voices[0]:
                case Made(channels=channels):
                    wide = Made(self.memory.new_sound(), channels, WIDTH)
                    self.wide_channels[wide.sound] = channels
                    made.append((index, wide))
                    bindings.append(wide)
                case Heard():
                    bindings.append(self.gathered(voices, len(members), first.where))  # type: ignore[arg-type]
                case Control() if port.kind is PortKind.CONTROL:
                    bindings.append(Control(self.controls([voice.slot for voice in voices], first.where), WIDTH))  # type: ignore[union-attr]
                case State():
                    bindings.append(self.states(voices))  # type: ignore[arg-type]
                case shared:
                    bindings.append(shared)
        for index, wide in made:
            for voice, draft in enumerate(drafts[:len(members)]):
                self.together[draft.bindings[index].sound] = wide.sound, voice  # type: ignore[union-attr]
        self.out.append(Draft(beside(first.unit), tuple(bindings), first.where, first.overwrites))

    def gathered(self, voices: list[Heard], used: int, where: str) -> Heard:
        """What eight voices hear, of which `used` are not repeated: the eight that made it, in the same order, or each one's sound put
        beside the others."""
        channels = voices[0].channels
        places = [self.together.get(voice.sound) for voice in voices]
        if places[0] is not None:
            wide, inside = places[0][0], self.wide_channels[places[0][0]]
            if voices[0].first == 0 and channels == inside and all(
                    place == (wide, lane) for lane, place in enumerate(places[:used])):
                return Heard(wide, 0, channels, WIDTH)
        heard = [self.parted(voice, where) for voice in voices]
        sound = self.memory.new_sound()
        self.wide_channels[sound] = channels
        self.out.append(Draft(builtin("gather"), (Made(sound, channels, WIDTH), *heard), where, overwrites=False))
        return Heard(sound, 0, channels, WIDTH)

    def controls(self, slots: list[int], where: str) -> int:
        """The slots of eight voices' control: written once if they are constants, else gathered in each block."""
        key = tuple(slots)
        if key not in self.side:
            wide = self.side[key] = self.memory.new_slots()
            if all(slot in self.memory.constants for slot in slots):
                self.memory.lane_constants[wide] = tuple(self.memory.constants[slot] for slot in slots)
            else:
                self.out.append(Draft(builtin("gather_controls"), (Control(wide, WIDTH), *(Control(slot) for slot in slots)), where))
        return self.side[key]

    def states(self, voices: list[State]) -> State:
        """The states of eight voices, interleaved; those of a voice that is repeated stand in their own place."""
        state, size = self.memory.state, voices[0].size
        state.extend([0.0] * (-len(state) % WIDTH))
        word = len(state)
        rests = [state[voice.word:voice.word + size] for voice in voices]
        state.extend(rests[lane][number] for number in range(size) for lane in range(WIDTH))
        return State(word, size * WIDTH, WIDTH)


def _merged(drafts: list[Draft]) -> list[Draft]:
    """What goes to the outputs from neighbouring channels, one after another, in one call."""
    merged: list[Draft | None] = []
    last, place = None, 0                                     # the one that went to the outputs last, and where it stands now
    for draft in drafts:
        is_out = any(port.kind is PortKind.BUS for port in draft.unit.ports)
        if is_out and last is not None and draft.unit == last.unit and draft.unit.merges:
            joined = _joined(last, draft)
            if joined is not None:
                merged[place] = None
                last, place = joined, len(merged)
                merged.append(joined)
                continue
        if is_out:
            last, place = draft, len(merged)
        merged.append(draft)
    return [draft for draft in merged if draft is not None]


def _joined(one: Draft, other: Draft) -> Draft | None:
    """Both in one; None if they do not hear neighbouring channels of one sound."""
    bindings: list[Binding | Heard | Made] = []
    for before, after in zip(one.bindings, other.bindings):
        if isinstance(before, Heard) and isinstance(after, Heard):
            if before.sound != after.sound or before.first + before.channels != after.first or before.width + after.width != 2:
                return None
            bindings.append(Heard(before.sound, before.first, before.channels + after.channels))
        elif isinstance(before, Numbers) and isinstance(after, Numbers):
            bindings.append(Numbers(before.values + after.values))
        else:
            bindings.append(before)
    return replace(one, bindings=tuple(bindings))


def tidied(drafts: list[Draft], memory: Memory, triggers: dict[str, tuple[int, int]]) -> tuple[list[Draft], list[float], dict[str, tuple[int, int]]]:
    """The same with states that nobody has any more left out; those of eight voices begin at multiples of eight."""
    state: list[float] = []
    moved: dict[int, int] = {}

    def placed(binding: State) -> State:
        if binding.width > 1:
            state.extend([0.0] * (-len(state) % WIDTH))
        moved[binding.word] = len(state)
        state.extend(memory.state[binding.word:binding.word + binding.size])
        return replace(binding, word=moved[binding.word])

    kept = [replace(draft, bindings=tuple(placed(binding) if isinstance(binding, State) else binding for binding in draft.bindings))
            for draft in drafts]
    return kept, state, {name: (sound, moved[word]) for name, (sound, word) in triggers.items()}
