"""Every kernel on the bench: what to connect to it, and a way to run it in blocks of any size, compiled or as plain Python.

    CASES               one for each shipped unit: channels, controls (in the port's unit), numbers, memory…
    Bench(case)         holds what is carried from block to block
    bench.run(frames)   what comes out, (channels, frames); controls: (2, blocks)
"""
from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from installation.audio.controls import scaled
from installation.audio.declare import FRAMES, WIDTH, Port, PortKind, Unit
from installation.audio.node import Hall
from installation.audio.units import UNITS

from .case import RATE, RECORDING, Case, noise, tone
from .cases import EVERY_CASE

CASES = {case.unit: case for case in EVERY_CASE}
__all__ = ["CASES", "RATE", "RECORDING", "Bench", "Case", "noise", "tone"]


class Bench:
    """One instance of a unit. `compiled=False` runs the kernel's own text as plain Python, and what it calls compiled."""

    def __init__(self, case: Case | str, compiled: bool = True) -> None:
        self.case = CASES[case] if isinstance(case, str) else case
        self.unit: Unit = UNITS[self.case.unit]
        module, _, name = self.unit.kernel.partition(":")
        kernel = getattr(importlib.import_module(module), name)
        self.kernel: Any = kernel if compiled else getattr(kernel, "py_func", kernel)
        case, kept = self.case, {}
        for port in self.unit.ports:
            kept[port.name] = self._kept(port)
        self.kept: dict[str, Any] = kept
        self.at = 0
        self.where = {port.kind: port.name for port in self.unit.ports}

    @property
    def state(self) -> np.ndarray:
        return self.kept[self.where[PortKind.STATE]]

    def _kept(self, port: Port) -> np.ndarray | None:
        case = self.case
        match port.kind:
            case PortKind.STATE:
                if case.state:
                    return np.array(case.state(Hall(RATE, 4, seed=12_345)))
                return np.zeros(port.size * (case.channels if port.per_channel else 1))
            case PortKind.MEMORY:
                return np.zeros(case.memory[port.name] * (case.channels if port.per_channel else 1), "f4")
            case PortKind.NUMBERS:
                return np.array(case.numbers[port.name])
            case PortKind.PARAM:
                return np.array([0.25, 0.0, 0.0, 0.0])
            case PortKind.TABLE | PortKind.RING:
                return case.table
            case PortKind.RING_STATE:
                words = np.zeros(16, "i8")
                words[1] = case.table.shape[1] if case.table is not None else 0
                return words
        return None

    def run(self, frames: int, *, blocks: Iterable[int] = (), inputs: dict[str, np.ndarray] | None = None,
            controls: dict[str, Any] | None = None, before: Callable[["Bench"], None] | None = None, in_place: bool = False) -> np.ndarray:
        """Render so many frames in blocks of these sizes, repeated, 64 if none are given.

        inputs    signals as long as the whole
        controls  numbers in the port's unit, or functions of the frame that give what the kernel gets
        before    called before each block
        in_place  the output is written over the first input
        """
        inputs = {**self.signals(frames), **(inputs or {})}
        given = {**self.case.controls, **(controls or {})}
        sizes = list(blocks) or [FRAMES]
        made: list[np.ndarray] = []
        done = turn = 0
        while done < frames:
            size = min(sizes[turn % len(sizes)], frames - done)
            if before:
                before(self)
            arguments: list[Any] = []
            out: Any = None
            for port in self.unit.ports:
                array: Any = self.kept[port.name]
                match port.kind:
                    case PortKind.OUT | PortKind.BUS:
                        out = array = np.zeros((self.case.channels, size), "f4")
                    case PortKind.CONTROL_OUT:
                        out = array = np.zeros(2)
                    case PortKind.TOGETHER:
                        out = array = np.zeros((self.case.channels, size, WIDTH), "f4")
                    case PortKind.CONTROLS:
                        out = array = np.zeros((2, WIDTH))
                    case PortKind.APART:
                        array = np.ascontiguousarray(inputs[port.name][:, done:done + size])
                    case PortKind.IN | PortKind.INPUT:
                        array = np.ascontiguousarray(inputs[port.name][:, done:done + size])
                    case PortKind.CONTROL:
                        array = self._pair(port, given[port.name], size)
                arguments.append(array)
            assert out is not None
            if in_place:
                at = next(k for k, port in enumerate(self.unit.ports) if port.kind in (PortKind.IN, PortKind.CONTROL))
                arguments[0] = out = arguments[at]
            self.kernel(*arguments)
            made.append(out.reshape(-1, 2).T if out.ndim == 1 else out.swapaxes(1, 2).reshape(-1, size) if out.ndim == 3 else out)
            done, turn, self.at = done + size, turn + 1, self.at + size
        return np.concatenate(made, axis=1)

    def signals(self, frames: int, seed: int = 1) -> dict[str, np.ndarray]:
        """Something for every input."""
        found = {}
        for number, port in enumerate(self.unit.of(PortKind.IN, PortKind.INPUT, PortKind.APART)):
            if port.kind is PortKind.APART:
                together = 0.5 * noise(frames * WIDTH, self.case.wide, seed).reshape(self.case.wide, frames, WIDTH)
                found[port.name] = np.ascontiguousarray(together)
            elif port.unit == "trigger":
                found[port.name] = np.zeros((1, frames), "f4")
                found[port.name][0, 5::700] = 0.8
            else:
                found[port.name] = 0.5 * noise(frames, self.case.wide or self.case.channels, seed + number)
        return found

    def _pair(self, port: Port, given: Any, size: int) -> np.ndarray:
        if callable(given):
            return np.array([float(given(self.at)), float(given(self.at + size))])
        value = scaled(given, port, RATE)
        return np.array([value, value])


def main(path: str) -> None:
    """Render every case into a file: run by a test with NUMBA_DISABLE_JIT=1, so that everything is plain Python."""
    played: dict[str, Any] = {name: Bench(name).run(3 * FRAMES) for name in CASES}
    np.savez(path, **played)


if __name__ == "__main__":
    main(sys.argv[1])
