"""The piece's own recordings, made rather than found: `python sounds/make.py` writes them again, the same each time.

    bell-low.flac, bell-mid.flac, bell-high.flac   struck metal, mono, 5 s
    fire.ogg                                       a long slow fire, stereo, 60 s, to be streamed and looped

Bells: modes of a thin bar (ratios after Fletcher and Rossing, The Physics of Musical Instruments, table 2.1), each a decaying sine.
Fire: a low roar that breathes, and crackles drawn by lot; the end is crossed into the beginning, so the loop is not heard.
"""
from pathlib import Path

import numpy as np
import soundfile

RATE = 48_000
HERE = Path(__file__).parent


def bell(pitch, seconds=5.0, seed=1):
    """A struck bar: float64 (frames,)."""
    chance = np.random.default_rng(seed)
    time = np.arange(int(seconds * RATE)) / RATE
    sound = np.zeros_like(time)
    for ratio, level, decay in ((1.0, 1.0, 2.2), (2.756, 0.5, 1.4), (5.404, 0.28, 0.8), (8.933, 0.12, 0.45), (0.5, 0.3, 2.8)):
        for beat in (-0.35, 0.35):
            sound += 0.5 * level * np.sin(2 * np.pi * (pitch * ratio + beat) * time + chance.uniform(0, 2 * np.pi)) * np.exp(-time / decay)
    strike = np.minimum(1.0, time / 0.002)
    release = np.minimum(1.0, (seconds - time) / 0.3)
    sound *= strike * release
    return 0.7 * sound / np.abs(sound).max()


def fire(seconds=60.0, seed=7):
    """A fire: float64 (frames, 2)."""
    chance = np.random.default_rng(seed)
    cross = 4 * RATE
    frames = int(seconds * RATE) + cross
    roar = np.zeros((frames, 2))
    for channel in range(2):
        spectrum = np.fft.rfft(chance.standard_normal(frames))
        hertz = np.fft.rfftfreq(frames, 1 / RATE)
        spectrum *= 1.0 / np.maximum(hertz, 30.0) ** 0.9 / (1.0 + (hertz / 900.0) ** 2)
        noise = np.fft.irfft(spectrum, frames)
        breath = np.interp(np.arange(frames), np.linspace(0, frames, 40), chance.uniform(0.4, 1.0, 40))
        roar[:, channel] = 0.16 * noise / np.abs(noise).max() * breath
    for _ in range(int(seconds * 9)):
        at = chance.integers(0, frames - RATE // 10)
        length = int(chance.uniform(0.001, 0.02) * RATE)
        snap = chance.standard_normal(length) * np.exp(-np.arange(length) / (0.15 * length))
        left = chance.uniform(0, 1)
        level = 0.35 * chance.random() ** 3
        roar[at:at + length, 0] += level * np.sqrt(1 - left) * snap
        roar[at:at + length, 1] += level * np.sqrt(left) * snap
    way = np.linspace(0, np.pi / 2, cross)[:, None]
    whole = roar[cross:].copy()
    whole[-cross:] = whole[-cross:] * np.cos(way) + roar[:cross] * np.sin(way)
    return 0.6 * whole / np.abs(whole).max()


if __name__ == "__main__":
    for name, pitch, seed in (("low", 196.0, 1), ("mid", 293.66, 2), ("high", 440.0, 3)):
        soundfile.write(HERE / f"bell-{name}.flac", bell(pitch, seed=seed), RATE, subtype="PCM_16")
    sound = fire()
    with soundfile.SoundFile(HERE / "fire.ogg", "w", RATE, 2, format="OGG", subtype="VORBIS") as file:
        for start in range(0, len(sound), RATE):        # in pieces: the encoder's stack is small
            file.write(sound[start:start + RATE])
    print("written to", HERE)
