"""The entry point of a unit, generated from its declaration: from the words of a record to the arrays of a kernel.

    text(unit)              its source text
    function(unit, kernel)  the Python function, ready for numba; a fault in it points at its text

`entry(base, record)`: `base` is the arena's address, `record` the offset of three words for each port (offset, first and second
dimension). A block's 64 frames are a constant in the text, so that loops over them become vector instructions. For eight voices side by
side the arrays are of `Lanes`; where a sound drives a control, the kernel is called for each frame.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

from .declare import FRAMES, WIDTH, Port, PortKind, Unit

SHAPES: dict[PortKind, str] = {
    PortKind.OUT: f"floats(base + {{w}}[0], ({{w}}[1], {FRAMES}))",
    PortKind.IN: f"floats(base + {{w}}[0], ({{w}}[1], {FRAMES}))",
    PortKind.INPUT: f"floats(base + {{w}}[0], ({{w}}[1], {FRAMES}))",
    PortKind.BUS: f"floats(base + {{w}}[0], ({{w}}[1], {FRAMES}))",
    PortKind.CONTROL: "doubles(base + {w}[0], 2)",
    PortKind.CONTROL_OUT: "doubles(base + {w}[0], 2)",
    PortKind.STATE: "doubles(base + {w}[0], {w}[1])",
    PortKind.MEMORY: "floats(base + {w}[0], {w}[1])",
    PortKind.TABLE: "floats(base + {w}[0], ({w}[1], {w}[2]))",
    PortKind.NUMBERS: "doubles(base + {w}[0], {w}[1])",
    PortKind.PARAM: "doubles(base + {w}[0], 4)",
    PortKind.RING: "floats(base + {w}[0], ({w}[1], {w}[2]))",
    PortKind.RING_STATE: "words(base + {w}[0], {w}[1])",
    PortKind.APART: f"floats(base + {{w}}[0], ({{w}}[1], {FRAMES}, {WIDTH}))",
    PortKind.TOGETHER: f"floats(base + {{w}}[0], ({{w}}[1], {FRAMES}, {WIDTH}))",
    PortKind.CONTROLS: f"doubles(base + {{w}}[0], (2, {WIDTH}))",
    PortKind.MOVING: f"floats(base + {{w}}[0], (1, {FRAMES}))",
}
BY_FRAME = (PortKind.OUT, PortKind.IN, PortKind.BUS, PortKind.INPUT)
LANED: dict[PortKind, str] = {
    PortKind.OUT: f"float_lanes(base + {{w}}[0], {{w}}[1], {FRAMES})",
    PortKind.IN: f"float_lanes(base + {{w}}[0], {{w}}[1], {FRAMES})",
    PortKind.CONTROL: "double_lanes(base + {w}[0], 2)",
    PortKind.CONTROL_OUT: "double_lanes(base + {w}[0], 2)",
    PortKind.STATE: "double_lanes(base + {w}[0], {w}[1])",
}


def text(unit: Unit) -> str:
    """The entry point's source."""
    lines = [f'"""Entry point of {unit.name}, generated."""', "", "", "def entry(base, record):", f"    row = words(base + record, {3 * len(unit.ports)})"]
    for index, port in enumerate(unit.ports):
        place = LANED[port.kind] if port.width > 1 else SHAPES[port.kind]
        for word in range(3):
            place = place.replace(f"{{w}}[{word}]", f"row[{3 * index + word}]")
        lines.append(f"    port{index} = {place}    # {port.name}")
    arguments = [(index, port) for index, port in enumerate(unit.ports) if not port.drives]
    if len(arguments) == len(unit.ports):
        return "\n".join([*lines, f"    kernel({', '.join(f'port{index}' for index, _ in arguments)})"]) + "\n"
    return "\n".join([*lines, *_frame_by_frame(unit, arguments)]) + "\n"


def _frame_by_frame(unit: Unit, arguments: list[tuple[int, Port]]) -> list[str]:
    """Lines that call the kernel for one frame at a time, each of its controls as it is in that frame."""
    own = {port.name: index for index, port in arguments}
    before, inside = [], []
    for index, port in enumerate(unit.ports):
        if port.drives and port.kind is PortKind.MOVING:
            inside += [f"        port{own[port.drives]}[0] = port{index}[0, n]", f"        port{own[port.drives]}[1] = port{index}[0, n]"]
        elif port.drives:
            before.append(f"    step{index} = (port{index}[1] - port{index}[0]) / {FRAMES}")
            inside += [f"        port{own[port.drives]}[0] = port{index}[0] + step{index} * n",
                       f"        port{own[port.drives]}[1] = port{index}[0] + step{index} * (n + 1)"]
    given = ", ".join(f"port{index}[:, n:n + 1]" if port.kind in BY_FRAME else f"port{index}" for index, port in arguments)
    return [*before, f"    for n in range({FRAMES}):", *inside, f"        kernel({given})"]


def function(unit: Unit, kernel: Any) -> Callable[[int, int], None]:
    """The entry point as a Python function that calls `kernel`."""
    from ..dsp import lanes, primitives

    source = text(unit)
    name = f"<entry of {unit.name}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    names: dict[str, Any] = {"kernel": kernel, "floats": primitives.floats, "doubles": primitives.doubles, "words": primitives.words,
                             "float_lanes": lanes.float_lanes, "double_lanes": lanes.double_lanes}
    exec(compile(source, name, "exec"), names)
    return names["entry"]
