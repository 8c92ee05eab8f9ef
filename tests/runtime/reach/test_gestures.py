"""What hands have changed, in the log: a line for each gesture, and never a flood of them."""
from __future__ import annotations

import pytest

from installation.rules.gate import Gate, Hand, Role
from installation.rules.tree import Tree
from installation.runtime.reach.gestures import BURST, Gestures
from installation.terms.declaration import Declaration, Kind
from installation.terms.words import Words

LEVEL, MUTE, GO, COLOUR, SCENE = "/scene/tide/level", "/system/mute", "/scene/tide/go", "/light/wash/colour", "/score/main/scene"
ONE, OTHER = Hand("web:artist:3", Role.ARTIST), Hand("osc:10.0.0.7:9000", Role.ARTIST)


class Room:
    def __init__(self) -> None:
        tree = Tree()
        for declaration in (Declaration(LEVEL, unit="dBFS", low=-60, high=0, default=-24.0), Declaration(MUTE, Kind.BOOL, default=False),
                            Declaration(GO, Kind.TRIGGER),
                            Declaration(COLOUR, Kind.COLOUR, default=(0.0, 0.0, 0.0)), Declaration(SCENE, Kind.TEXT, default="tide"),
                            *(Declaration(f"/scene/a/p{number}", low=0, high=1) for number in range(200))):
            tree.declare(declaration)
        self.gate, self.said = Gate(tree), list[Words]()
        self.gestures = Gestures(self.gate, self.said.append)
        self.now = 100.0

    def pass_by(self, seconds: float) -> list[str]:
        """Let time go by, and what was said meanwhile."""
        said = len(self.said)
        for _ in range(round(2 * seconds)):
            self.now += 0.5
            self.gestures.step(self.now)
        return [words.en for words in self.said[said:]]


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_gesture_is_one_line_once_it_has_ended(room: Room) -> None:
    for step in range(1, 13):
        room.gate.write(ONE, LEVEL, -24.0 + step, room.now)
        assert room.pass_by(0.5) == []
    assert room.pass_by(2) == ["web:artist:3 moved /scene/tide/level from -24 dBFS to -12 dBFS"]
    assert room.said[0].fr == "web:artist:3 a réglé /scene/tide/level de -24 dBFS à -12 dBFS"
    assert room.pass_by(10) == []


def test_every_kind_has_its_words(room: Room) -> None:
    for address, value in ((MUTE, True), (GO, None), (COLOUR, (1, 0.5, 0)), (SCENE, "embers")):
        room.gate.write(OTHER, address, value, room.now)
    assert room.pass_by(2) == [f"osc:10.0.0.7:9000 {words}" for words in (
        "moved /system/mute from false to true", "fired /scene/tide/go", "moved /light/wash/colour from (0, 0, 0) to (1, 0.5, 0)",
        'moved /score/main/scene from "tide" to "embers"')]
    room.gate.write(OTHER, MUTE, True, room.now)
    assert room.pass_by(2) == []                                       # nothing changed


def test_many_at_once_are_counted(room: Room) -> None:
    for number in range(200):
        room.gate.write(ONE, f"/scene/a/p{number}", 0.5, room.now)
    said = room.pass_by(3)
    assert len(said) <= BURST + 3 and said[-1] == f"hands moved {200 - (len(said) - 1)} more values"
    assert len(room.pass_by(60)) == 0


def test_what_is_under_way_is_said_at_the_end(room: Room) -> None:
    room.gate.write(ONE, LEVEL, -3.0, room.now)
    room.gestures.step(room.now, last=True)
    assert len(room.said) == 1
