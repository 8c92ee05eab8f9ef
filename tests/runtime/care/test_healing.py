"""Healing takes its steps: the card anew, a new player, the engine, the machine; and never without a memory of it."""
from __future__ import annotations

import asyncio
import json
import socket
import stat
from pathlib import Path

import pytest

from installation.rules.care import Care
from installation.runtime.care.healing import LEAVE, Acts, Healing, is_service
from installation.runtime.memory.logbook import Logbook
from installation.runtime.notices import Notices
from installation.runtime.wall import Wall
from installation.terms.fault import Fault, Recovery
from installation.terms.words import both
from tests.jack import Server
from tests.runtime.house_at_work import CONFIG, TONE, Folder
from tests.runtime.running import Running

SILENT = Fault(both("the room should sound and is silent", "la salle devrait sonner et se tait"), where="sound", id="proof.silent")
UNHEARD = Fault(both("not heard", "pas entendu"), where="sound.proof", id="proof.unheard")


class Bed:
    """A patient, and what is done to it."""

    def __init__(self, folder: Path, care: Care, reboot: Path | None = None) -> None:
        self.file, self.done = folder / "state" / "healing.json", list[str]()
        self.now = 0.0
        self.notices = Notices(lambda: self.now, quiet=True)
        acts = Acts(lambda *, afresh=False: self.done.append("replaced" if afresh else "reopened"), lambda code: self.done.append(f"left {code}"),
                    [str(reboot or folder / "absent")])
        self.care, self.acts = care, acts
        self.healing = self.begun()

    def begun(self) -> Healing:
        wall = Wall.virtual(lambda: self.now)
        self.book = Logbook(None, wall, self.notices.tell)
        return Healing(self.care, self.acts, self.notices, self.book, wall, self.file, can_restart=True)

    async def passes(self, seconds: float) -> None:
        for _ in range(int(seconds / 5)):
            self.now += 5.0
            self.healing.step(self.now)
            await self.rest()

    async def rest(self) -> None:
        if self.healing._work is not None:
            await asyncio.wait([self.healing._work])

    @property
    def ids(self) -> set[str]:
        return {fault.id for fault in self.notices.lasting()}

    def said(self, words: str) -> int:
        return sum(words in notice.text for notice in self.notices.history)


@pytest.fixture
def reboot(tmp_path: Path) -> Path:
    """A stand-in that notes that it was called."""
    made = tmp_path / "reboot"
    made.write_text(f"#!/bin/sh\necho once >> {tmp_path}/reboots\n")
    made.chmod(made.stat().st_mode | stat.S_IXUSR)
    return made


async def test_step_after_step_each_with_its_reason_until_it_helps(tmp_path: Path) -> None:
    bed = Bed(tmp_path, Care(patience=60))
    bed.notices.tell(SILENT)
    await bed.passes(70)
    assert bed.done == ["reopened"] and bed.said("the card is opened anew (because: the room should sound and is silent)") == 1
    await bed.passes(60)
    assert bed.done == ["reopened", "replaced"]
    bed.notices.tell(Recovery(both("it sounds", "elle sonne"), "sound", "proof.silent"))
    await bed.passes(700)
    assert bed.done == ["reopened", "replaced"] and bed.said("healed: a new player has helped") == 1
    assert json.loads(bed.file.read_text())["step"] == 0
    written = [entry for entry in bed.book.latest() if entry.kind == "healing"]
    assert [entry.facts["step"] for entry in written] == ["reopen", "replace", "replace"] and written[0].facts["because"] == "proof.silent"


async def test_the_engine_and_then_the_machine_are_started_anew_and_what_was_done_is_known_after_it(tmp_path: Path, reboot: Path) -> None:
    bed = Bed(tmp_path, Care(patience=60, reboot=True), reboot)
    bed.notices.tell(SILENT)
    await bed.passes(200)
    assert bed.done[-1] == f"left {LEAVE}"
    bed.healing = bed.begun()              # another process
    await bed.healing.open()
    assert bed.said("before this start: the engine fades out") == 1
    await bed.passes(100)
    assert (tmp_path / "reboots").read_text() == "once\n" and len(bed.done) == 3
    bed.healing = bed.begun()
    await bed.passes(3600)
    assert (tmp_path / "reboots").read_text() == "once\n", "not again within six hours"
    assert "healing.exhausted" in bed.ids


