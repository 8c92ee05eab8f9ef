"""How a word of ug puts a unit to work: `apply` connects its ports, checks them, and gives the signal that comes out.

    apply(LOWPASS, inputs={"x": sound}, controls={"cutoff": self.brightness})
    apply(PINK, channels=2, seed="seed")
    apply(DELAY, inputs={"x": sound}, controls={"time": 0.3}, memory={"line": lambda hall: int(2.0 * hall.rate)})
    apply(PLACE, inputs={"x": sound}, controls={"azimuth": where}, numbers={"ring": place_numbers})

Everything is checked here, once, while the graph is built; a kernel checks nothing. Every Fault names the file and line of the
artist's word, and calls the word `ug.<unit>` unless `word` says otherwise.
"""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..terms.fault import Fault, did_you_mean
from ..terms.quantity import UNITS as QUANTITIES
from ..terms.quantity import quantity
from ..terms.words import Words, both
from .arithmetic import PLAIN, measured, ramped, spread
from .declare import Port, PortKind, Unit
from .node import Call, Frames, Loop, Numbers
from .plan import LongRecording, Recording
from .signal import AUDIO, BUS, CONTROL, TRIGGER, Signal, operand, whereabouts

MOST_CHANNELS = 64
LEVEL_UNITS = ("dB", "dBFS")


def apply(unit: Unit, *, inputs: Mapping[str, Any] | None = None, controls: Mapping[str, Any] | None = None,
          numbers: Mapping[str, Numbers] | None = None, state: Mapping[str, Numbers] | None = None,
          memory: Mapping[str, Frames] | None = None, table: Recording | None = None, stream: LongRecording | None = None,
          channels: int | None = None, seed: str = "", as_is: bool = False, heard: int = 0, sent: str = "",
          loop: Loop | None = None, word: str = "") -> Signal:
    """Put a unit to work; its first output (see `apply_all`), or what it puts on the outputs if it has a BUS port.

    inputs    IN ports: signals; a control or a number comes in as a ramp. Ports whose unit is "trigger" take such parameters too
    controls  CONTROL ports: numbers in the port's unit, texts ("50 ms"), parameters, control signals, sounds of one channel, which are
              followed frame by frame. A missing one: its default
    numbers   NUMBERS ports: a sequence of `size` numbers, or a function of the `Hall` that gives one of any length
    state     STATE ports whose rest is not `size` zeros: the numbers at rest, or a function of the `Hall`; sets the size too
    memory    MEMORY ports: frames for each channel, or a function of the `Hall`
    table     the recording of the TABLE port
    stream    the recording of the RING and RING_STATE ports
    channels  of what comes out; when left out, that of the inputs (1 without any). One-channel inputs are spread over them
    seed      the NUMBERS port that takes this word's own seed (1 to 2**48)
    heard     the first of the card's inputs, from 0, that an INPUT port reads; as many as `channels`
    sent      the name under which voices send, for a BUS or an INPUT port
    loop      whose line its MEMORY is: two calls share it
    as_is     inputs keep the channels they have, as for a mix or a join; `channels` says what comes out

    Raises Fault, at the artist's line: an unknown or missing port, channels that do not match,
    a number out of the port's range, anything that is not finite.
    """
    return apply_all(unit, inputs=inputs, controls=controls, numbers=numbers, state=state, memory=memory, table=table,
                     stream=stream, channels=channels, seed=seed, as_is=as_is, heard=heard, sent=sent, loop=loop, word=word)[0]


