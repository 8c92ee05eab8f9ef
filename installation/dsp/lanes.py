"""Lanes: the values of eight voices side by side as one value, so that a kernel's text, written for one voice, renders eight.

    Lanes(element)        numba's type of it: float32, float64, int64 or boolean; an array may have it as its element
    float_lanes, double_lanes   an address as an array of such
    any_of, all_of              whether a condition holds for any of them, for all
    where(condition, yes, no)   a choice without a branch: in plain Python and for one voice the usual one, for lanes each its own

`+ - * /`, comparisons, `min`, `max`, `abs`, `float`, `math.floor`, `math.sqrt` and `where` become vector instructions; other functions of
`math` are called lane by lane. Mixed with a number, every lane meets that number. Types promote as numbers do, so that eight lanes
and one voice give the same bits. What cannot be one for all lanes (`if`, an index, a whole number of turns in a loop) does not
compile with lanes: say it with `where`.
"""
from __future__ import annotations

import math
import operator
from typing import Any

from llvmlite import ir
from numba import njit
from numba import types as _types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic as _intrinsic
from numba.extending import lower_builtin, lower_cast, models, overload, register_model
from numba.np.arrayobj import make_array, populate_array

types: Any = _types
intrinsic: Any = _intrinsic
WIDTH = 8


class Lanes(types.Type):
    """Eight values of a number's type."""

    def __init__(self, element: Any) -> None:
        self.element = element
        super().__init__(name=f"{element} × {WIDTH}")

    def can_convert_from(self, context: Any, other: Any) -> Any:
        from numba.core.typeconv import Conversion

        if isinstance(other, Lanes):
            return context.context.can_convert(other.element, self.element) if hasattr(context, "context") else Conversion.unsafe
        return Conversion.unsafe if isinstance(other, (types.Number, types.Boolean)) else None

    def unify(self, context: Any, other: Any) -> Any:
        element = other.element if isinstance(other, Lanes) else other
        if not isinstance(element, (types.Number, types.Boolean)):
            return None
        both = context.unify_types(self.element, element)
        return LANES.get(both)


LANES: dict[Any, Lanes] = {element: Lanes(element) for element in (types.float32, types.float64, types.int64, types.boolean)}
FLOATS, DOUBLES, WORDS, MASK = LANES[types.float32], LANES[types.float64], LANES[types.int64], LANES[types.boolean]
_LLVM = {FLOATS: ir.FloatType(), DOUBLES: ir.DoubleType(), WORDS: ir.IntType(64), MASK: ir.IntType(1)}


@register_model(Lanes)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Lanes) -> None:
        super().__init__(manager, kind, ir.VectorType(_LLVM[kind], WIDTH))


# ---- from one number to eight, and from one type to another ------------------------------------------------------------------


def _splat(builder: Any, value: Any) -> Any:
    kind = ir.VectorType(value.type, WIDTH)
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH))


def _convert(context: Any, builder: Any, value: Any, source: Any, target: Lanes) -> Any:
    """A value of any of these types as lanes of the target's."""
    if not isinstance(source, Lanes):
        return _splat(builder, context.cast(builder, value, source, target.element))
    if source == target:
        return value
    kind = ir.VectorType(_LLVM[target], WIDTH)
    if source == FLOATS and target == DOUBLES:
        return builder.fpext(value, kind)
    if source == DOUBLES and target == FLOATS:
        return builder.fptrunc(value, kind)
    if source == WORDS:
        return builder.sitofp(value, kind)
    if source == MASK:
        return builder.uitofp(value, kind) if target != WORDS else builder.zext(value, kind)
    return builder.fptosi(value, kind)


@lower_cast(types.Number, Lanes)
@lower_cast(types.Boolean, Lanes)
@lower_cast(Lanes, Lanes)
def _cast(context: Any, builder: Any, source: Any, target: Any, value: Any) -> Any:
    return _convert(context, builder, value, source, target)


def _element(kind: Any) -> Any:
    return kind.element if isinstance(kind, Lanes) else kind


