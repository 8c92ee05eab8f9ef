"""A plan played by a little interpreter in numpy: one block, no arena, no compiled kernel. And a few units to build graphs with.

Outputs are filled with NaN before their kernel runs, so that a row which two signals share is heard.
"""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from installation.audio.declare import FRAMES, Port, PortKind, Unit
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, Signal, apply, parameter
from installation.audio.plan import Bus, Control, Numbers, Param, Plan, PlannedUnit, Scratch, State
from installation.terms.declaration import Declaration

IN, OUT, CONTROL = PortKind.IN, PortKind.OUT, PortKind.CONTROL

NOISE = Unit("test_noise", "test:noise", (Port("out", OUT), Port("seed", PortKind.NUMBERS)))
FILTER = Unit("test_filter", "test:filter", (
    Port("out", OUT), Port("x", IN), Port("cutoff", CONTROL, "Hz", 10, 20_000, 1000, "per_frame"),
    Port("state", PortKind.STATE, size=2, per_channel=True)))
JOIN = Unit("test_join", "test:join", (Port("out", OUT), Port("a", IN), Port("b", IN)))
MIX = Unit("test_mix", "test:mix", (Port("out", OUT), Port("x", IN)))
SPLIT = Unit("test_split", "test:split", (Port("low", OUT), Port("high", OUT), Port("x", IN), Port("state", PortKind.STATE)))
DRIFT = Unit("test_drift", "test:drift", (
    Port("out", PortKind.CONTROL_OUT), Port("period", CONTROL, "s", 0.01, 600, 10, "frames"), Port("seed", PortKind.NUMBERS),
    Port("state", PortKind.STATE)))
ENVELOPE = Unit("test_envelope", "test:envelope", (
    Port("out", OUT), Port("trigger", IN, "trigger"), Port("attack", CONTROL, "s", 0, 10, 0.01), Port("state", PortKind.STATE)))
COMPRESS = Unit("test_compress", "test:compress", (
    Port("out", OUT), Port("x", IN), Port("threshold", CONTROL, "dB", -60, 0, -20, "gain"), Port("knee", CONTROL, "dB", 0, 24, 6),
    Port("mix", CONTROL, "ratio", 0, 1, 1), Port("state", PortKind.STATE)))
DELAY = Unit("test_delay", "test:delay", (
    Port("out", OUT), Port("x", IN), Port("line", PortKind.MEMORY, per_channel=True),
    Port("time", CONTROL, "s", 0, 60, scale="frames"), Port("state", PortKind.STATE)))
SINK = Unit("test_sink", "test:sink", (Port("bus", PortKind.BUS), Port("x", IN), Port("rows", PortKind.NUMBERS, size=0)))


def sound(channels: int = 1) -> Signal:
    """A noise with a seed of its own."""
    return apply(NOISE, channels=channels, seed="seed")


def param(name: str, unit: str = "", low: float | None = None, high: float | None = None, **more: Any) -> Signal:
    """A parameter of the scene "test"."""
    return parameter(name, Declaration(f"/scene/test/{name}", unit=unit, low=low, high=high, **more))


def sink(signal: Any, rows: tuple[float, ...] | None = None) -> Signal:
    """The signal's channels, put on the first outputs."""
    return apply(SINK, inputs={"x": signal}, numbers={"rows": rows or tuple(range(signal.channels))}, as_is=True,
                 channels=signal.channels)


def plan(*placed: Any, rate: int = 48_000, seed: int = 1, name: str = "test", outputs: int = 16) -> Plan:
    """The plan of a scene that returns these."""
    return flatten(Graph.collect(list(placed), outputs=outputs, rate=rate, seed=seed, name=name))


def names(plan: Plan) -> list[str]:
    """The plan's units by name, in order."""
    return [unit.unit.name for unit in plan.units]


def bound(unit: PlannedUnit, kind: PortKind) -> list[Any]:
    """What a unit's ports of that kind are bound to."""
    return [binding for port, binding in zip(unit.unit.ports, unit.bindings, strict=True) if port.kind is kind]


def find(plan: Plan, name: str) -> PlannedUnit:
    """The first unit of that name."""
    return next(unit for unit in plan.units if unit.unit.name == name)


