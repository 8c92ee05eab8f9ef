"""A control process that has nothing but lamps, for tests that kill it or keep it busy.

    python -m tests.runtime.lit DEVICE [THREADS]      one lamp at full on an Enttec; as many threads that parse JSON without end
"""
from __future__ import annotations

import asyncio
import json
import sys
import threading

from installation.runtime.lamps.lighting import Lighting
from tests.light.piece import enttec, lamp, light

TEXT = json.dumps({str(n): list(range(200)) for n in range(400)})


def busy() -> None:
    while True:
        json.loads(TEXT)


async def main(device: str, threads: int) -> None:
    lighting = Lighting(light(lamp("spot"), universes={1: enttec(1, device)}, neutral={"spot": 0.2}), lambda what: print(what.id, flush=True))
    lighting.start()
    for _ in range(threads):
        threading.Thread(target=busy, daemon=True).start()
    while True:
        lighting.show([({"spot": 1.0}, 1.0)])
        await asyncio.sleep(1 / 40)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0))
