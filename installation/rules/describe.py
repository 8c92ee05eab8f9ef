"""The piece as it is understood: `describe` for people, `as_data` for programs. Passwords show as "•••" in both."""
from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from ..terms.declaration import Declaration, Kind
from ..terms.words import Words, both, say
from .addresses import address_of, tree_declarations
from .facts import DriverFacts, SceneFacts
from .piece import REST, ChangeRecord, FixtureRecord, LayerRecord, MappingRecord, Piece, SensorRecord, UniverseRecord
from .schema.chain import COMBINE
from .schema.key import keys_of
from .schema.measure import Measure
from .source import Secret
from .steps import STEPS

Drivers = Mapping[str, DriverFacts]
Scenes = Mapping[str, SceneFacts]


def describe(piece: Piece, drivers: Drivers, scenes: Scenes) -> str:
    """The piece on a page: sensors, what they move, what plays, where it comes out. In the language that is spoken now."""
    blocks = [[f"{piece.title}  ({piece.file.name}, {_say('seed', 'graine')} {piece.seed})"], _sensors(piece, drivers),
              _mappings(piece),
              _scenes(piece, scenes), _score(piece), _outputs(piece), _lights(piece), _remote(piece)]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def as_data(piece: Piece, drivers: Drivers, scenes: Scenes) -> dict[str, Any]:
    """The same as plain data, ready for json: nothing in it is infinite, and no password."""
    plain = _Plain(piece)
    return {
        "piece": piece.title, "language": piece.language, "seed": piece.seed, "folder": str(piece.folder),
            "config": piece.file.name,
        "sound": plain.of(piece.sound),
        "room": plain.of(piece.room),
        "outputs": [{"output": speaker.output, "loudspeaker": speaker.name, "azimuth": speaker.azimuth,
                     "elevation": speaker.elevation,
                     "distance": speaker.distance, "gain": speaker.gain, "delay": speaker.delay}
                    for speaker in piece.room.loudspeakers],
        "sensors": {name: {"driver": sensor.driver, "device": sensor.device,
                           "fields": dict(drivers[name].fields) if name in drivers else None,
                           "pace": plain.of(drivers[name].pace) if name in drivers else None, "hold": sensor.hold,
                           "rest": dict(sensor.rest),
                           "options": plain.of(sensor.options), "where": sensor.where} for name, sensor in piece.sensors.items()},
        "mappings": [{"from": list(mapping.sources), "to": mapping.to,
                      "steps": [{name: plain.of(_named(name, arguments))} for name, arguments in mapping.steps],
                      "when_stale": plain.of(mapping.when_stale), "where": mapping.where} for mapping in piece.mappings],
        "scenes": {name: {"file": shown_path(piece, scene.file), "about": scenes[name].about if name in scenes else None,
                          "params": {key: _declared(declaration) for key, declaration in scenes[name].params.items()}
                          if name in scenes else None,
                          "preset": plain.of(scene.params), "where": scene.where} for name, scene in piece.scenes.items()},
        "score": plain.of(piece.score),
        "universes": {str(number): plain.of(universe) for number, universe in piece.light.universes.items()},
        "light": {"rate": piece.light.rate, "neutral": plain.of(piece.light.neutral),
                  "flash_groups": plain.of(piece.light.flash_groups),
                  "fixtures": [{**plain.of(fixture), "slots": len(piece.light.kinds[fixture.kind].channels)}
                               for fixture in piece.light.fixtures]},
        "remote": plain.of(piece.remote),
        "tree": [{"address": declaration.address, **_declared(declaration)}
                 for declaration in tree_declarations(piece, drivers, scenes)],
    }


def shown_path(piece: Piece, path: Path) -> str:
    """A file of the piece as it is called from its folder."""
    folder = piece.folder.resolve()
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


class _Plain:
    """Records as dictionaries, keys by their own names, nothing that json cannot hold."""

    def __init__(self, piece: Piece) -> None:
        self.piece = piece

    def of(self, value: Any) -> Any:
        if isinstance(value, Secret):
            return repr(value)
        if isinstance(value, Measure):
            return f"{value.value:g} {value.unit}" if value.unit else value.value
        if is_dataclass(value) and not isinstance(value, type):
            return {_key(type(value), entry.name): self.of(getattr(value, entry.name)) for entry in fields(value)}
        if isinstance(value, Mapping):
            return {str(key): self.of(inner) for key, inner in value.items()}
        if isinstance(value, (tuple, list)):
            return [self.of(inner) for inner in value]
        if isinstance(value, Path):
            return shown_path(self.piece, value)
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _key(record: type | None, field_name: str) -> str:
    """A field by the name that it has in config.yaml."""
    keys = keys_of(record) if record else {}
    return keys[field_name].name if field_name in keys else field_name


