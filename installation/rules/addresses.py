"""Every address of a piece's tree, decided in one place: what runs, what `check` prints and what the docs list are the same.

    /sensor/NAME/FIELD        a reading, in the base unit of what it measures; read only
    /scene/NAME/PARAM         a scene's parameter
    /scene/NAME/VOICE/playing how many of a scene's voices play; read only
    /scene/NAME/load          how much of the blocks' time a scene takes with its voices; read only
    /light/NAME/level         over what scenes ask of a fixture or a group
    /room/gain                over everything that sounds
    /score/LAYER/scene        which scene plays; written, it changes the scene
    /system/mute, idle        silence; the idle scenes
    /system/mode              play, quiet, stop: the attendant's three buttons
    /system/lock              everyone else's hands off
    /preset/recall, save      write a preset's name there; over: seconds in which a recall arrives; now: what was recalled or saved last
    /preset/from, to, morph   two presets, and the fader between them
    /history/undo, redo       what this hand moved last
    /hours/open, says         whether the room is open, and until when; read only, where the piece has hours
    /hours/open_for, close_for, follow     a hand against the hours, and back
    /system/uptime, xruns, card, faults     how the engine is; read only
    /system/block_age, silent_for, heard    proof of sound; read only
    /system/heat, memory, files, threads, disk    how the machine is; read only
    /system/check, checked    the loudspeakers, one after another, where a microphone listens
    /system/load, load_worst, costs         how much of its time the sound takes, and what takes it; read only
"""
from __future__ import annotations

from collections.abc import Mapping

from ..terms.address import as_part
from ..terms.declaration import Access, Declaration, Kind
from ..terms.quantity import BASE, known_unit
from ..terms.words import both
from .facts import DriverFacts, SceneFacts
from .piece import Piece, Room
from .schema.key import keys_of
from .schema.sorts import Amount
from .score import SILENCE

HANDS = ("/preset/", "/history/", "/hours/")       # what only hands move
PLAY, QUIET, STOP = MODES = "play", "quiet", "stop"


def tree_declarations(piece: Piece, drivers: Mapping[str, DriverFacts], scenes: Mapping[str, SceneFacts]) -> list[Declaration]:
    """Every value of the piece that a person may see or move. Sensors and scenes whose facts are not known are left out."""
    return [*_sensors(piece, drivers),
            *(declaration for name in piece.scenes if name in scenes for declaration in (*scenes[name].params.values(), *told_of(name, scenes[name]))),
            *_lights(piece), *_room(piece), *_score(piece), *_system(), *_proof(piece), *_hours(piece), *_presets()]


def address_of(target: str) -> str:
    """The address of a mapping's target: "tide.closeness" is /scene/tide/closeness."""
    return target if target.startswith("/") else "/scene/" + target.replace(".", "/")


def load_of(scene: str) -> Declaration:
    """The record that says what a scene costs."""
    return Declaration(f"/scene/{scene}/load", unit="ratio", low=0.0, access=Access.READ,
                       about=both("of the time that sound has, what the scene takes with its voices",
                                  "du temps dont dispose le son, ce que prend la scène avec ses voix"))


def told_of(scene: str, facts: SceneFacts) -> list[Declaration]:
    """What the engine tells of a scene. A parameter of the artist's that has the same name stands before it."""
    own = {declaration.address for declaration in facts.params.values()}
    return [declaration for declaration in (*facts.voices.values(), load_of(scene)) if declaration.address not in own]


def _sensors(piece: Piece, drivers: Mapping[str, DriverFacts]) -> list[Declaration]:
    return [Declaration(f"/sensor/{name}/{field}", unit=unit and BASE[known_unit(unit).dimension],
                        default=float(sensor.rest.get(field, 0.0)),
                        access=Access.READ, about=both(f"what {name} measures ({sensor.driver})",
                                                       f"ce que mesure {name} ({sensor.driver})"))
            for name, sensor in piece.sensors.items() if name in drivers for field, unit in drivers[name].fields.items()]


