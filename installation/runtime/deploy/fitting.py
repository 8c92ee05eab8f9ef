"""Files beside the unit: written, and taken away again.

    fit(machine, fittings, list_file)     write those that are not there yet; what was written stands in list_file, root's own
    unfit(machine, list_file)             take away what stands there, and nothing else

A file that was there before, or that somebody has changed since, is left alone and said. The list is written before the files: what a power cut
leaves half done is done at the next `install`, or undone by `remove`.
"""
from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from ...terms.fault import Fault
from ...terms.words import Words, both
from ..places import write_whole
from .fittings import Fitting, Machine

Say = Callable[[Words], None]


def fit(machine: Machine, fittings: Sequence[Fitting], list_file: Path, say: Say) -> list[Fitting]:
    """Write them; what an earlier installation made and this one does not want is taken away. Returns those that now stand. Raises Fault."""
    ours = written(list_file)
    wanted = {fitting.place: fitting for fitting in fittings}
    for place in [place for place in ours if place not in wanted]:
        _take_away(machine, place, ours[place], say)
    standing = [fitting for fitting in fittings if fitting.place in ours or not machine.has(fitting.place)]
    for fitting in fittings:
        if fitting not in standing:
            say(both(f"/{fitting.place} was there before and is left as it is", f"/{fitting.place} était déjà là et reste tel quel"))
    try:
        write_whole(list_file, json.dumps({fitting.place: [*dict.fromkeys([*ours.get(fitting.place, []), _sum(fitting.text.encode())])]
                                           for fitting in standing}, indent=1).encode(), 0o644)
        for fitting in standing:
            path = machine.root / fitting.place
            if path.exists() and _sum(path.read_bytes()) not in [*ours[fitting.place], _sum(fitting.text.encode())]:
                say(both(f"{path} was changed by hand and is left as it is", f"{path} a été modifié à la main et reste tel quel"))
                continue
            write_whole(path, fitting.text.encode(), 0o644)
            for folder in path.parents:                # made for this file: others must be able to look inside
                if folder == machine.root or folder.stat().st_mode & 0o005 == 0o005:
                    break
                folder.chmod(0o755)
            say(fitting.does)
    except OSError as error:
        raise Fault(both(f"cannot be written: {error.strerror}", f"impossible à écrire : {error.strerror}"), where=str(error.filename or list_file),
                    id="service.write") from None
    return standing


def unfit(machine: Machine, list_file: Path, say: Say) -> None:
    """Take away what was written, and the list. Raises Fault."""
    try:
        for place, sums in written(list_file).items():
            _take_away(machine, place, sums, say)
        list_file.unlink(missing_ok=True)
    except OSError as error:
        raise Fault(both(f"cannot be removed: {error.strerror}", f"impossible à enlever : {error.strerror}"), where=str(error.filename),
                    id="service.write") from None


def written(list_file: Path) -> dict[str, list[str]]:
    """What an earlier installation wrote: place → checksums that its text has had."""
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
        return {str(place): [str(each) for each in sums] for place, sums in json.loads(list_file.read_text()).items()}
    return {}


def _take_away(machine: Machine, place: str, sums: list[str], say: Say) -> None:
    path = machine.root / place
    if not path.exists():
        return
    if _sum(path.read_bytes()) in sums:
        path.unlink()
    else:
        say(both(f"{path} was changed by hand and is left there", f"{path} a été modifié à la main et reste là"))


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
