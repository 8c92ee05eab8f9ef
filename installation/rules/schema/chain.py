"""The sorts of values of a mapping: its steps, in the order in which they are written, and what stands when its sensors are silent."""
from __future__ import annotations

from dataclasses import fields
from typing import Any

from ...terms.fault import Fault
from ...terms.words import Words, both
from ..expression import Expression
from ..steps import STEPS, Step
from .findings import Findings
from .key import BAD, Sort, keys_of, note_unknown, read_record
from .measure import Measured
from .sorts import wrong

COMBINE = "combine"
COMBINED = ("min", "max", "mean")
OWN = ("from", "to", "when_stale", "steps")     # keys of a mapping that are not steps


class Stale(Sort):
    """A value, or `hold`, `rest`, or null."""

    takes_null = True

    def words(self) -> Words:
        return both("number, true, false, hold, rest or null", "nombre, true, false, hold, rest ou null")

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        if value is None or isinstance(value, bool) or value in ("hold", "rest"):
            return value
        if isinstance(value, str) and not any(character.isdigit() for character in value):
            return wrong(self, value, path, findings)
        return Measured().read(value, path, findings)


class Steps(Sort):
    """The steps of a mapping: each a key of its own, or a list under `steps`."""

    def words(self) -> Words:
        return both("steps", "étapes")

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        found: list[tuple[str, dict[str, Any]]] = []
        for name, written in value.items():
            inner = findings.inside(path, name)
            if name != "steps":
                found += read_step(name, written, path, findings)
                continue
            if not isinstance(written, list) or len(written) > 32:
                findings.note(inner, both("expected a list of steps, 32 at most", "il faut une liste d'étapes, 32 au plus"),
                              id="config.type")
                continue
            for index, item in enumerate(written):
                place = findings.inside(inner, index)
                if isinstance(item, dict) and len(item) == 1:
                    (step, arguments), = item.items()
                    found += read_step(step, arguments, place, findings)
                else:
                    findings.note(place, both("a step is one key and its value: `- smooth: 0.4`",
                                              "une étape est une clé et sa valeur : `- smooth: 0.4`"),
                                  id="config.type")
        return tuple(found)


def read_step(name: str, written: Any, path: str, findings: Findings) -> list[tuple[str, dict[str, Any]]]:
    """One step as (name, arguments) in a list; an empty list once a fault has been noted."""
    inner = findings.inside(path, name)
    if name == COMBINE:
        return _combine(written, inner, findings)
    if name not in STEPS:
        note_unknown(name, (*OWN, COMBINE, *STEPS), path, findings)
        return []
    kind = STEPS[name]
    before = len(findings.faults)
    step = read_record(kind, _long(kind, written), inner, findings) if keys_of(kind) else _bare(kind, written, inner, findings)
    if step is BAD or len(findings.faults) > before:
        return []
    wrong = step.fault()
    if wrong:
        findings.note(inner, wrong, id="mapping.step")
        return []
    return [(name, {entry.name: getattr(step, entry.name) for entry in fields(step)})]


def _long(kind: type[Step], written: Any) -> Any:
    """The long form of a short one: `smooth: 0.4` is {time: 0.4}, `range: [3, 0.4]` is {from: [3, 0.4]}."""
    if isinstance(written, dict) or not kind.short:
        return written
    if kind.short == ("from", "to"):
        if isinstance(written, list) and len(written) in (2, 4):
            return {"from": written[:2], **({"to": written[2:]} if len(written) == 4 else {})}
        return {"from": written}
    if isinstance(written, list):
        return dict(zip(kind.short, written, strict=True)) if len(written) == len(kind.short) else written
    if kind.short == ("up", "down"):
        return {"up": written, "down": written}
    return {kind.short[0]: written} if len(kind.short) == 1 else written


def _bare(kind: type[Step], written: Any, path: str, findings: Findings) -> Any:
    if written is True:
        return kind()
    findings.note(path, both(f"expected true, got {findings.show(written)}", f"il faut true, et non {findings.show(written)}"),
                  id="config.type",
                  remedy=both("Take the line out if the step is not wanted.", "Retirez la ligne si l'étape n'est pas voulue."))
    return BAD


def _combine(written: Any, path: str, findings: Findings) -> list[tuple[str, dict[str, Any]]]:
    if not isinstance(written, str):
        findings.note(path, both(f"expected min, max, mean or an expression, got {findings.show(written)}",
                                 f"il faut min, max, mean ou une expression, et non {findings.show(written)}"), id="config.type")
        return []
    if written in COMBINED:
        return [(COMBINE, {"how": written})]
    try:
        Expression.parse(written)
    except Fault as fault:
        findings.note(path, fault.happened, remedy=fault.remedy, id=fault.id)
        return []
    return [(COMBINE, {"how": written})]
