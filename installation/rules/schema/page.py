"""The reference of every key of config.yaml, made from the records themselves. A test keeps docs/config.md in step.

    python -m installation.rules.schema.page docs     writes docs/config.md and docs/config.fr.md
"""
from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from ...terms.words import Words, both, say
from ..care import Care
from ..hours import Holidays, Hours, Standby
from ..lamps import KINDS, SLOTS, FixtureRecord, KindRecord, Light, MidiSlotRecord, UniverseRecord
from ..mqtt import MqttRecord
from ..piece import ChangeRecord, LayerRecord, Loudspeaker, MappingRecord, Piece, Room, SceneRecord, SensorRecord, Sound
from ..proof import Proof
from ..remote import MidiRecord, OscRecord, PinsRecord, Remote, WebRecord
from ..report import HeartbeatRecord, MessagesRecord, Report
from ..steps import STEPS
from .key import Key, default_of, keys_of

PAGES = {"en": "config.md", "fr": "config.fr.md"}

_SECTIONS: tuple[tuple[type, str, Words], ...] = (
    (Piece, "", both("The file begins with these.", "Le fichier commence par celles-ci.")),
    (Room, "room", both("The room. Directions are in degrees, 0 ahead, positive to the left; positions in metres. Without `room`, two loudspeakers.",
                        "La salle. Directions en degrés, 0 devant, positives à gauche ; positions en mètres. Sans `room`, deux haut-parleurs.")),
    (Loudspeaker, "room.loudspeakers[]", both(
        "`ring: n` stands for n of these. Its first is on output 1, at 180/n degrees to the left of ahead, and the others follow clockwise: 4 "
        "are 45 (front left), −45 (front right), −135 (back right), 135 (back left). `ring: 1` is straight ahead, `ring: 2` is stereo, at ±30.",
        "`ring: n` en vaut n. Le premier est sur la sortie 1, à 180/n degrés à gauche de l'axe, et les autres suivent dans le sens horaire : 4 "
        "donnent 45 (avant gauche), −45 (avant droite), −135 (arrière droite), 135 (arrière gauche). `ring: 1` est droit devant, `ring: 2` est "
        "une stéréo à ±30.")),
    (Sound, "sound", both("The sound card.", "La carte son.")),
    (Proof, "sound.proof", both("What is measured to know that the room sounds. `sound-that-comes-back.md` explains it.",
                                "Ce qui est mesuré pour savoir que la salle sonne. `sound-that-comes-back.md` l'explique.")),
    (SensorRecord, "sensors.NAME", both(
        "A name is a letter, then letters, digits and _. Keys that are not listed here are the driver's own. Values of keys named password, "
        "passphrase, secret, token or pin are never shown.",
        "Un nom est une lettre, puis lettres, chiffres et _. Les clés absentes d'ici sont celles du pilote. Les valeurs des clés nommées password, "
        "passphrase, secret, token ou pin ne sont jamais montrées.")),
    (MappingRecord, "mappings[]", both(
        "A mapping carries readings to one value, through steps. Steps are keys of the mapping and run in the order in which they are written; where "
        "one is needed twice, list them: `steps: [{median: 5}, {smooth: 0.4}, {range: [3, 0.4]}]`. Several readings are joined by "
        "`combine: min`, `max`, `mean`, or an expression such as `combine: \"a.level - b.level\"`, before all other steps. Two mappings may not move "
        "one value.",
        "Une correspondance mène des mesures à une valeur, par des étapes. Les étapes sont des clés, exécutées dans l'ordre où elles sont écrites ; s'il "
        "en faut une deux fois, faites-en une liste : `steps: [{median: 5}, {smooth: 0.4}, {range: [3, 0.4]}]`. Plusieurs mesures se joignent par "
        "`combine: min`, `max`, `mean`, ou une expression comme `combine: \"a.level - b.level\"`, avant les autres étapes. Deux correspondances ne "
        "peuvent déplacer la même valeur.")),
    (SceneRecord, "scenes.NAME",
     both("What plays. `none` is not a name: it means silence.", "Ce qui joue. `none` n'est pas un nom : c'est le silence.")),
    (LayerRecord, "score[]",
     both("Layers sound together; each plays one scene at a time. Without `score`, the first scene plays.",
                                  "Les couches sonnent ensemble ; chacune joue une scène à la fois. Sans `score`, la première scène joue.")),
    (ChangeRecord, "score[].changes[]", both(
        "Expressions have numbers, sensor.field, + - * / **, comparisons (also 0.4 < a.b < 1), and, or, not, and min max mean abs clip sqrt exp log sin "
        "cos round floor. Numbers have no unit there: readings are in metres, seconds, degrees… A reading that is missing makes the condition false.",
        "Les expressions ont nombres, capteur.champ, + - * / **, comparaisons (aussi 0.4 < a.b < 1), and, or, not, et min max mean abs clip sqrt exp "
        "log sin cos round floor. Les nombres y sont sans unité : les mesures sont en mètres, secondes, degrés… Une mesure absente rend la "
        "condition fausse.")),
    (Light, "light", both("Lamps.", "Les lampes.")),
    (FixtureRecord, "light.fixtures[]",
     both(f"Its channels lie on `address` and the slots that follow, up to {SLOTS}; no two fixtures share a slot.",
                                             f"Ses canaux occupent `address` et les suivants, jusqu'à {SLOTS} ; deux projecteurs ne partagent aucun canal.")),
    (KindRecord, "light.kinds.NAME", both(
        "Known without being declared: " + "; ".join(f"`{name}` ({', '.join(kind.channels)})" for name,
                                                     kind in KINDS.items()) + ".",
        "Connues sans être déclarées : " + " ; ".join(f"`{name}` ({', '.join(kind.channels)})" for name,
                                                      kind in KINDS.items()) + ".")),
    (UniverseRecord, "light.universes.NUMBER", both("Where 512 slots leave.", "Par où sortent 512 canaux.")),
    (MidiSlotRecord, "light.universes.NUMBER.slots.NUMBER",
     both("One of the two: `note` or `cc`.", "L'un des deux : `note` ou `cc`.")),
    (Hours, "hours", both(
        "When the room is open: [hours.md](hours.md). A window of a day is `10:00-18:00`, `20:00-02:00` (into the next day), or goes by the sun: "
        "`sunset - 30 min - 23:00`. `open` is the whole day.",
        "Quand la salle est ouverte : [hours.md](hours.md). Une plage est `10:00-18:00`, `20:00-02:00` (jusqu'au lendemain), ou suit le soleil : "
        "`sunset - 30 min - 23:00`. `open` est le jour entier.")),
    (Holidays, "hours.holidays", both("An exception of the same day goes before.", "Une exception du même jour l'emporte.")),
    (Standby, "hours.standby", both("What stands while the room is closed.", "Ce qui reste pendant la fermeture.")),
    (Remote, "remote", both("Who may reach the piece.", "Qui peut atteindre la pièce.")),
    (OscRecord, "remote.osc", both("By default only this machine may.", "Par défaut, cette machine seulement.")),
    (MidiRecord, "remote.midi[]", both("What its controls move is learnt by touching, and saved in `controls.yaml` beside this file.",
                                       "Ce que règlent ses commandes s'apprend en y touchant, et s'enregistre dans `controls.yaml`, à côté de ce fichier.")),
    (WebRecord, "remote.web", both("Looking on needs no PIN; moving something does.", "Regarder ne demande pas de code ; régler, si.")),
    (MqttRecord, "mqtt", both("The one broker of the piece, on the room's own network. The line is not encrypted.",
                             "Le seul broker de la pièce, sur le réseau de la salle. La ligne n'est pas chiffrée.")),
    (Care, "care", both("Where the sound stays away though nothing is unplugged: steps that are taken one after another, each with its reason in the log.",
                        "Quand le son ne revient pas sans que rien soit débranché : des mesures prises l'une après l'autre, chacune avec sa raison dans le "
                        "journal.")),
    (Report, "report", both("Nothing leaves the machine that is not named here. docs/health.md explains it.",
                            "Rien ne quitte la machine qui ne soit nommé ici. Voir docs/health.md.")),
    (HeartbeatRecord, "report.heartbeat", both("At least one of `url` and `mqtt`.", "Au moins l'un de `url` et `mqtt`.")),
    (MessagesRecord, "report.messages", both("One address.", "Une adresse.")),
    (PinsRecord, "remote.web.pins", both("Hashed: `installation pin` asks for one and prints the line.",
                                           "Hachés : `installation pin` en demande un et imprime la ligne.")),
)

