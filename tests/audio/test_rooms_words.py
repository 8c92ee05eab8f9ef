"""The words that put a sound into the room: what they give, in a room, and what they refuse."""
from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.decoder import decoder, harmonics
from installation.audio.dome_gains import Dome, heading
from installation.audio.flatten import flatten
from installation.audio.graph import Graph, parameter
from installation.audio.offline import render_plan
from installation.audio.units.air import SOUND
from installation.terms.declaration import Declaration
from installation.terms.fault import Fault

from .rooms_for_test import ROOMS, Speaker, ring

RATE = 48_000


def heard(sound: Any, kernels: Path, speakers: tuple[Speaker, ...], seconds: float = 0.02) -> np.ndarray:
    """(frames, outputs), before the guard does anything to it: sounds are soft here."""
    outputs = max(speaker.output for speaker in speakers)
    plan = flatten(Graph.collect(sound, outputs=outputs, rate=RATE, loudspeakers=speakers, seed=1, name="test"))
    return render_plan(plan, seconds, kernels, outputs=outputs)


def levels(sound: Any, kernels: Path, speakers: tuple[Speaker, ...]) -> np.ndarray:
    """The gain of each output for a word that was given ug.sine(1_000) * 0.1."""
    alone = heard(ug.to(ug.sine(1_000) * 0.1), kernels, (Speaker(1),))
    return np.sqrt((heard(sound, kernels, speakers)[480:] ** 2).mean(axis=0) / (alone[480:] ** 2).mean())


def beep() -> Any:
    return ug.sine(1_000) * 0.1


def test_place_is_a_ring_until_it_is_given_a_height(kernels):
    flat = ug.place(beep(), 20)
    assert flat.source.unit.name == "place" and ug.place(beep(), 20, elevation=0).source.unit.name == "dome"
    around, above = (levels(ug.place(beep(), 20, elevation=up), kernels, ROOMS["half"]) for up in (0, 50))
    assert around == pytest.approx(Dome.of(ROOMS["half"], 13).gains(heading(20)), abs=2e-3)
    assert above == pytest.approx(Dome.of(ROOMS["half"], 13).gains(heading(20, 50)), abs=2e-3)
    plain, dome = (heard(sound, kernels, ROOMS["octagon"]) for sound in (flat, ug.place(beep(), 20, elevation=0)))
    assert np.abs(plain - dome).max() < 1e-6


def test_several_channels_are_fanned_out(kernels):
    pair = ug.reverb(ug.pink(), channels=2)
    placed = ug.place(pair, 10, width=40, elevation=30)
    assert [part.source.unit.name for part in placed.source.parts] == ["dome", "dome"]
    assert len(ug.nearest(pair).source.parts) == 2 and len(ug.everywhere(pair).source.parts) == 2
    assert ug.encode(pair, order=2).channels == 9


def test_a_position_is_heard_near_it(kernels):
    gains = levels(ug.place_at(beep(), (-1.5, 1.5)), kernels, ROOMS["quad"])
    assert gains.argmax() == 0 and (gains**2).sum() == pytest.approx(1.0, abs=0.01)
    without = levels(ug.place_at(beep(), (-1.5, 1.5), weights={1: 0}), kernels, ROOMS["quad"])
    assert without[0] == 0.0 and (without**2).sum() == pytest.approx(1.0, abs=0.01)
    sharp, soft = (levels(ug.place_at(beep(), (-1, 1), rolloff=rolloff), kernels, ROOMS["quad"]) for rolloff in (12, 3))
    assert sharp[0] > gains[0] * 0.9 and soft[0] < sharp[0]


def test_doppler_is_the_time_that_sound_takes(kernels):
    """A tenth of a second for 34.32 m; the start fades in, and leaves the guard a little offset that dies away."""
    near = heard(ug.to(ug.distance(beep(), 34.32, near=34.32, air=0)), kernels, (Speaker(1),), 0.3)
    far = heard(ug.to(ug.distance(beep(), "34.32 m", doppler=True, near=34.32, air=0)), kernels, (Speaker(1),), 0.3)
    assert not far[:4_800].any() and np.abs(far[7_200:12_000] - near[2_400:7_200]).max() < 2e-4


