"""The only clock that code waits on is the loop's. For rehearsal it jumps from timer to timer instead of waiting.

    asyncio.run(main())              live: loop.time() is the monotonic clock
    rehearse(main())                 rehearsal: a day passes in minutes, from the same code

In a rehearsal executors run inline, so that nothing depends on how threads are scheduled.
"""
from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock starts at zero and jumps to the next timer whenever nothing else is ready."""

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self._now

    def run_in_executor(self, executor: Any, func: Callable, *args: Any) -> asyncio.Future:  # type: ignore[override]
        """The work is done at once, in this thread."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


class _Jumping(selectors.DefaultSelector):
    """A selector that moves its loop's clock forward instead of waiting."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list:
        if timeout is None:      # no timer is set: only a real event can wake it
            return super().select(None)
        events = super().select(0)
        if not events and timeout:
            self._loop._now += timeout
        return events


def rehearse(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end on the virtual clock."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


async def every(seconds: float, call: Callable[[float], Any]) -> None:
    """Call `call(now)` by deadlines that do not drift, for ever. A loop that was held up goes on from where it is."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        call(loop.time())
        due += seconds
        now = loop.time()
        if due < now - 5 * seconds:
            due = now
        await asyncio.sleep(max(0.0, due - now))
