"""Players with real processes on a real JACK server: killed, stopped, robbed of their card, ruined by kernels."""
from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest

from installation.audio.arena import Arena
from installation.audio.layout import BLOCKS, COMMITTED, INSIDE
from installation.audio.stage import Stage
from installation.runtime.sound.players import Players
from installation.terms.fault import Fault, Recovery
from tests.jack import Recorder, Server
from tests.runtime.playing import MEMORY, RATE, Piece, Places, Sound, breaks

PERIOD = 256
OUTPUTS = 3


@pytest.fixture(scope="module")
def piece(tmp_path_factory) -> Piece:
    return Piece(tmp_path_factory.mktemp("piece"), tmp_path_factory.getbasetemp() / "kernels")


@pytest.fixture
def server(monkeypatch):
    with Server("PLAYERS", outputs=OUTPUTS, period=PERIOD) as server:
        for key, value in server.environment.items():
            monkeypatch.setenv(key, value)
        yield server


class House:
    """An arena, a stage and players, as the runtime puts them together."""

    def __init__(self, piece: Piece, sound: Sound) -> None:
        self.piece = piece
        self.told: list[Fault | Recovery] = []
        self.dropped: list[tuple] = []
        self.arena = Arena(MEMORY, RATE, OUTPUTS)
        self.stage = Stage(self.arena)
        self.players = Players(self.arena, self.stage, sound, piece.engine, tell=self.told.append)
        self.players.on_dropped = lambda *what: self.dropped.append(what)

    async def play(self, *names: str, state: tuple[float, float] = (1.0, 0.0)):
        plan = self.piece.plan(*names, state=state)
        await self.players.need(plan, self.piece.objects)
        playing = self.stage.load(plan, {}, values={}, name=names[0])
        self.stage.start(playing, fade=0.0)
        return playing

    async def play_apart(self, *names: str, state: tuple[float, float]) -> None:
        """Each in a graph of its own; all begin at one frame. The sum is what they give in one graph."""
        plans = [self.piece.plan(name, state=state) for name in names]
        for plan in plans:
            await self.players.need(plan, self.piece.objects)
        at = self.stage.frame + 64 * 200
        for plan in plans:
            self.stage.start(self.stage.load(plan, {}, values={}, name="apart"), fade=0.0, at=at)

    @property
    def blocks(self) -> int:
        return int(self.arena.words[BLOCKS])

    @property
    def ids(self) -> list[str]:
        return [what.id for what in self.told if isinstance(what, Fault)]

    async def blocks_pass(self, count: int = 20) -> None:
        """Wait for sound to go on."""
        wanted = self.blocks + count
        await until(lambda: self.blocks >= wanted, f"{count} more blocks")

    async def is_replaced(self, pid: int) -> None:
        await until(lambda: self.players.state.pid not in (0, pid), "a successor")

    async def standby_is_ready(self) -> None:
        await until(lambda: self.players.state.standby, "a standby")


async def until(true: Callable[[], object], what: str, within: float = 20.0) -> None:
    """Wait for something that other processes do."""
    end = asyncio.get_running_loop().time() + within
    while not true():
        assert asyncio.get_running_loop().time() < end, f"waited {within} s for {what}"
        await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def open_house(piece: Piece, sound: Sound | None = None) -> AsyncIterator[House]:
    house = House(piece, sound or Sound())
    await house.players.open()
    try:
        yield house
    finally:
        await house.players.close(0.2)
        house.arena.close()


def judge(house: House, recorder: Recorder, names: tuple[str, ...], state: tuple[float, float] = (1.0, 0.0)) -> list[int]:
    """The places of every period that was heard in a render that nobody killed.

    Each must be a part of it, but for one at each kill, which the player did not hand over whole.
    """
    recorded = recorder.read()
    rendered = house.piece.rendered(house.piece.plan(*names, state=state), house.blocks * 64, OUTPUTS)
    places = Places(rendered).of(recorded, PERIOD)
    assert len(places) > 10
    torn = [places[max(0, index - 2):index + 3] for index, place in enumerate(places) if place is None]
    assert len(torn) <= house.players.state.deaths, torn
    assert all(len([place for place in near if place is None]) == 1 for near in torn), torn
    return [place for place in places if place is not None]


