"""How threads of the engine wait for each other without a lock, and what a thread does that a signal ends.

    breathe               between two looks at a word that another thread is about to change
    sleep_while, wake     sleep while a word is what it was; end the sleep of those that do. Waking never waits
    kept, keep            one word for the whole of the engine's code in this process, for whom nobody hands anything
    hand_on               let a signal do what it did before our handler was set

Linux on x86-64 and aarch64.
Source: man 2 futex. A sleeper and a waker may see the word at different addresses only if it is private memory of one process: so it is
used at one address.
"""

from __future__ import annotations

from llvmlite import ir

from .primitives import X86, intrinsic, kernel, types, words

FUTEX = 202 if X86 else 98  # the system call's number
WAIT_PRIVATE, WAKE_PRIVATE = 128, 129
LOW = 0xFFFFFFFF
KEPT = "installation_kept"

syscall = types.ExternalFunction("syscall", types.int64(*[types.int64] * 7))
signal = types.ExternalFunction("signal", types.int64(types.int32, types.int64))
send = types.ExternalFunction("raise", types.int32(types.int32))


@intrinsic
def breathe(typing):
    """Let this core's other thread, and the memory, have the moment between two looks."""

    def generate(context, builder, signature, arguments):
        if X86:
            builder.call(builder.module.declare_intrinsic("llvm.x86.sse2.pause", (), ir.FunctionType(ir.VoidType(), [])), [])
        else:
            kind = ir.FunctionType(ir.VoidType(), [ir.IntType(32)])
            builder.call(builder.module.declare_intrinsic("llvm.aarch64.hint", (), kind), [ir.Constant(ir.IntType(32), 1)])
        return context.get_dummy_value()

    return types.void(), generate


@kernel
def sleep_while(address, value, timeout):
    """Sleep while the word at an address is `value` (by its low half). timeout: address of two words, s and ns; 0 is none.
    It may end early, so whoever sleeps looks again."""
    syscall(FUTEX, address, WAIT_PRIVATE, value & LOW, timeout, 0, 0)


@kernel
def wake(address, count):
    """End the sleep of so many threads."""
    syscall(FUTEX, address, WAKE_PRIVATE, count, 0, 0, 0)


@intrinsic
def kept_at(typing):
    """The address of that one word."""

    def generate(context, builder, signature, arguments):
        word = builder.module.globals.get(KEPT)
        if word is None:
            word = ir.GlobalVariable(builder.module, ir.IntType(64), name=KEPT)
            word.linkage, word.initializer = "linkonce_odr", ir.Constant(ir.IntType(64), 0)
        return builder.ptrtoint(word, ir.IntType(64))

    return types.int64(), generate


@kernel
def kept():
    """What is kept."""
    return words(kept_at(), 1)[0]


@kernel
def keep(value):
    """Keep it."""
    words(kept_at(), 1)[0] = value


@kernel
def hand_on(number, former):
    """Within a handler: the signal comes again, and the handler that was there before has it."""
    signal(number, former)
    send(number)
