"""Voices side by side: eight at once give the bits that each gives alone, whatever stands beside them and in whatever place."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, parameter
from installation.audio.offline import render_plan
from installation.audio.plan import Plan
from installation.audio.units import UNITS
from installation.terms.declaration import Declaration, Kind
from installation.terms.fault import Fault

from ..dsp.case import Speaker

OUTPUTS = 4
PITCH = Declaration("/scene/test/pitch", unit="Hz", low=20, high=5_000, default=200.0)
ANGLE = Declaration("/scene/test/angle", unit="deg", low=-180, high=180, default=20.0)
LEVEL = Declaration("/scene/test/level", unit="dB", low=-60, high=6, default=-12.0)


def plan(sound: Any, side_by_side: bool) -> Plan:
    return flatten(Graph.collect(sound, outputs=OUTPUTS, rate=48_000, seed=1, name="test"), side_by_side=side_by_side)


def heard(kernels: Path, sound: Callable[[], Any], side_by_side: bool) -> np.ndarray:
    made = plan(sound(), side_by_side)
    return render_plan(made, 0.25, kernels, outputs=OUTPUTS, values={name: {"pitch": 330.0, "level": -20.0}[name] for name in made.params})


def each(word: Callable[[int], Any], count: int) -> Callable[[], Any]:
    return lambda: [ug.to(word(number) * 0.05, output=1 + number % OUTPUTS) for number in range(count)]


def gliding(number: int) -> Any:
    return ug.filter(ug.pulse(parameter("pitch", PITCH) * (1 + 0.1 * number), 0.2 + 0.05 * number), 300 + 100 * number, resonance=0.7)


VOICES: dict[str, Callable[[int], Any]] = {
    "sine": lambda n: ug.sine(100 + 37 * n),
    "saw": lambda n: ug.saw(40 + 131 * n, quality="fast"),
    "pulse": lambda n: ug.pulse(40 + 131 * n, 0.1 + 0.03 * n, quality="fast"),
    "lowpass": lambda n: ug.lowpass(ug.saw(110 + n, quality="fast"), 200 + 150 * n),
    "highpass": lambda n: ug.highpass(ug.saw(110 + n, quality="fast"), 200 + 150 * n),
    "filter": lambda n: ug.filter(ug.saw(110 + n, quality="fast"), 200 + 150 * n, resonance=0.05 * n, mode="band"),
    "filter of a noise": lambda n: ug.filter(ug.white(), 200 + 150 * n, resonance=0.9, mode="high"),
    "peak": lambda n: ug.peak(ug.saw(110 + n, quality="fast"), 200 + 150 * n, 3.0 * n - 12.0, 0.1 + 0.3 * n),
    "lowshelf": lambda n: ug.lowshelf(ug.white(), 200 + 150 * n, 3.0 * n - 12.0),
    "highshelf": lambda n: ug.highshelf(ug.white(), parameter("pitch", PITCH) * (1 + n), 3.0 * n - 12.0),
    "env": lambda n: ug.env(ug.drift(0.02, 0, 1), attack=0.01, decay=0.02, sustain=0.07 * n, release=0.05 + 0.01 * n),
    "ping": lambda n: ug.sine(300 + n) * ug.ping(ug.pulse(7 + n, 0.3), attack=0.003, release=0.05),
    "two channels": lambda n: ug.lowpass(ug.pink(2) * (1 + n), 900 + n)[1] + ug.saw(50 + n, quality="fast"),
    "moved by a parameter": gliding,
    "one that moves among those that stand": lambda n: ug.peak(
        ug.filter(ug.saw(ug.drift(0.05, 90, 400) if n == 3 else 60 + 50 * n, quality="fast"), ug.drift(0.1, 300, 900) if n == 5 else 700, resonance=0.6),
        ug.drift(0.2, 300, 900) if n == 2 else 800, 6.0),
    "level": lambda n: ug.saw(50 + 3 * n, quality="fast") * parameter("level", LEVEL) + ug.sine(parameter("pitch", PITCH)) * 0.1,
    "one into the next": lambda n: ug.filter(ug.filter(ug.saw(50 + n, quality="fast"), 500), 900 + n) - ug.sine(ug.drift(1, 200, 300)),
}


@pytest.mark.parametrize("count", [4, 8, 13])
@pytest.mark.parametrize("name", VOICES)
def test_side_by_side_is_one_by_one(name, count, kernels):
    alone, beside = (heard(kernels, each(VOICES[name], count), sides) for sides in (False, True))
    assert np.abs(alone).max() > 1e-3
    assert np.array_equal(alone, beside)


def test_every_unit_that_can_stand_beside_others_is_tried():
    tried = {unit.unit.name.removesuffix(" × 8") for word in VOICES.values() for unit in plan(each(word, 8)(), True).units}
    able = {unit.name for unit in UNITS.values() if unit.laned == "yes"}
    assert able <= tried, able - tried


def test_a_voice_does_not_know_its_place(kernels):
    """The same voice as the first, the fourth and the last of many."""
    def choir(place: int) -> Callable[[], Any]:
        pitches = [100 + 13 * number for number in range(11)]
        pitches.insert(place, 777)
        return lambda: [ug.to(ug.filter(ug.saw(pitch, quality="fast"), 1_500) * 0.1, output=2 if pitch == 777 else 1) for pitch in pitches]

    first, fourth, last = (heard(kernels, choir(place), True)[:, 1] for place in (0, 3, 11))
    assert np.abs(first).max() > 0.01 and np.array_equal(first, fourth) and np.array_equal(first, last)


def test_few_are_left_alone_and_many_are_taken_by_eights():
    names = [unit.unit.name for unit in plan(each(VOICES["saw"], 3)(), True).units]
    assert names.count("saw_fast") == 3 and "saw_fast × 8" not in names
    names = [unit.unit.name for unit in plan(each(VOICES["saw"], 17)(), True).units]
    assert names.count("saw_fast × 8") == 2 and names.count("saw_fast") == 1 and names.count("part_voices") == 2 and "gather" not in names
    assert names.count("to") == 3                          # neighbours go to their outputs together


def test_triggers_still_strike(kernels):
    from installation.audio.offline import Session

    touched = Declaration("/scene/test/touched", kind=Kind.TRIGGER)
    sound = [ug.to(ug.saw(100 + n, quality="fast") * ug.ping(parameter("touched", touched), release=0.1) * 0.05) for n in range(9)]
    outs = []
    for sides in (False, True):
        session = Session(kernels, outputs=OUTPUTS)
        playing = session.load(plan(sound, sides))
        session.stage.start(playing, at=0)
        session.stage.trigger(playing, "touched", at=5_000)
        outs.append(session.render(9_600))
    assert not np.any(outs[0][:5_000]) and np.abs(outs[0]).max() > 0.01 and np.array_equal(*outs)


def test_gains_reach_all_outputs_the_same_by_eights(kernels):
    gains = [0.1, 0.0, 0.3, -0.2]

    def sprayed() -> Any:
        return [ug.to(ug.saw(50 + 7 * number, quality="fast"), gains=gains) for number in range(11)]

    alone, beside = heard(kernels, sprayed, False), heard(kernels, sprayed, True)
    assert np.array_equal(alone, beside) and not np.any(alone[:, 1])
    one = heard(kernels, lambda: [ug.to(ug.saw(50, quality="fast"), gains=gains)], False)
    assert np.allclose(one, np.outer(one[:, 0] / 0.1, gains), atol=1e-6) and np.abs(one[:, 2]).max() > 0.2


def test_sounds_that_are_made_apart_go_to_all_outputs_by_eights(kernels):
    """Noises cannot stand beside each other; eight of them, and no more, go out in one call, in their order."""
    def sprayed() -> Any:
        sounds = [ug.to(ug.white(), gains=[0.1, 0.02 * number, 0.3, -0.2]) for number in range(10)]
        return [*sounds[:9], ug.to(ug.saw(50, quality="fast") * 0.1, output=1), sounds[9]]

    names = [unit.unit.name for unit in plan(sprayed(), True).units]
    assert [name for name in names if name in ("spray", "spray_eight", "to")] == ["spray_eight", "spray", "to", "spray"]
    assert np.array_equal(heard(kernels, sprayed, False), heard(kernels, sprayed, True))


def test_places_are_found_by_eights(kernels):
    """Eight that stand, go round, or follow a parameter; what follows a sound frame by frame goes by itself."""
    room = tuple(Speaker(output, azimuth) for output, azimuth in ((1, 45.0), (2, -45.0), (3, 135.0), (4, -135.0)))

    def placed(count: int, *others: Any) -> Any:
        ways = [ug.drift(period=1, low=-400, high=300), 100.0, parameter("angle", ANGLE), -750.0]
        return [*(ug.place(ug.white() * 0.1, azimuth=ways[number % 4]) for number in range(count)), *others]

    def sound(side_by_side: bool, *others: Any) -> Plan:
        graph = Graph.collect(placed(10, *others), outputs=OUTPUTS, rate=48_000, loudspeakers=room, seed=1, name="test")
        return flatten(graph, side_by_side=side_by_side)

    following = ug.place(ug.saw(50, quality="fast") * 0.1, azimuth=ug.sine(2) * 180)
    names = [unit.unit.name for unit in sound(True, following).units]
    assert names.count("place_eight") == 1 and sum(name.startswith("place") for name in names) == 4
    alone, beside = (render_plan(sound(sides, following), 0.25, kernels, outputs=OUTPUTS, values={"angle": 170.0}) for sides in (False, True))
    assert np.abs(alone).max(axis=0).min() > 1e-3 and np.array_equal(alone, beside)


def test_more_gains_than_outputs_are_a_fault(kernels):
    with pytest.raises(Fault) as fault:
        plan(ug.to(ug.saw(50, quality="fast"), gains=[0.1] * 5), True)
    assert fault.value.id == "graph.output" and "test_lanes" in fault.value.where


def test_channels_of_one_sound_stand_beside_each_other(kernels):
    """Eight channels of a reverb, each through a filter of its own kind."""
    def rooms() -> Any:
        return [ug.to(ug.lowshelf(channel, 200 + 30 * number, 6.0) * 0.1, output=1 + number % OUTPUTS)
                for number, channel in enumerate(ug.reverb(ug.white(), channels=8))]

    assert [unit.unit.name for unit in plan(rooms(), True).units].count("lowshelf × 8") == 1
    assert np.array_equal(heard(kernels, rooms, False), heard(kernels, rooms, True))


@pytest.mark.parametrize("heard_by", [[0] * 8, [0, 1, 2, 3, 3, 3, 3, 3], [7, 6, 5, 4, 3, 2, 1, 0], [0, 1, 2, 3, 4, 5, 6, 6], [0, 1, 2, 3], [4, 5, 6, 7]])
def test_voices_may_share_what_they_hear(heard_by, kernels):
    """Filters that hear saws of a group in any order, or several the same one."""
    def crossed() -> Any:
        saws = [ug.saw(60 + 40 * number, quality="fast") for number in range(8)]
        return [*(ug.to(saw * 0.01, output=1) for saw in saws),
                *(ug.to(ug.filter(saws[source], 300 + 200 * number) * 0.1, output=2 + number % 3) for number, source in enumerate(heard_by))]

    assert np.array_equal(heard(kernels, crossed, False), heard(kernels, crossed, True))
