"""What ails a piece, in words for whoever minds the room: from faults, which are written for the artist, to plain sentences.

    Ailment(grave, what, goes_on)                   "The sound card is missing", "light and sensors go on"
    ailment(fault, house)                           the plain sentence for a fault that lasts
    silent(name)                                    for a sensor that says nothing, without a fault
"""
from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...terms.fault import Fault
from ...terms.words import Words, both

if TYPE_CHECKING:
    from ..house import House

CABLE = ("wire.", "serial.", "midi.")
UNPLUGGED = ("wire.missing", "wire.lost")
RIVALS = ("artnet.rival", "sacn.rival", "artnet.taken")
MOST_LAMPS = 3


@dataclass(frozen=True, slots=True)
class Ailment:
    """what: a sentence without its stop, to which "since 10:42" can be added. goes_on: what the room does anyway. grave: visitors notice."""

    what: Words
    goes_on: Words
    grave: bool = False


SOUND_GOES_ON = both("the sound goes on", "le son continue")
ROOM_GOES_ON = both("the room itself plays on", "la salle elle-même continue")
PLAYS_ON = both("the piece plays on without it", "la pièce continue sans lui")
_KNOWN: tuple[tuple[str, Ailment], ...] = (
    ("card.", Ailment(both("The sound card is missing", "La carte son manque"), both("light and sensors go on", "lumière et capteurs continuent"), True)),
    ("player.trouble", Ailment(both("The sound keeps breaking off", "Le son ne cesse de s'interrompre"),
                               both("it is started again each time", "il est relancé à chaque fois"), True)),
    ("player.", Ailment(both("The sound was interrupted", "Le son a été interrompu"), both("it begins again by itself", "il reprend de lui-même"), True)),
    ("proof.silent", Ailment(both("The room should sound and is silent", "La salle devrait sonner et se tait"),
                             both("what can be done is being tried", "on essaie ce qui peut l'être"), True)),
    ("proof.unheard", Ailment(both("The loudspeakers are not heard; the amplifier may be off", "Les haut-parleurs ne s'entendent pas ; l'amplificateur est "
                                   "peut-être éteint"), both("someone must look at it", "quelqu'un doit venir voir"), True)),
    ("proof.check", Ailment(both("The loudspeakers could not be checked", "Les haut-parleurs n'ont pas pu être vérifiés"), ROOM_GOES_ON)),
    ("proof.reference", Ailment(both("What the loudspeakers are like cannot be kept", "L'état des haut-parleurs ne peut pas être gardé"), ROOM_GOES_ON)),
    ("proof.deaf", Ailment(both("The microphone that listens to the room gives nothing", "Le microphone qui écoute la salle ne donne rien"),
                           ROOM_GOES_ON)),
    ("healing.", Ailment(both("The engine cannot heal the sound by itself", "Le moteur ne peut pas rétablir le son tout seul"),
                         both("someone must look at it", "quelqu'un doit venir voir"), True)),
    ("sound.overload", Ailment(both("The computer is at its limit", "L'ordinateur est à sa limite"),
                               both("some sounds are left out", "certains sons sont laissés de côté"))),
    ("light.process", Ailment(both("The lamps are out of control", "Les lampes ne sont plus pilotées"), SOUND_GOES_ON, True)),
    ("light.hangs", Ailment(both("The lamps stood still", "Les lampes se sont figées"), both("they are started again", "on les relance"), True)),
    ("light.died", Ailment(both("The lamps stood still", "Les lampes se sont figées"), both("they are started again", "on les relance"), True)),
    ("light.", Ailment(both("A lamp is not set as it should be", "Une lampe n'est pas réglée comme il faut"),
                       both("everything else goes on; the artist should know", "le reste continue ; à dire à l'artiste"))),
    ("machine.hot", Ailment(both("The computer is too hot", "L'ordinateur est trop chaud"), both("the room plays on, with less; give it air",
                                                                                                "la salle continue, avec moins ; donnez-lui de l'air"))),
    ("machine.weak", Ailment(both("The computer's power supply is too weak", "L'alimentation de l'ordinateur est trop faible"), ROOM_GOES_ON)),
    ("bounds.", Ailment(both("The engine takes more of the computer than it should", "Le moteur prend plus à l'ordinateur qu'il ne devrait"),
                        both("it starts anew by itself if that lasts", "il redémarre de lui-même si cela dure"))),
    ("disk.full", Ailment(both("The computer's disk is almost full", "Le disque de l'ordinateur est presque plein"),
                          both("the room plays on; what is tuned may not be kept", "la salle continue ; les réglages risquent de ne pas être gardés"))),
    ("report.", Ailment(both("Those who are elsewhere are not told how the room is", "Ceux qui sont ailleurs ne savent pas comment va la salle"),
                        ROOM_GOES_ON)),
    ("mqtt.", Ailment(both("The MQTT broker does not answer", "Le broker MQTT ne répond pas"),
                      both("the room plays on without it", "la salle continue sans lui"))),
    ("mapping.", Ailment(both("A link from a sensor to the sound does not work", "Un lien entre un capteur et le son ne marche pas"),
                         both("the piece plays on; the artist should know", "la pièce continue ; à dire à l'artiste"))),
    *((f"osc.{kind}", Ailment(both("Something on the network sends what cannot be understood", "Quelque chose sur le réseau envoie ce qui ne se comprend pas"),
                              ROOM_GOES_ON)) for kind in ("malformed", "flooded", "foreign", "far", "crowded", "raised")),
    ("midi.", Ailment(both("The controller with faders is missing or not understood", "Le contrôleur à faders manque ou n'est pas compris"), ROOM_GOES_ON)),
    ("mdns", Ailment(both("Tablets may not find the room by its name", "Les tablettes ne trouvent peut-être pas la salle à son nom"), ROOM_GOES_ON)),
    ("osc.", Ailment(both("Tablets cannot reach the room", "Les tablettes ne joignent pas la salle"), ROOM_GOES_ON)),
    ("remote.", Ailment(both("A tablet cannot be understood", "Une tablette n'est pas comprise"), ROOM_GOES_ON)),
    ("web.", Ailment(both("This page may not be reached by others", "Cette page n'est peut-être pas joignable par d'autres"), ROOM_GOES_ON)),
    ("interface.", Ailment(both("The network is missing", "Le réseau manque"), ROOM_GOES_ON)),
    ("state.", Ailment(both("Settings cannot be kept", "Les réglages ne peuvent pas être gardés"),
                       both("the piece plays on; they are lost when it stops", "la pièce continue ; ils se perdent à l'arrêt"))),
    ("preset.", Ailment(both("A preset cannot be kept", "Un préréglage ne peut pas être gardé"), both("the piece plays on", "la pièce continue"))),
    ("stream.", Ailment(both("A long recording stumbles", "Un long enregistrement trébuche"), both("the rest plays on", "le reste continue"))),
    ("record.", Ailment(both("The recording of the room stumbles", "L'enregistrement de la salle trébuche"), ROOM_GOES_ON)),
    ("engine.", Ailment(both("A part of the engine has failed", "Une partie du moteur a échoué"), both("what can go on goes on; the artist should know",
                                                                                                  "ce qui peut continuer continue ; à dire à l'artiste"))),
    ("cache.", Ailment(both("Prepared sounds cannot be kept", "Les sons préparés ne peuvent pas être gardés"),
                       both("the piece plays on; the next start takes longer", "la pièce continue ; le prochain démarrage sera plus long"))),
    ("builder.", Ailment(both("A scene that was edited could not be prepared", "Une scène modifiée n'a pas pu être préparée"),
                         both("the one before plays on", "la précédente continue"))),
    ("sound.threads", Ailment(both("The computer gives the sound fewer processors than it wants", "L'ordinateur donne au son moins de processeurs que voulu"),
                              ROOM_GOES_ON)),
    ("tree.", Ailment(both("A value that moves by itself does not work", "Une valeur qui bouge d'elle-même ne marche pas"),
                      both("the piece plays on; the artist should know", "la pièce continue ; à dire à l'artiste"))),
    ("clock.", Ailment(both("The time of day is not known", "L'heure n'est pas connue"), both("what depends on it waits", "ce qui en dépend attend"))),
    ("code.blocks", Ailment(both("The piece answers slowly", "La pièce répond lentement"), both("the sound goes on; the artist should know",
                                                                                              "le son continue ; à dire à l'artiste"))),
)
_OTHER = Ailment(both("Something in the piece is not as it should be", "Quelque chose dans la pièce n'est pas comme il faut"),
                 both("it plays on; the artist should know", "elle continue ; à dire à l'artiste"))
