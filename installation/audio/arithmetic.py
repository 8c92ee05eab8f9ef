"""What + - * / mean between signals, parameters and numbers.

    combine(sign, left, right)   what Signal's operators call
    ramped, spread               a control as a sound; one channel on several
    builtin(name)                a unit that the graph itself puts in

Numbers that meet a control are kept in its `scale` and `offset` and never make a unit; `x * 1`, `x / 1`, `x + 0` and `x - 0` are
x itself, and two numbers that scale one sound become one. A level (a parameter in dB) plus or minus a number or a level is a
level, all in dB; in a product it is a linear gain. Adding a level to a sound is a Fault: nobody means it.
"""
from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from ..terms.fault import Fault
from ..terms.quantity import UNITS as QUANTITIES
from ..terms.quantity import gain_from_db
from ..terms.words import Words, both
from .declare import PortKind, Unit
from .node import Call, Gain, Levels, Node
from .signal import AUDIO, BUS, CONTROL, TRIGGER, WORD, Signal, group, operand, whereabouts

PLAIN = ("", "ratio", "count")      # units that say nothing about what a number measures


def combine(sign: str, left: Any, right: Any) -> Signal:
    """`left sign right`, one of them a Signal; its negative is 0 minus it. Raises Fault, at the artist's line."""
    a, b = _usable(operand(left, sign), sign), _usable(operand(right, sign), sign)
    rates = [thing.rate for thing in (a, b) if isinstance(thing, Signal)]
    if BUS in rates:
        return _together(sign, a, b)
    if sign in "+-":
        if any(isinstance(thing, Signal) and thing.is_level for thing in (a, b)):
            return _level_sum(sign, a, b)
        return _add(a, b) if sign == "+" else _subtract(a, b)
    a, b = _factor(a), _factor(b)
    return _multiply(a, b) if sign == "*" else _divide(a, b)


def builtin(name: str) -> Unit:
    """One of the units that the graph itself puts in."""
    from .units import UNITS  # read at the first use, so that a graph can be spoken of without every unit

    return UNITS[name]


def ramped(thing: Signal | float) -> Signal:
    """A control or a number as one channel of sound, in a straight line across each block; sound as it is."""
    if isinstance(thing, Signal) and thing.rate in (AUDIO, TRIGGER):
        return thing
    return _sound("ramp", [], [thing], 1)


def spread(thing: Signal, channels: int) -> Signal:
    """A sound with that many channels; one channel is copied onto each. Raises Fault if it has another number of them."""
    if thing.channels == channels:
        return thing
    if thing.channels == 1:
        return _sound("spread", [thing], [], channels)
    raise Fault(both(f"{thing.name} has {thing.channels} channels, the sound it meets has {channels}",
                     f"{thing.name} a {thing.channels} canaux, le son qu'il rencontre en a {channels}"),
                remedy=both("Take one channel with [0], or give both as many. One channel fits any number.",
                            "Prenez un canal avec [0], ou donnez-en autant aux deux. Un seul canal s'accorde à tous."),
                where=whereabouts(), id="graph.channels")


def affine(control: Signal, scale: float, offset: float = 0.0, unit: str | None = None) -> Signal:
    """A control times a number plus a number: the same source, nothing more to compute."""
    result = replace(control, scale=control.scale * scale, offset=control.offset * scale + offset,
                     where=whereabouts() or control.where, unit=control.unit if unit is None else unit)
    if not (math.isfinite(result.scale) and math.isfinite(result.offset)):
        raise _too_large(control.name)
    return result


def measured(control: Signal, unit: str) -> Signal:
    """A control in another unit of what it measures; a plain number is taken to be in that unit. None of the two: as it is."""
    if control.is_level or control.unit == unit or control.unit not in QUANTITIES or unit not in QUANTITIES:
        return control
    source, target = QUANTITIES[control.unit], QUANTITIES[unit]
    if source.dimension != target.dimension:
        return control
    return affine(control, source.factor / target.factor, (source.offset - target.offset) / target.factor, unit)


