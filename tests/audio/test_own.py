"""The artist's own units: a kernel in a scene file becomes a word; what is wrong with it is said at its line."""
from __future__ import annotations

import math

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.declare import Port, PortKind
from installation.audio.flatten import flatten
from installation.audio.graph import Graph
from installation.audio.offline import render_plan
from installation.audio.own import OwnUnit, unit
from installation.terms.fault import Fault


@unit(out=unit.out(), x=unit.input(), drive=unit.control("ratio", 0, 20, default=1), state=unit.state(1), line=unit.memory("10 ms"))
def trail(out, x, drive, state, line):
    """Add what came 480 frames ago.

    More than one line.
    """
    channels = x.shape[0]
    frames = line.shape[0] // channels
    for n in range(x.shape[1]):
        place = int(state[0]) % frames
        for c in range(channels):
            line[c * frames + place] = x[c, n]
            out[c, n] = x[c, n] * drive[0] + line[c * frames + (place + frames - 480) % frames]
        state[0] += 1.0


@unit(out=unit.out(), pitch=unit.control("Hz", 0, 20_000), level=unit.control("dB", -60, 0, default=-6), wait=unit.control("s", 0, 9, default=1))
def told(out, pitch, level, wait):
    for n in range(0, out.shape[1], 4):
        out[0, n] = 0.0
        out[0, n + 1] = pitch[0]
        out[0, n + 2] = level[0]
        out[0, n + 3] = wait[0]


def graph(result) -> Graph:
    return Graph.collect(result, outputs=2, rate=48_000, name="own")


def here(of: OwnUnit) -> str:
    return f"{__file__}:{of.py_func.__code__.co_firstlineno}"


def test_the_declaration_follows_the_arguments():
    made = trail.unit
    assert made.name == "trail" and made.kernel == f"{__file__}:trail" and made.place == here(trail)
    assert made.about == "Add what came 480 frames ago."
    assert [(port.name, port.kind) for port in made.ports] == [
        ("out", PortKind.OUT), ("x", PortKind.IN), ("drive", PortKind.CONTROL), ("state", PortKind.STATE), ("line", PortKind.MEMORY)]
    assert made.port("drive") == Port("drive", PortKind.CONTROL, "ratio", 0, 20, 1)
    assert trail.memory == {"line": 0.01}
    assert (told.unit.port("pitch").scale, told.unit.port("level").scale, told.unit.port("wait").scale) == ("per_frame", "gain", "frames")


def test_a_word_like_any_other():
    signal = trail(ug.sine(100), drive=2)
    assert signal.channels == 1 and graph(ug.to(signal, output=1)).works[1].memory == {"line": 481}
    assert trail(x=ug.sine(100)).channels == 1 and trail(ug.pink(channels=2)).channels == 2
    assert (signal * 0.5 + ug.sine(5)).channels == 1


@pytest.mark.parametrize("call, words", [
    (trail, "needs x"), (lambda: trail(1, 2), "takes 1 signals, got 2"), (lambda: trail(ug.sine(5), drive=21), "expected 0 to 20"),
    (lambda: trail(ug.sine(5), drive=math.nan), "finite"), (lambda: trail(ug.sine(5), driv=1), '"driv"'), (lambda: trail("loud"), "signal"),
    (lambda: trail(ug.sine(5), drive=ug.white(2)), "one channel"), (told, "needs pitch"), (lambda: told(pitch="3 s"), "pitch")])
def test_a_wrong_call_is_a_fault_at_the_line_of_the_call(call, words):
    with pytest.raises(Fault) as caught:
        call()
    assert words in caught.value.happened.en and caught.value.where.startswith(f"{__file__}:")
    assert caught.value.happened.fr


def plain(out, x):
    out[:] = x


def within_another():
    def inner(out):
        out[0, 0] = 0.0

    return inner


@pytest.mark.parametrize("ports, kernel, words", [
    ({"out": unit.out()}, plain, "takes (out, x), its ports are (out)"),
    ({"x": unit.input(), "out": unit.out()}, plain, "takes (out, x)"),
    ({"out": unit.out(), "x": 3}, plain, "x is not a port"),
    ({"out": unit.out(), "x": unit.out()}, plain, "exactly one"),
    ({"out": unit.input(), "x": unit.input()}, plain, "exactly one"),
    ({"out": unit.out(), "x": (1, 2, 3)}, plain, "x is not a port"),
    ({"out": unit.out()}, within_another(), "inside something else"),
    ({"out": unit.out()}, lambda out: None, "inside something else"),
    ({"out": unit.out()}, 7, "above a function"),
    ({"out": unit.out()}, Fault, "above a function"),
])
def test_a_wrong_declaration_is_a_fault_at_the_kernel(ports, kernel, words):
    with pytest.raises(Fault) as caught:
        unit(**ports)(kernel)
    assert words in caught.value.happened.en and caught.value.where.startswith(f"{__file__}:") and caught.value.happened.fr


@pytest.mark.parametrize("call", [
    lambda: unit.state(0), lambda: unit.state(-3), lambda: unit.state(1.5), lambda: unit.state(10 ** 9), lambda: unit.state("many"),
    lambda: unit.memory(-1), lambda: unit.memory(math.nan), lambda: unit.memory("3 m"), lambda: unit.memory(10 ** 6), lambda: unit.memory(None),
    lambda: unit.control("furlong"), lambda: unit.control("Hz", 5, 1), lambda: unit.control("Hz", 0, 1, default=2),
    lambda: unit.control("Hz", math.nan, 1), lambda: unit.control("Hz", 0, 1, default=math.nan), lambda: unit.control("Hz", "0", 1)])
def test_a_port_without_sense_is_a_fault_at_its_line(call):
    with pytest.raises(Fault) as caught:
        call()
    assert caught.value.where.startswith(f"{__file__}:")
    assert caught.value.happened.en and caught.value.happened.fr


def test_numbas_own_decorator_does_no_harm():
    from numba import njit

    made = unit(out=unit.out(), x=unit.input())(njit(plain))
    assert made.py_func is plain and made.unit.name == "plain"


def test_it_sounds_as_it_is_written(kernels):
    """The sound at output 2, thrice and once more 480 frames later, at output 1: their difference is silence."""
    x = ug.white() * 0.05
    heard = render_plan(flatten(graph([ug.to(trail(x, drive=3), output=1), ug.to(x, output=2)])), 0.3, kernels)
    late, early = heard[12_000:], heard[12_000 - 480:-480]
    assert np.abs(late[:, 1]).max() > 0.01
    assert np.abs(late[:, 0] - (3 * late[:, 1] + early[:, 1])).max() < 1e-6


def test_hertz_seconds_and_decibels_arrive_as_the_kernel_counts(kernels):
    words = told(pitch=4_800, level=-20, wait="0.01 ms") * 0.1
    heard = render_plan(flatten(graph(ug.to(words, output=1))), 0.3, kernels)[12_032:13_952, 0].reshape(-1, 4)
    steps = (heard - heard[:, :1])[:, 1:]               # the DC block takes the mean away from all of them alike
    assert np.allclose(steps, [0.01, 0.01, 0.048], atol=2e-3)
