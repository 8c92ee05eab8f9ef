"""What a graph is made of: plain, immutable nodes. A `Signal` points at one of them; `flatten` reads them.

    Parameter   a scene's parameter, a control signal
    Levels      parameters in dB, added and subtracted
    Gain        the same as a linear gain, as it enters a product
    Call        one unit at work: what is connected to each of its ports
    Loop        a way back from a call to one before it
    Group       several things that go to the outputs
    Hall        what a graph is collected for: rate, outputs, loudspeakers; deferred numbers are computed from it
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from ..terms.declaration import Declaration
from ..terms.fault import Fault
from ..terms.words import both
from .declare import Unit
from .plan import LongRecording, Recording

if TYPE_CHECKING:
    from .signal import Signal


@dataclass(frozen=True, slots=True)
class Hall:
    """What is known only when a graph is collected. `numbers`, `state` and `memory` of `apply` may be functions of it.

    rate          frames per second
    outputs       how many outputs the room has
    loudspeakers  records with `output` (1..n), `azimuth` (degrees, + left) and `distance` (m, or None)
    seed          this word's own seed, 1 to 2**48: the same on each run, another for each word of the piece
    """

    rate: int
    outputs: int
    loudspeakers: tuple[Any, ...] = ()
    seed: int = 1

    def row(self, output: int, word: str = "ug.to") -> int:
        """The row of an output in the bus: people count from 1, arrays from 0. Raises Fault if the room has no such output."""
        if output not in range(1, self.outputs + 1):
            raise Fault(both(f"the room has {self.outputs} outputs, {word} asked for {output}",
                             f"la salle a {self.outputs} sorties, {word} demande la {output}"),
                        remedy=both("Outputs are counted from 1, as `room:` in config.yaml lists them.",
                                    "Les sorties se comptent à partir de 1, comme dans `room:` de config.yaml."),
                        id="graph.output")
        return int(output) - 1


Numbers: TypeAlias = Sequence[float] | Callable[[Hall], Sequence[float]]
Frames: TypeAlias = int | Callable[[Hall], int]


@dataclass(frozen=True, eq=False, slots=True)
class Parameter:
    """A parameter of the scene; two with the same name are the same one."""

    name: str
    declaration: Declaration


@dataclass(frozen=True, eq=False, slots=True)
class Levels:
    """Parameters in dB and their signs: what is added in dB is multiplied as gain."""

    terms: tuple[tuple[Parameter, int], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Gain:
    """The linear gain of levels: the product of those with sign +1, divided by those with -1."""

    terms: tuple[tuple[Parameter, int], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Group:
    """Several things that go to the outputs, in order."""

    parts: tuple["Signal", ...]


@dataclass(eq=False, slots=True)
class Loop:
    """A way back, which two calls share: the one that is heard before, and the one that is made after. The only node that is not finished
    when it is made.

    channels, ceiling  of what is sent; the ceiling is linear
    frames             of its line, for each channel
    closed             file:line where something was sent; "" as long as it is open
    sent               the call that sends
    home               the graph that it was found in first: no other may have it
    """

    channels: int
    ceiling: float
    frames: Callable[[Hall], int]
    closed: str = ""
    sent: "Call | None" = None
    home: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Call:
    """One unit at work. The mappings are keyed by port; `seed` is the NUMBERS port that takes the word's own seed;
    `heard` is the first of the card's inputs, from 0, that an INPUT port reads; `sent`, where it is said, names what voices send instead;
    `loop` is whose line its MEMORY is."""

    unit: Unit
    where: str
    channels: int
    inputs: Mapping[str, "Signal"] = field(default_factory=dict)
    controls: Mapping[str, "Signal | float"] = field(default_factory=dict)
    numbers: Mapping[str, Numbers] = field(default_factory=dict)
    state: Mapping[str, Numbers] = field(default_factory=dict)
    memory: Mapping[str, Frames] = field(default_factory=dict)
    table: Recording | None = None
    stream: LongRecording | None = None
    seed: str = ""
    as_is: bool = False
    heard: int = 0
    sent: str = ""
    loop: Loop | None = None


Node: TypeAlias = Parameter | Levels | Gain | Call | Group
