"""Artists' files: found, run once, and the class they define taken out. Every fault names file and line.

    load_scene(path)   the one Scene of a scene file
    load_driver(path)  the one Sensor of a driver file
    driver_file(name, folder)  where a driver's file is: in the piece, or shipped with the engine

A file is read and run afresh each time, under a module name of its own, so that an edited file never meets its former self.
"""
from __future__ import annotations

import itertools
import linecache
import sys
import traceback
from pathlib import Path
from types import ModuleType

from ...rules.scene import Scene
from ...rules.sensor import Sensor
from ...terms.fault import Fault, did_you_mean
from ...terms.words import both

LONGEST = 1_000_000      # bytes of a source file
_serial = itertools.count(1)


def shipped(kind: str) -> Path:
    """The folder of the drivers or scenes that come with the engine: beside the package in a clone, inside it in a wheel."""
    package = Path(__file__).resolve().parent.parent.parent
    inside = package / "shipped" / kind
    return inside if inside.is_dir() else package.parent / kind


def driver_file(name: str, folder: Path) -> Path:
    """The file of a driver: a path inside the piece, or the name of a shipped one. Raises Fault with what there is."""
    if name.endswith(".py") or "/" in name:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise Fault(both(f'the driver "{name}" lies outside the piece', f"le pilote « {name} » est hors de la pièce"), id="driver.outside")
        if not path.is_file():
            raise Fault(both(f'there is no driver file "{name}"', f"il n'y a pas de fichier de pilote « {name} »"), id="driver.missing")
        return path
    places = [folder / "sensors", shipped("sensors")]
    for place in places:
        if (place / f"{name}.py").is_file():
            return place / f"{name}.py"
    known = sorted({path.stem for place in places for path in place.glob("*.py") if not path.stem.startswith("_")})
    close = did_you_mean(name, known)
    hint = (f'Did you mean "{close}"? ', f"Peut-être « {close} » ? ") if close else ("", "")
    listing = ", ".join([*known, "osc", "midi", "visitors"])
    raise Fault(both(f'no driver is called "{name}"', f"aucun pilote ne s'appelle « {name} »"),
                remedy=both(f"{hint[0]}There are {listing}.", f"{hint[1]}Il y a {listing}."), id="driver.unknown")


def load_scene(path: Path, source: str | None = None) -> type[Scene]:
    """Run a scene file and return its scene. Raises Fault, naming file and line, for whatever is wrong with it.

    source  its text, as it was tried before: what has been saved since is not run
    """
    return _one(load_module(path, source), Scene, path, "scene", "scène", "class Tide(Scene): ...")


def load_driver(path: Path) -> type[Sensor]:
    """Run a driver file and return its driver. Raises Fault, naming file and line, for whatever is wrong with it."""
    return _one(load_module(path), Sensor, path, "driver", "pilote", "class Rangefinder(Sensor): ...")


def read_source(path: Path) -> str:
    """The text of a Python file of the piece. Raises Fault if it is not one."""
    try:
        if path.stat().st_size > LONGEST:
            raise Fault(both("the file is larger than a megabyte", "le fichier dépasse un mégaoctet"), where=str(path), id="file.size")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise Fault(both(f"the file cannot be read: {error.strerror}", f"le fichier est illisible : {error.strerror}"),
                    where=str(path), id="file.read") from None
    except UnicodeDecodeError:
        raise Fault(both("the file is not text", "le fichier n'est pas du texte"), where=str(path), id="file.text") from None


def load_module(path: Path, source: str | None = None) -> ModuleType:
    """Run a Python file of the piece as a module of its own."""
    source = read_source(path) if source is None else source
    name = f"piece_{path.stem}_{next(_serial)}"
    module = ModuleType(name)
    module.__file__ = str(path)
    linecache.checkcache(str(path))
    sys.modules[name] = module
    try:
        exec(compile(source, str(path), "exec", dont_inherit=True), module.__dict__)
    except BaseException as error:
        sys.modules.pop(name, None)
        if isinstance(error, KeyboardInterrupt):
            raise
        raise fault_of(error, path) from error
    return module


def fault_of(error: BaseException, path: Path | None = None, folder: Path | None = None) -> Fault:
    """The fault that an exception in an artist's file is: file and line of the artist's own innermost line, and why."""
    if isinstance(error, Fault):
        place = _place(error, path, folder)
        if not error.where:
            error.at(place)
        elif path is not None and str(path) not in error.where and place.startswith(f"{path}:"):
            error.where = f"{place}  {error.where}"        # the artist's line, then the address that refused
        return error
    if isinstance(error, SyntaxError) and error.filename:
        where = f"{error.filename}:{error.lineno}"
        text = error.msg
    else:
        where = _place(error, path, folder)
        text = str(error)
    kind = type(error).__name__
    said = f"{kind}: {text}" if text else kind
    return Fault(both(said, said), where=where, id="code.error")


def _place(error: BaseException, path: Path | None, folder: Path | None) -> str:
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if path is not None and frame.filename == str(path):
            return f"{frame.filename}:{frame.lineno}"
        if folder is not None and Path(frame.filename).is_relative_to(folder) and ".venv" not in frame.filename:
            return f"{frame.filename}:{frame.lineno}"
    return str(path or "")


def _one(module: ModuleType, base: type, path: Path, noun: str, nom: str, example: str) -> type:
    found = [value for value in vars(module).values()
             if isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__]
    if len(found) == 1:
        return found[0]
    names = ", ".join(kind.__name__ for kind in found)
    if not found:
        raise Fault(both(f"the file defines no {noun}", f"le fichier ne définit aucune {nom}" if nom == "scène" else f"le fichier ne définit aucun {nom}"),
                    where=str(path), remedy=both(f"It needs one class such as `{example}`.", f"Il faut une classe, par exemple `{example}`."),
                    id="file.empty")
    raise Fault(both(f"the file defines {len(found)} of them: {names}", f"le fichier en définit {len(found)} : {names}"), where=str(path),
                remedy=both(f"One {noun} a file.", f"Un fichier par {nom}."), id="file.several")
