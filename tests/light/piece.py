"""Light records for tests, as config.yaml would give them."""
from __future__ import annotations

from typing import Any

from installation.rules.lamps import FixtureRecord, KindRecord, Light, MidiSlotRecord, UniverseRecord


def lamp(name: str, kind: str = "dimmer", address: int = 1, universe: int = 1, groups: tuple[str, ...] = (),
         curve: str = "linear") -> FixtureRecord:
    return FixtureRecord(name=name, kind=kind, universe=universe, address=address, groups=groups, curve=curve)


def light(*fixtures: FixtureRecord, kinds: dict[str, tuple[str, ...]] | None = None,
          universes: dict[int, UniverseRecord] | None = None, **more: Any) -> Light:
    own = {name: KindRecord(name=name, channels=channels) for name, channels in (kinds or {}).items()}
    return Light(fixtures=fixtures, kinds=own, universes=universes or {}, **more)


def artnet(number: int, host: str, universe: int = 0, subnet: int = 0) -> UniverseRecord:
    return UniverseRecord(number=number, port="artnet", host=host, universe=universe, subnet=subnet)


def enttec(number: int, device: str) -> UniverseRecord:
    return UniverseRecord(number=number, port="enttec", device=device)


def slots(notes: int, controllers: int) -> dict[int, MidiSlotRecord]:
    made = {n + 1: MidiSlotRecord(note=n, channel=1) for n in range(notes)}
    return made | {notes + n + 1: MidiSlotRecord(cc=n, channel=2) for n in range(controllers)}