@pytest.mark.jack
async def test_what_leaves_the_card_is_what_was_rendered_output_by_output(piece, server) -> None:
    async with open_house(piece) as house:
        with server.recorder(OUTPUTS) as recorder:
            await house.play("hiss")
            await house.blocks_pass(200)
            await house.standby_is_ready()
            state = house.players.state
            places = judge(house, recorder, ("hiss",))
        assert breaks(places, PERIOD) == []
        assert (state.card, state.api, state.block, state.silent, state.absent) == ("system", "JACK", PERIOD, False, None)
        assert state.policy.split()[0] in ("SCHED_FIFO", "SCHED_RR") or not server.is_real_time
        assert house.players.alive and not house.told


@pytest.mark.jack
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core")
async def test_what_two_threads_render_leaves_the_card_too_and_the_second_has_the_first_ones_policy(piece, server) -> None:
    async with open_house(piece, Sound(threads=2)) as house:
        with server.recorder(OUTPUTS) as recorder:
            await house.play_apart("hiss", "toil", state=(1.0, 2_000.0))
            await house.blocks_pass(600)
            await until(lambda: house.players.state.workers, "the policy")
            places = judge(house, recorder, ("hiss", "toil"), (1.0, 2_000.0))
        assert breaks(places, PERIOD) == [] and not house.told
        kind, priority = house.players.state.policy.split()
        assert house.players.state.workers == (f"{kind} {max(1, int(priority) - 1) if int(priority) else 0}",)


@pytest.mark.jack
@pytest.mark.parametrize("threads", [1, 2])
async def test_killed_inside_blocks_the_sound_goes_on_at_the_same_sample(piece, server, threads) -> None:
    """Five kills, each aimed at the middle of a block, one of them while no standby is ready."""
    names, state = ("hiss", "toil"), (1.0, 20_000.0)
    async with open_house(piece, Sound(threads=min(threads, len(os.sched_getaffinity(0))))) as house:
        with server.recorder(OUTPUTS) as recorder:
            await (house.play if threads == 1 else house.play_apart)(*names, state=state)
            await house.blocks_pass(200)
            for turn in range(5):
                if turn != 3:
                    await house.standby_is_ready()
                await house.blocks_pass(40)
                pid, words = house.players.state.pid, house.arena.words
                for _ in range(2_000_000):
                    if words[INSIDE]:
                        break
                os.kill(pid, signal.SIGKILL)
                await house.is_replaced(pid)
                await house.blocks_pass(40)
            places = judge(house, recorder, names, state)
        gaps = breaks(places, PERIOD)
        assert all(later >= earlier for earlier, later in gaps)      # JACK may repeat a dead port's last period
        assert house.players.state.deaths == 5 and not house.dropped
        assert house.ids == ["player.died"] * 5
        assert sum(isinstance(what, Recovery) for what in house.told) == 5


@pytest.mark.jack
async def test_a_stopped_player_is_replaced_and_writes_nothing_when_it_wakes(piece, server) -> None:
    async with open_house(piece) as house:
        await house.play("hiss")
        await house.standby_is_ready()
        await house.blocks_pass()
        pid = house.players.state.pid
        os.kill(pid, signal.SIGSTOP)
        await house.is_replaced(pid)
        await house.blocks_pass(100)
        assert house.players.state.deaths == 1 and not house.dropped


@pytest.mark.jack
async def test_the_card_goes_and_the_silent_clock_keeps_time_until_it_returns(piece, server) -> None:
    async with open_house(piece) as house:
        await house.play("hiss")
        await house.standby_is_ready()
        server.kill()
        await until(lambda: house.players.state.absent, "the card to be declared absent")
        await until(lambda: house.players.state.silent and house.players.state.pid, "the silent clock")
        await house.blocks_pass(400)
        assert house.players.alive
        assert house.ids.count("card.absent") == 1
        committed = house.arena.words[COMMITTED] >> 16
        server.start()
        await until(lambda: house.players.state.card == "system", "the card to sound again")
        await house.blocks_pass(100)
        with server.recorder(OUTPUTS) as recorder:
            await house.blocks_pass(200)
            assert breaks(judge(house, recorder, ("hiss",)), PERIOD) == []
        assert house.arena.words[COMMITTED] >> 16 > committed
        assert [what for what in house.told if isinstance(what, Recovery) and what.id == "card.absent"]


