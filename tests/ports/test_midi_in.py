"""MIDI in: raw device files on pseudo-terminals, and a loop through JACK; bytes, names, loss and return."""
from __future__ import annotations

import asyncio
import contextlib
import os
import random
from pathlib import Path

import mido
import pytest

from installation.ports.midi_in import MidiIn, midi_ports, way_in
from installation.ports.midi_raw import MidiBytes, MidiPlaces, chosen, raw_ports
from installation.ports.wire import State
from installation.rules.midi_fields import MidiFields
from installation.rules.piece import SensorRecord
from installation.rules.readings import Readings
from installation.runtime.senses.sensing import Sensing
from installation.terms.fault import Fault
from tests.bench import lack
from tests.jack import Server

from .stand_in import Plug, until

FIELDS = {"key": {"note": 60}, "fader": {"cc": 7, "channel": 1}, "bend": {"pitch": True}}


def at(folder: Path) -> MidiPlaces:
    for name in ("snd", "sound"):
        (folder / name).mkdir(exist_ok=True)
    return MidiPlaces(dev=folder / "snd", sound=folder / "sound")


def card(places: MidiPlaces, number: int, name: str) -> None:
    (places.sound / f"card{number}").mkdir(exist_ok=True)
    (places.sound / f"card{number}" / "id").write_text(name + "\n")


def on(note: int, velocity: int = 127, channel: int = 0) -> mido.Message:
    return mido.Message("note_on", note=note, velocity=velocity, channel=channel)


def test_messages_become_readings() -> None:
    fields = MidiFields({"fields": FIELDS})
    assert fields.fields() == {"key": "ratio", "fader": "ratio", "bend": "ratio"}
    for message, readings in (
            (on(60), {"key": 1.0}), (on(60, 0), {"key": 0.0}), (on(61), {}), (on(60, 127, 9), {"key": 1.0}),
            (mido.Message("note_off", note=60, velocity=99), {"key": 0.0}),
            (mido.Message("control_change", control=7, value=127), {"fader": 1.0}),
            (mido.Message("control_change", control=7, value=127, channel=1), {}),
            (mido.Message("control_change", control=123, value=0), {"key": 0.0}),
            (mido.Message("pitchwheel", pitch=8191), {"bend": 1.0}), (mido.Message("pitchwheel", pitch=-8192), {"bend": -1.0}),
            (mido.Message("pitchwheel", pitch=0), {"bend": 0.0}), (mido.Message("program_change", program=3), {}),
            (mido.Message("clock"), {})):
        assert fields.read(message) == readings


@pytest.mark.parametrize("options", [
    {}, {"fields": {}}, {"fields": {"a": {}}}, {"fields": {"a": {"note": 128}}}, {"fields": {"a": {"note": 1, "cc": 1}}},
    {"fields": {"a": {"cc": True}}}, {"fields": {"a": {"pitch": False}}}, {"fields": {"a": {"pitch": 1}}},
                                     {"fields": {"a": {"note": 1, "channel": 0}}},
    {"fields": {"a b": {"note": 1}}}, {"fields": FIELDS, "thru": "raw"}, {"fields": FIELDS, "through": "usb"},
                                     {"fields": {"a": {"note": 1, "x": 1}}}])
def test_wrong_fields_are_faults(options: dict) -> None:
    with pytest.raises(Fault) as caught:
        MidiFields(options)
    assert caught.value.happened.en != caught.value.happened.fr


def test_running_status_clock_bytes_and_system_exclusive_are_read_as_the_standard_has_them() -> None:
    whole = MidiBytes()
    data = bytes([0x90, 60, 100, 0xF8, 62, 0xFE, 101, 0xF0, 1, 2, 0xF8, 3, 0xF7, 64, 0x90, 0xB0, 7, 64, 7, 65, 0xF2, 1, 2, 9,
                  0xE0, 0, 64])
    said = [message for byte in data for message in whole.feed(bytes([byte]))]
    assert [str(message) for message in said] == [
        "note_on channel=0 note=60 velocity=100 time=0", "note_on channel=0 note=62 velocity=101 time=0",
        "control_change channel=0 control=7 value=64 time=0", "control_change channel=0 control=7 value=65 time=0",
        "pitchwheel channel=0 pitch=0 time=0"]
    assert [str(message) for message in MidiBytes().feed(data)] == [str(message) for message in said]


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_give_only_sound_messages_and_a_way_back(seed: int) -> None:
    reader = MidiBytes()
    for message in reader.feed(random.Random(seed).randbytes(20_000)):
        assert message.is_valid if hasattr(message, "is_valid") else message.bytes()
    assert len(reader._data) <= 2
    assert str(reader.feed(bytes([0x90, 60, 100]))[0]).startswith("note_on")


def test_names_are_found_by_a_part_and_listed_when_wrong(tmp_path: Path) -> None:
    places = at(tmp_path)
    assert raw_ports(places) == {} == raw_ports(MidiPlaces(dev=tmp_path / "none"))
    for number, name in ((1, "nanoKONTROL2"), (2, "nanoKEY2"), (3, "UMC1820")):
        card(places, number, name)
        (places.dev / f"midiC{number}D0").touch()
    (places.dev / "controlC1").touch()
    names = list(raw_ports(places))
    assert names == ["nanoKONTROL2 (midiC1D0)", "nanoKEY2 (midiC2D0)", "UMC1820 (midiC3D0)"] == midi_ports("raw", places)
    assert chosen("kontrol", names) == names[0] and chosen("midiC3D0", names) == names[2]
    for written, id, said in (("nano", "midi.ambiguous", "device: nanoKEY2 (midiC2D0)"),
                              ("nanoKONTROL3", "wire.missing", "device: UMC1820"),
                              ("", "wire.missing", "device: UMC1820")):
        with pytest.raises(Fault) as caught:
            chosen(written, names)
        assert caught.value.id == id and said in caught.value.remedy.fr
    with pytest.raises(Fault, match="no MIDI port"):
        chosen("x", [])


