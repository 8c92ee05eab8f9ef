"""A real systemd for tests: `systemd --user` in a control group and a mount namespace of its own, on a machine that need not be
run by systemd. Root only.

    with UserManager(tmp_path) as manager:
        manager.write("name.service", text)
        manager.call("start", "name.service")
        manager.show("name.service", "ActiveState")
"""
from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from installation.runtime.commands.service import Manager
from installation.runtime.deploy.fittings import Machine
from tests.bench import lack, need, wait_until

SYSTEMD = Path("/usr/lib/systemd/systemd")
STUBS = ("default", "basic", "shutdown", "exit", "sound", "multi-user")
START = """\
for place in $PLACES; do echo $$ > "$place/cgroup.procs" || exit 9; done
mkdir -p /run/systemd && mount -t tmpfs tmpfs /run/systemd && mkdir -p /run/systemd/system || exit 9
exec "$SYSTEMD" --user
"""


class UserManager:
    """One manager. Its units lie in `units`; what its services say goes to `log`."""

    def __init__(self, folder: Path) -> None:
        if os.geteuid() != 0:
            raise lack("a service manager of one's own needs root")
        for program in ("systemctl", "unshare"):
            need(program)
        if not SYSTEMD.exists():
            raise lack("systemd is not installed")
        self.folder = folder
        self.units = folder / "config" / "systemd" / "user"
        self.log = folder / "log"
        self._stubs = folder / "stubs"
        for path in (self.units, self._stubs, folder / "runtime"):
            path.mkdir(parents=True)
        for name in STUBS:
            (self._stubs / f"{name}.target").write_text(f"[Unit]\nDescription={name}\nDefaultDependencies=no\n")
        (self.units.parent / "user.conf").write_text("[Manager]\nDefaultStandardOutput=inherit\nDefaultStandardError=inherit\n")
        self._groups = [place / f"test-{os.getpid()}-{folder.name}" for place in _hierarchies()]
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "SYSTEMD_", "NOTIFY_", "DBUS_"))},
            "XDG_RUNTIME_DIR": str(folder / "runtime"), "XDG_CONFIG_HOME": str(folder / "config"), "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_STATE_HOME": str(folder / "state"), "SYSTEMD_UNIT_PATH": f"{self.units}:{self._stubs}", "SYSTEMD_LOG_TARGET": "console",
            "SYSTEMD_LOG_LEVEL": "info",
            "PLACES": " ".join(map(str, self._groups)), "SYSTEMD": str(SYSTEMD),
        }
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "UserManager":
        for group in self._groups:
            group.mkdir()
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(["unshare", "-m", "--propagation", "private", "sh", "-c", START], env=self._environment,
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        try:
            wait_until(lambda: self._process.poll() is not None or self._answers(), 20, "systemd --user")    # type: ignore[union-attr]
            if self._process.poll() is not None:
                raise lack(f"systemd --user does not start here: {self.said()[-300:]}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End every process of its control groups, and take the groups away."""
        end = time.monotonic() + 10
        while time.monotonic() < end and any(self._kill(group) for group in self._groups):
            time.sleep(0.02)
        if self._process:
            self._process.wait(10)
        for group in self._groups:
            for inner in sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True):
                inner.rmdir()
            group.rmdir()

    @property
    def manager(self) -> Manager:
        """The same as what `installation service` speaks to."""
        words = ("env", *(f"{name}={self._environment[name]}" for name in ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "SYSTEMD_UNIT_PATH")),
                 "systemctl", "--user")
        return Manager(self.units, words, self.folder / "runtime" / "systemd", Machine(self.folder / "root"))

    def write(self, name: str, text: str) -> None:
        """Put a unit there and have it read."""
        (self.units / name).write_text(text)
        self.call("daemon-reload")

    def call(self, *words: str) -> str:
        """systemctl --user WORDS. Fails the test, with the log, if that fails."""
        done = subprocess.run(["systemctl", "--user", *words], env=self._environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{words}: {done.stderr}\n{self.said()}"
        return done.stdout

    def show(self, unit: str, name: str) -> str:
        """One property of a unit."""
        return self.call("show", unit, "-p", name, "--value").strip()

    def said(self) -> str:
        """Everything the manager and its services have said."""
        return self.log.read_text(errors="replace")

    def _answers(self) -> bool:
        return subprocess.run(["systemctl", "--user", "is-active", "default.target"], env=self._environment, capture_output=True,
                              timeout=10, check=False).returncode == 0

    def _kill(self, group: Path) -> bool:
        found = False
        for place in (group, *(path for path in group.rglob("*") if path.is_dir())):
            procs = place / "cgroup.procs"
            for number in procs.read_text().split() if procs.exists() else ():
                found = True
                try:
                    os.kill(int(number), signal.SIGKILL)
                except ProcessLookupError:       # it ended by itself
                    continue
        return found


def _hierarchies() -> list[Path]:
    """Where this process's control groups begin: on a mixed machine systemd wants its own and the unified one."""
    top = Path("/sys/fs/cgroup")
    found = [top / name for name in ("systemd", "unified") if (top / name / "cgroup.procs").exists()]
    if not found and (top / "cgroup.procs").exists():
        found = [top]
    if not found:
        raise lack("no control groups here")
    return found

