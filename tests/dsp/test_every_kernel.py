"""What every kernel must bear, over the table of all of them. What each one does is tested in the files beside this one."""
from __future__ import annotations

import inspect
import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from installation.audio.controls import bounds
from installation.audio.declare import PortKind
from installation.audio.units import UNITS

from .table import CASES, RATE, Bench

EVERY = sorted(CASES)
ANY_BLOCK = [name for name in EVERY if CASES[name].any_block]
REMEMBERING = [name for name in EVERY if UNITS[name].of(PortKind.STATE)]
RESTING = [name for name in EVERY if CASES[name].rests]


def test_the_table_covers_every_unit():
    assert set(CASES) == set(UNITS)


@pytest.mark.parametrize("name", EVERY)
def test_ports_are_the_kernels_arguments(name):
    kernel = Bench(name).kernel
    assert list(inspect.signature(kernel.py_func).parameters) == [port.name for port in UNITS[name].ports]


@pytest.mark.parametrize("name", EVERY)
def test_each_says_what_it_does(name):
    assert len(Bench(name).kernel.py_func.__doc__ or "") > 10 and UNITS[name].about


@pytest.mark.parametrize("name", ANY_BLOCK)
def test_block_size_cannot_be_heard(name):
    whole = Bench(name).run(1_920)
    for blocks in ([1, 7, 64, 3, 200, 31], [1_920]):
        assert np.array_equal(whole, Bench(name).run(1_920, blocks=blocks)), blocks


@pytest.mark.parametrize("name", REMEMBERING)
def test_a_block_can_be_rendered_again(name):
    """A player that dies inside a block: its successor has the states of the block's start and whatever memory was written."""
    plain, torn = Bench(name), Bench(name)
    signals = plain.signals(64 * 40)

    def piece(block):
        return {port: signal[:, 64 * block:64 * block + 64] for port, signal in signals.items()}

    for block in range(40):
        expected = plain.run(64, inputs=piece(block))
        kept = torn.state.copy()
        torn.run(64, inputs=piece(block))
        torn.state[:] = kept
        torn.at -= 64
        assert np.array_equal(expected, torn.run(64, inputs=piece(block))), block


def takes_an_inputs_place(name: str) -> bool:
    """Whether the unit's output may lie where its first input lies."""
    ins = UNITS[name].of(PortKind.IN, PortKind.CONTROL)
    if not ins or not UNITS[name].of(PortKind.OUT, PortKind.CONTROL_OUT) or name == "drift":
        return False
    first = ins[0]
    same_kind = (first.kind is PortKind.IN) == bool(UNITS[name].of(PortKind.OUT))
    alike = first.kind is PortKind.CONTROL or (CASES[name].wide or CASES[name].channels) == CASES[name].channels
    return same_kind and alike and not (first.unit == "trigger" and CASES[name].channels > 1)


@pytest.mark.parametrize("name", [name for name in EVERY if takes_an_inputs_place(name)])
def test_the_output_may_be_an_input(name):
    assert np.array_equal(Bench(name).run(640), Bench(name).run(640, in_place=True))


@pytest.mark.parametrize("name", RESTING)
def test_it_comes_to_rest(name):
    bench = Bench(name)
    bench.run(RATE // 2)
    if "region" in bench.kept:
        bench.kept["region"][0] = 0.0           # it goes round no more
    if name == "glide":
        bench.kept["param"][0] = 0.0
    if name == "fit":
        bench.kept["numbers"] = np.array([1.0, 0.0, -1.0, 1.0])
    silence = {port.name: np.zeros_like(signal) for port, signal in
               ((port, bench.signals(2 * RATE)[port.name]) for port in bench.unit.of(PortKind.IN, PortKind.APART))}
    after = bench.run(2 * RATE, inputs=silence, controls=bench.case.quiet)
    assert np.abs(after[:, -after.shape[1] // 8:]).max() < 1e-7


@pytest.mark.parametrize("name", EVERY)
def test_extremes_stay_finite(name):
    ports = UNITS[name].of(PortKind.CONTROL)
    limits = [tuple(value if abs(value) < 1e12 else np.sign(value) * 1e12 for value in bounds(port, RATE)) for port in ports]
    rng = np.random.default_rng(3)
    for corner in itertools.islice(itertools.product(*limits), 32):
        bench = Bench(name)
        loud = {port: 1_000.0 * np.sign(signal) for port, signal in bench.signals(640).items()}
        hops = {port.name: (lambda frame, value=value: value) for port, value in zip(ports, corner)}
        assert np.isfinite(bench.run(640, inputs=loud, controls=hops)).all(), corner
        jumps = {port.name: (lambda frame, limit=limit: rng.choice(limit)) for port, limit in zip(ports, limits)}
        assert np.isfinite(bench.run(640, inputs=loud, controls=jumps)).all()
        if name in REMEMBERING:
            assert np.isfinite(bench.state).all()


def test_compiled_is_the_text_as_plain_python(tmp_path):
    """Everything in one process without a compiler, compared to -120 dB."""
    path = tmp_path / "plain.npz"
    root = str(Path(__file__).parents[2])
    subprocess.run([sys.executable, "-m", "tests.dsp.table", str(path)], check=True, timeout=100, cwd=root,
                   env={**os.environ, "NUMBA_DISABLE_JIT": "1"})
    plain = np.load(path)
    for name in EVERY:
        compiled = Bench(name).run(192)
        worst = np.abs(compiled - plain[name]).max() / max(1.0, np.abs(compiled).max())
        assert worst < 1e-6, (name, worst)


def test_kernels_ask_nothing_of_the_interpreter():
    """No allocation, no exception, no reference counting in what is compiled."""
    for name in EVERY:
        bench = Bench(name)
        bench.run(64)
        text = "".join(bench.kernel.inspect_llvm().values())
        for word in ("NRT_incref", "NRT_Allocate", "const.picklebuf"):         # the last is an exception, ready to be raised
            assert word not in text, (name, word)


def test_what_would_raise_is_seen():
    from installation.dsp.kernel import kernel

    @kernel
    def steps(out, step):
        for n in range(0, out.shape[0], step):
            out[n] = 1.0

    steps(np.zeros(8), 2)
    assert "const.picklebuf" in "".join(steps.inspect_llvm().values())
