"""Looks: what scenes ask of the lamps, and several of them made one.

A look is a dictionary from a lamp's or a group's name to
    0.5                                       a level, 0 to 1
    (1, 0.4, 0)                               a colour: red, green, blue, each 0 to 1
    {"level": 0.5, "colour": (1, 0.4, 0)}     both: the colour at that level
    {"level": 0.5, "amber": 0.2, "pan": 0.7}  channels of the lamp by name, which hold as they are, whatever the level

A lamp's own name goes before its groups'; of two groups that hold one lamp, the one written later goes first. "all" is every
lamp. Lamps that no look names are dark.

Several looks at once are entries (look, weight) or (look, weight, layer), the weight from 0 to 1 saying how much of it is seen.
Entries of one layer cross-fade: their light is added in the ratio of their weights. Layers, and entries without a layer, meet
by highest takes precedence, for each emitter of each lamp. What is not light (pan, zoom) cannot be mixed: in a layer the entry
with the most weight has its way, among layers the last.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..terms.fault import Fault
from ..terms.words import both

Look = Mapping[str, Any]
Entry = tuple        # (look, weight) or (look, weight, layer)
WHITE = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a look asks of one lamp: three levels of colour, channels by name, and whether anything had to be clipped."""

    colour: tuple[float, float, float]
    channels: tuple[tuple[str, float], ...] = ()
    clipped: bool = False


@dataclass(slots=True)
class Mix:
    """What one lamp is to do: the light of each emitter, and the channels that only move."""

    light: dict[str, float] = field(default_factory=dict)
    moves: dict[str, float] = field(default_factory=dict)


def setting(written: Any) -> Setting:
    """Read what a look gives for one name. Raises Fault if it is none of the forms above, or not finite."""
    if isinstance(written, Mapping):
        given = dict(written)
        clips: list[bool] = []
        level = _ratio(given.pop("level", given.pop("dimmer", 1.0 if "colour" in given else 0.0)), clips)
        colour = _colour(given.pop("colour", WHITE), clips)
        channels = tuple((str(name), _ratio(value, clips)) for name, value in given.items())
        return Setting((colour[0] * level, colour[1] * level, colour[2] * level), channels, any(clips))
    clips = []
    if isinstance(written, (tuple, list)):
        return Setting(_colour(written, clips), (), any(clips))
    level = _ratio(written, clips)
    return Setting((level, level, level), (), any(clips))


def merge(entries: Iterable[Entry], read: Callable[[Look], Mapping[str, Mix]]) -> dict[str, Mix]:
    """All looks made one, by lamp. `read` resolves a look: from its names to what each of its lamps does."""
    layers: dict[object, list[tuple[float, Mapping[str, Mix]]]] = {}
    for number, entry in enumerate(entries):
        look, weight = entry[0], entry[1]
        layer = entry[2] if len(entry) > 2 and entry[2] else number
        if look and weight > 0.0:
            layers.setdefault(layer, []).append((min(1.0, float(weight)), read(look)))
    merged: dict[str, Mix] = {}
    for parts in layers.values():
        for lamp, mix in _crossfade(parts).items():
            seen = merged.setdefault(lamp, Mix())
            for name, level in mix.light.items():
                seen.light[name] = max(level, seen.light.get(name, 0.0))
            seen.moves.update(mix.moves)
    return merged


def _crossfade(parts: list[tuple[float, Mapping[str, Mix]]]) -> dict[str, Mix]:
    if len(parts) == 1 and parts[0][0] == 1.0:
        return dict(parts[0][1])
    faded: dict[str, Mix] = {}
    for weight, mixes in sorted(parts, key=lambda part: part[0]):
        for lamp, mix in mixes.items():
            seen = faded.setdefault(lamp, Mix())
            for name, level in mix.light.items():
                seen.light[name] = min(1.0, seen.light.get(name, 0.0) + weight * level)
            seen.moves.update(mix.moves)
    return faded


def _ratio(value: Any, clips: list[bool]) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise Fault(both(f"expected a level from 0 to 1, three of them, or a dictionary, got {_shown(value)}",
                         f"il faut un niveau de 0 à 1, trois niveaux, ou un dictionnaire, et non {_shown(value)}"),
                    id="light.setting") from None
    if not math.isfinite(number):
        raise Fault(both(f"expected a level from 0 to 1, got {number}", f"il faut un niveau de 0 à 1, et non {number}"),
                    remedy=both("The lamp stays as it was. Is something divided by zero in light()?",
                                "La lampe reste comme elle était. Une division par zéro dans light() ?"), id="light.nan")
    clipped = 0.0 if number < 0.0 else 1.0 if number > 1.0 else number
    clips.append(clipped != number)
    return clipped


def _colour(value: Any, clips: list[bool]) -> tuple[float, float, float]:
    if not isinstance(value, (tuple, list)) or len(value) != 3:
        raise Fault(both(f"a colour is three levels (red, green, blue), got {_shown(value)}",
                         f"une couleur, ce sont trois niveaux (rouge, vert, bleu), et non {_shown(value)}"), id="light.setting")
    return _ratio(value[0], clips), _ratio(value[1], clips), _ratio(value[2], clips)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 60 else text[:57] + "…"
