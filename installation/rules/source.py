"""A YAML file as plain data, with the place of every key and value. Written by anyone, so nothing in it is trusted.

    read_source(path)      the file; raises Fault for what cannot be read, Faults for keys written twice
    parse_source(text)     the same from text
    Source                 data, and `where(path)`: "config.yaml:31  mappings[1].to"
    Secret                 a password: shows itself as "•••"

A part of YAML 1.2 is taken: only true and false are booleans (`no`, `off`, `12:30:00` are text), `1e3` is a number, every number is
finite. Anchors, aliases, tags and merge keys are refused, so that no small file can mean a large one; size, depth and the number
of things are bounded. Lists are counted from 0 in paths, as in `mappings[1]`.
"""
from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ..terms.address import is_name
from ..terms.fault import Fault, Faults
from ..terms.words import Words, both
from .scalar import plain_value
from .syntax import syntax_words

LONGEST = 1_000_000      # bytes; a large piece has some 20,000
DEEPEST = 30
MOST = 20_000            # values and keys
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SECRET = re.compile(r"(?:.*[_-])?(?:password|passphrase|secret|token|pin)", re.IGNORECASE)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class Secret:
    """A value that is never shown. `reveal()` gives it to the one who needs it."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def reveal(self) -> Any:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return "•••"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Source:
    """A file as plain data: dict, list, text, number, bool, None, Secret.

    name     as faults name it: "config.yaml"
    places   path → place of the key, or of the thing in a list; "" is the whole
    """

    name: str
    data: Any
    places: dict[str, Place] = field(repr=False)

    def place(self, path: str) -> Place:
        """The place of that path, or of the nearest thing around it."""
        return self.places.get(self.written(path), Place(1, 1))

    def written(self, path: str) -> str:
        """The path itself if it stands in the file, else the nearest one around it."""
        while path and path not in self.places:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return path

    def where(self, path: str) -> str:
        """file:line and path, as faults show them; of what is not written, the nearest thing around it."""
        path = self.written(path)
        head = f"{self.name}:{self.place(path).line}"
        return f"{head}  {path}" if path else head


def inside(path: str, part: str | int) -> str:
    """The path of a key, or of the n-th thing of a list, inside another."""
    if isinstance(part, int):
        return f"{path}[{part}]"
    shown = part[:60] if is_name(part) or part.isalnum() else f'"{part[:60]}"'
    return f"{path}.{shown}" if path else shown


def read_source(path: Path, name: str = "") -> Source:
    """Read a YAML file. Raises Fault, with line and column where there is one, for whatever is wrong with it."""
    name = name or path.name
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise Fault(both("this is not a file", "ce n'est pas un fichier"), where=name, id="file.read")
            if about.st_size > LONGEST:
                raise _too_long(name, about.st_size)
            content = file.read(LONGEST + 1)
    except IsADirectoryError:
        raise Fault(both("this is a folder, not a file", "c'est un dossier, pas un fichier"), where=name,
                    id="file.read") from None
    except FileNotFoundError:
        raise Fault(both(f"there is no {name} in {path.parent}", f"il n'y a pas de {name} dans {path.parent}"), where=name,
                    id="file.missing",
                    remedy=both("`installation new FOLDER` makes a piece.",
                                "`installation new DOSSIER` crée une pièce.")) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Fault(both(f"the file cannot be read: {reason}", f"le fichier est illisible : {reason}"), where=name,
                    id="file.read") from None
    if len(content) > LONGEST:
        raise _too_long(name, len(content))
    return parse_source(content, name)


def parse_source(content: bytes | str, name: str = "config.yaml") -> Source:
    """Parse YAML. Raises Fault for what is not YAML, Faults for keys that are written twice."""
    text = _text(content, name) if isinstance(content, bytes) else content
    if len(text) > LONGEST:
        raise _too_long(name, len(text))
    odd = _UNPRINTABLE.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        column = odd.start() - text.rfind("\n", 0, odd.start())
        raise _fault(name, Place(line, column), both(f"character U+{ord(odd[0]):04X} does not belong in text",
                                                     f"le caractère U+{ord(odd[0]):04X} n'a rien à faire dans un texte"))
    reader = _Reader(name)
    try:
        for event in yaml.parse(text, Loader=_PARSER):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        raise _fault(name, place, syntax_words(error)) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise _fault(name, Place(1, 1), both("this is not YAML", "ce n'est pas du YAML")) from None
    if reader.faults:
        raise Faults(reader.faults)
    return Source(name, reader.data, reader.places)


@dataclass(slots=True)
class _Open:
    """A mapping or a list that has begun."""

    content: Any
    path: str
    secret: bool
    key: str | None = None


class _Reader:
    """Builds plain data from the parser's events, with a stack of its own: no recursion, everything counted."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.data: Any = None
        self.places: dict[str, Place] = {}
        self.faults: list[Fault] = []
        self._stack: list[_Open] = []
        self._documents = 0
        self._things = 0

    def take(self, event: Any) -> None:
        """Take one event in. Raises Fault for what is refused."""
        place = Place(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._refuse(place, both("a second document begins here (---); one file is one piece",
                                               "un second document commence ici (---) ; un fichier, une pièce"))
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._refuse(place, both("anchors (&) and aliases (*) are not used here",
                                           "les ancres (&) et alias (*) ne servent pas ici"),
                               both("Write the value out; a text that begins with & or * needs quotes.",
                                    "Écrivez la valeur en entier ; un texte qui commence par & ou * veut des guillemets."))
        elif getattr(event, "tag", None):
            raise self._refuse(place, both("tags (!) are not used here", "les étiquettes (!) ne servent pas ici"),
                               both("A text that begins with ! needs quotes.",
                                    "Un texte qui commence par ! veut des guillemets."))
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, place)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._begin({} if isinstance(event, yaml.MappingStartEvent) else [], place)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            done = self._stack.pop()
            if not self._stack:
                self.data = done.content

    def _scalar(self, event: Any, place: Place) -> None:
        self._count(place)
        top = self._stack[-1] if self._stack else None
        plain = event.style is None or event.style == ""
        if top is not None and isinstance(top.content, dict) and top.key is None:
            if plain and event.value == "<<":
                raise self._refuse(place, both("merge keys (<<) are not used here", "les clés de fusion (<<) ne servent pas ici"))
            self._key(top, event.value, place)
            return
        secret = top is not None and (top.secret or (top.key is not None and _SECRET.fullmatch(top.key) is not None))
        value = self._resolve(event.value, place, secret) if plain else event.value
        path = self._path(place)
        self.places.setdefault(path, place)
        self._put(Secret(value) if secret and value is not None else value)

    def _key(self, top: _Open, name: str, place: Place) -> None:
        path = inside(top.path, name)
        if name in top.content:
            first = self.places[path].line
            shown = "•••" if top.secret else name[:60]
            self.faults.append(Fault(both(f'"{shown}" is written twice; first on line {first}',
                                          f"« {shown} » est écrit deux fois ; d'abord ligne {first}"),
                                     where=f"{self.name}:{place.line}  {path if not top.secret else top.path}",
                                     id="config.duplicate"))
        else:
            self.places[path] = place
        top.key = name

    def _begin(self, content: Any, place: Place) -> None:
        self._count(place)
        if len(self._stack) >= DEEPEST:
            raise self._refuse(place, both(f"nested more than {DEEPEST} deep", f"imbriqué sur plus de {DEEPEST} niveaux"))
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.content, dict) and top.key is None:
            raise self._refuse(place, both("a key must be text", "une clé doit être un texte"),
                               both("Braces and brackets need quotes when they are meant as text.",
                                    "Accolades et crochets veulent des guillemets quand ils sont du texte."))
        path = self._path(place)
        self.places.setdefault(path, place)
        secret = top is not None and (top.secret or (top.key is not None and _SECRET.fullmatch(top.key) is not None))
        self._put(content)
        self._stack.append(_Open(content, path, secret))

    def _path(self, place: Place) -> str:
        if not self._stack:
            return ""
        top = self._stack[-1]
        if isinstance(top.content, list):
            path = inside(top.path, len(top.content))
            self.places[path] = place
            return path
        return inside(top.path, top.key or "")

    def _put(self, value: Any) -> None:
        if not self._stack:
            self.data = value
            return
        top = self._stack[-1]
        if isinstance(top.content, list):
            top.content.append(value)
        else:
            top.content[top.key] = value
            top.key = None

    def _count(self, place: Place) -> None:
        self._things += 1
        if self._things > MOST:
            raise self._refuse(place, both(f"more than {MOST} keys and values", f"plus de {MOST} clés et valeurs"))

    def _resolve(self, text: str, place: Place, secret: bool) -> Any:
        try:
            return plain_value(text)
        except ValueError:
            shown = "•••" if secret else text[:40]
            raise self._refuse(place, both(f"expected a finite number, got {shown}",
                                           f"il faut un nombre fini, et non {shown}")) from None

    def _refuse(self, place: Place, happened: Words, remedy: Words | str = "") -> Fault:
        return _fault(self.name, place, happened, remedy)


def _text(content: bytes, name: str) -> str:
    if b"\0" in content:
        raise Fault(both("this is not text (it has NUL bytes)", "ce n'est pas du texte (il contient des octets nuls)"),
                    where=name, id="file.text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Fault(both("this is not UTF-8 text", "ce n'est pas du texte UTF-8"), where=f"{name}:{line}", id="file.text",
                    remedy=both("Save the file as UTF-8 in your editor.",
                                "Enregistrez le fichier en UTF-8 dans votre éditeur.")) from None


def _too_long(name: str, size: int) -> Fault:
    shown = f"{size / 1e6:.1f} MB"
    return Fault(both(f"the file has {shown}; at most 1 MB is read", f"le fichier fait {shown} ; on lit 1 MB au plus"),
                 where=name, id="file.size")


def _fault(name: str, place: Place, happened: Words, remedy: Words | str = "") -> Fault:
    return Fault(happened, where=f"{name}:{place.line}:{place.column}", remedy=remedy, id="yaml.syntax")


def _without_waiting(path: str, flags: int) -> int:
    """Open so that a pipe without a writer does not wait for one."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)
