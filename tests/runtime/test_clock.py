"""The clock that jumps, and work at a steady pace."""
from __future__ import annotations

import asyncio

import pytest

from installation.runtime.aside import PATIENCE, Aside, steadily
from installation.runtime.clock import every, rehearse
from installation.terms.fault import Fault, Recovery


def test_a_day_passes_in_order_and_at_once() -> None:
    async def main() -> list[tuple[float, str]]:
        seen: list[tuple[float, str]] = []
        loop = asyncio.get_running_loop()

        async def at(seconds: float, name: str) -> None:
            await asyncio.sleep(seconds)
            seen.append((loop.time(), name))

        await asyncio.gather(at(86_400, "evening"), at(3_600, "morning"), at(0, "now"))
        return seen

    assert rehearse(main()) == [(0, "now"), (3_600, "morning"), (86_400, "evening")]


def test_executors_run_inline_and_hand_their_failures_on() -> None:
    async def main() -> int:
        loop = asyncio.get_running_loop()
        with pytest.raises(ZeroDivisionError):
            await loop.run_in_executor(None, lambda: 1 // 0)
        return await loop.run_in_executor(None, lambda: 41 + 1)

    assert rehearse(main()) == 42


def test_every_keeps_its_deadlines_and_goes_on_from_where_a_hold_up_left_it() -> None:
    async def main() -> list[float]:
        times: list[float] = []
        loop = asyncio.get_running_loop()

        def call(now: float) -> None:
            times.append(now)
            if len(times) == 3:
                loop._now += 10          # as a call that takes ten seconds

        task = asyncio.create_task(every(0.1, call))
        await asyncio.sleep(10.65)
        task.cancel()
        return times

    times = rehearse(main())
    assert times[:3] == pytest.approx([0, 0.1, 0.2]) and times[3] == pytest.approx(10.2) and len(times) == 8


def test_a_call_that_fails_is_told_once_and_once_when_it_works_again() -> None:
    async def main() -> list:
        told: list = []
        count = [0]

        def call(now: float) -> None:
            count[0] += 1
            if 5 <= count[0] < 20:
                raise ValueError("a slip")

        task = asyncio.create_task(steadily(0.1, call, told.append, vital=True))
        await asyncio.sleep(5)
        assert not task.done() and count[0] >= 49
        task.cancel()
        return told

    begin, end = rehearse(main())
    assert isinstance(begin, Fault) and begin.id == "engine.failed" and "a slip" in begin.say() and ":" in begin.where
    assert isinstance(end, Recovery) and (end.id, end.where) == (begin.id, begin.where)


def test_a_vital_call_that_always_fails_is_given_up_and_another_is_not() -> None:
    async def main() -> None:
        told: list = []

        def call(now: float) -> None:
            raise ValueError("a slip")

        vital = asyncio.create_task(steadily(0.1, call, told.append, vital=True))
        other = asyncio.create_task(steadily(0.1, call, told.append))
        await asyncio.sleep(PATIENCE + 1)
        assert isinstance(vital.exception(), Fault) and not other.done() and len(told) == 2
        other.cancel()

    rehearse(main())


async def test_work_aside_gives_its_result_or_its_error_and_is_not_waited_for() -> None:
    aside = Aside()
    loop = asyncio.get_running_loop()
    assert await loop.run_in_executor(aside, lambda: 7) == 7
    with pytest.raises(KeyError):
        await loop.run_in_executor(aside, lambda: {}["nothing"])
    held = asyncio.Event()
    loop.run_in_executor(aside, lambda: asyncio.run(held.wait()))
    aside.shutdown(wait=True)      # returns although the work goes on for ever
