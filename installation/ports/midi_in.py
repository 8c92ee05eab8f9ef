"""MIDI in: a port by a part of its name, opened when it appears, taken up again when it returns.

    port = MidiIn("nanoKONTROL2", on_message, on_state)
    port.open()                 # needs a running loop; in it come on_message(mido message), on_state(State, Fault | None)
    await port.close()

Three ways in: the raw device files of Linux (always there, one programme at a time), ALSA's sequencer or JACK through
python-rtmidi where that is installed. "auto" is ALSA where both it and python-rtmidi exist, else the raw files.

An ALSA port that is unplugged is noticed within a second. A JACK server that dies is not: JACK goes on listing its ports; the
sound card's own supervision sees it.
"""
from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from ..terms.fault import Fault
from ..terms.words import both
from .midi_raw import MidiBytes, MidiPlaces, chosen, open_raw, raw_ports
from .wire import FIRST_PAUSE, LONGEST_PAUSE, State, Wire, apart

SEQUENCER = "/dev/snd/seq"
LOOK = 1.0          # s between looks whether a port is still there
MOST_WAITING = 1024 # messages between the library's thread and the loop
CLIENT = "installation"


def way_in(through: str = "auto") -> str:
    """ "alsa", "jack" or "raw": how MIDI comes in here. Raises Fault if python-rtmidi is asked for and is not installed."""
    installed = importlib.util.find_spec("rtmidi") is not None
    if through == "auto":
        return "alsa" if installed and os.path.exists(SEQUENCER) else "raw"
    if through in ("alsa", "jack") and not installed:
        raise Fault(both(f"MIDI through {through} needs python-rtmidi, which is not installed",
                         f"le MIDI par {through} a besoin de python-rtmidi, qui n'est pas installé"), id="midi.library",
                    remedy=both('pip install "installation[midi]", or write through: raw',
                                'pip install "installation[midi]", ou écrivez through: raw'))
    return through


def midi_ports(through: str = "auto", places: MidiPlaces = MidiPlaces()) -> list[str]:  # noqa: B008  (frozen)
    """The names of the MIDI inputs that are there, as `device:` may be written. May block for a moment."""
    way = way_in(through)
    if way == "raw":
        return list(raw_ports(places))
    client = _client(way)
    try:
        return client.get_ports()
    finally:
        client.delete()


class MidiIn:
    """One MIDI input; see the module's docstring. `received` and `dropped` count messages."""

    def __init__(self, device: str, on_message: Callable[[Any], None], on_state: Callable[[State, Fault | None], None], *,
                 through: str = "auto", places: MidiPlaces = MidiPlaces()) -> None:  # noqa: B008
        self.device = device
        self.received = self.dropped = 0
        self._on_message = on_message
        self._bytes = MidiBytes()
        way = way_in(through)
        self._port: Wire | _LibraryPort
        if way == "raw":
            def changed(state: State, fault: Fault | None) -> None:
                self._bytes = MidiBytes()    # a message cut by the loss is not continued
                on_state(state, fault)

            self._port = Wire(lambda: open_raw(device, places), self._take_bytes, changed, name=device)
        else:
            self._port = _LibraryPort(device, way, self._take_bytes, on_state)

    @property
    def state(self) -> State:
        """What the port is doing."""
        return self._port.state

    @property
    def path(self) -> str:
        """The device file or the full name of the port, once it was open."""
        return self._port.path

    def open(self) -> None:
        """Begin to look for the port. Returns at once; needs a running loop."""
        self._port.open()

    async def close(self) -> None:
        """Stop."""
        await self._port.close()

    def _take_bytes(self, data: bytes) -> None:
        for message in self._bytes.feed(data):
            self.received += 1
            self._on_message(message)
        self.dropped = getattr(self._port, "dropped", 0)


class _LibraryPort:
    """A port of python-rtmidi, whose messages come in a thread of its own."""

    def __init__(self, device: str, way: str, on_data: Callable[[bytes], None],
                 on_state: Callable[[State, Fault | None], None]) -> None:
        self._device, self._way, self._on_data, self._on_state = device, way, on_data, on_state
        self.state = State.CLOSED
        self.path = ""
        self.dropped = 0
        self._waiting: deque[bytes] = deque()
        self._lock = threading.Lock()
        self._told: set[str] = set()
        self._life: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        if self._life is None:
            self._loop = asyncio.get_running_loop()
            self._life = self._loop.create_task(self._live(), name=f"midi {self._device}")

    async def close(self) -> None:
        if self._life is None:
            return
        self._life.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._life
        self._life = None
        self.state = State.CLOSED
        self._on_state(State.CLOSED, None)

    async def _live(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                client = await apart(self._connect, _end, self._device)
            except Fault as fault:
                self._absent(fault)
            else:
                pause = FIRST_PAUSE
                try:
                    self._told.clear()
                    self.state = State.OPEN
                    self._on_state(State.OPEN, None)
                    # ALSA answers from memory; JACK would go on naming a dead port, and is not asked.
                    while self._way == "jack" or self.path in client.get_ports():  # noqa: ASYNC110
                        await asyncio.sleep(LOOK)
                except Fault as fault:
                    self._absent(fault)
                else:
                    self._absent(Fault(both("the MIDI port has gone", "le port MIDI a disparu"), where=self.path, id="wire.lost",
                                       remedy=both("It is taken up again as soon as it returns.",
                                                   "Il est repris dès son retour.")))
                finally:
                    _end(client)
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    def _connect(self) -> Any:
        client = _client(self._way)
        try:
            names = client.get_ports()
            self.path = chosen(self._device, [name for name in names if not name.startswith(CLIENT)])
            client.ignore_types(sysex=True, timing=True, active_sense=True)
            client.set_callback(self._heard)
            client.open_port(names.index(self.path), "in")
        except BaseException:
            client.delete()
            raise
        return client

    def _heard(self, event: tuple[list[int], float], data: object = None) -> None:
        """Called in the library's thread."""
        assert self._loop is not None
        with self._lock:
            idle = not self._waiting
            if len(self._waiting) == MOST_WAITING:
                self._waiting.popleft()
                self.dropped += 1
            self._waiting.append(bytes(event[0]))
        if idle:
            with contextlib.suppress(RuntimeError):    # the loop has ended
                self._loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        with self._lock:
            messages = b"".join(self._waiting)
            self._waiting.clear()
        self._on_data(messages)

    def _absent(self, fault: Fault) -> None:
        self.state = State.ABSENT
        if fault.id not in self._told and not (fault.id == "wire.missing" and "wire.lost" in self._told):
            self._on_state(State.ABSENT, fault)
        self._told.add(fault.id)


def _client(way: str) -> Any:
    import rtmidi

    try:
        return rtmidi.MidiIn(rtmidi.API_LINUX_ALSA if way == "alsa" else rtmidi.API_UNIX_JACK, name=CLIENT)
    except (OSError, rtmidi.RtMidiError) as error:
        raise Fault(both(f"MIDI through {way} does not open: {error}", f"le MIDI par {way} ne s'ouvre pas : {error}"), where=way,
                    remedy=both("Is JACK running?", "JACK tourne-t-il ?") if way == "jack" else
                    both("Write through: raw to do without ALSA's sequencer.",
                         "Écrivez through: raw pour se passer du séquenceur ALSA."),
                    id="midi.system") from error


def _end(client: Any) -> None:
    client.cancel_callback()
    client.close_port()
    client.delete()
