"""config.yaml → Piece: every wrong thing at its line and key, all at once, and nothing but Faults for rubbish."""
from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from installation.rules.config import load_piece, piece_of, ring_of
from installation.rules.piece import HOLD, REST, Piece
from installation.rules.schema.page import PAGES, page
from installation.rules.source import parse_source
from installation.terms.fault import Fault, Faults
from installation.terms.words import LANGUAGES

DOCS = Path(__file__).resolve().parents[2] / "docs"

WHOLE = """\
piece: Tide and embers
language: en
seed: 1
room:
  gain: -6 dB
  ring: 4
sound: {card: auto, rate: 48000, block: 256, ceiling: -1 dBFS, memory: 64 MB}
sensors:
  plinth: {driver: serial_range, device: usb-Arduino_Uno_85438-if00, hold: 2 s, rest: {distance: 400 cm}, baud: 9600}
  mine: {driver: sensors/mine.py, token: hunter2}
mappings:
  - {from: plinth.distance, to: tide.closeness, range: [3.0, 40 cm], smooth: 0.4, when_stale: 0}
  - from: [plinth.distance, mine.x]
    to: /room/gain
    combine: "plinth.distance * 2 - mine.x"
    when_stale: -20 dB
    smooth: 400 ms
scenes:
  tide: {file: scenes/tide.py, params: {level: -20 dBFS}}
  embers: {file: scenes/embers.py}
score:
  - layer: main
    fade: 6 s
    start: tide
    idle: embers
    changes:
      - {from: tide, to: embers, when: "plinth.distance < 1.0", for: 10 s}
      - {from: null, to: tide, after: 2 min, fade: 1}
light:
  fixtures:
    - {name: wash left, kind: rgbw, universe: 1, address: 1, groups: [wash]}
    - {name: lamp, kind: twin, universe: 2, address: 5, groups: wash, curve: square}
  kinds: {twin: {channels: [dimmer, dimmer_fine, mode=128]}}
  universes:
    1: {port: artnet, host: 10.0.0.5, universe: 0}
    2: {port: enttec, device: EN12345}
  neutral: {wash: 0.3, lamp: [1, 0.5, 0]}
  flash_groups: {front: [wash]}
remote:
  hold: 1 min
  osc: {interface: 127.0.0.1, port: 9000, allow: [127.0.0.0/8, 10.0.0.0/24], clients: ["10.0.0.9:9001"]}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("piece")
    for name in ("scenes/tide.py", "scenes/embers.py", "sensors/mine.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    return folder


def read(text: str, folder: Path, drivers=None) -> Piece:
    return piece_of(parse_source(text), folder / "config.yaml", drivers)


def faults_of(text: str, folder: Path, drivers=None) -> list[Fault]:
    with pytest.raises(Faults) as caught:
        read(text, folder, drivers)
    return list(caught.value.faults)


def test_a_whole_piece_is_read(folder: Path) -> None:
    (folder / "config.yaml").write_text(WHOLE, encoding="utf-8")
    for path in (folder, str(folder), folder / "config.yaml"):
        piece = load_piece(path, drivers=["serial_range"])
    assert (piece.title, piece.language, piece.seed, piece.folder) == ("Tide and embers", "en", 1, folder)
    assert piece.room.gain == -6 and [speaker.azimuth for speaker in piece.room.loudspeakers] == [45, -45, -135, 135]
    assert piece.sound.memory == 64_000_000 and isinstance(piece.sound.memory, int)
    plinth = piece.sensors["plinth"]
    assert plinth.rest == {"distance": 4.0} and plinth.rest_units == {"distance": "m"} and plinth.options == {"baud": 9600} and plinth.hold == 2
    assert plinth.where == "config.yaml:9  sensors.plinth"
    first, second = piece.mappings
    assert first.sources == ("plinth.distance",) and first.when_stale == 0 and first.stale_at == 2
    assert [name for name, _ in first.steps] == ["range", "smooth"]
    assert second.when_stale == -20 and second.stale_unit == "dB" and second.stale_at == 0
    assert piece.where(second, "to") == "config.yaml:14  mappings[1].to"
    assert piece.scenes["tide"].file == (folder / "scenes/tide.py").resolve()
    layer = piece.score[0]
    assert (layer.name, layer.fade, layer.start, layer.idle) == ("main", 6, "tide", "embers")
    assert (layer.changes[0].dwell, layer.changes[1].leave, layer.changes[1].after, layer.changes[1].fade) == (10, None, 120, 1)
    assert piece.light.kinds["twin"].channels == ("dimmer", "dimmer_fine", "mode=128") and "rgbw" in piece.light.kinds
    assert piece.light.groups() == {"wash": ("wash left", "lamp")} and piece.light.neutral == {"wash": 0.3, "lamp": (1, 0.5, 0)}
    assert piece.remote.osc is not None and piece.remote.hold == 60 and piece.remote.osc.clients == ("10.0.0.9:9001",)
    assert "hunter2" not in repr(piece)
    assert pickle.loads(pickle.dumps(piece)) == piece
    with pytest.raises(FrozenInstanceError):
        piece.title = "x"  # type: ignore[misc]


def test_the_smallest_piece(folder: Path) -> None:
    piece = read("piece: Nothing\n", folder)
    assert piece.room.outputs == 2 and piece.score == () and piece.remote.osc is None and piece.sound.card == "auto"
    assert read("piece: One\nscenes: {tide: {file: scenes/tide.py}}\n", folder).score[0].start == "tide"
    assert read("piece: 1984\nroom:\nlight:\nmappings:\n", folder).title == "1984"


@pytest.mark.parametrize(("count", "azimuths"), [(1, [0]), (2, [30, -30]), (3, [60, -60, 180]), (4, [45, -45, -135, 135]),
                                                 (5, [36, -36, -108, 180, 108]), (6, [30, -30, -90, -150, 150, 90])])
def test_a_ring_begins_ahead_on_the_left_and_goes_round_clockwise(count: int, azimuths: list[float]) -> None:
    assert [speaker.azimuth for speaker in ring_of(count)] == pytest.approx(azimuths)


def test_a_position_gives_direction_and_distance(folder: Path) -> None:
    piece = read("piece: x\nroom: {loudspeakers: [{name: a, output: 3, position: [-1, 1 m, 0]}, {name: b, output: 1, position: [0, 0, 200 cm]}]}\n", folder)
    left, above = piece.room.loudspeakers
    assert (left.azimuth, left.elevation, left.distance) == pytest.approx((45, 0, 2 ** 0.5))
    assert (above.elevation, above.distance) == pytest.approx((90, 2)) and piece.room.outputs == 3


BASE = """\
piece: x
sensors: {plinth: {driver: serial_range}}
scenes: {tide: {file: scenes/tide.py}}
"""
ROOM = "room: {loudspeakers: [{name: a, output: 1}, "
LIGHT = """\
light:
  universes: {1: {port: enttec, device: A}, 2: {port: midi, device: M, slots: {1: {note: 60}}}}
  fixtures:
    - {name: one, kind: rgbw, universe: 1, address: 1, groups: [wash]}
