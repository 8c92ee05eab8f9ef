"""Cards that hang, by a stand-in for sounddevice, and a card that hears, on JACK: real players, as in test_players.py."""
from __future__ import annotations

import asyncio
import os
from pathlib import Path

import numpy as np
import pytest

from installation.audio.arena import Arena
from installation.audio.layout import BLOCKS
from installation.audio.stage import Stage
from installation.runtime.sound import child, players
from installation.runtime.sound.players import Players
from installation.runtime.sound.search import QUICK
from installation.terms.fault import Fault, Recovery
from tests.jack import Server
from tests.runtime.playing import MEMORY, RATE, Piece, Sound

HUNG = Path(__file__).parent.parent / "hung"
PACE = RATE / 64        # blocks a second
CARD = Sound(card="Hung", api="ALSA", standby=False)


@pytest.fixture(scope="module")
def piece(tmp_path_factory: pytest.TempPathFactory) -> Piece:
    return Piece(tmp_path_factory.mktemp("piece"), tmp_path_factory.getbasetemp() / "kernels")


class House:
    """Players on a card that may hang, and what is told."""

    def __init__(self, piece: Piece, sound: Sound, outputs: int = 2) -> None:
        self.told: list[Fault | Recovery] = []
        self.arena = Arena(MEMORY, RATE, outputs, sound.inputs)
        self.stage = Stage(self.arena)
        self.players = Players(self.arena, self.stage, sound, piece.engine, tell=self.told.append)

    @property
    def blocks(self) -> int:
        return int(self.arena.words[BLOCKS])

    async def until(self, true, what: str, within: float = 30.0) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while not true():
            assert loop.time() < end, f"waited {within} s for {what}; told: {[str(what) for what in self.told]}"
            self.stage.tick()
            await asyncio.sleep(0.005)

    async def blocks_pass(self, many: int = 50) -> None:
        wanted = self.blocks + many
        await self.until(lambda: self.blocks >= wanted, "blocks")


