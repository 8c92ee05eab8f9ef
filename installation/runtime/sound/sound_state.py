"""What is known of the sound now, for the status line, the tree and `doctor`.

And the part of `sound:` in config.yaml that the players read.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ...terms.fault import Fault
from ...terms.words import both, say


class SoundRecord(Protocol):
    """The piece's `sound:` section, as far as the players read it. card: "auto", "none" or a name."""

    @property
    def card(self) -> str: ...
    @property
    def api(self) -> str | None: ...
    @property
    def block(self) -> int: ...
    @property
    def inputs(self) -> int: ...
    @property
    def standby(self) -> bool: ...
    @property
    def threads(self) -> int: ...
    @property
    def latency(self) -> str | float | None: ...


@dataclass(frozen=True, slots=True)
class SoundState:
    """How the sound stands.

    card      the card's name, "" while the silent clock keeps time
    block     frames that the card asks for at once
    latency   s, as PortAudio reckons it
    policy    the audio thread's scheduling as read back: "SCHED_FIFO 70", "" until its first block
    workers   the same of the threads that render beside it
    locked    whether the arena can not be swapped out
    standby   whether a second player stands ready
    silent    whether the silent clock keeps time
    absent    what was said when the card was lost; None while it is there, or none is wanted
    deaths    players that were replaced since the start
    pid       the process that sounds, 0 between two
    """

    card: str = ""
    api: str = ""
    rate: int = 0
    block: int = 0
    latency: float = 0.0
    policy: str = ""
    workers: tuple[str, ...] = ()
    locked: bool = False
    xruns: int = 0
    blocks: int = 0
    standby: bool = False
    silent: bool = True
    absent: Fault | None = None
    deaths: int = 0
    pid: int = 0

    def say(self) -> str:
        """A few words for the status line: which card, at what pace, in which real time."""
        if self.pid == 0:
            return say(both("the player is being replaced", "on remplace le lecteur"))
        if self.silent:
            return say(both("no card: silent clock", "pas de carte : horloge muette") if self.absent else
                       both("silent clock", "horloge muette"))
        alone = "" if self.standby else say(both(", no standby yet", ", pas encore de remplaçant"))
        threads = " + ".join((self.policy, *self.workers))
        return f"{self.card} ({self.api}) {self.rate} Hz / {self.block} {threads}{alone}".strip()