def _lights(piece: Piece) -> list[Declaration]:
    names = [*(fixture.name for fixture in piece.light.fixtures), *piece.light.groups()]
    return [Declaration(f"/light/{as_part(name)}/level", unit="ratio", low=0.0, high=1.0, default=1.0, glide=0.05, persists=True,
                        about=both(f"over what scenes ask of {name}", f"sur ce que les scènes demandent à {name}"))
            for name in names]


def _room(piece: Piece) -> list[Declaration]:
    key = keys_of(Room)["gain"]
    assert isinstance(key.sort, Amount)
    return [Declaration("/room/gain", unit=key.sort.unit, low=key.sort.low, high=key.sort.high, default=piece.room.gain,
                        glide=0.1, persists=True,
                        about=key.about)]


def _score(piece: Piece) -> list[Declaration]:
    return [Declaration(f"/score/{layer.name}/scene", Kind.TEXT, default=layer.start or SILENCE, choices=(*piece.scenes, SILENCE),
                        about=both(f"the scene that plays in {layer.name}", f"la scène qui joue dans {layer.name}"))
            for layer in piece.score]


def _system() -> list[Declaration]:
    return [
        Declaration("/system/mute", Kind.BOOL, default=False, about=both("silence, whatever plays", "silence, quoi qu'il joue")),
        Declaration("/system/mode", Kind.TEXT, default=PLAY, choices=MODES,
                    about=both("play; quiet, softer by room.quiet; stop, silent with the lamps at their neutral look",
                               "play : jouer ; quiet : plus doux, de room.quiet ; stop : silence, lampes au neutre")),
        Declaration("/system/lock", Kind.BOOL, default=False,
                    about=both("everyone else's hands off; play, quiet, stop and mute stay open to those who may",
                               "les autres n'y touchent plus ; play, quiet, stop et mute restent ouverts à qui y a droit")),
        Declaration("/system/idle", Kind.BOOL, default=False,
                    about=both("the idle scenes, whatever the score says", "les scènes de repos, quoi que dise la partition")),
        Declaration("/system/uptime", unit="s", access=Access.READ,
                    about=both("since the piece was opened", "depuis l'ouverture de la pièce")),
        Declaration("/system/xruns", Kind.INT, "count", default=0, access=Access.READ,
                    about=both("blocks that came too late", "blocs arrivés trop tard")),
        Declaration("/system/load", unit="ratio", low=0.0, access=Access.READ,
                    about=both("how much of its time the sound takes; 1 is all of it", "part de son temps que prend le son ; 1 : tout")),
        Declaration("/system/load_worst", unit="ratio", low=0.0, access=Access.READ,
                    about=both("the same of the longest block of the last eight seconds", "de même, pour le bloc le plus long des huit dernières secondes")),
        Declaration("/system/costs", Kind.TEXT, default="", access=Access.READ,
                    about=both("the scenes, voices and kinds of units that take most of it", "les scènes, voix et sortes d'unités qui en prennent le plus")),
        Declaration("/system/card", Kind.TEXT, default="", access=Access.READ,
                    about=both("the sound card and its state", "la carte son et son état")),
        *(Declaration(f"/system/{name}", unit=unit, access=Access.READ, about=about) for name, unit, about in (
            ("heat", "°C", both("the hottest part of the machine", "la partie la plus chaude de la machine")),
            ("memory", "B", both("memory that the engine takes", "mémoire que prend le moteur")),
            ("files", "count", both("files that the control process holds open", "fichiers ouverts par le processus de contrôle")),
            ("threads", "count", both("threads of the control process", "fils du processus de contrôle")),
            ("disk", "B", both("room on the disk of the state folder", "place sur le disque du dossier d'état")))),
        Declaration("/system/faults", Kind.INT, "count", default=0, access=Access.READ,
                    about=both("faults that stand now", "fautes en cours")),
    ]


