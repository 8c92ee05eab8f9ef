"""Eight places in a recording at once: what lies around each, as values of eight, so that a curve's text renders eight frames.

    four_frames   the frame before each place, the one it lies on, the two after, and how far it lies past its frame
    two_frames    the frame it lies on, the one after, and how far
    put_frames    eight values into eight frames side by side

The places are those of eight frames of sound: `step` apart, each step longer by `bend`. A place is a whole number of 1/2**32 frames. What lies side by
side is read in one piece and turned by shuffles; reading number by number (a gather) takes twice the time. Everything that is read
lies in the row: whoever calls has made sure. In plain Python a value of eight is an array.
"""
from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import config as _config
from numba.core import cgutils
from numba.np.arrayobj import make_array

from .lanes import FLOATS
from .primitives import intrinsic, types

config: Any = _config          # it gets its attributes as it is made
WIDTH = 8
TRIANGLES = [n * (n - 1) // 2 for n in range(WIDTH)]        # how often the bend has been added to the step, all steps together
TINY = 2.0**-24
WHOLE = ir.IntType(32)


def _around(row: Any, place: int, step: int, bend: int, first: int, count: int) -> tuple[Any, ...]:
    """In plain Python: `count` frames from `first` on around each place, and how far each lies past its frame."""
    places = np.array([place + n * step + TRIANGLES[n] * bend for n in range(WIDTH)])
    at = (places >> 32) + first
    fraction = ((places >> 8) & 0xFFFFFF).astype(np.float32) * np.float32(TINY)
    return (*(row[at + k] for k in range(count)), fraction)


def _vector(values: list[int]) -> Any:
    return ir.Constant(ir.VectorType(WHOLE, len(values)), values)


def _shuffled(builder: Any, one: Any, other: Any, places: list[int]) -> Any:
    return builder.shuffle_vector(one, other, _vector(places))


def _same(builder: Any, value: Any) -> Any:
    """A whole number's lower half, eight times."""
    kind = ir.VectorType(WHOLE, WIDTH)
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), builder.trunc(value, WHOLE), ir.Constant(WHOLE, 0))
    return _shuffled(builder, one, ir.Constant(kind, ir.Undefined), [0] * WIDTH)


def _fractions(builder: Any, place: Any, step: Any, bend: Any) -> Any:
    """How far each place lies past its frame: 24 of the 32 bits below the frames, which need no more than 32 bits to be counted."""
    low = builder.add(_same(builder, place), builder.mul(_same(builder, step), _vector(list(range(WIDTH)))))
    low = builder.add(low, builder.mul(_same(builder, bend), _vector(TRIANGLES)))
    kind = ir.VectorType(ir.FloatType(), WIDTH)
    fractions = builder.uitofp(builder.lshr(low, _vector([8] * WIDTH)), kind)
    return builder.fmul(fractions, ir.Constant(kind, [TINY] * WIDTH))


def _loads(builder: Any, data: Any, place: Any, step: Any, bend: Any, first: int, count: int) -> list[Any]:
    """Of each place `count` frames side by side, from `first` on."""
    kind = ir.VectorType(ir.FloatType(), count).as_pointer()
    found = []
    for n in range(WIDTH):
        at = builder.add(builder.ashr(place, ir.Constant(place.type, 32)), ir.Constant(place.type, first))
        found.append(builder.load(builder.bitcast(builder.gep(data, [at]), kind), align=4))
        if n + 1 < WIDTH:
            place, step = builder.add(place, step), builder.add(step, bend)
    return found


def _turned(builder: Any, loads: list[Any]) -> list[Any]:
    """Eight pieces of four frames as four values of eight: one piece and the fourth after it side by side, then two rounds of shuffles."""
    a, b, c, d = (_shuffled(builder, loads[n], loads[n + 4], list(range(8))) for n in range(4))
    low, high = [0, 8, 1, 9, 4, 12, 5, 13], [2, 10, 3, 11, 6, 14, 7, 15]
    left, right = [0, 1, 8, 9, 4, 5, 12, 13], [2, 3, 10, 11, 6, 7, 14, 15]
    ab, cd = _shuffled(builder, a, b, low), _shuffled(builder, c, d, low)
    ab_high, cd_high = _shuffled(builder, a, b, high), _shuffled(builder, c, d, high)
    return [_shuffled(builder, ab, cd, left), _shuffled(builder, ab, cd, right), _shuffled(builder, ab_high, cd_high, left),
            _shuffled(builder, ab_high, cd_high, right)]


def _parted(builder: Any, loads: list[Any]) -> list[Any]:
    """Eight pieces of two frames as two values of eight."""
    pairs = [_shuffled(builder, loads[n], loads[n + 1], list(range(4))) for n in range(0, WIDTH, 2)]
    one, other = _shuffled(builder, pairs[0], pairs[2], list(range(8))), _shuffled(builder, pairs[1], pairs[3], list(range(8)))
    return [_shuffled(builder, one, other, [0, 2, 8, 10, 4, 6, 12, 14]), _shuffled(builder, one, other, [1, 3, 9, 11, 5, 7, 13, 15])]


def _reader(first: int, count: int, turned: Any) -> Any:
    made = types.UniTuple(FLOATS, count + 1)

    @intrinsic
    def read(typing: Any, row: Any, place: Any, step: Any, bend: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array, place, step, bend = arguments
            data = make_array(row)(context, builder, array).data
            values = turned(builder, _loads(builder, data, place, step, bend, first, count))
            return context.make_tuple(builder, made, [*values, _fractions(builder, place, step, bend)])

        return made(row, types.int64, types.int64, types.int64), generate

    return read


@intrinsic
def _put(typing: Any, out: Any, first: Any, values: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to = make_array(out)(context, builder, arguments[0])
        if out.layout == "C":
            place = builder.gep(to.data, [arguments[1]])
            builder.store(arguments[2], builder.bitcast(place, arguments[2].type.as_pointer()), align=4)
        else:
            stride, = cgutils.unpack_tuple(builder, to.strides, 1)
            for n in range(WIDTH):
                offset = builder.mul(builder.add(arguments[1], ir.Constant(arguments[1].type, n)), stride)
                place = cgutils.pointer_add(builder, to.data, offset)
                builder.store(builder.extract_element(arguments[2], ir.Constant(WHOLE, n)), place, align=4)
        return context.get_dummy_value()

    return types.void(out, types.int64, FLOATS), generate


if config.DISABLE_JIT:

    def four_frames(row: Any, place: int, step: int, bend: int) -> Any:
        """Around eight places of a row: frames -1, 0, 1, 2, and the fraction."""
        return _around(row, place, step, bend, -1, 4)

    def two_frames(row: Any, place: int, step: int, bend: int) -> Any:
        """Around eight places of a row: frames 0 and 1, and the fraction."""
        return _around(row, place, step, bend, 0, 2)

    def put_frames(out: Any, first: int, values: Any) -> None:
        """Eight values into out[first:first + 8]."""
        out[first:first + WIDTH] = values

else:
    four_frames, two_frames, put_frames = _reader(-1, 4, _turned), _reader(0, 2, _parted), _put
