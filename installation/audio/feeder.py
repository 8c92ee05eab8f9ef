"""Fills the rings of long recordings from disk, outside the audio thread.

A player calls `Feeder(arena).fill()` about twenty times a second; a render without a card calls it before each block, so that
what is heard does not depend on how fast a disk is. What was written, and where, stands in the stream's own words in the
arena (`layout.S_*`), so a feeder that takes over from one that was killed goes on at the same frame, from the words alone.

Frame n of a stream is frame (start + n) of its file, from the file's beginning again after its end where it loops. It lies at
n mod S_RING_FRAMES, each channel in a row of its own. A file that cannot be read is silence of the same length, so that the
place is right when it comes back; it is told once, counted, and tried again.
"""
from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..terms.fault import Fault, Recovery
from ..terms.words import both
from .layout import (
    S_ACTIVE,
    S_CHANNELS,
    S_ENDED,
    S_FRAMES,
    S_GENERATION,
    S_LOOP,
    S_PATH_AT,
    S_PATH_BYTES,
    S_READ,
    S_RING_AT,
    S_RING_FRAMES,
    S_START,
    S_WRITTEN,
    STREAM_WORDS,
    STREAMS,
    STREAMS_AT,
)

if TYPE_CHECKING:
    from .arena import Arena

CHUNK = 8_192        # frames in one reading, so that one slow file does not starve the others
AGAIN = 20           # fills between two tries to open a file that is gone


def quiet(what: Fault | Recovery) -> None:
    """Told to nobody."""


class Feeder:
    """Keeps every active stream's ring full.

    tell    hears of a file that is lost, and of its return, once each
    lost    how many frames of silence stand where a file could not be read
    """

    def __init__(self, arena: "Arena", tell: Callable[[Fault | Recovery], None] = quiet) -> None:
        self._arena = arena
        self._tell = tell
        self._words = arena.view(arena.words[STREAMS_AT], "i8", (STREAMS, STREAM_WORDS))
        self._sources: dict[int, _Source] = {}
        self._fence = threading.Lock()
        self.lost = 0

    def fill(self) -> int:
        """Fill every ring as far as it has room; returns the frames written. Never raises for a file's sake."""
        written = 0
        active = [int(slot) for slot in np.flatnonzero(self._words[:, S_ACTIVE])]
        for slot in [slot for slot in self._sources if slot not in active]:
            self._leave(slot)
        busy = set(active)
        while busy:                  # a chunk for each in turn, until all are full
            for slot in sorted(busy):
                got = self._fill_chunk(slot)
                written += got
                if not got:
                    busy.discard(slot)
        return written

    def close(self) -> None:
        """Close the files; the words stay as they are."""
        for slot in list(self._sources):
            self._leave(slot)

    def _fill_chunk(self, slot: int) -> int:
        words = self._words[slot]
        source = self._source(slot, words)
        ring_frames, channels, frames = int(words[S_RING_FRAMES]), int(words[S_CHANNELS]), int(words[S_FRAMES])
        written, read = int(words[S_WRITTEN]), int(words[S_READ])
        if read > written:           # the player ran past the end of the ring: what it missed is not sent after it
            written = read
        count = min(CHUNK, ring_frames - (written - read), ring_frames - written % ring_frames)
        position = int(words[S_START]) + written
        if words[S_LOOP]:
            position %= max(1, frames)
        left = frames - position
        if not words[S_LOOP] and left <= 0:
            words[S_ENDED] = 1
            return 0
        count = min(count, left)
        if count <= 0:
            return 0
        ring = self._arena.view(int(words[S_RING_AT]), "f4", (channels, ring_frames))
        place = written % ring_frames
        self.lost += source.read(position, ring[:, place:place + count], self._tell)
        if words[S_GENERATION] != source.generation:      # the slot was given to another stream meanwhile
            return 0
        with self._fence:            # the samples are seen before the count is
            words[S_WRITTEN] = written + count
        return count

    def _source(self, slot: int, words: Any) -> "_Source":
        generation = int(words[S_GENERATION])
        source = self._sources.get(slot)
        if source is None or source.generation != generation:
            self._leave(slot)
            path = bytes(self._arena.view(int(words[S_PATH_AT]), "u1", (int(words[S_PATH_BYTES]),)))
            source = self._sources[slot] = _Source(Path(os.fsdecode(path)), generation)
        return source

    def _leave(self, slot: int) -> None:
        source = self._sources.pop(slot, None)
        if source:
            source.close()


class _Source:
    """One file, opened when it is first read, closed and tried again when it fails."""

    def __init__(self, path: Path, generation: int) -> None:
        self.path = path
        self.generation = generation
        self._file: Any = None
        self._position = -1
        self._failed = False
        self._short = False
        self._wait = 0

    def read(self, position: int, into: np.ndarray, tell: Callable[[Fault | Recovery], None]) -> int:
        """Copy frames from `position` on into the rows; returns how many had to be silence."""
        into[:] = 0.0
        if self._wait > 0:
            self._wait -= 1
            return into.shape[1]
        try:
            got = self._copy(position, into)
        except (OSError, RuntimeError, ValueError) as error:      # soundfile's own errors are RuntimeErrors
            self.close()
            self._wait = AGAIN
            if not self._failed:
                self._failed = True
                tell(self._loss(error))
            return into.shape[1]
        if self._failed:
            self._failed = False
            tell(Recovery(both("the recording is read again", "on relit l'enregistrement"), str(self.path), "stream.lost"))
        if got < into.shape[1]:      # cut short, or its disk went while it was open: opened anew next time
            self.close()
            if not self._short:
                self._short = True
                tell(Fault(both("the recording is shorter than it says", "l'enregistrement est plus court qu'il ne le dit"),
                           where=str(self.path), id="stream.short",
                           remedy=both("Its missing end is silence. Export it again.",
                                       "La fin qui manque est du silence. Exportez-le de nouveau.")))
        return into.shape[1] - got

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self._position = None, -1

    def _copy(self, position: int, into: np.ndarray) -> int:
        import soundfile  # only a piece that streams pays for it

        if self._file is None:
            self._file = soundfile.SoundFile(os.fsencode(self.path))
            self._position = 0
        if position >= self._file.frames:
            return 0
        if self._position != position:
            self._file.seek(position)
        self._position = -1
        block = self._file.read(into.shape[1], dtype="float32", always_2d=True)
        rows = min(into.shape[0], block.shape[1])
        into[:rows, :len(block)] = block[:, :rows].T
        into[~np.isfinite(into)] = 0.0
        self._position = position + len(block)
        return len(block)

    def _loss(self, error: Exception) -> Fault:
        return Fault(both(f"the recording cannot be read: {error}", f"l'enregistrement ne se laisse pas lire : {error}"),
                     where=str(self.path), id="stream.lost",
                     remedy=both("It is silent until the file can be read again.",
                                 "Il se tait jusqu'à ce que le fichier revienne."))
