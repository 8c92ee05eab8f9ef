"""The cache of object files: one file for one kernel, compiled once for this processor and these versions.

    Cache(folder).object(name, key, make) → path   what is there and whole, else what `make` gives, written and read back
    read(path) → bytes                             the object; Fault if the file is cut short or is not one
    unit_key(unit), engine_key()                   what an object depends on, as a hash

A file is magic, sha256 and object; written under another name and renamed, so that a power cut leaves the old one or the new
one. Anything that cannot be read is compiled again. A folder that cannot be written is used as it is, and what is missing goes to
a temporary folder. Neither numba nor numpy is imported here.

numba's own cache is not used: it keeps an old kernel when a callee in another file was edited, and dies on a file cut short.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import importlib.metadata
import os
import platform
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from ..terms.fault import Fault
from ..terms.words import both
from . import entry
from .declare import Unit

MAGIC = b"INSTALL-OBJECT-1\n"
LIMIT = 200_000_000  # bytes in the folder; the least recently used go first
PACKAGE = Path(__file__).resolve().parent.parent
ENGINE = ("engine", "block", "mix", "sharing", "clocked", "standing", "requests", "layout")
VERSION = 1  # of how objects are made


class Cache:
    """Object files in a folder."""

    def __init__(self, folder: Path, *, limit: int = LIMIT) -> None:
        self.folder = folder
        self.limit = limit

    def get(self, name: str, key: str) -> Path | None:
        """The path of a whole object, or None."""
        for folder in (self.folder, _temporary_path()):
            if folder is None:
                continue
            path = folder / _file_name(name, key)
            try:
                read(path)
            except (Fault, OSError):
                continue
            with contextlib.suppress(OSError):
                os.utime(path)  # used now: it goes last
            return path
        return None

    def put(self, name: str, key: str, content: bytes) -> Path:
        """Write an object; in a temporary folder, if the cache's own cannot be written. Raises Fault if that cannot be either."""
        try:
            path = _write(self.folder, _file_name(name, key), content)
        except OSError as error:
            try:
                return _write(_temporary_folder(), _file_name(name, key), content)
            except OSError:
                raise Fault(
                    both(f"compiled kernels cannot be written anywhere ({error.strerror})", f"les noyaux compilés ne s'écrivent nulle part ({error.strerror})"),
                    where=str(self.folder),
                    id="cache.full",
                    remedy=both("Free some disk; `installation doctor` looks at it.", "Libérez du disque ; `installation doctor` l'examine."),
                ) from error
        self._evict(path)
        return path

    def object(self, name: str, key: str, make: Callable[[], bytes]) -> Path:
        """The path of the object with that key, compiled if need be."""
        return self.get(name, key) or self.put(name, key, make())

    def _evict(self, keep: Path) -> None:
        files = []
        for path in self.folder.glob("*.object"):
            with contextlib.suppress(OSError):
                status = path.stat()
                files.append((status.st_mtime_ns, status.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self.limit:
                return
            if path != keep:
                with contextlib.suppress(OSError):
                    path.unlink()
                    total -= size


def read(path: Path | str) -> bytes:
    """The object in a file. Raises Fault if it is not whole."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise _broken(path, both(f"it cannot be read ({error.strerror})", f"illisible ({error.strerror})")) from error
    head = len(MAGIC) + 32
    if content[: len(MAGIC)] != MAGIC or hashlib.sha256(content[head:]).digest() != content[len(MAGIC) : head]:
        raise _broken(path, both("it is cut short or damaged", "il est tronqué ou abîmé"))
    return content[head:]


def unit_key(unit: Unit) -> str:
    """What a unit's object depends on: its kernel's file and those it imports, its entry point, versions and processor."""
    place, _, name = unit.kernel.rpartition(":")
    path = Path(place) if place.endswith(".py") else _module_path(place)
    return _hash([name, entry.text(unit)], [path, PACKAGE / "dsp" / "primitives.py", PACKAGE / "dsp" / "lanes.py"])


def engine_key() -> str:
    """What the engine's object depends on."""
    return _hash(["engine"], [PACKAGE / "audio" / f"{part}.py" for part in ENGINE])


@functools.cache
def machine() -> str:
    """The processor and the versions that compile for it."""
    import llvmlite.binding as llvm

    versions = " ".join(f"{name} {importlib.metadata.version(name)}" for name in ("numba", "llvmlite", "numpy"))
    chosen = " ".join(f"{name}={os.environ.get(name, '')}" for name in ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NUMBA_OPT"))
    features = llvm.get_host_cpu_features().flatten()
    return f"{VERSION} {platform.machine()} {llvm.get_host_cpu_name()} {features} {versions} python {platform.python_version()} {chosen}"


def _hash(texts: Iterable[str], files: Iterable[Path]) -> str:
    digest = hashlib.sha256(machine().encode())
    for text in texts:
        digest.update(b"\0" + text.encode())
    for path in sorted(_reached(files)):
        digest.update(b"\0" + path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:32]


def _reached(files: Iterable[Path]) -> set[Path]:
    """The files and all that they import of the engine's kernels or from beside them."""
    found: set[Path] = set()
    waiting = list(files)
    while waiting:
        path = waiting.pop()
        if path in found or not path.is_file():
            continue
        found.add(path)
        for module, level in _imports(path):
            beside = path.parent
            for _ in range(level - 1):
                beside = beside.parent
            parts = module.split(".") if module else []
            if level == 0 and parts[:2] == ["installation", "dsp"]:
                waiting.append(_as_file(PACKAGE, parts[1:]))
            elif level > 0 or PACKAGE not in path.parents:
                candidate = _as_file(beside, parts)
                if PACKAGE not in candidate.parents or "dsp" in candidate.parts:
                    waiting.append(candidate)
    return found


def _imports(path: Path) -> list[tuple[str, int]]:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return []
    names: list[tuple[str, int]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [(alias.name, 0) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append((node.module or "", node.level))
            names += [(f"{node.module + '.' if node.module else ''}{alias.name}", node.level) for alias in node.names]
    return names


def _as_file(folder: Path, parts: list[str]) -> Path:
    path = folder.joinpath(*parts)
    return path / "__init__.py" if path.is_dir() else path.with_name(path.name + ".py")


def _module_path(name: str) -> Path:
    parts = name.split(".")
    if parts[0] == PACKAGE.name:
        return _as_file(PACKAGE, parts[1:])
    import importlib.util

    spec = importlib.util.find_spec(name)
    if spec is None or not spec.origin:
        raise Fault(both(f"there is no module {name}", f"il n'y a pas de module {name}"), id="kernel.load")
    return Path(spec.origin)


def _file_name(name: str, key: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)[:40] + f"-{key}.object"


def _write(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + hashlib.sha256(content).digest() + content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, folder / name)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return folder / name


def _temporary_path() -> Path | None:
    """This user's folder for what could not be written to the cache; None if there is none, or it is not theirs alone."""
    try:
        path = Path(tempfile.gettempdir()) / f"installation-kernels-{os.getuid()}"       # where nothing can be written it raises
        status = path.lstat()
    except OSError:
        return None
    return path if status.st_uid == os.getuid() and (status.st_mode & 0o170077) == 0o040000 else None


def _temporary_folder() -> Path:
    path = Path(tempfile.gettempdir()) / f"installation-kernels-{os.getuid()}"
    with contextlib.suppress(OSError):
        path.mkdir(mode=0o700)
    return _temporary_path() or Path(tempfile.mkdtemp(prefix="installation-kernels-"))


def _broken(path: Path | str, why) -> Fault:
    return Fault(
        both("this object file is of no use: ", "ce fichier objet est inutilisable : ") + why,
        where=str(path),
        id="cache.broken",
        remedy=both("It is compiled again at the next start.", "Il sera recompilé au prochain lancement."),
    )
