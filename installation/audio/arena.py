"""The arena: one piece of shared memory without a name, in which everything that sounds lies, at offsets and never at pointers.

    Arena(size, rate, outputs, inputs)    made by control: reserved at once, so that a full memory is a Fault now and not a SIGBUS later
    Arena.attach(fd)                      in a player: the same memory; its workplace is its own
    arena.view(offset, dtype, shape)      a numpy array over a part of it
    arena.words                           the header
    arena.allocate(bytes) → offset        64-byte aligned, zeroed; only in the process that made it
    arena.free(offset)

It has no name (memfd) because a named one is unlinked by Python's resource tracker and by logind at logout.
"""

from __future__ import annotations

import bisect
import ctypes
import mmap
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..terms.fault import Fault
from ..terms.words import both
from .layout import (
    APPLIED_AT,
    BUS_AT,
    COMMIT_AT,
    COMMIT_SIZE,
    COPIES,
    COSTS_AT,
    COSTS_WORDS,
    E_WORDS,
    FRAMES,
    GAINS_AT,
    GRAPH_BUS_AT,
    GUARD_AT,
    GUARD_LINE_AT,
    GUARD_LINE_FRAMES,
    GUARD_SETTINGS,
    HEADER_SIZE,
    HEADER_WORDS,
    HEAP_AT,
    HEAP_SIZE,
    INPUT_AT,
    INPUTS,
    LANE_BUS_AT,
    LANES_AT,
    LOOK_AT,
    MAGIC,
    MAGIC_W,
    MAX_GRAPHS,
    MAX_PENDING,
    MOST_EIGHTS,
    MOST_OUTPUTS,
    MOST_SENT,
    OUT_AT,
    OUT_SIZE,
    OUTPUTS,
    OWN_AT,
    OWN_SIZE,
    RATE,
    REQUESTS_AT,
    RING_ROWS,
    ROW_WORDS,
    ROWS_SENT,
    SCRATCH_AT,
    SCRATCH_ROWS,
    SENT_AT,
    SIZE,
    STATE_AT,
    STATE_SIZE,
    STATE_USED,
    STREAM_WORDS,
    STREAMS,
    STREAMS_AT,
    TAP_AT,
    TAP_FRAMES,
    TIME_AT,
    WORD,
    WORK_AT,
    WORK_SIZE,
)
from .mapping import available, full, mapped, megabytes, no_memory, reserved, too_small

if TYPE_CHECKING:
    import numpy as np

ALIGN = 64
PAGE = 65_536  # the largest page of any machine we run on: private memory is laid over whole pages
ROWS = 4_096  # scratch rows of 64 float32
STATES = 1 << 20  # bytes of small states at most; copied as far as they are used
LONGEST_DELAY = 0.2  # s, of one loudspeaker
_FENCE = threading.Lock()


