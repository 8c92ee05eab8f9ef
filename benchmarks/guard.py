"""What the guard costs: nanoseconds for a block of 64 frames, and for each of its outputs.

    python -m benchmarks.guard [--outputs 2 8 64] [--blocks 4000] [--repeats 5]

White noise: quiet (so far below the ceiling that nothing between its samples can pass it), near (the limiter looks and has nothing to do) and loud
(it works all the time). The guard's own code, called in a loop that is compiled too. Printed is the median of the repeats.
"""
from __future__ import annotations

import argparse
import statistics
import time

import numpy as np
from numba import njit

from benchmarks.chain import load
from installation.audio import layout
from installation.dsp import guard

RATE, CEILING = 48_000.0, 0.891
LEVELS = {"quiet": 0.05, "near": 0.5 * CEILING, "loud": 4.0}        # peaks of the noise


@njit
def play(out, mix, blocks, settings, lines, look, state, meters):
    """So many blocks, the mix's over and over. Returns in how many the limiter worked."""
    bus, worked, many = np.empty_like(mix[0]), 0, mix.shape[0]
    for block in range(blocks):
        bus[:] = mix[block % many]
        worked += guard.protect(out, bus, block * 64, RATE, 0.0, False, False, settings, lines, look, state, meters)
    return worked


def measured(outputs: int, peak: float, blocks: int, repeats: int) -> tuple[float, float]:
    """ns for a block, and in which share of the blocks the limiter worked."""
    mix = np.random.default_rng(1).uniform(-peak, peak, (16, outputs, 64)).astype(np.float32)
    settings = np.zeros(layout.GUARD_SETTINGS)
    settings[:4] = CEILING, 1_440.0, 24_000.0, 9_600.0
    settings[guard.GAINS:guard.GAINS + outputs] = 1.0
    arrays = (np.zeros((outputs, 1_280), np.float32), np.zeros((2, outputs, 64), np.float32), np.zeros(layout.GUARD_STATE),
              np.zeros((outputs, layout.METER_WORDS)))
    out = np.empty((64, outputs), np.float32)
    play(out, mix, 100, settings, *arrays)
    times, worked = [], 0
    for _ in range(repeats):
        began = time.perf_counter_ns()
        worked = play(out, mix, blocks, settings, *arrays)
        times.append((time.perf_counter_ns() - began) / blocks)
    return statistics.median(times), worked / blocks


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--outputs", type=int, nargs="+", default=[2, 8, 64])
    parser.add_argument("--blocks", type=int, default=4_000)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    print(load())
    for outputs in asked.outputs:
        for name, peak in LEVELS.items():
            spent, worked = measured(outputs, peak, asked.blocks, asked.repeats)
            print(f"{outputs:2} outputs, {name:5}: {spent:7.0f} ns a block, {spent / outputs:5.0f} for each output; worked in {worked:.0%} of them")


if __name__ == "__main__":
    main()
