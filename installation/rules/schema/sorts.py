"""The sorts of values that may stand in config.yaml. Each reads plain data, and says in both languages what it wants."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...terms.address import as_part, is_name
from ...terms.fault import Fault, did_you_mean
from ...terms.quantity import quantity
from ...terms.words import Words, both
from .findings import Findings
from .key import BAD, Sort, read_record

LONGEST_TEXT = 500
MOST = 512


class Text(Sort):
    """Words of one line."""

    def __init__(self, about: Words | None = None, longest: int = LONGEST_TEXT) -> None:
        self.about = about or both("text", "texte")
        self.longest = longest

    def words(self) -> Words:
        return self.about

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            return wrong(self, value, path, findings)
        if len(value) > self.longest:
            findings.note(path, both(f"the text is longer than {self.longest} characters",
                                     f"le texte dépasse {self.longest} caractères"),
                          id="config.long")
            return BAD
        return value.strip()


class Name(Sort):
    """A name that can stand in addresses and expressions."""

    def __init__(self, minus: bool = True) -> None:
        self.minus = minus

    def words(self) -> Words:
        return both("name", "nom")

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        if isinstance(value, str) and is_name(value) and (self.minus or "-" not in value):
            return value
        shown = findings.show(value)
        marks = ("_ or -", "_ ou -") if self.minus else ("_", "_")
        suggestion = as_part(str(value)).replace(".", "_").replace("+", "_").replace("-", "_")
        if suggestion != value and is_name(suggestion):
            remedy = both(f'Try "{suggestion}".', f"Essayez « {suggestion} ».")
        else:
            remedy = both("", "")
        findings.note(path, both(f"a name is a letter, then letters, digits, {marks[0]}, at most 40; got {shown}",
                                 f"un nom est une lettre, puis des lettres, chiffres, {marks[1]}, 40 au plus ; et non {shown}"),
                      remedy=remedy, id="config.name")
        return BAD


class Label(Text):
    """A person's words for a thing, which also make a part of an address."""

    def __init__(self) -> None:
        super().__init__(both("label", "libellé"), 60)

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        read = super().read(value, path, findings)
        if read is not BAD and as_part(read) == "_":
            findings.note(path, both(f"a label needs a letter or a digit, got {findings.show(value)}",
                                     f"un libellé veut une lettre ou un chiffre, et non {findings.show(value)}"),
                          id="config.name")
            return BAD
        return read


class Whole(Sort):
    """A whole number in a range."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def words(self) -> Words:
        return both(f"whole number, {self.low} to {self.high}", f"nombre entier, de {self.low} à {self.high}")

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        if isinstance(value, float) and value == int(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            return wrong(self, value, path, findings)
        if not self.low <= value <= self.high:
            return _outside(f"{self.low}", f"{self.high}", value, path, findings)
        return value


class Amount(Sort):
    """A quantity: a number of `unit`, or a number with a unit of its own ("50 cm")."""

    def __init__(self, unit: str, low: float, high: float, whole: bool = False) -> None:
        self.unit, self.low, self.high, self.whole = unit, low, high, whole

    def words(self) -> Words:
        unit = f" {self.unit}" if self.unit not in ("", "ratio") else ""
        return both(f"number, {self.low:g} to {self.high:g}{unit}", f"nombre, de {self.low:g} à {self.high:g}{unit}")

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        try:
            number = quantity(value, self.unit)
        except Fault as fault:
            findings.note(path, fault.happened, remedy=fault.remedy, id=fault.id)
            return BAD
        if not self.low <= number <= self.high:
            unit = f" {self.unit}" if self.unit not in ("", "ratio") else ""
            return _outside(f"{self.low:g}{unit}", f"{self.high:g}{unit}", value, path, findings)
        return round(number) if self.whole else number


class Truth(Sort):
    """true or false."""

    def words(self) -> Words:
        return both("true or false", "true (vrai) ou false (faux)")

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        return value if isinstance(value, bool) else wrong(self, value, path, findings)


class Choice(Sort):
    """One of a few words."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices

    def words(self) -> Words:
        return both(" | ".join(self.choices), " | ".join(self.choices))

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        if value in self.choices and isinstance(value, str):
            return value
        close = did_you_mean(str(value), self.choices) if isinstance(value, str) else ""
        remedy = both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else ""
        listing = ", ".join(self.choices)
        findings.note(path, both(f"expected one of {listing}, got {findings.show(value)}",
                                 f"il faut l'un de {listing}, et non {findings.show(value)}"), remedy=remedy, id="config.choice")
        return BAD


