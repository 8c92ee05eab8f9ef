"""Small kernels and plans for the tests of the sound core. A kernel here is plain Python, as an artist would write it."""

from __future__ import annotations

import math

from installation.audio.declare import Port, PortKind, Unit
from installation.audio.plan import Bus, Control, Memory, Numbers, Param, Plan, PlannedUnit, Scratch, State
from installation.dsp.primitives import load_acquire

OUT, IN, BUS, STATE, NUMBERS, PARAM, MEMORY = (PortKind.OUT, PortKind.IN, PortKind.BUS, PortKind.STATE, PortKind.NUMBERS, PortKind.PARAM, PortKind.MEMORY)


def tone(out, numbers, state):
    phase = state[0]
    for n in range(out.shape[1]):
        out[0, n] = numbers[1] * math.sin(2.0 * math.pi * phase)
        phase += numbers[0]
        if phase >= 1.0:
            phase -= 1.0
    state[0] = phase


def strikes(out, state):
    for n in range(out.shape[1]):
        out[0, n] = 0.0
    for k in range(int(state[0])):
        out[0, int(state[1 + 2 * k])] += state[2 + 2 * k]
    state[0] = 0.0


def ringing(out, x, line, state):
    """An echo whose line is a block longer than what is read of it."""
    size = line.shape[0]
    write = int(state[0])
    for n in range(out.shape[1]):
        read = write - (size - 64)
        if read < 0:
            read += size
        y = x[0, n] + 0.7 * line[read]
        line[write] = y
        out[0, n] = y
        write += 1
        if write == size:
            write = 0
    state[0] = write


def level(out, x, param, state):
    """Follow a parameter: reached over a block."""
    step = (param[0] - state[0]) / out.shape[1]
    for n in range(out.shape[1]):
        out[0, n] = x[0, n] * (state[0] + step * (n + 1))
    state[0] = param[0]


def to_bus(bus, x, numbers):
    for k in range(numbers.shape[0]):
        c = int(numbers[k])
        for n in range(bus.shape[1]):
            bus[c, n] += x[0, n]


def turns_bad(out, x, numbers, state):
    """Hand on what comes in, and after so many blocks a sample that is none."""
    state[0] += 1.0
    for n in range(out.shape[1]):
        out[0, n] = x[0, n]
    if state[0] == numbers[0]:
        out[0, 17] = numbers[1]


def slow(out, x, numbers):
    """Hand on what comes in, after much idle work."""
    kept = 0.0
    for k in range(int(numbers[0])):
        kept = math.sin(kept + k)
    for n in range(out.shape[1]):
        out[0, n] = x[0, n] + 1e-30 * kept


def held(bus, numbers):
    """Wait until the word at an address is not 0."""
    while load_acquire(int(numbers[0])) == 0:
        pass


def wild(bus, state):
    """Write far out of bounds."""
    state[0] += 1.0
    bus[int(state[0]) << 36, 0] = 1.0


def endless(bus, state):
    """Never return."""
    state[0] = 1.0
    while state[0] > 0.0:
        state[0] += 1.0


def _unit(name: str, *ports: Port) -> Unit:
    return Unit(name, f"{__file__}:{name}", ports)


TONE = _unit("tone", Port("out", OUT), Port("numbers", NUMBERS, size=2), Port("state", STATE))
STRIKES = _unit("strikes", Port("out", OUT), Port("state", STATE, size=17))
RINGING = _unit("ringing", Port("out", OUT), Port("x", IN), Port("line", MEMORY), Port("state", STATE))
LEVEL = _unit("level", Port("out", OUT), Port("x", IN), Port("param", PARAM), Port("state", STATE))
TO_BUS = _unit("to_bus", Port("bus", BUS), Port("x", IN), Port("numbers", NUMBERS))
TURNS_BAD = _unit("turns_bad", Port("out", OUT), Port("x", IN), Port("numbers", NUMBERS, size=2), Port("state", STATE))
SLOW = _unit("slow", Port("out", OUT), Port("x", IN), Port("numbers", NUMBERS, size=1))
HELD = _unit("held", Port("bus", BUS), Port("numbers", NUMBERS))
WILD = _unit("wild", Port("bus", BUS), Port("state", STATE))
ENDLESS = _unit("endless", Port("bus", BUS), Port("state", STATE))
EVERY = (TONE, STRIKES, RINGING, LEVEL, TO_BUS, TURNS_BAD, SLOW)