_HEAD = both("""\
# config.yaml

Every key of the file that describes a piece. This page is made from the engine's own declarations
(`python -m installation.rules.schema.page docs`).

A quantity is a number in the unit shown, or a number with its own: `3`, `3 m`, `50 cm`, `-6 dB`, `400 ms`. Only `true` and `false` are truths;
`no`, `off` and `12:30:00` are text. Anchors, aliases, tags and merge keys are refused. The file has at most 1 MB.
`installation check` names every fault by file, line and key; lists are counted from 0 there: `mappings[1]` is the second.
""", """\
# config.yaml

Toutes les clés du fichier qui décrit une pièce. Cette page est faite à partir des déclarations du moteur
(`python -m installation.rules.schema.page docs`).

Une quantité est un nombre dans l'unité indiquée, ou un nombre avec la sienne : `3`, `3 m`, `50 cm`, `-6 dB`, `400 ms`. Seuls `true` et `false` sont
des vérités ; `no`, `off` et `12:30:00` sont du texte. Ancres, alias, étiquettes et clés de fusion sont refusés. Le fichier fait 1 Mo au plus.
`installation check` nomme chaque faute par fichier, ligne et clé ; les listes y sont comptées à partir de 0 : `mappings[1]` est la deuxième.
""")


def page(language: str = "en") -> str:
    """The reference page in Markdown."""
    parts = [say(_HEAD, language)]
    for record, path, about in _SECTIONS:
        title = f"## `{path}`" if path else ("## The whole file" if language == "en" else "## Le fichier entier")
        parts.append(f"{title}\n\n{say(about, language)}\n\n{_table(record, language)}")
        if record is MappingRecord:
            parts.append(_steps(language))
    return "\n".join(parts)


