"""Arithmetic with sounds, sample by sample: what + - * / between signals become.

    ramp, spread                        a control as a sound; one channel on several
    scale, offset                       a sound and a control
    add, subtract, multiply, divide     two sounds

out may be the same array as any input. Signals are float32 (channels, frames), controls float64 (2,) and run straight between.
"""
from __future__ import annotations

from .kernel import kernel
from .lanes import where


@kernel
def ramp(out, control):
    """A control as a sound, on every channel."""
    frames = out.shape[1]
    first, slope = control[0], (control[1] - control[0]) / frames
    for channel in range(out.shape[0]):
        for n in range(frames):
            out[channel, n] = first + slope * n


@kernel
def spread(out, x):
    """One channel, x float32 (1, frames), copied onto all."""
    for n in range(out.shape[1]):
        value = x[0, n]
        for channel in range(out.shape[0]):
            out[channel, n] = value


@kernel
def scale(out, x, gain):
    """Louder or softer, without a step."""
    frames = out.shape[1]
    first, slope = gain[0], (gain[1] - gain[0]) / frames
    for channel in range(out.shape[0]):
        for n in range(frames):
            out[channel, n] = float(x[channel, n]) * (first + slope * n)


@kernel
def offset(out, x, amount):
    """A sound moved up or down as a whole."""
    frames = out.shape[1]
    first, slope = amount[0], (amount[1] - amount[0]) / frames
    for channel in range(out.shape[0]):
        for n in range(frames):
            out[channel, n] = float(x[channel, n]) + (first + slope * n)


@kernel
def add(out, x, y):
    """Both at once."""
    for channel in range(out.shape[0]):
        for n in range(out.shape[1]):
            out[channel, n] = x[channel, n] + y[channel, n]


@kernel
def subtract(out, x, y):
    """x without y: silence if they are the same."""
    for channel in range(out.shape[0]):
        for n in range(out.shape[1]):
            out[channel, n] = x[channel, n] - y[channel, n]


@kernel
def multiply(out, x, y):
    """One as the other's gain: an envelope, a tremolo, a ring modulation."""
    for channel in range(out.shape[0]):
        for n in range(out.shape[1]):
            out[channel, n] = x[channel, n] * y[channel, n]


@kernel
def divide(out, x, y):
    """x over y. Anything by zero is zero: silence, not a bang."""
    for channel in range(out.shape[0]):
        for n in range(out.shape[1]):
            under = y[channel, n]
            out[channel, n] = where(under != 0.0, x[channel, n] / under, under)