def tone_plan(hertz: float = 440.0, amplitude: float = 0.1, output: int = 0, rate: int = 48_000) -> Plan:
    """A sine on one output."""
    return Plan(
        (
            PlannedUnit(TONE, (Scratch(0, 1), Numbers((hertz / rate, amplitude)), State(0, 1)), "scene.py:3"),
            PlannedUnit(TO_BUS, (Bus(), Scratch(0, 1), Numbers((float(output),))), "scene.py:4"),
        ),
        1,
        0,
        (0.0,),
        0,
        (),
        (),
        (),
    )


def rich_plan(hertz: float = 330.0, output: int = 0, line: int = 3_000, rate: int = 48_000) -> Plan:
    """A sine and struck impulses through an echo, with a level: oscillator state, delay memory, trigger and parameter."""
    units = (
        PlannedUnit(TONE, (Scratch(0, 1), Numbers((hertz / rate, 0.05)), State(0, 1)), "scene.py:1"),
        PlannedUnit(LEVEL, (Scratch(0, 1), Scratch(0, 1), Param(0), State(1, 1)), "scene.py:2"),
        PlannedUnit(STRIKES, (Scratch(1, 1), State(2, 17)), "scene.py:3"),
        PlannedUnit(RINGING, (Scratch(2, 1), Scratch(1, 1), Memory(0, line), State(19, 1)), "scene.py:4"),
        PlannedUnit(TO_BUS, (Bus(), Scratch(0, 1), Numbers((float(output),))), "scene.py:5"),
        PlannedUnit(TO_BUS, (Bus(), Scratch(2, 1), Numbers((float(output),))), "scene.py:6"),
    )
    return Plan(units, 3, 0, (0.0,) * 20, line, ("level",), (("struck", 2),), ())


def bad_plan(blocks: int, sample: float) -> Plan:
    """A sine that after so many blocks gives one bad sample, through a unit that spreads it."""
    units = (
        PlannedUnit(TONE, (Scratch(0, 1), Numbers((0.01, 0.05)), State(0, 1)), "scene.py:1"),
        PlannedUnit(TURNS_BAD, (Scratch(0, 1), Scratch(0, 1), Numbers((float(blocks), sample)), State(1, 1)), "scene.py:2"),
        PlannedUnit(RINGING, (Scratch(0, 1), Scratch(0, 1), Memory(0, 500), State(2, 1)), "scene.py:3"),
        PlannedUnit(TO_BUS, (Bus(), Scratch(0, 1), Numbers((0.0,))), "scene.py:4"),
    )
    return Plan(units, 1, 0, (0.0,) * 3, 500, (), (), ())


def slow_plan(turns: int = 20_000) -> Plan:
    """The rich plan, but slow: most of its time passes inside a kernel."""
    rich = rich_plan()
    waste = PlannedUnit(SLOW, (Scratch(0, 1), Scratch(0, 1), Numbers((float(turns),))), "scene.py:9")
    units = rich.units[:1] + (waste,) + rich.units[1:4] + (waste,) + rich.units[4:]
    return Plan(units, 3, 0, rich.state, rich.memory, rich.params, rich.triggers, ())


def with_control(plan: Plan) -> Control:
    """A control slot of that plan."""
    return Control(plan.controls)


def reader(out, table, state):
    at = int(state[0])
    for n in range(out.shape[1]):
        out[0, n] = table[0, (at + n) % table.shape[1]]
    state[0] = (at + out.shape[1]) % table.shape[1]


def flow(out, ring, words, state):
    """A stream whose disk is never late."""
    at = int(state[0])
    for n in range(out.shape[1]):
        out[0, n] = ring[0, (at + n) % ring.shape[1]] if at + n < words[1] else 0.0
    state[0] = at + out.shape[1]