def _declared(declaration: Declaration) -> dict[str, Any]:
    return {"type": declaration.kind.value, "unit": declaration.unit, "range": [declaration.low, declaration.high],
            "default": list(declaration.default) if isinstance(declaration.default, tuple) else declaration.default,
            "curve": declaration.curve.value, "glide": declaration.glide, "access": declaration.access.value,
            "persists": declaration.persists,
            "choices": list(declaration.choices), "about": {"en": declaration.about.en, "fr": declaration.about.fr}}


def _sensors(piece: Piece, drivers: Drivers) -> list[str]:
    rows = [(name, sensor.driver, sensor.device or "–",
             ", ".join(f"{field} {unit}".strip() for field, unit in drivers[name].fields.items())
             if name in drivers else "?", _quiet(sensor)) for name, sensor in piece.sensors.items()]
    return _block(both("Sensors", "Capteurs"), rows)


def _quiet(sensor: SensorRecord) -> str:
    rest = ", ".join(f"{field} {_number(value)} {sensor.rest_units.get(field, '')}".strip() for field,
                     value in sensor.rest.items())
    return _say(f"silent: holds {sensor.hold:g} s",
                f"muet : tient {sensor.hold:g} s") + (_say(f", then {rest}", f", puis {rest}") if rest else "")


def _mappings(piece: Piece) -> list[str]:
    return _block(both("Mappings", "Correspondances"),
                  [(", ".join(mapping.sources), "→", mapping.to, _chain(mapping)) for mapping in piece.mappings])


def moved_by(piece: Piece) -> dict[str, list[str]]:
    """Which mappings move an address, in words: where their readings come from, and through which steps."""
    moved: dict[str, list[str]] = {}
    for mapping in piece.mappings:
        moved.setdefault(address_of(mapping.to), []).append(" · ".join(part for part in (", ".join(mapping.sources), _chain(mapping)) if part))
    return moved


def _chain(mapping: MappingRecord) -> str:
    parts = [arguments["how"] if name == COMBINE else f"{name} {_arguments(name, arguments)}".strip() for name,
             arguments in mapping.steps]
    if mapping.when_stale != REST:
        value = mapping.when_stale
        said = _say("let go", "lâche") if value is None else value if isinstance(value, str) else _truth(value)
        combines = sum(name == COMBINE for name, _ in mapping.steps)
        parts.insert(mapping.stale_at + combines, _say(f"when silent: {said}", f"si muet : {said}"))
    return " · ".join(parts)


