"""Lamps where they hang: each of a kind, at an address of a universe, in groups; and from what is asked to channel levels.

    Fixture   one lamp
    Patch     all of them, their groups, and every channel in one row
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..rules.lamps import ALL, KINDS, Light
from ..terms.fault import Fault
from ..terms.words import both
from .colour import emitters
from .curve import CURVES
from .kind import Channel, LampKind, lamp_kind
from .look import Mix, Setting
from .universe import SLOTS, Channels, Place


@dataclass(frozen=True, slots=True)
class Fixture:
    """One lamp.

    first    its first channel in the patch's row; its live channels follow in their order
    present  names of its emitters ("dimmer" for a lamp that has nothing else)
    """

    name: str
    kind: LampKind
    universe: int
    address: int
    groups: tuple[str, ...]
    curve: str
    first: int
    present: frozenset[str]

    def paint(self, asked: Setting) -> Mix:
        """What the setting means for this lamp's emitters. Channels that it does not have are left out."""
        mix = Mix({"dimmer": max(asked.colour)} if self.present == {"dimmer"} else emitters(asked.colour, self.present))
        for name, value in asked.channels:
            channel = self.channel(name)
            if channel is not None:
                (mix.light if name in self.present else mix.moves)[name] = value
        return mix

    def channel(self, name: str) -> Channel | None:
        """Its live channel of that name."""
        return next((channel for channel in self.kind.live if channel.name == name), None)

    def levels(self, mix: Mix) -> list[float]:
        """The level of each live channel, after the dimmer curve.

        The curve is for the whole lamp: its brightest emitter follows it, the others keep their ratio to it, so a dimmed colour
        stays that colour. Where the lamp has a dimmer, that alone dims, and the emitters stand at the colour.
        """
        brightest = max(mix.light.values(), default=0.0)
        dimmed = CURVES[self.curve](brightest)
        dims = any(channel.dims for channel in self.kind.live) and self.present != {"dimmer"}
        scale = (1.0 if dims else dimmed) / brightest if brightest > 0.0 else 0.0
        found = []
        for channel in self.kind.live:
            if channel.dims:
                found.append(dimmed)
            elif channel.emits:
                found.append(min(1.0, mix.light.get(channel.name, 0.0) * scale))
            else:
                found.append(mix.moves.get(channel.name, 0.0))
        return found


class Patch:
    """The lamps of a piece, from its light record. Raises Fault if a kind or an address makes no sense."""

    def __init__(self, light: Light) -> None:
        self.fixtures: dict[str, Fixture] = {}
        self.groups: dict[str, tuple[str, ...]] = {}
        kinds = {name: lamp_kind(record) for name, record in {**KINDS, **light.kinds}.items()}
        places: list[Place] = []
        constants: list[tuple[Place, int]] = []
        for record in light.fixtures:
            if record.kind not in kinds:
                names = ", ".join(kinds)
                raise Fault(both(f'no kind of lamp is called "{record.kind}"',
                                 f"aucun type de lampe ne s'appelle « {record.kind} »"),
                            where=record.where, remedy=both(f"There are {names}.", f"Il y a {names}."), id="light.kind")
            kind = kinds[record.kind]
            if record.address < 1 or record.address - 1 + kind.slots > SLOTS:
                last = record.address - 1 + kind.slots
                raise Fault(both(f'"{record.name}" needs slots {record.address} to {last}; a universe has 512',
                                 f"« {record.name} » veut les canaux {record.address} à {last} ; un univers en a 512"),
                            where=record.where, id="light.address")
            start = record.address - 1
            first = len(places)
            for channel in kind.channels:
                place = Place(record.universe, start + channel.slot, None if channel.fine is None else start + channel.fine)
                if channel.constant is None:
                    places.append(place)
                else:
                    constants.append((place, channel.constant))
            present = frozenset(channel.name for channel in kind.live if channel.emits)
            if not present and any(channel.dims for channel in kind.live):
                present = frozenset({"dimmer"})
            self.fixtures[record.name] = Fixture(record.name, kind, record.universe, record.address,
                                                 tuple(record.groups), record.curve, first, present)
        universes = {fixture.universe for fixture in self.fixtures.values()} | set(light.universes)
        self.channels = Channels(sorted(universes), places, constants)
        for group in dict.fromkeys(group for fixture in self.fixtures.values() for group in fixture.groups):
            self.groups[group] = tuple(name for name, fixture in self.fixtures.items() if group in fixture.groups)
        self.groups.setdefault(ALL, tuple(self.fixtures))

    def lamps(self, name: str) -> tuple[str, ...]:
        """The lamps that a name means; none if nothing has that name."""
        return (name,) if name in self.fixtures else self.groups.get(name, ())

    def values(self, mixes: Mapping[str, Mix]) -> np.ndarray:
        """The value of every channel; lamps that are not named are dark."""
        levels = np.zeros(len(self.channels))
        for name, mix in mixes.items():
            fixture = self.fixtures[name]
            row = fixture.levels(mix)
            levels[fixture.first:fixture.first + len(row)] = row
        return self.channels.quantise(levels)
