"""Draws docs/performance.png: a rehearsed performance of the piece in this repository, sound above, light below.

    installation render . --seconds 600 --out room.wav --lights lights.jsonl
    python docs/picture.py room.wav lights.jsonl docs/performance.png

Above: a spectrogram of each output, 40 Hz to 16 kHz, from -100 to -30 dBFS. Below: the colour that each lamp shows, second by second.
Needs numpy and soundfile alone; the PNG is written here (RFC 2083).
"""
from __future__ import annotations

import json
import struct
import sys
import zlib

import numpy as np
import soundfile

WIDTH, BAND, LAMP, GAP = 1000, 150, 16, 6
WINDOW = 4096
LOW, HIGH = 40.0, 16_000.0
BACK = (18, 18, 24)


def spectrogram(samples: np.ndarray, rate: int) -> np.ndarray:
    """One output as a picture, uint8 (BAND, WIDTH, 3)."""
    starts = np.linspace(0, len(samples) - WINDOW, WIDTH).astype(int)
    window = np.hanning(WINDOW)
    spectra = np.stack([np.abs(np.fft.rfft(samples[start:start + WINDOW] * window)) for start in starts]) / (WINDOW / 4)
    bins = np.geomspace(LOW, HIGH, BAND) / rate * WINDOW
    level = 20 * np.log10(np.maximum(spectra[:, np.round(bins).astype(int)], 1e-7)).T[::-1]
    bright = np.clip((level + 100) / 70, 0, 1)[..., None]
    ramp = np.array([BACK, (44, 70, 140), (90, 180, 190), (250, 240, 200)], float)
    place = bright[..., 0] * (len(ramp) - 1)
    index = np.minimum(place.astype(int), len(ramp) - 2)
    part = (place - index)[..., None]
    return (ramp[index] * (1 - part) + ramp[index + 1] * part).astype(np.uint8)


def lamps(path: str, seconds: float, count: int) -> np.ndarray:
    """The RGBW lamps on slots 1 to 4 × count as rows of colour, uint8 (count × LAMP, WIDTH, 3)."""
    columns = np.zeros((WIDTH, 4 * count))
    at = 0
    last = np.zeros(4 * count)
    with open(path, encoding="utf-8") as file:
        for line in file:
            frame = json.loads(line)
            column = min(WIDTH, int(frame["t"] / seconds * WIDTH))
            columns[at:column] = last
            at = max(at, column)
            last = np.array(frame["values"][:4 * count], float)
    columns[at:] = last
    rows = []
    for lamp in range(count):
        red, green, blue, white = columns[:, 4 * lamp:4 * lamp + 4].T
        colour = np.stack([red + white, green + white, blue + white], axis=1)
        shown = 255 * (np.clip(colour, 0, 255) / 255) ** 0.6                 # the eye is kinder to the dark than a screen
        rows.append(np.repeat(shown[None].astype(np.uint8), LAMP, axis=0))
    return np.concatenate(rows)


def png(picture: np.ndarray) -> bytes:
    """An uint8 (height, width, 3) picture as a PNG file."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    head = struct.pack(">IIBBBBB", picture.shape[1], picture.shape[0], 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def main(sound: str, light: str, out: str) -> None:
    """Draw it."""
    samples, rate = soundfile.read(sound, always_2d=True)
    gap = np.full((GAP, WIDTH, 3), BACK, np.uint8)
    parts = []
    for output in samples.T:
        parts += [spectrogram(output, rate), gap]
    parts.append(lamps(light, len(samples) / rate, 4))
    with open(out, "wb") as file:
        file.write(png(np.concatenate(parts) // 8 * 8))      # fewer shades: a small file


if __name__ == "__main__":
    main(*sys.argv[1:4])
