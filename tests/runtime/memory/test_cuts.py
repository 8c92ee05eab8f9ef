"""The power is cut at every call to the system, and the disk keeps no more than it must: a start finds the old or the new, whole.

Two ways, for every writer of the engine (tests/runtime/writers.py): strace kills the process at each of its calls; and from a recording of them every
state is drawn that a disk may be left in (tests/runtime/disk.py), which shows a sync that was forgotten.
"""
from __future__ import annotations

import itertools
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.bench import need
from tests.runtime.disk import TRACED, Disk
from tests.runtime.running import ROOT
from tests.runtime.writers import WRITERS

CALLS = ("/^openat$", "/^write$", "/^fsync$", "/^rename", "/^unlink", "/^mkdir", "/^ftruncate$")


class Server:
    """A process that does a writer's work in a child, traced."""

    def __init__(self) -> None:
        self._strace = need("strace")
        self._process = subprocess.Popen([sys.executable, "-m", "tests.runtime.writers"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True, bufsize=1)

    def works(self, name: str, folder: Path, *how: str) -> int:
        """Let it work under strace; returns how it ended (0 well, 9 killed)."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{name}\t{folder}\n")
        child = self._process.stdout.readline().strip()
        tracer = subprocess.Popen([self._strace, "-f", "-xx", "-s", "1000000", *how, "-p", child], stderr=subprocess.PIPE, text=True)
        assert tracer.stderr
        attached = tracer.stderr.readline()
        assert "attached" in attached, attached
        self._process.stdin.write("go\n")
        ended = int(self._process.stdout.readline())
        tracer.stderr.close()
        tracer.wait(30)
        return ended

    def recorded(self, name: str, folder: Path, out: Path) -> list[str]:
        """The calls of its work."""
        assert self.works(name, folder, "-e", f"trace={TRACED}", "-o", str(out)) == 0
        return out.read_text().splitlines()

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def folders(tmp_path: Path) -> Callable[[], Path]:
    numbers = itertools.count()

    def fresh() -> Path:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return folder

    return fresh


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", WRITERS)
def test_a_process_that_is_killed_at_any_call_leaves_the_old_or_the_new(server: Server, folders: Callable[[], Path], name: str) -> None:
    writer, found, cuts = WRITERS[name], [], 0
    for call in CALLS:
        for number in itertools.count(1):
            folder = folders()
            writer.before(folder)
            ended = server.works(name, folder, "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}", "-o", "/dev/null")
            found.append(writer.found(folder))
            if ended == 0:
                assert found[-1] == "new"
                break
            cuts += 1
            assert ended == 9
    assert cuts >= 3 and set(found) == {"old", "new"}


@pytest.mark.parametrize("name", WRITERS)
def test_whatever_the_disk_keeps_the_old_or_the_new_is_whole(server: Server, tmp_path: Path, name: str) -> None:
    writer, work = WRITERS[name], tmp_path / "work"
    work.mkdir()
    writer.before(work)
    before = tmp_path / "before"
    _copy(work, before)
    lines = server.recorded(name, work, tmp_path / "calls")
    disk, numbers, seen = _disk(before, work, lines), itertools.count(), set()

    @given(some.data())
    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    def any_state(data: some.DataObject) -> None:
        folder = tmp_path / f"state {next(numbers)}"
        after = data.draw(some.integers(0, disk.calls))
        disk.after(after, lambda count: data.draw(some.integers(0, count - 1)), folder)
        found = writer.found(folder)
        seen.add(found)
        assert found == "new" or after < disk.calls, "it said that it was done, and was not"

    any_state()
    for _ in range(20):                                    # what was done is done, whatever the disk would rather not have kept
        folder = tmp_path / f"state {next(numbers)}"
        disk.after(disk.calls, random.Random(next(numbers)).randrange, folder)
        assert writer.found(folder) == "new"
    assert seen == {"old", "new"}


NAIVE = {
    "a file that was not synced": "import os\nh = os.open('{0}/.part', os.O_WRONLY | os.O_CREAT); os.write(h, b'new'); os.close(h)\n"
                                  "os.replace('{0}/.part', '{0}/x')\nd = os.open('{0}', os.O_RDONLY); os.fsync(d)",
    "a folder that was not synced": "import os\nh = os.open('{0}/.part', os.O_WRONLY | os.O_CREAT); os.write(h, b'new'); os.fsync(h)\n"
                                    "os.replace('{0}/.part', '{0}/x')",
    "a file that is written over": "import os\nh = os.open('{0}/x', os.O_WRONLY | os.O_TRUNC); os.write(h, b'new'); os.fsync(h)",
}


@pytest.mark.parametrize("naive", NAIVE)
def test_the_disk_would_notice(tmp_path: Path, naive: str) -> None:
    work, before = tmp_path / "work", tmp_path / "before"
    work.mkdir()
    (work / "x").write_bytes(b"old")
    _copy(work, before)
    subprocess.run([need("strace"), "-f", "-xx", "-s", "1000000", "-e", f"trace={TRACED}", "-o", str(tmp_path / "calls"), sys.executable, "-S", "-c",
                    NAIVE[naive].format(work)], check=True)
    disk, wrong = _disk(before, work, (tmp_path / "calls").read_text().splitlines()), 0
    for number in range(400):
        dice = random.Random(number)
        folder = tmp_path / f"state {number}"
        after = dice.choice([disk.calls, dice.randrange(disk.calls + 1)])
        disk.after(after, dice.randrange, folder)
        content = (folder / "x").read_bytes() if (folder / "x").exists() else b"none"
        wrong += content not in (b"old", b"new") or after == disk.calls and content != b"new"
    assert wrong


def _copy(folder: Path, to: Path) -> None:
    import shutil

    shutil.copytree(folder, to)


def _disk(before: Path, work: Path, lines: list[str]) -> Disk:
    """The calls were recorded in one folder; what stood there before is in another now."""
    moved = work.with_name("recorded")
    work.rename(moved)
    before.rename(work)
    return Disk(work, lines)
