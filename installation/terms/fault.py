"""Faults: what went wrong, said so that an artist at ten at night on opening day can act on it.

    where      file:line and key, or port and device
    happened   what came, and what would do
    remedy     what to try
    id         a stable name ("serial.lost"), the same in every language

A fault that lasts is told once when it begins, as a `Fault`, and once when it is over, as a `Recovery`, to whatever takes
`tell(Fault | Recovery)`.

A driver raises `SensorFault`. Checking a piece gathers every fault and raises one `Faults`.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .words import Words, say, words


class Fault(Exception):
    """Something is wrong, and here is what would put it right."""

    default_id = "fault"

    def __init__(self, happened: Words | str, *, where: str = "", remedy: Words | str = "", id: str = "") -> None:
        self.happened: Words = words(happened)
        self.remedy: Words = words(remedy)
        self.where = where
        self.id = id or self.default_id
        super().__init__(self.happened.en)

    def at(self, where: str) -> "Fault":
        """The same fault with its place filled in, where it has none yet."""
        if not self.where:
            self.where = where
        return self

    def say(self, in_language: str | None = None) -> str:
        """Place and sentence on one line, the remedy indented on the next."""
        head = f"{self.where}: " if self.where else ""
        text = head + say(self.happened, in_language)
        remedy = say(self.remedy, in_language)
        return f"{text}\n  {remedy}" if remedy else text

    def __str__(self) -> str:
        return self.say()

    def __reduce__(self) -> tuple:
        return _remade, (type(self), self.happened, self.where, self.remedy, self.id)


class SensorFault(Fault):
    """A sensor's frame makes no sense; the frame is dropped and counted, and the last good reading holds."""

    default_id = "sensor.frame"


@dataclass(frozen=True, slots=True)
class Recovery:
    """A fault is over: the same `id` and `where` as the fault that began, and what is well again."""

    happened: Words
    where: str = ""
    id: str = ""

    def say(self, in_language: str | None = None) -> str:
        """Place and sentence on one line."""
        return (f"{self.where}: " if self.where else "") + say(self.happened, in_language)

    def __str__(self) -> str:
        return self.say()


class Faults(Fault):
    """Several faults at once, in the order in which they stand in the files."""

    default_id = "faults"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("; ".join(fault.happened.en for fault in self.faults))

    def say(self, in_language: str | None = None) -> str:
        return "\n".join(fault.say(in_language) for fault in self.faults)

    def __reduce__(self) -> tuple:
        return Faults, (self.faults,)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The known word that is closest to the one that came, or ""."""
    import difflib

    known = list(known)
    close = difflib.get_close_matches(str(word), known, n=1, cutoff=0.6)
    if not close:
        lowered = {name.lower(): name for name in known}
        close = [lowered[hit] for hit in difflib.get_close_matches(str(word).lower(), list(lowered), n=1, cutoff=0.6)]
    return close[0] if close else ""


def _remade(kind: type[Fault], happened: Words, where: str, remedy: Words, id: str) -> Fault:
    return kind(happened, where=where, remedy=remedy, id=id)
