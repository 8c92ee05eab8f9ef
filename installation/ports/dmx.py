"""The ports through which universes leave, and what they have in common.

    Port          what the sender needs of any of them: `open`, `send`, `close`, counters
    Edge          tells of a loss once when it begins and once when it ends

Which port a universe has is universe_port.py's to say.

`send(frame, now)` is called for every universe at the sender's steady rate, with the newest 512 bytes, and never blocks. A
frame that cannot leave at once is replaced by the next: nothing queues up. While a port is away it is looked for with growing
pauses.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..terms.fault import Fault, Recovery
from ..terms.words import Words

Tell = Callable[[Fault | Recovery], None]


class Port(Protocol):
    """One universe's way out. `sent` frames that left, `lost` frames that found the port away."""

    sent: int
    lost: int

    @property
    def is_open(self) -> bool:
        """Whether a frame sent now would leave."""

    def open(self) -> None:
        """Begin; needs a running event loop; returns at once."""

    def send(self, frame: bytes, now: float, *, force: bool = False) -> None:
        """Send the newest frame; `force` sends it even if the port would rather wait, because it is one of the last."""

    async def close(self) -> None:
        """Let what was sent leave, then give the device back."""


class Edge:
    """A state that is told when it changes: a Fault as it begins (again for each new reason), a Recovery as it ends."""

    def __init__(self, tell: Tell, where: str, well: Words) -> None:
        self._tell, self._where, self._well = tell, where, well
        self._told: list[str] = []

    def begin(self, fault: Fault) -> None:
        """The fault is there."""
        if fault.id not in self._told:
            self._told.append(fault.id)
            self._tell(fault.at(self._where))

    def end(self) -> None:
        """It is over."""
        for number, id in enumerate(self._told):
            self._tell(Recovery(self._well if number == 0 else Words("", ""), where=self._where, id=id))
        self._told.clear()
