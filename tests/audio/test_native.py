"""Kernels to machine code: what a kernel may not do is a fault at the artist's line; what it may do runs without numba."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from installation.audio.declare import Port, PortKind, Unit
from installation.audio.entry import text
from installation.audio.loader import load
from installation.audio.native import object_of_unit
from installation.terms.fault import Fault

PORTS = (Port("out", PortKind.OUT), Port("state", PortKind.STATE, size=4))


def unit(folder: Path, body: str, head: str = "import math\nimport numpy as np\n", ports: tuple[Port, ...] = PORTS) -> Unit:
    path = folder / "scene.py"
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    path.write_text(f"{head}\n\ndef own({', '.join(port.name for port in ports)}):\n{lines}")
    return Unit("own", f"{path}:own", ports)


def line_of(folder: Path, what: str) -> str:
    lines = (folder / "scene.py").read_text().splitlines()
    return f"{folder / 'scene.py'}:{next(number for number, line in enumerate(lines, 1) if what in line)}"


@pytest.mark.parametrize(
    "body",
    [
        "x = np.zeros(64)\nout[0, 0] = x[3]",
        "out[0, :] = out[0, :] * 2.0 + state[0]",
        "names = [1.0, 2.0]\nnames.append(state[0])\nout[0, 0] = names[2]",
        "out[0, 0] = len(str(int(state[0])))",
    ],
)
def test_what_allocates_is_a_fault(tmp_path, body):
    with pytest.raises(Fault) as caught:
        object_of_unit(unit(tmp_path, body))
    assert caught.value.id in ("kernel.unbearable", "kernel.compile")
    assert caught.value.where.startswith(str(tmp_path / "scene.py") + ":")
    assert caught.value.remedy


@pytest.mark.parametrize(
    "body",
    ["if state[0] > 1.0:\n    raise ValueError('too high')", "assert state[0] < 1.0", "try:\n    out[0, 0] = 1.0\nexcept Exception:\n    out[0, 0] = 0.0"],
)
def test_what_raises_is_a_fault_at_its_line(tmp_path, body):
    with pytest.raises(Fault, match="nobody could catch it") as caught:
        object_of_unit(unit(tmp_path, body))
    assert caught.value.where == line_of(tmp_path, body.split()[0] if body.startswith("assert") else ("raise" if "raise" in body else "try"))


@pytest.mark.parametrize(
    "body, named",
    [
        ("out[0, 0] = undefined_word", "undefined_word"),
        ("x = 1.0\nout[0, 0] = math.sine(x)", "math.sine"),
        ("x = 1.0\nprint(open)\nout[0, 0] = x", "print(open)"),
    ],
)
def test_what_does_not_compile_names_the_artists_line(tmp_path, body, named):
    with pytest.raises(Fault, match="does not compile") as caught:
        object_of_unit(unit(tmp_path, body))
    assert caught.value.where == line_of(tmp_path, named)
    assert len(caught.value.happened.en) < 300 and "\n" not in caught.value.happened.en


def test_print_is_a_fault(tmp_path):
    with pytest.raises(Fault):
        object_of_unit(unit(tmp_path, "print(state[0])"))


def test_file_with_an_error_is_named(tmp_path):
    with pytest.raises(Fault) as caught:
        object_of_unit(unit(tmp_path, "pass", head="import math\nx = 1 / 0\n"))
    assert caught.value.where == line_of(tmp_path, "1 / 0")
    with pytest.raises(Fault, match="cannot be loaded"):
        object_of_unit(Unit("gone", f"{tmp_path}/gone.py:gone", PORTS))
    with pytest.raises(Fault, match="cannot be loaded"):
        object_of_unit(Unit("gone", "installation.dsp.nothing:gone", PORTS))


def test_ports_must_be_the_kernels_arguments(tmp_path):
    wrong = Unit("own", unit(tmp_path, "pass").kernel, (*PORTS, Port("x", PortKind.IN)))
    with pytest.raises(Fault, match=r"takes \(out, state\), its ports are \(out, state, x\)"):
        object_of_unit(wrong)


def test_entry_hands_over_each_port_in_order():
    every = Unit("every", "m:f", tuple(Port(kind.value, kind) for kind in PortKind))
    source = text(every)
    compile(source, "entry", "exec")
    assert source.count("row[") >= len(PortKind)
    assert f"kernel({', '.join(f'port{n}' for n in range(len(PortKind)))})" in source
    assert "64" in source


def test_plain_functions_beside_the_kernel_may_be_called(tmp_path):
    head = "import math\n\n\ndef half(x):\n    return third(x) * 1.5\n\n\ndef third(x):\n    return x / 3.0\n"
    _run(object_of_unit(unit(tmp_path, "out[0, 0] = half(state[1])", head)), [0.0, 8.0, 0.0, 0.0], 4.0)


def test_math_and_numpy_of_numbers_run(tmp_path):
    body = (
        "y = math.sin(state[0]) + math.exp(-state[1]) + math.tanh(0.5) + np.sqrt(2.0) + np.exp(0.1) + abs(-1.0) + round(2.6) + 2.0 ** state[2]\n"
        "y += math.log2(8.0) + math.floor(7.5) + min(1.0, y) + np.float32(0.5) + math.hypot(3.0, 4.0) + (7 // 2) + (-7 % 4)\n"
        "out[0, 0] = y if math.isfinite(y) else 0.0"
    )
    _run(object_of_unit(unit(tmp_path, body)), [0.0, 0.0, 1.0, 0.0], None)


def test_division_by_zero_is_infinity_not_an_exception(tmp_path):
    _run(object_of_unit(unit(tmp_path, "out[0, 0] = 1.0 / state[0]")), [0.0, 0.0, 0.0, 0.0], float("inf"))


def test_objects_load_without_numba_in_a_process_of_their_own(tmp_path):
    path = tmp_path / "own.o"
    path.write_bytes(object_of_unit(unit(tmp_path, "out[0, 0] = math.sin(state[0]) + math.pow(2.0, state[1])")))
    source = (
        f"import sys; from installation.audio.loader import load; kept, (a,) = load(open({str(path)!r}, 'rb').read(), ['unit_entry']);"
        "assert a and not {'numba', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", source], check=True)


def _run(content: bytes, state: list[float], wanted: float | None) -> None:
    kept, (address,) = load(content, ["unit_entry"])
    memory = (ctypes.c_double * 256)()
    base = ctypes.addressof(memory)
    words = (ctypes.c_int64 * 6).from_buffer(memory)
    words[:] = [512, 1, 64, 1_024, len(state), 1]
    (ctypes.c_double * len(state)).from_buffer(memory, 1_024)[:] = state
    ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64)(address)(base, 0)
    first = (ctypes.c_float * 64).from_buffer(memory, 512)[0]
    assert wanted is None or first == wanted
    assert kept is not None
