"""The engine's writers, each with what stands before, its work, and what a start finds afterwards; and a process that does the work.

    WRITERS["values"].before(folder), .work(folder), .found(folder)      found: "old" or "new"; anything else is an AssertionError
    python -m tests.runtime.writers                                      forks a child for each line "NAME FOLDER", which waits to be traced
"""
from __future__ import annotations

import asyncio
import ctypes
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from installation.rules.controls_file import read_controls, write_controls
from installation.rules.facts import SceneFacts
from installation.rules.logbook import Entry, encode
from installation.rules.preset import Preset
from installation.rules.resume import Remembered, Standing, as_text, parse
from installation.rules.tree import Tree
from installation.runtime.memory import pages
from installation.runtime.memory.boots import boot_number
from installation.runtime.memory.keeping import Keeping
from installation.runtime.memory.presets import PresetStore
from installation.runtime.memory.rewriting import write
from installation.runtime.places import write_whole
from installation.runtime.reach.controllers import _written
from installation.runtime.wall import Wall
from installation.terms.declaration import Declaration
from installation.terms.words import both

PR_SET_PTRACER = 0x59616D61
NOON = 1_795_000_000.0


@dataclass(frozen=True)
class Writer:
    """See the module's docstring."""

    before: Callable[[Path], object]
    work: Callable[[Path], object]
    found: Callable[[Path], str]


def _keeping(folder: Path, told: list) -> tuple[Tree, Keeping]:
    tree = Tree()
    tree.declare(Declaration("/a/level", default=0.0, persists=True))
    keeping = Keeping(tree, folder / "state" / "values.json", {"/a/level": 0.0}, told.append)
    keeping.restore(0.0)
    return tree, keeping


def _tuned(value: float) -> Callable[[Path], None]:
    def work(folder: Path) -> None:
        tree, keeping = _keeping(folder, [])
        tree.write("/a/level", value, origin="hand", time=0.0)
        asyncio.run(keeping.close())
    return work


def _values(folder: Path) -> str:
    told: list = []
    tree, _ = _keeping(folder, told)
    assert not told, told
    return {0.25: "old", 0.75: "new"}[float(tree.value("/a/level"))]


def _preset(level: float) -> Callable[[Path], int]:
    return lambda folder: PresetStore([folder / "presets"]).save(Preset("opening", {"/a/level": level}, saved="2026-11-25T02:10:00+00:00"))


def _presets(folder: Path) -> str:
    store = PresetStore([folder / "presets"])
    loaded = store.load("opening")
    assert loaded.instead_of is None and all("fault" not in entry for entry in store.versions("opening"))
    found = {0.25: "old", 0.75: "new"}[loaded.preset.values["/a/level"]]
    assert found == "old" or store.load("opening", 1).preset.values["/a/level"] == 0.25
    return found


def _line(number: int) -> bytes:
    return encode(Entry(float(number), True, 1, 0.0, "note", both("x" * 100, "y" * 100)))


def _lines(*numbers: int) -> Callable[[Path], None]:
    return lambda folder: [pages.append(folder / "state" / "logbook", _line(number)) for number in numbers][0]


def _logbook(first: int, last: int) -> Callable[[Path], str]:
    def found(folder: Path) -> str:
        entries, damaged = pages.read(folder / "state" / "logbook")
        times = [int(entry.time) for entry in entries]
        assert damaged <= 1 and times in ([*range(first, last)], [*range(first, last + 1)], [*range(last)], [*range(last + 1)]), times
        pages.append(folder / "state" / "logbook", _line(99))
        assert [int(entry.time) for entry in pages.read(folder / "state" / "logbook")[0]][-1] == 99
        return "new" if last in times else "old"
    return found


def _small_pages(work: Callable[[Path], object]) -> Callable[[Path], object]:
    """With pages of three lines, of which three are kept."""
    def small(folder: Path) -> object:
        former, pages.PAGE, pages.PAGES = (pages.PAGE, pages.PAGES), 3 * len(_line(10)) - 50, 3
        try:
            return work(folder)
        finally:
            pages.PAGE, pages.PAGES = former
    return small


CONFIG = "piece: Small\nscenes:\n  tide: {file: tide.py}\n"
FACTS = {"tide": SceneFacts({"level": Declaration("/scene/tide/level", unit="dBFS", low=-60.0, high=-6.0, default=-30.0)})}


def _config_before(folder: Path) -> None:
    write_whole(folder / "config.yaml", CONFIG.encode())
    (folder / "tide.py").touch()


def _config_work(folder: Path) -> None:
    write(folder / "config.yaml", {"tide": {"level": "-20 dBFS"}}, PresetStore([folder / "presets"]), {}, FACTS)


def _config(folder: Path) -> str:
    text = (folder / "config.yaml").read_text()
    assert text in (CONFIG, CONFIG.replace("tide.py}", "tide.py, params: {level: -20 dBFS}}")), text
    return "old" if text == CONFIG else "new"


def _score(played: float) -> Callable[[Path], None]:
    text = as_text(Remembered(NOON, "a", 1.0, {"main": Standing("tide", played)}))
    return lambda folder: write_whole(folder / "state" / "score.json", text.encode())


def _played(folder: Path) -> str:
    return {1.0: "old", 2.0: "new"}[parse((folder / "state" / "score.json").read_text()).layers["main"].played]


def _controls(address: str) -> Callable[[Path], str]:
    return lambda folder: _written([folder / "controls.yaml"], write_controls({"nano": {"cc 1": address}}).encode(), None)


def _clock(folder: Path, seconds: float = 0.0) -> Wall:
    return Wall(lambda: seconds, lambda: 0.0, lambda: False, file=folder / "state" / "clock.json")


WRITERS = {
    "values": Writer(_tuned(0.25), _tuned(0.75), _values),
    "presets": Writer(_preset(0.25), _preset(0.75), _presets),
    "logbook": Writer(_lines(0, 1), _lines(2), _logbook(0, 2)),
    "a new page": Writer(_small_pages(_lines(*range(9))), _small_pages(_lines(9)), _small_pages(_logbook(3, 9))),      # type: ignore[arg-type]
    "config": Writer(_config_before, _config_work, _config),
    "boots": Writer(lambda folder: boot_number(folder / "state" / "boot.json", this="a"), lambda folder: boot_number(folder / "state" / "boot.json", this="b"),
                    lambda folder: {2: "old", 3: "new"}[boot_number(folder / "state" / "boot.json", this="c")]),
    "score": Writer(_score(1.0), _score(2.0), _played),
    "controls": Writer(_controls("/a/old"), _controls("/a/new"), lambda folder: read_controls((folder / "controls.yaml").read_text())["nano"]["cc 1"][3:]),
    "clock": Writer(lambda folder: _clock(folder)._write(NOON), lambda folder: _clock(folder)._write(NOON + 600),
                    lambda folder: {NOON: "old", NOON + 600: "new"}[_clock(folder).seconds]),
}


def main() -> None:
    """Serve: "NAME FOLDER" forks a child and answers its number; the next line lets it work, and the answer is how it ended."""
    for line in sys.stdin:
        name, _, folder = line.rstrip("\n").partition("\t")
        gate, opener = os.pipe()
        child = os.fork()
        if child == 0:
            ctypes.CDLL(None).prctl(PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)
            os.read(gate, 1)
            WRITERS[name].work(Path(folder))
            os._exit(0)
        print(child, flush=True)
        sys.stdin.readline()
        os.write(opener, b"g")
        print(os.waitpid(child, 0)[1], flush=True)
        os.close(gate)
        os.close(opener)


if __name__ == "__main__":
    main()
