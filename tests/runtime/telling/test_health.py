"""Health: a sentence that an attendant understands, and the list behind it."""
from __future__ import annotations

import io
import json

import pytest

from installation.rules.gate import Hand
from installation.runtime.notices import Notices
from installation.runtime.telling.health import FAULT, WARNING, WELL, Health
from installation.runtime.telling.pointing import Pointing
from installation.runtime.wall import Wall, shown
from installation.terms.fault import Fault, Recovery
from installation.terms.words import both
from tests.runtime.house_at_work import CONFIG, Folder, Show, with_house

NOON = 1_795_608_000.0      # seconds since 1970, some day in November
PIECE = CONFIG + """sensors:
  plinth: {driver: osc, pace: 0.1, hold: 1 s, fields: {distance: /plinth}}
  door: {driver: osc, fields: {open: /door}}
remote: {osc: {interface: 127.0.0.1, port: 9000, allow: [127.0.0.0/8]}}
"""
TWO_BOXES = PIECE.replace("fixtures: [{name: lamp, kind: dimmer, universe: 1, address: 1}]",
                          "fixtures: [{name: lamp, kind: dimmer, universe: 1, address: 1}, {name: wall, kind: dimmer, universe: 2, address: 1}]").replace(
                              "universes: {1: {port: artnet, host: 127.0.0.1, universe: 0}}",
                              "universes: {1: {port: artnet, host: 127.0.0.1}, 2: {port: enttec, device: EN123}}")


class Patient:
    """A house with its notices and its health, on a clock that begins at noon."""

    def __init__(self, show: Show, kept: bool = True) -> None:
        self.show, self.notices = show, Notices(show.loop.time, io.StringIO())
        self.pointing = Pointing(show.house, show.folder.cache)
        self.health = Health(show.house, self.notices, self.pointing, wall=Wall(lambda: NOON + show.now, lambda: show.now, lambda: kept))

    @property
    def en(self) -> str:
        return self.health.sentence.en

    async def run(self, seconds: float) -> None:
        for _ in range(round(seconds * 10)):
            self.show.house.sensing.sources["plinth"].put({"distance": 1.0}, self.show.now)
            await self.show.run(0.1)

    async def tell(self, *what: Fault | Recovery) -> None:
        for one in what:
            self.notices.tell(one)
        await self.run(0.3)


def at_work(folder: Folder, script, text: str = PIECE, kept: bool = True) -> None:
    folder.config(text)

    async def main(show: Show) -> None:
        patient = Patient(show, kept)
        await patient.run(0.3)
        await script(patient)

    with_house(folder, main)


def fault(id: str, where: str, remedy: str = "") -> Fault:
    return Fault(both("it happened", "c'est arrivé"), where=where, id=id, remedy=both(remedy, remedy))


def clock(patient: Patient, ago: float) -> str:
    now = NOON + patient.show.now
    return shown(now - ago, now)[0]


def test_all_is_well_until_something_is_not_and_again_when_it_is_over(folder: Folder) -> None:
    async def script(patient: Patient) -> None:
        assert (patient.en, patient.health.sentence.fr, patient.health.level) == ("All is well.", "Tout va bien.", WELL)
        first = patient.health.revision
        await patient.tell(fault("card.absent", "sound", "Plug it in."))
        assert patient.health.level == FAULT and patient.health.revision != first
        assert patient.en == f"The sound card is missing since {clock(patient, 0.3)}; light and sensors go on."
        fr = patient.health.sentence.fr
        assert fr.startswith("La carte son manque depuis ") and fr.endswith(" ; lumière et capteurs continuent.")
        second = patient.health.revision
        await patient.run(30)
        assert patient.health.revision == second, "nothing new, nothing said"
        says = json.loads(json.dumps(patient.health.says()))
        (entry,) = says["list"]
        assert (entry["en"], entry["where"], entry["remedy"]["en"], entry["level"]) == ("it happened", "sound", "Plug it in.", "fault")
        assert entry["since"] == pytest.approx(NOON + patient.show.now - 30.3, abs=0.5) and entry["for"] == pytest.approx(30.3, abs=0.5)
        await patient.tell(Recovery(both("back", "revenue"), "sound", "card.absent"))
        assert patient.en == "All is well." and patient.health.says()["list"] == []

    at_work(folder, script)


def test_a_clock_that_nobody_keeps_is_not_believed(folder: Folder) -> None:
    async def script(patient: Patient) -> None:
        await patient.tell(fault("wire.lost", "plinth (usb-Arduino)"))
        assert patient.en == "The sensor plinth is unplugged; the piece plays on without it." and patient.health.level == WARNING
        await patient.run(185)
        assert patient.en == "The sensor plinth is unplugged for 3 min; the piece plays on without it."
        assert patient.health.says()["list"][0]["since"] is None

    at_work(folder, script, kept=False)


