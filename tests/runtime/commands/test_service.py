"""The unit: what systemd makes of it, and the real engine under it: ready, hardened, hung, started again, removed."""
from __future__ import annotations

import os
import pty
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from installation.runtime.commands.new import new
from installation.runtime.commands.service import NAME, SAFE, SHOWN, service, unit_text
from installation.terms.fault import Fault
from tests.bench import need, wait_until
from tests.jack import Server
from tests.ports.widget import Widget
from tests.systemd_user import UserManager

ROOT = Path(__file__).resolve().parents[3]
ME = pwd.getpwuid(os.geteuid()).pw_name
ODD = ["Tide", "100 % tide", "ends in a backslash \\", "two\nlines", "[Service]\nUser=root", "@PIECE@", "  ", "l'été – « quotes » \"double\" $HOME"]


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder that every user may read, with a blank in its name; not below /tmp, which a service has to itself."""
    folder = Path(tempfile.mkdtemp(prefix="a room ", dir="/srv" if os.access("/srv", os.W_OK) else None))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("title", ODD)
@pytest.mark.parametrize("name", ["piece", "a piece", "50 % \"très\" l'été $HOME"])
def test_systemd_accepts_the_unit(room: Path, title: str, name: str) -> None:
    folder = room / name
    folder.mkdir()
    unit = room / NAME
    unit.write_text(unit_text(folder, title, ME))
    assert not re.search(r"@(TITLE|USER|PIECE|PYTHON|GROUPS|FOLDER|ENGINE)@", unit.read_text().replace("Description=Sound installation: @PIECE@", ""))
    assert unit.read_text().count("\nUser=") == 1
    done = subprocess.run([need("systemd-analyze"), "verify", str(unit)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_names_the_files_that_keep_a_piece_from_starting() -> None:
    text = (ROOT / "systemd" / NAME).read_text()
    assert [line for line in text.splitlines() if line.startswith("Condition")] == [f"ConditionPathExists=!/{place}" for place in SAFE]


@pytest.mark.root
def test_a_file_on_the_boot_partition_keeps_it_from_starting(tmp_path: Path) -> None:
    conditions = "\n".join(line.replace("!/", f"!{tmp_path}/") for line in (ROOT / "systemd" / NAME).read_text().splitlines() if line.startswith("Condition"))
    with UserManager(tmp_path / "systemd") as manager:
        manager.write("piece.service", f"[Unit]\n{conditions}\n[Service]\nExecStart=sleep 60\n")
        for place in SAFE:
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place).touch()
            manager.call("start", "piece.service")
            assert (manager.show("piece.service", "ActiveState"), manager.show("piece.service", "ConditionResult")) == ("inactive", "no")
            (tmp_path / place).unlink()
        manager.call("start", "piece.service")
        assert manager.show("piece.service", "ActiveState") == "active"


def test_its_exposure(room: Path) -> None:
    unit = room / NAME
    unit.write_text(unit_text(room, "Tide", ME))
    done = subprocess.run([need("systemd-analyze"), "security", "--offline=true", "--threshold=35", str(unit)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_an_unknown_user_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Fault) as fault:
        unit_text(tmp_path, "Tide", "nobody-of-this-name")
    assert fault.value.id == "service.user"


def test_a_line_end_in_the_folders_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Fault) as fault:
        unit_text(tmp_path / "a\nUser=root", "Tide", ME)
    assert fault.value.id == "service.path"


def test_dry_run_prints_the_unit_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    new(tmp_path / "piece")
    capsys.readouterr()
    assert service("install", tmp_path / "piece", user=ME, dry_run=True) == 0
    out = capsys.readouterr().out
    assert out.startswith(unit_text(tmp_path / "piece", "piece", ME))
    assert "### /etc/security/limits.d/90-installation.conf" in out and "RuntimeWatchdogSec=14" in out


class Rangefinder:
    """An Arduino stand-in on a pseudo-terminal: a distance ten times a second."""

    def __init__(self) -> None:
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self.device = os.ttyname(slave)
        self._slave = slave
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._speak)

    def _speak(self) -> None:
        while not self._over.wait(0.1):
            os.write(self._master, b"R1234\r")

    def __enter__(self) -> "Rangefinder":
        os.set_blocking(self._master, False)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        os.close(self._slave)
        os.close(self._master)


def piece_with(folder: Path, device: str) -> None:
    """The piece that `new` makes, with a rangefinder in place of the simulated visitors."""
    new(folder)
    config = folder / "config.yaml"
    text = config.read_text()
    start, end = text.index("sensors:"), text.index("mappings:")
    text = text[:start] + f"sensors:\n  plinth: {{driver: serial_range, device: {device}, rest: {{distance: 4 m}}}}\n\n" + text[end:]
    config.write_text(text.replace("visitors.plinth", "plinth.distance"))


def may_raise_priority() -> bool:
    """Whether this machine's root may raise a limit, as LimitRTPRIO= does."""
    return subprocess.run([need("prlimit"), "--rtprio=80:80", "true"], capture_output=True).returncode == 0


