"""MIDI out: a port by (a part of) its name, held open for as long as it is there. What is said through it is its owner's affair.

    way = way_out("nanoKONTROL2", edge, afresh)     afresh() is called when the device knows nothing any more, and must be told everything
    way.open(); way.write([bytes, ...]); await way.close()

Through ALSA or JACK by python-rtmidi, or through the raw device file, as in midi_in. MIDI carries about a thousand messages a second, and
drivers drop what comes faster without a word: owners send few at a time.
"""
from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import Callable
from typing import Any

from ..terms.fault import Fault
from ..terms.words import both
from .dmx import Edge
from .midi_in import way_in
from .midi_raw import MidiPlaces, chosen, raw_ports
from .wire import FIRST_PAUSE, LONGEST_PAUSE, Opened, State, Wire, apart

LOOK = 2.0             # s between looks whether a named port still exists
LINGER = 0.2           # s for the last messages to leave
BACKENDS = {"alsa": "LINUX_ALSA", "jack": "UNIX_JACK"}


def way_out(device: str, edge: Edge, afresh: Callable[[], object], *, through: str = "auto",
            places: MidiPlaces = MidiPlaces()) -> RawWay | NamedWay:  # noqa: B008  (frozen)
    """The way to a device. Raises Fault if python-rtmidi is asked for and is not installed."""
    way = "raw" if device.startswith("/") else way_in(through)
    return RawWay(device, edge, afresh, places) if way == "raw" else NamedWay(device, way, edge, afresh)


def control_message(kind: str, number: int, channel: int, level: int) -> bytes:
    """The message that shows a value on a control: kind "cc", "note" or "pitch"; channel from 1; level 0 to 127, of a pitch bend 0 to 16383."""
    import mido

    if kind == "pitch":
        return bytes(mido.Message("pitchwheel", channel=channel - 1, pitch=min(level, 16_383) - 8_192).bytes())
    if kind == "note":
        return bytes(mido.Message("note_on", channel=channel - 1, note=number, velocity=level).bytes())
    return bytes(mido.Message("control_change", channel=channel - 1, control=number, value=level).bytes())


class RawWay:
    """A raw MIDI device file. Whole messages only; one that does not take them keeps its frame waiting, not the loop."""

    def __init__(self, device: str, edge: Edge, afresh: Callable[[], object], places: MidiPlaces) -> None:
        self._device, self._places, self._edge, self._afresh = device, places, edge, afresh
        self._wire = Wire(self._opened, lambda data: None, self._changed, waiting=1, name=device)

    @property
    def is_open(self) -> bool:
        return self._wire.state is State.OPEN

    def open(self) -> None:
        self._wire.open()

    def write(self, messages: list[bytes]) -> bool:
        replaced = self._wire.replaced
        done = self._wire.write(b"".join(messages))
        if self._wire.replaced != replaced:
            self._afresh()    # something that was noted as sent was pushed out
        return done

    async def close(self) -> None:
        await self._wire.close(LINGER)

    def _opened(self) -> Opened:
        ports = raw_ports(self._places)
        path = self._device if self._device.startswith("/") else ports[chosen(self._device, list(ports))]
        try:
            # For writing alone: a console whose faders are a sensor has its other half open for reading.
            fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError as error:
            missing = error.errno in (errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO)
            raise Fault(both(f"it would not open: {error.strerror}", f"ouverture impossible : {error.strerror}"), where=path,
                        remedy=both("Is it plugged in, and does another program hold it?",
                                    "Est-il branché, un autre programme l'occupe-t-il ?"),
                        id="wire.missing" if missing else "midi.open") from error
        return Opened(fd, path, lambda: os.close(fd))

    def _changed(self, state: State, fault: Fault | None) -> None:
        self._afresh()
        if fault is not None:
            self._edge.begin(fault)
        elif state is State.OPEN:
            self._edge.end()


class NamedWay:
    """A port by its name, through mido and python-rtmidi. Looked for in a thread, since asking the system may take its time.

    JACK does not say when its server died: the port then takes messages and nobody hears them. ALSA ports that go are noticed.
    """

    def __init__(self, device: str, way: str, edge: Edge, afresh: Callable[[], object]) -> None:
        import mido

        self._backend = mido.Backend(f"mido.backends.rtmidi/{BACKENDS[way]}")
        self._device, self._edge, self._afresh = device, edge, afresh
        self._port: Any = None
        self._life: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        return self._port is not None

    def open(self) -> None:
        if self._life is None:
            self._life = asyncio.get_running_loop().create_task(self._live(), name=f"midi {self._device}")

    def write(self, messages: list[bytes]) -> bool:
        import mido

        try:
            for data in messages:
                self._port.send(mido.Message.from_bytes(data))
        except Exception as error:    # rtmidi has kinds of error of its own
            self._leave(Fault(both(f"the MIDI port has gone ({error})", f"le port MIDI a disparu ({error})"), id="midi.lost"))
            return False
        return True

    async def close(self) -> None:
        if self._life is not None:
            self._life.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._life
            self._life = None
        self._drop()

    async def _live(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                if self._port is None:
                    self._port = await apart(self._find, _close, self._device)
                    self._afresh()
                    self._edge.end()
                    pause = FIRST_PAUSE
                elif self._port.name not in await apart(self._backend.get_output_names, lambda names: None, self._device):
                    self._leave(Fault(
                        both("the MIDI port has gone", "le port MIDI a disparu"), id="midi.lost",
                        remedy=both("It is taken up again as soon as it returns.", "Il est repris dès son retour.")))
            except Fault as fault:
                self._leave(fault)
            await asyncio.sleep(pause if self._port is None else LOOK)
            pause = min(LONGEST_PAUSE, pause * 2)

    def _find(self) -> Any:
        # Given client_name, mido makes an unconnected port without a word: a plain open connects.
        return self._backend.open_output(chosen(self._device, self._backend.get_output_names()))

    def _leave(self, fault: Fault) -> None:
        self._drop()
        self._edge.begin(fault)

    def _drop(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            _close(port)


def _close(port: Any) -> None:
    with contextlib.suppress(Exception):    # the port of a system that is gone may complain; nothing is left to do with it
        port.close()