def _named(step: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {_key(STEPS.get(step), name): value for name, value in arguments.items()}


def _arguments(step: str, arguments: Mapping[str, Any]) -> str:
    shown = {name: _argument(value) for name,
             value in _named(step, arguments).items() if value is not None and value != 0.0 and value != "lin"}
    if step == "range":
        return f"{shown.pop('from')} → {shown.pop('to')} {' '.join(shown.values())}".strip()
    return next(iter(shown.values())) if len(shown) == 1 else ", ".join(f"{name} {value}" for name, value in shown.items())


def _argument(value: Any) -> str:
    if isinstance(value, Measure):
        return f"{_number(value.value)} {value.unit}".strip()
    if isinstance(value, tuple):
        return " … ".join(_argument(inner) for inner in value)
    return _number(value) if isinstance(value, float) else str(value)


def _scenes(piece: Piece, scenes: Scenes) -> list[str]:
    rows = []
    for name, scene in piece.scenes.items():
        facts = scenes.get(name)
        params = [_param(declaration, scene.params) for declaration in facts.params.values()] if facts else []
        voices = [f"{voice}() ×{_number(declaration.high)}" for voice, declaration in facts.voices.items()] if facts else []
        rows.append((name, shown_path(piece, scene.file), ", ".join([*params, *voices]) or "–"))
    return _block(both("Scenes", "Scènes"), rows)


def _param(declaration: Declaration, preset: Mapping[str, Any]) -> str:
    name = declaration.address.rpartition("/")[2]
    if declaration.kind not in (Kind.FLOAT, Kind.INT):
        return f"{name} ({declaration.kind.value})"
    bounds = f" {_number(declaration.low)}…{_number(declaration.high)}" if declaration.low is not None and declaration.high is not None else ""
    unit = f" {declaration.unit}" if declaration.unit not in ("", "ratio") else ""
    return f"{name}{bounds}{unit}" + (f" (= {preset[name]})" if name in preset else "")


def _score(piece: Piece) -> list[str]:
    lines = []
    for layer in piece.score:
        lines.append(_layer(layer))
        lines += [f"  {row}" for row in _rows([(change.leave or "*", "→", change.to, _reason(change))
                                               for change in layer.changes])]
    return [_say("Score", "Partition"), *(f"  {line}" for line in lines)] if lines else []


def _layer(layer: LayerRecord) -> str:
    idle = _say(f", idle {layer.idle}", f", au repos {layer.idle}") if layer.idle else ""
    start = layer.start or _say("silence", "silence")
    return _say(f"{layer.name}: starts with {start}{idle}, fades {layer.fade:g} s",
                f"{layer.name} : commence par {start}{idle}, fondus {layer.fade:g} s")


def _reason(change: ChangeRecord) -> str:
    parts = []
    if change.when:
        parts.append(_say(f"when {change.when}", f"quand {change.when}") + (_say(f" for {change.dwell:g} s",
                                                                                 f" pendant {change.dwell:g} s") if change.dwell
                                                                            else ""))
    if change.after is not None:
        parts.append(_say(f"after {change.after:g} s", f"après {change.after:g} s"))
    if change.fade is not None:
        parts.append(_say(f"fade {change.fade:g} s", f"fondu {change.fade:g} s"))
    return ", ".join(parts)


def _outputs(piece: Piece) -> list[str]:
    sound = piece.sound
    head = _say(f"Outputs  card {sound.card}, {sound.rate} Hz, gain {piece.room.gain:g} dB, ceiling {sound.ceiling:g} dBFS",
                f"Sorties  carte {sound.card}, {sound.rate} Hz, gain {piece.room.gain:g} dB, plafond {sound.ceiling:g} dBFS")
    rows = [(str(speaker.output), speaker.name,
             f"{speaker.azimuth:+.5g}°" + (f" {speaker.elevation:+.5g}°" if speaker.elevation else ""),
             f"{speaker.distance:g} m" if speaker.distance is not None else "", f"{speaker.gain:+g} dB" if speaker.gain else "",
             f"{speaker.delay * 1000:g} ms" if speaker.delay else "") for speaker in piece.room.loudspeakers]
    return [head, *(f"  {row}" for row in _rows(rows))]


def _lights(piece: Piece) -> list[str]:
    light = piece.light
    universes = [(str(number), _port(universe)) for number, universe in light.universes.items()]
    return [*_block(both("Universes", "Univers"), universes),
            *_block(both("Lamps", "Lampes"), [_lamp(fixture, piece) for fixture in light.fixtures])]


def _port(universe: UniverseRecord) -> str:
    if universe.port == "artnet":
        return f"artnet {universe.host} {universe.net}.{universe.subnet}.{universe.universe}"
    if universe.port == "sacn":
        return f"sacn {universe.number} {universe.host or 'multicast'}"
    return f"{universe.port} {universe.device}"


def _lamp(fixture: FixtureRecord, piece: Piece) -> tuple[str, ...]:
    last = fixture.address + len(piece.light.kinds[fixture.kind].channels) - 1
    slots = f"{fixture.address}–{last}" if last > fixture.address else f"{fixture.address}"
    return fixture.name, fixture.kind, f"{_say('universe', 'univers')} {fixture.universe}: {slots}", ", ".join(fixture.groups)


def _remote(piece: Piece) -> list[str]:
    said = []
    for name, record in ((_say("OSC", "OSC"), piece.remote.osc), (_say("page", "page"), piece.remote.web)):
        if record is not None:
            networks = ", ".join(str(network) for network in record.allow)
            said.append(_say(f"{name} at {record.interface}:{record.port}, from {networks}", f"{name} sur {record.interface}:{record.port}, depuis {networks}"))
    return [_say("Remote  ", "À distance  ") + ("; ".join(said) or _say("nothing listens", "rien n'écoute"))]


def _block(title: Words, rows: Sequence[tuple[str, ...]]) -> list[str]:
    return [say(title), *(f"  {row}" for row in _rows(rows))] if rows else []


def _rows(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Rows in columns."""
    rows = list(rows)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]


def _truth(value: float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else _number(value)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.6g}"


def _say(en: str, fr: str) -> str:
    return say(both(en, fr))
