"""Simulated visitors: people who enter, wander, come close, stay, and leave. For rehearsing a piece without a room.

    sensors:
      visitors: {driver: visitors, points: {plinth: [0, 2]}, arrivals: 40, stay: 3 min, room: [6, 8]}

gives `visitors.count`, `visitors.presence` (1 while anyone is there), `visitors.nearest` (m, from anyone to any point) and for
each point its own distance in metres to whoever is nearest: `visitors.plinth`. In an empty room distances are the room's
diagonal.

Each visitor's whole visit is drawn when they enter, as a list of walks and pauses; where they stand is then a formula of the
time. So the same seed gives the same day whatever the steps in which it is asked. Positions are in metres, x to the right, y
ahead, the origin in the middle of the room; the door is in the middle of the wall behind.
"""
from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..terms.address import is_name
from ..terms.fault import Fault, did_you_mean
from ..terms.quantity import quantity
from ..terms.words import both

PACE = 0.05    # s between readings
OPTIONS = ("points", "arrivals", "stay", "room", "most", "seed")
OWN = {"count": "count", "presence": "ratio", "nearest": "m"}
SWAY = 0.06    # m that a standing person moves to and fro


@dataclass(frozen=True, slots=True)
class Leg:
    """A walk from one place to another, or a pause where both are the same."""

    begins: float
    ends: float
    here: tuple[float, float]
    there: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Visit:
    """One person, from door to door."""

    legs: tuple[Leg, ...]
    phase: float

    @property
    def ends(self) -> float:
        """When they have left."""
        return self.legs[-1].ends

    def place(self, time: float) -> tuple[float, float]:
        """Where they are. The time lies within the visit."""
        leg = next((leg for leg in self.legs if time < leg.ends), self.legs[-1])
        way = (time - leg.begins) / max(1e-9, leg.ends - leg.begins)
        way = min(1.0, max(0.0, way))
        eased = way * way * (3.0 - 2.0 * way)    # nobody starts or stops at once
        sway = SWAY * math.sin(math.pi * way) if leg.here == leg.there else 0.0
        return (leg.here[0] + (leg.there[0] - leg.here[0]) * eased + sway * math.sin(0.9 * time + self.phase),
                leg.here[1] + (leg.there[1] - leg.here[1]) * eased + sway * math.cos(0.7 * time + self.phase))


