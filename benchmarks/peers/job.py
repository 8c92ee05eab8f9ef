"""One job in a process of its own, and what it cost.

    run(command)                 → Spent: its user and system time, its peak memory, what it printed
    difference(short, long)      → Cost of a second of audio: two lengths of the same job, so that the start is not counted
    marked(spent)                → the same of a job that read its own clock after the short length and at the end (`clock: SECONDS`)
    debian(packages)             install from Debian

Times are what the kernel charged to the process (wait4, in child.py): a busy machine moves them only by way of shared caches and cores.
"""
from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "peers"
CHILD = Path(__file__).with_name("child.py")
PATIENCE = 300.0                    # s, until a job is ended


@dataclass(frozen=True)
class Spent:
    """Of one run. cpu: s. memory: MB at its peak."""

    cpu: float
    memory: float
    printed: str


@dataclass(frozen=True)
class Cost:
    """cpu: s of processor time for a second of audio. memory: MB."""

    cpu: float
    memory: float


class Failed(Exception):
    """A job that did not end well; its own last words."""


def run(command: Sequence[str | Path | int], *, environment: dict[str, str] | None = None) -> Spent:
    """Run it in the cache folder to its end. Raises Failed."""
    with tempfile.TemporaryDirectory() as folder:
        report, words = Path(folder) / "report", Path(folder) / "words"
        with words.open("w") as file:
            process = subprocess.Popen([sys.executable, "-I", "-S", CHILD, report, *(str(part) for part in command)], cwd=CACHE,
                                       env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL, stdout=file,
                                       stderr=subprocess.STDOUT, start_new_session=True)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        printed = words.read_text(errors="replace")
        if not report.exists():
            raise Failed(f"{command[0]} did not end within {PATIENCE:g} s: {printed[-600:]}")
        cpu, memory, status = report.read_text().split()
    if int(status):
        raise Failed(f"{command[0]} ended with {status}: {printed[-600:]}")
    return Spent(float(cpu), float(memory), printed)


def difference(job: Callable[[float], Spent], short: float, long: float) -> Cost:
    """What a second costs between two lengths."""
    less, more = job(short), job(long)
    return Cost((more.cpu - less.cpu) / (long - short), more.memory)


def marked(spent: Spent, short: float, long: float) -> Cost:
    """The same from one process that printed its clock at both lengths."""
    clocks = [float(found) for found in re.findall(r"^clock: (\S+)$", spent.printed, re.MULTILINE)]
    if len(clocks) != 2:
        raise Failed(f"no clock in: {spent.printed[-600:]}")
    return Cost((clocks[1] - clocks[0]) / (long - short), spent.memory)


def debian(packages: Sequence[str]) -> None:
    """Install from Debian; asks for root. Only when somebody asked for it."""
    root = [] if os.geteuid() == 0 else ["sudo"]
    subprocess.run([*root, "apt-get", "install", "-y", "--no-install-recommends", *packages], check=True,
                   env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