_SCENES = ("scene.", "voice.", "kernel.", "unit.", "code.", "graph.", "send.", "feedback.", "param.", "stage.", "reading.", "room.")


def ailment(fault: Fault, house: House) -> Ailment:
    """What a fault means for the room now."""
    sensor = re.match(r"[\w-]*", fault.where)
    if sensor and sensor[0] in house.piece.sensors and fault.id.startswith((*CABLE, "sensor.", "driver.", "code.")):
        return _sensor(sensor[0], fault)
    if fault.id == "proof.loudspeaker":
        name = fault.where.removeprefix("loudspeaker ")
        return Ailment(both(f"The loudspeaker {name} is not as it was", f"Le haut-parleur {name} n'est plus comme avant"),
                       both("the others play", "les autres jouent"), True)
    universes = _universes(fault, house)
    if universes is not None:
        return _lamps(universes, fault, house)
    if fault.id.startswith(_SCENES) and fault.id != "code.blocks":
        return _scene(fault, house)
    return next((known for prefix, known in _KNOWN if fault.id.startswith(prefix)), _OTHER)


def silent(name: str) -> Ailment:
    """A sensor from which nothing comes, though nothing is known to be wrong with it."""
    return Ailment(both(f"The sensor {name} says nothing", f"Le capteur {name} ne dit rien"), PLAYS_ON)


