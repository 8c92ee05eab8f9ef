"""Voices: sounds that a scene starts while it plays, as many as it likes, each with values of its own.

    class Rain(Scene):
        level = param(-20, "dBFS", -60, 0)

        @voice(limit=16, steal="oldest")
        def drop(self, pitch=param(440, "Hz", 40, 8000, curve="exp"), strength=0.5):
            return ug.place(ug.sine(pitch) * ug.ping(ug.start()) * strength * self.level)

        async def play(self, room):
            bell = self.drop(pitch=300, at=0.05)        a Voice; at: seconds from now, to the sample
            bell.set(pitch=500); bell.release(); bell.stop(fade=0.2); bell.is_playing; await bell.ended()

The method is composed once, like sound(); its arguments are operands there, and numbers where a voice is started. A voice ends by
itself when it has fallen silent. Nothing here knows a graph or a clock: the runtime lends them through `Scene.lend_voices`.
"""
from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Protocol

from ..terms.declaration import Access, Declaration, Kind
from ..terms.fault import Fault, did_you_mean
from ..terms.words import Words, both
from .scene import Param, Quantity, Scene, param, place_of_artist

POLICIES = ("oldest", "quietest", "refuse")
MOST = 128          # voices of one kind at once
LONGEST = 3600.0    # s that a voice may be dated ahead, or fade
TAKEN = ("at",)     # words that a start has for itself


class Hand(Protocol):
    """What the runtime holds of one voice."""

    @property
    def is_playing(self) -> bool: ...
    def set(self, name: str, value: float) -> None: ...
    def release(self, at: float) -> None: ...
    def stop(self, fade: float, at: float) -> None: ...
    def ended(self) -> Awaitable[None]: ...


class Starter(Protocol):
    """What the runtime lends to a scene so that play() can start voices."""

    def start(self, name: str, values: dict[str, float], at: float) -> Hand: ...


class Voice:
    """One voice that was started. What is asked of one that has ended does nothing."""

    def __init__(self, word: VoiceWord, scene: str, hand: Hand) -> None:
        self._word, self._scene, self._hand = word, scene, hand

    @property
    def is_playing(self) -> bool:
        """Whether it sounds, or will: it has neither ended nor been refused."""
        return self._hand.is_playing

    def set(self, **values: Any) -> None:
        """Move values of this voice; each glides as its `param` says. Raises Fault for a name it has not, or what is no number."""
        for name, value in self._word.fitted(self._scene, values).items():
            self._hand.set(name, value)

    def release(self, at: float = 0.0) -> None:
        """Close the gate of `ug.held()`, in `at` seconds; it rings out and ends by itself. Raises Fault if it does not use that word."""
        self._hand.release(_seconds("at", at))

    def stop(self, fade: float = 0.05, at: float = 0.0) -> None:
        """Fade out within `fade` seconds, in `at` seconds."""
        self._hand.stop(_seconds("fade", fade), _seconds("at", at))

    async def ended(self) -> None:
        """Wait until it is over: silent by itself, faded, stolen or refused."""
        await self._hand.ended()

    def __repr__(self) -> str:
        return f"<{self._word.name}: {'playing' if self.is_playing else 'over'}>"


