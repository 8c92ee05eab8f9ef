"""Raw MIDI device files, /dev/snd/midiC1D0: found by the card's name, and bytes made whole messages. No library in C is needed.

    raw_ports, find_raw   what is plugged in; the one that a name means
    open_raw              open it for reading, as `wire.Wire` wants it
    MidiBytes             bytes → mido messages

mido's own parser is not used for the bytes: it has no running status (it drops every message but the first of a run), lets a
clock byte tear a message apart, and keeps a system-exclusive message without limit. Its messages are.
Standard: MIDI 1.0 detailed specification, "running status" and "real time".
"""
from __future__ import annotations

import errno
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..terms.fault import Fault, did_you_mean
from ..terms.words import both
from .wire import Opened

_NODE = re.compile(r"midiC(\d+)D\d+")
_LENGTHS = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}


@dataclass(frozen=True, slots=True)
class MidiPlaces:
    """The folders that are looked into. Tests point them elsewhere."""

    dev: Path = Path("/dev/snd")
    sound: Path = Path("/sys/class/sound")


def raw_ports(places: MidiPlaces = MidiPlaces()) -> dict[str, str]:  # noqa: B008  (frozen)
    """Name → device file: "nanoKONTROL2 (midiC1D0)" → "/dev/snd/midiC1D0"."""
    try:
        nodes = sorted(places.dev.iterdir())
    except OSError:    # no sound system at all
        return {}
    found = {}
    for node in nodes:
        match = _NODE.fullmatch(node.name)
        if match:
            try:
                card = (places.sound / f"card{match[1]}" / "id").read_text(errors="replace").strip()
            except OSError:
                card = ""
            found[f"{card} ({node.name})" if card else node.name] = str(node)
    return found


def chosen(device: str, names: Sequence[str]) -> str:
    """The one port whose name is, or contains, what was written.

    Raises Fault `wire.missing` or `midi.ambiguous`; both list what is there.
    """
    if device in names:
        return device
    matches = [name for name in names if device.lower() in name.lower()] if device else []
    if len(matches) == 1:
        return matches[0]
    shown = "\n    ".join(f"device: {name}" for name in (matches or names))
    if matches:
        raise Fault(both(f'"{device}" could be {len(matches)} MIDI ports',
                         f"« {device} » peut désigner {len(matches)} ports MIDI"), where=device,
                    remedy=both(f"Write more of the name:\n    {shown}", f"Écrivez plus du nom :\n    {shown}"),
                    id="midi.ambiguous")
    close = did_you_mean(device, names)
    hint = both(f'Did you mean "{close}"? ', f"Peut-être « {close} » ? ") if close else both("", "")
    hint = hint + (both(f"There is:\n    {shown}", f"Il y a :\n    {shown}") if names else
                   both("No MIDI device is plugged in. It is taken up as soon as it appears.",
                        "Aucun appareil MIDI n'est branché. Il est repris dès qu'il paraît."))
    raise Fault(both(f'no MIDI port "{device}"', f"pas de port MIDI « {device} »"), where=device, remedy=hint, id="wire.missing")


def open_raw(device: str, places: MidiPlaces = MidiPlaces()) -> Opened:  # noqa: B008
    """Open a raw MIDI device for reading. Raises Fault if it is missing, ambiguous, taken or forbidden."""
    ports = raw_ports(places)
    path = device if device.startswith("/") else ports[chosen(device, list(ports))]
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM):
            raise Fault(both("this user may not open it", "cet utilisateur n'a pas le droit de l'ouvrir"), where=path,
                        remedy=both("sudo usermod -aG audio $USER, then log out and in again.",
                                    "sudo usermod -aG audio $USER, puis rouvrez la session."), id="midi.forbidden") from error
        if error.errno in (errno.EAGAIN, errno.EBUSY):
            raise Fault(both("something else holds it", "un autre programme l'occupe"), where=path, id="midi.busy") from error
        raise Fault(both(f"it would not open: {error.strerror}", f"ouverture impossible : {error.strerror}"), where=path,
                    id="wire.missing") from error
    return Opened(fd, path, lambda: os.close(fd))


class MidiBytes:
    """Makes mido messages of a byte stream. Keeps at most three bytes; system-exclusive messages are passed over."""

    def __init__(self) -> None:
        self._status = 0
        self._data: list[int] = []
        self.stray = 0    # data bytes that belong to no message

    def feed(self, data: bytes) -> list[Any]:
        """The channel messages that end in these bytes."""
        from mido import Message

        messages = []
        for byte in data:
            if byte >= 0xF8:    # real time: may stand anywhere, changes nothing
                continue
            if byte >= 0x80:
                self._status = byte if byte < 0xF0 or byte == 0xF0 else 0xF7
                self._data = []
            elif self._status in (0xF0, 0xF7):
                continue    # inside a system message
            elif self._status == 0:
                self.stray += 1
            else:
                self._data.append(byte)
                if len(self._data) == _LENGTHS[self._status & 0xF0]:
                    messages.append(Message.from_bytes([self._status, *self._data]))
                    self._data = []    # the status stays: running status
        return messages
