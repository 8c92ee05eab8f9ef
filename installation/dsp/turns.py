"""A phase as a whole number, so that going round costs nothing: an addition, without a look whether the turn is complete.

    whole(turns)     0..1 turns as a number of 1/2**52 turns, int64
    turned(number)   what is left of it less all whole turns, float64, 0 <= turns < 1

Both are a float64's own bits: of a number between 1 and 2 the lower 52 are its fraction. So nothing is converted, which vectors of many
processors cannot, and eight voices side by side are as quick as one.
"""
from __future__ import annotations

import struct
from typing import Any

from llvmlite import ir
from numba import config as _config

from .lanes import DOUBLES, WORDS
from .primitives import intrinsic, types

config: Any = _config          # it gets its attributes as it is made
FRACTION = (1 << 52) - 1
ONE_BITS = 1023 << 52          # of the float64 1.0


def _constant(kind: Any, value: Any) -> Any:
    return ir.Constant(kind, [value] * kind.count if isinstance(kind, ir.VectorType) else value)


@intrinsic
def _whole(typing: Any, turns: Any) -> Any:
    made = {types.float64: types.int64, DOUBLES: WORDS}.get(turns)
    if made is None:
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = context.get_value_type(made)
        moved = builder.fadd(arguments[0], _constant(arguments[0].type, 1.0))
        return builder.and_(builder.bitcast(moved, kind), _constant(kind, FRACTION))

    return made(turns), generate


@intrinsic
def _turned(typing: Any, number: Any) -> Any:
    made = {types.int64: types.float64, WORDS: DOUBLES}.get(number)
    if made is None:
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind, whole = context.get_value_type(made), arguments[0].type
        bits = builder.or_(builder.and_(arguments[0], _constant(whole, FRACTION)), _constant(whole, ONE_BITS))
        return builder.fsub(builder.bitcast(bits, kind), _constant(kind, 1.0))

    return made(number), generate


if config.DISABLE_JIT:

    def whole(turns: float) -> int:
        """0..1 turns as a number of 1/2**52 turns."""
        return struct.unpack("<q", struct.pack("<d", 1.0 + turns))[0] & FRACTION

    def turned(number: int) -> float:
        """The turns that are left of such a number, 0 <= turns < 1."""
        return struct.unpack("<d", struct.pack("<q", number & FRACTION | ONE_BITS))[0] - 1.0

else:
    whole, turned = _whole, _turned