def _proof(piece: Piece) -> list[Declaration]:
    found = [
        Declaration("/system/block_age", unit="s", low=0.0, access=Access.READ,
                    about=both("since the card, or the silent clock, last asked for sound", "depuis que la carte, ou l'horloge muette, a demandé du son")),
        Declaration("/system/silent_for", unit="s", low=0.0, access=Access.READ,
                    about=both("how long nothing has left though a scene plays", "depuis combien de temps rien ne sort bien qu'une scène joue")),
    ]
    if piece.sound.proof.microphone or piece.sound.proof.loopback:
        found.append(Declaration("/system/heard", Kind.TEXT, default="", access=Access.READ,
                                 about=both("whether what leaves is heard: heard, not heard, deaf (the microphone gives nothing), unknown",
                                            "si ce qui sort est entendu : heard (oui), not heard (non), deaf (le microphone ne donne rien), unknown")))
    if piece.sound.proof.microphone:
        found += [
            Declaration("/system/check", Kind.TRIGGER, default=None, access=Access.WRITE,
                        about=both("each loudspeaker sounds softly in turn, and a microphone says whether it is alive; scenes are silent meanwhile",
                                   "chaque haut-parleur sonne doucement à son tour, et un microphone dit s'il est en vie ; les scènes se taisent")),
            Declaration("/system/checked", Kind.TEXT, default="", access=Access.READ,
                        about=both("what the last check of the loudspeakers found", "ce qu'a trouvé la dernière vérification des haut-parleurs")),
        ]
    return found


def _hours(piece: Piece) -> list[Declaration]:
    if piece.hours is None:
        return []
    return [
        Declaration("/hours/open", Kind.BOOL, default=True, access=Access.READ, about=both("whether the room is open", "si la salle est ouverte")),
        Declaration("/hours/says", Kind.TEXT, default="", access=Access.READ, about=both("until when, in a sentence", "jusqu'à quand, en une phrase")),
        Declaration("/hours/open_for", unit="s", low=0.0, high=86_400.0, about=both("open now, for so long, whatever the hours say",
                                                                                  "ouvrir maintenant, pour ce temps, quoi que disent les heures")),
        Declaration("/hours/close_for", unit="s", low=0.0, high=86_400.0, about=both("closed from now on, for so long",
                                                                                   "fermé dès maintenant, pour ce temps")),
        Declaration("/hours/follow", Kind.TRIGGER, default=None, access=Access.WRITE, about=both("back to the hours", "revenir aux heures"))]


def _presets() -> list[Declaration]:
    return [
        Declaration("/preset/recall", Kind.TEXT, default="",
                    about=both("a preset's name, written here, is recalled", "un nom de préréglage écrit ici est rappelé")),
        Declaration("/preset/save", Kind.TEXT, default="", about=both("what stands is saved under the name written here",
                                                                      "ce qui tient est enregistré sous le nom écrit ici")),
        Declaration("/preset/over", unit="s", low=0.0, high=600.0, about=both("how long a recall takes to arrive", "durée d'un rappel")),
        Declaration("/preset/now", Kind.TEXT, default="", access=Access.READ,
                    about=both("the preset that was recalled or saved last", "le dernier préréglage rappelé ou enregistré")),
        Declaration("/preset/from", Kind.TEXT, default="", about=both("the preset at the lower end of morph", "le préréglage au bas de morph")),
        Declaration("/preset/to", Kind.TEXT, default="", about=both("the preset at the upper end of morph", "le préréglage en haut de morph")),
        Declaration("/preset/morph", unit="ratio", low=0.0, high=1.0, about=both("a fader between the two", "un fader entre les deux")),
        Declaration("/history/undo", Kind.TRIGGER, default=None, access=Access.WRITE,
                    about=both("put back what this hand moved last", "remettre ce que cette main a déplacé en dernier")),
        Declaration("/history/redo", Kind.TRIGGER, default=None, access=Access.WRITE, about=both("and again", "et le refaire")),
    ]
