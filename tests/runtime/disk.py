"""A disk that keeps only what was synced, and of the rest whatever it likes: what a power cut may leave, after any call of a recorded writer.

    disk = Disk(folder, strace's lines)       what stands in the folder before is safe
    disk.calls                                how many calls that matter
    disk.after(number, choose, other)         one legal state after so many calls, put into another folder; choose(n) picks from 0 to n - 1

Strict, as POSIX allows: a file that was not synced may be empty, cut short, or hold zeros; each change of a folder that was not synced may be there or
not, whatever came before or after it. A rename is one change.
"""
from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

LINE = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (\d+)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
TRACED = "/^(openat|write|fsync|close|rename.*|unlink.*|mkdir.*|rmdir|ftruncate|lseek)$"


class Inode:
    """A file, or a folder: what it is, and what of it is on the disk."""

    def __init__(self, data: bytes | None = None, *, safe: bool = False) -> None:
        self.data = data                              # None: a folder
        self.synced = data if safe else b""
        self.names: dict[str, Inode] = {}
        self.safe: dict[str, Inode] = {}
        self.pending: list[dict[str, Inode | None]] = []

    def change(self, **names: Inode | None) -> None:
        self.pending.append(names)
        for name, inode in names.items():
            if inode is None:
                self.names.pop(name, None)
            else:
                self.names[name] = inode

    def sync(self) -> None:
        if self.data is not None:
            self.synced = self.data
        self.safe, self.pending = dict(self.names), []


class Disk:
    """See the module's docstring."""

    def __init__(self, folder: Path, lines: Iterable[str]) -> None:
        self._folder = folder
        self._before = {path.relative_to(folder): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}
        self._calls = [call for line in lines if (call := _parsed(line)) is not None]
        self.calls = len(self._calls)

    def after(self, number: int, choose: Callable[[int], int], other: Path) -> None:
        """One state that may be found after so many calls."""
        root = self._fresh()
        handles: dict[int, tuple[Inode, int]] = {}
        for name, arguments, texts, result in self._calls[:number]:
            self._do(root, handles, name, arguments, texts, result)
        _put(root, choose, other)

    def _fresh(self) -> Inode:
        root = Inode()
        for path, data in self._before.items():
            parent = self._at(root, path.parent.parts)
            parent.names[path.name] = parent.safe[path.name] = Inode(data, safe=True)
        return root

    def _do(self, root: Inode, handles: dict[int, tuple[Inode, int]], name: str, arguments: str, texts: list[bytes], result: int) -> None:
        first = int(arguments.split(",")[0]) if arguments[:1].isdigit() else -1
        paths = [Path(os.fsdecode(text)) for text in texts]
        inside = [path.relative_to(self._folder).parts for path in paths if path.is_relative_to(self._folder)] if name != "write" else []
        if name == "openat":
            handles.pop(result, None)
            if inside:
                handles[result] = self._opened(root, inside[0], arguments), -1 if "O_APPEND" in arguments else 0
        elif name == "close":
            handles.pop(first, None)
        elif name.startswith("rename") and inside:
            folder = self._at(root, inside[0][:-1])
            assert inside[0][:-1] == inside[1][:-1], "renamed into another folder"
            folder.change(**{inside[0][-1]: None, inside[1][-1]: folder.names[inside[0][-1]]})
        elif (name.startswith("unlink") or name == "rmdir") and inside:
            self._at(root, inside[0][:-1]).change(**{inside[0][-1]: None})
        elif name.startswith("mkdir") and inside:
            self._at(root, inside[0][:-1]).change(**{inside[0][-1]: Inode()})
        elif first in handles:
            inode, at = handles[first]
            if name == "fsync":
                inode.sync()
            elif name == "ftruncate":
                inode.data = (inode.data or b"")[:int(arguments.split(",")[1])]
            elif name == "write":
                data = inode.data or b""
                place = len(data) if at < 0 else at
                inode.data = data[:place] + texts[0][:result] + data[place + result:]
                handles[first] = inode, at if at < 0 else at + result

    def _opened(self, root: Inode, parts: tuple[str, ...], arguments: str) -> Inode:
        folder = self._at(root, parts[:-1]) if parts else root
        if parts and parts[-1] not in folder.names:
            folder.change(**{parts[-1]: Inode(b"")})
        inode = folder.names[parts[-1]] if parts else root
        if "O_TRUNC" in arguments:
            inode.data = b""
        return inode

    def _at(self, root: Inode, parts: Iterable[str]) -> Inode:
        for part in parts:
            root = root.names[part]
        return root


def _parsed(line: str) -> tuple[str, str, list[bytes], int] | None:
    found = LINE.match(line)
    if found is None or found[1] == "lseek":           # our writers seek nowhere
        return None
    texts = TEXT.findall(found[2])
    assert not any(cut for _, cut in texts), "strace must show whole writes (-s)"
    return found[1], found[2], [bytes.fromhex(text.replace("\\x", "")) for text, _ in texts], int(found[3])


def _put(inode: Inode, choose: Callable[[int], int], place: Path) -> None:
    """A folder as it may be found."""
    place.mkdir()
    names: dict[str, Inode | None] = dict(inode.safe)
    for change in inode.pending:
        if choose(2):
            names.update(change)
    for name, entry in names.items():
        if entry is not None and entry.data is None:
            _put(entry, choose, place / name)
        elif entry is not None:
            (place / name).write_bytes(_content(entry, choose))


def _content(inode: Inode, choose: Callable[[int], int]) -> bytes:
    data, synced = inode.data or b"", inode.synced or b""
    if data == synced:
        return data
    same = len(os.path.commonprefix([data, synced]))         # what was synced, and not written since, stays
    cut = same + choose(len(data) - same + 1)
    return (synced, data, data[:cut], data[:cut] + bytes(len(data) - cut))[choose(4)]
