"""Presets on the disk: one readable YAML file each, beside the piece, with the versions that it had before.

    presets/opening.yaml                  what is recalled
    presets/versions/opening/0007.yaml    what it was before, the highest number last; 49 of them are kept

    store.save(preset), load(name, version), remove(name), listing(), versions(name)

A file appears whole or not at all (`places.write_whole`), and what stood before is kept before it is replaced, so a power cut at any byte
leaves the former preset or the new one. One that was damaged by other means is said to be, and its last whole version is taken in its stead.
A removed preset keeps its versions, so that saving under its name again, or recalling one of them, brings it back.

The piece's own folder may be read-only (the service sees it so): then the state folder takes what is saved, both are read, and of two files
of one name the one that was written last counts. Everything here waits for the disk: call it aside.
"""
from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...rules.preset import Preset, as_text, checked_name, parse, stems_of
from ...rules.source import LONGEST
from ...terms.fault import Fault, did_you_mean
from ...terms.words import both
from ..places import UNFINISHED, is_writable, write_whole

VERSIONS = 50            # of each preset, with the one that is recalled
MOST = 300               # presets
REMOVED = 100            # presets that were removed, and whose versions are kept
MODE = 0o644


@dataclass(frozen=True, slots=True)
class Loaded:
    """A preset that was read, and the fault for which a former version was taken, if one was."""

    preset: Preset
    version: int | None = None
    instead_of: Fault | None = None


