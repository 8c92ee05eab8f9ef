"""The second look: config.yaml against what its drivers give and its scenes take; and the piece as it is understood."""
from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from installation.rules.check import DriverFacts, SceneFacts, as_data, cross_check, describe, tree_declarations
from installation.rules.config import load_piece, piece_of
from installation.rules.piece import Piece
from installation.rules.source import parse_source
from installation.terms.address import is_address
from installation.terms.declaration import Access, Curve, Declaration, Kind
from installation.terms.fault import Fault
from installation.terms.words import speak

from .test_config import WHOLE

DRIVERS = {"plinth": DriverFacts({"distance": "cm", "angle": "deg", "count": "count"}, 0.1, ("offset",)),
           "mine": DriverFacts({"x": "m"}, math.inf)}
PARAMS = {name: Declaration(f"/scene/tide/{name}", **keys) for name, keys in {
    "closeness": {"unit": "ratio", "low": 0.0, "high": 1.0}, "level": {"unit": "dBFS", "low": -60.0, "high": -9.0,
                                                                       "default": -24.0},
    "cutoff": {"unit": "Hz", "low": 200.0, "high": 6000.0, "default": 600.0, "curve": Curve.EXPONENTIAL},
                                                                              "width": {"unit": "m", "low": 0.0, "high": 5.0},
    "wake": {"kind": Kind.TRIGGER, "default": None, "access": Access.WRITE}, "still": {"kind": Kind.BOOL, "default": False},
    "mood": {"kind": Kind.TEXT, "default": "calm", "choices": ("calm", "wild")},
                                                                              "tint": {"kind": Kind.COLOUR,
                                                                                       "default": (1.0, 1.0, 1.0)},
}.items()}
SCENES = {"tide": SceneFacts(PARAMS, "Water."), "embers": SceneFacts()}
HEAD = """\
piece: x
sensors:
  plinth: {driver: serial_range}
  mine: {driver: csv_line}
scenes:
  tide:
    file: scenes/tide.py
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("piece")
    for name in ("scenes/tide.py", "scenes/embers.py", "sensors/mine.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    return folder


def read(text: str, folder: Path) -> Piece:
    return piece_of(parse_source(text), folder / "config.yaml")


def faults_of(text: str, folder: Path) -> list[Fault]:
    return cross_check(read(text, folder), DRIVERS, SCENES)


def mapping(keys: str) -> str:
    return HEAD + f"mappings:\n  - {{{keys}}}\n"


@pytest.mark.parametrize("keys", [
    "from: plinth.distance, to: tide.closeness, range: [3 m, 40 cm], smooth: 0.4, when_stale: 0",
    "from: plinth.distance, to: tide.width, smooth: 1",
                                  "from: plinth.distance, to: tide.width, clip: [10 cm, 3 m], when_stale: 400 cm",
    "from: plinth.distance, to: tide.cutoff, range: {from: [3 m, 0], to: [200 Hz, 6 kHz], curve: exp}",
    "from: plinth.distance, to: tide.level, range: [3, 0, -60 dB, -9 dBFS]",
                                  "from: plinth.distance, to: /room/gain, range: [3, 0, -60 dB, 0 dB]",
    "from: plinth.distance, to: tide.wake, threshold: {on: 1 m, off: 120 cm}",
                                  "from: plinth.distance, to: tide.still, combine: plinth.distance < 1",
    "from: [plinth.distance, mine.x], to: tide.width, combine: min",
                                  "from: [plinth.distance, plinth.angle], to: tide.width, combine: plinth.distance + plinth.angle",
    "from: plinth.distance, to: tide.still, threshold: 1 m, invert: true",
                                  "from: plinth.distance, to: /system/mute, threshold: {on: 0.1 m, for: 5}",
    "from: plinth.distance, to: tide.closeness, threshold: 1 m, smooth: 2",
])
def test_sound_mappings(keys: str, folder: Path) -> None:
    assert faults_of(mapping(keys), folder) == []


@pytest.mark.parametrize(("text", "where", "part", "remedy"), [
    (mapping("from: plinth.distanc, to: tide.width"), "9  mappings[0].from", 'plinth has no field "distanc"',
     'Did you mean "distance"?'),
    (HEAD + "mappings:\n  - from: plinth.distance\n    to: tide.closenes\n", "10  mappings[0].to",
     'scene "tide" has no parameter "closenes"',
     'Did you mean "closeness"? It has closeness, cutoff, level, mood, still, tint, wake, width (scenes/tide.py).'),
    (mapping("from: plinth.distance, to: /room/gian, range: [0, 1]"), "9  mappings[0].to", "no address /room/gian",
     'Did you mean "/room/gain"?'),
    (mapping("from: plinth.distance, to: /system/uptime"), "9  mappings[0].to", "only read", ""),
    (mapping("from: plinth.distance, to: tide.wake"), "9  mappings[0].to", "trigger", "threshold"),
    (mapping("from: plinth.distance, to: tide.still, threshold: 1 m, smooth: 1"), "9  mappings[0].to", "true or false",
     "threshold"),
    (mapping("from: plinth.distance, to: tide.mood, threshold: 1 m"), "9  mappings[0].to", "a text", ""),
    (mapping("from: plinth.distance, to: tide.tint"), "9  mappings[0].to", "a colour", ""),
    (mapping("from: plinth.distance, to: tide.closeness, range: [3 s, 1 s]"), "9  mappings[0].range",
     "s does not fit plinth.distance", ""),
    (mapping("from: plinth.distance, to: tide.cutoff, range: [3, 1, 2 m, 3 m]"), "9  mappings[0].range",
     "m does not fit tide.cutoff", ""),
    (mapping("from: plinth.distance, to: tide.wake, threshold: 20 deg"), "9  mappings[0].threshold", "deg does not fit", ""),
    (mapping("from: plinth.distance, to: tide.closeness"), "9  mappings[0].to",
     "plinth.distance is in cm, tide.closeness in ratio", "range"),
    (mapping("from: [plinth.distance, plinth.angle], to: tide.width, combine: mean"), "9  mappings[0].combine", "makes no sense",
     ""),
    (mapping("from: plinth.distance, to: tide.width, when_stale: 3 s"), "9  mappings[0].when_stale", "does not fit", ""),
    (mapping("from: plinth.distance, to: tide.closeness, range: [3, 0], when_stale: 4"), "9  mappings[0].when_stale",
     "from 0.0 to 1.0", ""),
    (HEAD + "    params: {levl: -20}\n", "8  scenes.tide.params.levl", 'no parameter "levl"', 'Did you mean "level"?'),
    (HEAD + "    params: {level: -3 dBFS}\n", "8  scenes.tide.params.level", "from -60.0 to -9.0 dBFS", ""),
    (HEAD + "    params: {level: 3 m}\n", "8  scenes.tide.params.level", "measures", ""),
    (HEAD + "    params: {level: loud}\n", "8  scenes.tide.params.level", "expected a number", ""),
    (HEAD + "    params: {still: 3}\n", "8  scenes.tide.params.still", "true or false", ""),
    (HEAD + "    params: {mood: grim}\n", "8  scenes.tide.params.mood", "calm, wild", ""),
    (HEAD + "    params: {wake: true}\n", "8  scenes.tide.params.wake", "trigger", ""),
    (HEAD + "score: [{layer: main, changes: [{to: tide, when: plinth.dist < 1}]}]\n", "8  score[0].changes[0].when",
     'no field "dist"', "distance"),
    (HEAD.replace("{driver: serial_range}", "{driver: serial_range, rest: {dist: 3}}"), "3  sensors.plinth.rest.dist",
     'no field "dist"', "distance"),
    (HEAD.replace("{driver: serial_range}", "{driver: serial_range, rest: {distance: 3 s}}"), "3  sensors.plinth.rest.distance",
     "does not fit", ""),
    (HEAD.replace("{driver: serial_range}", "{driver: serial_range, ofset: 3}"), "3  sensors.plinth.ofset", 'no option "ofset"',
     "offset"),
])
def test_each_wrong_thing_at_its_line_and_key(text: str, where: str, part: str, remedy: str, folder: Path) -> None:
    fault, = faults_of(text, folder)
    assert fault.where == f"config.yaml:{where}"
    assert part in fault.happened.en and remedy in fault.remedy.en and fault.happened.fr != fault.happened.en


def test_what_is_not_known_is_passed_over(folder: Path) -> None:
    text = mapping("from: plinth.distanc, to: tide.nothing, range: [1 s, 2 s]") + "  - {from: mine.x, to: /scene/tide/q}\n"
    assert cross_check(read(text, folder), {}, {}) == []


def whole(folder: Path) -> Piece:
    (folder / "config.yaml").write_text(WHOLE, encoding="utf-8")
    return load_piece(folder)


def test_the_tree(folder: Path) -> None:
    tree = {declaration.address: declaration for declaration in tree_declarations(whole(folder), DRIVERS, SCENES)}
    assert len(tree) == len(tree_declarations(whole(folder), DRIVERS, SCENES)) and all(is_address(address) for address in tree)
    assert set(tree) == {"/sensor/plinth/distance", "/sensor/plinth/angle", "/sensor/plinth/count", "/sensor/mine/x",
                         *(f"/scene/tide/{name}" for name in PARAMS), "/scene/tide/load", "/scene/embers/load",
                         "/system/load", "/system/load_worst", "/system/costs", "/light/wash_left/level", "/light/lamp/level",
                         "/light/wash/level", "/room/gain",
                         *(f"/preset/{name}" for name in ("recall", "save", "over", "now", "from", "to", "morph")), "/history/undo", "/history/redo",
                         "/score/main/scene", "/system/mute", "/system/idle", "/system/mode", "/system/lock", "/system/uptime", "/system/xruns", "/system/card",
                         "/system/block_age", "/system/silent_for",
                         "/system/heat", "/system/memory", "/system/files", "/system/threads", "/system/disk",
                         "/system/faults"}
    assert tree["/sensor/plinth/distance"].unit == "m" and tree["/sensor/plinth/distance"].access is Access.READ
    assert tree["/score/main/scene"].choices == ("tide", "embers", "none") and tree["/room/gain"].default == -6
    for declaration in tree.values():
        assert declaration.fit(declaration.default) == (declaration.default, False)
        assert declaration.about.fr or declaration.address.startswith("/scene/")


def test_as_data_is_json_without_secrets_or_infinities(folder: Path) -> None:
    data = as_data(whole(folder), DRIVERS, SCENES)
    text = json.dumps(data, allow_nan=False)
    assert "hunter2" not in text and data["sensors"]["mine"]["options"]["token"] == "•••" and data["sensors"]["mine"]["pace"] is None
    assert data["sensors"]["plinth"]["fields"] == {"distance": "cm", "angle": "deg", "count": "count"}
    assert data["scenes"]["tide"]["file"] == "scenes/tide.py" and data["scenes"]["tide"]["params"]["cutoff"]["range"] == [200,
                                                                                                                          6000]
    assert [output["output"] for output in data["outputs"]] == [1, 2, 3, 4] and data["universes"]["1"]["host"] == "10.0.0.5"
    assert data["mappings"][0]["to"] == "tide.closeness" and {entry["address"] for entry in data["tree"]} >= {"/room/gain",
                                                                                                              "/scene/tide/level"}


def test_the_piece_as_it_is_understood(folder: Path) -> None:
    piece = whole(folder)
    try:
        for language, words in (("en", ("Sensors", "Mappings", "Outputs", "when silent: 0")),
                                ("fr", ("Capteurs", "Correspondances", "Sorties", "si muet : 0"))):
            speak(language)
            text = describe(piece, DRIVERS, SCENES)
            for word in (*words, "Tide and embers", "plinth.distance", "tide.closeness", "scenes/tide.py",
                         "artnet 10.0.0.5 0.0.0", "9000", "+45°", "5–7"):
                assert word in text
            assert "hunter2" not in text and max(map(len, text.splitlines())) < 200
            assert describe(piece, {}, {})
    finally:
        speak(None)
