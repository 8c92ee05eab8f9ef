"""The house: each floor imports only the floors below it; also inside functions, and in code that is generated."""
from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "installation"
FLOORS = ("dsp", "terms", "rules", "audio", "light", "ports", "remote", "runtime", "cli")
MAY = {                                    # libraries beside the standard one
    "dsp": {"numpy", "numba", "llvmlite"},
    "terms": set(),
    "rules": {"yaml", "astral", "holidays"},
    "audio": {"numpy", "numba", "llvmlite", "soundfile", "soxr"},
    "light": {"numpy"},
    "ports": {"serial", "pythonosc", "mido", "rtmidi", "sounddevice", "_sounddevice", "zeroconf", "aiomqtt", "paho", "aiohttp"},
    "remote": {"pythonosc", "aiohttp", "segno", "py2tosc", "prometheus_client"},
    "runtime": {"numpy"},
    "cli": set(),
}
MAY_NUMBA = {"dsp", "audio/native.py", "audio/engine.py", "audio/requests.py", "audio/entry.py"}


def files() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "shipped" not in path.parts)


def floor_of(path: Path) -> str:
    inside = path.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def imports(source: str, path: Path) -> list[tuple[int, str]]:
    """Every module that the text imports, wherever it does so: (line, absolute name)."""
    package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = package.split(".")[:len(package.split(".")) - node.level + 1]
                name = ".".join([*base, node.module] if node.module else base)
                found += [(node.lineno, name if node.module else f"{name}.{alias.name}") for alias in node.names]
            else:
                found += [(node.lineno, f"{node.module}.{alias.name}" if node.module == "installation" else node.module) for alias in node.names]
        elif isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in ("import_module", "__import__") and node.args and isinstance(node.args[0], ast.Constant):
                found.append((node.lineno, str(node.args[0].value)))
    return found


def faults_of(source: str, path: Path) -> list[str]:
    mine = floor_of(path)
    if mine in ("__init__", "__main__"):
        return []
    wrong = []
    for line, name in imports(source, path):
        where = f"{path.relative_to(ROOT)}:{line} imports {name}"
        parts = name.split(".")
        if parts[0] == "installation":
            theirs = parts[1] if len(parts) > 1 else "__init__"
            if theirs in FLOORS and FLOORS.index(theirs) > FLOORS.index(mine):
                wrong.append(f"{where}: {mine} stands below {theirs}")
            if mine == "dsp" and theirs not in ("dsp",) or mine == "terms" and theirs not in ("terms", "__version__"):
                wrong.append(f"{where}: {mine} stands on the ground")
        elif parts[0] not in sys.stdlib_module_names and parts[0] not in MAY[mine]:
            wrong.append(f"{where}: not for {mine}")
        elif parts[0] == "numba" and not ({mine, path.relative_to(PACKAGE).as_posix()} & MAY_NUMBA):
            wrong.append(f"{where}: only kernels and what compiles them know numba")
        if parts[0] in ("scenes", "sensors"):
            wrong.append(f"{where}: the engine loads the piece's files, it never imports them")
    return wrong


def test_every_floor_imports_only_what_is_below() -> None:
    wrong = [fault for path in files() for fault in faults_of(path.read_text(encoding="utf-8"), path)]
    assert not wrong, "\n".join(wrong)
    assert len(files()) > 60, "the test must see the house"


def test_generated_code_obeys_too() -> None:
    from installation.audio.entry import text
    from installation.audio.units import UNITS

    path = PACKAGE / "audio" / "entry.py"
    wrong = [fault for unit in UNITS.values() for fault in faults_of(text(unit), path)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("source, told", [
    ("from ..runtime import house", "stands below"),
    ("def late():\n    from ..runtime.house import House", "stands below"),
    ("def late():\n    import installation.cli", "stands below"),
    ("import importlib\nimportlib.import_module('installation.runtime.house')", "stands below"),
    ("import requests", "not for"),
    ("import numba", "not for"),
    ("import scenes.tide", "not for"),
])
def test_the_test_would_notice(source: str, told: str) -> None:
    assert any(told in fault for fault in faults_of(source, PACKAGE / "rules" / "example.py"))


@pytest.mark.parametrize("folder", ["scenes", "sensors"])
def test_the_pieces_files_import_only_the_front_door(folder: str) -> None:
    seen = 0
    for path in sorted((ROOT / folder).glob("*.py")):
        seen += 1
        for line, name in imports(path.read_text(encoding="utf-8"), path):
            top = name.split(".")[0]
            assert top == "installation" or top in sys.stdlib_module_names or top == "numpy", f"{path.name}:{line} imports {name}"
            if top == "installation":
                from installation import __all__ as front_door

                assert name.partition(".")[2] in front_door, f"{path.name}:{line} goes past the front door: {name}"
    assert seen


def test_control_never_imports_numba() -> None:
    code = ("import sys, installation.runtime.live, installation.runtime.commands.checking, installation.runtime.rehearsal, "
            "installation.runtime.parts.builder, installation.audio.ug, installation.audio.own; "
            "assert 'numba' not in sys.modules, 'numba'; assert 'scipy' not in sys.modules; assert 'sounddevice' not in sys.modules")
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=60)


def test_top_level_is_what_it_should_be() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    top = {name.split("/")[0] for name in listed}
    assert top <= {"pyproject.toml", "installation", "sensors", "scenes", "config.yaml", "tests", "systemd", "docs", "benchmarks", "sounds",
                   "run", "test", "deploy", "requirements.lock", "README.md", "README.fr.md", "CHANGELOG.md", ".gitignore", ".ci"}
