"""Counts flashes as a person with a stopwatch would: knows nothing of how the guard works.

A signal is what a lamp shows, frame after frame, each frame standing until the next. In every window of one second, transitions
are counted afresh: a change by at least `step` between a valley and a peak. Two transitions are one flash.
"""
from __future__ import annotations

from collections.abc import Sequence


def transitions(values: Sequence[float], step: float = 0.1) -> int:
    """Rises and falls by at least a step, in turns."""
    low = high = values[0]
    way = count = 0            # way: 1 after a rise, -1 after a fall, 0 before either
    for value in values:
        low, high = min(low, value), max(high, value)
        if way <= 0 and value - low >= step:
            way, high, count = 1, value, count + 1
        elif way >= 0 and high - value >= step:
            way, low, count = -1, value, count + 1
    return count


def worst(times: Sequence[float], values: Sequence[float], step: float = 0.1, window: float = 1.0) -> int:
    """The most transitions in any window: it begins just before a frame and so sees what the frame before left standing."""
    most, end = 0, 0
    for start in range(len(times) - 1):
        while end < len(times) and times[end] - times[start + 1] <= window:
            end += 1
        if end - start > most:
            most = max(most, transitions(values[start:end], step))
    return most


def flashes(times: Sequence[float], values: Sequence[float], step: float = 0.1) -> int:
    """Complete flashes in the worst second."""
    return worst(times, values, step) // 2


def rises(values: Sequence[float], step: float = 0.1) -> list[int]:
    """The frames at which a rise by at least a step was complete, counting only those after a fall, and the first."""
    low = high = values[0]
    falling, found = True, []
    for frame, value in enumerate(values):
        if falling:
            low = min(low, value)
            if value - low >= step:
                falling, high = False, value
                found.append(frame)
        else:
            high = max(high, value)
            if high - value >= step:
                falling, low = True, value
    return found
