"""What sound costs: every block, every graph by its name, one call a block by its unit; per player, and nothing is kept that could spoil."""

from __future__ import annotations

import numpy as np
import pytest

from installation.audio import ug
from installation.audio.flatten import flatten
from installation.audio.graph import Graph
from installation.audio.layout import ACCOUNTS, C_WORST, COSTS_AT, COSTS_WORDS, WORD
from installation.audio.native import build_unit
from installation.audio.voices import Bank

SECOND = 750 * 64  # whole blocks


def plan(sound, name: str = "graph"):
    return flatten(Graph.collect(sound(), outputs=2, rate=48_000, seed=1, name=name), side_by_side=True)


def light():
    return ug.to(ug.sine(440) * 0.01, output=1)


def heavy():
    return [ug.to(ug.mix(*ug.reverb(ug.white())) * 0.001, output=1) for _ in range(20)]


def test_a_graph_that_does_more_costs_more_and_all_of_it_is_part_of_the_blocks(session):
    made = session()
    for name, sound in (("light", light), ("heavy", heavy)):
        made.stage.start(made.load(plan(sound), name=name))
    made.render(SECOND)
    before = made.stage.costs()
    made.render(2 * SECOND)
    costs = made.stage.costs().since(before)
    assert costs is not None and costs.blocks == 1_500 and costs.period == pytest.approx(64 / 48_000)
    assert costs.names["heavy"] > 5 * costs.names["light"] > 0 and sum(costs.names.values()) < costs.spent
    assert 0 < costs.load == pytest.approx(costs.spent / 2.0)
    assert costs.spent / costs.blocks <= costs.worst
    kinds = {name: spent for name, (spent, _) in costs.units.items()}
    assert sum(calls for _, calls in costs.units.values()) == 1_500 and set(kinds) >= {"sine", "reverb", "white", "to"}
    assert max(kinds, key=lambda name: kinds[name]) == "reverb"
    calls = {name: calls for name, (_, calls) in costs.units.items()}
    assert calls["reverb"] > 3 * calls["sine"] > 0  # 20 to 1, by lot


def test_voices_that_came_and_went_between_two_looks_are_counted(session):
    made = session()
    bell = plan(lambda: ug.to(ug.sine(440) * ug.ping(ug.start(), release=0.02) * 0.1, output=1))
    for unit in {planned.unit for planned in bell.units}:
        path = build_unit(unit, made.folder)
        made.inline.load(made.stage.unit_number(unit, path), path)
    bank = Bank(made.stage, bell, limit=4, name="rain.drop")
    made.render(640)
    before = made.stage.costs()
    bank.start({}, None, lambda: None)
    made.render(2 * SECOND)
    made.stage.results()
    costs = made.stage.costs().since(before)
    assert bank.playing == 0 and costs is not None and 0 < costs.names["rain.drop"] < costs.spent
    before = made.stage.costs()
    made.render(SECOND)
    costs = made.stage.costs().since(before)
    assert costs is not None and costs.names["rain.drop"] == 0 and sum(calls for _, calls in costs.units.values()) == 0


def test_each_player_counts_for_itself(session):
    made = session()
    made.stage.start(made.load(plan(light), name="light"))
    made.render(SECOND)
    first = made.stage.costs()
    made.stage.take_over()
    assert made.stage.costs().blocks == 0 and made.stage.costs().load == 0.0  # between two
    made.inline.take_over()
    assert made.stage.costs().since(first) is None
    made.render(640)
    second = made.stage.costs()
    assert second.blocks == 10 and second.since(first) is None and 0 < second.names["light"] < second.spent < first.spent
    made.inline.take_over()
    made.inline.take_over()  # the same table as two before
    made.render(640)
    assert made.stage.costs().blocks == 10


def test_the_longest_block_is_forgotten_after_eight_seconds(session):
    made = session()
    made.render(SECOND // 2)
    made.arena.view(made.arena.words[COSTS_AT] + (COSTS_WORDS + C_WORST) * WORD, "i8", (1,))[0] = 60_000_000_000  # a minute
    made.render(6 * SECOND)
    assert made.stage.costs().worst == 60.0
    made.render(2 * SECOND)
    assert 0.0 < made.stage.costs().worst < 10.0


def test_more_names_than_accounts_share_one(session):
    made = session()
    tone = plan(light)
    made.load(tone)
    for number in range(ACCOUNTS + 10):
        made.stage.let_go(made.stage.load(tone, name=f"name {number}"))
    made.stage.start(made.stage.load(tone, name="one too many"))
    made.render(640)
    names = made.stage.costs().names
    assert len(names) <= ACCOUNTS and names[""] > 0 and sum(names.values()) == names[""]


def test_to_look_at_the_clock_is_not_heard(session):
    """The call that is timed is another in each block: with many units and few, after a change of players, the same sound."""
    heard = []
    for others in (0, 1, 7):
        made = session()
        made.stage.start(made.load(plan(heavy), name="heavy"), at=0)
        for _ in range(others):
            made.stage.start(made.load(plan(lambda: ug.to(ug.white() * 0.0, output=2))), at=0)
        heard.append(made.render(9_600)[:, 0])
    assert np.abs(heard[0]).max() > 0.0001 and np.array_equal(heard[0], heard[1]) and np.array_equal(heard[0], heard[2])
