"""Envelopes and triggers."""
from __future__ import annotations

import numpy as np

from installation.dsp.trigger import MOST

from .table import RATE, Bench, Case


def gate(**times: float) -> Bench:
    return Bench(Case("env", controls={"gate": 1.0, "attack": 0.1, "decay": 0.2, "sustain": 0.5, "release": 0.3, **times}))


def test_it_rises_holds_and_goes_in_its_times():
    level = gate().run(2 * RATE, controls={"gate": lambda frame: 1.0 if frame < RATE else 0.0})[0]
    assert abs(int(np.argmax(level)) - 4_799) <= 1 and level.max() == 1.0
    assert np.abs(np.diff(level[:4_799]) - 1 / 4_800).max() < 1e-6
    assert abs(level[4_800 + 9_600] - 0.5) < 1e-3
    closed = RATE + 14_400
    assert abs(20 * np.log10(level[closed] / 0.5) + 60) < 0.3
    assert level[-1] == 0.0


def test_it_goes_on_from_where_it_is():
    """Open again in the middle of the release: no step, up or down."""
    level = gate(sustain=1.0).run(RATE, controls={"gate": lambda frame: 0.0 if 12_000 <= frame < 16_000 else 1.0})[0]
    assert np.abs(np.diff(level)).max() < 1.1 * max(1 / 4_800, 6.91 / 14_400)


def test_a_closed_gate_is_silence():
    assert not np.any(gate().run(RATE, controls={"gate": 0.0}))


def test_a_ping_is_as_high_as_its_trigger_and_falls_in_its_time():
    struck = np.zeros((1, RATE), "f4")
    struck[0, 100] = 0.7
    level = Bench(Case("ping", controls={"attack": 0.01, "release": 0.5})).run(RATE, inputs={"trigger": struck})[0]
    assert not np.any(level[:100]) and abs(int(np.argmax(level)) - 579) <= 1 and abs(level.max() - 0.7) < 1e-6
    assert abs(20 * np.log10(level[580 + 24_000] / 0.7) + 60) < 0.1


def test_a_second_strike_does_not_click():
    struck = np.zeros((1, RATE), "f4")
    struck[0, [100, 1_000, 1_100]] = 1.0
    level = Bench(Case("ping", controls={"attack": 0.01, "release": 0.5})).run(RATE, inputs={"trigger": struck})[0]
    assert np.abs(np.diff(level)).max() < 1.01 / 480 and level.max() <= 1.0


def test_ping_scaled_less_ping_of_a_scaled_trigger_is_silence():
    """Down to -120 dB, where a release is over."""
    struck = np.zeros((1, 9_600), "f4")
    struck[0, 7] = 0.5
    ping = Case("ping", controls={"attack": 0.01, "release": 0.05})
    twice = Bench(ping).run(9_600, inputs={"trigger": 2 * struck})
    assert np.abs(2 * Bench(ping).run(9_600, inputs={"trigger": struck}) - twice).max() < 3e-6


def test_a_trigger_is_an_impulse_at_its_frame_and_is_taken_once():
    bench = Bench("trigger")

    def fire(bench: Bench) -> None:
        if bench.at == 64:
            bench.state[:5] = [2.0, 3.0, 1.0, 63.0, 0.25]

    played = bench.run(192, before=fire)[0]
    expected = np.zeros(192, "f4")
    expected[[67, 127]] = [1.0, 0.25]
    assert np.array_equal(played, expected) and not np.any(bench.state)


def test_a_trigger_bears_nonsense():
    bench = Bench("trigger")
    bench.state[:3] = [1e9, -4.0, 1.0]
    played = bench.run(64)
    assert np.isfinite(played).all() and len(bench.state) == 1 + 2 * MOST
