"""What a kernel cannot say in plain Python: typed views of an address, ordered loads and stores, denormals, calls by pointer.

    floats, doubles, words    an address as a float32, float64 or int64 array
    load_acquire              what was written before the matching release is seen after this load
    store_release             everything before is seen by whoever sees this store
    swap_if                   compare-and-swap: a word changes only if it is still what it was
    bits_of, double_of        a float64's bits as int64, and back
    magnitude                 a float32's bits without its sign: as integers they sort like magnitudes, with infinities and NaN on top
    flush_denormals           numbers below 1e-38 become zero on this thread: they cost a hundred times as much as others
    set_float_mode            … and back
    call_unit                 call `void f(int64 base, int64 record)` at an address
    nanoseconds, thread_id    the monotonic clock, and the kernel's number of this thread

x86-64 and aarch64. No inline assembly: llvmlite has no parser for it on aarch64. The intrinsics were found by trying.
"""

from __future__ import annotations

import platform
from typing import Any

from llvmlite import ir
from numba import carray, njit
from numba import types as _types
from numba.extending import intrinsic as _intrinsic

types: Any = _types
intrinsic: Any = _intrinsic      # what it decorates is called without the typing context that its text begins with
X86 = platform.machine() in ("x86_64", "AMD64")
FLUSH = 0x8040 if X86 else 1 << 24  # MXCSR's FTZ | DAZ, or FPCR's FZ
CLOCK_MONOTONIC = 1


def kernel(function):
    """Compile as every function of the engine is compiled: no GIL, numpy's division, no fastmath."""
    return njit(nogil=True, error_model="numpy")(function)


def _pointer_to(element):
    @intrinsic
    def pointer(typing, address):
        def generate(context, builder, signature, arguments):
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(element)(types.int64), generate

    return pointer


float_pointer = _pointer_to(types.float32)
double_pointer = _pointer_to(types.float64)
word_pointer = _pointer_to(types.int64)


@kernel
def floats(address, shape):
    """float32 at an address; shape is a number or a tuple."""
    return carray(float_pointer(address), shape)


@kernel
def doubles(address, shape):
    """float64 at an address."""
    return carray(double_pointer(address), shape)


@kernel
def words(address, shape):
    """int64 at an address."""
    return carray(word_pointer(address), shape)


@intrinsic
def load_acquire(typing, address):
    """The int64 at an address, 8-byte aligned; nothing after it is read before it."""

    def generate(context, builder, signature, arguments):
        pointer = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        return builder.load_atomic(pointer, "acquire", 8)

    return types.int64(types.int64), generate


@intrinsic
def store_release(typing, address, value):
    """Store an int64 at an address; everything before it is written before it."""

    def generate(context, builder, signature, arguments):
        pointer = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        builder.store_atomic(arguments[1], pointer, "release", 8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), generate


@intrinsic
def swap_if(typing, address, expected, value):
    """Store `value` at an address if the word there is `expected`; whether it was. Orders like acquire and release."""

    def generate(context, builder, signature, arguments):
        pointer = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        pair = builder.cmpxchg(pointer, arguments[1], arguments[2], "acq_rel", "acquire")
        return builder.extract_value(pair, 1)

    return types.boolean(types.int64, types.int64, types.int64), generate


@intrinsic
def bits_of(typing, value):
    """A float64's bits."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def double_of(typing, bits):
    """The float64 with these bits."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@intrinsic
def magnitude(typing, value):
    """A float32's bits without its sign, as int32."""

    def generate(context, builder, signature, arguments):
        bits = builder.bitcast(arguments[0], ir.IntType(32))
        return builder.and_(bits, ir.Constant(ir.IntType(32), 0x7FFFFFFF))

    return types.int32(types.float32), generate


@intrinsic
def float_mode(typing):
    """This thread's floating-point mode word: MXCSR on x86-64, FPCR on aarch64."""

    def generate(context, builder, signature, arguments):
        i64 = ir.IntType(64)
        if not X86:
            return builder.call(builder.module.declare_intrinsic("llvm.aarch64.get.fpcr", (), ir.FunctionType(i64, [])), [])
        pointer = ir.IntType(8).as_pointer()
        slot = builder.alloca(ir.IntType(32))
        kind = ir.FunctionType(ir.VoidType(), [pointer])
        builder.call(builder.module.declare_intrinsic("llvm.x86.sse.stmxcsr", (), kind), [builder.bitcast(slot, pointer)])
        return builder.zext(builder.load(slot), i64)

    return types.int64(), generate


@intrinsic
def set_float_mode(typing, mode):
    """Set this thread's floating-point mode word."""

    def generate(context, builder, signature, arguments):
        if X86:
            pointer = ir.IntType(8).as_pointer()
            slot = builder.alloca(ir.IntType(32))
            builder.store(builder.trunc(arguments[0], ir.IntType(32)), slot)
            kind = ir.FunctionType(ir.VoidType(), [pointer])
            builder.call(builder.module.declare_intrinsic("llvm.x86.sse.ldmxcsr", (), kind), [builder.bitcast(slot, pointer)])
        else:
            kind = ir.FunctionType(ir.VoidType(), [ir.IntType(64)])
            builder.call(builder.module.declare_intrinsic("llvm.aarch64.set.fpcr", (), kind), [arguments[0]])
        return context.get_dummy_value()

    return types.void(types.int64), generate


@kernel
def flush_denormals():
    """Set this thread's flush-to-zero mode; returns the mode that was, for `set_float_mode`."""
    before = float_mode()
    set_float_mode(before | FLUSH)
    return before


@intrinsic
def call_unit(typing, address, base, record):
    """Call a unit's entry point: `void f(int64 base, int64 record)`."""

    def generate(context, builder, signature, arguments):
        i64 = ir.IntType(64)
        kind = ir.FunctionType(ir.VoidType(), [i64, i64])
        builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), [arguments[1], arguments[2]])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), generate


clock_gettime = types.ExternalFunction("clock_gettime", types.int32(types.int32, types.int64))
gettid = types.ExternalFunction("gettid", types.int32())


@kernel
def nanoseconds(room):
    """The monotonic clock; `room` is the address of two spare words."""
    clock_gettime(CLOCK_MONOTONIC, room)
    pair = words(room, 2)
    return pair[0] * 1_000_000_000 + pair[1]


@kernel
def thread_id():
    """This thread's number in the operating system."""
    return types.int64(gettid())
