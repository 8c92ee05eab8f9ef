"""The flash guard against a counter that knows nothing of it: never more than three flashes in any second."""
from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.light.guard import CATCH_UP, GAP, HOLD, Guard, Lamp
from tests.light.flashes import flashes, rises, transitions, worst

RGB = ((0.2126, True), (0.7152, False), (0.0722, False))


def lamps(*sizes: int) -> tuple[list[Lamp], int]:
    """Lamps of 1 (dimmer), 3 (rgb) or 4 channels (dimmer and rgb), one after another."""
    made, channel = [], 0
    for size in sizes:
        colours = RGB if size > 1 else ((1.0, False),)
        first = channel + (size == 4)
        made.append(Lamp(channel if size == 4 else None,
                         tuple((first + n, weight, red) for n, (weight, red) in enumerate(colours))))
        channel += size
    return made, channel


def sent(guard: Guard, frames: np.ndarray, times: list[float]) -> np.ndarray:
    return np.array([guard.limit(frame.astype(np.int64), time) for frame, time in zip(frames, times)])


def signals(out: np.ndarray, made: list[Lamp], top: int) -> dict[str, np.ndarray]:
    """What is to be seen: each emitter, each lamp's luminance, the room's."""
    found: dict[str, np.ndarray] = {}
    room, most = np.zeros(len(out)), 0.0
    for number, lamp in enumerate(made):
        dim = out[:, lamp.dimmer] / top if lamp.dimmer is not None else np.ones(len(out))
        total = np.zeros(len(out))
        for channel, weight, _ in lamp.emitters:
            found[f"lamp {number} channel {channel}"] = dim * out[:, channel] / top
            total = total + weight * dim * out[:, channel] / top
        found[f"lamp {number}"] = total / sum(weight for _, weight, _ in lamp.emitters)
        room, most = room + total, most + sum(weight for _, weight, _ in lamp.emitters)
    found["room"] = room / most
    return found


def input_signal(kind: str, rng: random.Random, times: list[float]) -> list[float]:
    frequency, phase, duty = rng.uniform(0.5, 22), rng.random(), rng.uniform(0.05, 0.95)
    low, high = sorted((rng.random() ** 2, 1 - rng.random() ** 2))
    if kind == "random":
        return [rng.random() for _ in times]
    if kind == "square":
        return [high if (frequency * time + phase) % 1 < duty else low for time in times]
    if kind == "sine":
        return [low + (high - low) * (0.5 - 0.5 * math.cos(2 * math.pi * (frequency * time + phase))) for time in times]
    if kind == "steps":       # slow climbs with sudden drops, and the reverse
        return [(frequency / 4 * time + phase) % 1 if duty < 0.5 else 1 - (frequency / 4 * time + phase) % 1 for time in times]
    if kind == "bursts":      # still for a while, then wild
        return [rng.random() if (time * 0.7 + phase) % 1 < 0.4 else high * ((time * 0.7 + phase) % 1) for time in times]
    value, walk = rng.random(), []
    for _ in times:
        value = min(1.0, max(0.0, value + rng.gauss(0, duty / 3)))
        walk.append(value)
    return walk


KINDS = ("random", "square", "sine", "steps", "bursts", "walk")


def clock(rng: random.Random, seconds: float, regular: bool) -> list[float]:
    times, now = [], rng.uniform(0, 1000)
    end = now + seconds
    while now < end:
        times.append(now)
        now += 0.025 if regular else rng.choice((rng.uniform(0.001, 0.05), rng.uniform(0.02, 0.03), rng.expovariate(20)))
    return times


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**32), regular=st.booleans(), wide=st.booleans(),
       sizes=st.lists(st.sampled_from((1, 1, 3, 4)), min_size=1, max_size=4))
def test_never_more_than_three_flashes_in_any_second(seed: int, regular: bool, wide: bool, sizes: list[int]):
    rng = random.Random(seed)
    made, count = lamps(*sizes)
    top = 65535 if wide else 255
    times = clock(rng, 4.0, regular)
    columns = [input_signal(rng.choice(KINDS), rng, times) for _ in range(count)]
    frames = np.rint(np.array(columns).T * top)
    out = sent(Guard(made, np.full(count, top)), frames, times)
    for name, signal in signals(out, made, top).items():
        assert flashes(times, list(signal)) <= 3, (name, worst(times, list(signal)))
    assert (out <= np.maximum.accumulate(frames)).all()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), regular=st.booleans(), lamp_count=st.integers(2, 5))
def test_lamps_that_flash_in_turns_count_together(seed: int, regular: bool, lamp_count: int):
    """A chase: whichever lamp rises, rises of the group that follow a fall are at least GAP apart."""
    rng = random.Random(seed)
    made, count = lamps(*[1] * lamp_count)
    times = clock(rng, 4.0, regular)
    rate = rng.uniform(1, 20)
    frames = np.array([[255 * (int(rate * time) % lamp_count == lamp) for lamp in range(lamp_count)] for time in times])
    out = sent(Guard(made, np.full(count, 255)), frames, times) / 255
    starts = sorted({times[frame] for lamp in range(lamp_count) for frame in rises(list(out[:, lamp]))})
    groups: list[float] = []
    for start in starts:      # a rise takes a few frames, as the gate opens softly
        if not groups or start - groups[-1] > GAP / 2:
            groups.append(start)
    assert all(later - sooner >= GAP - 1 / CATCH_UP for sooner, later in zip(groups, groups[1:]))
    assert max(sum(start <= time <= start + 1 for time in groups) for start in groups) <= 3