def _sensor(name: str, fault: Fault) -> Ailment:
    if fault.id in UNPLUGGED:
        return Ailment(both(f"The sensor {name} is unplugged", f"Le capteur {name} est débranché"), PLAYS_ON)
    if fault.id.startswith(CABLE):
        return Ailment(both(f"The sensor {name} cannot be reached", f"Le capteur {name} n'est pas joignable"), PLAYS_ON)
    if fault.id == "sensor.silent":
        return silent(name)
    if fault.id == "clock.unknown":
        return Ailment(both("The time of day is not known", "L'heure n'est pas connue"), both("what depends on it waits", "ce qui en dépend attend"))
    return Ailment(both(f"The sensor {name} says things that make no sense", f"Le capteur {name} dit des choses insensées"),
                   both("its last good reading stands", "sa dernière bonne mesure tient"))


def _universes(fault: Fault, house: House) -> list[int] | None:
    """The universes whose port a fault is about; None if it is about no port of light."""
    number = re.match(r"light\.universes\[(\d+)\]", fault.where)
    if number:
        return [int(number[1])]
    found = [universe.number for universe in house.piece.light.universes.values()
             if (universe.host and fault.where == f"Art-Net {universe.host}")
             or (universe.port == "sacn" and fault.where == f"sACN {universe.number}")
             or (universe.device and fault.where.startswith(universe.device))]
    return found or ([] if fault.id.startswith(("artnet.", "sacn.")) else None)


_RIVAL = Ailment(both("Something else may send to the lamps as well", "Autre chose envoie peut-être aussi aux lampes"),
                 both("they may flicker; the sound goes on", "elles peuvent clignoter ; le son continue"), True)


def _lamps(universes: list[int], fault: Fault, house: House) -> Ailment:
    light = house.piece.light
    if fault.id in RIVALS:
        return _RIVAL
    gone = fault.id in UNPLUGGED
    if set(universes) >= set(light.universes) or not universes:
        en, fr = ("The light box is unplugged", "Le boîtier de lumière est débranché") if gone else ("The light box does not answer",
                                                                                                   "Le boîtier de lumière ne répond pas")
    else:
        lamps = [fixture.name for fixture in light.fixtures if fixture.universe in universes]
        some, more = ", ".join(lamps[:MOST_LAMPS]), "…" if len(lamps) > MOST_LAMPS else ""
        en, fr = ((f"The light box of {some}{more} is unplugged", f"Le boîtier de lumière de {some}{more} est débranché") if gone else
                  (f"The light box of {some}{more} does not answer", f"Le boîtier de lumière de {some}{more} ne répond pas"))
    return Ailment(both(en, fr), both("the sound goes on, its lamps stay as they are", "le son continue, ses lampes restent comme elles sont"), True)


def _scene(fault: Fault, house: House) -> Ailment:
    file = Path(fault.where.partition("  ")[0].partition(":")[0])
    names = [name for name, record in house.piece.scenes.items() if file.name and file.name == record.file.name]
    if not names:
        return _OTHER
    name = next((name for name in names if any(layer.scene == name or layer.instead_of == name for layer in house.program.layers)), names[0])
    what = both(f'The scene "{name}" has a mistake in it', f"La scène « {name} » contient une erreur")
    for layer in house.program.layers:
        if layer.instead_of == name:
            stand_in = both(f'"{layer.scene}" plays in its place', f"« {layer.scene} » joue à sa place") if layer.scene else both("nothing plays there",
                                                                                                                              "rien n'y joue")
            return Ailment(both(f'The scene "{name}" cannot play', f"La scène « {name} » ne peut pas jouer"), stand_in, not layer.scene)
        if layer.scene == name:
            return Ailment(what, both("it plays on; the artist should know", "elle continue ; à dire à l'artiste"))
    return Ailment(what, both("the others play", "les autres jouent"))