def apply_all(unit: Unit, *, inputs: Mapping[str, Any] | None = None, controls: Mapping[str, Any] | None = None,
              numbers: Mapping[str, Numbers] | None = None, state: Mapping[str, Numbers] | None = None,
              memory: Mapping[str, Frames] | None = None, table: Recording | None = None, stream: LongRecording | None = None,
              channels: int | None = None, seed: str = "", as_is: bool = False, heard: int = 0,
              sent: str = "", loop: Loop | None = None, word: str = "") -> tuple[Signal, ...]:
    """`apply` for a unit of several outputs: one signal for each OUT and CONTROL_OUT, in the order of the ports."""
    word = word or (unit.name if unit.place else f"ug.{unit.name}")
    numbers, seeded = dict(numbers or {}), {seed: None} if seed else {}
    _known(unit, word, PortKind.IN, inputs)
    _known(unit, word, PortKind.CONTROL, controls)
    _filled(unit, word, PortKind.NUMBERS, {**numbers, **seeded})
    _filled(unit, word, PortKind.MEMORY, memory)
    _filled(unit, word, PortKind.TABLE, {port.name: None for port in unit.of(PortKind.TABLE) if table is not None})
    _filled(unit, word, PortKind.RING, {port.name: None for port in unit.of(PortKind.RING) if stream is not None})
    sounds = {port.name: _sound(word, port, (inputs or {}).get(port.name)) for port in unit.of(PortKind.IN)}
    wide = [sound.channels for port, sound in zip(unit.of(PortKind.IN), sounds.values()) if port.unit != TRIGGER]
    width = channels if channels is not None else max(wide, default=1)
    if not 1 <= width <= MOST_CHANNELS:
        raise _fault(both(f"{word}: a signal has 1 to {MOST_CHANNELS} channels, not {width}",
                          f"{word} : un signal a 1 à {MOST_CHANNELS} canaux, et non {width}"), "graph.channels")
    if not as_is:
        sounds = {port.name: sounds[port.name] if port.unit == TRIGGER else spread(sounds[port.name], width)
                  for port in unit.of(PortKind.IN)}
    for port in unit.of(PortKind.NUMBERS):
        given = numbers.get(port.name)
        if given is not None and not callable(given):
            numbers[port.name] = _constants(word, port, given, width)
    given_controls = {port.name: _control(word, port, (controls or {}).get(port.name)) for port in unit.of(PortKind.CONTROL)}
    where = whereabouts()
    call = Call(unit, where, width, sounds, given_controls, numbers, dict(state or {}), dict(memory or {}), table, stream, seed,
                as_is, heard, sent, loop)
    if unit.of(PortKind.BUS):
        return (Signal(call, BUS, 0, where),)
    outs = unit.of(PortKind.OUT, PortKind.CONTROL_OUT)
    return tuple(Signal(call, AUDIO, width, where, output=index) if port.kind is PortKind.OUT
                 else Signal(call, CONTROL, 1, where, unit=port.unit, output=index) for index, port in enumerate(outs))


def _known(unit: Unit, word: str, kind: PortKind, given: Mapping[str, Any] | None) -> None:
    names = [port.name for port in unit.of(kind)]
    for name in given or {}:
        if name not in names:
            close = did_you_mean(name, names)
            listing = ", ".join(names) or "none"
            raise _fault(both(f'{word} has no "{name}"', f"{word} n'a pas de « {name} »"), "graph.port",
                         both(f'Did you mean "{close}"? It has {listing}.' if close else f"It has {listing}.",
                              f"Peut-être « {close} » ? Il a {listing}." if close else f"Il a {listing}."))


def _filled(unit: Unit, word: str, kind: PortKind, given: Mapping[str, Any] | None) -> None:
    _known(unit, word, kind, given)
    for port in unit.of(kind):
        if port.name not in (given or {}):
            raise _missing(word, port)


def _sound(word: str, port: Port, given: Any) -> Signal:
    if given is None and port.default is None:
        raise _missing(word, port)
    thing = operand(port.default if given is None else given, f"{word}, {port.name}")
    if not isinstance(thing, Signal) or thing.rate == AUDIO or (thing.rate == TRIGGER and port.unit == TRIGGER):
        return ramped(thing)
    if thing.rate == CONTROL and not thing.is_level:
        return ramped(thing)
    name, happened = thing.name, both("", "")
    remedy = both("", "")
    if thing.is_level:
        happened = both(f'{word}, {port.name}: expected a sound, got the level "{name}"',
                        f"{word}, {port.name} : il faut un son, et non le niveau « {name} »")
        remedy = both(f"Multiply: sound * self.{name}.", f"Multipliez : sound * self.{name}.")
    elif thing.rate == TRIGGER:
        happened = both(f'{word}, {port.name}: expected a sound, got the trigger "{name}"',
                        f"{word}, {port.name} : il faut un son, et non le déclencheur « {name} »")
        remedy = both("Give it to a word that takes a trigger, such as an envelope.",
                      "Donnez-le à un mot qui prend un déclencheur, une enveloppe par exemple.")
    elif thing.rate == BUS:
        happened = both(f"{word}, {port.name}: what comes in is already placed",
                        f"{word}, {port.name} : ce qui entre est déjà placé")
        remedy = both("Place it last.", "Placez-le en dernier.")
    else:
        happened = both(f'{word}, {port.name}: "{name}" is a text or a colour: it cannot be heard',
                        f"{word}, {port.name} : « {name} » est un texte ou une couleur : cela ne s'entend pas")
    raise _fault(happened, "graph.input", remedy)