@given(start=st.integers(0, 255), end=st.integers(0, 255), seconds=st.floats(0.0, 3), regular=st.booleans(),
       sizes=st.sampled_from(((1,), (3,), (4, 1))))
@settings(max_examples=40, deadline=None)
def test_a_fade_passes_bit_for_bit(start: int, end: int, seconds: float, regular: bool, sizes: tuple[int, ...]):
    made, count = lamps(*sizes)
    times = clock(random.Random(start), seconds + 0.1, regular)
    level = [start + (end - start) * min(1.0, (time - times[0]) / (seconds or 1e-9)) for time in times]
    frames = np.rint(np.array([level] * count).T).astype(np.int64)
    assert (sent(Guard(made, np.full(count, 255)), frames, times) == frames).all()


def test_a_flash_every_second_half_second_passes_and_ten_a_second_do_not():
    made, count = lamps(1)
    times = [n / 40 for n in range(400)]
    for frequency, untouched in ((1.0, True), (2.0, True), (2.5, True), (4.0, False), (10.0, False), (20.0, False)):
        frames = np.array([[255 * ((time * frequency) % 1 < 0.5)] for time in times])
        assert transitions(list(frames[:41, 0] / 255)) >= 2 * int(frequency) - 1
        out = sent(Guard(made, np.array([255])), frames, times)
        assert (out == frames).all() == untouched, frequency
        assert flashes(times, list(out[:, 0] / 255)) <= 3


def test_a_refused_rise_waits_under_the_step_and_keeps_its_colour():
    made, count = lamps(3)
    guard = Guard(made, np.full(3, 65535))
    orange = np.array([65535, 26214, 0])
    assert (guard.limit(orange, 0.0) == orange).all()
    assert (guard.limit(orange * 0, 0.1) == 0).all()
    waits = guard.limit(orange, 0.2)
    assert waits[0] <= HOLD * 65535 < waits[0] + 655 * 25 and waits[1] == pytest.approx(waits[0] * 0.4, abs=1)
    assert (guard.limit(orange, 0.35) == waits).all()
    climbs = [guard.limit(orange, 0.37 + n * 0.025)[0] for n in range(14)]
    assert climbs == sorted(climbs) and climbs[-1] == 65535 and climbs[0] < 20000
    assert guard.held > 0 and guard.flashes == 2


def test_saturated_red_counts_whatever_its_luminance():
    """A faint red that comes and goes ten times a second: luminance 0.02 of the lamp's, and still gated."""
    made, count = lamps(3)
    times = [n / 40 for n in range(200)]
    frames = np.array([[24 * ((time * 10) % 1 < 0.5), 0, 0] for time in times])
    assert flashes(times, list(frames[:, 0] / 255), 20 / 320) >= 9
    out = sent(Guard(made, np.full(3, 255)), frames, times)
    assert flashes(times, list(out[:, 0] / 255), 20 / 320) <= 3
    for other in ((0, 255, 255), (0, 0, 255), (255, 255, 255)):      # red against another colour
        frames = np.array([[255, 0, 0] if (time * 10) % 1 < 0.5 else other for time in times])
        out = sent(Guard(made, np.full(3, 255)), frames, times)
        for channel in range(3):
            assert flashes(times, list(out[:, channel] / 255)) <= 3


def test_a_slow_beginning_cannot_hide_a_jump():
    made, count = lamps(1)
    times = [n / 40 for n in range(120)]
    level = [0.0] + [0.12 + 0.05 * time for time in times[1:37]]
    level += [(1.0, 0.0)[n % 2] for n in range(120 - len(level))]
    frames = np.rint(np.array([level]).T * 255)
    out = sent(Guard(made, np.array([255])), frames, times)
    assert flashes(times, list(out[:, 0] / 255)) <= 3


def test_a_lamp_that_flashes_leaves_the_others_alone():
    made, count = lamps(1, 1)
    times = [n / 40 for n in range(160)]
    frames = np.array([[255 * (n // 2 % 2), min(255, n * 2)] for n in range(160)])
    out = sent(Guard(made, np.full(2, 255)), frames, times)
    late = np.abs(out[:, 1] - frames[:, 1])
    assert flashes(times, list(out[:, 0] / 255)) <= 3
    assert (np.diff(out[:, 1]) >= 0).all() and late.max() <= 0.12 * 255


def test_time_that_stands_still_or_leaps_is_survived():
    made, count = lamps(1)
    guard = Guard(made, np.array([255]))
    times = [0.0, 0.0, 0.0, 0.0, 1e6, 1e6, 1e6, 2e6]
    out = [int(guard.limit(np.array([255 * (n % 2)]), time)[0]) for n, time in enumerate(times)]
    assert flashes(times, [value / 255 for value in out]) <= 3
