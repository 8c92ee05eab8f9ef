"""Small expressions over readings: `plinth.distance < 1.0 and mean(a.level, b.level) > 0.2`.

    Expression.parse(text)     raises Fault, with the column, for what is not an expression
    .names                     the readings it asks for
    .value(readings)           a number or a truth; raises Fault for what has no finite value

Parsed and computed here, never by Python's eval. Numbers, true, false, pi; + - * / **, comparisons (also in a row:
0.4 < x.d < 1), and, or, not; min max mean abs clip sqrt exp log sin cos round floor. Strongest first: **, signs, * /, + -,
comparisons, not, and, or. Bounded: text, depth, exponents, results.
"""
from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..terms.fault import Fault, did_you_mean
from ..terms.words import Words, both

LONGEST = 500
DEEPEST = 30
LARGEST_EXPONENT = 8
Number = float | bool

_TOKEN = re.compile(r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)"
                    r"|(?P<sign>\*\*|<=|>=|==|!=|&&|\|\||[-+*/(),<>=!^%]))", re.ASCII)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
                                                   "==": operator.eq, "!=": operator.ne}
_INSTEAD = {"=": "==", "&&": "and", "||": "or", "!": "not", "^": "**"}
_CONSTANTS: dict[str, Number] = {"true": True, "false": False, "pi": math.pi}
_WORDS = ("and", "or", "not")
_FUNCTIONS: dict[str, tuple[int, int, Callable[..., float]]] = {      # fewest and most arguments
    "min": (1, 32, lambda *parts: min(parts)),
    "max": (1, 32, lambda *parts: max(parts)),
    "mean": (1, 32, lambda *parts: math.fsum(part / len(parts) for part in parts)),
    "abs": (1, 1, abs),
    "clip": (3, 3, lambda x, low, high: min(max(x, low), high)),
    "sqrt": (1, 1, math.sqrt),
    "exp": (1, 1, math.exp),
    "log": (1, 1, math.log),
    "sin": (1, 1, math.sin),
    "cos": (1, 1, math.cos),
    "round": (1, 1, lambda x: float(round(x))),
    "floor": (1, 1, lambda x: float(math.floor(x))),
}
_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _POWER = range(1, 9)     # binding powers


@dataclass(frozen=True)
class Expression:
    """A parsed expression."""

    text: str
    names: tuple[str, ...]
    _tree: tuple = field(repr=False, compare=False)

    @classmethod
    def parse(cls, text: str) -> Expression:
        """Parse. Raises Fault, which names the column, for whatever is not an expression."""
        if len(text) > LONGEST:
            raise Fault(both(f"the expression is longer than {LONGEST} characters", f"l'expression dépasse {LONGEST} caractères"),
                        id="expression.long")
        parser = _Parser(text)
        tree = parser.whole()
        return cls(text, tuple(dict.fromkeys(parser.names)), tree)

    def value(self, readings: Mapping[str, Number]) -> Number:
        """The value with these readings. Raises Fault where a reading is missing or the result is not a finite number."""
        try:
            given = _value(self._tree, readings)
            return given if isinstance(given, bool) else float(given)
        except (ValueError, OverflowError, ZeroDivisionError) as error:
            raise _no_value(self.text, error) from None

    @property
    def truth(self) -> bool:
        """Whether it gives true or false, not a number."""
        tree = self._tree
        return tree[0] == "not" or (tree[0] == "row" and tree[1] <= _COMPARISON) or (tree[0] == "number"
                                                                                     and isinstance(tree[1], bool))

    def __reduce__(self) -> tuple:
        return Expression.parse, (self.text,)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str       # number, name, sign, end
    text: str
    column: int     # from 1


