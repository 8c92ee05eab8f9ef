"""The tree under load: 1,000 addresses, five subscribers, a watcher on each address.

    python benchmarks/tree.py [SECONDS]

Prints how many writes a second it takes flat out, then writes 20,000 a second inside an event loop (subscribers drained 30 times
a second, claims expired 10 times a second) and prints how many were written and by how much the loop ran late at worst.
"""
from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from installation.rules.tree import Priority, Tree  # noqa: E402
from installation.terms.declaration import Declaration  # noqa: E402

ADDRESSES = [f"/scene/{name}/{number}" for name in "abcdefghij" for number in range(100)]
RATE = 20_000
STEP = 0.005


def furnished() -> tuple[Tree, list, list[int]]:
    """The tree, its subscriptions, and a count of what the watchers were told."""
    tree, told = Tree(), [0]

    def watcher(address: str, value: object, origin: str, at: float) -> None:
        told[0] += 1

    for address in ADDRESSES:
        tree.declare(Declaration(address, low=0.0, high=1e9))
        tree.watch(address, watcher)
    return tree, [tree.subscribe(f"osc:10.0.0.{number}:9000") for number in range(5)], told


def flat_out(writes: int = 200_000) -> None:
    tree, _, told = furnished()
    start = time.perf_counter()
    for number in range(writes):
        tree.write(ADDRESSES[number % 1000], float(number), origin="osc:10.0.0.1:9000", time=number * 1e-5)
    seconds = time.perf_counter() - start
    print(f"flat out: {writes / seconds:,.0f} writes/s, {told[0]:,} of {writes:,} told to watchers")


async def in_the_loop(seconds: float) -> None:
    tree, subscriptions, told = furnished()
    loop = asyncio.get_running_loop()
    start, written, drained, worst = loop.time(), 0, 0, 0.0
    busy = time.process_time()

    async def writer() -> None:
        nonlocal written
        due = start
        while due < start + seconds:
            for number in range(int(RATE * STEP)):
                priority = Priority.MAPPING if number % 2 else Priority.HAND
                tree.write(ADDRESSES[(written + number) % 1000], float(written + number), origin="osc:10.0.0.1:9000", time=due,
                           priority=priority, hold=0.5)
            written += int(RATE * STEP)
            due += STEP
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def drain() -> None:
        nonlocal drained
        while True:
            await asyncio.sleep(1 / 30)
            for subscription in subscriptions:
                drained += len(subscription.drain())

    async def expire() -> None:
        while True:
            await asyncio.sleep(0.1)
            tree.expire(loop.time())

    async def watch_the_clock() -> None:
        nonlocal worst
        while True:
            due = loop.time() + 0.001
            await asyncio.sleep(0.001)
            worst = max(worst, loop.time() - due)

    others = [asyncio.create_task(each()) for each in (drain, expire, watch_the_clock)]
    await writer()
    took = loop.time() - start
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    print(f"in the loop: {written:,} writes in {took:.2f} s = {written / took:,.0f} writes/s, asked for {RATE:,}; "
          f"{told[0]:,} told to watchers, {drained:,} drained by subscribers")
    load = 100 * (time.process_time() - busy) / took
    print(f"             longest lag of the loop {worst * 1000:.1f} ms, {load:.0f} % of one core")


if __name__ == "__main__":
    flat_out()
    asyncio.run(in_the_loop(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0))
