"""Whether what a piece refers to is there: sensors, scenes, drivers, and names inside expressions. As far as config.yaml alone can tell."""
from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..terms.address import is_address, is_name
from ..terms.fault import Fault, did_you_mean
from ..terms.words import Words, both
from .expression import Expression
from .piece import ChangeRecord, LayerRecord, MappingRecord, Piece, SensorRecord
from .schema.chain import COMBINE, COMBINED
from .schema.files import file_inside
from .schema.findings import Findings
from .score import SILENCE

BUILT_IN = ("osc", "midi", "mqtt", "clock", "visitors")     # drivers that are part of the engine, not files


def check_references(piece: Piece, findings: Findings, drivers: Collection[str] | None) -> None:
    """Note every reference to something that is not there."""
    data = findings.source.data
    for name, sensor in piece.sensors.items():
        _driver(sensor, findings.inside("sensors", name), findings, drivers)
    _report(piece, findings)
    sensors, scenes = _names(data, "sensors"), _names(data, "scenes")
    _mappings(piece.mappings, sensors, scenes, findings)
    if SILENCE in scenes:
        findings.note(findings.inside("scenes", SILENCE), both('"none" means silence; a scene needs another name',
                                                               "« none » veut dire silence ; une scène doit s'appeler autrement"),
                      id="config.name")
    seen: dict[str, str] = {}
    for path, layer in zip(record_paths(data, "score"), piece.score):
        _twice(layer.name, f"{path}.layer", "layer", "couche", seen, findings)
        _layer(layer, path, sensors, scenes, findings)


def record_paths(data: Any, *sections: str) -> list[str]:
    """The paths of the records of a list, in the order in which they were read."""
    for section in sections:
        data = data.get(section) if isinstance(data, dict) else None
    return [f"{'.'.join(sections)}[{index}]" for index, thing in enumerate(data) if isinstance(thing, dict)] if isinstance(data,
                                                                                                                           list) else []


def unknown(name: str, known: Iterable[str], kind: Words, path: str, findings: Findings) -> None:
    """Note that nothing of that kind has that name, with the closest one and the list. `kind` carries its article in French."""
    known = list(known)
    close = did_you_mean(name, known)
    listing = ", ".join(known[:40])
    hint = (f'Did you mean "{close}"? ', f"Peut-être « {close} » ? ") if close else ("", "")
    remedy = both(f"{hint[0]}Known here: {listing}.", f"{hint[1]}Connus ici : {listing}.") if known else both("There are none.",
                                                                                                              "Il n'y en a pas.")
    findings.note(path, both(f'there is no {kind.en} "{name}"', f"il n'y a pas {kind.fr} « {name} »"), remedy=remedy,
                  id="config.reference")


SENSOR, SCENE = both("sensor", "de capteur"), both("scene", "de scène")


def _names(data: Mapping[str, Any], section: str) -> list[str]:
    """The names as written, also of things that have faults of their own."""
    found = data.get(section)
    return list(found) if isinstance(found, dict) else []


def _report(piece: Piece, findings: Findings) -> None:
    """A heartbeat needs somewhere to go, and a broker where it goes by MQTT; figures need the page."""
    beat = piece.report.heartbeat
    if beat is not None and beat.url is None and beat.mqtt is None:
        findings.note("report.heartbeat", both("it needs `url` or `mqtt`", "il faut `url` ou `mqtt`"), id="config.missing")
    if beat is not None and beat.mqtt is not None and piece.mqtt is None:
        findings.note("report.heartbeat.mqtt", both("the piece names no broker", "la pièce ne nomme aucun broker"), id="config.missing",
                      remedy=both("Write `mqtt: {host: 192.168.1.10}`.", "Écrivez `mqtt: {host: 192.168.1.10}`."))
    if piece.report.metrics and piece.remote.web is None:
        findings.note("report.metrics", both("figures are given by the page's server, and there is no `remote: web:`",
                                             "les chiffres sont donnés par le serveur de la page, et il n'y a pas de `remote: web:`"), id="config.missing")


def _driver(sensor: SensorRecord, path: str, findings: Findings, drivers: Collection[str] | None) -> None:
    driver = sensor.driver
    if driver is None:
        return
    if driver.endswith(".py") or "/" in driver:
        file_inside(driver, f"{path}.driver", findings)
    elif driver == "mqtt" and "mqtt" not in findings.source.data:
        findings.note(f"{path}.driver", both("this sensor speaks MQTT, and the piece names no broker",
                                             "ce capteur parle MQTT, et la pièce ne nomme aucun broker"), id="config.missing",
                      remedy=both("Write `mqtt: {host: 192.168.1.10}`.", "Écrivez `mqtt: {host: 192.168.1.10}`."))
    elif drivers is not None and driver not in BUILT_IN and driver not in drivers and not _own(driver, findings):
        unknown(driver, sorted({*drivers, *BUILT_IN}), both("driver", "de pilote"), f"{path}.driver", findings)


def _own(driver: str, findings: Findings) -> bool:
    return is_name(driver) and (findings.folder / "sensors" / f"{driver}.py").is_file()


def _mappings(mappings: tuple[MappingRecord, ...], sensors: list[str], scenes: list[str], findings: Findings) -> None:
    moved: dict[str, str] = {}
    for path, mapping in zip(record_paths(findings.source.data, "mappings"), mappings):
        _sources(mapping, path, sensors, findings)
        if mapping.to is not None:
            _target(mapping.to, f"{path}.to", scenes, findings)
            target = mapping.to if mapping.to.startswith("/") else "/scene/" + mapping.to.replace(".", "/")
            if target in moved:
                findings.note(f"{path}.to", both(f"{mapping.to} is moved by {moved[target]} already",
                                                 f"{mapping.to} est déjà déplacé par {moved[target]}"),
                              remedy=both("Join the two: list both readings under `from`, and say how under `combine`.",
                                          "Réunissez-les : les deux mesures sous `from`, et la façon sous `combine`."),
                              id="config.duplicate")
            moved.setdefault(target, findings.where(path))


