"""What stands beside the unit: written once, the same when written twice, taken away again, and nothing that others wrote."""
from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from installation.runtime.deploy.fitting import fit, unfit
from installation.runtime.deploy.fittings import GOVERNOR, Machine, Wishes, fittings
from installation.terms.words import Words
from tests.bench import need

WISHES = Wishes(user="pi", reboot=True)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    for place in ("sys/devices/system/cpu/cpufreq", "etc/NetworkManager", "etc/polkit-1"):
        (tmp_path / "root" / place).mkdir(parents=True)
    return Machine(tmp_path / "root")


def files(machine: Machine) -> dict[str, str]:
    return {str(path.relative_to(machine.root)): path.read_text() for path in machine.root.rglob("*") if path.is_file()}


def test_twice_is_once_and_remove_leaves_nothing(machine: Machine, tmp_path: Path) -> None:
    wanted, _ = fittings(machine, WISHES)
    said: list[Words] = []
    fit(machine, wanted, tmp_path / "list", said.append)
    first = files(machine)
    assert set(first) == {fitting.place for fitting in wanted} and len(first) == 6 and len(said) == 6
    fit(machine, wanted, tmp_path / "list", said.append)
    assert files(machine) == first
    unfit(machine, tmp_path / "list", said.append)
    assert files(machine) == {} and not (tmp_path / "list").exists()


@pytest.mark.parametrize("left_out", range(6))
def test_a_power_cut_in_the_middle_is_mended_by_the_next_one(machine: Machine, tmp_path: Path, left_out: int) -> None:
    wanted, _ = fittings(machine, WISHES)
    spoken = 0

    def cut(words: Words) -> None:
        nonlocal spoken
        spoken += 1
        if spoken > left_out:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(machine, wanted, tmp_path / "list", cut)
    fit(machine, wanted, tmp_path / "list", lambda words: None)
    assert set(files(machine)) == {fitting.place for fitting in wanted}
    unfit(machine, tmp_path / "list", lambda words: None)
    assert files(machine) == {}


def test_what_others_wrote_or_changed_stays(machine: Machine, tmp_path: Path) -> None:
    wanted, _ = fittings(machine, WISHES)
    theirs, changed = wanted[0].place, wanted[1].place
    (machine.root / theirs).parent.mkdir(parents=True)
    (machine.root / theirs).write_text("theirs")
    said: list[Words] = []
    fit(machine, wanted, tmp_path / "list", said.append)
    (machine.root / changed).write_text("by hand")
    fit(machine, wanted, tmp_path / "list", said.append)
    unfit(machine, tmp_path / "list", said.append)
    assert files(machine) == {theirs: "theirs", changed: "by hand"}
    assert sum("left" in words.en for words in said) >= 3


def test_what_is_not_wanted_any_more_goes(machine: Machine, tmp_path: Path) -> None:
    fit(machine, fittings(machine, WISHES)[0], tmp_path / "list", lambda words: None)
    fit(machine, fittings(machine, Wishes(user="pi"))[0], tmp_path / "list", lambda words: None)
    assert not any("polkit" in place for place in files(machine))


def test_a_machine_that_lacks_something_is_told(tmp_path: Path) -> None:
    wanted, said = fittings(Machine(tmp_path), WISHES)
    assert len(wanted) == 3
    assert any("polkit" in words.en for words in said) and any("NetworkManager" in words.fr for words in said)


def test_systemd_accepts_the_governors_unit(machine: Machine, tmp_path: Path) -> None:
    text = next(fitting.text for fitting in fittings(machine, WISHES)[0] if fitting.unit)
    (tmp_path / GOVERNOR).write_text(text)
    done = subprocess.run([need("systemd-analyze"), "verify", str(tmp_path / GOVERNOR)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
