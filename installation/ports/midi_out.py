"""Lamps by MIDI: a slot of the universe is the velocity of a note or the value of a controller.

    Slot            which note or controller a slot is, on which channel (the record has the same names)
    MidiOutPort     the device, by (a part of) its port's name: through ALSA or JACK, or its raw file, as in midi_in

A slot's 0 to 255 become MIDI's 0 to 127. MIDI carries about a thousand messages a second, and drivers drop what comes faster
without a word: at each frame at most 20 messages leave, changes first, those that waited longest first; when little changes,
one slot in turn is sent again, so that a lamp that was switched off and on comes right by itself. What is not sent yet is the
newest value when its turn comes. Messages are mido's. Source: MIDI 1.0, 31 250 bits per second, three bytes a message.
"""
from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import Mapping
from typing import Any, Protocol

from ..terms.fault import Fault
from ..terms.words import both
from .dmx import Edge, Tell
from .midi_in import way_in
from .midi_raw import MidiPlaces, chosen, raw_ports
from .wire import FIRST_PAUSE, LONGEST_PAUSE, Opened, State, Wire, apart

AT_ONCE = 20           # messages at each frame
REFRESH = 4            # frames between two messages that repeat what is known
LOOK = 2.0             # s between looks whether a named port still exists
LINGER = 0.2           # s for the last messages to leave
BACKENDS = {"alsa": "LINUX_ALSA", "jack": "UNIX_JACK"}


class Slot(Protocol):
    """What a slot says: `note` or `cc` (0 to 127), on `channel` (1 to 16)."""

    @property
    def note(self) -> int | None: ...
    @property
    def cc(self) -> int | None: ...
    @property
    def channel(self) -> int: ...


def midi(slot: Slot, value: int) -> bytes:
    """The message that says a slot's value, 0 to 255. Note off is a note on with velocity 0."""
    import mido

    if slot.note is not None:
        message = mido.Message("note_on", channel=slot.channel - 1, note=slot.note, velocity=value >> 1)
    else:
        message = mido.Message("control_change", channel=slot.channel - 1, control=slot.cc or 0, value=value >> 1)
    return bytes(message.bytes())


class MidiOutPort:
    """One universe as MIDI. `sent` counts messages, `lost` frames that found the port away."""

    def __init__(self, device: str, slots: Mapping[int, Slot], tell: Tell, *, through: str = "auto",
                 places: MidiPlaces = MidiPlaces()) -> None:  # noqa: B008  (frozen)
        self.device = device
        self.sent = self.lost = 0
        self._slots = sorted(slots.items())
        self._known: dict[int, int] = {}    # slot → what the device was told last
        self._turn = self._beat = 0
        edge = Edge(tell, device, both("the MIDI port is back", "le port MIDI est revenu"))
        way = "raw" if device.startswith("/") else way_in(through)
        self._way: _Raw | _Named = (_Raw(device, edge, self._known, places) if way == "raw" else
                                    _Named(device, way, edge, self._known))

    @property
    def is_open(self) -> bool:
        return self._way.is_open

    def open(self) -> None:
        self._way.open()

    def send(self, frame: bytes, now: float, *, force: bool = False) -> None:
        if not self._way.is_open:
            self.lost += 1
            return
        changed = [(number, slot) for number, slot in self._in_turn() if self._known.get(number) != frame[number - 1] >> 1]
        chosen = changed if force else changed[:AT_ONCE]
        self._beat += 1
        if not chosen and self._slots and (force or self._beat % REFRESH == 0):
            chosen = [self._in_turn()[0]]
        if not chosen:
            return
        if self._way.write([midi(slot, frame[number - 1]) for number, slot in chosen]):
            self._known.update({number: frame[number - 1] >> 1 for number, _ in chosen})
            self.sent += len(chosen)
            self._turn = next(place for place, (number, _) in enumerate(self._slots) if number == chosen[-1][0]) + 1
        else:
            self.lost += 1

    async def close(self) -> None:
        await self._way.close()

    def _in_turn(self) -> list[tuple[int, Slot]]:
        start = self._turn % max(1, len(self._slots))
        return self._slots[start:] + self._slots[:start]


class _Raw:
    """A raw MIDI device file. Whole messages only; one that does not take them keeps its frame waiting, not the loop."""

    def __init__(self, device: str, edge: Edge, known: dict[int, int], places: MidiPlaces) -> None:
        self._device, self._places, self._edge, self._known = device, places, edge, known
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
            self._known.clear()    # something that was noted as sent was pushed out: say everything again
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
        self._known.clear()
        if fault is not None:
            self._edge.begin(fault)
        elif state is State.OPEN:
            self._edge.end()


class _Named:
    """A port by its name, through mido and python-rtmidi. Looked for in a thread, since asking the system may take its time.

    JACK does not say when its server died: the port then takes messages and nobody hears them. ALSA ports that go are noticed.
    """

    def __init__(self, device: str, way: str, edge: Edge, known: dict[int, int]) -> None:
        import mido

        self._backend = mido.Backend(f"mido.backends.rtmidi/{BACKENDS[way]}")
        self._device, self._edge, self._known = device, edge, known
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
                    self._known.clear()
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
