"""The room as play() sees it."""
from __future__ import annotations

import asyncio

import pytest

from installation.runtime.clock import rehearse
from installation.runtime.parts.room import Room
from installation.terms.fault import Fault


def in_a_room(script) -> None:
    async def main() -> None:
        readings: dict[str, float | None] = {"plinth.distance": 3.0}
        await script(Room(read=readings.__getitem__, names=lambda: list(readings), seed="1:main:tide"), readings)

    rehearse(main())


def test_until_waits_for_an_unbroken_time() -> None:
    async def script(room: Room, readings: dict) -> None:
        loop = asyncio.get_running_loop()
        for time, value in ((1.0, 0.5), (3.0, 2.0), (4.0, 0.5)):      # near for 2 s, away for 1 s, near for good
            loop.call_at(time, readings.__setitem__, "plinth.distance", value)
        assert await room.until(room.reading("plinth.distance") < 1, for_=3)
        assert room.time == pytest.approx(7.0, abs=0.05)

    in_a_room(script)


def test_until_gives_up_after_its_timeout_and_takes_any_call() -> None:
    async def script(room: Room, readings: dict) -> None:
        assert await room.until(room.reading("plinth.distance") < 1, timeout=5) is False
        assert room.time == pytest.approx(5.0, abs=0.05)
        assert await room.until(lambda: room.time > 6)
        assert await room.until(room.reading("plinth.distance") > 1, for_=2, timeout=1) is False
        assert await room.until(room.reading("plinth.distance") > 1) and room.time == pytest.approx(7.0, abs=0.1)

    in_a_room(script)


def test_every_does_not_drift_and_skips_what_was_missed() -> None:
    async def script(room: Room, readings: dict) -> None:
        times = []
        async for time in room.every(0.5):
            times.append(time)
            await room.sleep(1.7 if len(times) == 3 else 0.1)
            if len(times) == 6:
                break
        assert times == pytest.approx([0, 0.5, 1.0, 2.7, 3.0, 3.5], abs=0.25) and all(later > earlier for earlier, later in zip(times, times[1:]))
        with pytest.raises(Fault):
            await anext(room.every(0))

    in_a_room(script)


def test_an_unknown_reading_is_refused_with_the_closest_and_chance_repeats() -> None:
    async def script(room: Room, readings: dict) -> None:
        with pytest.raises(Fault) as caught:
            room.reading("plinth.distanse")
        assert "plinth.distance" in caught.value.say("en")
        again = Room(read=readings.__getitem__, names=list, seed="1:main:tide")
        assert [room.random.random() for _ in range(5)] == [again.random.random() for _ in range(5)]
        await room.sleep(-1)

    in_a_room(script)
