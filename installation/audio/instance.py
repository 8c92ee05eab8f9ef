"""An instance: a plan written into the arena, as the engine reads it. One allocation, one piece of the small states.

write(arena, plan, …) → Shelf    what was written, and how to let it go
States                           who has which piece of the small states
Table                            a recording in the arena, shared by all that play it
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..terms.fault import Fault
from ..terms.words import both
from .arena import ALIGN, Arena
from .declare import WIDTH, PortKind
from .layout import (
    FRAMES,
    GRAPH_BUS_AT,
    I_ENDS_AFTER,
    I_IMAGE_AT,
    I_SENDS,
    I_SENDS_AT,
    I_STATE_AT,
    I_STATE_SIZE,
    I_STREAMS,
    I_STREAMS_AT,
    I_TAIL_AT,
    I_UNITS,
    I_UNITS_AT,
    INPUT_AT,
    INPUTS,
    INSTANCE_WORDS,
    MOST_SENT,
    OUTPUTS,
    RATE,
    S_ACTIVE,
    S_CHANNELS,
    S_FRAMES,
    S_GENERATION,
    S_LOOP,
    S_PATH_AT,
    S_PATH_BYTES,
    S_RING_AT,
    S_RING_FRAMES,
    S_START,
    SCRATCH_AT,
    SCRATCH_ROWS,
    STREAM_WORDS,
    STREAMS,
    STREAMS_AT,
    UNIT_WORDS,
    WORD,
)
from .plan import Bus, Control, Input, LongRecording, Memory, Numbers, Param, Plan, Scratch, Send, Sent, State, Stream
from .plan import Table as TableBinding
from .sends import Sends

RING_SECONDS = 2.0  # of a stream, in the arena: what a slow disk may take
ROW = FRAMES * 4
WRITTEN = (PortKind.OUT, PortKind.BUS, PortKind.CONTROL_OUT, PortKind.TOGETHER, PortKind.CONTROLS)


@dataclass(eq=False)
class Table:
    """A recording in the arena and how many instances play it."""

    offset: int
    channels: int
    frames: int
    users: int = 0


@dataclass(eq=False)
class Shelf:
    """What an instance took of the arena.

    params    float64 (number of parameters, 4): their slots
    image     float64 (words of state,): the states at rest
    controls  float64 (control slots, 2): written by the player as it renders; what the last block left there
    memory    where its delay lines begin, and their bytes
    """

    offset: int
    params: np.ndarray
    image: np.ndarray
    controls: np.ndarray
    memory: tuple[int, int]
    streams: tuple[int, ...]
    tables: tuple[Table, ...]

    def close(self, arena: Arena) -> bool:
        """Give back its memory and its streams; its recordings have one user fewer. Whether its states are free too."""
        for slot in self.streams:
            _streams(arena)[slot, S_ACTIVE] = 0
        arena.free(self.offset)
        for table in self.tables:
            table.users -= 1
        return True


@dataclass(frozen=True, slots=True)
class Lanes:
    """What an instance for eight voices has that others have not.

    of      for each unit the voice that it serves, -1 for all
    heads   where the voices' own instances lie
    buses   where the first one's bus lies; the others follow
    """

    of: tuple[int, ...]
    heads: tuple[int, ...]
    buses: int


class States:
    """Which pieces of the small states are taken. The lowest that fits is given, so that little must be copied each block."""

    def __init__(self, first: int, end: int) -> None:
        self._end = end
        self._taken: list[tuple[int, int]] = [(first, 0)]

    @property
    def used(self) -> int:
        """Where the last piece ends."""
        return sum(self._taken[-1])

    def take(self, size: int, what: str) -> int:
        """A piece of that many bytes. Raises Fault if none is left."""
        for index, (offset, length) in enumerate(self._taken):
            begin = offset + length
            end = self._taken[index + 1][0] if index + 1 < len(self._taken) else self._end
            if begin + size <= end:
                self._taken.insert(index + 1, (begin, size))
                return begin
        raise Fault(
            both("too many units play at once: their states do not fit", "trop d'unités jouent à la fois : leurs états ne tiennent pas"),
            where=what,
            id="stage.states",
            remedy=both("Use fewer voices, or shorter fades.", "Moins de voix, ou des fondus plus courts."),
        )

    def give_back(self, offset: int) -> None:
        """Hand a piece back."""
        index = bisect.bisect(self._taken, (offset, 0))
        if self._taken[index][0] != offset:
            raise KeyError(offset)
        del self._taken[index]


def write(
    arena: Arena,
    plan: Plan,
    numbers: Sequence[int],
    tables: tuple[Table, ...],
    state_at: int,
    state_size: int,
    name: str,
    shared: Mapping[str, int] | None = None,
    ends_after: int = 0,
    lanes: Lanes | None = None,
    sends: Sends | None = None,
    sends_at: int = 0,
) -> Shelf:
    """Write a plan. Raises Fault if there is no room; then nothing is taken.

    numbers     of each unit's code
    shared      where the slots of parameters lie that it shares with others
    ends_after  blocks of silence after which it ends by itself, as a voice; 0 is never
    lanes       of eight voices that are rendered together
    sends       what voices send to this part's sound, and where it is summed
    """
    shared, sends = shared or {}, sends or Sends()
    if plan.scratch_rows > arena.words[SCRATCH_ROWS]:
        raise Fault(
            both(
                f"it needs {plan.scratch_rows} signals at once, there is room for {arena.words[SCRATCH_ROWS]}",
                f"il lui faut {plan.scratch_rows} signaux à la fois, il y a place pour {arena.words[SCRATCH_ROWS]}",
            ),
            where=name,
            id="stage.scratch",
            remedy=both("Split it into several scenes or layers.", "Répartissez-la en plusieurs scènes ou couches."),
        )
    heard = max((bound.row + bound.channels for planned in plan.units for bound in planned.bindings if isinstance(bound, Input)), default=0)
    if heard > arena.words[INPUTS]:
        raise _no_input(heard, arena.words[INPUTS], name)
    slots = _free_streams(arena, len(plan.streams), name)
    sending = sends.rows if plan.of(Send) else 0
    parts = _Parts(plan, arena.words[RATE], arena.words[OUTPUTS] + sending if ends_after else 0)
    offset = arena.allocate(parts.size, name)
    places = {key: offset + place for key, place in parts.places.items()}
    rings = [places["rings"] + ring for ring in parts.rings]

    def words(at: int, *shape: int) -> Any:
        return arena.view(at, "i8", shape)

    head = words(offset, INSTANCE_WORDS)
    head[I_UNITS_AT], head[I_UNITS] = places["units"], len(plan.units)
    head[I_STATE_AT], head[I_STATE_SIZE], head[I_IMAGE_AT] = state_at, state_size, places["image"]
    head[I_STREAMS_AT], head[I_STREAMS] = places["streams"], len(plan.streams)
    head[I_ENDS_AFTER], head[I_TAIL_AT] = ends_after, places["tail"]
    head[I_SENDS], head[I_SENDS_AT] = sending, sends_at
    image = arena.view(places["image"], "f8", (len(plan.state),))
    image[:] = plan.state
    controls = arena.view(places["controls"], "f8", (plan.controls, 2))
    for slot, value in plan.constants:
        controls[slot] = value
    for slot, values in plan.lane_constants:
        controls[slot:slot + WIDTH].reshape(2, WIDTH)[:] = values

    header = arena.words
    outputs = header[OUTPUTS]
    rows = words(places["units"], len(plan.units), UNIT_WORDS)
    stream_rows = words(places["streams"], len(plan.streams), 2)
    record, checked, constants = places["records"], places["outs"], places["numbers"]
    buses, serves, heads = (lanes.buses, lanes.of, lanes.heads) if lanes else (header[GRAPH_BUS_AT], (-1,) * len(rows), ())
    for row, number, serving, planned in zip(rows, numbers, serves, plan.units):
        row[:] = number, record, checked, 0, -1 if serving < 0 else 1 << serving, 0 if serving < 0 else heads[serving]
        looked_at = not (lanes and serving < 0 and planned.unit.name == "part_voices")  # it makes no bad sample, and is not interleaved
        first_state = stream = None
        for port, binding in zip(planned.unit.ports, planned.bindings, strict=True):
            match binding:
                case Scratch(index, channels, width):
                    place = header[SCRATCH_AT] + index * ROW, channels, FRAMES
                case Bus(lane):
                    place = buses + lane * (outputs + MOST_SENT) * ROW, outputs, FRAMES
                case Send(to, channels, lane):
                    place = buses + (lane * (outputs + MOST_SENT) + outputs + sends.row(to)) * ROW, channels, FRAMES
                case Sent(of, channels):
                    place = sends_at + sends.row(of) * ROW, channels, FRAMES
                case Input(index, channels):
                    place = header[INPUT_AT] + index * ROW, channels, FRAMES
                case Control(slot):
                    place = places["controls"] + slot * 2 * WORD, 2, 1
                case State(word, size, width):
                    place = state_at + word * WORD, size // width, 1
                    first_state = place[0] if first_state is None else first_state
                case Memory(start, size):
                    place = places["memory"] + start * 4, size, 1
                case Numbers(values):
                    arena.view(constants, "f8", (len(values),))[:] = values
                    place = constants, len(values), 1
                    constants += len(values) * WORD
                case TableBinding(recording):
                    place = tables[recording].offset, tables[recording].channels, tables[recording].frames
                case Param(param) if plan.params[param] in shared:
                    place = shared[plan.params[param]], 4, 1
                case Param(param):
                    place = places["params"] + param * 4 * WORD, 4, 1
                case Stream(index) if port.kind is PortKind.RING:
                    place = rings[index], plan.streams[index].channels, parts.ring_frames
                case Stream(index):
                    stream = index
                    place = header[STREAMS_AT] + slots[index] * STREAM_WORDS * WORD, STREAM_WORDS, 1
                case _:
                    raise TypeError(f"{planned.unit.name}: {binding!r}")
            words(record, 3)[:] = place
            record += 3 * WORD
            if port.kind in WRITTEN and looked_at:
                is_sound = port.kind not in (PortKind.CONTROL_OUT, PortKind.CONTROLS)
                voices = WIDTH if port.kind in (PortKind.TOGETHER, PortKind.CONTROLS) else port.width
                words(checked, 3)[:] = place[0], (place[1] * FRAMES if is_sound else 2) * voices, 4 if is_sound else 8
                checked += 3 * WORD
                row[3] += 1
        if stream is not None:
            stream_rows[stream] = header[STREAMS_AT] + slots[stream] * STREAM_WORDS * WORD, first_state or 0
    for slot, ring, path, wanted in zip(slots, rings, parts.paths, plan.streams):
        _open_stream(arena, slot, ring, parts.ring_frames, places["paths"] + path, wanted)
    params = arena.view(places["params"], "f8", (len(plan.params), 4))
    return Shelf(offset, params, image, controls, (places["memory"], plan.memory * 4), tuple(slots), tables)


class _Parts:
    """Where the parts of an instance lie in it."""

    def __init__(self, plan: Plan, rate: int, tails: int) -> None:
        ports = [port for planned in plan.units for port in planned.unit.ports]
        constants = sum(len(binding.values) for planned in plan.units for binding in planned.bindings if isinstance(binding, Numbers))
        outs = sum(port.kind in WRITTEN for port in ports)
        self.ring_frames = int(RING_SECONDS * rate) // FRAMES * FRAMES
        self.rings, size = [], 0
        for stream in plan.streams:
            self.rings.append(size)
            size += _up(stream.channels * self.ring_frames * 4)
        self.paths, length = [], 0
        for stream in plan.streams:
            self.paths.append(length)
            length += len(_path_bytes(stream.path))
        self.places: dict[str, int] = {}
        self.size = 0
        for key, part in (
            ("head", INSTANCE_WORDS * WORD),
            ("units", len(plan.units) * UNIT_WORDS * WORD),
            ("records", 3 * len(ports) * WORD),
            ("outs", 3 * outs * WORD),
            ("streams", 2 * len(plan.streams) * WORD),
            ("numbers", constants * WORD),
            ("controls", plan.controls * 2 * WORD),
            ("params", len(plan.params) * 4 * WORD),
            ("image", max(1, len(plan.state)) * WORD),
            ("paths", length),
            ("rings", size),
            ("tail", 2 * tails * ROW),
            ("memory", plan.memory * 4),
        ):
            self.places[key] = self.size
            self.size += _up(part)


def _up(size: int) -> int:
    return -(-size // ALIGN) * ALIGN


def _no_input(wanted: int, there: int, name: str) -> Fault:
    return Fault(
        both(f"it listens to input {wanted}, there are {there}", f"elle écoute l'entrée {wanted}, il y en a {there}"),
        where=name,
        id="stage.input",
        remedy=both("Raise `inputs` under `sound`.", "Augmentez `inputs` sous `sound`."),
    )


def _path_bytes(path: Path) -> bytes:
    return str(path).encode("utf-8", "surrogateescape")


def _streams(arena: Arena) -> np.ndarray:
    return arena.view(arena.words[STREAMS_AT], "i8", (STREAMS, STREAM_WORDS))


def _free_streams(arena: Arena, count: int, name: str) -> list[int]:
    free = [slot for slot, row in enumerate(_streams(arena)) if not row[S_ACTIVE]] if count else []
    if len(free) < count:
        raise Fault(
            both(f"{STREAMS} long recordings play already", f"{STREAMS} longs enregistrements jouent déjà"),
            where=name,
            id="stage.streams",
            remedy=both("Hold short recordings in memory, with ug.play.", "Gardez les enregistrements courts en mémoire, avec ug.play."),
        )
    return free[:count]


def _open_stream(arena: Arena, slot: int, ring: int, ring_frames: int, path_at: int, wanted: LongRecording) -> None:
    """Give a stream its words. ACTIVE comes last: the feeder, another process, looks at it first."""
    encoded = _path_bytes(wanted.path)
    arena.view(path_at, "u1", (len(encoded),))[:] = np.frombuffer(encoded, "u1")
    row = _streams(arena)[slot]
    generation = int(row[S_GENERATION]) + 1
    row[:] = 0
    row[S_FRAMES], row[S_CHANNELS], row[S_LOOP], row[S_START] = wanted.frames, wanted.channels, int(wanted.loop), wanted.start
    row[S_RING_AT], row[S_RING_FRAMES] = ring, ring_frames
    row[S_PATH_AT], row[S_PATH_BYTES], row[S_GENERATION] = path_at, len(encoded), generation
    arena.fence()
    row[S_ACTIVE] = 1