@pytest.mark.jack
async def test_a_card_that_comes_back_sounds_out_of_silence_and_not_in_the_middle_of_a_wave(piece, server) -> None:
    async with open_house(piece) as house:
        await house.play("hiss")
        await house.standby_is_ready()
        server.kill()
        await until(lambda: house.players.state.silent and house.players.state.pid, "the silent clock")
        await house.blocks_pass(100)
        server.start()
        with server.recorder(OUTPUTS) as recorder:
            await until(lambda: house.players.state.card == "system", "the card to sound again")
            await house.blocks_pass(200)
            heard = np.nan_to_num(recorder.read())[:, 0]
    first = int(np.flatnonzero(heard)[0])
    loudness = [float(np.sqrt(np.mean(heard[at:at + 240] ** 2))) for at in (first, first + 4800)]      # 5 ms each
    assert 0 < loudness[0] < 0.35 * loudness[1]
    assert np.max(np.abs(heard[first:first + 24])) < 0.1 * np.max(np.abs(heard))


async def test_a_card_that_is_not_there_is_said_once_and_no_other_is_taken(piece, server) -> None:
    async with open_house(piece, Sound(card="UMC1820", api=None, standby=False)) as house:
        await house.play("hiss")
        await house.blocks_pass(300)
        state = house.players.state
        assert state.silent and state.card == "" and state.absent is not None
        assert house.ids == ["card.absent"]
        assert 'no sound card is called "UMC1820"' in house.told[0].say("en")
        assert "sound: {card: system, api: JACK}" in house.told[0].say("fr")
        assert house.players.alive


async def test_without_a_card_on_purpose_nothing_is_said(piece) -> None:
    async with open_house(piece, Sound(card="none", api=None, standby=False)) as house:
        await house.play("hiss")
        await house.blocks_pass(300)
        assert not house.told and house.players.state.silent and house.players.state.absent is None


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("kernel", ["wild", "endless"])
async def test_a_kernel_that_ends_two_players_is_dropped_and_named_and_the_others_play_on(piece, kernel, threads) -> None:
    async with open_house(piece, Sound(card="none", api=None, threads=min(threads, len(os.sched_getaffinity(0))))) as house:
        await house.play("hiss")
        await house.play("toil", state=(1.0, 10_000.0))
        await house.standby_is_ready()
        bad = await house.play(kernel, state=(0.0, 0.0))
        await until(lambda: house.dropped, "the kernel to be dropped")
        await house.blocks_pass(300)
        [(playing, name, where)] = house.dropped
        assert playing is bad and name == kernel and where == f"scenes/{kernel}.py:7"
        assert house.players.state.deaths == 2
        assert house.ids.count("kernel.deadly") == 1
        assert kernel in next(what for what in house.told if what.id == "kernel.deadly").say("fr")


async def test_an_object_file_that_is_no_object_is_a_fault_that_names_it_and_the_sound_goes_on(piece, tmp_path) -> None:
    async with open_house(piece, Sound(card="none", api=None, standby=False)) as house:
        await house.play("hiss")
        plan = piece.plan("toil")
        unit = plan.units[0].unit
        broken = tmp_path / "broken"
        whole = Path(piece.objects[unit.name, unit.kernel]).read_bytes()        # noqa: ASYNC240
        for rubbish in (b"", b"rubbish", whole[:-9]):
            broken.write_bytes(rubbish)
            with pytest.raises(Fault) as caught:
                await house.players.need(plan, {(unit.name, unit.kernel): str(broken)})
            assert str(broken) in caught.value.say("en") or "toil" in caught.value.say("en")
        await house.players.need(plan, piece.objects)
        await house.blocks_pass()
        assert house.players.state.deaths == 0


CONTROL = """
import asyncio, sys
from pathlib import Path
from tests.runtime.playing import Piece, Sound
from tests.runtime.sound.test_players import House

async def main():
    house = House(Piece(Path(sys.argv[1]), Path(sys.argv[2])), Sound(card="none", api=None))
    await house.players.open()
    await house.play("hiss")
    await house.standby_is_ready()
    print(house.players.state.pid, house.players._standby.child.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_when_control_is_killed_the_players_leave(piece, tmp_path) -> None:
    control = subprocess.Popen([sys.executable, "-c", CONTROL, str(tmp_path), str(piece.cache)], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    try:
        assert control.stdout
        line = await asyncio.get_running_loop().run_in_executor(None, control.stdout.readline)
        pids = [int(pid) for pid in line.split()]
        assert len(pids) == 2
        for pid in pids:
            os.kill(pid, signal.SIGTERM)        # not for them
            os.kill(pid, signal.SIGINT)
        control.kill()
        control.wait()
        await until(lambda: not any(_is_running(pid) for pid in pids), "the players to leave")
    finally:
        control.kill()
        control.wait()
        if control.stdout:
            control.stdout.close()


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