def test_the_gravest_comes_first_and_the_others_are_counted(folder: Folder) -> None:
    async def script(patient: Patient) -> None:
        await patient.tell(fault("sensor.value", "plinth"), fault("osc.bind", "osc"))
        assert patient.en.startswith("The sensor plinth says things that make no sense since") and patient.en.endswith(" 1 more: see the list.")
        assert "Its last good" not in patient.en and "its last good reading stands" in patient.en
        await patient.tell(fault("light.hangs", "light"))
        assert patient.en.startswith("The lamps stood still since") and patient.en.endswith(" 2 more: see the list.") and patient.health.level == FAULT
        assert [one["level"] for one in patient.health.says()["list"]] == ["fault", "warning", "warning"]

    at_work(folder, script)


def test_light_boxes_are_named_by_their_lamps_where_there_are_several(folder: Folder) -> None:
    async def script(patient: Patient) -> None:
        await patient.tell(fault("wire.missing", "EN123"))
        assert patient.en.startswith("The light box of wall is unplugged since ") and "the sound goes on" in patient.en
        await patient.tell(Recovery(both("", ""), "EN123", "wire.missing"), fault("artnet.ehostunreach", "Art-Net 127.0.0.1"))
        assert patient.en.startswith("The light box of lamp does not answer")

    async def one(patient: Patient) -> None:
        await patient.tell(fault("artnet.ehostunreach", "Art-Net 127.0.0.1"))
        assert patient.en.startswith("The light box does not answer")

    at_work(folder, script, TWO_BOXES)
    at_work(folder, one)


def test_a_scene_that_is_broken_is_told_with_what_plays_instead(folder: Folder) -> None:
    async def script(patient: Patient) -> None:
        show = patient.show
        await patient.tell(fault("scene.edit", f"{show.folder.path.resolve()}/scenes/other.py:3"))
        assert patient.en.startswith('The scene "other" has a mistake in it') and patient.en.endswith("the others play.")
        assert patient.health.says()["list"][0]["where"] == "scenes/other.py:3"
        await patient.tell(Recovery(both("", ""), f"{show.folder.path.resolve()}/scenes/other.py:3", "scene.edit"))
        show.house.dropped(show.house.program.layers[0].part.playing, "saw", "scenes/tone.py:3")
        await show.run(1.0)
        await patient.tell(*show.told)
        assert patient.en.startswith('The scene "tone" cannot play since') and '; "rest" plays in its place' in patient.en
        assert "« rest » joue à sa place" in patient.health.sentence.fr

    at_work(folder, script)


def test_a_sensor_that_should_speak_and_does_not_is_told_though_no_fault_is(folder: Folder) -> None:
    """The door is silent while nobody opens it, which is its way."""
    async def script(patient: Patient) -> None:
        await patient.run(20)
        assert patient.en == "All is well."
        await patient.show.run(15)
        assert patient.en.startswith("The sensor plinth says nothing since ") and patient.health.level == WARNING
        assert [one["where"] for one in patient.health.says()["list"]] == ["plinth"]
        await patient.run(0.5)
        assert patient.en == "All is well."

    at_work(folder, script)


def test_what_an_attendant_has_done_is_said_too(folder: Folder) -> None:
    async def script(patient: Patient) -> None:
        for mode, says in (("stop", "All is well; the room is stopped, with its calm light."), ("quiet", "All is well; the room is set to quiet."),
                           ("play", "All is well.")):
            patient.show.write("/system/mode", mode)
            patient.pointing.blackout(Hand("web:1"), False)
            await patient.run(0.5)
            assert patient.en == says
            patient.pointing.blackout(Hand("web:1"), True)
            await patient.run(0.5)
            assert patient.en == f"{says[:-1]}; the lamps are darkened by hand."

    at_work(folder, script)


def test_every_fault_has_plain_words_in_both_languages(folder: Folder) -> None:
    async def script(patient: Patient) -> None:
        for id in ("mapping.failed", "state.write", "stream.lost", "web.bind", "engine.failed", "code.blocks", "sound.overload", "player.died", "light.unknown",
                   "record.slow", "scene.broken", "something.new"):
            await patient.tell(fault(id, "somewhere:3"))
            sentence = patient.health.sentence
            assert "it happened" not in sentence.en and ";" in sentence.en and sentence.en != sentence.fr and sentence.fr.endswith("."), id
            await patient.tell(Recovery(both("", ""), "somewhere:3", id))

    at_work(folder, script)
