"""The sorts of values that belong to lamps: a level or a colour, and the channels of a kind."""
from __future__ import annotations

import re
from typing import Any

from ...terms.fault import Fault
from ...terms.quantity import quantity
from ...terms.words import Words, both
from .findings import Findings
from .key import BAD, Sort

_CHANNEL = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,39}")


class Look(Sort):
    """A level from 0 to 1, or three of them: red, green, blue."""

    def words(self) -> Words:
        return both("level 0 to 1, or [red, green, blue]", "niveau de 0 à 1, ou [rouge, vert, bleu]")

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        parts = value if isinstance(value, list) else [value]
        try:
            levels = [quantity(part, "ratio") for part in parts]
        except Fault as fault:
            findings.note(path, fault.happened, id=fault.id)
            return BAD
        if len(levels) not in (1, 3) or not all(0 <= level <= 1 for level in levels):
            findings.note(path, both(f"expected a level from 0 to 1, or three: [red, green, blue]; got {shown(parts)}",
                                     f"il faut un niveau de 0 à 1, ou trois : [rouge, vert, bleu] ; et non {shown(parts)}"),
                          id="config.look")
            return BAD
        return levels[0] if not isinstance(value, list) or len(levels) == 1 else tuple(levels)


class Channels(Sort):
    """The channels of a kind of lamp."""

    def words(self) -> Words:
        return both("list of channel names", "liste de noms de canaux")

    def read(self, value: Any, path: str, findings: Findings) -> Any:
        if not isinstance(value, list) or not 1 <= len(value) <= 64:
            findings.note(path, both(f"expected a list of 1 to 64 channels, got {findings.show(value)}",
                                     f"il faut une liste de 1 à 64 canaux, et non {findings.show(value)}"), id="config.type")
            return BAD
        good = [_good(channel, findings.inside(path, index), findings) for index, channel in enumerate(value)]
        if not all(good):
            return BAD
        for index, channel in enumerate(value):
            inner = findings.inside(path, index)
            if "=" not in channel and channel in value[:index]:
                findings.note(inner, both(f'"{channel}" stands twice', f"« {channel} » y est deux fois"), id="config.duplicate")
                return BAD
            if channel.endswith("_fine") and channel.removesuffix("_fine") not in value:
                coarse = channel.removesuffix("_fine")
                findings.note(inner, both(f'"{channel}" is the low byte of "{coarse}", which is not there',
                                          f"« {channel} » est l'octet bas de « {coarse} », qui n'y est pas"),
                              id="config.reference")
                return BAD
        return tuple(value)


def shown(parts: list) -> str:
    """Numbers as they stand in a list, or the one."""
    text = ", ".join(str(part) for part in parts)
    text = text if len(text) <= 60 else text[:57] + "…"
    return f"[{text}]" if len(parts) != 1 else text


def _good(channel: Any, path: str, findings: Findings) -> bool:
    name, sign, value = (part.strip() for part in channel.partition("=")) if isinstance(channel, str) else ("", "", "")
    if _CHANNEL.fullmatch(name) and (not sign or (value.isascii() and value.isdigit() and int(value[:4]) <= 255)):
        return True
    findings.note(path, both(f"{findings.show(channel)} is not a channel", f"{findings.show(channel)} n'est pas un canal"),
                  remedy=both('Write dimmer, red, green, blue, white, amber, pan…, the same with _fine, or "name=value" for a constant from 0 to 255.',
                              "Écrivez dimmer, red, green, blue, white, amber, pan…, les mêmes avec _fine, ou « nom=valeur », constante de 0 à 255."),
                  id="config.choice")
    return False
