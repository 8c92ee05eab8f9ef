"""OSC at work: one port for sensors that speak OSC and for tablets, by datagrams and, where config.yaml names a TCP port, by connections."""
from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from ...ports.osc import OscPort
from ...ports.osc_stream import OscStream
from ...ports.wire import State
from ...remote.osc import PERIOD, OscRemote
from ...remote.osc_readings import OscReadings
from ...rules.gate import Gate
from ...rules.remote import OscRecord
from ...terms.fault import Fault, Recovery
from ...terms.words import both
from ..aside import steadily

Tell = Callable[[Fault | Recovery], None]

_REACHED = both("it is reached again, or has gone", "il est de nouveau joignable, ou parti")


class Tablets:
    """Everything that speaks OSC, opened late and for as long as the piece plays. Must be made inside a running loop."""

    def __init__(self, record: OscRecord, gate: Gate, readings: OscReadings | None, tell: Tell) -> None:
        self.port = OscPort(record.interface, record.port, record.allow, wall=time.time, on_state=_states(tell), on_fault=tell,
                            on_end=lambda fault: tell(Recovery(_REACHED, fault.where, fault.id)))
        self.remote = OscRemote(gate, self.port, [str(peer) for peer in record.clients], readings, only=record.only, takeover=record.takeover)
        self._tell = tell
        self.stream: OscStream | None = None
        self._remotes = [self.remote]
        self._tasks: list[asyncio.Task] = []
        if record.tcp is not None:
            self.stream = OscStream(record.interface, record.tcp, record.allow, wall=time.time, on_state=_states(tell), on_fault=tell)
            connected = OscRemote(gate, self.stream, (), readings, only=record.only, takeover=record.takeover, kind="osc.tcp", connected=True)
            self.stream.on_gone = connected.clients.gone
            self._remotes.append(connected)

    async def open(self) -> None:
        """Bind, or begin to try; the piece does not wait for its network."""
        await self.port.open()
        if self.stream is not None:
            await self.stream.open()
        self._tasks = [asyncio.create_task(steadily(PERIOD, remote.tick, self._tell), name="osc remote") for remote in self._remotes]

    async def close(self) -> None:
        """Let go of the ports."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for remote in self._remotes:
            remote.close()
        await self.port.close()
        if self.stream is not None:
            await self.stream.close()


def _states(tell: Tell) -> Callable[[State, Fault | None], None]:
    """Tell a port's absence once when it begins, and once when it is over."""
    absent: list[Fault] = []

    def changed(state: State, fault: Fault | None) -> None:
        if fault is not None:
            absent[:] = [fault]
            tell(fault)
        elif state is State.OPEN and absent:
            tell(Recovery(both("OSC is there again", "OSC est de nouveau là"), absent[0].where, absent[0].id))
            absent.clear()

    return changed
