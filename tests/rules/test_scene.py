"""What an artist writes in a scene's class: parameters, conditions, and faults that name the line."""
from __future__ import annotations

import pytest

from installation import Scene, param
from installation.rules.scene import Condition, Quantity
from installation.terms.declaration import Access, Curve, Kind
from installation.terms.fault import Fault


class Steer:
    """The means to move parameters, as the runtime lends them."""

    def __init__(self, **values) -> None:
        self.values, self.done = values, []

    def value(self, name):
        return self.values[name]

    def set(self, name, value) -> None:
        self.done.append(("set", name, value))

    def fire(self, name) -> None:
        self.done.append(("fire", name))

    def release(self, name) -> None:
        self.done.append(("release", name))

    async def go(self, name, value, over) -> None:
        self.done.append(("go", name, value, over))


class Water(Scene):
    near = param(0, "ratio", 0, 1, about={"en": "how near", "fr": "à quel point"})
    level = param(-20, "dBFS", -60, -6)
    tone = param(440, "Hz", 20, 2000, curve="exp", glide=1)
    open = param(True)
    mood = param("calm", choices=("calm", "wild"))
    tint = param((1, 0.5, 0), about="of the lamps")
    strike = param(trigger=True)


def test_each_default_says_what_kind_of_value_it_is() -> None:
    declared = {name: entry.declaration("water") for name, entry in Water.params().items()}
    assert {name: entry.kind for name, entry in declared.items()} == {
        "near": Kind.FLOAT, "level": Kind.FLOAT, "tone": Kind.FLOAT, "open": Kind.BOOL, "mood": Kind.TEXT, "tint": Kind.COLOUR, "strike": Kind.TRIGGER}
    assert declared["level"].curve is Curve.DECIBEL and declared["tone"].curve is Curve.EXPONENTIAL and declared["near"].curve is Curve.LINEAR
    assert declared["strike"].access is Access.WRITE and not declared["strike"].persists and declared["near"].persists
    assert declared["near"].address == "/scene/water/near" and declared["near"].about.fr == "à quel point"
    assert declared["tint"].about.en == declared["tint"].about.fr == "of the lamps"


def test_a_scene_inherits_parameters_in_the_order_in_which_they_are_written() -> None:
    class Rain(Water):
        near = param(0.5, "ratio", 0, 1)
        drops = param(3)

    assert list(Rain.params()) == [*Water.params(), "drops"] and Rain.params()["near"].default == 0.5


def test_a_parameter_is_what_each_of_the_three_needs() -> None:
    scene, steer = Water(), Steer(near=0.25, level=-20.0)
    scene.lend("water", steer)
    with scene.lighting():
        assert scene.near == 0.25 and type(scene.near) is float
    with scene.composing({"near": "operand"}):
        assert scene.near == "operand"
    assert float(scene.near) == 0.25 and scene.near * 2 == 0.5 and 1 - scene.near == 0.75 and 1 / scene.near == 4
    scene.near.set(1)
    scene.near.release()
    scene.strike.fire()
    assert steer.done == [("set", "near", 1), ("release", "near"), ("fire", "strike")]


def test_comparisons_are_conditions_that_change_with_the_value() -> None:
    steer = Steer(near=0.25, level=-20.0, mood="calm")
    scene = Water()
    scene.lend("water", steer)
    close = scene.near > 0.5
    both = close & (scene.level < -10) | scene.mood.equals("wild")
    assert isinstance(close, Condition) and not close and not both and ~close
    steer.values["near"] = 0.75
    assert close and both and not ~close
    steer.values["level"] = 0.0
    assert close and not both
    steer.values["mood"] = "wild"
    assert both and "near > 0.5" in repr(both)


def test_a_reading_that_is_absent_makes_every_comparison_false() -> None:
    absent = Quantity(lambda: None, "plinth.distance")
    assert not (absent > 0) and not (absent < 0) and not absent.equals(0) and absent.value is None


@pytest.mark.parametrize("wrong, told", [
    (lambda: param(1, curve="steep"), "steep"),
    (lambda: type("X", (Scene,), {"p": param(5, "ratio", 0, 1)}).p.declaration("x"), "outside"),
    (lambda: type("X", (Scene,), {"p": param(0, "furlongs")}).p.declaration("x"), "furlongs"),
    (lambda: type("X", (Scene,), {"p": param(float("nan"), "ratio", 0, 1)}).p.declaration("x"), "finite"),
    (lambda: type("X", (Scene,), {"p": param(0, "Hz", 0, 100, curve="exp")}).p.declaration("x"), ""),
    (lambda: type("X", (Scene,), {"p": param("blue", choices=("red",))}).p.declaration("x"), "blue"),
])
def test_a_declaration_that_makes_no_sense_is_refused_with_its_line(wrong, told: str) -> None:
    with pytest.raises(Fault) as caught:
        wrong()
    assert told in caught.value.say() and "test_scene.py:" in caught.value.where


def test_to_assign_a_parameter_is_refused_with_what_would_do() -> None:
    scene = Water()
    with pytest.raises(Fault) as caught:
        scene.near = 1
    assert "self.near.set(1)" in caught.value.say("en") and "test_scene.py:" in caught.value.where
