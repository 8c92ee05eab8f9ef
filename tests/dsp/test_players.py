"""Recordings from memory, and streams."""
from __future__ import annotations

import numpy as np
import pytest
from scipy.signal.windows import kaiser

from installation.audio import layout
from installation.audio.units.players import strike_state
from installation.dsp import stream
from installation.dsp.reading import CUBIC, SINC, STRAIGHT
from installation.dsp.struck import CHANCE, ROUND_ROBIN, SHUFFLE

from .table import RATE, Bench, Case, noise, tone


def player(table: np.ndarray, rate: float = 1.0, loop: bool = False, begin: int = 0, end: int | None = None, fade: int = 0,
           name: str = "play", quality: int = CUBIC) -> Bench:
    region = (float(loop), float(fade), float(quality), 0.0, float(begin), float(table.shape[1] if end is None else end))
    controls = {"rate": rate} if name == "play" else {"rate": rate, "slice": 0.0}
    return Bench(Case(name, table.shape[0], controls=controls, numbers={"region": region}, table=table))


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
    for region in ((1, 10, 1, 0, 0, 1e9), (1, 50, 2, 0, 90, 95), (1, 0, 1, 0, 99, 100), (0, 0, 0, 0, 500, 400)):
        for rate in (16.0, -16.0, 0.3):
            bench = Bench(Case("play", 1, controls={"rate": rate}, numbers={"region": tuple(map(float, region))}, table=table))
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


@pytest.mark.parametrize("quality", [STRAIGHT, CUBIC, SINC])
def test_backwards_is_the_recording_turned_round(quality):
    table = noise(5_000, 2)
    played = player(table, -1.0, quality=quality).run(6_000)
    assert np.array_equal(played[:, :5_000], table[:, ::-1]) and not np.any(played[:, 5_000:])
    assert np.array_equal(player(table, quality=quality).run(6_000)[:, :5_000], table)


def test_backwards_at_any_speed_is_a_turned_recording_played_forwards():
    table = noise(5_001)
    there, back = player(table[:, ::-1].copy(), 0.75).run(6_000), player(table, -0.75).run(6_000)
    assert np.abs(there - back).max() < 1e-6


def test_a_loop_backwards_is_the_loop_turned_round():
    table = noise(4_000)
    there, back = player(table, loop=True, fade=500).run(40_000)[0], player(table, -1.0, loop=True, fade=500).run(40_000)[0]
    seen = {bytes(there[10_000 + k:13_500 + k]) for k in range(3_500)}
    assert bytes(back[20_000:23_500][::-1].copy()) in seen


@pytest.mark.parametrize("rate", [0.73, -0.73, 3.1, -5.0])
def test_no_loop_clicks_in_either_direction(rate):
    table = tone(12_000, hz=333.3)
    for quality in (CUBIC, SINC):
        played = player(table, rate, loop=True, fade=3_000, quality=quality).run(60_000)[0].astype(float)
        slope = 2 * np.pi * 333.3 * abs(rate) / RATE
        assert np.abs(np.diff(played[100:])).max() < 1.5 * slope


def test_a_speed_that_swings_through_zero_stays_on_the_curve():
    """Back and forth over a tone: what is heard is the tone at the place that the speed leads to."""
    table = tone(9_600, hz=100.0)

    def speed(frame: int) -> float:
        return 2.0 * np.cos(2 * np.pi * frame / 1_920)

    played = player(table).run(9_600, controls={"rate": speed})[0]
    places = np.cumsum(np.concatenate([[0.0], np.interp(np.arange(9_599), np.arange(0, 9_601, 64), [speed(64 * k) for k in range(151)])]))
    alive = slice(0, int(np.argmax(places < 0)) or None)
    assert np.abs(played[alive] - np.sin(2 * np.pi * 100 * places[alive] / RATE)).max() < 2e-3


def test_the_place_does_not_drift():
    """After a second at a third of the speed, in blocks of any size, the place is 48,000 steps on, to the last bit."""
    bench = player(noise(400), 1 / 3, loop=True)
    bench.run(48_000, blocks=[64])
    state, once = bench.state.copy(), player(noise(400), 1 / 3, loop=True)
    once.run(48_000, blocks=[48_000])
    step = round(2**32 / 3)
    assert np.array_equal(state, once.state) and int(state[1] * 2**32 + state[2]) == 48_000 * step % (400 << 32)


def spectrum(played: np.ndarray) -> np.ndarray:
    """dB below the strongest tone."""
    level = np.abs(np.fft.rfft(played * kaiser(len(played), 20.0)))
    return 20 * np.log10(np.maximum(level, 1e-12) / level.max())


