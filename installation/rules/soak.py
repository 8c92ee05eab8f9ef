"""A soak: which faults are done to a running piece, when, and what must hold afterwards. Pure; chance comes from the seed.

    plan(3600, seed=1, faults=("player-kill", …))     the same seed gives the same faults at the same times
    on_loopback(text, osc=9471, web=8471)             config.yaml for the copy that is tried, with ports of its own
    grows(samples, after=60)                          by how much something has become larger, once it was warm
"""
from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import yaml

from ..terms.fault import Fault
from ..terms.words import both

SAID = {"player-kill": "player.", "player-hang": "player.", "light-kill": "light.died", "light-hang": "light.hangs"}
SAID_AS: dict[str, str] = {**SAID, "control-kill": ""}       # the id of the fault that the logbook must have; a new start is no fault
BACK = {name: 3.0 if name.startswith("player") else 10.0 for name in SAID} | {"control-kill": 60.0}
FAULTS = tuple(SAID_AS)
SPAN = 10.0              # s between two faults, at least
FIRST = 5.0              # s before the first
FEW = 6                  # samples that say something


@dataclass(frozen=True, slots=True)
class Blow:
    """One fault: when, in seconds from the beginning, and which."""

    time: float
    fault: str


def plan(span: float, *, seed: int, faults: Sequence[str] = FAULTS, pause: float = SPAN) -> list[Blow]:
    """Each fault in turn, in an order drawn anew each round, between one and two pauses apart. Raises Fault for one that is not known."""
    for name in faults:
        if name not in FAULTS:
            raise Fault(both(f'there is no fault "{name}"', f"il n'y a pas de faute « {name} »"), where="--faults", id="soak.faults",
                        remedy=both("There are " + ", ".join(FAULTS), "Il y a " + ", ".join(FAULTS)))
    chance = random.Random(seed)
    found: list[Blow] = []
    time, left = FIRST, list[str]()
    while faults and time <= span - pause:
        if not left:
            left = list(faults)
            chance.shuffle(left)
        found.append(Blow(round(time, 3), left.pop()))
        time += pause * chance.uniform(1.0, 2.0)
    return found


def on_loopback(text: str, *, osc: int, web: int) -> str:
    """The same piece, reached only from this machine and by these ports. Raises Fault if the text is no configuration."""
    try:
        written = yaml.safe_load(text)
    except yaml.YAMLError:
        written = None
    if not isinstance(written, dict):
        raise Fault(both("this is no configuration", "ce n'est pas une configuration"), where="config.yaml", id="config.empty",
                    remedy=both("`installation check` says what is wrong.", "`installation check` dit ce qui ne va pas."))
    written["remote"] = {name: {"interface": "127.0.0.1", "port": port, "allow": ["127.0.0.0/8"]} for name, port in (("osc", osc), ("web", web))}
    return yaml.safe_dump(written, allow_unicode=True, sort_keys=False)


def grows(samples: Sequence[tuple[float, float]], *, after: float) -> float | None:
    """The middle of the last third less the middle of the first, of (time, value) from `after` on; None where that is too few."""
    warm = [value for time, value in samples if time >= after]
    third = len(warm) // 3
    return median(warm[-third:]) - median(warm[:third]) if len(warm) >= FEW else None
