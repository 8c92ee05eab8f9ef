"""Where a plan's sounds go, read from the plan and from what the engine left in its controls."""
from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, parameter
from installation.audio.placements import DIRECTION, EVERYWHERE, FIELD, OUTPUT, POSITION, Placement, placements, turned
from installation.audio.plan import Plan
from installation.terms.declaration import Declaration

from .rooms_for_test import ROOMS

AZIMUTH = parameter("where", Declaration("/scene/test/where", unit="deg", low=-180.0, high=180.0, default=30.0))
HEIGHT = parameter("height", Declaration("/scene/test/height", unit="deg", low=-90.0, high=90.0))
METRES = parameter("metres", Declaration("/scene/test/metres", unit="m", low=0.0, high=50.0, default=3.0))


def plan_of(sound: Any) -> Plan:
    return flatten(Graph.collect(sound, outputs=13, rate=48_000, loudspeakers=ROOMS["half"], seed=1, name="test"), side_by_side=True)


def placed(sound: Any) -> tuple[Placement, ...]:
    return placements(plan_of(sound))


def params(placement: Placement) -> dict[str, str]:
    return {name: slot.param for name, slot in placement.controls.items()}


def still(plan: Plan) -> np.ndarray:
    """Its controls, as far as they never change."""
    controls = np.zeros((plan.controls, 2))
    for slot, value in plan.constants:
        controls[slot] = value
    return controls


def test_a_parameter_that_alone_moves_a_direction_is_named_and_nothing_else_is():
    by_hand, around, scaled = placed([ug.place(ug.pink(), azimuth=AZIMUTH, elevation=HEIGHT), ug.place(ug.pink(), azimuth=ug.drift(period=9)),
                                      ug.nearest(ug.pink(), azimuth=AZIMUTH + 90.0)])
    assert by_hand.kind == around.kind == scaled.kind == DIRECTION
    assert params(by_hand) == {"azimuth": "where", "elevation": "height"}
    assert params(around) == {"azimuth": ""} and params(scaled) == {"azimuth": "", "elevation": ""}
    assert by_hand.names == ("pink",) and __file__ in by_hand.where


def test_eight_sounds_that_are_sent_in_one_call_are_eight_placements():
    ring = flatten(Graph.collect([ug.place(ug.saw(100 + number), azimuth=10 * number) for number in range(9)], outputs=4, rate=48_000,
                                 loudspeakers=ROOMS["quad"], seed=1, name="test"), side_by_side=True)
    assert "place_eight" in [planned.unit.name for planned in ring.units]
    found = placements(ring)
    assert [one.where_now(still(ring)).azimuth for one in found] == pytest.approx([10 * number for number in range(9)])
    assert {one.kind for one in found} == {DIRECTION}


def test_constants_are_known_without_a_player():
    plan = plan_of([ug.place(ug.pink(), azimuth=-100, elevation=20), ug.place_at(ug.sine(200), position=(-3, 4, 0)), ug.to(ug.saw(50), output=7),
                    ug.place(ug.pink(), azimuth=270)])
    first, second, third, round_about = placements(plan)
    now = first.where_now(still(plan))
    assert (now.azimuth, now.elevation, now.distance) == (pytest.approx(-100), pytest.approx(20), None)
    at = second.where_now(still(plan))
    assert second.kind == POSITION and (at.azimuth, at.distance) == (pytest.approx(36.87, abs=0.01), pytest.approx(5.0))
    assert third.kind == OUTPUT and third.rows == (6,) and third.where_now(still(plan)).azimuth is None
    assert round_about.where_now(still(plan)).azimuth == pytest.approx(-90)


def test_a_distance_is_known_where_a_sound_went_through_one():
    near, far, both = placed([ug.place(ug.distance(ug.pink(), METRES), azimuth=0), ug.place(ug.reverb(ug.distance(ug.pink(), 7)), azimuth=0),
                              ug.place(ug.mix(ug.distance(ug.pink(), 2), ug.distance(ug.sine(80), 9)), azimuth=0)])
    assert params(near)["distance"] == "metres" and params(far)["distance"] == "" and "distance" not in both.controls
    assert both.names == ("pink", "sine")


def test_the_channels_of_one_sound_are_one_placement_and_sounds_of_one_line_are_not():
    pair = ug.reverb(ug.pink(), channels=4)
    plan = plan_of(ug.place(pair, azimuth=AZIMUTH, width=90))
    (fan,) = placements(plan)
    assert len(fan.middle) == 4 and params(fan) == {"azimuth": "where"}
    (still_fan,) = placements(plan := plan_of(ug.place(pair, azimuth=40, width=360)))
    assert still_fan.where_now(still(plan)).azimuth == pytest.approx(40)
    assert len(placed([ug.place(ug.pink(), azimuth=turn) for turn in (0, 90, 180)])) == 3
    assert len(placed([ug.place(ug.saw(100 + 7 * k) * 0.1, azimuth=40 * k) for k in range(9)])) == 9, "eight voices side by side are eight sounds"


def test_what_is_encoded_is_found_behind_its_field_and_turned_with_it():
    field = ug.encode(ug.pink(), azimuth=20) + ug.encode(ug.sine(300), azimuth=AZIMUTH)
    plan = plan_of(ug.decode(ug.rotate(field, yaw=30)))
    one, other = placements(plan)
    assert one.kind == DIRECTION and one.names == ("pink",) and params(other)["azimuth"] == "where"
    assert one.where_now(still(plan)).azimuth == pytest.approx(50)
    (recorded,) = placed(ug.decode(ug.pink(4)))
    assert recorded.kind == FIELD and recorded.where_now(np.zeros((0, 2))).azimuth is None


def test_a_field_turns_as_the_kernel_turns_it():
    assert turned(0, 0, 90, 0, 0) == pytest.approx((90, 0)) and turned(0, 0, 0, 40, 0) == pytest.approx((0, 40))
    assert turned(90, 0, 0, 0, 40) == pytest.approx((90, 40)) and turned(0, 40, 0, 50, 0)[1] == pytest.approx(90)
    assert turned(30, 10, 25, 0.0, 360.0) == pytest.approx((55, 10))


def test_everywhere_sub_and_gains_have_loudspeakers_and_no_direction():
    all_over, low, some = placed([ug.everywhere(ug.pink()), ug.sub(ug.pink()), ug.to(ug.pink(), gains=[0, 0.5, 0, 0.2])])
    assert (all_over.kind, low.kind, some.kind) == (EVERYWHERE, OUTPUT, OUTPUT)
    assert len(low.rows) == 13 and some.rows == (1, 3)


def test_what_plays_is_read_from_what_the_engine_left(session):
    plan = plan_of([ug.place(ug.pink() * 0.1, azimuth=AZIMUTH), ug.place(ug.pink() * 0.1, azimuth=ug.sine(3) * 40.0)])
    here = session(outputs=13)
    playing = here.load(plan, values={"where": -75.0})
    here.stage.start(playing)
    here.render(48_000 // 64 * 64)
    steady, swinging = placements(plan)
    assert steady.where_now(playing.shelf.controls).azimuth == pytest.approx(-75.0)
    seen = []
    for _ in range(40):
        here.render(640)
        seen.append(swinging.where_now(playing.shelf.controls).azimuth)
    assert min(seen) < -38 and max(seen) > 38 and max(abs(one) for one in seen) <= 40.1, "a direction that follows a sound"
