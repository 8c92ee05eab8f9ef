"""A piece, as config.yaml declares it: frozen records, read by `config.load_piece` and given to the whole house.

    Piece           all of it
    Room, Loudspeaker, Sound     where it sounds, and through which card
    SensorRecord, MappingRecord  what is measured, and what it moves
    SceneRecord, LayerRecord, ChangeRecord   what plays, and when
    Light           lamps (lamps.py)
    Remote          who may reach it over the network (remote.py)

Every field made by `key` is a key of config.yaml; its sort, unit, range, default and meaning stand there and nowhere else.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..terms.role import FULL, ROLES
from ..terms.words import both
from .care import Care
from .hours import Hours
from .lamps import NO_LIGHT, FixtureRecord, KindRecord, Light, MidiSlotRecord, UniverseRecord
from .mqtt import MqttRecord
from .proof import Proof
from .remote import OscRecord, PinsRecord, Remote, WebRecord
from .report import Report
from .schema.chain import Stale, Steps
from .schema.files import FileIn
from .schema.key import key
from .schema.measure import Measured
from .schema.sorts import Amount, Anything, Choice, Label, ListOf, Name, Record, TableOf, Text, Truth, Whole
from .source import Source

OUTPUTS = 64
REST = "rest"      # MappingRecord.when_stale: the sensor's declared rest goes through the chain
HOLD = "hold"      # MappingRecord.when_stale: what it gave last stands

__all__ = ["HOLD", "OUTPUTS", "REST", "Care", "ChangeRecord", "FixtureRecord", "KindRecord", "LayerRecord", "Light", "Loudspeaker",
           "MappingRecord",
           "MidiSlotRecord", "OscRecord", "Piece", "PinsRecord", "Proof", "Remote", "Room",
           "SceneRecord", "SensorRecord", "Sound", "UniverseRecord", "WebRecord"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudspeaker:
    """A loudspeaker: which output feeds it, where it hangs, and its correction. Directions: 0 ahead, positive to the left."""

    name: str = key(Label(), both("what people call it", "comment on l'appelle"))
    output: int = key(Whole(1, OUTPUTS), both("output of the card, counted from 1", "sortie de la carte, comptée à partir de 1"))
    azimuth: float = key(Amount("deg", -360, 360),
                         both("direction, 0 ahead, positive to the left", "direction, 0 devant, positive à gauche"), default=0.0)
    elevation: float = key(Amount("deg", -90, 90),
                           both("height of the direction, positive upwards", "site, positif vers le haut"), default=0.0)
    distance: float | None = key(Amount("m", 0.1, 1000), both("from the middle of the room", "depuis le milieu de la salle"),
                                 default=None)
    position: tuple[float, float, float] | None = key(
        ListOf(Amount("m", -1000, 1000), least=3, most=3),
        both("[x, y, z] in metres, x to the right, y ahead, z up; instead of azimuth, elevation and distance",
             "[x, y, z] en mètres, x à droite, y devant, z en haut ; au lieu d'azimut, site et distance"), default=None)
    role: str = key(Choice(*ROLES), both(
        "what it is for: full takes everything that is placed; sub and shaker take only what is sent to them (ug.sub, ug.to)",
        "à quoi il sert : full reçoit tout ce qui est placé ; sub et shaker seulement ce qu'on leur envoie (ug.sub, ug.to)"),
                    default=FULL)
    gain: float = key(Amount("dB", -60, 12), both("its own gain", "son propre gain"), default=0.0)
    delay: float = key(Amount("s", 0, 1), both("its own delay; a bare number is in seconds",
                                               "son propre retard ; un nombre seul est en secondes"), default=0.0)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The room: its loudspeakers and the gain over all of them. `ring` is what was written; `loudspeakers` holds them in any case."""

    gain: float = key(Amount("dB", -60, 12), both("over everything", "sur l'ensemble"), default=0.0)
    quiet: float = key(Amount("dB", -60, 0), both("over everything as well, while the attendant's button says quiet",
                                                  "en plus, tant que le bouton du gardien dit « doux »"), default=-12.0)
    ring: int | None = key(Whole(1, OUTPUTS), both(
        "this many loudspeakers at equal angles, on outputs 1, 2, 3… clockwise, the first ahead on the left",
        "autant de haut-parleurs à angles égaux, sur les sorties 1, 2, 3… dans le sens horaire, le premier devant à gauche"),
                           default=None)
    size: tuple[float, float] | None = key(ListOf(Amount("m", 1, 1000), least=2, most=2), both(
        "[width, depth] in metres, for the plan on the page; without it, what holds everything that has a place",
        "[largeur, profondeur] en mètres, pour le plan de la page ; sinon, ce qui contient tout ce qui a une place"), default=None)
    loudspeakers: tuple[Loudspeaker, ...] = key(ListOf(Record(Loudspeaker), most=OUTPUTS, least=1), both(
        "each loudspeaker, instead of ring", "chaque haut-parleur, au lieu de ring"), default=())
    where: str = ""

    @property
    def outputs(self) -> int:
        """How many outputs the card must have."""
        return max((loudspeaker.output for loudspeaker in self.loudspeakers), default=0)

    @property
    def longest_delay(self) -> float:
        """Seconds of delay for which the guard must have room: the loudspeakers' longest, and not less than 0.2."""
        return max([0.2, *(loudspeaker.delay for loudspeaker in self.loudspeakers)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """The sound card and the engine's rate."""

    card: str = key(Text(), both("name of the card, `auto` (any, waits for one), or `none` (a silent clock)",
                                 "nom de la carte, `auto` (n'importe laquelle, attendue), ou `none` (horloge muette)"),
                    default="auto")
    api: str | None = key(Text(), both("ALSA, JACK…; written only if the card's name is found twice",
                                       "ALSA, JACK… ; seulement si le nom existe deux fois"),
                          default=None)
    rate: int = key(Whole(8000, 192000), both("frames a second", "échantillons par seconde"), default=48000)
    block: int = key(Whole(16, 8192),
                     both("frames that the card asks for at once", "échantillons que la carte demande à la fois"), default=256)
    inputs: int = key(Whole(0, OUTPUTS), both("inputs that are opened", "entrées à ouvrir"), default=0)
    ceiling: float = key(Amount("dBFS", -60, 0),
                         both("true peaks never pass it; limiting begins 0.5 dB below",
                              "les crêtes vraies ne le dépassent jamais ; la limitation commence 0,5 dB plus bas"), default=-1.0)
    standby: bool = key(Truth(), both("a second player waits to take over; false saves memory",
                                      "un second lecteur attend de prendre le relais ; false épargne la mémoire"),
                        default=True)
    threads: int = key(Whole(1, 16), both("how many cores render scenes and voices side by side; the sound is the same, bit by bit",
                                          "combien de cœurs calculent scènes et voix côte à côte ; le son est le même, bit pour bit"), default=1)
    memory: int = key(Amount("B", 8e6, 4e9, whole=True), both("for sounds, delays and states (64 MB)",
                                                              "pour les sons, retards et états (64 MB)"), default=64_000_000,
                      shown="64 MB")
    latency: float | None = key(Amount("s", 0.001, 1), both("asked of the card; without it, the block decides",
                                                            "demandée à la carte ; sinon, le bloc décide"),
                                default=None)
    limit: float = key(Amount("ratio", 0.3, 0.95), both("how much of its time the sound may take before `overload` acts; 0.8 or 80 %",
                                                        "part de son temps que le son peut prendre avant que `overload` agisse ; 0.8 ou 80 %"), default=0.8)
    overload: str = key(Choice("steal", "refuse", "ignore"), both(
        "near the limit: `steal`, voices fade and new ones take their place; `refuse`, no new voice begins; `ignore`, it is only told. Scenes always enter",
        "près de la limite : `steal`, des voix s'éteignent et les nouvelles les remplacent ; `refuse`, aucune nouvelle voix ne commence ; `ignore`, "
        "on le dit seulement. Les scènes entrent toujours"), default="steal")
    proof: Proof = key(Record(Proof), both("how it is known that sound comes out", "comment on sait que du son sort"), factory=Proof)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorRecord:
    """A sensor: its driver, where it is plugged in, and what stands when it falls silent. Keys that are not listed go to the driver.

    options     those keys, as plain data (a password is a Secret: `.reveal()`)
    rest        in base units; `rest_units` has the unit of each that was written with one
    """

    name: str
    driver: str = key(Text(),
                      both("a driver that comes with the engine (its name, or osc, midi, mqtt, clock, visitors), or a file of the piece (sensors/mine.py)",
                                   "un pilote fourni (son nom, ou osc, midi, mqtt, clock, visitors), ou un fichier de la pièce (sensors/mien.py)"))
    device: str | None = key(Text(),
                             both("serial: the name in /dev/serial/by-id, or the USB serial number; midi: the port's name",
                                          "série : le nom dans /dev/serial/by-id, ou le numéro de série USB ; midi : le nom du port"), default=None)
    hold: float = key(Amount("s", 0, 3600), both("how long its last reading stands when it falls silent",
                                                 "combien de temps tient sa dernière mesure quand il se tait"),
                      default=2.0)
    rest: Mapping[str, float] = key(TableOf(Name(), Measured()), both(
        "after that: the value of each field", "ensuite : la valeur de chaque champ"), factory=dict)
    at: tuple[float, float] | None = key(ListOf(Amount("m", -1000, 1000), least=2, most=2), both(
        "[x, y] in metres from the middle of the room, x to the right, y ahead: where it is. What it tells of people's places (fields x and y, or "
        "x1, y1, x2, y2…, in metres) counts from there; [0, 0] for a camera that tells places in the room",
        "[x, y] en mètres depuis le milieu de la salle, x à droite, y devant : où il est. Les places des gens qu'il donne (champs x et y, ou x1, y1, "
        "x2, y2…, en mètres) se comptent de là ; [0, 0] pour une caméra qui donne les places dans la salle"), default=None)
    facing: float = key(Amount("deg", -360, 360), both("where it looks, 0 ahead, positive to the left: what it tells of people's places is turned so",
                                                       "où il regarde, 0 devant, positif à gauche : les places des gens qu'il donne sont tournées d'autant"),
                        default=0.0)
    options: Mapping[str, Any] = key(Anything(both("the driver's own keys", "clés du pilote")), both("", ""), factory=dict,
                                     rest=True)
    rest_units: Mapping[str, str] = field(default_factory=dict)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingRecord:
    """From readings, through steps in the order in which they are written, to one value.

    sources     "sensor.field"
    to          "scene.parameter", or an address of the tree ("/room/gain")
    steps       (name, arguments); `mapping.Chain` runs them
    when_stale  what stands when every source is at rest: REST, HOLD, a value, or None (let go)
    stale_at    the step before which that value enters (combine is not counted)
    """

    sources: tuple[str, ...] = key(ListOf(Text(both("sensor.field", "capteur.champ"), 81), single=True, least=1, most=32), both(
        "the readings: sensor.field", "les mesures : capteur.champ"), name="from")
    to: str = key(Text(both("scene.parameter or /address", "scène.paramètre ou /adresse"), 200), both(
        "what it moves: scene.parameter, or an address such as /room/gain", "ce que cela déplace : scène.paramètre, ou une adresse comme /room/gain"))
    when_stale: float | bool | str | None = key(Stale(), both(
        "when the sensors are silent: a value, `hold`, `rest` (their declared rest goes through the steps), or null (let go); it enters at its place "
        "among the steps, so that a `smooth` written after it softens its coming",
        "quand les capteurs se taisent : une valeur, `hold` (tenir), `rest` (leur repos traverse les étapes), ou null (lâcher) ; elle entre à sa place "
        "parmi les étapes : un `smooth` écrit après adoucit son arrivée"), default=REST)
    steps: tuple[tuple[str, dict[str, Any]], ...] = key(Steps(), both("", ""), default=(), rest=True)
    stale_at: int = 0
    stale_unit: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneRecord:
    """A scene: its file, and a preset of its parameters, as written (their units are known once the file is loaded)."""

    name: str
    file: Path = key(FileIn(".py"), both("its file, inside the piece", "son fichier, dans la pièce"))
    params: Mapping[str, Any] = key(TableOf(Text(longest=60), Anything(both("value", "valeur"))), both(
        "values its parameters start from", "valeurs de départ de ses paramètres"), factory=dict)
    silences: float = key(Amount("s", 0, 86400), both("how long it may fall silent on purpose, where that is longer than its file says",
                                                      "combien de temps elle peut se taire exprès, si c'est plus que ne dit son fichier"), default=0.0)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecord:
    """When a layer passes from one scene to another. `when` and `after` both hold where both are written.

    leave   the scene that must be playing; None is any
    when    an expression over readings: "plinth.distance < 1.0"
    dwell   seconds for which it must have been true
    after   seconds that the scene must have played
    """

    leave: str | None = key(Name(), both("the scene that plays; null is any", "la scène qui joue ; null : n'importe laquelle"),
                            name="from", default=None)
    to: str = key(Name(), both("the scene that follows", "la scène qui suit"))
    when: str | None = key(Text(both("expression", "expression")), both('an expression over readings: "plinth.distance < 1.0"',
                                                                        "une expression sur les mesures : « plinth.distance < 1.0 »"), default=None)
    dwell: float = key(Amount("s", 0, 86400), both("how long it must have been true",
                                                   "depuis combien de temps elle doit être vraie"), name="for", default=0.0)
    after: float | None = key(Amount("s", 0, 86400), both("how long the scene must have played",
                                                          "depuis combien de temps la scène doit jouer"), default=None)
    fade: float | None = key(Amount("s", 0, 600), both("of this change, instead of the layer's",
                                                       "de ce passage, au lieu de celui de la couche"), default=None)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRecord:
    """A layer of the score: one scene plays in it at a time.

    idle   plays when /system/idle is on, and in place of a scene that failed
    """

    name: str = key(Name(), both("the layer's name", "le nom de la couche"), name="layer")
    start: str | None = key(Name(), both("the scene it opens with; null is silence", "la scène d'ouverture ; null : le silence"),
                            default=None)
    idle: str | None = key(Name(), both("plays when /system/idle is on, and in place of a scene that failed",
                                        "joue quand /system/idle est actif, et à la place d'une scène en panne"),
                           default=None)
    fade: float = key(Amount("s", 0, 600), both("of its crossfades", "de ses fondus enchaînés"), default=4.0)
    on_restart: str = key(Choice("resume", "begin"), both(
        "after a restart or a power cut within a day: `resume`, with the scene that played, where it was; `begin`, with `start`",
        "après un redémarrage ou une coupure de moins d'un jour : `resume`, avec la scène qui jouait, où elle en était ; `begin`, avec `start`"),
        default="resume")
    changes: tuple[ChangeRecord, ...] = key(ListOf(Record(ChangeRecord)),
                                            both("the first that holds is taken", "la première qui est vraie est prise"),
                                            default=())
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The whole piece.

    folder   where config.yaml lies; every file it names is inside
    file     config.yaml itself
    source   its text as it was parsed, for the place of every key
    """

    folder: Path
    file: Path
    source: Source | None = field(default=None, repr=False, compare=False)
    title: str = key(Text(), both("its title", "son titre"), name="piece")
    language: str = key(Choice("en", "fr"), both("of faults and help", "des fautes et de l'aide"), default="en")
    seed: int = key(Whole(0, 2**63 - 1), both("of everything that is drawn by lot", "de tout ce qui est tiré au sort"), default=1)
    room: Room = key(Record(Room), both("the room and its loudspeakers", "la salle et ses haut-parleurs"), factory=Room,
                     shown="ring: 2")
    sound: Sound = key(Record(Sound), both("the sound card", "la carte son"), factory=Sound)
    sensors: Mapping[str, SensorRecord] = key(TableOf(Name(minus=False), Record(SensorRecord, "name"), most=256),
                                              both("what is measured, by name", "ce qui est mesuré, par nom"), factory=dict)
    mappings: tuple[MappingRecord, ...] = key(ListOf(Record(MappingRecord)),
                                              both("what readings move", "ce que les mesures déplacent"), default=())
    scenes: Mapping[str, SceneRecord] = key(TableOf(Name(minus=False), Record(SceneRecord, "name"), most=256),
                                            both("what plays, by name", "ce qui joue, par nom"), factory=dict)
    score: tuple[LayerRecord, ...] = key(ListOf(Record(LayerRecord), most=16),
                                         both("which scene plays when, by layer", "quelle scène joue quand, par couche"),
                                         default=())
    light: Light = key(Record(Light), both("lamps", "lumières"), default=NO_LIGHT)
    hours: Hours | None = key(Record(Hours), both("when the room is open; without it, always", "quand la salle est ouverte ; sinon, toujours"), default=None)
    remote: Remote = key(Record(Remote), both("the network", "le réseau"), factory=Remote)
    mqtt: MqttRecord | None = key(Record(MqttRecord), both("a broker for MQTT: sensors, reports",
                                                                 "un broker MQTT : capteurs, nouvelles"), default=None)
    report: Report = key(Record(Report), both("what it tells those who are elsewhere", "ce qu'elle dit à ceux qui sont ailleurs"), factory=Report)
    care: Care = key(Record(Care), both("what is done when the sound stays away", "ce qui est fait quand le son ne revient pas"), factory=Care)

    def where(self, record: Any, key: str = "") -> str:
        """file:line and key of one key of a record: "config.yaml:31  mappings[1].to"."""
        path = record.where.partition("  ")[2]
        full = f"{path}.{key}" if key else path
        return self.source.where(full) if self.source else record.where
