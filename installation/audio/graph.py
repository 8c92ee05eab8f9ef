"""The graph of a scene: what sound() returned, checked against the room and put in order. `flatten` turns it into a plan.

    parameter(name, declaration)    an operand for a parameter of the scene
    apply(unit, ...)                a unit at work (word.py)
    Signal                          what they give (signal.py)
    Graph.collect(result, ...)      everything that the result reaches, every deferred number computed, every fault at once

How a parameter sounds: in dB or dBFS it is a level (signal.py); in anything else a control in its own unit. It glides over
`declaration.glide` seconds: evenly; in dB for levels; by equal ratios where its curve is exponential; the short way round where
it is an angle whose range is a whole turn. A parameter that is used ten times is one glide, played once.

Seeds: each word that asks for one gets its own, made from the piece's seed, the scene's name and the word's place in the graph
(the ports that lead from the result to it). A change elsewhere in the graph leaves it alone; nothing depends on Python's hashes.
"""
from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from ..terms.declaration import Declaration, Kind
from ..terms.fault import Fault, Faults
from ..terms.words import both
from .node import Call, Group, Hall, Levels, Loop, Numbers, Parameter
from .signal import BUS, CONTROL, TRIGGER, WORD, Signal
from .word import LEVEL_UNITS, apply, apply_all

__all__ = ["Graph", "Hall", "Signal", "Work", "apply", "apply_all", "parameter"]

MOST = 20_000                     # words in a graph, those among them that the graph itself puts in: 10,000 voices of one word, mixed
LONGEST_MEMORY = 1 << 28          # frames of delay in one word: an hour and a half


@dataclass(frozen=True, slots=True)
class Work:
    """A call whose deferred numbers are known: what `flatten` reads."""

    call: Call
    numbers: Mapping[str, tuple[float, ...]]
    state: Mapping[str, tuple[float, ...]]
    memory: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Graph:
    """A scene's words in an order in which each comes after what it hears.

    name   the scene
    hall   the room that it was collected for
    works  the words
    """

    name: str
    hall: Hall
    works: tuple[Work, ...]

    @classmethod
    def collect(cls, result: Any, *, outputs: int, rate: int, loudspeakers: Iterable[Any] = (), seed: int = 0,
                name: str = "") -> Graph:
        """Everything that a scene's sound() returned: something placed, a list, tuple or dict of such, or None for silence.

        Raises Fault, or Faults when there are several: a sound that was never placed, an output that the room has not, more than
        20,000 words, deferred numbers that are not finite, a loop that is open or began in another graph.
        """
        hall = Hall(rate, outputs, tuple(loudspeakers))
        placed = _placed(result, name)
        works: list[Work] = []
        faults: list[Fault] = []
        for call, own_seed in _in_order(placed, f"{seed}/{name}"):
            try:
                works.append(_work(call, replace(hall, seed=own_seed)))
            except Fault as fault:
                faults.append(fault.at(call.where))
        if faults:
            raise faults[0] if len(faults) == 1 else Faults(faults)
        return cls(name, hall, tuple(works))


def parameter(name: str, declaration: Declaration) -> Signal:
    """The operand that a parameter is in sound(). Text and colour parameters give one that is a Fault wherever it is used."""
    source = Parameter(name, declaration)
    if declaration.kind is Kind.TRIGGER:
        return Signal(source, TRIGGER)
    if declaration.kind in (Kind.TEXT, Kind.COLOUR):
        return Signal(source, WORD)
    if declaration.unit in LEVEL_UNITS:
        return Signal(Levels(((source, 1),)), CONTROL, unit="dB")
    return Signal(source, CONTROL, unit=declaration.unit)


def _placed(result: Any, name: str) -> list[tuple[str, Signal]]:
    """The things that go to the outputs, each with its place in the result, in order and once."""
    waiting: list[tuple[str, Any]] = [("", result)]
    found: dict[int, tuple[str, Signal]] = {}
    seen = 0
    while waiting:
        path, thing = waiting.pop()
        seen += 1
        if seen > 4 * MOST:
            raise _too_many(name)
        if thing is None:
            continue
        if hasattr(thing, "__signal__"):
            thing = thing.__signal__()
        if isinstance(thing, Signal) and isinstance(thing.source, Group):
            waiting.extend((f"{path}/{index}", part) for index, part in reversed(list(enumerate(thing.source.parts))))
        elif isinstance(thing, Signal) and thing.rate == BUS:
            found.setdefault(id(thing.source), (path, thing))
        elif isinstance(thing, Mapping):
            waiting.extend((f"{path}/{key}", part) for key, part in reversed(list(thing.items())))
        elif isinstance(thing, (list, tuple)):
            waiting.extend((f"{path}/{index}", part) for index, part in reversed(list(enumerate(thing))))
        elif isinstance(thing, Signal):
            raise Fault(both(f"{thing.name} was never placed in the room", f"{thing.name} n'a jamais été placé dans la salle"),
                        remedy=both("Wrap it in ug.place(...) for a direction, or in ug.to(...) for an output.",
                                    "Entourez-le de ug.place(...) pour une direction, ou de ug.to(...) pour une sortie."),
                        where=thing.where, id="graph.unplaced")
        else:
            shown = repr(thing) if len(repr(thing)) < 60 else repr(thing)[:57] + "…"
            raise Fault(both(f'sound() of scene "{name}" returned {shown}', f"sound() de la scène « {name} » a renvoyé {shown}"),
                        remedy=both("It returns what ug.place and ug.to give, a list of these, or None for silence.",
                                    "Il renvoie ce que donnent ug.place et ug.to, une liste de cela, ou None pour le silence."),
                        id="graph.result")
    return list(found.values())


