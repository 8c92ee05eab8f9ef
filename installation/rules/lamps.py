"""The lights of a piece, as config.yaml declares them: fixtures, their kinds, universes, and the look that is left behind at the end.

    Light           all of it
    FixtureRecord   a lamp: its kind, where it is patched, the groups it belongs to
    KindRecord      what a kind of lamp expects on its channels; `KINDS` are known without being declared
    UniverseRecord  512 slots and the port through which they leave
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..terms.words import both
from .schema.key import key
from .schema.network import address
from .schema.shades import Channels, Look
from .schema.sorts import Amount, Choice, Label, ListOf, Name, Record, TableOf, Text, Whole

SLOTS = 512
ALL = "all"      # every lamp, as if it were a group
Shade = float | tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRecord:
    """What a kind of lamp expects on its channels, in order.

    channels   "dimmer", "red", "green", "blue", "white", "amber"…, each also with "_fine" for its low byte, or "name=value", a constant
    """

    name: str
    channels: tuple[str, ...] = key(Channels(), both("its channels, in order", "ses canaux, dans l'ordre"))
    where: str = ""


KINDS: dict[str, KindRecord] = {
    kind.name: kind
    for kind in (
        KindRecord(name="dimmer", channels=("dimmer",)),
        KindRecord(name="dimmer16", channels=("dimmer", "dimmer_fine")),
        KindRecord(name="rgb", channels=("red", "green", "blue")),
        KindRecord(name="rgbw", channels=("red", "green", "blue", "white")),
        KindRecord(name="rgbwa", channels=("red", "green", "blue", "white", "amber")),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FixtureRecord:
    """A lamp. Its channels lie on `address` and the slots that follow."""

    name: str = key(Label(), both("what people call it; scenes light it by this name",
                                  "comment on l'appelle ; les scènes l'éclairent par ce nom"))
    kind: str = key(Name(), both("dimmer, dimmer16, rgb, rgbw, rgbwa, or one of `kinds`",
                                 "dimmer, dimmer16, rgb, rgbw, rgbwa, ou l'une de `kinds`"))
    universe: int = key(Whole(1, 63999), both("the universe it is patched to", "l'univers où il est patché"))
    address: int = key(Whole(1, SLOTS), both("its first slot", "son premier canal"))
    groups: tuple[str, ...] = key(ListOf(Label(), single=True), both("groups to which it belongs", "groupes dont il fait partie"),
                                  default=())
    curve: str = key(Choice("linear", "square", "s"), both("from level to dimmer: square suits the eye at the dark end",
                                                           "du niveau au gradateur : square suit l'œil dans le sombre"),
                     default="linear")
    at: tuple[float, ...] | None = key(ListOf(Amount("m", -1000, 1000), least=2, most=3), both(
        "[x, y] or [x, y, z] in metres from the middle of the room, x to the right, y ahead, z up: where it hangs, for the plan on the page",
        "[x, y] ou [x, y, z] en mètres depuis le milieu de la salle, x à droite, y devant, z en haut : où elle est, pour le plan de la page"), default=None)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MidiSlotRecord:
    """What one slot of a universe says in MIDI: a note (its velocity) or a controller (its value)."""

    note: int | None = key(Whole(0, 127), both("note; the level is its velocity", "note ; le niveau est sa vélocité"),
                           default=None)
    cc: int | None = key(Whole(0, 127), both("controller; the level is its value", "contrôleur ; le niveau est sa valeur"),
                         default=None)
    channel: int = key(Whole(1, 16), both("MIDI channel", "canal MIDI"), default=1)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UniverseRecord:
    """512 slots and the port through which they leave.

    port      "enttec" (a DMX USB Pro), "artnet", "sacn" (by its own number) or "midi"
    device    enttec: a name in /dev/serial/by-id or the USB serial number; midi: the name of the MIDI port
    host      artnet: the node's address; sacn: one receiver's, instead of multicast
    net, subnet, universe   artnet: the port-address
    priority, interface     sacn: who wins where two send; by which network card it leaves
    slots     midi: what each slot says
    """

    number: int
    port: str = key(Choice("enttec", "artnet", "sacn", "midi"), both("through what it leaves", "par où il sort"))
    device: str | None = key(Text(),
                             both("enttec: the name in /dev/serial/by-id, or the USB serial number; midi: the port's name",
                                          "enttec : le nom dans /dev/serial/by-id, ou le numéro de série USB ; midi : le nom du port"), default=None)
    host: str | None = key(address(), both("artnet: the node's address; sacn: the receiver's, instead of multicast",
                                               "artnet : l'adresse du nœud ; sacn : celle du récepteur, au lieu du multicast"), default=None)
    net: int = key(Whole(0, 127), both("artnet: net", "artnet : net"), default=0)
    subnet: int = key(Whole(0, 15), both("artnet: sub-net", "artnet : sous-réseau (sub-net)"), default=0)
    universe: int = key(Whole(0, 15), both("artnet: universe", "artnet : univers"), default=0)
    priority: int = key(Whole(0, 200), both("sacn: the source with the highest wins", "sacn : la source qui a la plus haute l'emporte"), default=100)
    interface: str | None = key(address(), both("sacn: this machine's address on the lamps' network, where it has several",
                                                "sacn : l'adresse de cette machine sur le réseau des lampes, si elle en a plusieurs"), default=None)
    slots: Mapping[int, MidiSlotRecord] = key(TableOf(Whole(1, SLOTS), Record(MidiSlotRecord)),
                                              both("midi: what each slot says", "midi : ce que dit chaque canal"), factory=dict)
    where: str = ""

    @property
    def port_address(self) -> int:
        """Art-Net's 15 bits."""
        return self.net << 8 | self.subnet << 4 | self.universe


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """The lamps of the piece.

    kinds         the known ones and the piece's own
    neutral       the look that lamps are left in when the piece stops: fixture or group → level or colour, 0 to 1
    flash_groups  fixtures and groups whose flashes are counted together, because a visitor sees them together
    """

    rate: float = key(Amount("Hz", 1, 44), both("full frames a second", "trames complètes par seconde"), default=40.0)
    fixtures: tuple[FixtureRecord, ...] = key(ListOf(Record(FixtureRecord)), both("the lamps", "les projecteurs"), default=())
    kinds: Mapping[str, KindRecord] = key(TableOf(Name(), Record(KindRecord, "name")), both("kinds of lamp beside the known ones",
                                                                                         "sortes de projecteur en plus des connues"), factory=dict)
    universes: Mapping[int, UniverseRecord] = key(TableOf(Whole(1, 63999), Record(UniverseRecord, "number")),
                                                  both("where frames leave", "par où sortent les trames"), factory=dict)
    neutral: Mapping[str, Shade] = key(TableOf(Label(), Look()), both(
        "the look that lamps are left in when the piece stops, by fixture or group (`all` is every lamp); those not named go dark; "
        "without any, every lamp at 0.3", "l'état où les lampes sont laissées à l'arrêt, par projecteur ou groupe (`all` : toutes) ; les autres "
        "s'éteignent ; sans rien, toutes à 0.3"), factory=dict)
    flash_groups: Mapping[str, tuple[str, ...]] = key(TableOf(Name(), ListOf(Label(), single=True, least=1)), both(
        "fixtures and groups whose flashes are counted together, because a visitor sees them together",
        "projecteurs et groupes dont les éclairs se comptent ensemble, parce qu'un visiteur les voit ensemble"), factory=dict)

    def groups(self) -> dict[str, tuple[str, ...]]:
        """The fixtures of each group, in the order of the file."""
        found: dict[str, tuple[str, ...]] = {}
        for fixture in self.fixtures:
            for group in fixture.groups:
                found[group] = (*found.get(group, ()), fixture.name)
        return found


NO_LIGHT = Light(kinds=KINDS)
