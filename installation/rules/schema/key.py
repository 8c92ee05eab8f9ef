"""A key of config.yaml, declared once, on the field of the record that holds it.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Loudspeaker:
        output: int = key(Whole(1, 64), both("output of the card, from 1", "sortie de la carte, à partir de 1"))

Reading (`read_record`), unknown keys with "did you mean", and docs/config.md all come from it.
"""
from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from ...terms.fault import did_you_mean
from ...terms.words import Words, both
from .findings import Findings

_KEY = "key"


class _Bad:
    """What a sort gives for a value that it has already found fault with."""

    def __repr__(self) -> str:
        return "BAD"


BAD: Any = _Bad()


class Sort:
    """A sort of value: how it is read from plain data, and how it is said."""

    takes_null = False

    def words(self) -> Words:
        """What may stand there, in a few words."""
        raise NotImplementedError

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        """The value as the record holds it; BAD once a fault has been noted."""
        raise NotImplementedError

    def parts(self) -> tuple[type, ...]:
        """The record classes that stand inside, for the reference page."""
        return ()


@dataclass(frozen=True, slots=True)
class Key:
    """One key.

    name      as it is written in config.yaml
    sort      what may stand there
    about     one line in each language
    required  whether it must be written
    rest      it takes every key that the record does not know
    """

    name: str
    sort: Sort
    about: Words
    required: bool
    rest: bool = False
    shown: str | None = None


def key(sort: Sort, about: Words, *, default: Any = MISSING, factory: Any = MISSING, name: str = "", rest: bool = False,
        shown: str | None = None) -> Any:
    """A field of a record that is also a key. Without a default it must be written. `shown` says the default in the docs."""
    entry = {_KEY: (name, sort, about, rest, shown)}
    if factory is not MISSING:
        return field(default_factory=factory, metadata=entry)
    return field(default=default, metadata=entry)


def keys_of(record: type) -> dict[str, Key]:
    """The keys of a record class by field name, in the order of its fields."""
    found = {}
    for entry in fields(record):
        if _KEY in entry.metadata:
            name, sort, about, rest, shown = entry.metadata[_KEY]
            required = entry.default is MISSING and entry.default_factory is MISSING
            found[entry.name] = Key(name or entry.name, sort, about, required, rest, shown)
    return found


def default_of(record: type, field_name: str) -> Any:
    """The default of a field. Raises KeyError if it has none."""
    for entry in fields(record):
        if entry.name == field_name:
            if entry.default is not MISSING:
                return entry.default
            if entry.default_factory is not MISSING:
                return entry.default_factory()
    raise KeyError(field_name)


def read_record(record: type, data: Any, path: str, findings: Findings, **given: Any) -> Any:
    """The record that plain data describes. Faults are noted; what could not be read becomes its default, or None.

    given   fields that are not keys, such as the name under which the record stands
    """
    if data is None and not any(entry.required for entry in keys_of(record).values()):
        data = {}
    if not isinstance(data, dict):
        findings.note(path, both(f"expected keys and values, got {findings.show(data)}",
                                 f"il faut des clés et des valeurs, et non {findings.show(data)}"), id="config.type")
        return BAD
    known = keys_of(record)
    by_name = {entry.name: (field_name, entry) for field_name, entry in known.items() if not entry.rest}
    by_name = {name: pair for name, pair in by_name.items() if pair[0] not in given}
    values = dict(given)
    rest: dict[str, Any] = {}
    for name, value in data.items():
        if name not in by_name:
            rest[name] = value
            continue
        field_name, entry = by_name[name]
        inner = findings.inside(path, name)
        if value is None:
            if not entry.required and default_of(record, field_name) is None:
                values[field_name] = None
                continue
            if not entry.sort.parts() and not entry.sort.takes_null:
                findings.note(inner, both("there is no value", "il n'y a pas de valeur"), id="config.empty",
                              remedy=both("Write one, or take the line out.", "Écrivez-en une, ou retirez la ligne."))
                continue
        read = entry.sort.read(value, inner, findings)
        if read is not BAD:
            values[field_name] = read
    for field_name, entry in known.items():
        if entry.rest:
            read = entry.sort.read(rest, path, findings)
            values[field_name] = read if read is not BAD else default_of(record, field_name)
            rest = {}
        elif field_name not in values and entry.required:
            if entry.name not in data:
                findings.note(findings.inside(path, entry.name), both(f'"{entry.name}" is missing', f"« {entry.name} » manque"),
                              remedy=both(f"{entry.name}: {entry.about.en}", f"{entry.name} : {entry.about.fr}"), id="config.missing")
            values[field_name] = None
    for name in rest:
        note_unknown(name, by_name, path, findings)
    if any(entry.name == "where" for entry in fields(record)):
        values["where"] = findings.where(path)
    return record(**values)


def note_unknown(name: str, known: Any, path: str, findings: Findings) -> None:
    """Note a key that nobody knows, with the closest one and the list."""
    known, shown = list(known), name if len(name) <= 60 else name[:57] + "…"
    close = did_you_mean(shown, known)
    hint = (f'Did you mean "{close}"? ', f"Peut-être « {close} » ? ") if close else ("", "")
    listing = ", ".join(known)
    findings.note(findings.inside(path, name), both(f'no key is called "{shown}" here', f"aucune clé ne s'appelle « {shown} » ici"),
                  remedy=both(f"{hint[0]}Known here: {listing}.", f"{hint[1]}Connus ici : {listing}."), id="config.unknown")