"""


@pytest.mark.parametrize(("text", "where", "part"), [
    # the whole
    ("", "config.yaml:1", "empty"),
    ("- a\n", "config.yaml:1", "keys and values"),
    ("just text\n", "config.yaml:1", "keys and values"),
    ("seed: 1\n", "config.yaml:1", '"piece" is missing'),
    ("piece: x\nrom: {ring: 4}\n", "config.yaml:2  rom", 'no key is called "rom"'),
    ("piece: x\nlanguage: de\n", "config.yaml:2  language", "en, fr"),
    ("piece: x\nseed: -1\n", "config.yaml:2  seed", "from 0"),
    ("piece: x\nseed: 1.5\n", "config.yaml:2  seed", "whole number"),
    ("piece: [a]\n", "config.yaml:1  piece", "expected text"),
    ("piece:\n", "config.yaml:1  piece", "no value"),
    # room
    ("piece: x\nroom: {gain: 3 m}\n", "config.yaml:2  room.gain", "measures"),
    ("piece: x\nroom: {gain: 40 dB}\n", "config.yaml:2  room.gain", "from -60 dB to 12 dB"),
    ("piece: x\nroom: {gain: loud}\n", "config.yaml:2  room.gain", "expected a number"),
    ("piece: x\nroom: {gain: 3 dBm}\n", "config.yaml:2  room.gain", 'no unit is called "dBm"'),
    ("piece: x\nroom: {ring: 65}\n", "config.yaml:2  room.ring", "1 to 64"),
    ("piece: x\nroom: {ring: true}\n", "config.yaml:2  room.ring", "whole number"),
    ("piece: x\nroom: {ring: 2, loudspeakers: [{name: a, output: 1}]}\n", "config.yaml:2  room.ring", "twice"),
    ("piece: x\nroom:\n  loudspeakers:\n    - {name: a, output: 1}\n    - {name: b, output: 1}\n",
     "config.yaml:5  room.loudspeakers[1].output",
     "output 1 is taken"),
    ("piece: x\n" + ROOM + "{name: A, output: 2}]}\n", "config.yaml:2  room.loudspeakers[1].name", "taken"),
    ("piece: x\n" + ROOM + "{name: b, output: 65}]}\n", "config.yaml:2  room.loudspeakers[1].output", "from 1 to 64"),
    ("piece: x\n" + ROOM + "{name: b, output: 2, position: [1, 2]}]}\n", "config.yaml:2  room.loudspeakers[1].position",
     "3 to 3"),
    ("piece: x\n" + ROOM + "{name: b, output: 2, position: [1, 2, 0], azimuth: 3}]}\n",
     "config.yaml:2  room.loudspeakers[1].azimuth", "position"),
    ("piece: x\nroom: {loudspeakers: []}\n", "config.yaml:2  room.loudspeakers", "1 to 64"),
    ("piece: x\nroom: [1]\n", "config.yaml:2  room", "keys and values"),
    # sound
    ("piece: x\nsound: {rate: 48 kHz}\n", "config.yaml:2  sound.rate", "whole number"),
    ("piece: x\nsound: {ceiling: 3 dBFS}\n", "config.yaml:2  sound.ceiling", "from -60 dBFS to 0 dBFS"),
    ("piece: x\nsound: {standby: no}\n", "config.yaml:2  sound.standby", "true or false"),
    ("piece: x\nsound: {memory: 1 kB}\n", "config.yaml:2  sound.memory", "from 8e+06 B"),
    # sensors
    ("piece: x\nsensors: {plinth: {device: a}}\n", "config.yaml:2  sensors.plinth", '"driver" is missing'),
    ("piece: x\nsensors: {plinth: {driver: serial_rang}}\n", "config.yaml:2  sensors.plinth.driver", 'no driver "serial_rang"'),
    ("piece: x\nsensors: {plinth: {driver: sensors/none.py}}\n", "config.yaml:2  sensors.plinth.driver", "no file"),
    ("piece: x\nsensors: {plinth: {driver: ../../etc/passwd.py}}\n", "config.yaml:2  sensors.plinth.driver", "outside"),
    ("piece: x\nsensors: {my-plinth: {driver: visitors}}\n", 'config.yaml:2  sensors.my-plinth', "a name is"),
    ("piece: x\nsensors: {1st: {driver: visitors}}\n", "config.yaml:2  sensors.1st", "a name is"),
    ("piece: x\nsensors:\n  a: {driver: serial_range, device: D}\n  b: {driver: serial_range, device: D}\n",
     "config.yaml:4  sensors.b.device", "taken"),
    ("piece: x\nsensors: {a: {driver: visitors, hold: 2 m}}\n", "config.yaml:2  sensors.a.hold", "measures"),
    ("piece: x\nsensors: {a: {driver: visitors, rest: {near: far}}}\n", "config.yaml:2  sensors.a.rest.near", "number"),
    ("piece: x\nsensors: {a: {driver: osc, fields: {x: /a}}}\n", "config.yaml:2  sensors.a.driver", "nothing listens"),
    # mappings
    (BASE + "mappings: [{to: tide.a}]\n", "config.yaml:4  mappings[0]", '"from" is missing'),
    (BASE + "mappings: [{from: plinth.d}]\n", "config.yaml:4  mappings[0]", '"to" is missing'),
    (BASE + "mappings: [{from: plint.d, to: tide.a}]\n", "config.yaml:4  mappings[0].from", 'no sensor "plint"'),
    (BASE + "mappings: [{from: plinth, to: tide.a}]\n", "config.yaml:4  mappings[0].from", "sensor.field"),
    (BASE + "mappings:\n  - from: plinth.d\n    to: tid.a\n", "config.yaml:6  mappings[0].to", 'no scene "tid"'),
    (BASE + "mappings: [{from: plinth.d, to: tide}]\n", "config.yaml:4  mappings[0].to", "scene.parameter"),
    (BASE + "mappings: [{from: plinth.d, to: /a//b}]\n", "config.yaml:4  mappings[0].to", "not an address"),
    (BASE + "mappings:\n  - {from: plinth.d, to: tide.a}\n  - {from: plinth.e, to: tide.a}\n", "config.yaml:6  mappings[1].to",
     "already"),
    (BASE + "mappings:\n  - {from: plinth.d, to: tide.a}\n  - {from: plinth.e, to: /scene/tide/a}\n",
     "config.yaml:6  mappings[1].to", "already"),
    (BASE + "mappings: [{from: [plinth.d, plinth.e], to: tide.a}]\n", "config.yaml:4  mappings[0]", "combine"),
    (BASE + "mappings: [{from: [plinth.d, plinth.d], combine: max, to: tide.a}]\n", "config.yaml:4  mappings[0].from", "twice"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, combine: plinth.e}]\n", "config.yaml:4  mappings[0].combine", "plinth.e"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, combine: plinth.d +}]\n", "config.yaml:4  mappings[0].combine",
     "character 11"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, smooth: 1, combine: plinth.d}]\n", "config.yaml:4  mappings[0].combine",
     "before"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, smoth: 1}]\n", "config.yaml:4  mappings[0].smoth",
     'no key is called "smoth"'),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, smooth: 1 m}]\n", "config.yaml:4  mappings[0].smooth", "measures"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, range: [1]}]\n", "config.yaml:4  mappings[0].range", "two numbers"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, range: [1, 1]}]\n", "config.yaml:4  mappings[0].range", "same"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, range: {from: [0, 1], curve: exp}}]\n", "config.yaml:4  mappings[0].range",
     "exponential"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, range: {from: [0, 1], form: 3}}]\n", "config.yaml:4  mappings[0].range.form",
     '"form"'),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, clip: [2, 1]}]\n", "config.yaml:4  mappings[0].clip", "above"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, median: 4}]\n", "config.yaml:4  mappings[0].median", "even"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, invert: false}]\n", "config.yaml:4  mappings[0].invert", "true"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, curve: {shape: s, amount: 3}}]\n", "config.yaml:4  mappings[0].curve",
     "amount"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, steps: [smooth]}]\n", "config.yaml:4  mappings[0].steps[0]", "a step is"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, steps: [{smoth: 1}]}]\n", "config.yaml:4  mappings[0].steps[0].smoth",
     '"smoth"'),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, when_stale: gone}]\n", "config.yaml:4  mappings[0].when_stale", "number"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, threshold: {off: 1}}]\n", "config.yaml:4  mappings[0].threshold",
     '"on" is missing'),
    (BASE + "mappings: {from: plinth.d, to: tide.a}\n", "config.yaml:4  mappings", "list"),
    (BASE + "mappings: [3]\n", "config.yaml:4  mappings[0]", "keys and values"),
    # scenes, score
    ("piece: x\nscenes: {tide: {file: scenes/tyde.py}}\n", "config.yaml:2  scenes.tide.file", "no file"),
    ("piece: x\nscenes: {tide: {file: /etc/hosts.py}}\n", "config.yaml:2  scenes.tide.file", "outside"),
    ("piece: x\nscenes: {tide: {file: scenes/tide.txt}}\n", "config.yaml:2  scenes.tide.file", ".py"),
    ("piece: x\nscenes: {none: {file: scenes/tide.py}}\n", "config.yaml:2  scenes.none", "silence"),
    (BASE + "score: [{start: tide}]\n", "config.yaml:4  score[0]", '"layer" is missing'),
    (BASE + "score: [{layer: main, start: tid}]\n", "config.yaml:4  score[0].start", 'no scene "tid"'),
    (BASE + "score:\n  - {layer: main, start: tide}\n  - {layer: main, start: tide}\n", "config.yaml:6  score[1].layer",
     "two of them"),
    (BASE + "score: [{layer: main, changes: [{to: tide}]}]\n", "config.yaml:4  score[0].changes[0]", "reason"),
    (BASE + "score: [{layer: main, changes: [{to: tide, after: 3, for: 3}]}]\n", "config.yaml:4  score[0].changes[0].for", "for"),
    (BASE + "score: [{layer: main, changes: [{from: tide, to: tide, after: 3}]}]\n", "config.yaml:4  score[0].changes[0].to",
     "itself"),
    (BASE + "score: [{layer: main, changes: [{to: tide, when: plint.d < 1}]}]\n", "config.yaml:4  score[0].changes[0].when",
     'no sensor "plint"'),
    (BASE + "score: [{layer: main, changes: [{to: tide, when: plinth.d < < 1}]}]\n", "config.yaml:4  score[0].changes[0].when",
     "character 12"),
    (BASE + "score: [{layer: main, changes: [{to: tide, when: distance < 1}]}]\n", "config.yaml:4  score[0].changes[0].when",
     "sensor.field"),
    # light
    (BASE + LIGHT + "    - {name: two, kind: rgb, universe: 1, address: 4}\n", "config.yaml:8  light.fixtures[1].address",
     "slot 4 of universe 1"),
    (BASE + LIGHT + "    - {name: two, kind: rgb, universe: 1, address: 511}\n", "config.yaml:8  light.fixtures[1].address",
     "slot 513"),
    (BASE + LIGHT + "    - {name: One, kind: rgb, universe: 1, address: 9}\n", "config.yaml:8  light.fixtures[1].name", "taken"),
    (BASE + LIGHT + "    - {name: wash, kind: rgb, universe: 1, address: 9}\n", "config.yaml:8  light.fixtures[1].name", "group"),
    (BASE + LIGHT + "    - {name: two, kind: rbg, universe: 1, address: 9}\n", "config.yaml:8  light.fixtures[1].kind",
     'no kind "rbg"'),
    (BASE + LIGHT + "    - {name: two, kind: rgb, universe: 3, address: 9}\n", "config.yaml:8  light.fixtures[1].universe",
     'no universe "3"'),
    (BASE + LIGHT + "    - {name: two, kind: rgb, universe: 2, address: 1}\n", "config.yaml:8  light.fixtures[1].address",
     "slot 2, 3"),
    (BASE + LIGHT + "    - {name: two, kind: rgb, universe: 1, address: 0}\n", "config.yaml:8  light.fixtures[1].address",
     "from 1 to 512"),
    (BASE + LIGHT + "  neutral: {wosh: 1}\n", "config.yaml:8  light.neutral.wosh", 'no fixture or group "wosh"'),
    (BASE + LIGHT + "  neutral: {wash: 3}\n", "config.yaml:8  light.neutral.wash", "level"),
    (BASE + LIGHT + "  flash_groups: {a: [wosh]}\n", "config.yaml:8  light.flash_groups.a", "wosh"),
    ("piece: x\nlight: {universes: {1: {port: dmx}}}\n", "config.yaml:2  light.universes.1.port", "enttec"),
    ("piece: x\nlight: {universes: {1: {port: artnet}}}\n", "config.yaml:2  light.universes.1", '"host" is missing'),
    ("piece: x\nlight: {universes: {1: {port: artnet, host: lamp.local}}}\n", "config.yaml:2  light.universes.1.host", "IPv4"),
    ("piece: x\nlight: {universes: {1: {port: enttec, device: A, host: 10.0.0.1}}}\n", "config.yaml:2  light.universes.1.host",
     "no host"),
    ("piece: x\nlight:\n  universes:\n    1: {port: enttec, device: A}\n    2: {port: enttec, device: A}\n",
     "config.yaml:5  light.universes.2.device", "taken"),
    ("piece: x\nlight:\n  universes:\n    1: {port: artnet, host: 10.0.0.5, subnet: 1}\n    2: {port: artnet, host: 10.0.0.5, subnet: 1}\n",
     "config.yaml:5  light.universes.2", "0.1.0"),
    ("piece: x\nlight: {universes: {one: {port: enttec, device: A}}}\n", "config.yaml:2  light.universes.one", "whole number"),
    ("piece: x\nlight: {universes: {1: {port: midi, device: M, slots: {1: {note: 1, cc: 2}}}}}\n",
     "config.yaml:2  light.universes.1.slots.1", "either"),
    ("piece: x\nlight: {kinds: {a: {channels: [dimmer, red_fine]}}}\n", "config.yaml:2  light.kinds.a.channels[1]", "low byte"),
    ("piece: x\nlight: {kinds: {a: {channels: [dimmer, dimmer]}}}\n", "config.yaml:2  light.kinds.a.channels[1]", "twice"),
    ("piece: x\nlight: {kinds: {a: {channels: [mode=300]}}}\n", "config.yaml:2  light.kinds.a.channels[0]", "not a channel"),
    # remote
    ("piece: x\nremote: {osc: {port: 70000}}\n", "config.yaml:2  remote.osc.port", "65535"),
    ("piece: x\nremote: {osc: {interface: everywhere}}\n", "config.yaml:2  remote.osc.interface", "IPv4"),
    ("piece: x\nremote: {osc: {allow: [10.0.0.1/8]}}\n", "config.yaml:2  remote.osc.allow[0]", "machine and a network"),
    ("piece: x\nremote: {osc: {clients: [10.0.0.1]}}\n", "config.yaml:2  remote.osc.clients[0]", "port"),
    ("piece: x\nremote: {osc: {clients: [\"10.0.0.1:0\"]}}\n", "config.yaml:2  remote.osc.clients[0]", "port"),
])
def test_each_wrong_thing_is_found_at_its_line_and_key(text: str, where: str, part: str, folder: Path) -> None:
    faults = faults_of(text, folder, ["serial_range", "csv_line"])
    assert [fault.where for fault in faults] == [where]
    assert part in faults[0].happened.en + faults[0].remedy.en
    assert faults[0].happened.fr and faults[0].happened.fr != faults[0].happened.en


@pytest.mark.parametrize(("text", "close"), [
    ("piece: x\nlihgt: {}\n", "light"), ("piece: x\nsound: {blok: 3}\n", "block"),
                                             ("piece: x\nsensors: {a: {driver: serial_rang}}\n", "serial_range"),
    (BASE + "mappings: [{from: plnth.d, to: tide.a}]\n", "plinth"),
                                             (BASE + "mappings: [{from: plinth.d, to: tidde.a}]\n", "tide"),
    (BASE + "mappings: [{from: plinth.d, to: tide.a, treshold: 1}]\n", "threshold"),
                                             ("piece: x\nscenes: {a: {file: scenes/tde.py}}\n", "scenes/tide.py"),
    (BASE + LIGHT + "    - {name: two, kind: rgbww, universe: 1, address: 9}\n", "rgbw"),
                                             ("piece: x\nroom: {gain: 3 db}\n", "dB"),
])
def test_did_you_mean(text: str, close: str, folder: Path) -> None:
    fault, = faults_of(text, folder, ["serial_range"])
    assert f'Did you mean "{close}"?' in fault.remedy.en and f"Peut-être « {close} » ?" in fault.remedy.fr


def test_all_faults_come_at_once_in_the_order_of_the_file(folder: Path) -> None:
    text = "piece: x\nmappings: [{from: a.b, to: c.d, smoth: 1}]\nroom: {gain: 99}\nsensors: {q: {}}\nremote: {osc: {prt: 1}}\n"
    faults = faults_of(text, folder)
    assert [fault.where.split()[0] for fault in faults] == [f"config.yaml:{line}" for line in (2, 2, 2, 3, 4, 5)]


def test_a_broken_sensor_is_not_reported_again_where_it_is_used(folder: Path) -> None:
    text = BASE.replace("{driver: serial_range}",
                        "{driver: serial_range, hold: x}") + "mappings: [{from: plinth.d, to: tide.a}]\n"
    assert [fault.where for fault in faults_of(text, folder)] == ["config.yaml:2  sensors.plinth.hold"]


def test_where_when_stale_enters(folder: Path) -> None:
    def mapping(keys: str):
        return read(BASE + f"mappings: [{{from: plinth.d, to: tide.a, {keys}}}]\n", folder).mappings[0]

    assert (mapping("smooth: 1").when_stale, mapping("when_stale: rest").when_stale,
            mapping("when_stale: hold").when_stale) == (REST, REST, HOLD)
    assert mapping("when_stale: null").when_stale is None and mapping("when_stale: true").when_stale is True
    assert mapping("range: [0, 1], when_stale: 0, smooth: 1").stale_at == 1
    assert mapping("combine: plinth.d * 2, range: [0, 1], when_stale: 0").stale_at == 1
    listed = mapping("steps: [{combine: plinth.d}, {range: [0, 1]}, {median: 5}], when_stale: 0")
    assert listed.stale_at == 2 and [name for name, _ in listed.steps] == ["combine", "range", "median"]


def test_missing_piece(tmp_path: Path) -> None:
    with pytest.raises(Faults) as caught:
        load_piece(tmp_path)
    assert "installation new" in caught.value.faults[0].remedy.en
    with pytest.raises(Faults):
        load_piece(tmp_path / "no" / "where")


def test_every_cut_of_a_config_gives_a_piece_or_faults(folder: Path) -> None:
    content = WHOLE.encode()
    pieces = 0
    for length in range(len(content)):
        try:
            read_cut = parse_source(content[:length])
            pieces += isinstance(piece_of(read_cut, folder / "config.yaml"), Piece)
        except Fault as fault:
            assert "config.yaml" in fault.say("en") and fault.say("fr")
    assert pieces > 10


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=150, deadline=None)
@given(at=st.integers(0, len(WHOLE) - 1), length=st.integers(0, 12), instead=st.text(alphabet="ab1:-.{}[]\"' \n/mé", max_size=6))
def test_a_piece_of_config_replaced_by_anything(folder: Path, at: int, length: int, instead: str) -> None:
    try:
        read(WHOLE[:at] + instead + WHOLE[at + length:], folder)
    except Fault as fault:
        assert fault.say("en") and fault.say("fr")


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
                    st.text(max_size=6),
                    st.sampled_from(["3 m", "tide.a", "plinth.d", "auto", "artnet", "rgb", "/room/gain"]))
KEYS = st.sampled_from(["piece", "room", "ring", "loudspeakers", "sensors", "plinth", "driver", "mappings", "from", "to", "range",
                        "scenes", "score", "layer",
                        "changes", "when", "light", "fixtures", "name", "kind", "universe", "universes", "1", "port", "host",
                        "remote", "osc", "allow",
                        "threshold", "on", "steps", "combine", "neutral", "kinds", "channels", "output", "position", "rest",
                        "slots", "when_stale"])
TREES = st.dictionaries(KEYS, st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner,
                                                                                                                max_size=4), max_leaves=12))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=300, deadline=None)
@given(tree=TREES)
def test_any_tree_of_known_keys_gives_a_piece_or_faults(folder: Path, tree: dict) -> None:
    import json

    try:
        read(json.dumps(tree, ensure_ascii=True).replace("\\u", "u"), folder)
    except Fault as fault:
        assert fault.say("en") and fault.say("fr")


@pytest.mark.parametrize("language", PAGES)
def test_the_reference_page_is_the_schema(language: str) -> None:
    text = (DOCS / PAGES[language]).read_text(encoding="utf-8")
    assert text == page(language), "run `python -m installation.rules.schema.page docs`"


def test_there_is_a_page_for_each_language() -> None:
    assert set(PAGES) == set(LANGUAGES)


def test_looking_for_faults_ends(folder: Path) -> None:
    text = "piece: x\n" + "".join(f"kappa{index}: 1\n" for index in range(9000))
    faults = faults_of(text, folder)
    assert len(faults) == 101 and faults[-1].id == "config.enough"
