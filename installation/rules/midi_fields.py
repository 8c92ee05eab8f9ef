"""Which MIDI messages are readings, and what they are worth.

    sensors:
      desk:
        driver: midi
        device: nanoKONTROL2
        fields: {key: {note: 60}, fader: {cc: 7, channel: 1}, bend: {pitch: true}}

A note is its velocity (0 to 1) while it is down and 0 when it is up; a controller is 0 to 1; pitch bend is -1 to 1. Channels
are 1 to 16; without one, any channel will do. Messages are mido's, taken by their attributes: nothing here imports it.
Standard: MIDI 1.0 (a note-on of velocity 0 is a note-off; controllers 120 and 123 to 127 end all notes of their channel).
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..terms.address import is_name
from ..terms.fault import Fault, did_you_mean
from ..terms.words import both

OPTIONS = ("fields", "through")
THROUGH = ("auto", "alsa", "jack", "raw")
NOTES_END = (120, 123, 124, 125, 126, 127)
_EXAMPLE = "fields: {key: {note: 60}, fader: {cc: 7, channel: 1}, bend: {pitch: true}}"


@dataclass(frozen=True, slots=True)
class MidiField:
    """What one reading listens to: a kind ("note", "cc", "pitch"), its number, and a channel from 0, or None for any."""

    kind: str
    number: int
    channel: int | None


class MidiFields:
    """The readings of one MIDI device. Raises Fault if the options make no sense."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        for name in options:
            if name not in OPTIONS:
                close = did_you_mean(name, OPTIONS)
                raise Fault(both(f'midi has no option "{name}"', f"midi n'a pas d'option « {name} »"), id="midi.option",
                            remedy=both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else _example())
        self.through = options.get("through", "auto")
        if self.through not in THROUGH:
            raise Fault(both(f"through is {self.through!r}", f"through vaut {self.through!r}"), id="midi.through",
                        remedy=both(f"It may be {', '.join(THROUGH)}.", f"Ce peut être {', '.join(THROUGH)}."))
        written = options.get("fields")
        if not isinstance(written, Mapping) or not 1 <= len(written) <= 128:
            raise Fault(both("midi needs fields: which notes, controllers or bends are readings",
                             "midi a besoin de fields : quelles notes, quels contrôleurs sont des mesures"), remedy=_example(),
                        id="midi.fields")
        self._fields = {name: _field(name, entry) for name, entry in written.items()}

    def fields(self) -> dict[str, str]:
        """What it gives: field → unit."""
        return dict.fromkeys(self._fields, "ratio")

    def read(self, message: Any) -> dict[str, float]:
        """The readings that a mido message changes; most change none."""
        kind = message.type
        if kind in ("note_on", "note_off"):
            value = message.velocity / 127.0 if kind == "note_on" else 0.0
            return self._of("note", message.note, message.channel, value)
        if kind == "control_change":
            found = self._of("cc", message.control, message.channel, message.value / 127.0)
            if message.control in NOTES_END:
                found |= {name: 0.0 for name, field in self._fields.items()
                          if field.kind == "note" and field.channel in (None, message.channel)}
            return found
        if kind == "pitchwheel":
            return self._of("pitch", 0, message.channel, max(-1.0, message.pitch / 8191.0))
        return {}

    def _of(self, kind: str, number: int, channel: int, value: float) -> dict[str, float]:
        return {name: value for name, field in self._fields.items()
                if field.kind == kind and field.number == number and field.channel in (None, channel)}


def _field(name: object, entry: object) -> MidiField:
    if not isinstance(name, str) or not is_name(name):
        raise Fault(both(f"{name!r} cannot name a reading", f"{name!r} ne peut nommer une mesure"), id="midi.fields")
    if isinstance(entry, Mapping):
        kinds = [kind for kind in ("note", "cc", "pitch") if kind in entry]
        if len(kinds) == 1 and set(entry) <= {kinds[0], "channel"}:
            number, channel = entry[kinds[0]], entry.get("channel")
            pitch = kinds[0] == "pitch"
            right = number is True if pitch else _whole(number, 0, 127)
            if right and (channel is None or _whole(channel, 1, 16)):
                return MidiField(kinds[0], 0 if pitch else number, None if channel is None else channel - 1)
    raise Fault(both(f"{name}: expected a note, a cc or a pitch, got {_shown(entry)}",
                     f"{name} : il faut note, cc ou pitch, et non {_shown(entry)}"),
                remedy=_example(), id="midi.fields")


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _example():
    return both(f"For example {_EXAMPLE}. Notes and controllers are 0 to 127, channels 1 to 16.",
                f"Par exemple {_EXAMPLE}. Notes et contrôleurs vont de 0 à 127, canaux de 1 à 16.")
