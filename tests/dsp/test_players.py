"""Recordings from memory, and streams."""
from __future__ import annotations

import numpy as np
import pytest

from installation.audio import layout
from installation.dsp import stream

from .table import RATE, Bench, Case, noise, tone


def player(table: np.ndarray, rate: float = 1.0, loop: bool = False, begin: int = 0, end: int | None = None, fade: int = 0,
           name: str = "play") -> Bench:
    region = (float(loop), float(begin), float(table.shape[1] if end is None else end), float(fade))
    return Bench(Case(name, table.shape[0], controls={"rate": rate}, numbers={"region": region}, table=table))


def test_at_its_own_rate_it_is_the_recording():
    table = noise(5_000, 2)
    played = player(table).run(6_000)
    assert np.array_equal(played[:, :5_000], table) and not np.any(played[:, 5_000:])


def test_a_part_of_it():
    table = noise(5_000)
    assert np.array_equal(player(table, begin=1_000, end=3_000).run(2_500)[0, :2_000], table[0, 1_000:3_000])


def test_another_rate_is_the_curve_between():
    table = tone(9_600, hz=200.0)
    for rate in (0.5, 1.5, 1.0001):
        played = player(table, rate).run(4_800)[0]
        assert np.abs(played[8:] - np.sin(2 * np.pi * 200 * rate * np.arange(4_800) / RATE)[8:]).max() < 1e-4


def test_rate_zero_stands_still():
    assert len(set(player(noise(500)).run(640, controls={"rate": 0.0})[0])) == 1


def test_a_loop_without_a_crossfade_is_the_recording_again_and_again():
    table = noise(480)
    assert np.array_equal(player(table, loop=True).run(4_800)[0], np.tile(table[0], 10))


@pytest.mark.parametrize("rate", [0.37, 1.6])
def test_one_cycle_looped_is_a_sine(rate):
    table = tone(480, hz=100.0)
    played = player(table, rate, loop=True).run(RATE)[0]
    assert np.abs(played - np.sin(2 * np.pi * 100 * rate * np.arange(RATE) / RATE)).max() < 1e-5


def test_a_crossfaded_loop_repeats_and_has_no_click():
    """A tone that fits no loop: with a crossfade nothing rises above what the tone itself does; without, there is a step."""
    table = tone(10_000, hz=333.3)
    smooth, rough = (player(table, loop=True, fade=fade).run(40_000)[0].astype(float) for fade in (2_000, 0))
    bend = np.abs(np.diff(table[0].astype(float), 2)).max()
    worst = np.abs(np.diff(smooth, 2)).max() / bend
    print(f"crossfaded loop: sharpest bend {worst:.2f} of the tone's own; plain loop {np.abs(np.diff(rough, 2)).max() / bend:.1f}")
    assert worst < 1.5 and np.abs(np.diff(rough, 2)).max() > 5 * bend
    assert np.array_equal(smooth[10_000:18_000], smooth[18_000:26_000])


def test_a_crossfaded_loop_of_noise_keeps_its_level():
    played = player(noise(20_000), loop=True, fade=8_000).run(100_000)[0].astype(float)
    levels = [10 * np.log10((played[at:at + 2_000] ** 2).mean()) for at in range(0, 98_000, 2_000)]
    assert max(levels) - min(levels) < 1.5


def test_it_stays_inside_whatever_the_numbers_say():
    table = noise(100)
    for region in ((1.0, 0.0, 1e9, 10.0), (1.0, 90.0, 95.0, 50.0), (1.0, 99.0, 100.0, 0.0), (0.0, 500.0, 400.0, 0.0)):
        bench = Bench(Case("play", 1, controls={"rate": 16.0}, numbers={"region": region}, table=table))
        assert np.abs(bench.run(6_400)).max() <= 2.0


def test_a_strike_starts_at_its_frame_as_loud_as_its_value():
    table = noise(300)
    struck = np.zeros((1, 2_000), "f4")
    struck[0, 777] = 0.5
    played = player(table, name="strike").run(2_000, inputs={"trigger": struck})[0]
    assert not np.any(played[:777]) and np.array_equal(played[777:1_077], 0.5 * table[0]) and not np.any(played[1_077:])


def test_struck_again_the_first_makes_room_without_a_click():
    table = tone(20_000, hz=100.0)
    struck = np.zeros((1, 9_600), "f4")
    struck[0, [0, 4_920]] = 1.0             # at the top of a wave
    played = player(table, name="strike").run(9_600, inputs={"trigger": struck})[0]
    assert np.abs(np.diff(played)).max() < 3 * 2 * np.pi * 100 / RATE


def test_play_less_strike_at_once_is_silence():
    table = noise(3_000, 2)
    struck = np.zeros((1, 4_000), "f4")
    struck[0, 0] = 1.0
    assert not np.any(player(table, 1.3).run(4_000) - player(table, 1.3, name="strike").run(4_000, inputs={"trigger": struck}))


def streaming(ring: int = 4_096) -> tuple[Bench, np.ndarray]:
    bench = Bench(Case("stream", 1, table=np.zeros((1, ring), "f4")))
    words = bench.kept["words"]
    words[:] = 0
    return bench, words


def feed(bench: Bench, words: np.ndarray, sound: np.ndarray, upto: int) -> None:
    ring = bench.kept["ring"]
    places = np.arange(words[1], upto)
    ring[:, places % ring.shape[1]] = sound[:, places]
    words[1] = upto


def test_the_words_are_the_layouts():
    assert (stream.WRITTEN, stream.ENDED) == (layout.S_WRITTEN, layout.S_ENDED)


def test_a_stream_is_the_recording():
    sound = noise(20_000)
    bench, words = streaming()

    def keep_full(bench: Bench) -> None:
        feed(bench, words, sound, min(20_000, int(bench.state[0]) + 4_096))
        words[11] = int(words[1] == 20_000)

    played = bench.run(21_000, before=keep_full)[0]
    assert np.array_equal(played[:20_000], sound[0]) and not np.any(played[20_000:]) and bench.state[1] == 0


def test_before_the_first_frame_it_waits_without_counting():
    bench, words = streaming()
    assert not np.any(bench.run(640)) and bench.state[1] == 0
    sound = tone(4_096)
    feed(bench, words, sound, 4_096)
    assert bench.run(64).shape == (1, 64) and bench.state[0] == 64


def test_a_late_disk_is_a_fade_a_wait_and_a_fade_in_and_nothing_is_lost():
    sound = np.ones((1, 20_000), "f4")
    bench, words = streaming()
    feed(bench, words, sound, 1_000)
    played = bench.run(64 * 30)[0]
    feed(bench, words, sound, 1_500)                # not yet a quarter of the ring
    assert not np.any(bench.run(64)) and bench.state[0] == 960
    missed = bench.state[1]
    assert missed >= 14
    feed(bench, words, sound, 4_000)
    after = bench.run(64 * 4)[0]
    level = np.concatenate([played, after])
    assert np.abs(np.diff(level)).max() < 1.01 / 64 + 1e-6 and after[-1] == 1.0
    assert bench.state[0] == 960 + 256 and bench.state[1] == missed
