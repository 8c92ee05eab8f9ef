"""The colours of lamps, from the values that leave."""
from __future__ import annotations

from typing import Any

import pytest

from installation.light.frames import Lights
from installation.light.seen import Seen
from installation.rules.lamps import KINDS, FixtureRecord, KindRecord, Light


def lights(*kinds: str, **own: tuple[str, ...]) -> Lights:
    fixtures = tuple(FixtureRecord(name=f"{kind} {number}", kind=kind, universe=1, address=1 + 20 * number) for number, kind in enumerate(kinds))
    records = {name: KindRecord(name=name, channels=channels) for name, channels in own.items()}
    return Lights(Light(fixtures=fixtures, kinds={**KINDS, **records}))


def seen(house: Lights, look: dict[str, Any]) -> dict[str, list[float]]:
    return Seen(house.patch).colours(house.compose([(look, 1.0)]))


@pytest.mark.parametrize("colour", [(1.0, 0.4, 0.0), (0.5, 0.5, 0.5), (0.1, 0.2, 0.9), (0.0, 0.0, 0.0)])
def test_a_colour_is_seen_as_it_was_asked_for_whatever_emitters_make_it(colour):
    kinds = ("rgb", "rgbw", "rgbwa")
    house = lights(*kinds)
    for name, found in seen(house, {"all": colour}).items():
        assert found == pytest.approx(list(colour), abs=0.006), name


def test_dimmers_dim_and_what_moves_is_no_light():
    house = lights("dimmer", "dimmer16", "spot", spot=("dimmer", "red", "green", "blue", "pan", "gobo", "shutter=255"))
    found = seen(house, {"all": 0.5})
    assert found["dimmer 0"] == pytest.approx([0.5] * 3, abs=0.005) and found["dimmer16 1"] == pytest.approx([0.5] * 3, abs=1e-3)
    found = seen(house, {"spot 2": {"level": 0.5, "colour": (1.0, 0.2, 0.0), "pan": 0.9, "gobo": 1.0}})
    assert found["spot 2"] == pytest.approx([0.5, 0.1, 0.0], abs=0.006) and found["dimmer 0"] == [0.0] * 3


def test_no_lamps_no_colours():
    assert seen(lights(), {"all": 1.0}) == {}
