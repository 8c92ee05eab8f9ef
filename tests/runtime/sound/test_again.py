"""The card is opened anew because somebody asks: another player goes on, nothing is at fault, and nothing stays behind."""
from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from tests.jack import Server
from tests.runtime.playing import RATE, Piece, Sound
from tests.runtime.sound.test_cards import House, alive


@pytest.mark.timeout(300)
@pytest.mark.jack
@pytest.mark.parametrize("afresh", [False, True])
async def test_the_card_is_opened_anew_and_the_sound_goes_on(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch,
                                                             afresh: bool) -> None:
    piece = Piece(tmp_path, tmp_path_factory.getbasetemp() / "kernels")
    with Server("AGAIN", outputs=2) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        house = House(piece, Sound())
        await house.players.open()
        plan = piece.plan("hiss")
        await house.players.need(plan, piece.objects)
        house.stage.start(house.stage.load(plan, {}, values={}, name="hiss"), fade=0.0)
        await house.until(lambda: house.players.state.standby, "a standby")
        for _ in range(2):
            before = house.players.state.pid
            house.players.again(afresh=afresh)
            await house.until(lambda before=before: house.players.state.pid not in (0, before), "another player")
            await house.until(lambda: house.players.state.card, "the card")
            await house.blocks_pass()
            assert not alive(before)
        with server.recorder(2) as recorder:
            await house.until(lambda: recorder.frames > RATE, "a second of sound")
            assert np.nanmax(np.abs(recorder.read())) > 0.05
        assert house.players.state.deaths == 0 and house.told == [] and house.players.alive and house.players.age < 1.0
        await house.players.close(0.1)
        house.arena.close()
    await asyncio.sleep(0)