def test_a_sound_that_goes_away_is_lower(session):
    """At 20 m/s: f (1 - v / c), as the delay is that of where it is when it is heard."""
    metres = parameter("metres", Declaration("/scene/test/metres", unit="m", low=0, high=200, default=20, glide=2.0))
    sound = ug.to(ug.distance(ug.sine(1_000) * 0.1, metres, doppler=True, rolloff=0, air=0))
    plan = flatten(Graph.collect(sound, outputs=1, rate=RATE, name="test"))
    stage = session(outputs=1)
    playing = stage.load(plan, values={"metres": 20.0})
    stage.stage.start(playing)
    stage.render(RATE // 2)
    stage.stage.set(playing, "metres", 60.0)
    heard = stage.render(RATE)[RATE // 4:3 * RATE // 4, 0]
    rising = np.flatnonzero((heard[:-1] < 0) & (heard[1:] >= 0))
    crossings = rising - heard[rising] / (heard[rising + 1] - heard[rising])
    assert RATE * (len(crossings) - 1) / (crossings[-1] - crossings[0]) == pytest.approx(1_000 * (1 - 20 / SOUND), abs=0.5)


def test_how_far_a_position_is(kernels):
    gone = heard(ug.to(ug.distance(beep(), ug.away((3.0, 4.0, 0.0)), air=0)), kernels, (Speaker(1),))
    fifth = 0.2 ** (6 / (20 * math.log10(2)))
    assert np.abs(gone - heard(ug.to(beep() * fifth), kernels, (Speaker(1),))).max() < 1e-6


def test_a_field_is_decoded_for_the_room(kernels):
    for name in ("octagon", "half"):
        field = ug.encode(beep(), 30, elevation=10, order=2)
        matrix = np.zeros((len(ROOMS[name]), 9))
        for row, gains in decoder(ROOMS[name], len(ROOMS[name]), 2):
            matrix[row] = gains
        expected = np.abs(matrix @ harmonics(heading(30, 10), 2))
        assert levels(ug.decode(field), kernels, ROOMS[name]) == pytest.approx(expected, abs=3e-3)


def test_turning_the_field_is_turning_the_source(kernels):
    turned = ug.decode(ug.rotate(ug.encode(beep(), 30, order=3), yaw=40))
    placed = ug.decode(ug.encode(beep(), 70, order=3))
    assert np.abs(heard(turned, kernels, ROOMS["half"]) - heard(placed, kernels, ROOMS["half"])).max() < 1e-6


def test_subwoofers_take_only_what_is_sent(kernels):
    speakers = (*ring(30, -30), Speaker(3, 0.0, role="sub"))
    for sound in (ug.place(beep()), ug.place(beep(), elevation=0), ug.place_at(beep()), ug.nearest(beep()), ug.everywhere(beep()),
                  ug.decode(ug.encode(beep()))):
        rendered = heard(sound, kernels, speakers, 0.1)
        assert not rendered[:, 2].any() and np.abs(rendered[:, :2]).max() > 0.03
    low = heard(ug.sub(ug.sine(40) * 0.1, cutoff=120), kernels, speakers, 0.2)
    assert not low[:, :2].any() and np.abs(low[4_800:, 2]).max() == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize(("ask", "id"), [
    (lambda: ug.place_at(beep(), 3), "graph.position"), (lambda: ug.place_at(beep(), (1, 2, 3, 4)), "graph.position"),
    (lambda: ug.place_at(ug.reverb(beep()), (0, 0)), "graph.channels"), (lambda: ug.place_at(beep(), rolloff=0), "graph.range"),
    (lambda: ug.place_at(beep(), weights={0: 1}), "graph.range"), (lambda: ug.place_at(beep(), weights={1: -1}), "graph.range"),
    (lambda: ug.place(beep(), elevation=91), "graph.range"), (lambda: ug.place(beep(), spread="3 m"), "unit.wrong"),
    (lambda: ug.distance(beep(), -1), "graph.range"), (lambda: ug.distance(beep(), 1, near=0), "graph.range"),
    (lambda: ug.nearest(beep(), fade=0), "graph.range"), (lambda: ug.sub(beep(), role="full"), "graph.role"),
    (lambda: ug.encode(beep(), order=4), "graph.range"), (lambda: ug.rotate(beep()), "graph.field"),
    (lambda: ug.decode(ug.reverb(beep(), channels=3)), "graph.field"), (lambda: ug.decode(2.0), "graph.field"),
])
def test_what_will_not_do_is_a_fault_at_the_artists_line(ask, id):
    with pytest.raises(Fault) as caught:
        ask()
    assert caught.value.where.partition(":")[0] == __file__ and caught.value.happened.fr
    assert caught.value.id == id or id == "unit.wrong"


def test_a_room_that_cannot_do_it_is_a_fault():
    with pytest.raises(Fault) as caught:
        Graph.collect(ug.place_at(beep()), outputs=1, rate=RATE, loudspeakers=(Speaker(1, 0.0, distance=None),), name="test")
    assert caught.value.id == "graph.no_position"
