"""A unit's declaration: which kernel it is and what its ports are. Readable without importing numba.

A kernel is a plain numba function of arrays; a `Unit` lists its arguments, in order, as `Port`s. From that list come the C
entry point that a player calls, the record of each instance in the arena, the checks of the `ug` word, and the reference page.

    kind       the kernel receives                                          where it lives
    OUT        float32 (channels, 64)   the signal it writes                scratch, may be the array of an IN
    IN         float32 (channels, 64)   a signal it reads                   scratch
    INPUT      float32 (channels, 64)   what comes in from the card, read   engine; a block old
                                        only
    BUS        float32 (outputs, 64)    the graph's outputs; it adds        scratch
    CONTROL    float64 (2,)             value now, value 64 frames on       scratch; already scaled and within low..high
    CONTROL_OUT float64 (2,)            the same, written                   scratch
    STATE      float64 (size,)          carried from block to block         small states, copied at each block's end
    MEMORY     float32 (size,)          a delay line; zeros at start        written only at places derived from STATE
    TABLE      float32 (channels, n)    a recording, read only              arena, shared by all who play it
    NUMBERS    float64 (size,)          constants of this instance          arena, read only
    PARAM      float64 (4,)             a parameter's slot: target, and     arena, written by the control process
                                        three words that are unused
    RING       float32 (channels, n)    a stream's ring, read only          arena, filled by the feeder
    RING_STATE int64 (16,)              the stream's words                  arena (see layout.STREAM_*)

and, put in by the graph alone (see lanes.py and moved.py):

    MOVING     float32 (1, 64)          a sound that drives a CONTROL port: not the kernel's, its entry's
    APART, TOGETHER  float32 (channels, 64, 8)   a signal of eight voices side by side, read and written number by number
    CONTROLS   float64 (2, 8)           the controls of eight voices, written

A port of `width` 8 serves eight voices at once: each number is a `Lanes` of eight.
"""
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

FRAMES = 64    # a block, always
WIDTH = 8      # voices side by side, where they are


class PortKind(Enum):
    """What an argument of a kernel is; see the module's table."""

    OUT = "out"
    IN = "in"
    INPUT = "input"
    BUS = "bus"
    CONTROL = "control"
    CONTROL_OUT = "control_out"
    STATE = "state"
    MEMORY = "memory"
    TABLE = "table"
    NUMBERS = "numbers"
    PARAM = "param"
    RING = "ring"
    RING_STATE = "ring_state"
    MOVING = "moving"
    APART = "apart"
    TOGETHER = "together"
    CONTROLS = "controls"


@dataclass(frozen=True, slots=True)
class Port:
    """One argument of a kernel.

    name      the argument's name in the kernel
    kind      see PortKind
    unit      CONTROL: the unit in which artists write it ("Hz", "s", "ratio", "deg", "dB", "")
    low, high CONTROL: the range the kernel can bear, in `unit`; values outside are clipped, silently, in the running sound
    default   CONTROL: the value when nothing is connected; None means it must be given
    scale     CONTROL: "per_frame" divides hertz by the sample rate, "frames" multiplies seconds by it, "gain" turns dB into
              a linear gain, "" leaves the value as it is
    size      STATE, NUMBERS: words for one channel (`size * channels` are given when `per_channel`)
    per_channel  STATE, MEMORY: one piece for each channel, one after another
    slow      CONTROL: a sound connected to it is looked at once a block; others follow a sound frame by frame
    width     voices that it serves side by side: 1, or 8
    drives    not an argument of the kernel: the CONTROL port of that name follows it frame by frame (see moved.py)
    about     one line
    """

    name: str
    kind: PortKind
    unit: str = ""
    low: float = float("-inf")
    high: float = float("inf")
    default: float | None = None
    scale: str = ""
    size: int = 1
    per_channel: bool = False
    slow: bool = False
    width: int = 1
    drives: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A kernel and its ports.

    name      the word it is known by, unique
    kernel    "module:function" for shipped kernels, "file.py:function" (absolute path) for an artist's own
    ports     the kernel's arguments, in order
    source    paper and equation, or standard and clause
    tail      seconds it may sound after its inputs fall silent (for docs and for retiring)
    place     file:line where an artist declared it, "" for shipped units
    laned     whether its kernel's text can render eight voices side by side: "yes"; "along", if it is only worth it beside one
              that does; "" if it cannot
    merges    several of it, one after another, that hear neighbouring channels are one that hears them all, its NUMBERS one after
              another
    for_eight the unit that does the same for eight sounds of one channel each: its ports are theirs, the eight of each one after another,
              but for the BUS, which stands once
    each      its NUMBERS are those of a sound, and stand one after another for eight; else they are those of the room, and the same
    """

    name: str
    kernel: str
    ports: tuple[Port, ...]
    source: str = ""
    tail: float = 0.0
    place: str = ""
    laned: str = ""
    merges: bool = False
    for_eight: str = ""
    each: bool = False
    about: str = ""

    def port(self, name: str) -> Port:
        """The port of that name. Raises KeyError."""
        for port in self.ports:
            if port.name == name:
                return port
        raise KeyError(name)

    def of(self, *kinds: PortKind) -> tuple[Port, ...]:
        """The ports of these kinds, in order."""
        return tuple(port for port in self.ports if port.kind in kinds)