def _control(word: str, port: Port, given: Any) -> Signal | float:
    if given is None:
        if port.default is None:
            raise _missing(word, port)
        return float(port.default)
    if isinstance(given, str):
        try:
            given = quantity(given, port.unit)
        except Fault as fault:
            raise Fault(both(f"{word}, {port.name}: ", f"{word}, {port.name} : ") + fault.happened, remedy=fault.remedy,
                        where=whereabouts(), id=fault.id) from None
    thing = operand(given, f"{word}, {port.name}")
    if not isinstance(thing, Signal):
        return _within(word, port, thing)
    if thing.rate == CONTROL:
        return _fitting(word, port, thing)
    if thing.rate == AUDIO:
        return _moving(word, port, thing)
    raise _fault(both(f"{word}, {port.name}: expected a control, got {thing.name} ({thing.rate})",
                      f"{word}, {port.name} : il faut un contrôle, et non {thing.name} ({thing.rate})"), "graph.control")


def _fitting(word: str, port: Port, thing: Signal) -> Signal:
    """The control in the port's unit. Raises Fault if it measures something else."""
    if thing.is_level:
        if port.unit in (*LEVEL_UNITS, "ratio"):
            return thing
        raise _fault(_wrong_unit(word, port, thing), "graph.unit",
                     both(f'Declare "{thing.name}" in {port.unit or "plain numbers"}.',
                          f"Déclarez « {thing.name} » en {port.unit or 'nombres simples'}."))
    if port.scale == "gain":
        raise _fault(both(f"{word}, {port.name}: expected a level, got {thing.name}, which is not one",
                          f"{word}, {port.name} : il faut un niveau, et {thing.name} n'en est pas un"), "graph.unit",
                     both('Declare a parameter in "dB".', "Déclarez un paramètre en « dB »."))
    thing = measured(thing, port.unit)
    known = thing.unit in QUANTITIES and port.unit in QUANTITIES
    if known and thing.unit not in PLAIN and port.unit and QUANTITIES[thing.unit].dimension != QUANTITIES[port.unit].dimension:
        raise _fault(_wrong_unit(word, port, thing), "graph.unit",
                     both("A mapping in config.yaml, or a parameter of the right unit, turns one into the other.",
                          "Une correspondance dans config.yaml, ou un paramètre de la bonne unité, change l'un en l'autre."))
    return thing


def _moving(word: str, port: Port, sound: Signal) -> Signal:
    """A sound that a control follows, its samples in the port's unit."""
    if sound.channels != 1:
        raise _fault(both(f"{word}, {port.name}: one channel can move it, {sound.name} has {sound.channels}",
                          f"{word}, {port.name} : un seul canal peut le mener, {sound.name} en a {sound.channels}"), "graph.channels",
                     both("Take one with [0].", "Prenez-en un avec [0]."))
    if port.scale == "gain":
        raise _fault(both(f"{word}, {port.name}: expected a level, got the sound of {sound.name}",
                          f"{word}, {port.name} : il faut un niveau, et non le son de {sound.name}"), "graph.unit",
                     both("Multiply the sound by it instead.", "Multipliez plutôt le son par celui-ci."))
    return sound


def _within(word: str, port: Port, number: float) -> float:
    if port.low <= number <= port.high:
        return number
    unit = f" {port.unit}" if port.unit else ""
    raise _fault(both(f"{word}, {port.name}: expected {port.low:g} to {port.high:g}{unit}, got {number:g}",
                      f"{word}, {port.name} : il faut {port.low:g} à {port.high:g}{unit}, et non {number:g}"), "graph.range")


def _constants(word: str, port: Port, given: Any, channels: int) -> tuple[float, ...]:
    values = tuple(float(value) for value in given)
    size = port.size * (channels if port.per_channel else 1)
    if port.size and len(values) != size:
        raise _fault(both(f"{word}, {port.name}: expected {size} numbers, got {len(values)}",
                          f"{word}, {port.name} : il faut {size} nombres, et non {len(values)}"), "graph.numbers")
    if not all(math.isfinite(value) for value in values):
        raise _fault(both(f"{word}, {port.name}: every number must be finite",
                          f"{word}, {port.name} : chaque nombre doit être fini"), "graph.finite")
    return values


def _wrong_unit(word: str, port: Port, thing: Signal) -> Words:
    unit = port.unit or "number"
    return both(f'{word}, {port.name}: expected {unit}, got "{thing.name}" in {thing.unit}',
                f"{word}, {port.name} : il faut {port.unit or 'un nombre'}, et non « {thing.name} » en {thing.unit}")


def _missing(word: str, port: Port) -> Fault:
    unit = f" ({port.unit})" if port.unit else ""
    return _fault(both(f"{word} needs {port.name}{unit}", f"{word} a besoin de {port.name}{unit}"), "graph.missing",
                  both(port.about, port.about))


def _fault(happened: Words, id: str, remedy: Words | None = None) -> Fault:
    return Fault(happened, remedy=remedy or "", where=whereabouts(), id=id)