def _joined(context: Any, kinds: tuple[Any, ...]) -> Lanes | None:
    """The lanes that hold what comes of these, as numba's own rules have it; None if there are no lanes among them."""
    if not any(isinstance(kind, Lanes) for kind in kinds):
        return None
    if not all(isinstance(_element(kind), (types.Number, types.Boolean)) for kind in kinds):
        return None
    return LANES.get(context.unify_types(*(_element(kind) for kind in kinds)))


# ---- operators -----------------------------------------------------------------------------------------------------------------


def _operator(function: Any, emit: Any, result: Any = None) -> None:
    """An operator of two, one of them lanes."""

    @infer_global(function)
    class _(AbstractTemplate):
        def generic(self, arguments: Any, keywords: Any) -> Any:
            if len(arguments) != 2 or keywords:
                return None
            joined = _joined(self.context, arguments)
            if joined is None:
                return None
            if function is operator.truediv and joined == WORDS:
                joined = DOUBLES
            return signature(result or joined, *arguments)

    def lower(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
        joined = _joined(context.typing_context, sig.args)
        assert joined is not None
        if function is operator.truediv and joined == WORDS:
            joined = DOUBLES
        a, b = (_convert(context, builder, value, kind, joined) for value, kind in zip(arguments, sig.args))
        return emit(builder, a, b, joined)

    for pair in ((Lanes, Lanes), (Lanes, types.Number), (types.Number, Lanes), (Lanes, types.Boolean), (types.Boolean, Lanes)):
        lower_builtin(function, *pair)(lower)


def _by_kind(real: str, whole: str) -> Any:
    return lambda builder, a, b, kind: getattr(builder, whole if kind == WORDS else real)(a, b)


def _compare(sign: str) -> Any:
    def emit(builder: Any, a: Any, b: Any, kind: Any) -> Any:
        if kind == WORDS:
            return builder.icmp_signed(sign, a, b)
        return builder.fcmp_unordered(sign, a, b) if sign == "!=" else builder.fcmp_ordered(sign, a, b)

    return emit


def _choose(sign: str) -> Any:
    return lambda builder, a, b, kind: builder.select(_compare(sign)(builder, b, a, kind), b, a)


_operator(operator.add, _by_kind("fadd", "add"))
_operator(operator.sub, _by_kind("fsub", "sub"))
_operator(operator.mul, _by_kind("fmul", "mul"))
_operator(operator.truediv, lambda builder, a, b, kind: builder.fdiv(a, b))
_operator(operator.iadd, _by_kind("fadd", "add"))
_operator(operator.isub, _by_kind("fsub", "sub"))
_operator(operator.imul, _by_kind("fmul", "mul"))
_operator(min, _choose("<"))
_operator(max, _choose(">"))
for _sign, _function in (("<", operator.lt), ("<=", operator.le), (">", operator.gt), (">=", operator.ge), ("==", operator.eq), ("!=", operator.ne)):
    _operator(_function, _compare(_sign), MASK)
_operator(operator.and_, lambda builder, a, b, kind: builder.and_(a, b))
_operator(operator.or_, lambda builder, a, b, kind: builder.or_(a, b))


def _function_of_one(function: Any, emit: Any, result: Any = None) -> None:
    @infer_global(function)
    class _(AbstractTemplate):
        def generic(self, arguments: Any, keywords: Any) -> Any:
            if len(arguments) == 1 and isinstance(arguments[0], Lanes) and not keywords:
                return signature(result(arguments[0]) if result else arguments[0], arguments[0])
            return None

    @lower_builtin(function, Lanes)
    def lower(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
        return emit(context, builder, arguments[0], sig.args[0], sig.return_type)


def _real(kind: Lanes) -> Lanes:
    return kind if kind == FLOATS else DOUBLES


def _vector_intrinsic(name: str) -> Any:
    def emit(context: Any, builder: Any, value: Any, kind: Any, result: Any) -> Any:
        value = _convert(context, builder, value, kind, result)
        symbol = f"llvm.{name}.v{WIDTH}{'f32' if result == FLOATS else 'f64'}"
        called = cgutils.get_or_insert_function(builder.module, ir.FunctionType(value.type, [value.type]), symbol)
        return builder.call(called, [value])

    return emit


def _lane_by_lane(name: str) -> Any:
    """The C library's function, for each lane."""

    def emit(context: Any, builder: Any, value: Any, kind: Any, result: Any) -> Any:
        value = _convert(context, builder, value, kind, result)
        element = _LLVM[result]
        called = cgutils.get_or_insert_function(builder.module, ir.FunctionType(element, [element]), name + ("f" if result == FLOATS else ""))
        made = ir.Constant(value.type, ir.Undefined)
        for lane in range(WIDTH):
            at = ir.Constant(ir.IntType(32), lane)
            made = builder.insert_element(made, builder.call(called, [builder.extract_element(value, at)]), at)
        return made

    return emit


_function_of_one(operator.neg, lambda context, builder, value, kind, result: builder.neg(value) if kind == WORDS else builder.fneg(value))
_function_of_one(operator.pos, lambda context, builder, value, kind, result: value)
_function_of_one(abs, _vector_intrinsic("fabs"), _real)
_function_of_one(float, _convert, lambda kind: DOUBLES)
_function_of_one(math.sqrt, _vector_intrinsic("sqrt"), _real)
for _called in (math.exp, math.log, math.sin, math.cos, math.tan, math.tanh, math.log10, math.log2, math.expm1, math.log1p, math.atan):
    _function_of_one(_called, _lane_by_lane(_called.__name__), _real)


_function_of_one(math.floor, _vector_intrinsic("floor"), lambda kind: DOUBLES)


# ---- choices -------------------------------------------------------------------------------------------------------------------


def where(condition, yes, no):
    """`yes` where the condition holds, else `no`. Both are computed."""
    return yes if condition else no


@intrinsic
def _select(typing, condition, yes, no):
    joined = _joined(typing, (yes, no)) or LANES.get(typing.unify_types(yes, no))
    if condition != MASK or joined is None:
        return None

    def generate(context, builder, sig, arguments):
        chosen = [_convert(context, builder, value, kind, joined) for value, kind in zip(arguments[1:], sig.args[1:])]
        return builder.select(arguments[0], *chosen)

    return joined(condition, yes, no), generate


@intrinsic
def _select_all(typing, condition, yes, no):
    """One condition for all lanes."""
    joined = _joined(typing, (yes, no))
    if joined is None:
        return None

    def generate(context, builder, sig, arguments):
        chosen = [_convert(context, builder, value, kind, joined) for value, kind in zip(arguments[1:], sig.args[1:])]
        return builder.select(context.cast(builder, arguments[0], sig.args[0], types.boolean), *chosen)

    return joined(condition, yes, no), generate


@overload(where, jit_options={"_nrt": False})  # type: ignore[typeddict-unknown-key]
def _(condition, yes, no):
    if condition == MASK:
        return lambda condition, yes, no: _select(condition, yes, no)  # noqa: PLW0108 (numba wants a plain function)
    if isinstance(yes, Lanes) or isinstance(no, Lanes):
        return lambda condition, yes, no: _select_all(condition, yes, no)  # noqa: PLW0108
    return lambda condition, yes, no: yes if condition else no


def any_of(condition):
    """Whether it holds anywhere: of one voice, the condition itself. For what costs much and is seldom needed."""
    return condition


def all_of(condition):
    """Whether it holds everywhere: of one voice, the condition itself. For what need not be done while nothing moves."""
    return condition


def _reduced(sign: str, bits_wanted: int) -> Any:
    @intrinsic
    def reduce(typing, condition):
        if condition != MASK:
            return None

        def generate(context, builder, sig, arguments):
            bits = builder.bitcast(arguments[0], ir.IntType(WIDTH))
            found = builder.icmp_unsigned(sign, bits, ir.Constant(ir.IntType(WIDTH), bits_wanted))
            return builder.zext(found, context.get_value_type(types.boolean))

        return types.boolean(condition), generate

    return reduce


_any, _all = _reduced("!=", 0), _reduced("==", (1 << WIDTH) - 1)


@overload(any_of, jit_options={"_nrt": False})  # type: ignore[typeddict-unknown-key]
def _(condition):
    if condition == MASK:
        return lambda condition: _any(condition)  # noqa: PLW0108
    return lambda condition: condition


@overload(all_of, jit_options={"_nrt": False})  # type: ignore[typeddict-unknown-key]
def _(condition):
    if condition == MASK:
        return lambda condition: _all(condition)  # noqa: PLW0108
    return lambda condition: condition


# ---- arrays --------------------------------------------------------------------------------------------------------------------


def _array_at(element: Lanes, dimensions: int) -> Any:
    """A C-ordered array of lanes at an address. numba's carray does not know their size."""
    size = WIDTH * {FLOATS: 4, DOUBLES: 8}[element]
    kind = types.Array(element, dimensions, "C")

    @intrinsic
    def array(typing, address, shape):
        def generate(context, builder, signature, arguments):
            made = make_array(kind)(context, builder)
            lengths = cgutils.unpack_tuple(builder, arguments[1], dimensions)
            strides: list[Any] = []
            stride = context.get_constant(types.intp, size)
            for length in reversed(lengths):
                strides.insert(0, stride)
                stride = builder.mul(stride, length)
            data = builder.inttoptr(arguments[0], context.get_data_type(element).as_pointer())
            populate_array(made, data=data, shape=lengths, strides=strides, itemsize=context.get_constant(types.intp, size), meminfo=None)
            return made._getvalue()

        return kind(types.int64, types.UniTuple(types.int64, dimensions)), generate

    return array


jit: Any = njit           # its hints leave out the options for code without Python
inner = jit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
_rows_of_floats, _rows_of_doubles = _array_at(FLOATS, 2), _array_at(DOUBLES, 1)


@inner
def float_lanes(address, channels, frames):
    """float32 × 8 (channels, frames) at an address, 32-byte aligned."""
    return _rows_of_floats(address, (channels, frames))


@inner
def double_lanes(address, count):
    """float64 × 8 (count,) at an address, 64-byte aligned."""
    return _rows_of_doubles(address, (count,))


# ---- apart ---------------------------------------------------------------------------------------------------------------------


def part(out, x, channel, channels, first):
    """Eight frames of eight voices, from `first` on, onto the rows of `out` that are those voices' (see dsp/beside.py)."""
    for voice in range(WIDTH):
        for n in range(first, first + WIDTH):
            out[voice * channels + channel, n] = x[channel, n, voice]


@intrinsic
def _part(typing, out, x, channel, channels, first):
    """The same: eight loads, three rounds of shuffles, eight stores."""
    vector = ir.VectorType(ir.FloatType(), WIDTH)

    def shuffle(builder, a, b, places):
        return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), places))

    def generate(context, builder, sig, arguments):
        to, source = (make_array(kind)(context, builder, value) for kind, value in zip(sig.args[:2], arguments[:2]))
        channel, channels, first = arguments[2:]
        _, frames, _ = cgutils.unpack_tuple(builder, source.shape, 3)
        _, row = cgutils.unpack_tuple(builder, to.shape, 2)
        base = builder.mul(builder.add(builder.mul(channel, frames), first), ir.Constant(first.type, WIDTH))
        rows = []
        for n in range(WIDTH):
            place = builder.gep(source.data, [builder.add(base, ir.Constant(first.type, n * WIDTH))])
            rows.append(builder.load(builder.bitcast(place, vector.as_pointer()), align=4))
        for span in (1, 2, 4):                    # frames and voices change places: singly, by twos, by fours
            low = [k if not k & span else WIDTH + k - span for k in range(WIDTH)]
            high = [k + span if not k & span else WIDTH + k for k in range(WIDTH)]
            done = list(rows)
            for k in range(WIDTH):
                if not k & span:
                    done[k], done[k + span] = shuffle(builder, rows[k], rows[k + span], low), shuffle(builder, rows[k], rows[k + span], high)
            rows = done
        for voice in range(WIDTH):
            at = builder.add(builder.mul(ir.Constant(first.type, voice), channels), channel)
            place = builder.gep(to.data, [builder.add(builder.mul(at, row), first)])
            builder.store(rows[voice], builder.bitcast(place, vector.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.void(out, x, types.int64, types.int64, types.int64), generate


@overload(part, jit_options={"_nrt": False})  # type: ignore[typeddict-unknown-key]
def _(out, x, channel, channels, first):
    return lambda out, x, channel, channels, first: _part(out, x, channel, channels, first)  # noqa: PLW0108
