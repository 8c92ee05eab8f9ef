"""What the voices of one scene send to its own sound: names, and the rows in which the engine sums them.

    sends = Sends({"hall": 1})        for every instance of one part: its sound, its voices
    SentRows(arena)                   which rows are taken
    check_sends(sound, voices)        whether the names fit

The rows are taken with the first instance that is loaded, and given back with the last.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..terms.fault import Fault, did_you_mean
from ..terms.words import both
from .arena import Arena
from .layout import FRAMES, MOST_SENT, ROWS_SENT, SENT_AT, SENT_ROWS
from .plan import Plan, PlannedUnit, Send, Sent


class Sends:
    """The names of one scene.

    rows   in all
    first  the first of them in the arena, while there are users
    users  instances that were loaded with it
    """

    def __init__(self, channels: Mapping[str, int] | None = None) -> None:
        self.rows = self.first = self.users = 0
        self._rows: dict[str, int] = {}
        for name, count in (channels or {}).items():
            self._rows[name] = self.rows
            self.rows += count

    def row(self, name: str) -> int:
        """The first row of a name, among its own. Raises KeyError."""
        return self._rows[name]


class SentRows:
    """The arena's rows for what is sent."""

    def __init__(self, arena: Arena) -> None:
        self._arena = arena
        self._taken = bytearray(ROWS_SENT)

    def take(self, sends: Sends) -> None:
        """One more user; with the first the rows are taken. Raises Fault if there are not as many."""
        if not sends.users and sends.rows:
            first = self._taken.find(bytes(sends.rows))
            if first < 0:
                raise Fault(both(f"{ROWS_SENT} channels are sent already", f"{ROWS_SENT} canaux sont déjà envoyés"), id="send.rows",
                            remedy=both("Shorten the fades between scenes that use ug.sent.", "Raccourcissez les fondus entre scènes qui emploient ug.sent."))
            self._mark(first, sends.rows, 1)
            sends.first = first
        sends.users += 1

    def give(self, sends: Sends) -> None:
        """One user fewer; with the last the rows are free."""
        sends.users -= 1
        if not sends.users and sends.rows:
            self._mark(sends.first, sends.rows, 0)

    def at(self, sends: Sends) -> int:
        """Where its rows lie."""
        return int(self._arena.words[SENT_AT]) + sends.first * FRAMES * 4

    def _mark(self, first: int, rows: int, taken: int) -> None:
        self._taken[first : first + rows] = bytes([taken]) * rows
        self._arena.words[SENT_ROWS] = len(self._taken.rstrip(b"\0"))


def check_sends(sound: Plan | None, voices: Mapping[str, Plan]) -> dict[str, int]:
    """The names that a scene's sound hears, and their channels. Raises Fault, at the artist's line, if voices send what it does not hear, or as many
    channels as it does not; if it sends itself, or a voice hears."""
    heard: dict[str, int] = {}
    for planned, sent in sound.of(Sent) if sound else ():
        if heard.setdefault(sent.name, sent.channels) != sent.channels:
            raise _channels(planned, sent.name, sent.channels, heard[sent.name])
    if sum(heard.values()) > MOST_SENT:
        raise Fault(both(f"a scene's voices send at most {MOST_SENT} channels in all, not {sum(heard.values())}",
                         f"les voix d'une scène envoient au plus {MOST_SENT} canaux en tout, et non {sum(heard.values())}"), id="send.many")
    for planned, _ in sound.of(Send) if sound else ():
        raise Fault(both("only voices send; this is in the scene's own sound", "seules les voix envoient ; ceci est dans le son de la scène"),
                    where=planned.where, id="send.sound", remedy=both("Give it to the effect directly.", "Donnez-le directement à l'effet."))
    for plan in voices.values():
        for planned, _ in plan.of(Sent):
            raise Fault(both("only the scene's own sound() hears what voices send", "seul le sound() de la scène entend ce que les voix envoient"),
                        where=planned.where, id="send.voice", remedy=both("Move ug.sent into sound().", "Mettez ug.sent dans sound()."))
        for planned, send in plan.of(Send):
            if send.name not in heard:
                meant, listing = did_you_mean(send.name, heard), ", ".join(heard) or "–"
                raise Fault(both(f'the scene\'s sound() has no ug.sent("{send.name}")', f"le sound() de la scène n'a pas de ug.sent(\"{send.name}\")"),
                            where=planned.where, id="send.unknown",
                            remedy=both(f'Did you mean "{meant}"?' if meant else f"It hears {listing}.",
                                        f"Peut-être « {meant} » ?" if meant else f"Il entend {listing}."))
            if send.channels != heard[send.name]:
                raise _channels(planned, send.name, send.channels, heard[send.name])
    return heard


def _channels(planned: PlannedUnit, name: str, channels: int, heard: int) -> Fault:
    return Fault(both(f'"{name}" has {heard} channels in sound(), here {channels}', f"« {name} » a {heard} canaux dans sound(), ici {channels}"),
                 where=planned.where, id="send.channels", remedy=both(f'ug.sent("{name}", channels={channels}).', f"ug.sent(\"{name}\", channels={channels})."))
