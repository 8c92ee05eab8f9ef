"""Lamps by MIDI: what is said, how fast, and a device on a pseudo-terminal and one on JACK that hear it."""
from __future__ import annotations

import asyncio
import importlib.util
import os
from pathlib import Path

import mido
import pytest

from installation.ports.midi_out import AT_ONCE, MidiOutPort, midi
from installation.ports.midi_raw import MidiBytes
from installation.terms.fault import Fault, Recovery
from tests.bench import lack
from tests.jack import Server
from tests.light.piece import slots
from tests.ports.stand_in import Plug, until


def test_a_slot_is_a_velocity_or_a_value():
    made = slots(1, 1)
    assert mido.Message.from_bytes(midi(made[1], 255)) == mido.Message("note_on", channel=0, note=0, velocity=127)
    assert mido.Message.from_bytes(midi(made[2], 129)) == mido.Message("control_change", channel=1, control=0, value=64)


class Lamps(Plug):
    """A device that remembers the last value of everything it was told."""

    def __init__(self, link: Path) -> None:
        super().__init__(link)
        self._bytes = MidiBytes()
        self.messages: list = []
        self.values: dict[tuple, int] = {}

    def work(self) -> None:
        for message in self._bytes.feed(self.heard()):
            self.messages.append(message)
            if message.type == "note_on":
                self.values["note", message.note] = message.velocity
            else:
                self.values["cc", message.control] = message.value


async def test_changes_leave_at_a_bearable_pace_and_the_device_may_be_pulled_out(tmp_path: Path):
    told: list = []
    device = Lamps(tmp_path / "midi")
    port = MidiOutPort(str(tmp_path / "midi"), slots(60, 60), told.append)
    port.open()
    await until(lambda: port.is_open)
    frame = bytes(range(0, 240, 2)) + bytes(392)
    ticks = 0
    while len(device.values) < 120:
        before = len(device.messages)
        port.send(frame, ticks / 40)
        device.work()
        ticks += 1
        assert len(device.messages) - before <= AT_ONCE and ticks < 50
    assert ticks == 6      # 120 slots, 20 at a time
    assert device.values == {**{("note", n): n for n in range(60)}, **{("cc", n): 60 + n for n in range(60)}}
    device.messages.clear()
    for n in range(480):
        port.send(frame, n / 40)
        device.work()
    assert len(device.messages) == 120      # each is said again once in twelve seconds
    device.pull()
    await until(lambda: not port.is_open, what="the loss")
    port.send(frame, 0.0)
    back = Lamps(tmp_path / "midi")
    await until(lambda: port.is_open, what="the return")
    for n in range(6):
        port.send(frame, n / 40)
        back.work()
    assert len(back.values) == 120      # a device that comes back is told everything
    assert [type(what) for what in told] == [Fault, Recovery] and port.lost == 1
    await port.close()
    back.pull()


@pytest.mark.jack
async def test_a_synthesiser_on_jack_hears_the_lamps(monkeypatch: pytest.MonkeyPatch):
    if importlib.util.find_spec("rtmidi") is None:
        lack("python-rtmidi is not installed")
    import jack

    with Server("LIGHT") as server:
        for name, value in server.environment.items():
            if name.startswith("JACK"):
                monkeypatch.setenv(name, value)
        heard: list[bytes] = []
        client = jack.Client("dimmerpack", servername=server.name, no_start_server=True)
        into = client.midi_inports.register("in")
        client.set_process_callback(lambda frames: heard.extend(bytes(data) for _, data in into.incoming_midi_events()))
        client.activate()
        told: list = []
        port = MidiOutPort("dimmerpack", slots(4, 4), told.append, through="jack")
        port.open()
        await until(lambda: port.is_open, what="the port")
        for n in range(100):
            port.send(bytes([n * 2] * 8) + bytes(504), n / 40)
            await asyncio.sleep(0.005)
        await until(lambda: len(heard) >= 796, what="the messages")
        last = {tuple(message[:2]): message[2] for message in heard}
        assert set(last.values()) == {99} and len(last) == 8 and not told
        await port.close()
        client.deactivate()
        client.close()
    assert os.environ["JACK_DEFAULT_SERVER"] == server.name
