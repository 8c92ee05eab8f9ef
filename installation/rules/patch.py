"""Whether everything has a place of its own: loudspeakers on outputs, lamps on slots, sensors and universes on devices and ports."""
from __future__ import annotations

from typing import Any

from ..terms.address import as_part
from ..terms.words import Words, both
from .lamps import ALL, SLOTS, FixtureRecord, Light, UniverseRecord
from .piece import Piece
from .references import record_paths, unknown
from .schema.findings import Findings

_KEYS_OF_PORT = {"enttec": ("device",), "artnet": ("host", "net", "subnet", "universe"), "sacn": ("host", "priority", "interface"), "midi": ("device", "slots")}
_NEEDED = {"enttec": "device", "artnet": "host", "sacn": "number", "midi": "device"}


def check_patch(piece: Piece, findings: Findings) -> None:
    """Note everything that stands where something else stands already, or where nothing can."""
    _room(piece, findings)
    _devices(piece, findings)
    for number, universe in piece.light.universes.items():
        _universe(universe, findings.inside("light.universes", str(number)), findings)
    _fixtures(piece.light, findings)
    _looks(piece.light, findings)
    _osc(piece, findings)


def _room(piece: Piece, findings: Findings) -> None:
    places = findings.source.places
    if "room.ring" in places and "room.loudspeakers" in places:
        findings.note("room.ring", both("`ring` and `loudspeakers` say the same thing twice",
                                        "`ring` et `loudspeakers` disent deux fois la même chose"),
                      remedy=both("Keep one of them.", "Gardez l'un des deux."), id="config.twice")
    outputs: dict[Any, str] = {}
    names: dict[Any, str] = {}
    for path, loudspeaker in zip(record_paths(findings.source.data, "room", "loudspeakers"), piece.room.loudspeakers):
        if loudspeaker.output is not None:
            _once(loudspeaker.output, f"{path}.output", both(f"output {loudspeaker.output}", f"la sortie {loudspeaker.output}"),
                  outputs, findings)
        if loudspeaker.name is not None:
            _once(as_part(loudspeaker.name), f"{path}.name",
                  both(f'the name "{loudspeaker.name}"', f"le nom « {loudspeaker.name} »"), names, findings)
        if loudspeaker.position is not None:
            for key in ("azimuth", "elevation", "distance"):
                if f"{path}.{key}" in places:
                    findings.note(f"{path}.{key}", both(f"`position` says {key} already", f"`position` dit déjà {key}"),
                                  id="config.twice")


def _devices(piece: Piece, findings: Findings) -> None:
    """One device serves one thing. A MIDI port may be read by several sensors: each takes its own messages."""
    taken: dict[Any, str] = {}
    for name, sensor in piece.sensors.items():
        if sensor.device is not None and sensor.driver != "midi":
            _once(sensor.device, f"{findings.inside('sensors', name)}.device", _device(sensor.device), taken, findings)
    lamps: dict[Any, str] = {}
    for number, universe in piece.light.universes.items():
        path = findings.inside("light.universes", str(number))
        if universe.port == "enttec" and universe.device is not None:
            _once(universe.device, f"{path}.device", _device(universe.device), taken, findings)
        elif universe.port == "midi" and universe.device is not None:
            _once(universe.device, f"{path}.device", _device(universe.device), lamps, findings)
        elif universe.port == "artnet" and universe.host is not None:
            words = both(f"port-address {universe.net}.{universe.subnet}.{universe.universe} at {universe.host}",
                         f"l'adresse de port {universe.net}.{universe.subnet}.{universe.universe} de {universe.host}")
            _once((universe.host, universe.port_address), path, words, lamps, findings)


def _universe(universe: UniverseRecord, path: str, findings: Findings) -> None:
    if universe.port is None:
        return
    for key in ("device", "host", "net", "subnet", "universe", "priority", "interface", "slots"):
        if key not in _KEYS_OF_PORT[universe.port] and f"{path}.{key}" in findings.source.places:
            findings.note(f"{path}.{key}", both(f"{universe.port} has no {key}", f"{universe.port} n'a pas de {key}"),
                          id="config.unused",
                          remedy=both(f"It has {', '.join(_KEYS_OF_PORT[universe.port])}.",
                                      f"Il a {', '.join(_KEYS_OF_PORT[universe.port])}."))
    needed = _NEEDED[universe.port]
    if getattr(universe, needed) is None and f"{path}.{needed}" not in findings.source.places:
        findings.note(path, both(f'"{needed}" is missing', f"« {needed} » manque"), id="config.missing")
    for slot, record in universe.slots.items():
        if (record.note is None) == (record.cc is None):
            findings.note(f"{path}.slots.{slot}",
                          both("a slot is either a note or a cc", "un canal est soit une note, soit un cc"), id="config.slot")


