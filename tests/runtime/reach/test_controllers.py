"""MIDI controllers at a piece: raw device files on pseudo-terminals that are touched, told, pulled out and put back; and one on JACK."""
from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
from pathlib import Path
from types import SimpleNamespace

import mido
import pytest

from installation.ports.midi_raw import MidiBytes, MidiPlaces
from installation.remote.desk import Desk
from installation.rules.gate import Gate, Hand, Role
from installation.rules.remote import MidiRecord, Remote
from installation.rules.tree import Priority, Tree
from installation.runtime.reach import controllers as module
from installation.runtime.reach.controllers import FILE, Controllers
from installation.terms.declaration import Access, Declaration, Kind
from installation.terms.fault import Fault, Recovery
from tests.bench import lack
from tests.jack import Server
from tests.ports.stand_in import Plug, until

LEVEL, MUTE, XRUNS = "/scene/tide/level", "/system/mute", "/system/xruns"
ARTIST, OTHER = Hand("web:1"), Hand("osc:10.0.0.1:1")


class Desktop:
    """A controller on a pseudo-terminal, as a raw MIDI file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "snd").mkdir(parents=True, exist_ok=True)
        (folder / "sound" / "card1").mkdir(parents=True, exist_ok=True)
        (folder / "sound" / "card1" / "id").write_text("nanoKONTROL2\n")
        self.places = MidiPlaces(dev=folder / "snd", sound=folder / "sound")
        self.plug()

    def plug(self) -> None:
        if hasattr(self, "wire"):
            self.wire.pull()
        self.wire, self._bytes, self.heard = Plug(self.folder / "snd" / "midiC1D0"), MidiBytes(), []

    def send(self, *messages: mido.Message) -> None:
        for message in messages:
            self.wire.write(bytes(message.bytes()))

    def told(self) -> list[mido.Message]:
        self.heard += self._bytes.feed(self.wire.heard())
        return self.heard


def cc(value: int, control: int = 7) -> mido.Message:
    return mido.Message("control_change", control=control, value=value)


@contextlib.asynccontextmanager
async def at_work(folder: Path, places: MidiPlaces, told: list, record: MidiRecord | None = None):
    tree = Tree()
    for declaration in (Declaration(LEVEL, low=0, high=1), Declaration(MUTE, Kind.BOOL, default=False),
                        Declaration("/light/wash/colour", Kind.COLOUR, default=(0, 0, 0)),
                        Declaration(XRUNS, Kind.INT, default=0, access=Access.READ)):
        tree.declare(declaration)
    piece = SimpleNamespace(folder=folder, remote=Remote(midi=(record or MidiRecord(device="nanoKONTROL2", through="raw"),)))
    made, desk = Controllers(piece, Gate(tree), told.append, places), Desk()
    made.offer(desk)
    made.open()
    try:
        yield made, desk, tree
    finally:
        await made.close()


async def test_learnt_by_touching_moved_shown_and_saved(tmp_path):
    desktop, told = Desktop(tmp_path / "dev"), []
    async with at_work(tmp_path, desktop.places, told) as (made, desk, tree):
        await until(lambda: made.devices[0].is_open, what="the port")
        learning = asyncio.create_task(desk.ask(ARTIST, "midi.learn", {"address": LEVEL}))
        await asyncio.sleep(0)
        desktop.send(cc(0), cc(30))
        assert await learning == {"device": "nanoKONTROL2", "control": "cc 7 channel 1", "address": LEVEL}
        desktop.send(cc(64))                                           # it passes nothing: level stands at 0
        desktop.send(cc(0), cc(127))
        await until(lambda: tree.value(LEVEL) == 1.0, what="the fader")
        assert tree.holder(LEVEL) == (Priority.HAND, "midi:nanoKONTROL2")
        made._gate.write(OTHER, LEVEL, 0.5, asyncio.get_running_loop().time())
        await until(lambda: cc(64) in desktop.told(), what="the value on the device")
        desktop.send(cc(120))
        await asyncio.sleep(0.05)
        assert tree.value(LEVEL) == 0.5                                 # somebody else has moved it, and it has not been passed
        desktop.send(cc(60))
        await until(lambda: tree.value(LEVEL) == pytest.approx(60 / 127), what="the fader again")
    assert (tmp_path / FILE).read_text().startswith("#") and "cc 7 channel 1: /scene/tide/level" in (tmp_path / FILE).read_text()
    desktop.plug()
    async with at_work(tmp_path, desktop.places, told) as (made, desk, tree):
        await until(lambda: made.devices[0].is_open, what="the port")
        assert (await desk.ask(ARTIST, "midi.list", {}))[0]["controls"] == {"cc 7 channel 1": LEVEL}
        await until(lambda: cc(0) in desktop.told(), what="what stands, told at the start")
        assert await desk.ask(ARTIST, "midi.forget", {"address": LEVEL}) == 1 and await desk.ask(ARTIST, "midi.forget", {"address": LEVEL}) == 0
    assert "cc 7" not in (tmp_path / FILE).read_text() and not told


async def test_unplugged_and_back_it_is_told_everything(tmp_path):
    (tmp_path / FILE).write_text(f"nanoKONTROL2:\n  cc 7 channel 1: {LEVEL}\n  note 36 channel 10: {MUTE}\nanother desk:\n  cc 1 channel 1: /x\n")
    desktop, told = Desktop(tmp_path / "dev"), []
    async with at_work(tmp_path, desktop.places, told) as (made, _, tree):
        await until(lambda: len(desktop.told()) >= 2, what="both values")
        desktop.send(mido.Message("note_on", note=36, channel=9, velocity=90))
        await until(lambda: tree.value(MUTE) is True, what="the key")
        desktop.wire.pull()
        await until(lambda: told, what="the loss")
        desktop.plug()
        await until(lambda: mido.Message("note_on", note=36, channel=9, velocity=127) in desktop.told() and cc(0) in desktop.told(), what="everything again")
        await until(lambda: len(told) == 2, what="the recovery")
        made.forget(ARTIST, LEVEL)
    assert [type(what) for what in told] == [Fault, Recovery]
    assert "another desk" in (tmp_path / FILE).read_text()               # what is not plugged into this piece now is kept


async def test_learning_ends_by_itself_and_refuses_what_cannot_be_moved(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LEARN", 0.05)
    desktop, told = Desktop(tmp_path / "dev"), []
    async with at_work(tmp_path, desktop.places, told) as (made, desk, _):
        for address, id in ((LEVEL, "midi.untouched"), ("/scene/tide/levl", "tree.unknown"), (XRUNS, "tree.read_only"), ("/light/wash/colour", "midi.colour")):
            with pytest.raises(Fault) as caught:
                await desk.ask(ARTIST, "midi.learn", {"address": address})
            assert caught.value.id == id
        monkeypatch.setattr(module, "LEARN", 5.0)
        first = asyncio.create_task(desk.ask(ARTIST, "midi.learn", {"address": LEVEL}))
        await asyncio.sleep(0)
        with pytest.raises(Fault) as caught:
            await desk.ask(ARTIST, "midi.learn", {"address": MUTE})
        assert caught.value.id == "midi.learning"
        with pytest.raises(Fault):
            await desk.ask(Hand("web:2", Role.ATTENDANT), "midi.learn", {"address": MUTE})
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        assert made.list(ARTIST)[0]["learns"] == ""


@pytest.mark.parametrize("text", ["nanoKONTROL2: [1, 2]\n", "- 1\n", "{{{", "nanoKONTROL2:\n  knob 1: /x\n", "\x00\x01", "a: &a [*a]\n"])
async def test_a_damaged_file_is_told_and_the_piece_goes_on(text, tmp_path):
    (tmp_path / FILE).write_text(text)
    desktop, told = Desktop(tmp_path / "dev"), []
    async with at_work(tmp_path, desktop.places, told) as (made, _, tree):
        await until(lambda: made.devices[0].is_open, what="the port")
        desktop.send(cc(100))
        assert made.devices[0].surface.bindings == {}
        assert len(told) == 1 and (tmp_path / FILE).read_text() == text
        learning = asyncio.create_task(made.learn(ARTIST, MUTE))
        await asyncio.sleep(0)
        desktop.send(cc(0), cc(100))
        await learning
    assert [type(what) for what in told] == [Fault, Recovery] and MUTE in (tmp_path / FILE).read_text()
    assert (tmp_path / f"{FILE}.damaged").read_text() == text                # nothing is lost


async def test_what_cannot_be_saved_beside_the_piece_is_saved_in_the_state_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "kept"))
    real = module.write_whole

    def picky(path: Path, data: bytes, mode: int | None = None) -> None:
        if path.parent == tmp_path:
            raise OSError(30, "Read-only file system")
        real(path, data, mode)

    monkeypatch.setattr(module, "write_whole", picky)
    desktop, told = Desktop(tmp_path / "dev"), []
    async with at_work(tmp_path, desktop.places, told) as (made, desk, _):
        await until(lambda: made.devices[0].is_open, what="the port")
        learning = asyncio.create_task(desk.ask(ARTIST, "midi.learn", {"address": MUTE}))
        await asyncio.sleep(0)
        desktop.send(cc(0), cc(100))
        await learning
    assert "/system/mute" in (tmp_path / "kept" / FILE).read_text() and not told


async def test_a_fader_that_may_not_is_told_once_and_that_is_over(tmp_path, monkeypatch):
    (tmp_path / FILE).write_text(f"nanoKONTROL2: {{cc 7 channel 1: {LEVEL}, cc 8 channel 1: {MUTE}}}\n")
    desktop, told = Desktop(tmp_path / "dev"), []
    record = MidiRecord(device="nanoKONTROL2", through="raw", motors=True, only=("/system/",))
    async with at_work(tmp_path, desktop.places, told, record) as (made, _, tree):
        await until(lambda: made.devices[0].is_open, what="the port")
        desktop.send(*(cc(value) for value in range(0, 120, 10)), cc(127, 8))
        await until(lambda: tree.value(MUTE) is True, what="the other fader")
        assert tree.value(LEVEL) == 0.0
        assert [fault.id for fault in told] == ["gate.role"]
        monkeypatch.setattr(module, "CALM", 0.05)
        await until(lambda: len(told) == 2, what="the end of it")
    assert isinstance(told[1], Recovery) and (told[1].where, told[1].id) == (told[0].where, told[0].id)


@pytest.mark.jack
async def test_a_controller_on_jack(tmp_path, monkeypatch):
    if importlib.util.find_spec("rtmidi") is None:
        lack("python-rtmidi is not installed")
    import jack

    with Server("DESK") as server:
        for name, value in server.environment.items():
            if name.startswith("JACK"):
                monkeypatch.setenv(name, value)
        (tmp_path / FILE).write_text(f"faders: {{cc 7 channel 1: {LEVEL}}}\n")
        client = jack.Client("faders", servername=server.name, no_start_server=True)
        out, into, waiting, heard = client.midi_outports.register("out"), client.midi_inports.register("in"), [], []

        def process(frames: int) -> None:
            out.clear_buffer()
            while waiting:
                out.write_midi_event(0, waiting.pop(0))
            heard.extend(bytes(data) for _, data in into.incoming_midi_events())

        client.set_process_callback(process)
        client.activate()
        told: list = []
        try:
            async with at_work(tmp_path, MidiPlaces(), told, MidiRecord(device="faders", through="jack", motors=True)) as (made, _, tree):
                await until(lambda: made.devices[0].is_open, what="the port")

                def moved() -> bool:
                    if not waiting:                                     # JACK connects some periods after it has said so
                        waiting.append(bytes(cc(127).bytes()))
                    return tree.value(LEVEL) == 1.0

                await until(moved, what="the fader")
                waiting.clear()
                await asyncio.sleep(0.05)
                made._gate.write(OTHER, LEVEL, 0.0, asyncio.get_running_loop().time())
                await until(lambda: bytes(cc(0).bytes()) in heard, what="the motor")
        finally:
            client.deactivate()
            client.close()
    assert os.environ["JACK_DEFAULT_SERVER"] == server.name
