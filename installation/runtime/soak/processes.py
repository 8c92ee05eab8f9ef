"""The processes of a piece that runs, as /proc shows them: which is which, and what each takes.

    family(pid)       {"control": [pid], "player": [the one that sounds, the one that stands by], "light": [pid]}
    takes(pid)        its memory, open files and threads; None if it has ended
"""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
MODULES = {b"installation.runtime.sound.player": "player", b"installation.runtime.lamps.lamps": "light"}


@dataclass(frozen=True, slots=True)
class Takes:
    """memory: bytes that are its own, without what it shares."""

    memory: int
    files: int
    threads: int


def family(control: int) -> dict[str, list[int]]:
    """A process and its children by what they are, the oldest first: of two players that is the one that sounds."""
    found: dict[str, list[tuple[int, int]]] = {"control": [(0, control)], "player": [], "light": []}
    for folder in PROC.iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) != control or fields[0] == "Z":
                continue
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        name = next((MODULES[word] for word in words if word in MODULES), None)
        if name is not None:
            found[name].append((int(fields[19]), int(folder.name)))
    return {name: [pid for _, pid in sorted(each)] for name, each in found.items()}


def takes(pid: int) -> Takes | None:
    """What a process takes now."""
    folder = PROC / str(pid)
    try:
        lines = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
        return Takes(int(lines["RssAnon"].split()[0]) * 1024, len(list((folder / "fd").iterdir())), int(lines["Threads"]))
    except (OSError, KeyError, ValueError, IndexError):
        return None
