"""From looks to slots: names, groups, colours, curves, fine channels, crossfades, and what makes no sense."""
from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.light.colour import emitters
from installation.light.curve import CURVES
from installation.light.frames import Lights
from installation.terms.fault import Fault, Recovery
from tests.light.piece import lamp, light

RGBWA = frozenset({"red", "green", "blue", "white", "amber"})


def slots(lights: Lights, look: dict, now: float = 0.0) -> bytes:
    return lights.frame([(look, 1.0)], now)[1]


def test_a_level_a_colour_and_both():
    lights = Lights(light(lamp("spot"), lamp("wash", "rgb", 10), lamp("bar", "rgbw", 20), lamp("par", "rgbwa", 30)))
    frame = slots(lights, {"spot": 0.5, "wash": (1, 0.5, 0), "bar": {"level": 0.5, "colour": (1, 1, 0)}, "par": (1.0, 0.5, 0.0)})
    assert len(frame) == 512
    assert frame[0] == 128 and list(frame[9:12]) == [255, 128, 0]
    assert list(frame[19:23]) == [128, 128, 0, 0]
    assert list(frame[29:34]) == [0, 0, 0, 0, 255]
    assert sum(frame) == 128 + 383 + 256 + 255


def test_a_lamp_goes_before_its_groups_and_all_is_every_lamp():
    lights = Lights(light(lamp("a", address=1, groups=("left", "front")), lamp("b", address=2, groups=("left",)),
                          lamp("c", address=3)))
    assert list(slots(lights, {"a": 1.0, "left": 0.2, "all": 0.1})[:3]) == [255, 26, 26]
    assert list(slots(lights, {"all": 0.1, "left": 0.2, "c": 0.0}, 1.0)[:3]) == [51, 51, 0]


def test_a_fine_channel_makes_a_fade_of_65536_steps():
    lights = Lights(light(lamp("deep", "deep"), kinds={"deep": ("dimmer", "dimmer_fine", "mode=7")}))
    seen = set()
    for step in range(2000):
        frame = slots(lights, {"deep": step / 2000}, step / 40)
        seen.add(frame[0] << 8 | frame[1])
        assert frame[2] == 7
    assert len(seen) == 2000


def test_a_dimmer_dims_and_the_colour_stays():
    lights = Lights(light(lamp("moving", "moving"), kinds={"moving": ("pan", "dimmer", "red", "green", "blue", "shutter=255")}))
    frame = slots(lights, {"moving": {"level": 0.2, "colour": (1, 0.5, 0), "pan": 0.5}})
    assert list(frame[:6]) == [128, 51, 255, 128, 0, 255]


@pytest.mark.parametrize("curve", CURVES)
@given(a=st.floats(0, 1), b=st.floats(0, 1))
def test_a_curve_begins_at_nothing_ends_at_full_and_never_falls(curve: str, a: float, b: float):
    low, high = sorted((CURVES[curve](a), CURVES[curve](b)))
    assert CURVES[curve](0.0) == 0.0 and CURVES[curve](1.0) == 1.0
    assert (low, high) == (CURVES[curve](min(a, b)), CURVES[curve](max(a, b)))


def test_the_curve_dims_the_lamp_and_keeps_its_colour():
    lights = Lights(light(lamp("wash", "rgb", curve="square")))
    assert list(slots(lights, {"wash": {"level": 0.5, "colour": (1, 0.5, 0)}})[:3]) == [64, 32, 0]


@given(red=st.floats(0, 1), green=st.floats(0, 1), blue=st.floats(0, 1))
def test_white_and_amber_give_back_the_colour_they_were_made_of(red: float, green: float, blue: float):
    made = emitters((red, green, blue), RGBWA)
    assert all(-1e-9 <= level <= 1 for level in made.values())
    assert made["red"] + made["white"] + made["amber"] == pytest.approx(red)
    assert made["green"] + made["white"] + made["amber"] / 2 == pytest.approx(green)
    assert made["blue"] + made["white"] == pytest.approx(blue)


