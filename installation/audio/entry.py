"""The entry point of a unit, generated from its declaration: from the words of a record to the arrays of a kernel.

    text(unit)              its source text
    function(unit, kernel)  the Python function, ready for numba; a fault in it points at its text

`entry(base, record)`: `base` is the arena's address, `record` the offset of three words for each port (offset, first and second
dimension). A block's 64 frames are a constant in the text, so that loops over them become vector instructions.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

from .declare import FRAMES, PortKind, Unit

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
}


def text(unit: Unit) -> str:
    """The entry point's source."""
    lines = [f'"""Entry point of {unit.name}, generated."""', "", "", "def entry(base, record):", f"    row = words(base + record, {3 * len(unit.ports)})"]
    for index, port in enumerate(unit.ports):
        place = SHAPES[port.kind]
        for word in range(3):
            place = place.replace(f"{{w}}[{word}]", f"row[{3 * index + word}]")
        lines.append(f"    port{index} = {place}    # {port.name}")
    lines.append(f"    kernel({', '.join(f'port{index}' for index in range(len(unit.ports)))})")
    return "\n".join(lines) + "\n"


def function(unit: Unit, kernel: Any) -> Callable[[int, int], None]:
    """The entry point as a Python function that calls `kernel`."""
    from ..dsp import primitives

    source = text(unit)
    name = f"<entry of {unit.name}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    names: dict[str, Any] = {"kernel": kernel, "floats": primitives.floats, "doubles": primitives.doubles, "words": primitives.words}
    exec(compile(source, name, "exec"), names)
    return names["entry"]