async def test_an_amplifier_that_is_off_is_said_plainly_and_no_restart_follows(tmp_path: Path, reboot: Path) -> None:
    bed = Bed(tmp_path, Care(patience=60, reboot=True), reboot)
    bed.notices.tell(UNHEARD)
    await bed.passes(3600)
    assert bed.done == ["reopened", "replaced"] and not (tmp_path / "reboots").exists()
    [fault] = [fault for fault in bed.notices.lasting() if fault.id == "healing.exhausted"]
    assert "amplifier" in fault.remedy.en and fault.remedy.fr
    bed.notices.tell(Recovery(both("heard", "entendu"), "sound.proof", "proof.unheard"))
    await bed.passes(10)
    assert bed.ids == set()


async def test_where_nothing_can_be_kept_nothing_is_started_anew(tmp_path: Path, reboot: Path) -> None:
    bed = Bed(tmp_path, Care(patience=60, reboot=True), reboot)
    bed.file.parent.write_text("a file where the folder should be")
    bed.notices.tell(SILENT)
    await bed.passes(3600)
    assert bed.done == ["reopened", "replaced"] and not (tmp_path / "reboots").exists()
    assert "healing.state" in bed.ids


@pytest.mark.parametrize("script", ["#!/bin/sh\necho not authorised >&2\nexit 1\n", None])
async def test_a_machine_that_refuses_is_told_with_what_to_do(tmp_path: Path, script: str | None) -> None:
    command = tmp_path / "reboot"
    if script:
        command.write_text(script)
        command.chmod(0o755)
    bed = Bed(tmp_path, Care(patience=60, reboot=True), command)
    bed.notices.tell(SILENT)
    await bed.passes(300)
    [fault] = [fault for fault in bed.notices.lasting() if fault.id == "healing.reboot"]
    assert ("not authorised" if script else "No such file") in fault.happened.en and "sound-that-comes-back.md" in fault.remedy.en


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"trouble": "x", "step": 9, "at": 0, "reboots": [], "in_a_row": 0}',
                                  '{"trouble": "x", "step": 1, "at": 0, "reboots": [NaN], "in_a_row": 0}', "[" * 100_000])
async def test_a_spoilt_memory_is_no_memory(tmp_path: Path, kept: str) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state/healing.json").write_text(kept)
    bed = Bed(tmp_path, Care(patience=60))
    bed.notices.tell(SILENT)
    await bed.passes(70)
    assert bed.done == ["reopened"]


def test_only_under_a_service_manager_does_somebody_start_the_engine_anew() -> None:
    assert is_service({"NOTIFY_SOCKET": "/run/x"}) and is_service({"INVOCATION_ID": "1"}) and not is_service({})


@pytest.mark.timeout(300)
@pytest.mark.jack
def test_a_service_that_stays_silent_fades_ends_so_that_it_is_started_anew_and_knows_it_then(folder: Folder, tmp_path: Path) -> None:
    """As systemd runs it, after two steps that did not help."""
    folder.write("tone", TONE.replace("* self.level", "* 0"))
    folder.config(CONFIG.replace("card: none", "card: system, api: JACK, proof: {patience: 1 s}") + "care: {patience: 10 s}\n")
    folder.build()
    state = folder.path / "state" / "healing.json"
    state.parent.mkdir()
    state.write_text('{"trouble": "proof.silent", "step": 2, "at": 1, "reboots": [], "in_a_row": 0}')
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, Server("HEAL", outputs=2) as server:
        manager.bind(str(tmp_path / "notify"))
        with Running("run", folder.path, cache=folder.cache, NOTIFY_SOCKET=str(tmp_path / "notify"), **server.environment) as piece:
            piece.until("the engine fades out and is started anew (because: the room should sound and is silent")
            assert piece.process.wait(20) == LEAVE and "Traceback" not in piece.read()
    assert json.loads(state.read_text())["step"] == 3
    with Running("run", folder.path, cache=folder.cache) as piece:
        piece.until("before this start: the engine fades out and is started anew")
        assert piece.stop()[0] == 0
    assert b"healing" in b"".join(page.read_bytes() for page in (folder.path / "state/logbook").iterdir() if page.is_file())