def status_of(process: int) -> dict[str, str]:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def real_time_threads(manager: UserManager) -> list[int]:
    group = Path("/proc") / manager.show(NAME, "MainPID") / "cgroup"
    members = [int(number) for number in _members(group)]
    threads = [int(path.name) for process in members for path in Path(f"/proc/{process}/task").glob("*")]
    return [thread for thread in threads if os.sched_getscheduler(thread) & ~os.SCHED_RESET_ON_FORK == os.SCHED_FIFO]


def _members(group: Path) -> list[str]:
    for line in group.read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        place = {"name=systemd": "/sys/fs/cgroup/systemd", "": "/sys/fs/cgroup/unified"}.get(controllers)
        for top in (place, "/sys/fs/cgroup" if controllers == "" else None):
            if top and (found := Path(top + path) / "cgroup.procs").exists() and found.read_text().strip():
                return found.read_text().split()
    raise AssertionError("the service has no processes")


def _wait(manager: UserManager, true: Callable[[], object], within: float, what: str) -> None:
    """As wait_until, ten times a second; what the service said goes into the failure."""
    end = time.monotonic() + within
    while not true():
        if time.monotonic() > end:
            facts = manager.call("show", NAME, "-p", ",".join([*SHOWN, "ExecMainStatus"]))
            pytest.fail(f"waited {within} s for {what}: {facts}\n{manager.said()}")
        time.sleep(0.1)


@pytest.mark.root
@pytest.mark.jack
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_engine_under_its_unit(room: Path, capsys: pytest.CaptureFixture) -> None:
    """Installed as it is shipped; only what this bench lacks is changed: a user's manager may not cover /proc/sys and the kernel's log, and where
    root itself may not raise limits, the right to real time is given as a capability instead."""
    with UserManager(room / "systemd") as manager, Server("SERVICE", outputs=2) as jack, Rangefinder() as rangefinder:
        piece_with(room / "my piece", rangefinder.device)
        extra = manager.units / f"{NAME}.d"
        extra.mkdir()
        limits = may_raise_priority()
        (extra / "bench.conf").write_text("\n".join([
            "[Service]", "ProtectKernelTunables=no", "ProtectKernelLogs=no",
            f"Environment=JACK_DEFAULT_SERVER={jack.name} JACK_NO_START_SERVER=1 JACK_NO_AUDIO_RESERVATION=1",
            f"BindReadOnlyPaths={ROOT}" if ROOT.is_relative_to("/tmp") else "",      # a clone below /tmp, which a service has to itself
            "" if limits else "CapabilityBoundingSet=CAP_SYS_NICE\nAmbientCapabilities=CAP_SYS_NICE", ""]))

        assert service("install", room / "my piece", user=ME, manager=manager.manager) == 0
        assert (manager.units / NAME).stat().st_mode & 0o777 == 0o644
        assert list(manager.units.glob(f"*.wants/{NAME}"))
        assert (room / "systemd" / "root" / "etc/security/limits.d/90-installation.conf").exists()

        def plays() -> bool:
            state, text = manager.show(NAME, "ActiveState"), manager.show(NAME, "StatusText")
            return state == "active" and "♪ first" in text and "plinth.distance 1.23" in text and re.search(r"-\d+\.\d dBFS", text) is not None

        _wait(manager, plays, 150, "READY and sound")
        assert manager.show(NAME, "NRestarts") == "0", manager.said()
        first = int(manager.show(NAME, "MainPID"))
        facts = status_of(first)
        assert facts["NoNewPrivs"] == "1"
        assert facts["Seccomp"] == "2"
        assert int(facts["CapBnd"], 16) & ~(1 << 23) == 0 and (not limits or int(facts["CapEff"], 16) == 0)
        assert not os.path.ismount(f"/proc/{first}/root/tmp/systemd")
        assert "ro," in next(line for line in Path(f"/proc/{first}/mounts").read_text().splitlines() if line.split()[1] == "/")
        assert wait_until(lambda: real_time_threads(manager), 20, "a real-time thread")
        capsys.readouterr()
        assert service("status", room, manager=manager.manager) == 0
        assert "♪ first" in capsys.readouterr().out
        (room / "systemd" / "root" / SAFE[1]).parent.mkdir()
        (room / "systemd" / "root" / SAFE[1]).touch()
        assert service("status", room, manager=manager.manager) == 0
        assert f"/{SAFE[1]}" in capsys.readouterr().out
        (room / "systemd" / "root" / SAFE[1]).unlink()

        os.kill(first, signal.SIGSTOP)
        _wait(manager, lambda: manager.show(NAME, "NRestarts") == "1", 60, "the watchdog")
        _wait(manager, plays, 60, "sound again")
        assert int(manager.show(NAME, "MainPID")) != first
        assert manager.show(NAME, "NRestarts") == "1", manager.said()

        assert service("remove", room, manager=manager.manager) == 0
        assert not (manager.units / NAME).exists() and not list(manager.units.glob(f"*.wants/{NAME}"))
        assert not [path for path in (room / "systemd" / "root").rglob("*") if path.is_file()]
        assert service("status", room, manager=manager.manager) == 3


