"""Enttec DMX USB Pro and what speaks like it: one universe over a serial line.

    message, Messages     the framing of its API, both ways (pure)
    EnttecPort            the device

A message is 7E, label, length (two bytes, low first), data, E7; the data are at most 600 bytes. Label 6 sends a universe: start
code 0 and the slots. On opening, the parameters (label 3) and the serial number (label 10) are asked for; the answers stand in
`about`, and no answer is no fault. The baud rate is a dummy. Source: Enttec, DMX USB Pro Widget API 1.44.

The widget repeats its last frame by itself for ever: if the engine dies, lamps freeze and do not go dark.
"""
from __future__ import annotations

import struct
from collections.abc import Iterator

from ..terms.fault import Fault
from ..terms.words import both
from .dmx import Edge, Tell
from .serial import SerialPort, State
from .serial_places import Places

BEGIN, END, LONGEST = 0x7E, 0xE7, 600
GET_PARAMETERS, SEND_DMX, GET_SERIAL = 3, 6, 10
BAUD = 57600
LINGER = 0.2    # s for the last frame to leave


def message(label: int, data: bytes = b"") -> bytes:
    """One message to the widget. Raises ValueError if the data are longer than 600 bytes."""
    if len(data) > LONGEST:
        raise ValueError(f"a message holds {LONGEST} bytes, got {len(data)}")
    return bytes((BEGIN, label)) + struct.pack("<H", len(data)) + data + bytes((END,))


class Messages:
    """Takes bytes as they come and gives whole messages; noise between and inside them is skipped and counted."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self.noise = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """(label, data) of each message that is complete now."""
        self._kept += data
        while True:
            start = self._kept.find(BEGIN)
            skipped = len(self._kept) if start < 0 else start
            self.noise += skipped
            del self._kept[:skipped]
            if len(self._kept) < 5:
                return
            length = self._kept[2] | self._kept[3] << 8
            if length <= LONGEST and len(self._kept) < length + 5:
                return
            if length > LONGEST or self._kept[length + 4] != END:
                self.noise += 1
                del self._kept[:1]      # this 7E began nothing: look for the next
                continue
            found = self._kept[1], bytes(self._kept[4:length + 4])
            del self._kept[:length + 5]
            yield found


class EnttecPort:
    """One DMX USB Pro, by a name as in serial_places. Gets every frame, changed or not.

    about    what the widget said: "firmware", "serial", "rate" (frames per second), as far as it answered
    """

    def __init__(self, device: str, tell: Tell, *, places: Places = Places()) -> None:  # noqa: B008
        self.device = device
        self.sent = self.lost = 0
        self.about: dict[str, str] = {}
        self._messages = Messages()
        self._edge = Edge(tell, device, both("the DMX interface is back", "l'interface DMX est revenue"))
        self._line = SerialPort(device, BAUD, self._heard, self._changed, places=places)

    @property
    def is_open(self) -> bool:
        return self._line.state is State.OPEN

    @property
    def replaced(self) -> int:
        """Frames that a newer one pushed out before they left: the interface takes them more slowly than they come."""
        return self._line.replaced

    def open(self) -> None:
        self._line.open()

    def send(self, frame: bytes, now: float, *, force: bool = False) -> None:
        if self._line.write(message(SEND_DMX, b"\0" + frame)):
            self.sent += 1
        else:
            self.lost += 1

    async def close(self) -> None:
        await self._line.close(LINGER)

    def _changed(self, state: State, fault: Fault | None) -> None:
        if fault is not None:
            self._edge.begin(fault)
        elif state is State.OPEN:
            self._edge.end()
            self._messages = Messages()
            self._line.write(message(GET_PARAMETERS, b"\0\0") + message(GET_SERIAL))

    def _heard(self, data: bytes) -> None:
        for label, answer in self._messages.feed(data):
            if label == GET_PARAMETERS and len(answer) >= 5:
                self.about |= {"firmware": f"{answer[1]}.{answer[0]}", "rate": str(answer[4])}
            elif label == GET_SERIAL and len(answer) == 4:
                self.about["serial"] = answer[::-1].hex()
