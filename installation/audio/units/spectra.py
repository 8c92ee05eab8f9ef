"""Units that work on frequencies."""
from __future__ import annotations

import math

from ..declare import Port, PortKind, Unit
from .ports import numbers, out, slow, sound, state


def waves(size: int) -> tuple[float, ...]:
    """Half a turn of a cosine and of a sine, `size` numbers together: what Fourier transforms of that size and smaller ones need."""
    half = size // 2
    return (*(math.cos(math.pi * k / half) for k in range(half)), *(math.sin(math.pi * k / half) for k in range(half)))


WINDOWS = (512, 1_024, 2_048, 4_096)        # frames


def window_plan(size: int) -> tuple[float, ...]:
    """What the kernels of this family want to know of a window: its frames, its shape (a root of Hann's), its waves."""
    return (float(size), *(math.sin(math.pi * (n + 0.5) / size) for n in range(size)), *waves(size))


def sustain_memory(size: int) -> int:
    """Frames of long memory that freeze and blur need for a channel: its past, spectra, what lingers, five windows' sound."""
    return size + size // 4 + 2 * size + 4 * size + 5 * size


def cross_memory(size: int) -> int:
    """The same of cross: two pasts, three spectra, five windows' sound."""
    return 2 * (size + size // 4) + 3 * size + 5 * size


ALLEN = "Allen and Rabiner, Proc. IEEE 65, 1977"

SPECTRA = (
    Unit("freeze", "installation.dsp.spectral:freeze",
         (out(), sound(), slow("gate", "ratio", 0.0, 1.0, None, "1 holds what sounds, 0 lets it go"), numbers("plan", 0),
          Port("memory", PortKind.MEMORY, per_channel=True), state(2)),
         source=f"{ALLEN}; Laroche and Dolson, IEEE Trans. SAP 7:3, 1999", tail=1.0, about="a moment's spectrum, held"),
    Unit("blur", "installation.dsp.spectral:blur",
         (out(), sound(), slow("time", "s", 0.0, 3_600.0, 2.0, "until what was heard has fallen by 60 dB", "frames"),
          numbers("plan", 0), Port("memory", PortKind.MEMORY, per_channel=True), state(2)),
         source=f"{ALLEN}; Laroche and Dolson, IEEE Trans. SAP 7:3, 1999", tail=60.0, about="frequencies that linger"),
    Unit("cross", "installation.dsp.spectral:cross",
         (out(), sound(), sound("y"), numbers("plan", 0), Port("memory", PortKind.MEMORY, per_channel=True), state()),
         source=ALLEN, tail=1.0, about="the strengths of one sound, the phases of another"),
)