def noise(seed: float, channels: int = 1) -> np.ndarray:
    """What NOISE gives for a seed."""
    return np.random.default_rng(int(seed)).uniform(-1, 1, (channels, FRAMES))


def ramp(pair: np.ndarray) -> np.ndarray:
    """A control pair, frame by frame."""
    return pair[0] + (pair[1] - pair[0]) * np.arange(FRAMES) / FRAMES


def play(plan: Plan, outputs: int, params: dict[str, float] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """One block: the bus and the control slots afterwards. Parameters stand still at the values given."""
    pool = np.full((plan.scratch_rows, FRAMES), np.nan)
    bus = np.zeros((outputs, FRAMES))
    slots = np.full((plan.controls, 2), np.nan)
    for slot, value in plan.constants:
        slots[slot] = value
    for planned in plan.units:
        given: dict[PortKind, list] = {kind: [] for kind in PortKind}
        for port, binding in zip(planned.unit.ports, planned.bindings, strict=True):
            match binding:
                case Scratch(row, channels):
                    given[port.kind].append(pool[row:row + channels])
                case Control(slot):
                    given[port.kind].append(slots[slot])
                case Numbers(values):
                    given[port.kind].append(values)
                case Param(param):
                    given[port.kind].append((params or {})[plan.params[param]])
                case Bus():
                    given[port.kind].append(bus)
                case State(word, size):
                    assert word + size <= len(plan.state)
        for out in given[OUT]:
            if not any(np.shares_memory(out, heard) and out.shape == heard.shape for heard in given[IN]):
                out[:] = np.nan
        _run(planned.unit.name, given)
    assert not np.isnan(slots).any(), "a control was read before it was written"
    return bus, slots


def _run(name: str, given: dict[PortKind, list]) -> None:
    outs, ins, controls, numbers = given[OUT], given[IN], given[CONTROL], given[PortKind.NUMBERS]
    control_out = given[PortKind.CONTROL_OUT]
    match name:
        case "glide":
            domain, _, low, high = numbers[0]
            value = min(high, max(low, given[PortKind.PARAM][0]))
            control_out[0][:] = 10 ** (value / 20) if domain == 1 else value
        case "fit":
            scale, offset, low, high = numbers[0]
            value = controls[0] * scale + offset
            control_out[0][:] = np.where(np.isnan(value), low, np.clip(value, low, high))
        case "control_add":
            control_out[0][:] = controls[0] + controls[1]
        case "control_multiply":
            control_out[0][:] = controls[0] * controls[1]
        case "control_divide":
            control_out[0][:] = controls[0] / controls[1]
        case "test_drift":
            control_out[0][:] = math.sin(numbers[0][0]), math.cos(numbers[0][0])
        case "ramp":
            outs[0][:] = ramp(controls[0])
        case "add":
            outs[0][:] = ins[0] + ins[1]
        case "subtract":
            outs[0][:] = ins[0] - ins[1]
        case "multiply":
            outs[0][:] = ins[0] * ins[1]
        case "divide":
            outs[0][:] = ins[0] / ins[1]
        case "scale":
            outs[0][:] = ins[0] * ramp(controls[0])
        case "offset":
            outs[0][:] = ins[0] + ramp(controls[0])
        case "spread":
            for row in outs[0]:
                row[:] = ins[0][0]
        case "trigger":
            outs[0][:] = 0.0
        case "test_noise":
            outs[0][:] = noise(numbers[0][0], len(outs[0]))
        case "test_filter" | "test_envelope" | "test_compress" | "test_delay":
            outs[0][:] = ins[0] * 0.5
        case "test_split":
            outs[0][:] = ins[0] * 0.25
            outs[1][:] = ins[0] * 0.75
        case "test_join":
            for row, heard in zip(outs[0], [*ins[0], *ins[1]], strict=True):
                row[:] = heard
        case "test_mix":
            outs[0][:] = 0.0
            for row in ins[0]:
                outs[0][0] += row
        case "test_sink":
            for row, heard in zip(numbers[0], ins[0], strict=True):
                given[PortKind.BUS][0][int(row)] += heard
        case _:
            raise AssertionError(f"the interpreter does not know {name}")