class ListOf(Sort):
    """A list; with `single`, one thing may stand there without brackets."""

    def __init__(self, sort: Sort, *, single: bool = False, most: int = MOST, least: int = 0) -> None:
        self.sort, self.single, self.most, self.least = sort, single, most, least

    def words(self) -> Words:
        inner = self.sort.words()
        if self.single:
            return both(f"{inner.en}, or a list", f"{inner.fr}, ou une liste")
        return both(f"list of: {inner.en}", f"liste de : {inner.fr}")

    def parts(self) -> tuple[type, ...]:
        return self.sort.parts()

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        if value is None:
            value = []
        if not isinstance(value, list):
            if self.single and not isinstance(value, dict):
                read = self.sort.read(value, path, findings)
                return BAD if read is BAD else (read,)
            return wrong(self, value, path, findings)
        if not self.least <= len(value) <= self.most:
            findings.note(path, both(f"expected {self.least} to {self.most} things, got {len(value)}",
                                     f"il faut de {self.least} à {self.most} éléments, et non {len(value)}"), id="config.length")
            return BAD
        read_all = [self.sort.read(item, findings.inside(path, index), findings) for index, item in enumerate(value)]
        return tuple(item for item in read_all if item is not BAD)


class TableOf(Sort):
    """Things by name."""

    def __init__(self, names: Sort, sort: Sort, most: int = MOST) -> None:
        self.names, self.sort, self.most = names, sort, most

    def words(self) -> Words:
        name, inner = self.names.words(), self.sort.words()
        return both(f"{name.en}: {inner.en}", f"{name.fr} : {inner.fr}")

    def parts(self) -> tuple[type, ...]:
        return self.sort.parts()

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        if value is None:
            value = {}
        if not isinstance(value, dict):
            return wrong(self, value, path, findings)
        if len(value) > self.most:
            findings.note(path, both(f"at most {self.most}, got {len(value)}", f"{self.most} au plus, et non {len(value)}"),
                          id="config.length")
            return BAD
        table = {}
        for written, item in value.items():
            inner = findings.inside(path, written)
            name = self.names.read(_as_number(written) if isinstance(self.names, Whole) else written, inner, findings)
            read = self.sort.named(name, item, inner, findings) if isinstance(self.sort, Record) else self.sort.read(item, inner,
                                                                                                                     findings)
            if name is not BAD and name in table:
                findings.note(inner, both(f"{name} is there already", f"{name} y est déjà"), id="config.duplicate")
            elif name is not BAD and read is not BAD:
                table[name] = read
        return table


class Record(Sort):
    """A record; inside a table, `named_by` is the field that takes the name."""

    def __init__(self, record: type, named_by: str = "") -> None:
        self.record, self.named_by = record, named_by

    def words(self) -> Words:
        return both("keys", "clés")

    def parts(self) -> tuple[type, ...]:
        return (self.record,)

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        return read_record(self.record, value, path, findings)

    def named(self, name: Any, value: Any, path: str, findings: Findings) -> Any:
        """Read the record that stands under a name in a table."""
        given = {self.named_by: None if name is BAD else name} if self.named_by else {}
        return read_record(self.record, value, path, findings, **given)


class Anything(Sort):
    """Whatever stands there, for someone else to judge."""

    def __init__(self, about: Words) -> None:
        self.about = about

    def words(self) -> Words:
        return self.about

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        return value


class By(Sort):
    """A sort read by a function: (value, path, findings) → value or BAD."""

    def __init__(self, about: Words, read: Callable[[Any, str, Findings], Any]) -> None:
        self.about, self._read = about, read

    def words(self) -> Words:
        return self.about

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        return self._read(value, path, findings)


def wrong(sort: Sort, value: Any, path: str, findings: Findings) -> Any:
    """Note that something else was wanted."""
    wanted, shown = sort.words(), findings.show(value)
    findings.note(path, both(f"expected {wanted.en}, got {shown}", f"il faut {wanted.fr}, et non {shown}"), id="config.type")
    return BAD


def _outside(low: str, high: str, value: Any, path: str, findings: Findings) -> Any:
    shown = findings.show(value)
    findings.note(path, both(f"must lie from {low} to {high}, got {shown}", f"doit être entre {low} et {high}, et non {shown}"),
                  id="config.range")
    return BAD


def _as_number(written: str) -> Any:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else written
