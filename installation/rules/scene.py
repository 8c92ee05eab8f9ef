"""A scene as an artist writes it: parameters, sound(), light(), play().

    class Tide(Scene):
        closeness = param(0, "ratio", 0, 1)
        def sound(self): ...            composed once; a parameter is an operand of the graph
        def light(self): ...            called forty times a second; a parameter is a plain value
        async def play(self, room): ... the scene's own time; a parameter can be waited for and moved

Sounds that play() starts, as many as it likes, are in voice.py.

`self.closeness` is what each of the three needs, because the runtime says which one it is about to call. Nothing here
knows a graph, a tree or a clock: the runtime lends them through `Scene.lend`.
"""
from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from typing import Any, Protocol

from ..terms.declaration import Access, Curve, Declaration, Kind, Value
from ..terms.fault import Fault
from ..terms.quantity import known_unit
from ..terms.words import Words, both, words

LONGEST_GLIDE = 3600.0     # s
GLIDE = 0.02       # s; short enough to be felt as at once, long enough not to click


class Steer(Protocol):
    """What the runtime lends to a scene so that play() can move its parameters."""

    def value(self, name: str) -> Value: ...
    def set(self, name: str, value: Value) -> None: ...
    def fire(self, name: str) -> None: ...
    def release(self, name: str) -> None: ...
    def go(self, name: str, value: float, over: float) -> Awaitable[None]: ...


class Condition:
    """Something that is true or not yet: `self.closeness > 0.9`. Wait for it with `room.until`; join with & | ~."""

    def __init__(self, test: Callable[[], bool], text: str) -> None:
        self.test = test
        self.text = text

    def __bool__(self) -> bool:
        return bool(self.test())

    def __and__(self, other: Condition) -> Condition:
        return Condition(lambda: bool(self) and bool(other), f"({self.text} and {other.text})")

    def __or__(self, other: Condition) -> Condition:
        return Condition(lambda: bool(self) or bool(other), f"({self.text} or {other.text})")

    def __invert__(self) -> Condition:
        return Condition(lambda: not self, f"not {self.text}")

    def __repr__(self) -> str:
        return f"<{self.text}: {'true' if self else 'false'}>"


