"""Where things stand on the plan, written and not written."""
from __future__ import annotations

import math
from pathlib import Path

import pytest

from installation.rules.config import load_piece
from installation.rules.floor import SIZE, Floor
from installation.rules.people import pairs, placed
from installation.terms.fault import Faults


def floor(tmp_path: Path, text: str) -> Floor:
    (tmp_path / "scenes").mkdir(exist_ok=True)
    (tmp_path / "scenes" / "one.py").write_text("", encoding="utf-8")
    (tmp_path / "config.yaml").write_text("piece: Plan\nscenes: {one: {file: scenes/one.py}}\n" + text, encoding="utf-8")
    return Floor(load_piece(tmp_path))


def test_what_is_written_stands_where_it_is_written(tmp_path):
    plan = floor(tmp_path, """
room:
  size: [10, 12 m]
  loudspeakers:
    - {name: left, output: 1, position: [-4, 5, 2.5]}
    - {name: right, output: 2, azimuth: -90, distance: 400 cm}
sensors: {plinth: {driver: visitors, at: [0, 2], points: {door: [0, -3]}}}
light: {fixtures: [{name: lamp, kind: dimmer, universe: 1, address: 1, at: [1, 2, 3]}], universes: {1: {port: artnet, host: 127.0.0.1}}}
""")
    assert plan.size == (10, 12) and plan.loudspeakers["left"] == (-4, 5, 2.5) and plan.loudspeakers["right"] == pytest.approx((4, 0, 0))
    assert plan.sensors["plinth"] == (0, 2) and plan.lamps["lamp"] == (1, 2, 3) and plan.points["plinth"] == {"door": (0, -3)}
    assert plan.given == {"loudspeaker left", "loudspeaker right", "sensor plinth", "lamp lamp"}


def test_what_is_not_written_has_a_place_inside_the_room_and_no_two_have_the_same(tmp_path):
    lamps = ", ".join(f"{{name: lamp {n}, kind: dimmer, universe: 1, address: {n}}}" for n in range(1, 10))
    sensors = ", ".join(f"s{n}: {{driver: midi, device: x, notes: {{a: {n}}}}}" for n in range(1, 5))
    plan = floor(tmp_path, f"room: {{ring: 8}}\nsensors: {{{sensors}}}\nlight: {{fixtures: [{lamps}], "
                           f"universes: {{1: {{port: artnet, host: 127.0.0.1}}}}}}\n")
    places = [*plan.loudspeakers.values(), *plan.lamps.values(), *plan.sensors.values()]
    assert plan.size == SIZE and plan.given == set()
    assert all(abs(place[0]) <= plan.size[0] / 2 and abs(place[1]) <= plan.size[1] / 2 for place in places)
    assert min(math.dist(one[:2], other[:2]) for n, one in enumerate(places) for other in places[:n]) > 0.3
    first = plan.lamps["lamp 1"]
    assert first[0] < 0 < first[1], "the first lamp is ahead on the left, as the first loudspeaker is"


@pytest.mark.parametrize(("text", "size"), [
    ("room: {ring: 4}", SIZE),
    ("room: {loudspeakers: [{name: far, output: 1, position: [10, 1, 0]}]}", (23.0, 4.0)),
    ("sensors: {v: {driver: visitors, room: [9, 5 m]}}", (9.0, 5.0)),
    ("sensors: {v: {driver: visitors, room: [9, 5], at: [0, -10]}}", (9.0, 23.0)),
])
def test_a_room_without_a_size_holds_everything_that_has_a_place(tmp_path, text, size):
    assert floor(tmp_path, text).size == pytest.approx(size)


@pytest.mark.parametrize("text", ["room: {size: [6]}", "room: {size: [0, 5]}", "sensors: {v: {driver: visitors, at: [1, 2, 3]}}",
                                  "sensors: {v: {driver: visitors, at: [a, 2]}}", "sensors: {v: {driver: visitors, facing: 3 m}}"])
def test_a_place_that_is_none_is_refused(tmp_path, text):
    with pytest.raises(Faults) as caught:
        floor(tmp_path, text)
    assert "config.yaml:3" in caught.value.say()


def test_people_are_told_by_fields_that_are_lengths():
    assert pairs({"x": "m", "y": "cm", "speed": "m"}) == (("x", "y"),)
    assert pairs({"x1": "m", "y1": "m", "x2": "m", "y2": "m", "x3": "m"}) == (("x1", "y1"), ("x2", "y2"))
    assert pairs({"x": "deg", "y": "deg"}) == pairs({"x": "", "y": ""}) == pairs({"distance": "m"}) == ()


@pytest.mark.parametrize(("facing", "place"), [(0, (3, 5)), (90, (0, 4)), (180, (1, 1)), (-90, (4, 2))])
def test_a_place_is_turned_as_its_sensor_is(facing, place):
    """Two metres ahead of a sensor at (2, 3), one to its right."""
    assert placed(1.0, 2.0, (2, 3), facing) == pytest.approx(place)