class VoiceWord:
    """A voice's definition in a scene's class. Made by `voice`.

    params    its arguments by name
    required  those that have no default: each start must say them
    where     file:line of the method
    """

    def __init__(self, function: Callable, limit: int, steal: str) -> None:
        if not inspect.isfunction(function) or not inspect.signature(function).parameters:
            raise _fault(both(f"@voice stands above a method, def drop(self): …, and not {function!r}",
                              f"@voice se met au-dessus d'une méthode, def drop(self): …, et non de {function!r}"), "voice.method")
        if hasattr(Scene, function.__name__):
            raise _fault(both(f'a voice cannot be called "{function.__name__}": every scene has that already',
                              f"une voix ne peut s'appeler « {function.__name__} » : toute scène l'a déjà"), "voice.name")
        self.function, self.limit, self.steal = function, limit, steal
        self._records: dict[str, dict[str, Declaration]] = {}
        self.name = function.__name__
        self.where = f"{function.__code__.co_filename}:{function.__code__.co_firstlineno}"
        self.params: dict[str, Param] = {}
        self.required: list[str] = []
        for argument in list(inspect.signature(function).parameters.values())[1:]:
            self._argument(argument)
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, scene: Scene | None, owner: type) -> Any:
        if scene is None:
            return self
        return partial(self._inline if scene._view == "sound" else self._start, scene)

    def declarations(self, scene: str) -> dict[str, Declaration]:
        """The records of its arguments. Raises Fault if one makes no sense."""
        if scene not in self._records:
            self._records[scene] = {name: entry.declaration(f"{scene}/{self.name}") for name, entry in self.params.items()}
        return self._records[scene]

    def playing(self, scene: str) -> Declaration:
        """The record that says how many of it play."""
        return Declaration(f"/scene/{scene}/{self.name}/playing", Kind.INT, "count", 0, self.limit, 0, access=Access.READ,
                           about=both(f"voices of {self.name} that play", f"voix de {self.name} qui jouent"))

    def composed(self, scene: Scene, operands: Mapping[str, Any]) -> Any:
        """What the method returns for these operands, while the scene is composing."""
        return self.function(scene, **operands)

    def fitted(self, scene: str, values: Mapping[str, Any]) -> dict[str, float]:
        """Values as its arguments hold them, clipped into their ranges. Raises Fault, at the artist's line."""
        fitted, records = {}, self.declarations(scene)
        for name, value in values.items():
            if name not in self.params:
                close = did_you_mean(name, self.params)
                listing = ", ".join(self.params) or "–"
                raise _fault(both(f'the voice "{self.name}" has no "{name}"', f"la voix « {self.name} » n'a pas de « {name} »"), "voice.unknown",
                             both(f'Did you mean "{close}"? It has {listing}.' if close else f"It has {listing}.",
                                  f"Peut-être « {close} » ? Elle a {listing}." if close else f"Elle a {listing}."))
            try:
                number, _ = records[name].fit(value.value if isinstance(value, Quantity) else value)
            except Fault as fault:
                raise Fault(both(f"{self.name}, {name}: ", f"{self.name}, {name} : ") + fault.happened, where=place_of_artist(), id=fault.id) from None
            fitted[name] = float(number)      # type: ignore[arg-type]
        return fitted

    def _start(self, scene: Scene, /, *given: Any, at: float = 0.0, **values: Any) -> Voice:
        """Start a voice, in `at` seconds; its arguments by name or in order."""
        if scene._starter is None:
            raise _fault(both(f'the voice "{self.name}" can be started when the scene plays', f"la voix « {self.name} » commence quand la scène joue"),
                         "voice.early", both("Start it in play().", "Lancez-la dans play()."))
        if len(given) > len(self.params):
            raise _fault(both(f'the voice "{self.name}" takes {len(self.params)} values, got {len(given)}',
                              f"la voix « {self.name} » prend {len(self.params)} valeurs, et non {len(given)}"), "voice.values")
        values = {**dict(zip(self.params, given)), **values}
        missing = [name for name in self.required if name not in values]
        if missing:
            raise _fault(both(f'the voice "{self.name}" needs {", ".join(missing)}', f"la voix « {self.name} » a besoin de {', '.join(missing)}"),
                         "voice.values")
        defaults = {name: float(entry.default) for name, entry in self.params.items()}      # type: ignore[arg-type]
        return Voice(self, scene.name, scene._starter.start(self.name, {**defaults, **self.fitted(scene.name, values)}, _seconds("at", at)))

    def _inline(self, scene: Scene, /, *given: Any, **values: Any) -> Any:
        """Called while a sound is composed: a part of that sound, like any function."""
        defaults = {name: entry.default for name, entry in self.params.items() if name not in self.required}
        return self.function(scene, **{**defaults, **dict(zip(self.params, given)), **values})

    def _argument(self, argument: inspect.Parameter) -> None:
        name, default = argument.name, argument.default
        if argument.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY) or name in TAKEN:
            raise Fault(both(f'the voice "{self.name}" cannot have an argument "{name}"', f"la voix « {self.name} » ne peut avoir d'argument « {name} »"),
                        where=self.where, id="voice.argument")
        if default is inspect.Parameter.empty:
            self.required.append(name)
            default = 0.0
        entry = default if isinstance(default, Param) else param(default) if isinstance(default, (bool, int, float)) else None
        if entry is None or entry.kind not in (Kind.FLOAT, Kind.INT, Kind.BOOL):
            raise Fault(both(f'the voice "{self.name}", {name}: expected a number or param(…)',
                             f"la voix « {self.name} », {name} : il faut un nombre ou param(…)"),
                        where=self.where, id="voice.argument",
                        remedy=both("Triggers, texts and colours belong to the scene: self.…", "Déclencheurs, textes et couleurs sont à la scène : self.…"))
        entry = copy.copy(entry)      # the same `param` may stand in several voices
        entry.name, entry.where = name, entry.where or self.where
        self.params[name] = entry


def voice(function: Callable | None = None, *, limit: int = 16, steal: str = "oldest") -> Any:
    """Declare a sound that play() can start many times: a method that returns what ug.place and ug.to give, like sound().

    limit  how many may sound at once, 1 to 128
    steal  who gives way to one more: the "oldest", the "quietest", or "refuse" to start it; what gives way fades in 10 ms

    Its arguments are values of each voice, a number or a `param`; the scene's own parameters (self.level) move all of them. Calling it
    in play() starts one and returns a `Voice`; `at` dates it, in seconds from now, to the sample. `ug.start()` strikes when it
    begins, `ug.held()` is a gate until it is released. Raises Fault, naming file and line, for what makes no sense.
    """
    if function is not None:
        return VoiceWord(function, limit, steal)
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST:
        raise _fault(both(f"limit: expected a whole number, 1 to {MOST}, got {limit!r}", f"limit : il faut un nombre entier, 1 à {MOST}, et non {limit!r}"),
                     "voice.limit")
    if steal not in POLICIES:
        raise _fault(both(f"steal: {steal!r} is not a way to make room", f"steal : {steal!r} n'est pas une façon de faire place"), "voice.steal",
                     both('"oldest", "quietest" or "refuse"', "« oldest », « quietest » ou « refuse »"))
    return lambda method: VoiceWord(method, limit, steal)


def voices_of(scene: type[Scene]) -> dict[str, VoiceWord]:
    """A scene's voices by name, base classes first, in the order in which they are written."""
    found: dict[str, VoiceWord] = {}
    for base in reversed(scene.__mro__):
        found.update({name: entry for name, entry in vars(base).items() if isinstance(entry, VoiceWord)})
    return found


def _seconds(what: str, value: Any) -> float:
    number = value.value if isinstance(value, Quantity) else value
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number) or not 0 <= number <= LONGEST:
        raise _fault(both(f"{what}: expected seconds, 0 to {LONGEST:g}, got {number!r}", f"{what} : il faut des secondes, 0 à {LONGEST:g}, et non {number!r}"),
                     "voice.seconds")
    return float(number)


def _fault(happened: Words, id: str, remedy: Words | str = "") -> Fault:
    return Fault(happened, remedy=remedy, where=place_of_artist(), id=id)
