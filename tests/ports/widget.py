"""A stand-in for a DMX USB Pro on a pseudo-terminal: reads the framing byte by byte, answers what a widget answers."""
from __future__ import annotations

from pathlib import Path

from tests.ports.stand_in import Plug

ANSWERS = {3: bytes((0x44, 1, 9, 1, 40)), 10: bytes((0x78, 0x56, 0x34, 0x12))}


class Widget(Plug):
    """`frames`: the slots of every label-6 message, in order. `wrong` counts bytes that fit nowhere."""

    def __init__(self, link: Path) -> None:
        super().__init__(link)
        self.frames: list[bytes] = []
        self.labels: list[int] = []
        self.wrong = 0
        self._state, self._label, self._length, self._data = "begin", 0, 0, bytearray()

    def work(self) -> bool:
        """Take in what was written since the last call. Returns False, so that a wait can go on: `work() or …`."""
        for byte in self.heard():
            self._byte(byte)
        return False

    def _byte(self, byte: int) -> None:
        match self._state:
            case "begin":
                self.wrong += byte != 0x7E
                self._state = "label" if byte == 0x7E else "begin"
            case "label":
                self._label, self._state = byte, "low"
            case "low":
                self._length, self._state = byte, "high"
            case "high":
                self._length |= byte << 8
                self._data = bytearray()
                self._state = "data" if 0 < self._length <= 600 else "end" if self._length == 0 else "begin"
                self.wrong += self._length > 600
            case "data":
                self._data.append(byte)
                if len(self._data) == self._length:
                    self._state = "end"
            case "end":
                self._state = "begin"
                self.wrong += byte != 0xE7
                if byte == 0xE7:
                    self._whole(self._label, bytes(self._data))

    def _whole(self, label: int, data: bytes) -> None:
        self.labels.append(label)
        if label == 6:
            assert data[0] == 0 and len(data) == 513
            self.frames.append(data[1:])
        elif label in ANSWERS:
            answer = ANSWERS[label]
            self.write(bytes((0x7E, label, len(answer), 0)) + answer + b"\xe7")