def _usable(thing: Signal | float, sign: str) -> Signal | float:
    if not isinstance(thing, Signal) or thing.rate not in (TRIGGER, WORD):
        return thing
    if thing.rate == TRIGGER:
        raise _fault(both(f'"{thing.name}" is a trigger: it has no value for "{sign}"',
                          f"« {thing.name} » est un déclencheur : il n'a pas de valeur pour « {sign} »"),
                     both("Give it to a word that takes a trigger, such as an envelope.",
                          "Donnez-le à un mot qui prend un déclencheur, une enveloppe par exemple."), "graph.trigger")
    raise _fault(both(f'"{thing.name}" is a text or a colour: it cannot be heard',
                      f"« {thing.name} » est un texte ou une couleur : cela ne s'entend pas"),
                 both("Use it in light() or play().", "Employez-le dans light() ou play()."), "graph.unheard")


def _together(sign: str, a: Signal | float, b: Signal | float) -> Signal:
    if sign == "+":
        if isinstance(a, Signal) and isinstance(b, Signal) and a.rate == b.rate == BUS:
            return group((a, b))
        if isinstance(b, Signal) and not isinstance(a, Signal) and a == 0.0:      # sum([...]) begins with 0
            return b
        if isinstance(a, Signal) and not isinstance(b, Signal) and b == 0.0:
            return a
    raise _fault(both(f'what is already placed cannot be used with "{sign}"', f"ce qui est déjà placé ne va pas avec « {sign} »"),
                 both("Do it to the sound first, and place it last: ug.place(sound * self.level).",
                      "Faites-le d'abord au son, et placez-le en dernier : ug.place(sound * self.level)."), "graph.placed")


def _level_sum(sign: str, a: Signal | float, b: Signal | float) -> Signal:
    for thing in (a, b):
        if isinstance(thing, Signal) and not thing.is_level:
            level = b if thing is a else a
            name = level.name if isinstance(level, Signal) else ""
            raise _fault(both(f'"{name}" is a level in dB; it cannot be added to or subtracted from {thing.name}',
                              f"« {name} » est un niveau en dB ; on ne l'ajoute ni ne l'enlève à {thing.name}"),
                         both(f"Multiply: sound * self.{name}. To a level only numbers (in dB) and levels can be added.",
                              f"Multipliez : sound * self.{name}. À un niveau ne s'ajoutent que nombres (en dB) et niveaux."),
                         "graph.level")
    if not isinstance(b, Signal):
        return affine(a, 1.0, b if sign == "+" else -b)  # type: ignore[arg-type]
    b = _negative(b) if sign == "-" else b
    if not isinstance(a, Signal):
        return affine(b, 1.0, a)
    terms = a.source.terms + b.source.terms  # type: ignore[union-attr]
    return Signal(Levels(terms), CONTROL, where=whereabouts(), unit=a.unit, offset=a.offset + b.offset)


def _negative(a: Signal | float) -> Signal:
    if not isinstance(a, Signal):
        return -a  # type: ignore[return-value]
    if isinstance(a.source, Levels):
        return replace(a, source=Levels(tuple((parameter, -sign) for parameter, sign in a.source.terms)), offset=-a.offset)
    return _multiply(_factor(a), -1.0)


def _factor(thing: Signal | float) -> Signal | float:
    """A thing as it enters a product: a level as its gain, per cent as a ratio."""
    if isinstance(thing, Signal) and isinstance(thing.source, Levels):
        return Signal(Gain(thing.source.terms), CONTROL, where=thing.where, scale=gain_from_db(thing.offset))
    if isinstance(thing, Signal) and thing.unit == "%":
        return measured(thing, "ratio")
    return thing


def _add(a: Signal | float, b: Signal | float) -> Signal:
    if not isinstance(a, Signal):
        a, b = b, a
    assert isinstance(a, Signal)
    if not isinstance(b, Signal):
        if b == 0.0:
            return a
        return affine(a, 1.0, b) if a.rate == CONTROL else _sound("offset", [a], [b], a.channels)
    if a.rate == b.rate == CONTROL:
        b = measured(b, a.unit)
        if a.source is b.source and a.output == b.output:
            return affine(replace(a, scale=1.0, offset=0.0), a.scale + b.scale, a.offset + b.offset)
        unit = a.unit if b.unit in (*PLAIN, a.unit) else b.unit if a.unit in PLAIN else ""
        return _control("control_add", a, b, unit)
    if a.rate == CONTROL:
        a, b = b, a
    if b.rate == CONTROL:
        return _sound("offset", [a], [b], a.channels)
    return _sound("add", _matched(a, b), [], max(a.channels, b.channels))


