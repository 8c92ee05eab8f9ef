"""`run --record FILE`: what leaves the engine, written to a WAV file while the piece plays. 32-bit float, one channel per output.

The engine puts each finished block into a ring in the arena (`Arena(tap=seconds)`). A thread of its own reads complete blocks out of it, up to
the last that was committed, so that a slow disk holds up nothing. What it could not write in time is silence of the same length in the
file, told once and counted in `lost`. The header is set right every few seconds: a power cut costs those.
"""
from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...audio.arena import Arena
from ...audio.layout import COMMITTED, FRAMES, OUTPUTS, RATE, TAP_AT, TAP_FRAMES
from ...ports.wav import WavWriter
from ...terms.fault import Fault, Recovery
from ...terms.words import both

SECONDS = 4.0       # of the ring: what a slow disk may take
LOOK = 0.1          # s between two looks
FLUSH = 50          # looks between two headers
CHUNK = 16_384      # frames written at once


class Recorder:
    """Writes from its making until `close`. Raises Fault if the file cannot be made.

    arena    made with `tap=SECONDS`
    tell     called from the recorder's own thread

    `written` and `lost` count frames.
    """

    def __init__(self, arena: Arena, path: Path, tell: Callable[[Fault | Recovery], None]) -> None:
        words = arena.words
        self._words, self._tell = words, tell
        self._rows = int(words[TAP_FRAMES])
        self._ring = arena.view(int(words[TAP_AT]), "f4", (self._rows, int(words[OUTPUTS])))
        self._fence = arena.fence
        self._wav = WavWriter(path, channels=int(words[OUTPUTS]), rate=int(words[RATE]))
        self._path = path
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="record", daemon=True)
        self._lossy = False
        self.written = self.lost = 0
        self.fault: Fault | None = None

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def close(self, within: float = 1.0) -> None:
        """Write what is left and finish the file, within so many seconds."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(within)

    def take(self) -> None:
        """Write every block that is complete by now. Raises Fault when the disk is full."""
        ready = self._complete()
        while self.written < ready:
            if ready - self.written > self._rows - FRAMES:            # overtaken: the ring holds the newest only
                self._lose(min(ready - self._rows + self._rows // 2, ready) - self.written)
            first = self.written % self._rows
            count = min(ready - self.written, self._rows - first, CHUNK)
            samples = self._ring[first:first + count].copy()
            ready = self._complete()
            if ready + FRAMES - self.written > self._rows:            # overtaken while it was copied
                self._lose(count)
                continue
            self._wav.write(samples)
            self.written += count

    def _complete(self) -> int:
        frames = (int(self._words[COMMITTED]) >> 16) * FRAMES
        self._fence()
        return frames

    def _lose(self, frames: int) -> None:
        silence = np.zeros((CHUNK, self._ring.shape[1]), np.float32)
        for first in range(0, frames, CHUNK):
            self._wav.write(silence[:min(CHUNK, frames - first)])
        self.written += frames
        self.lost += frames
        if not self._lossy:
            self._lossy = True
            self._tell(Fault(both("the disk is too slow for the recording; what is missing is silence in it",
                                  "le disque est trop lent pour l'enregistrement ; ce qui manque y est du silence"),
                             where=str(self._path), id="record.slow"))

    def _run(self) -> None:
        looks = 0
        try:
            while True:
                stopped = self._stop.wait(LOOK)
                self.take()
                looks += 1
                if looks % FLUSH == 0:
                    self._wav.flush()
                if stopped:
                    break
            self._wav.close()
        except (Fault, OSError) as error:
            self.fault = error if isinstance(error, Fault) else Fault(both(f"cannot be written: {error.strerror}", f"impossible à écrire : {error.strerror}"),
                                                                      where=str(self._path), id="record.write")
            self._tell(Fault(self.fault.happened, where=self.fault.where, id=self.fault.id,
                             remedy=both("The recording ends here; the piece goes on.", "L'enregistrement s'arrête ici ; la pièce continue.")))
