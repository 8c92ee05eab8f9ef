"""Frames by the loop's clock: as far apart as their moments, ahead of what is rendered, whatever the card's gulps and crystal."""
from __future__ import annotations

import asyncio

import pytest

from installation.runtime.clock import rehearse
from installation.runtime.parts.dates import AHEAD, SLACK, Dates, Moment
from installation.runtime.parts.room import Room

RATE = 48_000


def card(time: float, block: int, rate: float) -> int:
    """The next frame that will be rendered: a whole number of the card's blocks, the last of which was begun by then."""
    return (int(time * rate) // block + 1) * block


@pytest.mark.parametrize("block, rate", [(64, RATE), (1_024, RATE), (1_024, RATE * 1.0001), (1_024, RATE * 0.9999)])
def test_dates_lie_ahead_of_what_is_rendered_and_not_far(block: int, rate: float) -> None:
    dates, leads = Dates(RATE), []
    for tick in range(100_000):                        # a thousand seconds
        now = 100.0 + tick * 0.01 + (tick * 7 % 10) * 0.0003
        dates.observe(now, card(now, block, rate))
        if tick > 1_000:
            leads.append(dates.frame(Moment(now, now)) - card(now, block, rate))
    assert min(leads) > 0.02 * RATE and max(leads) <= (AHEAD + SLACK + 0.01) * RATE + block


def test_what_comes_when_does_not_depend_on_where_between_two_frames_it_began() -> None:
    moments = [0.0, 0.1, 0.25, 0.250_01, 7.77]
    found = set()
    for began in (0.0, 12.345_678_9, 98_765.432_1):
        dates = Dates(RATE)
        dates.observe(began, 640)
        frames = [dates.frame(Moment(began, began + passed), at) for passed in moments for at in (0.0, 0.013)]
        found.add(tuple(frame - frames[0] for frame in frames))
    assert len(found) == 1


def test_a_rehearsal_counts_from_its_first_frame() -> None:
    dates = Dates(RATE)
    for tick in range(10_000):
        dates.observe(tick * 0.01, tick * 480 // 64 * 64)
    assert dates.frame(Moment(0.0, 1.5), 0.25) == round((1.5 + 0.25 + AHEAD) * RATE)


def test_a_player_that_was_replaced_is_followed_within_seconds() -> None:
    dates = Dates(RATE)
    for tick in range(3_000):
        now = tick * 0.01
        dates.observe(now, int(now * RATE) - (RATE // 2 if tick > 1_000 else 0))
    assert dates.frame(Moment(30.0, 30.0)) == pytest.approx((30.0 + AHEAD - 0.5) * RATE, abs=64)


def test_the_moment_is_what_was_waited_for_however_late_the_loop_is() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        room = Room(read=lambda name: None, names=list, seed="1")

        def held_up(seconds: float) -> None:
            loop._now += seconds      # type: ignore[attr-defined]

        moments = []
        async for beat in room.every(0.1):
            held_up(0.004)
            moments += [beat, room.time]
            await room.sleep(0.05)
            held_up(0.004)
            moments.append(room.time)
            if len(moments) == 9:
                break
        assert moments == pytest.approx([0.0, 0.0, 0.05, 0.1, 0.1, 0.15, 0.2, 0.2, 0.25], abs=1e-9)
        await asyncio.sleep(0.3)
        assert room.moment == loop.time()                      # what it did not wait for itself it takes as it is
        held_up(5.0)
        await room.sleep(0.1)
        assert room.moment == pytest.approx(loop.time(), abs=0.1)

        async def other() -> None:
            assert room.moment == loop.time()                  # another task has its own
            await room.sleep(0.01)

        await room.sleep(0.1)
        held_up(0.004)
        await asyncio.gather(other(), other())

    rehearse(main())
