"""How often the machine has started, as far as this piece has seen it: a number that orders what happened where no clock can.

    boot_number(file, at_least)     waits for the disk; never raises
"""
from __future__ import annotations

import contextlib
import json
from pathlib import Path

from ..places import set_aside, write_whole

KERNEL = Path("/proc/sys/kernel/random/boot_id")


def boot_id(file: Path = KERNEL) -> str:
    """A name that the kernel draws at each start; "" where there is none."""
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def boot_number(file: Path, at_least: int = 0, this: str | None = None) -> int:
    """The number of this start of the machine; one more than the last if the kernel has another name for it. at_least: what is known otherwise."""
    this = boot_id() if this is None else this
    number, former = at_least, ""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        number, former = max(at_least, int(data["number"])), str(data["id"])
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        set_aside(file)
    if number and former == this:
        return number
    with contextlib.suppress(OSError):           # where nothing is kept, every start is the one after the last that was
        write_whole(file, (json.dumps({"number": number + 1, "id": this}) + "\n").encode())
    return number + 1
