"""The work that every peer does: which voices, and their numbers, said once.

    WORKS           what is rendered: Work(name, voices)
    rate, frequency, cutoff, gains     of one voice of "players" and "saws"
    INSTALLATION    the numbers of the third work, a whole installation
    noise           the recording that is played: 10 s of chance

Players: each one recording, at a rate of its own, round and round, into 8 outputs by a vector of gains. Saws: each through a
resonant low-pass and an envelope, into 8 outputs the same way. Installation: players, granulators and sines that move on a ring
of 8, one reverb, and on each output a delay, three bands of equalising and a limiter.
"""
from __future__ import annotations

import array
import math
import random
import struct
from dataclasses import dataclass, field
from pathlib import Path

RATE, OUTPUTS, BLOCK = 48_000, 8, 64
SECONDS = 10                        # of the recording
Q = 1.5                             # of the saws' filter
ATTACK = 0.01                       # s, of the saws' envelope; then it sustains
LEVEL = 0.5                         # of all voices together, if all were at their highest at once


@dataclass(frozen=True)
class Work:
    """One thing to be rendered. kind: "cubic" or "linear" (players), "saws" or "installation"."""

    kind: str
    voices: int

    @property
    def title(self) -> str:
        """For a table."""
        return {"cubic": "players, cubic", "linear": "players, linear", "saws": "saw, filter, envelope",
                "installation": "an installation"}[self.kind]

    @property
    def name(self) -> str:
        """For a machine."""
        return f"players-{self.kind}" if self.kind in ("cubic", "linear") else self.kind


WORKS = (*(Work(kind, voices) for kind in ("cubic", "linear", "saws") for voices in (64, 256)), Work("installation", 48))


def rate(voice: int, voices: int) -> float:
    """The speed of a player: 0.5 for the first, 1.5 for the last."""
    return 0.5 + voice / (voices - 1)


def frequency(voice: int) -> float:
    """Hz, of a saw."""
    return 55.0 + 3.0 * voice


def cutoff(voice: int) -> float:
    """Hz, of its filter."""
    return 300.0 + 10.0 * voice


def gains(voice: int, voices: int) -> list[float]:
    """Of one voice in each output; none is 0."""
    return [LEVEL / voices * (0.25 + 0.75 * ((3 * voice + 5 * output) % 8) / 7) for output in range(OUTPUTS)]


@dataclass(frozen=True)
class Installation:
    """The third work. Times in seconds, levels linear."""

    players: int = 32
    granulators: int = 8
    sines: int = 8
    grains_a_second: float = 100.0
    grain: float = 0.2              # so that 20 of them overlap; a raised cosine, from anywhere in the recording
    player_level: float = 0.02
    grain_level: float = 0.01
    sine_level: float = 0.02
    send: float = 0.3               # into the reverb, of everything
    decay: float = 2.0
    bands: tuple[tuple[str, float, float], ...] = field(
        default=(("low shelf", 120.0, 2.0), ("peak", 1000.0, -3.0), ("high shelf", 6000.0, -2.0)))     # Hz, dB; the peak's Q is 1
    ceiling: float = 0.89

    @property
    def sources(self) -> int:
        return self.players + self.granulators + self.sines

    def sine(self, index: int) -> float:
        """Hz."""
        return 110.0 * (index + 1)

    def azimuth(self, source: int) -> float:
        """Where a source begins: degrees, to the left."""
        return 360.0 * source / self.sources

    def speed(self, source: int) -> float:
        """How fast it goes round: turns a second; every other one to the right."""
        return (1 - 2 * (source % 2)) / (20.0 + source)

    def delay(self, output: int) -> float:
        """Of a loudspeaker, counted from 0."""
        return 0.001 * (output + 1)


INSTALLATION = Installation()


def noise(path: Path) -> Path:
    """Write the recording, float32, if it is not there."""
    if not path.exists():
        chance = random.Random(1)
        samples = array.array("f", (chance.uniform(-0.5, 0.5) for _ in range(SECONDS * RATE))).tobytes()
        form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, 1, RATE, 4 * RATE, 4, 32)
        path.write_bytes(struct.pack("<4sI4s", b"RIFF", 4 + len(form) + 8 + len(samples), b"WAVE")
                         + form + struct.pack("<4sI", b"data", len(samples)) + samples)
    return path


def biquad(shape: str, hz: float, decibels: float) -> list[float]:
    """b0 b1 b2 a1 a2 of a band, for peers without such a filter. Source: R. Bristow-Johnson, Audio EQ Cookbook; slope 1, Q 1."""
    a, w = 10.0 ** (decibels / 40.0), 2.0 * math.pi * hz / RATE
    c, alpha = math.cos(w), math.sin(w) / 2.0 * (1.0 if shape == "peak" else math.sqrt(2.0))
    if shape == "peak":
        b, d = [1 + alpha * a, -2 * c, 1 - alpha * a], [1 + alpha / a, -2 * c, 1 - alpha / a]
    else:
        s, k = (1.0 if shape == "low shelf" else -1.0), 2.0 * math.sqrt(a) * alpha
        b = [a * (a + 1 - s * (a - 1) * c + k), s * 2 * a * (a - 1 - s * (a + 1) * c), a * (a + 1 - s * (a - 1) * c - k)]
        d = [a + 1 + s * (a - 1) * c + k, -s * 2 * (a - 1 + s * (a + 1) * c), a + 1 + s * (a - 1) * c - k]
    return [*(value / d[0] for value in b), d[1] / d[0], d[2] / d[0]]