def _table(record: type, language: str) -> str:
    head = "| key | what may stand there | default | |" if language == "en" else "| clé | ce qu'on y met | par défaut | |"
    rows = [_row(record, field_name, entry, language) for field_name, entry in keys_of(record).items() if not entry.rest]
    return "\n".join([head, "| --- | --- | --- | --- |", *rows]) + "\n"


def _row(record: type, field_name: str, entry: Key, language: str) -> str:
    if entry.required:
        default = "**required**" if language == "en" else "**obligatoire**"
    else:
        shown = entry.shown if entry.shown is not None else _written(default_of(record, field_name))
        default = f"`{shown}`" if shown else "–"
    cells = (f"`{entry.name}`", say(entry.sort.words(), language), default, say(entry.about, language))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _written(value: Any) -> str:
    """A default as it would be written."""
    if value is None or (isinstance(value, (tuple, Mapping)) and not value) or hasattr(value, "__dataclass_fields__"):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _steps(language: str) -> str:
    parts = ["### Steps\n" if language == "en" else "### Étapes\n"]
    for name, kind in STEPS.items():
        parts.append(f"**`{name}`** {say(kind.about, language)}\n")
        if fields(kind):
            parts.append(_table(kind, language))
    return "\n".join(parts)


if __name__ == "__main__":
    for spoken, file in PAGES.items():
        (Path(sys.argv[1]) / file).write_text(page(spoken), encoding="utf-8")
