"""What the kernel tells of the machine, read from files as it writes them."""
from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from installation.ports.machine import Machine


def test_this_machine_has_memory_files_threads_and_a_disk(tmp_path: Path) -> None:
    before = Machine().look(tmp_path / "not" / "there")
    assert before.memory > 1_000_000 and before.files > 2 and before.threads >= 1 and before.free is not None and before.free > 0
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    with open(tmp_path / "one more", "w"):
        after = Machine().look(tmp_path)
    done.set()
    thread.join()
    assert after.threads >= before.threads + 1 and after.files >= before.files + 1


def made(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


@pytest.mark.parametrize(("said", "weak", "slowed"), [("0x0", False, False), ("50005", True, True), ("0x50000", False, False), ("8", False, True),
                                                      ("x", False, False)])
def test_a_raspberry_says_what_its_supply_and_its_heat_do_to_it(tmp_path: Path, said: str, weak: bool, slowed: bool) -> None:
    made(tmp_path, "sys/devices/platform/soc/soc:firmware/get_throttled", said + "\n")
    look = Machine(tmp_path).look(tmp_path)
    assert (look.weak, look.slowed) == (weak, slowed)


def test_the_hottest_of_the_sensors_that_make_sense(tmp_path: Path) -> None:
    assert Machine(tmp_path).look(tmp_path).heat is None
    for number, said in enumerate(("0", "48312", "-274000", "rubbish", "51500", "200000")):
        made(tmp_path, f"sys/class/thermal/thermal_zone{number}/temp", said + "\n")
    assert Machine(tmp_path).look(tmp_path).heat == 51.5


def test_the_memory_of_what_it_started_counts(tmp_path: Path) -> None:
    page = os.sysconf("SC_PAGE_SIZE")
    made(tmp_path, "proc/7/statm", "1000 300 100 1 0 1 0")
    made(tmp_path, "proc/7/task/7/children", "8 9 ")
    made(tmp_path, "proc/8/statm", "1000 50 10 1 0 1 0")
    assert Machine(tmp_path, 7).look(tmp_path).memory == (200 + 40) * page        # 9 has ended meanwhile
