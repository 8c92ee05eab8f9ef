"""From an artist's file to facts and a plan."""
from __future__ import annotations

import pytest

from installation.rules.config import load_piece
from installation.runtime.parts.making import driver_facts, scene_facts
from installation.terms.fault import Fault
from tests.runtime.house_at_work import CONFIG, TONE, Folder


def test_a_scene_becomes_its_parameters_its_first_page_and_a_plan(folder: Folder) -> None:
    folder.write("tone", '"""Tone: one tone."""\n' + TONE)
    piece = load_piece(folder.path)
    facts, composed = scene_facts(piece.scenes["tone"], piece, folder.cache)
    plan = composed.sound
    assert list(facts.params) == ["pitch", "level", "glow", "near"] and facts.about == "Tone: one tone." and plan is not None
    assert set(plan.params) == {"pitch", "level"}                # only what is heard is sent to the engine


def test_a_silent_scene_has_no_plan(folder: Folder) -> None:
    folder.write("tone", "from installation import Scene\nclass Tone(Scene):\n    def light(self):\n        return {'lamp': 1}\n")
    piece = load_piece(folder.path)
    assert scene_facts(piece.scenes["tone"], piece, folder.cache)[1].sound is None


@pytest.mark.parametrize("wrong, told", [
    ("ug.to(ug.sine(self.pitch) + self.level, output=1)", "dB"), ("ug.to(ug.sine(self.pitch), output=3)", "3"), ("3", ""),
    ("ug.to(ug.sine(self.pitch) if self.near else ug.pink(), output=1)", ""), ("ug.to(ug.play('sounds/none.wav'), output=1)", "none.wav"),
])
def test_a_graph_that_makes_no_sense_is_refused_at_its_line(folder: Folder, wrong: str, told: str) -> None:
    folder.write("tone", TONE.replace("ug.to(ug.sine(self.pitch) * self.level, output=1)", wrong))
    piece = load_piece(folder.path)
    with pytest.raises(Fault) as caught:
        scene_facts(piece.scenes["tone"], piece, folder.cache)
    assert f"{folder.path / 'scenes/tone.py'}" in caught.value.where and told in caught.value.say("en")


def test_a_sensors_facts_come_from_its_driver(folder: Folder) -> None:
    folder.config(CONFIG + "sensors: {plinth: {driver: serial_range, device: x}, people: {driver: visitors}}\n")
    piece = load_piece(folder.path)
    assert driver_facts(piece.sensors["plinth"], piece.folder).fields == {"distance": "m"}
    assert "count" in driver_facts(piece.sensors["people"], piece.folder).fields
