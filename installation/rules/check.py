"""The second look at a piece: what takes its drivers and scenes to know.

    cross_check(piece, drivers, scenes)        every fault between config.yaml and the files it names
    describe, as_data                          the piece as it is understood, for people and for programs
    tree_declarations                          every address of its tree

A sensor or scene whose facts are missing (its file has a fault of its own) is passed over, so that one fault is said once.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..terms.declaration import Access, Declaration, Kind
from ..terms.fault import Fault, did_you_mean
from ..terms.quantity import known_unit, quantity
from ..terms.words import Words, both
from .addresses import HANDS, address_of, tree_declarations
from .describe import as_data, describe, shown_path
from .expression import Expression
from .facts import DriverFacts, SceneFacts
from .piece import MappingRecord, Piece, SceneRecord, SensorRecord
from .schema.chain import COMBINE, COMBINED
from .schema.findings import MOST, show
from .schema.measure import Measure
from .steps import STEPS

__all__ = ["DriverFacts", "SceneFacts", "as_data", "cross_check", "describe", "tree_declarations"]

_KEEP_UNIT = ("clip", "smooth", "one_euro", "median", "slew")      # steps after which a value measures what it did before


def cross_check(piece: Piece, drivers: Mapping[str, DriverFacts], scenes: Mapping[str, SceneFacts]) -> list[Fault]:
    """Every fault that shows only now, in the order of the file's sections."""
    faults: list[Fault] = []
    for name, sensor in piece.sensors.items():
        if name in drivers:
            faults += _sensor(piece, sensor, drivers[name])
    tree = {declaration.address: declaration for declaration in tree_declarations(piece, drivers, scenes)}
    for mapping in piece.mappings:
        if len(faults) > MOST:
            break
        faults += _mapping(piece, mapping, drivers, scenes, tree)
    for name, scene in piece.scenes.items():
        if name in scenes:
            faults += [fault for key, value in scene.params.items() if (fault := _preset(piece, scene, key, value, scenes[name]))]
    for layer in piece.score:
        for change in layer.changes:
            names = Expression.parse(change.when).names if change.when else ()
            faults += [fault for name in names if (fault := _field(piece, name, drivers, piece.where(change, "when")))]
    return faults


def _sensor(piece: Piece, sensor: SensorRecord, facts: DriverFacts) -> list[Fault]:
    faults = []
    for field in sensor.rest:
        where = piece.where(sensor, f"rest.{field}")
        if field not in facts.fields:
            faults.append(_no_field(sensor, field, facts, where))
        elif field in sensor.rest_units and not Measure(0.0, sensor.rest_units[field]).fits(facts.fields[field]):
            faults.append(_wrong_unit(sensor.rest_units[field], facts.fields[field], f"{sensor.name}.{field}", where))
    for option in sensor.options:
        if facts.options and option not in facts.options:
            faults.append(_none_such(both(f'{sensor.driver} has no option "{option}"',
                                          f"{sensor.driver} n'a pas d'option « {option} »"), option,
                                     [*facts.options, "driver", "device", "hold", "rest"], "", piece.where(sensor, option),
                                     "driver.option"))
    return faults


def _mapping(piece: Piece, mapping: MappingRecord, drivers: Mapping[str, DriverFacts], scenes: Mapping[str, SceneFacts],
             tree: Mapping[str, Declaration]) -> list[Fault]:
    faults = [fault for source in mapping.sources if (fault := _field(piece, source, drivers, piece.where(mapping, "from")))]
    scene = mapping.to.partition(".")[0]
    where = piece.where(mapping, "to")
    target = tree.get(address_of(mapping.to))
    if target is None:
        if mapping.to.startswith("/"):
            if not _hidden(mapping.to, piece, drivers, scenes):
                faults.append(_none_such(both(f"there is no address {mapping.to}", f"il n'y a pas d'adresse {mapping.to}"),
                                         mapping.to, list(tree), "",
                                         where, "mapping.address", listed=False))
        elif scene in scenes:
            faults.append(_no_param(piece, piece.scenes[scene], mapping.to.partition(".")[2], scenes[scene], where))
    elif target.address.startswith(HANDS):
        faults.append(Fault(both(f"{mapping.to} is for hands; a sensor does not move it", f"{mapping.to} est pour les mains ; un capteur ne le déplace pas"),
                            where=where, id="mapping.hands"))
    elif target.access is Access.READ:
        faults.append(Fault(both(f"{mapping.to} is only read", f"{mapping.to} se lit seulement"), where=where, id="mapping.read"))
    else:
        faults += _kinds(mapping, target, where)
    if not faults:
        faults += _units(piece, mapping, drivers, target)
    return faults