@pytest.mark.parametrize("hz, rate, quality, bound", [
    (1_000, 0.77, SINC, -95), (15_000, 0.77, SINC, -85), (21_000, 0.77, SINC, -80), (15_000, 0.31, SINC, -85), (7_000, 1.9, SINC, -85),
    (11_000, 1.37, SINC, -85), (1_000, 0.77, CUBIC, -85), (5_000, 0.77, CUBIC, -45)])
def test_images_beside_a_tone(hz, rate, quality, bound):
    """What is heard beside the tone that was recorded, within all that there is to hear."""
    played = player(tone(RATE, hz=hz), rate, quality=quality).run(min(RATE, int(RATE / rate)) - 1_000)[0].astype(float)[200:16_584]
    level, bins = spectrum(played), np.arange(8_193) * RATE / 16_384
    level[np.abs(bins - hz * rate) < 60] = -300
    print(f"{hz} Hz at {rate}: worst beside it {level.max():.1f} dB")
    assert level.max() < bound


@pytest.mark.parametrize("hz, rate", [(14_000, 2.0), (22_000, 1.37), (9_000, 4.0), (5_000, 16.0)])
def test_faster_than_recorded_sinc_folds_nothing(hz, rate):
    """What would lie above half the rate is silent, not heard at another height; the cubic curve folds all of it."""
    def loud(quality: int) -> float:
        played = player(tone(3 * RATE, hz=hz), rate, quality=quality).run(4_000)[0].astype(float)[100:]
        return 20 * np.log10(played.std() * np.sqrt(2) + 1e-12)

    print(f"{hz} Hz at {rate}: {loud(SINC):.1f} dB, cubic {loud(CUBIC):.1f} dB")
    assert loud(SINC) < -80 and loud(CUBIC) > -25


def test_sinc_keeps_what_is_below_18_khz():
    for hz in (100, 10_000, 17_900):
        played = player(tone(RATE, hz=hz), 0.9, quality=SINC).run(20_000)[0].astype(float)[1_000:]
        assert abs(20 * np.log10(played.std() * np.sqrt(2))) < 0.1


def sliced(slices: list[tuple[int, int]], order: int = 0, table: np.ndarray | None = None) -> Bench:
    region = (0.0, 0.0, float(CUBIC), float(order), *(float(edge) for pair in slices for edge in pair))
    return Bench(Case("strike", 1, controls={"rate": 1.0, "slice": 0.0}, numbers={"region": region}, state=strike_state(len(slices)),
                      table=table if table is not None else noise(4_000)))


def struck(frames: int, *at: int) -> dict[str, np.ndarray]:
    trigger = np.zeros((1, frames), "f4")
    trigger[0, list(at)] = 1.0
    return {"trigger": trigger}


def test_each_strike_chooses_its_slice():
    table = noise(4_000)
    bench = sliced([(0, 200), (1_000, 1_300), (2_000, 2_100)], table=table)
    played = bench.run(1_600, inputs=struck(1_600, 0, 500, 1_000), controls={"slice": lambda frame: frame // 320})[0]
    assert np.array_equal(played[:200], table[0, :200]) and np.array_equal(played[500:800], table[0, 1_000:1_300])
    assert np.array_equal(played[1_000:1_200], table[0, :200]) and not np.any(played[200:500])      # 3 slices: the fourth is the first


def numbers_heard(order: int, strikes: int, slices: int = 5) -> list[int]:
    table = np.repeat(np.arange(1, slices + 1), 10)[None, :].astype("f4")
    bench = sliced([(10 * k, 10 * k + 10) for k in range(slices)], order, table)
    played = bench.run(20 * strikes, inputs=struck(20 * strikes, *range(3, 20 * strikes, 20)))[0]
    return [int(value) - 1 for value in played[8::20]]


def test_orders():
    assert numbers_heard(ROUND_ROBIN, 12) == [0, 1, 2, 3, 4] * 2 + [0, 1]
    chance, shuffled = numbers_heard(CHANCE, 500), numbers_heard(SHUFFLE, 500)
    assert min(np.bincount(chance)) > 60 and chance != numbers_heard(ROUND_ROBIN, 500)
    assert all(sorted(shuffled[k:k + 5]) == [0, 1, 2, 3, 4] for k in range(0, 500, 5))
    assert all(one != next_ for one, next_ in zip(shuffled, shuffled[1:])) and len({tuple(shuffled[k:k + 5]) for k in range(0, 500, 5)}) > 30
    assert shuffled == numbers_heard(SHUFFLE, 500)


def test_a_gate_that_stays_open_strikes_once():
    table = noise(400)
    gate = np.ones((1, 500), "f4")
    assert np.array_equal(player(table, name="strike").run(500, inputs={"trigger": gate})[0, :400], table[0])


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
