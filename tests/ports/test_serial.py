"""A serial line on a pseudo-terminal: names, reading, loss and return, writing to a device that does not listen."""
from __future__ import annotations

import asyncio
import fcntl
import os
import struct
from pathlib import Path

import pytest

from installation.ports.serial import SerialPort, open_serial
from installation.ports.serial_places import Places, listing, resolve
from installation.ports.wire import Opened, State, Wire
from installation.terms.fault import Fault
from installation.terms.words import say

from .stand_in import Plug, places, until, usb


class Ear:
    """Gathers what a port tells."""

    def __init__(self) -> None:
        self.data = b""
        self.states: list[tuple[State, Fault | None]] = []

    def on_data(self, data: bytes) -> None:
        self.data += data

    def on_state(self, state: State, fault: Fault | None) -> None:
        self.states.append((state, fault))

    def edges(self) -> list[str]:
        return [fault.id if fault else state.value for state, fault in self.states]


async def test_reads_what_a_board_writes_at_the_speed_of_its_line(tmp_path: Path) -> None:
    at, ear = places(tmp_path), Ear()
    board = Plug(tmp_path / "by-id" / "usb-Arduino_Uno_85438-if00")
    port = SerialPort("usb-Arduino_Uno_85438-if00", 115200, ear.on_data, ear.on_state, places=at)
    port.open()
    await until(lambda: port.state is State.OPEN)
    said = b"".join(b"R%04d\r" % (n % 10000) for n in range(200))
    await board.say(said, baud=115200)
    await until(lambda: len(ear.data) == len(said))
    assert ear.data == said
    assert port.received == len(said)
    await port.close()
    assert ear.edges() == ["open", "closed"]
    board.pull()


@pytest.mark.parametrize("baud", [9600, 115200, 250000])
async def test_sets_the_speed_that_was_asked_for(tmp_path: Path, baud: int) -> None:
    board = Plug(tmp_path / "by-id" / "it")
    opened = open_serial("it", baud, places(tmp_path))
    TCGETS2 = 0x802C542A
    got = fcntl.ioctl(board.master, TCGETS2, bytes(44))
    assert struct.unpack_from("2I", got, 36)[1] == baud
    opened.close()
    board.pull()


async def test_comes_back_under_another_number(tmp_path: Path) -> None:
    """Pulled out and put back as another terminal, found by its by-id name; each edge is said once."""
    at, ear = places(tmp_path), Ear()
    link = tmp_path / "by-id" / "usb-Arduino_Uno_85438-if00"
    board = Plug(link)
    port = SerialPort(link.name, 115200, ear.on_data, ear.on_state, places=at)
    port.open()
    await until(lambda: port.state is State.OPEN)
    board.pull()
    await until(lambda: port.state is State.ABSENT)
    before = port.attempts
    await until(lambda: port.attempts >= before + 3)    # attempts in vain are not told again
    assert ear.edges() == ["open", "wire.lost"]
    assert not port.write(b"nobody hears this")
    other = Plug(tmp_path / "by-id" / "usb-somebody_else")    # takes the number that became free
    board = Plug(link)
    await until(lambda: port.state is State.OPEN)
    await board.say(b"R0421\r")
    await until(lambda: ear.data == b"R0421\r")
    assert ear.edges() == ["open", "wire.lost", "open"]
    assert port.opened == 2 and port.refused == 1
    await port.close()
    board.pull()
    other.pull()


async def test_comes_back_by_its_usb_number_without_by_id(tmp_path: Path) -> None:
    at, ear = places(tmp_path), Ear()
    board = Plug(tmp_path / "raw" / "a")
    usb(at, "ttyACM0", board.terminal, "85438323")
    port = SerialPort("85438323", 9600, ear.on_data, ear.on_state, places=at)
    port.open()
    await until(lambda: port.state is State.OPEN)
    assert port.path == str(at.dev / "ttyACM0")
    (at.dev / "ttyACM0").unlink()
    (at.sysfs / "ttyACM0" / "device").unlink()
    board.pull()
    await until(lambda: port.state is State.ABSENT)
    board = Plug(tmp_path / "raw" / "b")
    usb(at, "ttyACM1", board.terminal, "85438323")
    await until(lambda: port.state is State.OPEN)
    assert port.path == str(at.dev / "ttyACM1")
    await port.close()
    board.pull()