class Visitors:
    """A room with people in it.

    options   as in config.yaml: `points` {name: [x, y]}, `arrivals` an hour (40), `stay` mean length of a visit (3 min),
              `room` [width, depth] in metres ([6, 8]), `most` people at once (12), `seed`
    seed      used when the options name none
    """

    def __init__(self, options: Mapping[str, Any], seed: int | str = 1) -> None:
        for name in options:
            if name not in OPTIONS:
                close = did_you_mean(name, OPTIONS)
                raise Fault(both(f'visitors have no option "{name}"', f"les visiteurs n'ont pas d'option « {name} »"),
                            remedy=both((f'Did you mean "{close}"? ' if close else "") + f"There are {', '.join(OPTIONS)}.",
                                        (f"Peut-être « {close} » ? " if close else "") + f"Il y a {', '.join(OPTIONS)}."),
                            id="visitors.option")
        width, depth = _pair("room", options.get("room", (6.0, 8.0)))
        self.half = (_within("room", width, 1.0, 200.0) / 2, _within("room", depth, 1.0, 200.0) / 2)
        self.points = _points(options.get("points", {}))
        self.arrivals = _within("arrivals", options.get("arrivals", 40), 0.0, 3600.0)
        self.stay = _within("stay", quantity(options.get("stay", 180.0), "s"), 1.0, 86_400.0)
        self.most = int(_within("most", options.get("most", 12), 1, 100))
        self.far = 2 * math.hypot(*self.half)
        self._seed = options.get("seed", seed)
        self._door = (0.0, -self.half[1])
        self._chance = random.Random(f"arrivals {self._seed}")
        self._number = 0
        self._next = self._gap()
        self._here: list[Visit] = []
        self._places: list[tuple[float, float]] = []

    def fields(self) -> dict[str, str]:
        """What it gives: field → unit."""
        return {**OWN, **dict.fromkeys(self.points, "m")}

    def at(self, time: float) -> dict[str, float]:
        """The readings at a time in seconds since the room opened. Times must not go back."""
        while self._next <= time:
            arrival = self._next
            self._next += self._gap()
            self._here = [visit for visit in self._here if visit.ends > arrival]
            self._number += 1
            if len(self._here) < self.most:    # else they see that it is full, and turn away
                self._here.append(self._visit(arrival, random.Random(f"visitor {self._seed} {self._number}")))
        self._here = [visit for visit in self._here if visit.ends > time]
        places = self._places = [visit.place(time) for visit in self._here]
        near = {name: min([math.dist(point, place) for place in places], default=self.far) for name, point in self.points.items()}
        nearest = min(near.values(), default=self.far) if near else min([math.hypot(*place) for place in places],
                                                                        default=self.far)
        return {"count": float(len(places)), "presence": 1.0 if places else 0.0, "nearest": nearest, **near}

    def people(self) -> tuple[tuple[float, float], ...]:
        """Where everyone stood at the time that was asked for last."""
        return tuple(self._places)

    def _gap(self) -> float:
        return self._chance.expovariate(self.arrivals / 3600.0) if self.arrivals else math.inf

    def _visit(self, arrival: float, chance: random.Random) -> Visit:
        leave = arrival + min(self.stay * 8, max(5.0, chance.expovariate(1.0 / self.stay)))
        speed = chance.uniform(0.5, 1.1)    # m/s, as people stroll in a gallery
        legs: list[Leg] = []
        here, now = self._door, arrival
        while now < leave:
            drawn = chance.random()
            if self.points and drawn < 0.6:    # come close to a point, and stay a while
                there = self._beside(chance.choice(list(self.points.values())), chance)
                pause = chance.expovariate(1.0 / 25.0)
            else:
                there = (chance.uniform(-1, 1) * (self.half[0] - 0.3), chance.uniform(-1, 1) * (self.half[1] - 0.3))
                pause = chance.expovariate(1.0 / 6.0)
            now = self._walk(legs, here, there, now, speed)
            pause = max(0.5, min(pause, leave - now))
            legs.append(Leg(now, now + pause, there, there))
            here, now = there, now + pause
        self._walk(legs, here, self._door, now, speed)
        return Visit(tuple(legs), chance.uniform(0, math.tau))

    def _beside(self, point: tuple[float, float], chance: random.Random) -> tuple[float, float]:
        """A place in the room at arm's length of a point, more or less."""
        angle, distance = chance.uniform(0, math.tau), chance.uniform(0.4, 1.2)
        return (min(self.half[0], max(-self.half[0], point[0] + distance * math.cos(angle))),
                min(self.half[1], max(-self.half[1], point[1] + distance * math.sin(angle))))

    @staticmethod
    def _walk(legs: list[Leg], here: tuple[float, float], there: tuple[float, float], now: float, speed: float) -> float:
        ends = now + max(0.2, math.dist(here, there) / speed)
        legs.append(Leg(now, ends, here, there))
        return ends


def _points(written: object) -> dict[str, tuple[float, float]]:
    if not isinstance(written, Mapping) or len(written) > 32:
        raise Fault(both("points want a table of at most 32 names, each with [x, y] in metres",
                         "points veut un tableau d'au plus 32 noms, chacun avec [x, y] en mètres"), id="visitors.points")
    points = {}
    for name, place in written.items():
        if not isinstance(name, str) or not is_name(name) or name in OWN:
            raise Fault(both(f"{name!r} cannot name a point", f"{name!r} ne peut nommer un point"), id="visitors.points",
                        remedy=both(f"A letter, then letters, digits, _ or -, and none of {', '.join(OWN)}.",
                                    f"Une lettre, puis lettres, chiffres, _ ou -, et aucun de {', '.join(OWN)}."))
        points[name] = _pair(f"points.{name}", place)
    return points


def _pair(name: str, written: object) -> tuple[float, float]:
    if not isinstance(written, (list, tuple)) or len(written) != 2:
        raise Fault(both(f"{name} wants two lengths, such as [0, 2]", f"{name} veut deux longueurs, par exemple [0, 2]"),
                    id="visitors.length")
    return quantity(written[0], "m"), quantity(written[1], "m")


def _within(name: str, written: object, low: float, high: float) -> float:
    value = quantity(written, "")
    if not low <= value <= high:
        raise Fault(both(f"{name} is {value:g}; it goes from {low:g} to {high:g}",
                         f"{name} vaut {value:g} ; il va de {low:g} à {high:g}"),
                    id="visitors.range")
    return value