def _fixtures(light: Light, findings: Findings) -> None:
    names: dict[Any, str] = {}
    groups = {as_part(name): name for name in (*light.groups(), ALL)}
    slots: dict[tuple[int, int], FixtureRecord] = {}
    for path, fixture in zip(record_paths(findings.source.data, "light", "fixtures"), light.fixtures):
        if fixture.name is not None:
            _once(as_part(fixture.name), f"{path}.name", both(f'the name "{fixture.name}"', f"le nom « {fixture.name} »"), names,
                  findings)
            if as_part(fixture.name) in groups:
                findings.note(f"{path}.name", both(f'"{fixture.name}" is a group as well',
                                                   f"« {fixture.name} » est aussi un groupe"), id="config.duplicate")
        if fixture.kind is not None and fixture.kind not in light.kinds and f"light.kinds.{fixture.kind}" not in findings.source.places:
            unknown(fixture.kind, light.kinds, both("kind", "de sorte"), f"{path}.kind", findings)
        written = f"light.universes.{fixture.universe}" in findings.source.places
        if fixture.universe is not None and fixture.universe not in light.universes and not written:
            unknown(str(fixture.universe), [str(number) for number in light.universes], both("universe", "d'univers"),
                    f"{path}.universe", findings)
        _slots(fixture, path, light, slots, findings)


def _slots(fixture: FixtureRecord, path: str, light: Light, taken: dict[tuple[int, int], FixtureRecord],
           findings: Findings) -> None:
    kind = light.kinds.get(fixture.kind)
    if kind is None or kind.channels is None or fixture.address is None or fixture.universe is None:
        return
    last = fixture.address + len(kind.channels) - 1
    if last > SLOTS:
        findings.note(f"{path}.address",
                      both(f"a {fixture.kind} at {fixture.address} would reach slot {last}; a universe ends at {SLOTS}",
                                              f"un {fixture.kind} à {fixture.address} irait jusqu'au canal {last} ; un univers finit à {SLOTS}"),
                      remedy=both(f"The highest address is {SLOTS - len(kind.channels) + 1}.",
                                  f"L'adresse la plus haute est {SLOTS - len(kind.channels) + 1}."),
                      id="light.past")
        return
    own = [(fixture.universe, slot) for slot in range(fixture.address, last + 1)]
    clash = [slot for _, slot in own if (fixture.universe, slot) in taken]
    if clash:
        other = taken[fixture.universe, clash[0]]
        span = f"{clash[0]}" if len(clash) == 1 else f"{clash[0]}–{clash[-1]}"
        findings.note(f"{path}.address",
                      both(f'"{fixture.name}" and "{other.name}" both use slot {span} of universe {fixture.universe}',
                                              f"« {fixture.name} » et « {other.name} » utilisent tous deux le canal {span} de l'univers {fixture.universe}"),
                      remedy=both(f"{other.name} stands at {other.where}.", f"{other.name} est à {other.where}."),
                      id="light.overlap")
    for place in own:
        taken.setdefault(place, fixture)
    universe = light.universes.get(fixture.universe)
    if universe is not None and universe.port == "midi":
        silent = [str(slot) for _, slot in own if slot not in universe.slots]
        if silent:
            findings.note(f"{path}.address", both(f"slot {', '.join(silent)} of universe {fixture.universe} says nothing in MIDI",
                                                  f"le canal {', '.join(silent)} de l'univers {fixture.universe} ne dit rien en MIDI"),
                          remedy=both("Declare it under `slots`, as a note or a cc.",
                                      "Déclarez-le sous `slots`, comme note ou cc."), id="light.slot")


def _looks(light: Light, findings: Findings) -> None:
    known = [*(fixture.name for fixture in light.fixtures if fixture.name), *light.groups(), ALL]
    for name in light.neutral:
        if name not in known:
            unknown(name, known, both("fixture or group", "de projecteur ni de groupe"), findings.inside("light.neutral", name),
                    findings)
    for group, members in light.flash_groups.items():
        for member in members:
            if member not in known:
                unknown(member, known, both("fixture or group", "de projecteur ni de groupe"),
                        findings.inside("light.flash_groups", group), findings)


def _osc(piece: Piece, findings: Findings) -> None:
    """OSC sensors speak on the port of remote.osc."""
    if piece.remote.osc is not None or "remote.osc" in findings.source.places:
        return
    for name, sensor in piece.sensors.items():
        if sensor.driver == "osc":
            findings.note(f"{findings.inside('sensors', name)}.driver",
                          both("nothing listens to OSC; write remote.osc", "rien n'écoute l'OSC ; écrivez remote.osc"),
                          remedy=both("remote: {osc: {interface: …, port: 9000, allow: […]}}",
                                      "remote: {osc: {interface: …, port: 9000, allow: […]}}"),
                          id="config.reference")


def _once(thing: Any, path: str, words: Words, seen: dict[Any, str], findings: Findings) -> None:
    """Note a thing that was seen before."""
    if thing in seen:
        findings.note(path, both(f"{words.en} is taken already: {seen[thing]}", f"{words.fr} : déjà pris, {seen[thing]}"),
                      id="config.duplicate")
    seen.setdefault(thing, findings.where(path))


def _device(name: str) -> Words:
    return both(f'device "{name}"', f"l'appareil « {name} »")
