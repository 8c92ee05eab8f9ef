"""Expressions: Python's own arithmetic where both are defined, a Fault with its column where they are not, never anything else."""
from __future__ import annotations

import math
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.rules.expression import DEEPEST, LONGEST, Expression
from installation.terms.fault import Fault

READINGS = {"plinth.distance": 0.8, "a.x": 3.0, "a.y": -2.0, "b.on": True}


@pytest.mark.parametrize(("text", "value"), [
    ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("2 ** 3 ** 1", 8), ("-2 ** 2", -4), ("2 ** -1", 0.5), ("10 - 4 - 3", 3),
                                             ("16 / 4 / 2", 2), ("- - 3", 3), ("+3", 3),
    ("a.x * a.y", -6), ("plinth.distance < 1.0", True), ("0.4 < plinth.distance < 0.7", False), ("1 < a.x <= 3", True),
                                             ("a.x == 3 and not b.on", False),
    ("a.x > 5 or b.on", True), ("not a.x > 5", True), ("not (b.on and false)", True), ("min(a.x, a.y, 7)", -2), ("max(1)", 1),
                                             ("mean(1, 2, 6)", 3),
    ("abs(a.y)", 2), ("clip(7, 0, 1)", 1), ("sqrt(9)", 3), ("exp(0)", 1), ("log(1)", 0), ("sin(0) + cos(0)", 1),
                                             ("round(2.6)", 3), ("floor(-0.5)", -1),
    ("2*pi", 2 * math.pi), ("1e3 + .5", 1000.5), ("b.on + 1", 2), ("true", True), ("a.x > 0 and 1 / a.x < 1", True),
                                             ("a.x < 0 and 1 / 0 > 1", False),
    ("1 != 2", True), ("\t a.x\n", 3),
])
def test_values(text: str, value: float) -> None:
    got = Expression.parse(text).value(READINGS)
    assert got == pytest.approx(value) and isinstance(got, bool) == isinstance(value, bool)


def test_names_come_once_in_order() -> None:
    expression = Expression.parse("max(b.y, a.x) - a.x * c.d.e")
    assert expression.names == ("b.y", "a.x", "c.d.e")
    assert pickle.loads(pickle.dumps(expression)) == expression
    with pytest.raises(Fault, match='no reading "b.y"'):
        expression.value({"a.x": 1})


@pytest.mark.parametrize(("text", "truth"), [("a.x < 1", True), ("not a.x", True), ("a.x and b.y", True), ("true", True),
                                             ("a.x + 1", False), ("max(a.x, 1)", False)])
def test_whether_it_is_a_truth(text: str, truth: bool) -> None:
    assert Expression.parse(text).truth is truth


@pytest.mark.parametrize(("text", "column", "part"), [
    ("", 1, "ends"), ("1 +", 4, "ends"), ("1 + * 2", 5, "a value"), ("a.x = 3", 5, "operator"), ("(1 + 2", 1, "never closed"),
                                                      ("1 + 2)", 6, "operator"),
    ("mxa(1)", 1, "no function"), ("min()", 1, "takes"), ("clip(1, 2)", 1, "takes"), ("a.x && b.on", 5, "operator"),
                                                      ("3 m < 4", 3, "without a unit"),
    ("a.x $ 3", 5, "does not belong"), ("1 2", 3, "operator"), ("a.", 2, "does not belong"), ("and 1", 1, "a value"),
                                                      ("1 if 2 else 3", 3, "without a unit"),
    ("a.x[0]", 4, "does not belong"), ("__import__('os')", 12, "does not belong"), ("lambda: 0", 7, "does not belong"),
                                                      ("max(1,)", 7, "a value"), ("1e999", 1, "large"),
    ("a.x % 2", 5, "operator"), ("é", 1, "does not belong"), ("((" * 40, DEEPEST + 1, "deep"),
])
def test_what_is_no_expression_is_said_with_its_column(text: str, column: int, part: str) -> None:
    with pytest.raises(Fault) as caught:
        Expression.parse(text)
    assert f"at character {column}:" in caught.value.happened.en and part in caught.value.happened.en
    assert f"au caractère {column} :" in caught.value.happened.fr