async def test_a_raw_device_is_read_lost_and_found_again(tmp_path: Path) -> None:
    places, readings, loop = at(tmp_path), Readings(), asyncio.get_running_loop()
    told: list = []
    card(places, 1, "nanoKONTROL2")
    device = Plug(places.dev / "midiC1D0")
    record = SensorRecord(name="desk", driver="midi", device="kontrol", hold=0.1, rest={"key": 0.0},
                          options={"fields": FIELDS, "through": "raw"})
    sensing = Sensing([record], {}, readings, told.append, midi_places=places)
    await sensing.open()
    await until(lambda: sensing.status()[0].state is State.OPEN)
    device.write(bytes(on(60, 127).bytes()) + bytes([61, 3]) + b"\xb0\x07\x40\xe0\x7f\x7f")
    await until(lambda: readings.read("desk.bend", loop.time()).value == 1.0)
    assert readings.read("desk.key", loop.time()).value == 1.0
    assert readings.read("desk.fader", loop.time()).value == 64 / 127
    device.pull()
    await until(lambda: told)
    await until(lambda: readings.read("desk.key",
                                      loop.time()).value == 0.0)    # a key held while the plug was pulled does not sound for ever
    card(places, 2, "nanoKONTROL2")    # back under another number
    device = Plug(places.dev / "midiC2D0")
    await until(lambda: len(told) == 2)
    device.write(bytes(on(60, 64).bytes()))
    await until(lambda: readings.read("desk.key", loop.time()).value == 64 / 127)
    assert [what.id for what in told] == ["wire.lost", "wire.lost"] and told[0].where == "desk (kontrol)"
    await sensing.close()
    device.pull()


async def test_a_flood_leaves_the_loop_its_turns(tmp_path: Path) -> None:
    places = at(tmp_path)
    heard: list = []
    device = Plug(places.dev / "midiC1D0")
    port = MidiIn("midiC1D0", heard.append, lambda state, fault: None, through="raw", places=places)
    port.open()
    await until(lambda: port.state is State.OPEN)
    await device.say(bytes(on(60).bytes()) * 20_000 + bytes(on(1).bytes()))
    await until(lambda: len(heard) == 20_001)
    assert heard[-1].note == 1 and port.received == 20_001
    await port.close()
    device.pull()


def test_without_the_library_raw_files_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert way_in() == "raw"
    with pytest.raises(Fault, match="python-rtmidi"):
        way_in("alsa")


@pytest.mark.jack
async def test_a_loop_through_jack(monkeypatch: pytest.MonkeyPatch) -> None:
    """mido plays into JACK; the port waits for it by a part of its name, and what is played becomes readings."""
    if way_in_or_none() is None:
        lack("python-rtmidi is not installed")
    with Server("SENSORSmidi") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        readings, loop = Readings(), asyncio.get_running_loop()
        told: list = []
        record = SensorRecord(name="desk", driver="midi", device="desk_out", options={"fields": FIELDS, "through": "jack"})
        sensing = Sensing([record], {}, readings, told.append)
        await sensing.open()
        await until(lambda: told)
        assert [what.id for what in told] == ["wire.missing"]
        backend = mido.Backend("mido.backends.rtmidi/UNIX_JACK")
        with contextlib.closing(backend.open_output("desk_out", virtual=True, client_name="tester")) as out:
            await until(lambda: sensing.status()[0].state is State.OPEN)
            assert [what.id for what in told] == ["wire.missing", "wire.missing"]
            assert any("desk_out" in name for name in await asyncio.to_thread(midi_ports, "jack"))
            for message, field, wanted in ((on(60), "desk.key", 1.0),
                                         (mido.Message("control_change", control=7, value=0), "desk.fader", 0.0),
                                         (mido.Message("pitchwheel", pitch=-8192), "desk.bend", -1.0),
                                         (mido.Message("note_off", note=60), "desk.key", 0.0)):
                out.send(message)
                await until(lambda: readings.read(field, loop.time()).value == wanted)    # noqa: B023
            sent = 0
            for number in range(500):    # paced below JACK's ring
                out.send(on(60, number % 127 + 1))
                sent += 1
                if number % 50 == 49:
                    await asyncio.sleep(0.01)
            await until(lambda: sensing.status()[0].frames == 4 + sent)
            assert readings.read("desk.key", loop.time()).value == (499 % 127 + 1) / 127
        await sensing.close()


def way_in_or_none() -> str | None:
    try:
        return way_in("jack")
    except Fault:
        return None


@pytest.mark.skipif(os.path.exists("/dev/snd/seq"), reason="this machine has ALSA's sequencer")
async def test_a_machine_without_the_sequencer_says_so(tmp_path: Path) -> None:
    if way_in_or_none() is None:
        lack("python-rtmidi is not installed")
    faults: list = []
    port = MidiIn("any", print, lambda state, fault: faults.append(fault), through="alsa")
    port.open()
    await until(lambda: faults)
    assert faults[0].id == "midi.system" and "raw" in faults[0].remedy.fr
    await port.close()