class Quantity:
    """A value that changes while the piece runs: arithmetic takes its value now, comparison makes a `Condition`."""

    def __init__(self, read: Callable[[], Any], text: str) -> None:
        self._read = read
        self._text = text

    @property
    def value(self) -> Any:
        """The value now."""
        return self._read()

    def __float__(self) -> float:
        return float(self._read())

    def __int__(self) -> int:
        return int(self._read())

    def __bool__(self) -> bool:
        return bool(self._read())

    def _compare(self, other: Any, sign: str, test: Callable[[Any, Any], bool]) -> Condition:
        def now() -> bool:
            mine = self._read()
            return mine is not None and test(mine, other.value if isinstance(other, Quantity) else other)

        return Condition(now, f"{self._text} {sign} {other}")

    def __gt__(self, other: Any) -> Condition:
        return self._compare(other, ">", lambda a, b: a > b)

    def __ge__(self, other: Any) -> Condition:
        return self._compare(other, ">=", lambda a, b: a >= b)

    def __lt__(self, other: Any) -> Condition:
        return self._compare(other, "<", lambda a, b: a < b)

    def __le__(self, other: Any) -> Condition:
        return self._compare(other, "<=", lambda a, b: a <= b)

    def equals(self, other: Any) -> Condition:
        """True while the value is this one."""
        return self._compare(other, "is", lambda a, b: a == b)

    def __add__(self, other: Any) -> float:
        return float(self) + float(other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> float:
        return float(self) - float(other)

    def __rsub__(self, other: Any) -> float:
        return float(other) - float(self)

    def __mul__(self, other: Any) -> float:
        return float(self) * float(other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> float:
        return float(self) / float(other)

    def __rtruediv__(self, other: Any) -> float:
        return float(other) / float(self)

    def __neg__(self) -> float:
        return -float(self)

    def __repr__(self) -> str:
        return f"<{self._text} {self._read()!r}>"


class Moving(Quantity):
    """A parameter as play() sees it."""

    def __init__(self, name: str, steer: Steer, kind: Kind) -> None:
        super().__init__(lambda: steer.value(name), name)
        self._name, self._steer, self._kind = name, steer, kind

    def set(self, value: Value) -> None:
        """Move the parameter at once (its own glide applies). Holds against mappings until `release`."""
        self._steer.set(self._name, value)

    def go(self, value: float, over: float) -> Awaitable[None]:
        """Move the parameter there in `over` seconds; await it to wait for the arrival."""
        return self._steer.go(self._name, float(value), float(over))

    def fire(self) -> None:
        """Set off a trigger parameter."""
        self._steer.fire(self._name)

    def release(self) -> None:
        """Let mappings move the parameter again."""
        self._steer.release(self._name)


class Param:
    """A parameter's declaration in a scene's class. Made by `param`."""

    def __init__(self, default: Value, unit: str, low: float | None, high: float | None, curve: Curve, glide: float,
                 about: Words, kind: Kind, choices: tuple[str, ...], where: str) -> None:
        self.default, self.unit, self.low, self.high, self.curve = default, unit, low, high, curve
        self.glide, self.about, self.kind, self.choices, self.where = glide, about, kind, choices, where
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def declaration(self, scene: str) -> Declaration:
        """The record of this parameter in the scene of that name. Raises Fault if the declaration makes no sense."""
        try:
            declared = Declaration(f"/scene/{scene}/{self.name}", self.kind, self.unit, self.low, self.high, self.default, self.curve,
                                   self.glide, Access.WRITE if self.kind is Kind.TRIGGER else Access.BOTH, self.about,
                                   self.kind is not Kind.TRIGGER, self.choices)
            fitted, clipped = declared.fit(self.default)
        except Fault as fault:
            fault.where = self.where
            raise
        except (TypeError, ValueError, OverflowError) as error:      # numbers that are none, or larger than any float
            raise Fault(both(f'"{self.name}" makes no sense: {error}', f"« {self.name} » n'a pas de sens : {error}"), where=self.where,
                        id="param.declaration") from None
        if clipped:
            raise Fault(both(f'the default of "{self.name}", {self.default}, lies outside {self.low} to {self.high}',
                             f"la valeur par défaut de « {self.name} », {self.default}, sort de la plage {self.low} à {self.high}"),
                        where=self.where, id="param.default")
        return declared

    def __get__(self, scene: Scene | None, owner: type) -> Any:
        return self if scene is None else scene._see(self)

    def __set__(self, scene: Scene, value: Value) -> None:
        raise Fault(both(f'"{self.name}" is a parameter; it is moved, not replaced',
                         f"« {self.name} » est un paramètre : on le déplace, on ne le remplace pas"),
                    remedy=both(f"self.{self.name}.set({value!r}), or await self.{self.name}.go({value!r}, over=2), in play()",
                                f"self.{self.name}.set({value!r}), ou await self.{self.name}.go({value!r}, over=2), dans play()"),
                    where=place_of_artist(), id="param.assign")


_CURVES = {"lin": Curve.LINEAR, "linear": Curve.LINEAR, "exp": Curve.EXPONENTIAL, "db": Curve.DECIBEL}


def param(default: Value = 0.0, unit: str = "", low: float | None = None, high: float | None = None, *, curve: str = "lin",
          glide: float = GLIDE, about: dict[str, str] | str = "", choices: tuple[str, ...] | list[str] = (), trigger: bool = False) -> Any:
    """Declare a value of a scene that people, mappings and play() can move.

    default      True/False makes a switch, a text one of `choices`, three numbers a colour, anything else a number
    unit         "ratio", "Hz", "s", "dBFS", "deg"… ; a level in dBFS or dB multiplies a sound as a gain and glides in dB
    low, high    its range; what comes from outside is clipped into it
    curve        "lin", "exp" (equal ratios for equal ways), or "db"
    glide        seconds in which the sound follows a change
    about        one line in each language: {"en": …, "fr": …}
    trigger      it has no value; it makes something happen

    Raises Fault, naming file and line, if these do not fit together.
    """
    where = place_of_artist()
    if curve not in _CURVES:
        raise Fault(both(f'"{curve}" is not a curve', f"« {curve} » n'est pas une courbe"),
                    remedy=both('"lin", "exp" or "db"', "« lin », « exp » ou « db »"), where=where, id="param.curve")
    try:
        known_unit(unit)
    except Fault as fault:
        raise fault.at(where) from None
    if not (isinstance(glide, (int, float)) and 0 <= glide <= LONGEST_GLIDE):
        raise Fault(both(f"glide: expected seconds, 0 to {LONGEST_GLIDE:g}, got {glide!r}",
                         f"glide : il faut des secondes, 0 à {LONGEST_GLIDE:g}, et non {glide!r}"),
                    where=where, id="param.glide")
    if isinstance(about, dict):
        line = Words(str(about.get("en") or about.get("fr", "")), str(about.get("fr") or about.get("en", "")))
    else:
        line = words(str(about))
    if trigger:
        kind, default = Kind.TRIGGER, None
    elif isinstance(default, bool):
        kind = Kind.BOOL
    elif isinstance(default, str):
        kind, default = Kind.TEXT, str.__str__(default)       # of an enumeration too: the control process does not know the artist's
    elif isinstance(default, (tuple, list)):
        kind, default = Kind.COLOUR, tuple(default)
    else:
        kind, default = Kind.FLOAT, float(default) if isinstance(default, float) else int(default) if isinstance(default, int) else default
    level = unit in ("dB", "dBFS") and curve == "lin"
    return Param(default, unit, low, high, Curve.DECIBEL if level else _CURVES[curve], float(glide), line, kind,
                 tuple(str.__str__(choice) if isinstance(choice, str) else choice for choice in choices), where)


class Scene:
    """What the room sounds and looks like for a while. Subclass it, one scene a file.

    Its docstring is its first page: what it is, what it needs. silences: how long it may fall silent on purpose while it plays, in seconds or with a
    unit ("10 min"); a silence that lasts longer is told.
    """

    name: str = ""
    silences: float | str = 0.0

    def sound(self) -> Any:
        """Compose the sound: return what ug.place and ug.to give, one or a list. Called once, before the scene plays."""
        return None

    def light(self) -> dict[str, Any] | None:
        """Levels and colours by fixture or group name. Called once a frame while the scene plays; must return at once."""
        return None

    async def play(self, room: Any) -> None:
        """The scene's own time: wait with `await room.until(...)`, move parameters with `await self.level.go(...)`."""

    # what follows is for the runtime

    _view = "play"
    _steer: Steer | None = None
    _operands: dict[str, Any] | None = None
    _movers: dict[str, Moving] | None = None
    _starter: Any = None     # what starts voices: voice.Starter

    @classmethod
    def params(cls) -> dict[str, Param]:
        """The scene's parameters by name, base classes first, in the order in which they are written."""
        found: dict[str, Param] = {}
        for base in reversed(cls.__mro__):
            found.update({name: entry for name, entry in vars(base).items() if isinstance(entry, Param)})
        return found

    def lend(self, name: str, steer: Steer) -> None:
        """Give the scene its name and the means to read and move its parameters."""
        self.name = name
        self._steer = steer
        self._movers = {key: Moving(key, steer, entry.kind) for key, entry in type(self).params().items()}

    def lend_voices(self, starter: Any) -> None:
        """Give the scene the means to start its voices (a `voice.Starter`)."""
        self._starter = starter

    @contextmanager
    def composing(self, operands: dict[str, Any]):
        """While sound() runs: parameters are operands of the graph."""
        self._view, self._operands = "sound", operands
        try:
            yield self
        finally:
            self._view, self._operands = "play", None

    @contextmanager
    def lighting(self):
        """While light() runs: parameters are plain values."""
        before, self._view = self._view, "light"
        try:
            yield self
        finally:
            self._view = before

    def _see(self, entry: Param) -> Any:
        if self._view == "sound" and self._operands is not None:
            return self._operands[entry.name]
        if self._steer is None:
            return entry.default
        if self._view == "light":
            return self._steer.value(entry.name)
        return self._movers[entry.name] if self._movers else entry.default


def place_of_artist() -> str:
    """file:line of the first frame outside the engine."""
    frame = inspect.currentframe()
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if not module.startswith("installation"):
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return ""