@pytest.fixture
def hung(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Make the card hang somewhere, from now on; the file whose presence makes it so."""
    monkeypatch.setattr(child, "GO_WITHIN", 1.0)           # as in the shipped engine, only sooner
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(HUNG), os.environ.get("PYTHONPATH", "")]))

    def hangs(place: str) -> Path:
        reason = tmp_path / "hangs"
        reason.touch()
        monkeypatch.setenv("HANGS_AT", place)
        monkeypatch.setenv("HANGS_WHILE", str(reason))
        return reason

    return hangs


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.parametrize("place", ["list", "open", "start"])
async def test_a_card_that_hangs_whoever_opens_it_costs_its_limit_and_then_the_silent_clock_plays(piece: Piece, hung, place: str) -> None:
    hung(place)
    house = House(piece, CARD)
    began: list[int] = []
    whole = players.Players._loaded_child

    async def noted(self: Players):
        made = await whole(self)
        began.append(made.pid)
        return made

    house.players._loaded_child = noted.__get__(house.players)  # type: ignore[method-assign]
    await house.players.open()
    assert house.players.state.silent and house.players.alive
    assert [what.id for what in house.told] == ["card.absent"] and "not answer" in house.told[0].happened.en and house.told[0].happened.fr
    assert not alive(began[0]), "the player that hung was killed"
    assert house.players.state.pid == began[1]
    await house.blocks_pass()
    await house.players.close(0.1)
    house.arena.close()
    assert not any(alive(pid) for pid in began)


async def test_while_a_card_that_is_listed_hangs_at_every_try_the_silent_clock_keeps_the_time(piece: Piece, hung, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again and again; no try may be felt in the piece's time. When it opens at last, it sounds."""
    reason = hung("open")
    house = House(piece, CARD)
    await house.players.open()
    pid, tries = house.players.state.pid, list[int]()
    whole = child.Child.open

    async def noted(self, order):
        tries.append(self.pid)
        await whole(self, order)

    monkeypatch.setattr(child.Child, "open", noted)
    loop = asyncio.get_running_loop()
    longest, seen, at = 0.0, house.blocks, loop.time()
    end = at + QUICK[0] + QUICK[1] + 3.0
    while loop.time() < end:
        await asyncio.sleep(0.002)
        if house.blocks != seen:
            seen, at = house.blocks, loop.time()
        longest = max(longest, loop.time() - at)
    assert tries and house.players.state.pid == pid, "tried, and the silent clock was not touched"
    assert not any(alive(one) for one in tries[:-1]), "each try was killed"
    assert longest < 0.8, f"the longest time without a block: {longest:.2f} s; a try lasts a second"
    assert [what.id for what in house.told] == ["card.absent"], "told once"
    reason.unlink()
    await house.until(lambda: house.players.state.card.startswith("Hung"), "the card", within=60)
    await house.blocks_pass()
    assert [what.id for what in house.told] == ["card.absent"] * 2 and isinstance(house.told[1], Recovery)
    await house.players.close(0.1)
    house.arena.close()


async def test_a_card_that_hangs_when_it_is_closed_does_not_keep_the_piece_from_ending(piece: Piece, hung) -> None:
    hung("close")
    house = House(piece, CARD)
    await house.players.open()
    assert house.players.state.card.startswith("Hung") and not house.told
    await house.blocks_pass()
    pid = house.players.state.pid
    began = asyncio.get_running_loop().time()
    await house.players.close(0.1)
    assert not alive(pid)
    assert asyncio.get_running_loop().time() - began < 0.1 + child.CLOSE_WITHIN + 2.0
    house.arena.close()


@pytest.mark.jack
async def test_what_the_card_hears_reaches_the_inputs_each_its_own(piece: Piece, monkeypatch: pytest.MonkeyPatch) -> None:
    """Duplex on JACK: a tone into each input; a graph that takes both, and gives each to the other side's output."""
    with Server("INPUTS", outputs=2, inputs=2) as server:
        for key, value in server.environment.items():
            monkeypatch.setenv(key, value)
        house = House(piece, Sound(inputs=2, standby=False))
        await house.players.open()
        assert house.players.state.api == "JACK" and not house.told
        plan = piece.listening
        await house.players.need(plan, piece.objects)
        house.stage.start(house.stage.load(plan, {}, values={}, name="crossed"), fade=0.0)
        with server.tones(1000.0, 3000.0), server.recorder(2) as recorder:
            def heard() -> np.ndarray | None:
                late = np.nan_to_num(recorder.read()[-RATE // 4:])
                return late if len(late) == RATE // 4 and (np.abs(late).max(axis=0) > 0.1).all() else None

            await house.until(lambda: heard() is not None, "the tones")
            await house.blocks_pass(int(PACE))
            late = np.nan_to_num(recorder.read()[-RATE // 4:])
        await house.players.close(0.1)
        house.arena.close()
    spectrum = np.abs(np.fft.rfft(late * np.hanning(len(late))[:, None], axis=0))
    assert [int(peak) * 4 for peak in spectrum.argmax(axis=0)] == [3000, 1000]
    assert np.abs(late).max() < 0.5
    for output, foreign in ((0, 1000), (1, 3000)):
        assert spectrum[foreign // 4, output] < spectrum[:, output].max() * 1e-3, "nothing of the other one"


async def test_a_piece_that_asks_for_inputs_on_the_silent_clock_hears_silence(piece: Piece) -> None:
    house = House(piece, Sound(card="none", api=None, inputs=2, standby=False))
    await house.players.open()
    plan = piece.listening
    await house.players.need(plan, piece.objects)
    house.stage.start(house.stage.load(plan, {}, values={}, name="crossed"), fade=0.0)
    await house.blocks_pass()
    assert not house.told
    await house.players.close(0.1)
    house.arena.close()
