"""The plan of a soak: seeded, spaced, every fault in turn; what grows; the copy's configuration."""
from __future__ import annotations

import pytest
import yaml

from installation.rules.soak import BACK, FAULTS, SAID_AS, grows, on_loopback, plan
from installation.terms.fault import Fault


def test_the_same_seed_does_the_same_and_each_fault_comes_in_turn() -> None:
    blows = plan(3600, seed=3, pause=20)
    assert blows == plan(3600, seed=3, pause=20) != plan(3600, seed=4, pause=20)
    assert sorted(blow.fault for blow in blows[:len(FAULTS)]) == sorted(FAULTS)
    assert all(20 <= after.time - before.time <= 40.001 for before, after in zip(blows, blows[1:], strict=False))
    assert blows[-1].time <= 3600 - 20
    assert set(BACK) == set(SAID_AS) == set(FAULTS)


def test_a_fault_that_is_not_known_is_named_and_none_are_none() -> None:
    with pytest.raises(Fault) as caught:
        plan(60, seed=1, faults=("flood",))
    assert caught.value.id == "soak.faults" and "player-kill" in caught.value.say()
    assert plan(60, seed=1, faults=()) == [] and plan(1, seed=1) == []


def test_what_grows_is_told_from_what_wavers_and_from_what_was_cold() -> None:
    assert grows([(float(t), 5.0 + t % 2) for t in range(60)], after=10) == 0
    assert grows([(float(t), 100.0 * t) for t in range(60)], after=0) > 3000          # type: ignore[operator]
    assert grows([(float(t), 900.0 if t > 5 else 0.0) for t in range(60)], after=10) == 0
    assert grows([(0.0, 1.0)] * 5, after=0) is None


def test_the_copy_is_reached_from_this_machine_alone() -> None:
    written = on_loopback("piece: Été\nremote: {web: {interface: 192.168.1.20, port: 8080, allow: [192.168.1.0/24]}}\n", osc=9001, web=8001)
    read = yaml.safe_load(written)
    assert read["piece"] == "Été" and "&" not in written and "192.168" not in written
    assert read["remote"]["osc"]["port"] == 9001 and read["remote"]["web"]["port"] == 8001
    for text in ("- 1", "{", ""):
        with pytest.raises(Fault):
            on_loopback(text, osc=1, web=2)
