"""Simulated visitors: the same day from the same seed, whatever the steps; plausible people."""
from __future__ import annotations

import math

import pytest

from installation.rules.visitors import Visitors
from installation.terms.fault import Fault

ROOM = {"points": {"plinth": [0, 2], "bench": ["-150 cm", "-1 m"]}, "arrivals": 60, "stay": "2 min"}


def day(step: float, until: float = 3600.0, seed: int = 7) -> dict[float, dict[str, float]]:
    visitors = Visitors(ROOM, seed)
    return {round(n * step, 6): visitors.at(n * step) for n in range(int(until / step) + 1)}


def test_the_same_seed_gives_the_same_hour_whatever_the_steps() -> None:
    fine, coarse = day(0.25), day(60.0)
    assert all(fine[time] == readings for time, readings in coarse.items())
    assert day(60.0, seed=8) != coarse
    assert Visitors(ROOM, 7).at(3600.0) == fine[3600.0]


def test_people_come_walk_stay_and_go() -> None:
    hour = day(0.25, until=4 * 3600)
    counts = [readings["count"] for readings in hour.values()]
    assert counts[0] == 0 and max(counts) >= 3 and min(counts[2000:]) <= max(counts) - 2
    assert 1.0 < sum(counts) / len(counts) < 4.0    # Little's law: 60 an hour for 2 min and the way out
    for readings in hour.values():
        assert set(readings) == {"count", "presence", "nearest", "plinth", "bench"}
        assert readings["presence"] == (1.0 if readings["count"] else 0.0)
        assert readings["nearest"] == min(readings["plinth"], readings["bench"])
        assert 0.0 <= readings["nearest"] <= 10.0
        assert all(math.isfinite(value) for value in readings.values())
    assert min(readings["plinth"] for readings in hour.values()) < 1.0    # someone came close
    near = [readings["plinth"] for readings in hour.values()]
    alone = [abs(b - a) for (a, b), (m, n) in zip(zip(near, near[1:]), zip(counts, counts[1:])) if m == n == 1]
    assert max(alone) < 0.6    # nobody jumps: under 2.4 m/s


def test_limits_hold() -> None:
    crowd = Visitors({"arrivals": 3600, "stay": "1 h", "most": 3}, 1)
    assert max(crowd.at(float(n))["count"] for n in range(0, 7200, 5)) == 3
    empty = Visitors({"arrivals": 0}, 1)
    assert empty.at(1e6) == {"count": 0.0, "presence": 0.0, "nearest": pytest.approx(10.0)}
    assert Visitors({"points": {"a": [0, 0]}}).fields() == {"count": "count", "presence": "ratio", "nearest": "m", "a": "m"}


@pytest.mark.parametrize("options", [
    {"arivals": 3}, {"points": [1]}, {"points": {"count": [0, 0]}}, {"points": {"a": [0]}}, {"points": {"a b": [0, 0]}},
                                     {"room": [0, 3]},
    {"arrivals": -1}, {"stay": "3 m"}, {"most": 1e9}, {"points": {"a": ["x", 0]}}, {"room": "large"}])
def test_wrong_options_are_faults(options: dict) -> None:
    with pytest.raises(Fault) as caught:
        Visitors(options)
    assert caught.value.happened.en != caught.value.happened.fr
