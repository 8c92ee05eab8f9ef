"""Ports that many units share, so that a range is written once.

The words out, x, state… are those of the kernels' arguments. Ranges are what a kernel can bear; what an artist may ask for is
narrower where the ear says so, and is checked by the word in `ug`.
"""
from __future__ import annotations

from ..declare import Port, PortKind

AUDIBLE_HZ = 24_000.0      # nobody hears more; every kernel's own limit is 0.49 of the rate, whatever the rate
LOWEST_CUTOFF_HZ = 0.5     # at 48 kHz 0.00001 cycles per frame: the least a filter's coefficients can tell from zero
LONGEST_TIME = 3_600.0     # s


def out() -> Port:
    """The signal that is written."""
    return Port("out", PortKind.OUT)


def sound(name: str = "x", default: float | None = None) -> Port:
    """A signal that is read."""
    return Port(name, PortKind.IN, default=default)


def struck() -> Port:
    """Impulses at the frames where something happens; takes a trigger parameter."""
    return Port("trigger", PortKind.IN, unit="trigger", about="a trigger parameter, or a sound that is above 0 when it strikes")


def bus() -> Port:
    """The graph's outputs."""
    return Port("bus", PortKind.BUS)


def control_out(unit: str = "") -> Port:
    """The control that is written."""
    return Port("out", PortKind.CONTROL_OUT, unit=unit)


def state(size: int = 1, *, per_channel: bool = False) -> Port:
    """What is carried from block to block."""
    return Port("state", PortKind.STATE, size=size, per_channel=per_channel)


def numbers(name: str, size: int) -> Port:
    """Constants; size 0 is any number of them."""
    return Port(name, PortKind.NUMBERS, size=size)


def frequency(default: float | None = None) -> Port:
    """How high a tone is."""
    return Port("frequency", PortKind.CONTROL, "Hz", 0.0, AUDIBLE_HZ, default, "per_frame", about="how high")


def cutoff(default: float | None = None) -> Port:
    """Where a filter begins."""
    return Port("cutoff", PortKind.CONTROL, "Hz", LOWEST_CUTOFF_HZ, AUDIBLE_HZ, default, "per_frame", about="where it begins")


def seconds(name: str, default: float | None, about: str, low: float = 0.0, high: float = LONGEST_TIME) -> Port:
    """A time, in frames for the kernel."""
    return Port(name, PortKind.CONTROL, "s", low, high, default, "frames", about=about)


def ratio(name: str, low: float, high: float, default: float | None, about: str) -> Port:
    """A plain number."""
    return Port(name, PortKind.CONTROL, "ratio", low, high, default, about=about)


def control(name: str) -> Port:
    """A control of any measure."""
    return Port(name, PortKind.CONTROL)


def slow(name: str, unit: str, low: float, high: float, default: float | None, about: str, scale: str = "") -> Port:
    """A control that is looked at once a block, even where a sound moves it."""
    return Port(name, PortKind.CONTROL, unit, low, high, default, scale, slow=True, about=about)