class PresetStore:
    """The presets of one piece.

    folders   where they may be; the first that can be written takes what is saved
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(dict.fromkeys(folders))
        self._cleared = False
        self._read: dict[Path, tuple[tuple[int, int, int], Preset | Fault]] = {}     # what was read before, as long as the file is the same

    @property
    def folder(self) -> Path:
        """Where it saves."""
        return next((folder for folder in self._folders if is_writable(folder)), self._folders[0])

    def listing(self) -> list[dict[str, Any]]:
        """What there is, as data, by name; a damaged one says so."""
        found = []
        for stem, path in self._files().items():
            what = self._look(path)
            entry: dict[str, Any] = {"name": what.name, "scene": what.scene, "saved": what.saved, "covers": len(what.values)} if isinstance(what, Preset) \
                else {"name": stem, "scene": None, "saved": "", "covers": 0, "fault": _data(what)}
            found.append({**entry, "versions": 1 + len(self._versions(stem))})
        return sorted(found, key=lambda entry: entry["name"].casefold())

    def load(self, name: str, version: int | None = None) -> Loaded:
        """A preset, or a former version of it. Raises Fault if there is none, or no whole one."""
        name, files = checked_name(name), self._files()
        stem = self._stem(name, files)
        former = self._versions(stem)
        if version is not None:
            if version not in former:
                raise _none_such(name, both(f"there is no version {version} of {name!r}", f"il n'y a pas de version {version} de {name!r}"),
                                 [str(number) for number in former])
            what = self._look(former[version], stem)
            if isinstance(what, Fault):
                raise what
            return Loaded(what, version)
        path = files.get(stem)
        if path is None:
            raise self._unknown(name)
        current = self._look(path)
        if isinstance(current, Preset):
            return Loaded(current)
        for number in sorted(former, reverse=True):
            what = self._look(former[number], stem)
            if isinstance(what, Preset):
                return Loaded(what, number, current)
        raise current

    def versions(self, name: str) -> list[dict[str, Any]]:
        """What it is (version null) and was, newest first, as data."""
        name, files = checked_name(name), self._files()
        stem, found = self._stem(name, files), []
        path = files.get(stem)
        numbered = sorted(self._versions(stem).items(), reverse=True)
        for number, file in [*([(None, path)] if path is not None else []), *numbered]:
            what = self._look(file, stem)
            found.append({"version": number, "saved": what.saved, "scene": what.scene, "covers": len(what.values)} if isinstance(what, Preset)
                         else {"version": number, "saved": "", "scene": None, "covers": 0, "fault": _data(what)})
        if not found:
            raise self._unknown(name)
        return found

    def save(self, preset: Preset) -> int:
        """Save it; what it was before becomes a version. Returns how many versions there are. Raises Fault if it cannot be written."""
        files = self._files()
        stem = self._stem(preset.name, files)
        if stem not in files and len(files) >= MOST:
            raise Fault(both(f"there are {MOST} presets already", f"il y a déjà {MOST} préréglages"), where=preset.name, id="preset.many",
                        remedy=both("Remove one that is not needed.", "Supprimez-en un qui ne sert plus."))
        text, folder = as_text(preset), self.folder
        with _told(folder / f"{stem}.yaml"):
            if not self._cleared:
                self._clear(folder)
            if stem in files:
                self.keep(stem, files[stem].read_bytes())
            write_whole(folder / f"{stem}.yaml", text.encode(), MODE)
        return 1 + len(self._versions(stem))

    def remove(self, name: str) -> None:
        """Take a preset off the list; its versions are kept. Raises Fault if there is none, or it cannot be taken away."""
        name, files = checked_name(name), self._files()
        stem = self._stem(name, files)
        path = files.get(stem)
        if path is None:
            raise self._unknown(name)
        with _told(path):
            self.keep(stem, path.read_bytes())
            for folder in self._folders:
                (folder / f"{stem}.yaml").unlink(missing_ok=True)
            self._forget()

    def keep(self, stem: str, content: bytes) -> int:
        """Keep what a file was as its next version, and return its number; the oldest goes. Raises OSError."""
        if len(content) > LONGEST:
            return 0
        former = self._versions(stem)
        last = max(former, default=0)
        if last and former[last].read_bytes() == content:         # kept before, when the power was cut right afterwards
            return last
        write_whole(self.folder / "versions" / stem / f"{last + 1:04}.yaml", content, MODE)
        for number in sorted(former)[:max(0, len(former) + 2 - VERSIONS)]:
            former[number].unlink(missing_ok=True)
        return last + 1

    # inside

    def _files(self) -> dict[str, Path]:
        """Each preset's file by its stem; of two, the one that was written last."""
        found: dict[str, Path] = {}
        for folder in self._folders:
            with contextlib.suppress(OSError):
                for path in sorted(folder.glob("*.yaml"))[:2 * MOST]:
                    other = found.get(path.stem)
                    if path.is_file() and _is_stem(path.stem) and (other is None or path.stat().st_mtime_ns > other.stat().st_mtime_ns):
                        found[path.stem] = path
        return found

    def _stem(self, name: str, files: Mapping[str, Path]) -> str:
        """The stem of a preset's file: where it is, or was; for a new one, its letters if no other preset has them."""
        letters, own = stems_of(name)
        held = {stem: self._holds(stem, files) for stem in (letters, name if name in files else own, own)}
        for wanted in (name, ""):                     # a damaged file holds nobody else, so it is taken for this one
            for stem, holds in held.items():
                if holds == wanted:
                    return stem
        return letters if held[letters] is None else own

    def _holds(self, stem: str, files: Mapping[str, Path]) -> str | None:
        """Whose file this stem is: the name of what is or was last saved there, "" if that is damaged, None if nothing is."""
        former = self._versions(stem)
        paths = [files[stem]] if stem in files else []
        found = [self._look(path, stem) for path in [*paths, *(former[number] for number in sorted(former, reverse=True)[:1])]]
        return next((what.name for what in found if isinstance(what, Preset)), "" if found else None)

    def _versions(self, stem: str) -> dict[int, Path]:
        found: dict[int, Path] = {}
        for folder in reversed(self._folders):
            with contextlib.suppress(OSError):
                found.update({int(path.stem): path for path in (folder / "versions" / stem).glob("[0-9]*.yaml") if path.stem.isdigit()})
        return found

    def _unknown(self, name: str) -> Fault:
        return _none_such(name, both(f"no preset is called {name!r}", f"aucun préréglage ne s'appelle {name!r}"), [entry["name"] for entry in self.listing()])

    def _look(self, path: Path, stem: str = "") -> Preset | Fault:
        """What a file holds, or what is wrong with it. A version is read under its preset's name."""
        try:
            about = path.stat()
            mark = about.st_mtime_ns, about.st_size, about.st_ino
            known = self._read.get(path)
            if known is not None and known[0] == mark:
                return known[1]
            content = path.read_bytes() if about.st_size <= LONGEST else b"\0"
        except OSError as error:
            return Fault(both(f"this preset cannot be read: {error.strerror}", f"ce préréglage est illisible : {error.strerror}"), where=str(path),
                         id="preset.read")
        try:
            what: Preset | Fault = parse(content, f"{stem or path.stem}.yaml")
        except Fault as fault:
            what = Fault(fault.happened, where=fault.where.replace(f"{stem or path.stem}.yaml", str(path), 1), remedy=fault.remedy, id=fault.id)
        if len(self._read) > 2 * MOST:
            self._read.clear()
        self._read[path] = mark, what
        return what

    def _clear(self, folder: Path) -> None:
        """Take away what a power cut left half written before this start."""
        self._cleared = True
        for place in (folder, folder / "versions"):
            for path in place.glob(f"**/{UNFINISHED}" if place != folder else UNFINISHED):
                path.unlink(missing_ok=True)

    def _forget(self) -> None:
        """Of presets that were removed long ago, forget the versions too."""
        here, place = self._files(), self.folder / "versions"
        gone = sorted((path for path in place.iterdir() if path.is_dir() and path.name not in here and _is_stem(path.name)),
                      key=lambda path: path.stat().st_mtime_ns)
        for path in gone[:max(0, len(gone) - REMOVED)]:
            for file in path.iterdir():
                file.unlink(missing_ok=True)
            os.rmdir(path)


def _is_stem(stem: str) -> bool:
    try:
        return checked_name(stem) == stem and "." not in stem
    except Fault:
        return False


class _told(contextlib.AbstractContextManager):
    """Says what the disk refuses as a Fault."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, OSError):
            raise Fault(both(f"the preset cannot be written: {error.strerror}", f"le préréglage ne peut pas être écrit : {error.strerror}"),
                        where=str(self._path), id="preset.write",
                        remedy=both("What there was before is still there.", "Ce qu'il y avait avant est toujours là.")) from error


def _none_such(name: str, happened: Any, known: list[str]) -> Fault:
    close = did_you_mean(name, known)
    listing = ", ".join(known[:20])
    if close:
        return Fault(happened, id="preset.unknown", remedy=both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?"))
    return Fault(happened, id="preset.unknown", remedy=both(f"There are {listing}.", f"Il y a {listing}.") if known else
                 both("None has been saved yet.", "Aucun n'a encore été enregistré."))


def _data(fault: Fault) -> dict[str, str]:
    return {"en": fault.say("en"), "fr": fault.say("fr")}
