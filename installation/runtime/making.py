"""From an artist's file to facts and plans: used by the builder, which tries first, and by control, which then plays.

    driver_facts(record, folder)       what a sensor gives
    compose(scene, name, piece, cache) the plan of a scene's sound
    scene_facts(record, piece, cache)  a scene's parameters, and its plan
"""
from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ..audio import ug
from ..audio.flatten import flatten
from ..audio.graph import Graph, parameter
from ..audio.plan import Plan
from ..rules.check import DriverFacts, SceneFacts
from ..rules.piece import Piece, SceneRecord, SensorRecord
from ..rules.scene import Scene
from ..terms.fault import Fault
from .loading import driver_file, fault_of, load_driver, load_scene


def driver_facts(record: SensorRecord, folder: Path) -> DriverFacts:
    """What a configured sensor gives. Raises Fault if its driver cannot be found, loaded, or given its options."""
    from .sensing import built_in_facts

    facts = built_in_facts(record)
    if facts is not None:
        return facts
    try:
        path = driver_file(record.driver, folder)
        driver = load_driver(path)(**record.options)
    except Fault as fault:
        raise fault.at(record.where) from None
    except (Exception, SystemExit) as error:
        raise fault_of(error, path) from error
    return DriverFacts(dict(driver.base_fields()), driver.pace, (*driver.options, "baud", "pace"))


def compose(scene: Scene, path: Path, name: str, piece: Piece, cache: Path) -> Plan | None:
    """The plan of a scene's sound; None if it is silent. Raises Fault naming file and line."""
    operands: dict[str, Any] = {key: parameter(key, entry.declaration(name)) for key, entry in type(scene).params().items()}
    try:
        with ug.piece(piece.folder, piece.sound.rate, cache / "recordings"), scene.composing(operands):
            result = scene.sound()
        if result is None:
            return None
        graph = Graph.collect(result, outputs=piece.room.outputs, rate=piece.sound.rate, loudspeakers=piece.room.loudspeakers,
                              seed=piece.seed, name=name)
        return flatten(graph, side_by_side=True)
    except (Exception, SystemExit) as error:
        raise fault_of(error, path) from error


def scene_facts(record: SceneRecord, piece: Piece, cache: Path, source: str | None = None) -> tuple[SceneFacts, Plan | None]:
    """A scene's parameters and plan, from its file or from the text that was read there. Raises Fault naming file and line."""
    kind = load_scene(record.file, source)
    try:
        declarations = {key: entry.declaration(record.name) for key, entry in kind.params().items()}
        scene = kind()
    except (Exception, SystemExit) as error:
        raise fault_of(error, record.file) from error
    plan = compose(scene, record.file, record.name, piece, cache)
    about = (sys.modules[kind.__module__].__doc__ or kind.__doc__ or "").strip()
    units = () if plan is None else tuple(sorted({entry.unit.name for entry in plan.units}))
    return SceneFacts(declarations, about, units), plan