def _kinds(mapping: MappingRecord, target: Declaration, where: str) -> list[Fault]:
    if target.kind in (Kind.TEXT, Kind.COLOUR):
        what = both("a text", "un texte") if target.kind is Kind.TEXT else both("a colour", "une couleur")
        return [Fault(both(f"{mapping.to} is {what.en}; a mapping gives numbers",
                           f"{mapping.to} est {what.fr} ; un mapping donne des nombres"), where=where,
                      id="mapping.kind")]
    if target.kind in (Kind.TRIGGER, Kind.BOOL) and not _truth(mapping):
        en, fr = ("a trigger", "un déclencheur") if target.kind is Kind.TRIGGER else ("true or false", "vrai ou faux")
        return [Fault(both(f"{mapping.to} is {en}, and the mapping gives a number",
                           f"{mapping.to} est {fr}, et le mapping donne un nombre"), where=where,
                      remedy=both("Say when: `threshold: {on: 0.8, off: 0.6}`.",
                                  "Dites quand : `threshold: {on: 0.8, off: 0.6}`."), id="mapping.kind")]
    return []


def _truth(mapping: MappingRecord) -> bool:
    """Whether what comes out is true or false."""
    truth = False
    for name, arguments in mapping.steps:
        if name == COMBINE:
            truth = arguments["how"] not in COMBINED and Expression.parse(arguments["how"]).truth
        elif name != "invert":
            truth = name == "threshold"
    return truth


def _units(piece: Piece, mapping: MappingRecord, drivers: Mapping[str, DriverFacts], target: Declaration | None) -> list[Fault]:
    """Follow the unit through the steps. None: not known, nothing to compare."""
    unit, fault = _incoming(piece, mapping, drivers)
    if fault:
        return [fault]
    for name, arguments in mapping.steps:
        if name == COMBINE:
            continue
        step, where = STEPS[name](**arguments), piece.where(mapping, name)
        wrong = next((measure for measure in step.comes() if unit is not None and not measure.fits(unit)), None)
        if wrong is not None and unit is not None:
            return [_wrong_unit(wrong.unit, unit, ", ".join(mapping.sources), where)]
        if name not in _KEEP_UNIT:
            unit = next((measure.unit for measure in step.goes() if measure.unit), None)
            if unit is not None and target is not None and not Measure(0.0, unit).fits(target.unit):
                return [_wrong_unit(unit, target.unit, mapping.to, where)]
    if target is None or target.kind is not Kind.FLOAT:
        return []
    if unit is not None and not Measure(0.0, unit).fits(target.unit):
        return [Fault(both(f"{', '.join(mapping.sources)} is in {unit}, {mapping.to} in {target.unit or 'no unit'}",
                           f"{', '.join(mapping.sources)} est en {unit}, {mapping.to} en {target.unit or 'sans unité'}"),
                      where=piece.where(mapping, "to"),
                      remedy=both(f"`range: [from, to, low, high]` takes {unit} to {target.unit or 'a plain number'}.",
                                  f"`range: [de, à, bas, haut]` mène de {unit} à {target.unit or 'un nombre'}."),
                      id="unit.mismatch")]
    return _stale(piece, mapping, target)


def _incoming(piece: Piece, mapping: MappingRecord, drivers: Mapping[str, DriverFacts]) -> tuple[str | None, Fault | None]:
    how = next((arguments["how"] for name, arguments in mapping.steps if name == COMBINE), "")
    units = [drivers[sensor].fields[field] for sensor, _,
             field in (source.partition(".") for source in mapping.sources) if sensor in drivers]
    if (how and how not in COMBINED) or len(units) < len(mapping.sources):
        return None, None
    if len({known_unit(unit).dimension for unit in units}) > 1:
        return None, Fault(both(f"{how} of {' and '.join(units)} makes no sense",
                                f"{how} de {' et '.join(units)} n'a pas de sens"),
                           where=piece.where(mapping, "combine"), id="unit.mismatch")
    return units[0], None


