"""Who may reach the piece over the network: the records behind `remote:` in config.yaml. Without them nothing listens.

    Remote       all of it
    OscRecord    tablets that speak OSC
    MidiRecord   controllers with faders and keys
    WebRecord    the page, for a browser, and OSCQuery on the same port
    PinsRecord   who is let to what, by PIN; what is written is not the PIN but its hash
"""
from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from ..terms.words import both
from .midi_fields import THROUGH
from .pin import is_hashed
from .schema.findings import Findings
from .schema.key import BAD, Sort, key
from .schema.network import address, network, peer
from .schema.sorts import Amount, By, Choice, ListOf, Record, Text, Truth, Whole
from .source import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class OscRecord:
    """OSC from and to tablets."""

    interface: str = key(address(), both("the address of this machine on which it listens; 0.0.0.0 is every interface",
                                         "l'adresse de cette machine où elle écoute ; 0.0.0.0 : toutes les interfaces"),
                         default="127.0.0.1")
    port: int = key(Whole(1, 65535), both("UDP port", "port UDP"), default=9000)
    tcp: int | None = key(Whole(1, 65535), both("TCP port, for OSC over a connection (SLIP or lengths); without it none",
                                                "port TCP, pour OSC par connexion (SLIP ou longueurs) ; sans elle aucun"), default=None)
    allow: tuple[IPv4Network, ...] = key(ListOf(network(), single=True, least=1),
                                         both("networks that may speak to it", "réseaux qui peuvent lui parler"),
                                     default=(IPv4Network("127.0.0.0/8"),), shown="127.0.0.0/8")
    clients: tuple[str, ...] = key(ListOf(peer(), single=True, most=64),
                                   both("address:port of tablets that are told of changes from the start",
                                        "adresse:port des tablettes averties dès le départ"),
                                    default=())
    only: tuple[str, ...] = key(ListOf(Text(), single=True, most=256),
                                both("all that may be written by OSC: addresses, patterns, or beginnings that end in a slash; without it, everything",
                                     "tout ce qui peut être écrit en OSC : adresses, motifs, ou débuts qui finissent par / ; sans elle, tout"), default=())
    takeover: bool = key(Truth(), both("a fader that is told nothing takes hold only when it passes the value that stands (soft take-over)",
                                       "un fader sans retour ne prend la main qu'en passant par la valeur présente (prise douce)"), default=False)
    where: str = ""


def _pin() -> Sort:
    """A PIN's hash, as `installation pin` writes it."""
    return By(both("what `installation pin` prints", "ce que `installation pin` affiche"), _hash)


def _hash(value: Any, path: str, findings: Findings) -> Any:
    if isinstance(value, str) and is_hashed(value.strip()):
        return Secret(value.strip())
    findings.note(path, both("this is not the hash of a PIN", "ceci n'est pas le hachage d'un code"), id="config.pin",
                  remedy=both("`installation pin` asks for a PIN and prints the line to paste here.",
                              "`installation pin` demande un code et affiche la ligne à coller ici."))
    return BAD


@dataclass(frozen=True, slots=True, kw_only=True)
class PinsRecord:
    """PINs, as `installation pin` writes them: hashed."""

    artist: Secret | None = key(_pin(), both("may move everything", "peut tout régler"), default=None)
    attendant: Secret | None = key(_pin(), both("has the room's three buttons and its level", "a les trois boutons de la salle et son niveau"), default=None)
    visitor: Secret | None = key(_pin(), both("may move what `visitors` names", "peut régler ce que `visitors` nomme"), default=None)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebRecord:
    """The page: anybody whom `allow` names may look; moving something takes a PIN."""

    interface: str = key(address(), both("the address of this machine on which it listens; 0.0.0.0 is every interface",
                                         "l'adresse de cette machine où elle écoute ; 0.0.0.0 : toutes les interfaces"),
                         default="127.0.0.1")
    port: int = key(Whole(1, 65535), both("TCP port", "port TCP"), default=8080)
    allow: tuple[IPv4Network, ...] = key(ListOf(network(), single=True, least=1),
                                         both("networks that may open it", "réseaux qui peuvent l'ouvrir"),
                                     default=(IPv4Network("127.0.0.0/8"),), shown="127.0.0.0/8")
    pins: PinsRecord = key(Record(PinsRecord), both(
        "hashed by `installation pin`; without an artist's, one is drawn at each start and printed on the terminal",
        "hachés par `installation pin` ; sans celui de l'artiste, un code est tiré à chaque départ et affiché"), factory=PinsRecord)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MidiRecord:
    """A MIDI controller under an operator's hands. What it moves is learnt by touching."""

    device: str = key(Text(), both("its port's name, or a part of it", "le nom de son port, ou une partie"))
    through: str = key(Choice(*THROUGH), both("which way MIDI comes in", "par où arrive le MIDI"), default="auto")
    feedback: bool = key(Truth(), both("show values on it: LEDs, motor faders", "lui montrer les valeurs : voyants, faders motorisés"), default=True)
    motors: bool = key(Truth(), both("its faders move by themselves; the others take hold only when they pass the value that stands",
                                     "ses faders bougent d'eux-mêmes ; les autres ne prennent la main qu'en passant par la valeur présente"), default=False)
    only: tuple[str, ...] = key(ListOf(Text(), single=True, most=256),
                                both("all that it may move: addresses, patterns, or beginnings that end in a slash",
                                     "tout ce qu'il peut régler : adresses, motifs, ou débuts qui finissent par /"), default=())
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Who may reach the piece over the network; without `osc` and `web` nothing listens."""

    osc: OscRecord | None = key(Record(OscRecord), both("OSC; without it no OSC is heard", "OSC ; sans elle rien n'écoute en OSC"), default=None)
    web: WebRecord | None = key(Record(WebRecord), both("the page for a tablet, and OSCQuery; without it there is none",
                                                        "la page pour une tablette, et OSCQuery ; sans elle il n'y en a pas"), default=None)
    midi: tuple[MidiRecord, ...] = key(ListOf(Record(MidiRecord), most=16), both("MIDI controllers", "les contrôleurs MIDI"), default=())
    visitors: tuple[str, ...] = key(ListOf(Text(), single=True, most=256),
                                    both("what visitors may move: addresses, patterns, or beginnings that end in a slash",
                                         "ce que les visiteurs peuvent régler : adresses, motifs, ou débuts qui finissent par /"), default=())
    attendants: tuple[str, ...] = key(ListOf(Text(), single=True, most=256),
                                      both("what attendants may move beside the room's buttons and its level",
                                           "ce que les gardiens peuvent régler, outre les boutons de la salle et son niveau"), default=())
    announce: bool = key(Truth(), both("tell its name on the network, so that tablets and OSCQuery find it (mDNS)",
                                       "dire son nom sur le réseau, pour que tablettes et OSCQuery la trouvent (mDNS)"), default=True)
    hold: float = key(Amount("s", 0, 86400), both("how long a hand holds a value against mappings and score",
                                                  "combien de temps une main tient une valeur contre mappings et score"),
                      default=30.0)
    where: str = ""
