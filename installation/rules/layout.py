"""What a tablet's layout shows: the tree in pages, each value as the control that suits it. Pure; how an app writes it down is remote/layouts' affair.

    pages(declarations)    the room, each scene, the lamps, presets: what can be moved, in the order of declaration
    Sort                   fader, whole, switch, words, colour, button, text
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from ..terms.declaration import Access, Declaration, Kind

ROOM, LIGHT, PRESETS = "room", "light", "presets"
COLOURS = ("#4aa3a2", "#c58b3b", "#7d8fd6", "#8fae4c", "#c8677f", "#a67fc1", "#5b9bd0", "#b7a24a")       # of pages, in turn: calm, told apart in the dark


class Sort(Enum):
    """How a value is moved."""

    FADER = "fader"
    WHOLE = "whole"      # a fader with steps
    SWITCH = "switch"
    WORDS = "words"      # one of a few
    COLOUR = "colour"
    BUTTON = "button"    # makes something happen
    TEXT = "text"        # typed


@dataclass(frozen=True, slots=True)
class Control:
    """One control: what it moves, how, and what is written beside it."""

    declaration: Declaration
    sort: Sort
    label: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page, with its colour."""

    name: str
    colour: str
    controls: tuple[Control, ...]


def pages(declarations: Iterable[Declaration]) -> list[Page]:
    """Everything that can be moved from outside; pages without a control are left out."""
    found: dict[str, list[Control]] = {ROOM: []}
    for declaration in declarations:
        page, label = _place(declaration.address)
        sort = sort_of(declaration)
        if page and sort is not None and declaration.access is not Access.READ:
            found.setdefault(page, []).append(Control(declaration, sort, label))
    names = [ROOM, *(name for name in found if name not in (ROOM, LIGHT, PRESETS)), LIGHT, PRESETS]
    return [Page(name, COLOURS[number % len(COLOURS)], tuple(found[name])) for number, name in enumerate(name for name in names if found.get(name))]


def sort_of(declaration: Declaration) -> Sort | None:
    """How a value is moved; None for a number without a range, which has no fader."""
    match declaration.kind:
        case Kind.FLOAT | Kind.INT:
            if declaration.low is None or declaration.high is None:
                return None
            return Sort.WHOLE if declaration.kind is Kind.INT else Sort.FADER
        case Kind.TEXT:
            return Sort.WORDS if declaration.choices else Sort.TEXT
    return {Kind.BOOL: Sort.SWITCH, Kind.COLOUR: Sort.COLOUR, Kind.TRIGGER: Sort.BUTTON}[declaration.kind]


def labelled(control: Control) -> str:
    """A control's label with its unit."""
    unit = control.declaration.unit
    return f"{control.label} ({unit})" if unit and unit not in ("ratio", "count") else control.label


def _place(address: str) -> tuple[str, str]:
    """The page that an address stands on, and its label there."""
    parts = address[1:].split("/")
    match parts[0]:
        case "scene" if len(parts) > 2:
            return parts[1], " ".join(parts[2:])
        case "light" if len(parts) > 2:
            return LIGHT, " ".join(parts[1:-1]) if parts[-1] == "level" else " ".join(parts[1:])
        case "preset":
            return PRESETS, " ".join(parts[1:])
        case "room" | "system":
            return ROOM, " ".join(parts[1:])
        case "score" if len(parts) > 2:
            return ROOM, f"{parts[1]}: {' '.join(parts[2:])}"
    return "", ""
