"""The builder: a process that tries artists' files first. What came of it is plain facts, whatever the files do."""
from __future__ import annotations

import threading
from pathlib import Path

from installation.runtime.parts.builder import Job, build
from tests.runtime.house_at_work import TONE, Folder


def test_it_says_what_it_does_and_brings_facts_text_and_code(folder: Folder) -> None:
    lines: list[str] = []
    built = build(Job(str(folder.path), str(folder.cache)), lines.append)
    assert not built.faults and not built.broken
    assert set(built.scenes) == {"tone", "other", "rest"} and built.sources["tone"] == (folder.path / "scenes/tone.py").read_text()
    assert built.scenes["tone"].params["level"].unit == "dBFS" and "sine" in built.scenes["tone"].units
    assert all(Path(path).is_file() for path in built.objects.values()) and ("engine", "") in built.objects
    assert any(line == "scene tone" for line in lines) and any(line.startswith("compiling ") for line in lines)
    assert not build(Job(str(folder.path), str(folder.cache), compile=False)).objects


def test_one_endless_file_costs_only_itself(folder: Folder) -> None:
    folder.write("other", TONE.replace("Tone", "Other") + "def spin():\n    while True:\n        pass\n\n\nspin()\n")
    built = folder.build(limit=1.0)
    (fault,) = built.faults
    assert fault.id == "code.endless" and fault.where.startswith(f"{folder.path / 'scenes/other.py'}:") and set(built.broken) == {"other"}
    assert set(built.scenes) == {"tone", "rest"} and ("engine", "") in built.objects


def test_what_is_printed_and_raised_disturbs_nobody(folder: Folder) -> None:
    folder.write("other", "import sys\nprint('scene nothing')\nsys.stdout.flush()\n" + TONE.replace("Tone", "Other"))
    folder.write("rest", TONE.replace("return ug.to(", "raise KeyError(") .replace("Tone", "Rest"))
    built = folder.build()
    assert set(built.broken) == {"rest"} and built.broken["rest"].where.endswith("rest.py:10")


def test_it_can_be_ended_from_another_thread(folder: Folder) -> None:
    folder.write("other", TONE.replace("Tone", "Other") + "while True:\n    pass\n")
    enders: list = []

    def heard(line: str) -> None:
        if line == "scene other":
            threading.Timer(0.1, enders[-1]).start()

    built = build(Job(str(folder.path), str(folder.cache), limit=60.0), heard, enders.append)
    assert len(enders) == 1 and not built.scenes