def _stale(piece: Piece, mapping: MappingRecord, target: Declaration) -> list[Fault]:
    value, where = mapping.when_stale, piece.where(mapping, "when_stale")
    if isinstance(value, (bool, str)) or value is None or mapping.stale_at < sum(name != COMBINE for name, _ in mapping.steps):
        return []
    if mapping.stale_unit and not Measure(0.0, mapping.stale_unit).fits(target.unit):
        return [_wrong_unit(mapping.stale_unit, target.unit, mapping.to, where)]
    fitted, clipped = target.fit(value)
    return [_outside(value, target, mapping.to, where)] if clipped else []


def _preset(piece: Piece, scene: SceneRecord, name: str, written: Any, facts: SceneFacts) -> Fault | None:
    where = piece.where(scene, f"params.{name}")
    if name not in facts.params:
        return _no_param(piece, scene, name, facts, where)
    declaration = facts.params[name]
    if declaration.kind is Kind.TRIGGER:
        return Fault(both(f"{name} is a trigger; it has no value", f"{name} est un déclencheur ; il n'a pas de valeur"),
                     where=where, id="preset.trigger")
    try:
        number = declaration.kind in (Kind.FLOAT, Kind.INT)
        value, clipped = declaration.fit(quantity(written, declaration.unit) if number else written)
    except Fault as fault:
        return Fault(fault.happened, where=where, remedy=fault.remedy, id=fault.id)
    return _outside(written, declaration, f"{scene.name}.{name}", where) if clipped else None


def _field(piece: Piece, name: str, drivers: Mapping[str, DriverFacts], where: str) -> Fault | None:
    sensor, _, field = name.partition(".")
    if sensor not in drivers or field in drivers[sensor].fields:
        return None
    return _no_field(piece.sensors[sensor], field, drivers[sensor], where)


def _no_field(sensor: SensorRecord, field: str, facts: DriverFacts, where: str) -> Fault:
    return _none_such(both(f'{sensor.name} has no field "{field}"', f"{sensor.name} n'a pas de champ « {field} »"), field,
                      facts.fields,
                      f" ({sensor.driver})", where, "sensor.field")


def _no_param(piece: Piece, scene: SceneRecord, name: str, facts: SceneFacts, where: str) -> Fault:
    return _none_such(both(f'scene "{scene.name}" has no parameter "{name}"',
                           f"la scène « {scene.name} » n'a pas de paramètre « {name} »"), name,
                      facts.params, f" ({shown_path(piece, scene.file)})", where, "param.unknown")


def _none_such(happened: Words, name: str, known: Any, where_from: str, where: str, id: str, listed: bool = True) -> Fault:
    close = did_you_mean(name, known)
    listing = ", ".join(sorted(known)) or "–"
    hint = (f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else ("", "")
    tail = (f"It has {listing}{where_from}.", f"Il y a {listing}{where_from}.") if listed else ("", "")
    return Fault(happened, where=where, remedy=both(f"{hint[0]} {tail[0]}".strip(), f"{hint[1]} {tail[1]}".strip()), id=id)


def _wrong_unit(written: str, wanted: str, what: str, where: str) -> Fault:
    return Fault(both(f"{written} does not fit {what}, which is in {wanted or 'plain numbers'}",
                      f"{written} ne convient pas à {what}, qui est en {wanted or 'nombres sans unité'}"), where=where,
                 id="unit.mismatch")


def _outside(value: Any, target: Declaration, what: str, where: str) -> Fault:
    unit = f" {target.unit}" if target.unit not in ("", "ratio") else ""
    return Fault(both(f"{what} goes from {target.low} to {target.high}{unit}, got {show(value)}",
                      f"{what} va de {target.low} à {target.high}{unit}, et non {show(value)}"), where=where, id="value.range")


def _hidden(address: str, piece: Piece, drivers: Mapping[str, DriverFacts], scenes: Mapping[str, SceneFacts]) -> bool:
    """Whether the address belongs to a sensor or scene whose facts are not known."""
    parts = address.split("/")
    return len(parts) > 3 and ((parts[1] == "scene" and parts[2] in piece.scenes and parts[2] not in scenes)
                               or (parts[1] == "sensor" and parts[2] in piece.sensors and parts[2] not in drivers))
