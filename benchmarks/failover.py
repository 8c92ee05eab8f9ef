"""The gap after `kill -9` of the player, on JACK's dummy driver: how long, and whether the sound goes on at the same sample.

    python -m benchmarks.failover [--kills 50] [--period 256] [--no-standby]

Half of the kills are aimed inside a block (by the INSIDE word). The gap is measured twice: in the recording (frames in which
nothing was heard), and by the block counter (from the kill to the next complete block). Every period that was heard is then
compared, sample by sample, with a render of the same piece that nobody killed.
"""
from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from installation.audio.arena import Arena
from installation.audio.layout import BLOCKS, INSIDE, LONGEST_EVER_NS
from installation.audio.stage import Stage
from installation.runtime.sound.players import Players
from tests.jack import Server
from tests.runtime.playing import MEMORY, RATE, Piece, Places, Sound

OUTPUTS = 8


async def measure(kills: int, period: int, standby: bool, work: float) -> None:
    with tempfile.TemporaryDirectory() as folder, Server("FAILOVER", outputs=OUTPUTS, period=period) as server:
        os.environ.update(server.environment)
        piece = Piece(Path(folder), Path(folder) / "kernels")
        arena = Arena(MEMORY, RATE, OUTPUTS)
        stage = Stage(arena)
        players = Players(arena, stage, Sound(standby=standby), piece.engine, tell=lambda what: None)
        names, state = ("hiss", "toil"), (1.0, work)
        plan = piece.plan(*names, state=state)
        began = time.perf_counter()
        await players.open()
        opened = time.perf_counter() - began
        await players.need(plan, piece.objects)
        words = arena.words
        gaps, inside = [], 0
        try:
            with server.recorder(OUTPUTS) as recorder:
                stage.start(stage.load(plan, {}, values={}, name="hiss"), fade=0.0)
                for kill in range(kills):
                    while standby and not players.state.standby:        # noqa: ASYNC110
                        await asyncio.sleep(0.01)
                    await asyncio.sleep(0.55 + 0.0137 * (kill % 7))     # players that live half a second or less, several in a row, are given a rest
                    pid = players.state.pid
                    if kill % 2:
                        for _ in range(5_000_000):
                            if words[INSIDE]:
                                break
                    killed = time.perf_counter()
                    os.kill(pid, signal.SIGKILL)
                    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)        # noqa: ASYNC222
                    inside += bool(words[INSIDE])
                    last = words[BLOCKS]
                    while words[BLOCKS] == last:        # noqa: ASYNC110
                        await asyncio.sleep(0.0005)
                    gaps.append((time.perf_counter() - killed) * 1000)
                await asyncio.sleep(0.5)
                recorded = recorder.read()
            state_now = players.state
        finally:
            await players.close(0.2)
        rendered = piece.rendered(piece.plan(*names, state=state), int(words[BLOCKS]) * 64, OUTPUTS)
        arena.close()
    places = Places(rendered).of(recorded, period)
    heard = np.isfinite(recorded).all(axis=1) & recorded.any(axis=1)
    quiet = np.flatnonzero(np.diff(np.concatenate([[0], (~heard).astype(int), [0]])))
    runs = [(end - start) / RATE * 1000 for start, end in zip(quiet[::2], quiet[1::2]) if start and end < len(recorded)]
    wrong = sum(place is None for place in places)
    skipped = [later - earlier - period for earlier, later in zip(places, places[1:])
               if earlier is not None and later is not None and later > earlier + period]
    print(f"{kills} kills, {inside} of them inside a block; {'with' if standby else 'without'} a standby; {period} frames at "
          f"{RATE} Hz, {OUTPUTS} outputs; {state_now.policy}; longest block {words[LONGEST_EVER_NS] / 1000:.0f} of "
          f"{64e6 / RATE:.0f} us")
    print(f"open to first block: {opened * 1000:.0f} ms")
    print(f"kill to next block:  median {statistics.median(gaps):.1f} ms, longest {max(gaps):.1f} ms")
    print(f"silence recorded:    median {statistics.median(runs):.1f} ms, longest {max(runs):.1f} ms, {len(runs)} gaps")
    print(f"periods heard: {len(places)}; not part of the render that nobody killed: {wrong}; "
          f"frames rendered but not heard at a change: median {statistics.median(skipped or [0]):.0f}, "
          f"most {max(skipped, default=0)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--period", type=int, default=256)
    parser.add_argument("--work", type=float, default=20_000, help="turns of a loop in each block, so that kills land inside")
    parser.add_argument("--no-standby", action="store_true")
    given = parser.parse_args()
    asyncio.run(measure(given.kills, given.period, not given.no_standby, given.work))


if __name__ == "__main__":
    main()