def test_instead() -> None:
    for wrong, right in (("a.x = 1", "=="), ("a.x && b.y", "and"), ("a.x || b.y", "or"), ("!a.x", "not"), ("a.x ^ 2", "**"),
                         ("maxx(1)", "max")):
        with pytest.raises(Fault) as caught:
            Expression.parse(wrong)
        assert f'Did you mean "{right}"?' in caught.value.remedy.en


@pytest.mark.parametrize("text", ["1 / 0", "1 / (a.x - 3)", "sqrt(-1)", "log(0)", "exp(1000)", "(-8) ** 0.5", "2 ** 9",
                                  "10 ** -9", "0 ** -1", "1e300 * 1e300",
                                  "1e308 + 1e308", "floor(1e308) * 10", "sin(1e308) ** 8.5", "a.nan + 1", "a.inf", "a.nan < 1"])
def test_what_has_no_finite_value_is_a_fault(text: str) -> None:
    with pytest.raises(Fault) as caught:
        Expression.parse(text).value({**READINGS, "a.nan": math.nan, "a.inf": math.inf})
    assert caught.value.id == "expression.value" and caught.value.happened.fr != caught.value.happened.en


def test_bounds() -> None:
    with pytest.raises(Fault, match="longer"):
        Expression.parse("1" * (LONGEST + 1))
    row = "+".join(["1"] * (LONGEST // 2))
    assert Expression.parse(row).value({}) == LONGEST // 2
    assert Expression.parse("(" * (DEEPEST - 1) + "1" + ")" * (DEEPEST - 1)).value({}) == 1
    for text in ("(" * 249 + "1" + ")" * 249, "-" * 499 + "1", "not " * 124 + "1", "2**" * 150 + "1", "abs(" * 90):
        with pytest.raises(Fault):
            Expression.parse(text)


def joined(left: tuple[str, str], sign: str, right: tuple[str, str]) -> tuple[str, str]:
    """An expression, and what Python would call the same: our `and` and `or` give a truth, Python's one of the two."""
    python = f"(bool({left[1]}) {sign} bool({right[1]}))" if sign in ("and", "or") else f"({left[1]} {sign} {right[1]})"
    return f"({left[0]} {sign} {right[0]})", python


LEAVES = (st.floats(0, 100).map(lambda number: f"{number:.3f}") | st.sampled_from(["x", "y"])).map(lambda text: (text, text))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(joined, inner, st.sampled_from(["+", "-", "*", "/", "<", "<=", "==", "and", "or", "**"]), inner)
    | inner.map(lambda pair: (f"(-{pair[0]})", f"(-{pair[1]})")) | inner.map(lambda pair: (f"(not {pair[0]})", f"(not {pair[1]})"))
    | st.tuples(inner, inner).map(lambda two: (f"max({two[0][0]}, {two[1][0]})", f"max(float({two[0][1]}), float({two[1][1]}))")),
    max_leaves=8)


@settings(deadline=None)
@given(pair=TREES, x=st.floats(-10, 10), y=st.floats(-10, 10))
def test_it_agrees_with_python(pair: tuple[str, str], x: float, y: float) -> None:
    try:
        got = Expression.parse(pair[0]).value({"x": x, "y": y})
    except Fault:
        return                                # where Python is infinite, complex, or raises, and for large exponents
    assert got == pytest.approx(eval(pair[1], {"x": x, "y": y}), rel=1e-9, abs=1e-12)


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="ab.x019 +-*/()<>=!&|,eE_\n\té\"'[]{}:;^%$#@~\\\0", max_size=60))
def test_any_text_gives_a_finite_value_or_a_fault(text: str) -> None:
    try:
        value = Expression.parse(text).value({"a.b": 2.0, "x": -1.0, "b": 0.0})
        assert math.isfinite(value)
    except Fault as fault:
        assert fault.happened.en and fault.happened.fr