def test_scenes_of_one_layer_crossfade_without_a_dip_and_layers_take_the_highest():
    lights = Lights(light(lamp("a", address=1), lamp("b", address=2)))
    one, other, bed = {"a": 0.8}, {"a": 0.8, "b": 0.4}, {"b": 0.3}
    for step in range(11):
        frame = lights.frame([(one, 1 - step / 10, "main"), (other, step / 10, "main"), (bed, 1.0, "bed")], step / 10)[1]
        assert frame[0] == 204
        assert frame[1] == max(round(0.3 * 255), round(0.4 * step / 10 * 255))
    assert lights.frame([(one, 0.5), ({"a": 0.6}, 1.0)], 2.0)[1][0] == 153


def test_an_unknown_name_is_told_once_with_the_closest():
    told: list = []
    lights = Lights(light(lamp("wash left")), told.append)
    for n in range(5):
        assert slots(lights, {"wash lefft": 0.5, "wash left": {"level": 0.5, "gobo": 0.3}}, n)[0] == 128
    assert [fault.id for fault in told] == ["light.unknown", "light.channel"]
    assert '"wash left"' in told[0].say("en") and "wash left" in told[0].say("fr")


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, (0.1, math.nan, 0.2), "red", (1, 2), {"colour": 3}, {"level": []},
                                 [], 10**400])
def test_what_makes_no_sense_is_refused_counted_and_the_lamp_stays_as_it_was(bad: object):
    told: list = []
    lights = Lights(light(lamp("spot")), told.append)
    assert slots(lights, {"spot": 0.5}, 0.0)[0] == 128
    for n in range(3):
        assert slots(lights, {"spot": bad}, 1.0 + n)[0] == 128
    assert lights.refused == 3 and len(told) == 1 and isinstance(told[0], Fault)
    assert slots(lights, {"spot": 0.4}, 5.0)[0] == 102
    assert isinstance(told[1], Recovery) and told[1].id == told[0].id


def test_levels_beyond_the_range_are_clipped_and_counted():
    lights = Lights(light(lamp("spot"), lamp("wash", "rgb", 2)))
    assert list(slots(lights, {"spot": 7, "wash": (-1, 2, True)})[:4]) == [255, 0, 255, 255]
    assert lights.clipped == 2


def test_a_channel_that_could_flash_inside_the_lamp_is_held():
    told: list = []
    lights = Lights(light(lamp("par", "par"), kinds={"par": ("dimmer", "strobe", "shutter=200")}), told.append)
    assert list(slots(lights, {"par": {"level": 1, "strobe": 1.0}})[:3]) == [255, 0, 200]
    assert [fault.id for fault in told] == ["light.flicker", "light.channel"]


def test_flash_groups_are_guarded_apart_and_the_rest_together():
    """Two lamps in antiphase in one group are gated; in groups of their own each at 1.5 Hz passes."""
    lamps = (lamp("a", address=1), lamp("b", address=2))

    def run(lights: Lights) -> bool:
        whole = True
        for n in range(200):
            on = n / 40 * 1.5 % 1 < 0.5
            frame = slots(lights, {"a": float(on), "b": float(not on)}, n / 40)
            whole &= tuple(frame[:2]) == (255 * on, 255 * (not on))
        return whole

    assert not run(Lights(light(*lamps)))
    assert run(Lights(light(*lamps, flash_groups={"left": ("a",), "right": ("b",)})))
    assert not run(Lights(light(*lamps, flash_groups={"left": ("a", "b"), "right": ("b",)})))


def test_a_lamp_that_does_not_fit_is_refused():
    for record in (light(lamp("x", "rgb", 511)), light(lamp("x", "laser")),
                   light(lamp("x", "odd"), kinds={"odd": ("red_fine",)})):
        with pytest.raises(Fault):
            Lights(record)


def test_neutral_and_walk():
    lights = Lights(light(lamp("a", address=1), lamp("b", address=2), neutral={"a": 0.4}))
    assert list(slots(lights, dict(lights.neutral()))[:2]) == [102, 0]
    assert list(slots(lights, dict(lights.walk("b")), 1.0)[:2]) == [0, 178]
    assert list(slots(Lights(light(lamp("a"))), {"all": 0.3})[:1]) == [76]
    assert Lights(light(lamp("a"))).neutral() == {"all": 0.3}
    with pytest.raises(Fault, match="no lamp"):
        lights.walk("c")
    assert Lights(light()).frame([({}, 1.0)], 0.0) == {}
