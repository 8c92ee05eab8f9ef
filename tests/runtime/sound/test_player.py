"""One player process: what it answers over its line, how little it loads, and that it goes on where another left off."""
from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import numpy as np
import pytest
import soundfile

from installation.audio.arena import Arena
from installation.audio.layout import BLOCKS, COMMITTED, EPOCH, IN_SILENCE, PLAYER_PID, S_READ, S_WRITTEN
from installation.audio.native import build_engine
from installation.runtime.sound.child import Child
from installation.terms.fault import Fault
from tests.audio.test_feeder import Tape
from tests.jack import Server
from tests.runtime.playing import MEMORY, RATE

SILENT = {"card": None, "api": None, "block": 256, "latency": None}


@pytest.fixture(scope="module")
def engine(tmp_path_factory) -> str:
    return str(build_engine(tmp_path_factory.getbasetemp() / "kernels"))


class Stand:
    """An arena and the players that a test starts; all are gone at its end."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.arena = Arena(MEMORY, RATE, 2)
        self.words = self.arena.words
        self.children: list[Child] = []
        self.said: list[dict] = []

    async def child(self) -> Child:
        child = Child(self.arena.fd, ended=lambda child: None, told=lambda child, said: self.said.append(said))
        self.children.append(child)
        await child.load({}, self.engine)
        return child

    async def go(self, child: Child, **order: object) -> dict:
        self.words[EPOCH] += 1
        return await child.go({"epoch": self.words[EPOCH], **SILENT, **order})

    async def until(self, true, within: float = 20.0) -> None:
        end = asyncio.get_running_loop().time() + within
        while not true():
            assert asyncio.get_running_loop().time() < end
            await asyncio.sleep(0.005)

    async def blocks_pass(self, count: int = 20) -> None:
        wanted = self.words[BLOCKS] + count
        await self.until(lambda: self.words[BLOCKS] >= wanted)


@pytest.fixture
async def stand(engine):
    stand = Stand(engine)
    yield stand
    for child in stand.children:
        await child.kill()
    stand.arena.close()


async def test_it_is_small_and_loads_neither_numba_nor_portaudio_before_it_must(stand) -> None:
    child = await stand.child()
    maps = Path(f"/proc/{child.pid}/maps").read_text()        # noqa: ASYNC240
    assert "/numba/" not in maps and "soundfile" not in maps
    await stand.go(child)
    await stand.blocks_pass()
    status = Path(f"/proc/{child.pid}/status").read_text()        # noqa: ASYNC240
    own = int(status.split("RssAnon:")[1].split()[0])        # the libraries' pages are the page cache's, and as many as it likes
    assert own < 45_000, f"{own} kB"
    stats = await child.stats()
    assert stats["resident"] < 60e6 and stats["xruns"] == 0


async def test_it_ignores_interrupts_and_leaves_when_told(stand) -> None:
    child = await stand.child()
    await stand.go(child)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(child.pid, number)
    await stand.blocks_pass()
    assert stand.words[PLAYER_PID] == child.pid
    await child.close()
    assert child.status == 0


async def test_the_next_goes_on_from_the_last_complete_block_and_the_first_writes_nothing_more(stand) -> None:
    first, second = await stand.child(), await stand.child()
    await stand.go(first)
    await stand.blocks_pass()
    os.kill(first.pid, signal.SIGSTOP)
    last = stand.words[BLOCKS]
    await stand.go(second)
    await stand.blocks_pass()
    os.kill(first.pid, signal.SIGCONT)
    await stand.until(lambda: {"event": "stopped"} in stand.said)
    await stand.blocks_pass()
    assert stand.words[COMMITTED] >> 16 > last
    assert (stand.words[COMMITTED] >> 2) & 0x3FFF == stand.words[EPOCH]


async def test_an_order_of_an_epoch_that_is_over_is_refused(stand) -> None:
    child = await stand.child()
    stand.words[EPOCH] += 2
    with pytest.raises(Fault) as caught:
        await child.go({"epoch": 1, **SILENT})
    assert caught.value.id == "player.stale"


async def test_code_that_does_not_load_is_a_fault_with_its_number_and_file(stand, tmp_path) -> None:
    child = await stand.child()
    with pytest.raises(Fault) as caught:
        await child.load({7: str(tmp_path / "missing.object")})
    assert "7" in caught.value.say("en") and "missing.object" in caught.value.where
    assert 7 not in child.loaded and child.alive


async def test_when_control_hangs_up_it_fades_and_leaves(stand) -> None:
    child = await stand.child()
    await stand.go(child)
    await stand.blocks_pass()
    child._loop.remove_reader(child._line.fileno())
    child._line.shutdown(2)
    assert await child.wait(5)
    assert child.status == 0 and stand.words[IN_SILENCE]


async def test_a_death_while_an_answer_is_awaited_is_a_fault_at_once(stand) -> None:
    child = await stand.child()
    os.kill(child.pid, signal.SIGSTOP)
    asking = asyncio.create_task(child.stats())
    await asyncio.sleep(0)
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(Fault, match="SIGKILL"):
        await asking


async def test_streams_are_fed_and_the_next_player_goes_on_at_the_same_frame(stand, tmp_path) -> None:
    sound = np.random.default_rng(3).integers(-9_999, 9_999, (5_000, 2)).astype("f4") / 32_768
    soundfile.write(tmp_path / "long.wav", sound, RATE, subtype="PCM_16")
    tape = Tape(stand.arena, 2, tmp_path / "long.wav", frames=len(sound), ring=900, loop=True)
    lost = Tape(stand.arena, 5, tmp_path / "lost.wav", frames=700, ring=900)
    heard = []
    for _ in range(2):
        child = await stand.child()
        await stand.go(child)
        for _ in range(3):
            await stand.until(lambda: tape.words[S_WRITTEN] - tape.words[S_READ] >= 800)
            heard.append(tape.take(800))
        await child.kill()
    got = np.concatenate(heard)
    assert np.array_equal(got, sound[np.arange(len(got)) % len(sound)])
    assert not lost.take(700).any()
    faults = [said["fault"] for said in stand.said if said["event"] == "fault"]
    assert {fault["id"] for fault in faults} == {"stream.lost"} and len(faults) == 1


@pytest.mark.jack
async def test_a_card_at_another_rate_or_too_narrow_is_a_fault_and_the_silent_clock_can_follow(stand, monkeypatch) -> None:
    with Server("PLAYER", outputs=1, rate=44_100) as server:
        for key, value in server.environment.items():
            monkeypatch.setenv(key, value)
        child = await stand.child()
        with pytest.raises(Fault) as caught:
            await stand.go(child, card="system")
        assert '"system" offers 1 output, the room has 2 loudspeakers' in caught.value.say("en")
        server.kill()
        server.outputs = 2
        server.start()
        child = await stand.child()
        with pytest.raises(Fault) as caught:
            await stand.go(child, card="system")
        assert "does not open at 48000 Hz" in caught.value.say("en") and "rate: 44100" in caught.value.say("fr")
        await stand.go(child)
        await stand.blocks_pass()
