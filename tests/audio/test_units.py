"""The declarations of the shipped units."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from installation.audio.declare import PortKind
from installation.audio.units import UNITS
from installation.terms.quantity import UNITS as QUANTITIES

EVERY = sorted(UNITS)


@pytest.mark.parametrize("name", EVERY)
def test_each_is_known_by_its_name_and_has_something_to_write(name):
    unit = UNITS[name]
    assert unit.name == name and unit.kernel.startswith("installation.dsp.") and unit.about
    written = unit.of(PortKind.OUT, PortKind.CONTROL_OUT, PortKind.BUS, PortKind.TOGETHER, PortKind.CONTROLS)
    assert written and unit.ports[:len(written)] == written
    assert len({port.name for port in unit.ports}) == len(unit.ports)


@pytest.mark.parametrize("name", EVERY)
def test_each_controls_range_holds_its_default_and_its_unit_is_known(name):
    for port in UNITS[name].of(PortKind.CONTROL):
        assert port.unit in QUANTITIES and port.low < port.high
        assert port.default is None or port.low <= port.default <= port.high
        assert (port.scale != "per_frame" or port.unit == "Hz") and (port.scale == "frames") == (port.unit == "s")


def test_reading_them_imports_no_compiler_and_no_numpy():
    code = ("import sys, installation.audio.units, installation.audio.ug;"
            "print([name for name in ('numba', 'llvmlite', 'numpy', 'soundfile', 'soxr') if name in sys.modules])")
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert said.stdout.strip() == "[]"
