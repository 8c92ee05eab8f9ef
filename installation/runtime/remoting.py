"""The network at work: one OSC port for sensors that speak OSC and for tablets, opened late and for as long as the piece plays."""
from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from ..ports.osc import OscPort
from ..ports.wire import State
from ..remote.osc import OscRemote
from ..remote.osc_readings import OscReadings
from ..rules.piece import Piece
from ..rules.tree import Tree
from ..terms.fault import Fault, Recovery
from ..terms.words import both


class Remoting:
    """Everything that listens. Without `remote: osc:` in config.yaml nothing does."""

    def __init__(self, piece: Piece, tree: Tree, readings: OscReadings | None, tell: Callable[[Fault | Recovery], None]) -> None:
        self._tell = tell
        self._absent: Fault | None = None
        self._task: asyncio.Task | None = None
        record = piece.remote.osc
        self.port: OscPort | None = None
        if record is None:
            return
        self.port = OscPort(record.interface, record.port, record.allow, wall=time.time, on_state=self._state, on_fault=tell,
                            on_end=lambda fault: tell(Recovery(both("it can be reached again", "il est de nouveau joignable"), fault.where, fault.id)))
        self.remote = OscRemote(tree, self.port, [str(peer) for peer in record.clients], piece.remote.hold,
                                asyncio.get_running_loop().time, readings)

    async def open(self) -> None:
        """Bind, or begin to try; the piece does not wait for its network."""
        if self.port is not None:
            await self.port.open()
            self._task = asyncio.create_task(self.remote.run(), name="osc remote")

    async def close(self) -> None:
        """Let go of the port."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self.port is not None:
            await self.port.close()

    def _state(self, state: State, fault: Fault | None) -> None:
        if fault is not None:
            self._absent = fault
            self._tell(fault)
        elif state is State.OPEN and self._absent is not None:
            self._tell(Recovery(both("OSC is there again", "OSC est de nouveau là"), self._absent.where, self._absent.id))
            self._absent = None
