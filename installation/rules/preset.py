"""A preset: values of the piece under a name, as they stood when it was saved; a YAML file that a person can read and edit.

    Preset             the record
    as_text, parse     to its file's text and back; a file that was cut anywhere is known as such
    covered            which addresses a preset takes in
    checked_name       a name, or why it is none;  stems_of: what its file may be called

A preset covers what is tuned by hand: every value that outlives a restart (scene parameters, light masters, the room's gain) and that no
mapping moves. What a sensor or the score moves at the moment is not in it, but what stands below, when they let go. Sensors are never in it;
system switches, the score's scenes and what mappings move only where `include` names them.
"""
from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..terms.address import is_address
from ..terms.declaration import Access, Declaration, Kind
from ..terms.fault import Fault, Faults
from ..terms.words import Words, both
from .pattern import among
from .source import Secret, parse_source
from .written import as_yaml

LONGEST_NAME = 60
MOST_VALUES = 9_000            # what `source.MOST` leaves room for
MOST_PATTERNS = 100


@dataclass(frozen=True, slots=True)
class Preset:
    """Values under a name.

    values    address → value as written (`written.read` gives it back)
    scene     the scene that alone it covers, None for the whole piece
    saved     when, as ISO 8601 in UTC
    exclude, include   patterns or beginnings ("/light/") with which it was saved
    """

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    scene: str | None = None
    saved: str = ""
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()


def covered(declarations: Iterable[Declaration], mapped: Collection[str], *, scene: str | None = None, exclude: Collection[str] = (),
            include: Collection[str] = ()) -> list[str]:
    """The addresses that a preset takes in. Raises Fault for a pattern that makes no sense.

    mapped    what mappings move
    """
    found = []
    for declaration in declarations:
        address = declaration.address
        if declaration.kind is Kind.TRIGGER or declaration.access is not Access.BOTH or among(address, exclude):
            continue
        own = declaration.persists and address not in mapped and (scene is None or address.startswith(f"/scene/{scene}/"))
        if own or among(address, include):
            found.append(address)
    return found


def checked_name(name: object) -> str:
    """A preset's name, tidied. Raises Fault if it is none: any words that fit on a button are."""
    if isinstance(name, str) and len(name) <= 4 * LONGEST_NAME:
        spaced = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in name)      # French keyboards write narrow ones
        tidy = unicodedata.normalize("NFC", spaced).strip()
        if 0 < len(tidy) <= LONGEST_NAME and tidy.isprintable():
            return tidy
    shown = name if isinstance(name, str) else repr(name)
    shown = shown if len(shown) <= 40 else shown[:37] + "…"
    raise Fault(both(f"{shown!r} cannot be a preset's name", f"{shown!r} ne peut pas nommer un préréglage"), id="preset.name",
                remedy=both(f"A few words, {LONGEST_NAME} letters at most, on one line.", f"Quelques mots, {LONGEST_NAME} lettres au plus, sur une ligne."))


def stems_of(name: str) -> tuple[str, str]:
    """What the file of a preset may be called, without .yaml: its plain letters, or, where another has these, with a number of its own."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    letters = re.sub(r"[^a-z0-9_-]+", "_", plain).strip("_-")[:40] or "preset"
    return letters, f"{letters}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def as_text(preset: Preset) -> str:
    """The text of its file. Its last line is how a file that was cut is known. Raises Fault if it holds too many values."""
    if len(preset.values) > MOST_VALUES:
        raise Fault(both(f"{len(preset.values)} values; a preset holds {MOST_VALUES} at most",
                         f"{len(preset.values)} valeurs ; un préréglage en contient {MOST_VALUES} au plus"), where=preset.name, id="preset.size",
                    remedy=both("Save one scene, or exclude something.", "Enregistrez une scène, ou excluez quelque chose."))
    head = {"preset": preset.name, "saved": preset.saved, "scene": preset.scene, "exclude": list(preset.exclude), "include": list(preset.include)}
    lines = ["# A preset. Edit it, copy it under another file name, keep it with the piece; the last line must stay the last.",
             *(f"{key}: {as_yaml(value)}" for key, value in head.items() if value),
             "values:" if preset.values else "values: {}", *(f"  {address}: {as_yaml(value)}" for address, value in preset.values.items()),
             "complete: true"]
    return "\n".join(lines) + "\n"


def parse(content: bytes | str, file: str) -> Preset:
    """The preset that a file holds. Raises Fault, with its line, if it is damaged, or none.

    file   as it is called, with .yaml: a copy is called as the copy, whatever it was copied from
    """
    try:
        source = parse_source(content, file)
    except Faults as several:
        raise _damaged(several.faults[0].where, several.faults[0].happened) from None
    except Fault as fault:
        raise _damaged(fault.where, fault.happened) from None
    data = source.data
    if not isinstance(data, dict) or data.get("complete") is not True:
        raise _damaged(file, both("its last line, `complete: true`, is not there", "sa dernière ligne, `complete: true`, n'y est pas"))
    values, scene, name = data.get("values"), data.get("scene"), data.get("preset")
    if not isinstance(values, dict) or not (scene is None or isinstance(scene, str)):
        raise _damaged(source.where("values"), both("`values` holds addresses and their values", "`values` contient des adresses et leurs valeurs"))
    for address in values:
        if not is_address(address):
            raise _damaged(source.where(f"values.{address}"), both(f"{address[:60]!r} is not an address", f"{address[:60]!r} n'est pas une adresse"))
    stem = file.removesuffix(".yaml")
    if not isinstance(name, str) or stem not in stems_of(name):
        name = checked_name(stem)
    values = {address: value.reveal() if isinstance(value, Secret) else value for address, value in values.items()}      # a scene's parameter may be called pin
    return Preset(name, values, scene, str(data.get("saved") or "")[:40], _patterns(data.get("exclude")), _patterns(data.get("include")))


def patterns(given: object, what: str) -> tuple[str, ...]:
    """Patterns as somebody sent them. Raises Fault if they are none."""
    if given is None:
        return ()
    if isinstance(given, (list, tuple)) and len(given) <= MOST_PATTERNS and all(isinstance(pattern, str) for pattern in given):
        for pattern in given:
            among("/", (pattern,))
        return tuple(given)
    raise Fault(both(f"{what}: expected a list of addresses or patterns", f"{what} : il faut une liste d'adresses ou de motifs"), id="preset.patterns",
                remedy='["/light/", "/scene/*/level"]')


def _patterns(data: Any) -> tuple[str, ...]:
    return tuple(str(pattern) for pattern in data[:MOST_PATTERNS]) if isinstance(data, list) else ()


def _damaged(where: str, why: Words) -> Fault:
    return Fault(both("this preset is damaged: ", "ce préréglage est abîmé : ") + why, where=where, id="preset.damaged",
                 remedy=both("A former version can be recalled, and saved again.", "Une version antérieure peut être rappelée, et enregistrée de nouveau."))
