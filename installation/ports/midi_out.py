"""Lamps by MIDI: a slot of the universe is the velocity of a note or the value of a controller.

    Slot            which note or controller a slot is, on which channel (the record has the same names)
    MidiOutPort     the device, by (a part of) its port's name: through ALSA or JACK, or its raw file, as in midi_in

A slot's 0 to 255 become MIDI's 0 to 127. MIDI carries about a thousand messages a second, and drivers drop what comes faster
without a word: at each frame at most 20 messages leave, changes first, those that waited longest first; when little changes,
one slot in turn is sent again, so that a lamp that was switched off and on comes right by itself. What is not sent yet is the
newest value when its turn comes. Messages are mido's. Source: MIDI 1.0, 31 250 bits per second, three bytes a message.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ..terms.words import both
from .dmx import Edge, Tell
from .midi_raw import MidiPlaces
from .midi_way import way_out

AT_ONCE = 20           # messages at each frame
REFRESH = 4            # frames between two messages that repeat what is known


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
        self._way = way_out(device, edge, self._known.clear, through=through, places=places)

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