def _subtract(a: Signal | float, b: Signal | float) -> Signal:
    if isinstance(a, Signal) and isinstance(b, Signal) and a.rate == b.rate == AUDIO:
        return _sound("subtract", _matched(a, b), [], max(a.channels, b.channels))
    return _add(a, _negative(b))


def _multiply(a: Signal | float, b: Signal | float) -> Signal:
    if not isinstance(a, Signal):
        a, b = b, a
    assert isinstance(a, Signal)
    if not isinstance(b, Signal):
        if b == 1.0:
            return a
        if a.rate == CONTROL:
            return affine(a, b)
        return _scaled(a, b)
    if a.rate == b.rate == CONTROL:
        return _control("control_multiply", a, b, a.unit if b.unit in PLAIN else b.unit if a.unit in PLAIN else "")
    if a.rate == CONTROL:
        a, b = b, a
    if b.rate == CONTROL:
        return _scaled(a, b)
    return _sound("multiply", _matched(a, b), [], max(a.channels, b.channels))


def _divide(a: Signal | float, b: Signal | float) -> Signal:
    if not isinstance(b, Signal):
        if b == 0.0:
            raise _fault(both("division by zero", "division par zéro"), both("", ""), "graph.zero")
        return _multiply(a, 1.0 / b)
    if b.rate == AUDIO:
        a = ramped(a)
        return _sound("divide", _matched(a, b), [], max(a.channels, b.channels))
    if isinstance(a, Signal) and a.rate == AUDIO:
        return _scaled(a, _control("control_divide", 1.0, b, ""))
    plain = isinstance(a, Signal) and b.unit in PLAIN
    return _control("control_divide", a, b, a.unit if plain else "")  # type: ignore[union-attr]


def _scaled(sound: Signal, gain: Signal | float) -> Signal:
    """A sound times a gain; where the sound is one times a gain already, and one of the two is a number, both gains at once."""
    source = sound.source
    if isinstance(source, Call) and source.unit.name == "scale" and sound.channels == source.channels:
        inner, before = next(iter(source.inputs.values())), next(iter(source.controls.values()))
        if not isinstance(gain, Signal) and not isinstance(before, Signal):
            if not math.isfinite(before * gain):
                raise _too_large(sound.name)
            return _sound("scale", [inner], [before * gain], inner.channels) if before * gain != 1.0 else inner
        if not isinstance(gain, Signal) or not isinstance(before, Signal):
            return _sound("scale", [inner], [_multiply(before, gain)], inner.channels)
    return _sound("scale", [sound], [gain], sound.channels)


def _matched(a: Signal, b: Signal) -> list[Signal]:
    channels = max(a.channels, b.channels)
    return [spread(a, channels), spread(b, channels)]


def _control(name: str, a: Signal | float, b: Signal | float, unit: str) -> Signal:
    declared, where = builtin(name), whereabouts()
    ports = declared.of(PortKind.CONTROL)
    return Signal(Call(declared, where, 1, controls={ports[0].name: a, ports[1].name: b}), CONTROL, where=where, unit=unit)


def _sound(name: str, inputs: list[Signal], controls: list[Signal | float], channels: int) -> Signal:
    declared, where = builtin(name), whereabouts()
    node: Node = Call(declared, where, channels,
                      inputs={port.name: signal for port, signal in zip(declared.of(PortKind.IN), inputs, strict=True)},
                      controls={port.name: thing for port, thing in zip(declared.of(PortKind.CONTROL), controls, strict=True)})
    return Signal(node, AUDIO, channels, where)


def _too_large(name: str) -> Fault:
    return _fault(both(f"the numbers that scale {name} are too large", f"les nombres qui multiplient {name} sont trop grands"),
                  both("", ""), "graph.finite")


def _fault(happened: Words, remedy: Words, id: str) -> Fault:
    return Fault(happened, remedy=remedy, where=whereabouts(), id=id)