class _Parser:
    """A Pratt parser. A row of operators of one strength is one node, so that depth is bounded by nesting alone."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0
        self.names: list[str] = []

    def whole(self) -> tuple:
        tree = self._expression(0)
        if self._now.kind != "end":
            raise self._wrong(self._now)
        return tree

    @property
    def _now(self) -> _Token:
        return self.tokens[self.at]

    def _next(self) -> _Token:
        token = self.tokens[self.at]
        self.at += token.kind != "end"
        return token

    def _expression(self, weaker: int) -> tuple:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _fault(self._now.column, both(f"nested more than {DEEPEST} deep", f"imbriqué sur plus de {DEEPEST} niveaux"))
        left = self._first()
        while (strength := _strength(self._now)) > weaker:
            left = self._row(left, strength)
        self.depth -= 1
        return left

    def _row(self, left: tuple, strength: int) -> tuple:
        if strength == _POWER:
            self._next()
            return ("power", left, self._expression(_SIGN - 1))     # to the right, and a sign may follow: 2 ** -1
        rest = []
        while _strength(self._now) == strength:
            sign = self._next().text
            rest.append((sign, self._expression(strength)))
        return ("row", strength, left, tuple(rest))

    def _first(self) -> tuple:
        token = self._next()
        if token.kind == "number":
            number = float(token.text)
            if not math.isfinite(number):
                raise _fault(token.column, both("the number is too large", "le nombre est trop grand"))
            if self._now.kind == "name" and self._now.text not in _WORDS:
                raise _fault(self._now.column, both("write numbers without a unit here, in the reading's own",
                                                    "écrivez ici les nombres sans unité, dans celle de la mesure"))
            return ("number", number)
        if token.kind == "sign" and token.text in "+-":
            return ("sign", token.text, self._expression(_SIGN))
        if token.kind == "sign" and token.text == "(":
            inner = self._expression(0)
            self._close(token)
            return inner
        if token.kind == "name" and token.text == "not":
            return ("not", self._expression(_NOT))
        if token.kind == "name" and token.text not in _WORDS:
            if self._now.text == "(":
                return self._call(token)
            if token.text in _CONSTANTS:
                return ("number", _CONSTANTS[token.text])
            self.names.append(token.text)
            return ("name", token.text)
        raise self._wrong(token, value=True)

    def _call(self, name: _Token) -> tuple:
        opened = self._next()
        if name.text not in _FUNCTIONS:
            close = did_you_mean(name.text, _FUNCTIONS)
            hint = (f'Did you mean "{close}"? ', f"Peut-être « {close} » ? ") if close else ("", "")
            listing = ", ".join(_FUNCTIONS)
            raise _fault(name.column,
                         both(f'no function is called "{name.text[:40]}"', f"aucune fonction ne s'appelle « {name.text[:40]} »"),
                         both(f"{hint[0]}There are {listing}.", f"{hint[1]}Il y a {listing}."))
        arguments = [] if self._now.text == ")" else [self._expression(0)]
        while self._now.text == ",":
            self._next()
            arguments.append(self._expression(0))
        self._close(opened)
        fewest, most, _ = _FUNCTIONS[name.text]
        if not fewest <= len(arguments) <= most:
            wanted = str(fewest) if fewest == most else f"{fewest}–{most}"
            raise _fault(name.column, both(f"{name.text} takes {wanted} values, got {len(arguments)}",
                                           f"{name.text} prend {wanted} valeurs, et non {len(arguments)}"))
        return ("call", name.text, tuple(arguments))

    def _close(self, opened: _Token) -> None:
        token = self._next()
        if token.text == ")":
            return
        if token.kind == "end":
            raise _fault(opened.column, both("this bracket is never closed", "cette parenthèse n'est jamais fermée"))
        raise self._wrong(token)

    def _wrong(self, token: _Token, value: bool = False) -> Fault:
        if token.kind == "end":
            return _fault(token.column,
                          both("the expression ends where a value is expected", "l'expression finit là où il faut une valeur"))
        instead = _INSTEAD.get(token.text)
        remedy = both(f'Did you mean "{instead}"?', f"Peut-être « {instead} » ?") if instead else ""
        shown = token.text if len(token.text) <= 30 else token.text[:27] + "…"
        wanted = both("a value", "une valeur") if value else both("an operator", "un opérateur")
        return _fault(token.column, both(f'expected {wanted.en}, got "{shown}"', f"il faut {wanted.fr}, et non « {shown} »"),
                      remedy)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if not match or match.lastgroup is None:
            while text[at].isspace():
                at += 1
            shown = text[at] if text[at].isprintable() else f"U+{ord(text[at]):04X}"
            raise _fault(at + 1, both(f'"{shown}" does not belong in an expression',
                                      f"« {shown} » n'a rien à faire dans une expression"))
        found.append(_Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
        at = match.end()
    return [*found, _Token("end", "", end + 1)]


def _strength(token: _Token) -> int:
    if token.kind == "name":
        return {"or": _OR, "and": _AND}.get(token.text, 0)
    if token.kind != "sign":
        return 0
    if token.text in _COMPARE:
        return _COMPARISON
    return {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}.get(token.text, 0)


def _value(tree: tuple, readings: Mapping[str, Number]) -> Number:
    match tree:
        case ("number", number):
            return number
        case ("name", name):
            if name not in readings:
                raise Fault(both(f'there is no reading "{name}" now', f"il n'y a pas de mesure « {name} » pour l'instant"),
                            id="expression.absent")
            return _finite(readings[name])
        case ("sign", sign, inner):
            return -_value(inner, readings) if sign == "-" else +_value(inner, readings)
        case ("not", inner):
            return not _value(inner, readings)
        case ("power", base, exponent):
            return _power(float(_value(base, readings)), float(_value(exponent, readings)))
        case ("call", name, arguments):
            return _finite(_FUNCTIONS[name][2](*(float(_value(argument, readings)) for argument in arguments)))
        case ("row", strength, left, rest):
            return _row_value(strength, left, rest, readings)
    raise ValueError("not an expression")


def _row_value(strength: int, left: tuple, rest: tuple, readings: Mapping[str, Number]) -> Number:
    value = _value(left, readings)
    if strength in (_OR, _AND):
        for _, right in rest:
            if bool(value) is (strength == _OR):
                break
            value = _value(right, readings)
        return bool(value)
    for sign, right in rest:
        other = _value(right, readings)
        if strength == _COMPARISON:
            if not _COMPARE[sign](value, other):
                return False
            value = other
        elif sign == "+":
            value = _finite(value + other)
        elif sign == "-":
            value = _finite(value - other)
        elif sign == "*":
            value = _finite(value * other)
        else:
            value = _finite(value / other)
    return True if strength == _COMPARISON else value


def _power(base: float, exponent: float) -> float:
    if abs(exponent) > LARGEST_EXPONENT:
        raise OverflowError(f"exponent {exponent:g}")
    return _finite(base ** exponent)


def _finite(value: Any) -> Any:
    if isinstance(value, (bool, int)):
        return value
    if not isinstance(value, float) or not math.isfinite(value):
        raise ValueError("not finite")
    return value


def _fault(column: int, happened: Words, remedy: Words | str = "") -> Fault:
    return Fault(both(f"at character {column}: ", f"au caractère {column} : ") + happened, remedy=remedy, id="expression.syntax")


def _no_value(text: str, error: Exception) -> Fault:
    shown = text if len(text) <= 60 else text[:57] + "…"
    reason = both("division by zero", "division par zéro") if isinstance(error, ZeroDivisionError) else \
        both("too large", "trop grand") if isinstance(error, OverflowError) else both("not a number", "pas un nombre")
    return Fault(both(f'"{shown}" has no value now: ', f"« {shown} » n'a pas de valeur à présent : ") + reason,
                 id="expression.value")
