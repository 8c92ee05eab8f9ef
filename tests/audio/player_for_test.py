"""A player process for tests: loads, takes over, renders, and writes what it renders into a file. No numba, no numpy.

    python -m tests.audio.player_for_test FD EPOCH OBJECTS.json OUT BLOCK FRAMES THREADS

OUT gets the first delivered frame as int64, then float32 blocks as they are finished. It ends when it is stale (exit 3) or FRAMES are out.
"""

from __future__ import annotations

import ctypes
import json
import struct
import sys

from installation.audio.arena import Arena
from installation.audio.layout import DELIVERED, FRAMES, OUTPUTS
from installation.audio.loader import Loaded


def main(fd: int, epoch: int, objects: str, out: str, block: int, until: int, threads: int) -> int:
    assert "numba" not in sys.modules and "numpy" not in sys.modules
    arena = Arena.attach(fd)
    loaded = Loaded(arena, threads)
    with open(objects, encoding="utf-8") as file:
        paths = json.load(file)
    loaded.load_engine(paths["engine"])
    for number, path in paths["units"].items():
        loaded.load_unit(int(number), path)
    print("ready", flush=True)
    sys.stdin.readline()
    if not loaded.take_over(epoch):
        return 4
    words = arena.words
    samples = (ctypes.c_float * (block * words[OUTPUTS]))()
    with open(out, "wb", buffering=0) as file:
        delivered = words[DELIVERED]
        file.write(struct.pack("<q", delivered))
        while delivered < until:
            if not loaded.render(0, ctypes.addressof(samples), block):
                return 3
            file.write(bytes(samples))
            delivered += block
    assert "numba" not in sys.modules and FRAMES == 64
    return 0


if __name__ == "__main__":
    fd, epoch, objects, out, block, until, threads = sys.argv[1:]
    sys.exit(main(int(fd), int(epoch), objects, out, int(block), int(until), int(threads)))