def test_names_are_found_in_every_way_they_may_be_written(tmp_path: Path) -> None:
    at = places(tmp_path)
    board = Plug(tmp_path / "by-id" / "usb-Arduino_Uno_85438-if00")
    usb(at, "ttyACM3", board.terminal, "85438")
    node = str(at.dev / "ttyACM3")
    assert resolve("usb-Arduino_Uno_85438-if00", at) == str(board.link)
    assert resolve(str(board.link), at) == str(board.link)
    assert resolve("85438", at) == node
    assert resolve(node, at) == node
    assert resolve("ttyACM3", at) == node
    (at.sysfs / "ttyACM3" / "device").unlink()    # a system whose sysfs says nothing: the by-id name tells the number
    assert resolve("85438", at) == str(board.link)
    board.pull()


def test_a_wrong_name_lists_what_is_there_in_both_languages(tmp_path: Path) -> None:
    at = places(tmp_path)
    board = Plug(tmp_path / "by-id" / "usb-Arduino_Uno_85438-if00")
    with pytest.raises(Fault) as caught:
        resolve("usb-Arduino_Uno_85483-if00", at)
    for language, hint in (("en", 'Did you mean "usb-Arduino_Uno_85438-if00"?'),
                           ("fr", "Peut-être « usb-Arduino_Uno_85438-if00 »")):
        assert hint in say(caught.value.remedy, language)
        assert "device: usb-Arduino_Uno_85438-if00" in say(caught.value.remedy, language)
    board.pull()
    with pytest.raises(Fault, match="no serial device") as caught:
        resolve("85438", at)
    assert "No serial device is plugged in" in caught.value.remedy.en
    for nonsense in ("", ".", "..", "../../etc/passwd", "a/b", "\0"):
        with pytest.raises((Fault, ValueError)):
            resolve(nonsense, at)


def test_two_lines_of_one_number_are_ambiguous(tmp_path: Path) -> None:
    at = places(tmp_path)
    boards = [Plug(tmp_path / "by-id" / f"usb-Teensy_Dual_123-if0{n}") for n in (0, 2)]
    with pytest.raises(Fault) as caught:
        resolve("123", at)
    assert caught.value.id == "serial.ambiguous"
    assert "usb-Teensy_Dual_123-if00" in str(caught.value) and "usb-Teensy_Dual_123-if02" in str(caught.value)
    for board in boards:
        board.pull()


def test_listing_gives_the_name_that_lasts(tmp_path: Path) -> None:
    at = places(tmp_path)
    assert listing(at) == ()
    board = Plug(tmp_path / "raw" / "a")
    usb(at, "ttyACM0", board.terminal, "85438", product="Uno R4")
    (device,) = listing(at)
    assert (device.number, device.about) == ("85438", "Arduino Uno R4")
    assert resolve(device.name, at)
    board.pull()
    assert isinstance(listing(), tuple)    # this machine's own: whatever it has


async def test_a_line_that_is_taken_is_said_and_awaited(tmp_path: Path) -> None:
    at, ear = places(tmp_path), Ear()
    board = Plug(tmp_path / "by-id" / "it")
    first = open_serial("it", 9600, at)
    port = SerialPort("it", 9600, ear.on_data, ear.on_state, places=at)
    port.open()
    await until(lambda: ear.states)
    assert ear.edges() == ["serial.busy"]
    first.close()
    await until(lambda: port.state is State.OPEN)
    assert ear.edges() == ["serial.busy", "open"]
    await port.close()
    board.pull()


