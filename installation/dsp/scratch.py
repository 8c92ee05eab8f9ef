"""Working room of a kernel: on the stack, gone when the kernel returns; and a piece of memory seen as rows.

    rows = scratch(8, 64)       in a kernel's module: a function of no arguments…
    work = rows()               … that gives a kernel float64 (8, 64) there, which hold anything
    shaped(piece, (8, 64))      512 numbers side by side as 8 rows of 64: `reshape`, which a kernel may not call since it can raise

Nothing is carried over and nobody else sees it: the place for what a block needs while it is made. STATE would be copied at each
block's end, and MEMORY is shared with a player that was thought dead. A thread has half a megabyte of stack or more; a kernel should
want a tenth of it. A kernel may pass its room on; a function that takes room never returns it.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import config as _config
from numba.core import cgutils
from numba.np.arrayobj import populate_array

from .primitives import intrinsic, types

config: Any = _config          # it gets its attributes as it is made


def scratch(*shape: int, kind: str = "f8") -> Callable[[], Any]:
    """A function that gives an array of that shape, float64 or ("f4") float32, in C order. In plain Python, zeros."""
    if config.DISABLE_JIT:
        return lambda: np.zeros(shape, kind)
    element, llvm, size = (types.float64, ir.DoubleType(), 8) if kind == "f8" else (types.float32, ir.FloatType(), 4)
    array = types.Array(element, len(shape), "C")

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        room = cgutils.alloca_once(builder, ir.ArrayType(llvm, math.prod(shape)))
        room.align = 64
        steps = [size * math.prod(shape[axis + 1:]) for axis in range(len(shape))]
        made = context.make_array(array)(context, builder)
        populate_array(made, data=builder.bitcast(room, llvm.as_pointer()),
                       shape=[context.get_constant(types.intp, length) for length in shape],
                       strides=[context.get_constant(types.intp, step) for step in steps],
                       itemsize=context.get_constant(types.intp, size), meminfo=None)
        return made._getvalue()

    @intrinsic
    def take(typing: Any) -> Any:
        return array(), generate

    return take


if config.DISABLE_JIT:

    def shaped(array: Any, shape: tuple[int, ...]) -> Any:
        """An array of one dimension seen in another shape of as many numbers."""
        return array.reshape(shape)

else:

    @intrinsic
    def shaped(typing: Any, array: Any, shape: Any) -> Any:
        """An array of one dimension seen in another shape of as many numbers."""
        made = types.Array(array.dtype, len(shape), "C")

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            given = context.make_array(array)(context, builder, arguments[0])
            lengths = cgutils.unpack_tuple(builder, arguments[1])
            steps = [given.itemsize]
            for length in reversed(lengths[1:]):
                steps.insert(0, builder.mul(steps[0], length))
            view = context.make_array(made)(context, builder)
            populate_array(view, data=given.data, shape=lengths, strides=steps, itemsize=given.itemsize, meminfo=None)
            return view._getvalue()

        return made(array, types.UniTuple(types.intp, len(shape))), generate