def _in_order(placed: list[tuple[str, Signal]], root: str) -> list[tuple[Call, int]]:
    """Every call once, each after those it hears, with its seed. A loop with a stack: a chain may be thousands of words long. What is sent
    back comes after all that leads to where it is heard."""
    order: list[tuple[Call, int]] = []
    met: dict[int, int] = {}
    waiting = deque((thing.source, _mixed(_mixed(b"", root), path)) for path, thing in placed)
    while waiting:
        first, way = waiting.popleft()
        assert isinstance(first, Call)
        stack: list[tuple[Call, bytes, bool]] = [(first, way, False)]
        while stack:
            call, key, heard = stack.pop()
            if heard:
                order.append((call, int.from_bytes(key[:6], "little") + 1))
                continue
            if id(call) in met:
                continue
            met[id(call)] = len(met)
            if len(met) > MOST:
                raise _too_many(root.partition("/")[2], call.where)
            if call.loop is not None:
                waiting.append((_closing(call.loop, root.partition("/")[2], call.where), _mixed(key, "loop")))
            stack.append((call, key, True))
            fed = (*call.inputs.items(), *call.controls.items())
            below = [(port, operand.source) for port, operand in fed if isinstance(operand, Signal)]
            stack.extend((source, _mixed(key, port), False) for port, source in reversed(below) if isinstance(source, Call))
    return order


def _closing(loop: Loop, name: str, where: str) -> Call:
    """The call that sends into a loop. Raises Fault if there is none, or the loop is another graph's."""
    if loop.sent is None:
        raise Fault(both("nothing is sent into this ug.feedback", "rien n'est envoyé dans ce ug.feedback"), where=where, id="feedback.open",
                    remedy=both("Close the loop: back.send(sound).", "Fermez la boucle : back.send(son)."))
    if loop.home is None:
        loop.home = name
    if loop.home != name:
        raise Fault(both(f'this ug.feedback belongs to "{loop.home}", and is used in "{name}"',
                         f"ce ug.feedback est de « {loop.home} », et sert dans « {name} »"), where=where, id="feedback.home",
                    remedy=both("Begin and close it in one sound(), or in one voice.",
                                "Commencez-la et fermez-la dans un même sound(), ou dans une même voix."))
    return loop.sent


def _work(call: Call, hall: Hall) -> Work:
    numbers = {port: _computed(given, hall) for port, given in call.numbers.items()}
    if call.seed:
        numbers[call.seed] = (float(hall.seed),)
    state = {port: _computed(given, hall) for port, given in call.state.items()}
    memory = {port: int(frames(hall) if callable(frames) else frames) for port, frames in call.memory.items()}
    for port, frames in memory.items():
        if not 1 <= frames <= LONGEST_MEMORY:
            raise Fault(both(f"{call.unit.name}, {port}: {frames} frames of memory cannot be had",
                             f"{call.unit.name}, {port} : {frames} trames de mémoire, c'est impossible"), id="graph.memory")
    for port, values in (*numbers.items(), *state.items()):
        if not all(math.isfinite(value) for value in values):
            raise Fault(both(f"{call.unit.name}, {port}: every number must be finite",
                             f"{call.unit.name}, {port} : chaque nombre doit être fini"), id="graph.finite")
    return Work(call, numbers, state, memory)


def _computed(given: Numbers, hall: Hall) -> tuple[float, ...]:
    values = given(hall) if callable(given) else given
    return tuple(float(value) for value in values)


def _mixed(key: bytes, step: str) -> bytes:
    return blake2b(step.encode(), key=key, digest_size=16).digest()


def _too_many(name: str, where: str = "") -> Fault:
    return Fault(both(f'the graph of scene "{name}" has more than {MOST:,} words',
                      f"le graphe de la scène « {name} » a plus de {MOST:,} mots".replace(",", " ")),
                 remedy=both("Make fewer voices, or look for a loop that goes on adding words.",
                             "Faites moins de voix, ou cherchez une boucle qui ajoute des mots sans fin."),
                 where=where, id="graph.size")
