"""Controls that follow a sound: vibrato, frequency modulation, a filter that another sound opens.

    moved(unit, names)     the unit with those CONTROL ports driven by sounds
    is_slow(unit, port)    whether that port looks at a sound only once a block

A kernel is exact for blocks of any size. So a control is followed frame by frame by calling the kernel for one frame at a time, with
the control as it is in that frame: no kernel has to know. The entry does so (see entry.py): each CONTROL port gets a slot of its own, and
one more port says what drives it: MOVING, a sound, or another CONTROL, which then runs straight as ever.
"""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from .declare import Port, PortKind, Unit


def moved(unit: Unit, names: Collection[str]) -> Unit:
    """The unit whose controls of these names follow sounds."""
    drives = tuple(Port(f"{port.name} (driven)", PortKind.MOVING if port.name in names else PortKind.CONTROL, drives=port.name)
                   for port in unit.of(PortKind.CONTROL))
    return replace(unit, name=f"{unit.name} ~ {', '.join(sorted(names))}", ports=(*unit.ports, *drives), laned="")


def is_slow(unit: Unit, port: Port) -> bool:
    """Whether a sound would be looked at once a block: where that is enough, or the unit itself goes by blocks."""
    return port.slow or bool(unit.of(PortKind.CONTROL_OUT))
