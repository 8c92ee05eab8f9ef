"""A kind of lamp: its channels in the order of its slots, and what each does to the light.

    NAME         a channel that looks may move, 0 to 1, one slot
    NAME_fine    the low byte of NAME, anywhere in the list: together 65536 steps instead of 256
    NAME=VALUE   a slot that always holds this value, 0 to 255

The kinds that need no declaration stand in rules/lamps.py.

What a channel means follows from its name. `dimmer` multiplies all light of the lamp. Colours and any name that is not known
are taken as light, because a light that is not watched could flash. Names that only move things (pan, zoom, gobo…) are not light.

A strobe, shutter, macro or automatic programme flashes inside the lamp, where the flash guard cannot see it. Such a channel
holds its declared value ("shutter=255"), or 0 where none is declared: no look moves it.
"""
from __future__ import annotations

from dataclasses import dataclass

from ..rules.lamps import KindRecord
from ..terms.fault import Fault
from ..terms.words import both

# Relative luminance of the emitters: ITU-R BT.709 for the three colours; whatever else gives light counts as white.
LUMINANCE = {"red": 0.2126, "green": 0.7152, "blue": 0.0722}
MOVING = frozenset({"pan", "tilt", "pan_tilt_speed", "zoom", "focus", "gobo", "prism", "frost", "speed", "fan"})
FLICKERING = ("strobe", "shutter", "macro", "program", "effect", "auto", "sound")


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of a kind.

    slot, fine  offsets from the lamp's address; fine is None for one of 256 steps
    constant    its value for ever, or None
    """

    name: str
    slot: int
    fine: int | None = None
    constant: int | None = None

    @property
    def dims(self) -> bool:
        """Whether it multiplies the light of the others."""
        return self.name == "dimmer"

    @property
    def emits(self) -> bool:
        """Whether it is light of its own."""
        return not self.dims and self.name not in MOVING


@dataclass(frozen=True, slots=True)
class LampKind:
    """A kind of lamp; `held` names the channels that were made constant because they could flash inside the lamp."""

    name: str
    channels: tuple[Channel, ...]
    slots: int
    held: tuple[str, ...] = ()

    @property
    def live(self) -> tuple[Channel, ...]:
        """The channels that looks move."""
        return tuple(channel for channel in self.channels if channel.constant is None)


def lamp_kind(record: KindRecord) -> LampKind:
    """The kind that the record declares. Raises Fault if its channels make no sense."""
    made: dict[str, Channel] = {}
    fixed: list[Channel] = []
    held = []
    fine: dict[str, int] = {}
    for slot, text in enumerate(record.channels):
        title, sign, value = (part.strip() for part in text.partition("="))
        if sign:
            fixed.append(Channel(title, slot, None, _constant(record, title, value)))
        elif title.endswith("_fine"):
            fine[title.removesuffix("_fine")] = slot
        elif title in made or not title:
            raise _bad(record, title, "stands there twice, or has no name", "apparaît deux fois, ou n'a pas de nom")
        else:
            made[title] = Channel(title, slot)
    for title, slot in fine.items():
        if title not in made:
            raise _bad(record, f"{title}_fine", f'is the low byte of "{title}", which is not there',
                       f"est l'octet bas de « {title} », qui n'y est pas")
        made[title] = Channel(title, made[title].slot, slot)
    for title in [title for title in made if any(word in title.lower() for word in FLICKERING)]:
        held.append(title)
        fixed.append(Channel(title, made.pop(title).slot, None, 0))
    return LampKind(record.name, (*made.values(), *fixed), len(record.channels), tuple(held))


def _constant(record: KindRecord, channel: str, text: str) -> int:
    if text.isascii() and text.isdigit() and int(text[:4]) <= 255:
        return int(text)
    raise _bad(record, channel, f"needs a whole number from 0 to 255 after =, got {text!r}",
               f"veut un entier de 0 à 255 après =, et non {text!r}")


def _bad(record: KindRecord, channel: str, en: str, fr: str) -> Fault:
    return Fault(both(f'kind "{record.name}": channel "{channel}" {en}', f"type « {record.name} » : le canal « {channel} » {fr}"),
                 where=record.where, id="light.channel")