async def test_an_absent_device_is_said_once_and_taken_when_it_appears(tmp_path: Path) -> None:
    at, ear = places(tmp_path), Ear()
    port = SerialPort("later", 9600, ear.on_data, ear.on_state, places=at)
    port.open()
    await until(lambda: ear.states)
    board = Plug(tmp_path / "by-id" / "later")
    await until(lambda: port.state is State.OPEN)
    assert ear.edges() == ["wire.missing", "open"]
    await port.close()
    board.pull()


async def test_a_file_that_is_no_serial_device_is_a_fault(tmp_path: Path) -> None:
    at, ear = places(tmp_path), Ear()
    (tmp_path / "by-id" / "file").write_text("no terminal")
    port = SerialPort("file", 9600, ear.on_data, ear.on_state, places=at)
    port.open()
    await until(lambda: ear.states)
    assert ear.edges() == ["serial.open"]
    fault = ear.states[0][1]
    assert fault is not None and fault.happened.fr.startswith("impossible")
    await port.close()


async def test_frames_are_never_cut_and_the_newest_wins(tmp_path: Path) -> None:
    """A device that does not read: what began to leave is finished, of the rest only the newest follows."""
    at, ear = places(tmp_path), Ear()
    board = Plug(tmp_path / "by-id" / "lamps")
    port = SerialPort("lamps", 57600, ear.on_data, ear.on_state, places=at)
    port.open()
    await until(lambda: port.state is State.OPEN)
    frames = [bytes([n % 200]) * 518 for n in range(400)]
    assert all(port.write(frame) for frame in frames)
    assert port.replaced > 300
    heard = b""
    while len(heard) % 518 or not heard.endswith(frames[-1]):
        heard += board.heard()
        await asyncio.sleep(0)
    seen = [heard[n:n + 518] for n in range(0, len(heard), 518)]
    assert all(frame == frame[:1] * 518 for frame in seen)
    assert seen[-1] == frames[-1]
    assert len(seen) == len(frames) - port.replaced
    assert port.sent == len(heard)
    await port.close()
    board.pull()


async def test_close_lets_the_last_frame_leave(tmp_path: Path) -> None:
    at, ear = places(tmp_path), Ear()
    board = Plug(tmp_path / "by-id" / "lamps")
    port = SerialPort("lamps", 57600, ear.on_data, ear.on_state, places=at)
    port.open()
    await until(lambda: port.state is State.OPEN)
    for _ in range(100):
        port.write(b"x" * 518)
    port.write(b"y" * 518)
    heard = []

    async def listen() -> None:
        while True:
            heard.append(board.heard())
            await asyncio.sleep(0)

    listener = asyncio.create_task(listen())
    await port.close(linger=5)
    listener.cancel()
    assert b"".join(heard).endswith(b"y" * 518)
    assert not port.write(b"z")
    board.pull()


async def test_a_flood_leaves_the_loop_its_turns(tmp_path: Path) -> None:
    """While megabytes wait on the line, the loop still gets a turn for each bounded read."""
    at, ear = places(tmp_path), Ear()
    board = Plug(tmp_path / "by-id" / "it")
    port = SerialPort("it", 115200, ear.on_data, ear.on_state, places=at)
    port.open()
    await until(lambda: port.state is State.OPEN)
    turns = 0
    while len(ear.data) < 1_000_000:
        board.write(b"123456789\n" * 400)
        await asyncio.sleep(0)
        turns += 1
    assert turns >= 1_000_000 // 4096
    await port.close()
    board.pull()


async def test_an_open_that_hangs_neither_stops_the_loop_nor_the_end() -> None:
    """The opener blocks; the wire can be closed meanwhile, and what was opened too late is closed again."""
    import threading

    may_go, closed, ear = threading.Event(), threading.Event(), Ear()
    reading, writing = os.pipe()

    def opener() -> Opened:
        may_go.wait(20)
        return Opened(reading, "slow", closed.set)

    wire = Wire(opener, ear.on_data, ear.on_state, name="slow")
    wire.open()
    await asyncio.sleep(0)
    await wire.close()
    may_go.set()
    await until(closed.is_set)
    os.close(reading)
    os.close(writing)


def test_importing_opens_nothing() -> None:
    assert Places().dev == Path("/dev")
