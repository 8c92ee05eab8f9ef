"""From an artist's file to facts and plans: used by the builder, which tries first, and by control, which then plays.

    driver_facts(record, folder)       what a sensor gives
    compose(scene, name, piece, cache) the plans of a scene's sound and voices
    scene_facts(record, piece, cache)  a scene's parameters, and its plans
"""
from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...audio import ug
from ...audio.eights import as_voice
from ...audio.flatten import flatten
from ...audio.graph import Graph, parameter
from ...audio.plan import Input, Plan
from ...audio.sends import check_sends
from ...rules.check import DriverFacts, SceneFacts
from ...rules.piece import Piece, SceneRecord, SensorRecord
from ...rules.scene import Scene
from ...rules.voice import VoiceWord, voices_of
from ...terms.fault import Fault
from ...terms.quantity import quantity
from ...terms.words import both
from .loading import driver_file, fault_of, load_driver, load_scene


def driver_facts(record: SensorRecord, folder: Path) -> DriverFacts:
    """What a configured sensor gives. Raises Fault if its driver cannot be found, loaded, or given its options."""
    from ..senses.sensing import built_in_facts

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


@dataclass(frozen=True, slots=True)
class Composed:
    """What a scene sounds like.

    sound   the plan of sound(); None if it is silent
    voices  the plan of each of its voices
    sends   what they send to it: channels by name
    """

    sound: Plan | None = None
    voices: dict[str, Plan] = field(default_factory=dict)
    sends: dict[str, int] = field(default_factory=dict)

    def plans(self) -> Iterator[Plan]:
        """All of them."""
        if self.sound is not None:
            yield self.sound
        for plan in self.voices.values():
            yield plan
            if plan.eight is not None:
                yield plan.eight.plan


def compose(scene: Scene, path: Path, name: str, piece: Piece, cache: Path) -> Composed:
    """The plans of a scene. Raises Fault naming file and line."""
    operands: dict[str, Any] = {key: parameter(key, entry.declaration(name)) for key, entry in type(scene).params().items()}

    def result_of(sound: Callable[[], Any]) -> Any:
        with ug.piece(piece.folder, piece.sound.rate, cache / "recordings"), scene.composing(operands):
            return sound()

    def plan_of(result: Any, called: str, seed: int) -> Plan:
        plan = flatten(Graph.collect(result, outputs=piece.room.outputs, rate=piece.sound.rate, loudspeakers=piece.room.loudspeakers,
                                     seed=seed, name=called), side_by_side=True)
        check_inputs(plan, piece.sound.inputs)
        return plan

    def voice_plan(key: str, word: VoiceWord) -> Plan:
        own = {argument: parameter(f"{key}.{argument}", declared) for argument, declared in word.declarations(name).items()}
        result = result_of(lambda: word.composed(scene, own))
        if result is None:
            raise Fault(both(f'the voice "{key}" returned nothing', f"la voix « {key} » n'a rien rendu"), id="voice.nothing",
                        remedy=both("It returns what ug.place and ug.to give, like sound().", "Elle rend ce que donnent ug.place et ug.to, comme sound()."))
        plan, other = plan_of(result, f"{name}.{key}", piece.seed), plan_of(result, f"{name}.{key}", piece.seed + 1)
        if plan.streams:
            raise Fault(both(f'the voice "{key}" streams {plan.streams[0].path.name} from disk',
                             f"la voix « {key} » lit {plan.streams[0].path.name} du disque"),
                        id="voice.stream", remedy=both("A voice begins at once: ug.play holds a recording in memory.",
                                                       "Une voix commence aussitôt : ug.play garde l'enregistrement en mémoire."))
        return as_voice(plan, other, word.limit)

    where = ""
    try:
        result = result_of(scene.sound)
        sound = None if result is None else plan_of(result, name, piece.seed)
        voices = {}
        for key, word in voices_of(type(scene)).items():
            where = word.where
            voices[key] = voice_plan(key, word)
        where = ""
        return Composed(sound, voices, check_sends(sound, voices))
    except (Exception, SystemExit) as error:
        fault = fault_of(error, path)
        if where and fault.where == str(path):         # no line of its own: the voice's
            fault.where = where
        raise fault from error


def check_inputs(plan: Plan, opened: int) -> None:
    """Raises Fault, at the word's line, if the plan listens to an input of the card that the piece does not open."""
    for planned in plan.units:
        wanted = max((binding.row + binding.channels for binding in planned.bindings if isinstance(binding, Input)), default=0)
        if wanted > opened:
            raise Fault(both(f"it listens to input {wanted}, the piece opens {opened}", f"elle écoute l'entrée {wanted}, la pièce en ouvre {opened}"),
                        where=planned.where, id="graph.input",
                        remedy=both(f"config.yaml: sound: {{inputs: {wanted}}}", f"config.yaml : sound: {{inputs: {wanted}}}"))


def scene_facts(record: SceneRecord, piece: Piece, cache: Path, source: str | None = None) -> tuple[SceneFacts, Composed]:
    """A scene's parameters and plans, from its file or from the text that was read there. Raises Fault naming file and line."""
    kind = load_scene(record.file, source)
    try:
        declarations = {key: entry.declaration(record.name) for key, entry in kind.params().items()}
        silences = _silences(kind.silences)
        scene = kind()
    except (Exception, SystemExit) as error:
        raise fault_of(error, record.file) from error
    composed = compose(scene, record.file, record.name, piece, cache)
    about = (sys.modules[kind.__module__].__doc__ or kind.__doc__ or "").strip()
    units = tuple(sorted({entry.unit.name for plan in composed.plans() for entry in plan.units}))
    voices = {key: word.playing(record.name) for key, word in voices_of(kind).items()}
    return SceneFacts(declarations, about, units, voices=voices, silences=silences), composed


def _silences(written: object) -> float:
    """The seconds for which a scene may fall silent. Raises Fault if that is no time."""
    lasts = quantity(written, "s")
    if not 0.0 <= lasts <= 86_400.0:
        raise Fault(both(f"silences: expected 0 s to a day, got {written!r}", f"silences : il faut de 0 s à un jour, et non {written!r}"), id="scene.silences")
    return lasts