def _sources(mapping: MappingRecord, path: str, sensors: list[str], findings: Findings) -> None:
    sources = mapping.sources or ()
    for source in sources:
        reading(source, sensors, f"{path}.from", findings)
    if len(set(sources)) < len(sources):
        findings.note(f"{path}.from", both("a reading stands there twice", "une mesure y est deux fois"), id="config.duplicate")
    combines = [index for index, (name, _) in enumerate(mapping.steps) if name == COMBINE]
    if len(sources) > 1 and not combines and COMBINE not in _written(findings, path):
        findings.note(path, both("several readings need `combine`: min, max, mean or an expression",
                                 "plusieurs mesures veulent `combine` : min, max, mean ou une expression"), id="mapping.combine")
    if combines and (combines[0] != 0 or len(combines) > 1):
        findings.note(f"{path}.combine",
                      both("`combine` stands once, before the other steps", "`combine` vient une fois, avant les autres étapes"),
                      id="mapping.combine")
    for index in combines:
        how = mapping.steps[index][1]["how"]
        if how not in COMBINED and sources:
            for name in Expression.parse(how).names:
                if name not in sources:
                    unknown(name, sources, both("reading under `from`,", "dans `from` de mesure"), f"{path}.combine", findings)


def _written(findings: Findings, path: str) -> Any:
    """The keys of a mapping as they are written, those of its `steps` list among them."""
    index = int(path[path.rfind("[") + 1:-1])
    data = findings.source.data["mappings"][index]
    steps = data.get("steps")
    return {*data, *(name for step in steps if isinstance(step, dict) for name in step)} if isinstance(steps, list) else set(data)


def reading(name: str, sensors: Iterable[str], path: str, findings: Findings) -> None:
    """Note what is wrong with the name of a reading."""
    sensor, dot, field = name.partition(".")
    if not dot or not is_name(sensor) or not is_name(field):
        findings.note(path, both(f'a reading is sensor.field, such as plinth.distance; got "{name}"',
                                 f"une mesure s'écrit capteur.champ, par exemple plinth.distance ; et non « {name} »"),
                      id="config.reading")
    elif sensor not in sensors:
        unknown(sensor, sensors, SENSOR, path, findings)


def _target(to: str, path: str, scenes: list[str], findings: Findings) -> None:
    scene, dot, param = to.partition(".")
    if to.startswith("/"):
        if not is_address(to):
            findings.note(path, both(f'"{to}" is not an address', f"« {to} » n'est pas une adresse"), id="config.address")
    elif not dot or not is_name(scene) or not param.isidentifier():
        findings.note(path, both(f'expected scene.parameter or an address such as /room/gain, got "{to}"',
                                 f"il faut scène.paramètre ou une adresse comme /room/gain, et non « {to} »"), id="config.target")
    elif scene not in scenes:
        unknown(scene, scenes, SCENE, path, findings)


def _layer(layer: LayerRecord, path: str, sensors: list[str], scenes: list[str], findings: Findings) -> None:
    for key, scene in (("start", layer.start), ("idle", layer.idle)):
        if scene is not None and scene not in scenes:
            unknown(scene, scenes, SCENE, f"{path}.{key}", findings)
    data = findings.source.data["score"][int(path[path.rfind("[") + 1:-1])]
    for inner, change in zip(record_paths(data, "changes"), layer.changes):
        _change(change, f"{path}.{inner}", sensors, scenes, findings)


def _change(change: ChangeRecord, path: str, sensors: list[str], scenes: list[str], findings: Findings) -> None:
    for key, scene in (("from", change.leave), ("to", change.to)):
        if scene is not None and scene not in scenes:
            unknown(scene, scenes, SCENE, f"{path}.{key}", findings)
    keys = findings.source
    if change.to is not None and change.leave == change.to:
        findings.note(f"{path}.to", both("a scene cannot follow itself", "une scène ne peut pas se suivre elle-même"),
                      id="score.change")
    if change.when is None and change.after is None and not {f"{path}.when", f"{path}.after"} & keys.places.keys():
        findings.note(path, both("this change never has a reason; write `when` or `after`",
                                 "ce passage n'a jamais de raison ; écrivez `when` ou `after`"),
                      id="score.change")
    if change.when is None and f"{path}.for" in keys.places and f"{path}.when" not in keys.places:
        findings.note(f"{path}.for", both("`for` says how long `when` must hold, and there is no `when`",
                                          "`for` dit combien de temps `when` doit tenir, et il n'y a pas de `when`"),
                      id="score.change")
    if change.when is not None:
        try:
            names = Expression.parse(change.when).names
        except Fault as fault:
            findings.note(f"{path}.when", fault.happened, remedy=fault.remedy, id=fault.id)
            return
        for name in names:
            reading(name, sensors, f"{path}.when", findings)


def _twice(name: str | None, path: str, en: str, fr: str, seen: dict[str, str], findings: Findings) -> None:
    if name is None:
        return
    if name in seen:
        findings.note(path, both(f'two of them are called "{name}"; the first: {seen[name]}',
                                 f"deux s'appellent « {name} » ; la première : {seen[name]}"),
                      id="config.duplicate")
    seen.setdefault(name, findings.where(path))