@pytest.mark.root
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_a_control_process_that_is_killed_under_its_unit_leaves_the_lamps_neutral(tmp_path: Path, number: signal.Signals) -> None:
    """What systemd does to the rest of the service when its main process dies must leave the light process its second."""
    kept = "\n".join(line for line in (ROOT / "systemd" / "installation.service").read_text().splitlines() if line.startswith(("KillMode", "TimeoutStop")))
    widget = Widget(tmp_path / "pro")
    with UserManager(tmp_path / "systemd") as manager:
        manager.write("lit.service", f"[Service]\nExecStart={sys.executable} -m tests.runtime.lit {tmp_path / 'pro'}\nWorkingDirectory={ROOT}\n{kept}\n")
        manager.call("start", "lit.service")
        wait_until(lambda: widget.work() or widget.frames and widget.frames[-1][0] == 255, 30, "the look")
        os.kill(int(manager.show("lit.service", "MainPID")), number)
        wait_until(lambda: widget.work() or manager.show("lit.service", "ActiveState") == "failed", 20, "the end of the service")
        widget.work()
        assert [frame[0] for frame in widget.frames[-3:]] == [51] * 3, manager.said()
    widget.pull()


@pytest.mark.root
def test_a_user_who_cannot_reach_the_piece_is_told_before_anything_is_written(room: Path) -> None:
    with UserManager(room / "systemd") as manager:
        new(room / "piece")
        (room / "piece").chmod(0o700)
        with pytest.raises(Fault) as fault:
            service("install", room / "piece", user="nobody", manager=manager.manager)
        assert fault.value.id == "service.reach"
        assert not (manager.units / NAME).exists()


@pytest.mark.root
def test_a_piece_below_tmp_is_refused(tmp_path: Path) -> None:
    with UserManager(tmp_path / "systemd") as manager:
        new(tmp_path / "piece")
        with pytest.raises(Fault) as fault:
            service("install", tmp_path / "piece", manager=manager.manager)
        assert fault.value.id == "service.place"


def test_where_no_systemd_runs_it_says_so(tmp_path: Path) -> None:
    from installation.runtime.commands.service import Manager

    (tmp_path / NAME).write_text("")
    with pytest.raises(Fault) as fault:
        service("status", tmp_path, manager=Manager(tmp_path, ("systemctl",), tmp_path / "nowhere"))
    assert fault.value.id == "service.systemd"