class Arena:
    """Shared memory for one piece.

    size     bytes in all
    fd       its file descriptor, to be passed to players
    tap      seconds of what leaves that are kept for a recorder, 0 for none
    base     its address in this process
    work_fd  the descriptor of the workplace: in a player a piece of memory of its own, else the arena's
    """

    def __init__(self, size: int, rate: int, outputs: int, inputs: int = 0, *, longest_delay: float = LONGEST_DELAY, tap: float = 0.0) -> None:
        if not 1 <= outputs <= MOST_OUTPUTS:
            raise Fault(
                both(f"there can be 1 to {MOST_OUTPUTS} outputs, not {outputs}", f"il peut y avoir de 1 à {MOST_OUTPUTS} sorties, et non {outputs}"),
                where="room",
                id="arena.outputs",
            )
        places, heap = _places(rate, outputs, inputs, longest_delay, int(tap * rate) // FRAMES * FRAMES)
        size = -(-size // PAGE) * PAGE
        if size < heap + PAGE:
            raise too_small(size, heap + PAGE)
        free = available()
        if size > free:                # asked first: the kernel would take memory until it kills somebody
            raise no_memory(size, f"{megabytes(free)} are free", f"{megabytes(free)} sont libres")
        self._map(reserved(size), size)
        words = self.words
        for word, value in places.items():
            words[word] = value
        words[SIZE], words[RATE], words[OUTPUTS], words[INPUTS] = size, rate, outputs, inputs
        words[HEAP_AT], words[HEAP_SIZE] = heap, size - heap
        words[STATE_USED] = E_WORDS * WORD
        words[MAGIC_W] = MAGIC
        self._free: list[tuple[int, int]] = [(heap, size - heap)]
        self._taken: dict[int, int] = {}
        self.spare: Callable[[], object] | None = None      # frees what can be done without, when the heap is full

    @classmethod
    def attach(cls, fd: int, *, private: bool = True) -> "Arena":
        """The arena behind a descriptor. `private`: the workplace is this process's own, as a player needs it."""
        arena = cls.__new__(cls)
        arena._map(fd, os.fstat(fd).st_size)
        words = arena.words
        if arena.size < HEADER_SIZE or words[MAGIC_W] != MAGIC:
            raise Fault(
                both("this is not an arena of this version", "ceci n'est pas une arène de cette version"),
                id="arena.magic",
                remedy=both("Stop the piece and start it again.", "Arrêtez la pièce et relancez-la."),
            )
        arena._free, arena._taken, arena.spare = [], {}, None
        if private:
            arena.work_fd = reserved(words[WORK_SIZE])
            mapped(words[WORK_SIZE], arena.work_fd, at=arena.base + words[WORK_AT])
            for offset in range(0, words[WORK_AT], mmap.PAGESIZE):  # touched now, not by the audio thread
                arena._memory[offset]
        return arena

    def view(self, offset: int, dtype: Any, shape: tuple[int, ...]) -> "np.ndarray":
        """A numpy array over the bytes from `offset` on."""
        import numpy as np

        return np.ndarray(shape, dtype, self._memory, offset)

    @property
    def words(self) -> Any:
        """The header's words; needs no numpy."""
        return self._words

    @property
    def room(self) -> int:
        """Bytes that are free, in all."""
        return sum(size for _, size in self._free)

    @property
    def pieces(self) -> int:
        """Into how many pieces the free memory is divided."""
        return len(self._free)

    def allocate(self, size: int, what: str = "", *, zero: bool = True) -> int:
        """Bytes from the heap, the first that fit; `spare` is asked once where none do. Raises Fault if there are not as many in one piece."""
        wanted = max(ALIGN, -(-size // ALIGN) * ALIGN)
        offset = self._fit(wanted)
        if offset is None and self.spare is not None:
            self.spare()
            offset = self._fit(wanted)
        if offset is None:
            raise full(wanted, self.room, what)
        if zero:
            self.clear(offset, wanted)
        return offset

    def _fit(self, wanted: int) -> int | None:
        for index, (offset, length) in enumerate(self._free):
            if length >= wanted:
                if length == wanted:
                    del self._free[index]
                else:
                    self._free[index] = (offset + wanted, length - wanted)
                self._taken[offset] = wanted
                return offset
        return None

    def free(self, offset: int) -> None:
        """Hand a piece back. Raises KeyError if it was not handed out."""
        size = self._taken.pop(offset)
        index = bisect.bisect(self._free, (offset, 0))
        if index < len(self._free) and offset + size == self._free[index][0]:
            size += self._free.pop(index)[1]
        if index > 0 and sum(self._free[index - 1]) == offset:
            before, length = self._free[index - 1]
            self._free[index - 1] = (before, length + size)
        else:
            self._free.insert(index, (offset, size))

    def clear(self, offset: int, size: int) -> None:
        """Zeros, over so many bytes."""
        ctypes.memset(self.base + offset, 0, size)

    def fence(self) -> None:
        """Order what was written (or read) before this against what comes after, on processors that reorder (the Pi's ARM does).

        Python has no fence. A lock's release publishes what came before it; the next acquire of the same lock, which sees that release,
        holds back what comes after it. One pair alone would not do: a later store may rise above a release.
        """
        with _FENCE:
            pass
        with _FENCE:
            pass

    def close(self) -> None:
        """Let go of the descriptors. The memory stays mapped while an array looks at it, and goes with the last process."""
        os.close(self.fd)
        if self.work_fd != self.fd:
            os.close(self.work_fd)

    def _map(self, fd: int, size: int) -> None:
        self.fd, self.work_fd, self.size = fd, fd, size
        self._memory = mmap.mmap(fd, size, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        self._words = (ctypes.c_int64 * HEADER_WORDS).from_buffer(self._memory)
        self.base = ctypes.addressof(self._words)


def _places(rate: int, outputs: int, inputs: int, longest_delay: float, tap: int) -> tuple[dict[int, int], int]:
    """Where everything but the heap lies, and where the heap begins."""
    line = -(-(int(longest_delay * rate) + 2 * FRAMES) // FRAMES) * FRAMES
    block = outputs * FRAMES * 4
    sending = (outputs + MOST_SENT) * FRAMES * 4
    shared = [
        (REQUESTS_AT, RING_ROWS * ROW_WORDS * WORD),
        (GUARD_AT, GUARD_SETTINGS * WORD),
        (STREAMS_AT, STREAMS * STREAM_WORDS * WORD),
        (OUT_AT, COPIES * block),
        (GUARD_LINE_AT, outputs * line * 4),
        (LOOK_AT, 2 * block),
        (COMMIT_AT, COPIES * STATES),
        (TAP_AT, tap * outputs * 4),
        (COSTS_AT, 2 * COSTS_WORDS * WORD),
    ]
    work = [
        (STATE_AT, STATES),
        (BUS_AT, block),
        (INPUT_AT, max(1, inputs) * FRAMES * 4),
        (GAINS_AT, MAX_GRAPHS * FRAMES * 4),
        (APPLIED_AT, (1 + MAX_PENDING * 4) * WORD),
        (LANES_AT, MOST_EIGHTS * 2 * WORD),
        (LANE_BUS_AT, MOST_EIGHTS * 8 * sending),
        (SENT_AT, ROWS_SENT * FRAMES * 4),
    ]
    own = [
        (GRAPH_BUS_AT, sending),
        (TIME_AT, 2 * WORD),
        (SCRATCH_AT, ROWS * FRAMES * 4),
    ]
    places: dict[int, int] = {}
    offset = HEADER_SIZE
    for word, size in shared:
        places[word] = offset
        offset = -(-(offset + size) // ALIGN) * ALIGN
    offset = places[WORK_AT] = -(-offset // PAGE) * PAGE
    for word, size in work:
        places[word] = offset
        offset = -(-(offset + size) // ALIGN) * ALIGN
    offset = places[OWN_AT] = -(-offset // PAGE) * PAGE
    for word, size in own:
        places[word] = offset
        offset = -(-(offset + size) // ALIGN) * ALIGN
    offset = -(-offset // PAGE) * PAGE
    places |= {OWN_SIZE: offset - places[OWN_AT], WORK_SIZE: offset - places[WORK_AT], STATE_SIZE: STATES, COMMIT_SIZE: STATES, OUT_SIZE: block,
               SCRATCH_ROWS: ROWS, GUARD_LINE_FRAMES: line, TAP_FRAMES: tap}
    return places, offset
