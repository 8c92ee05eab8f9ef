"""Writing sound to a file: 32-bit float WAV, one channel per output, RF64 when it outgrows four gigabytes.

Written by ourselves because the bytes must be the same for the same sound: libsndfile puts the time of day into every float WAV
(its PEAK chunk). Source: Microsoft, Multimedia Programming Interface and Data Specifications 1.0, "WAVE"; EBU Tech 3306 (RF64).

    with WavWriter(path, channels=8, rate=48000) as wav:
        wav.write(frames)             float32 (frames, channels)
"""
from __future__ import annotations

import struct
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from ..terms.fault import Fault
from ..terms.words import both

_HEADER = 12 + 36 + 8 + 40 + 12 + 8       # RIFF, JUNK or ds64, fmt (extensible), fact, data
_FLOAT = bytes.fromhex("0300000000001000800000aa00389b71")      # KSDATAFORMAT_SUBTYPE_IEEE_FLOAT
_SMALL = 0xFFFF_FFFF - 4096


class WavWriter:
    """One file. The header is set right at every `flush`, so that a file cut off by a power cut can still be heard."""

    def __init__(self, path: Path, *, channels: int, rate: int) -> None:
        self.path, self.channels, self.rate = path, channels, rate
        self.frames = 0
        try:
            self._file: BinaryIO = open(path, "wb")      # noqa: SIM115 (open until `close`)
            self._file.write(self._head())
        except OSError as error:
            raise Fault(both(f"cannot be written: {error.strerror}", f"impossible à écrire : {error.strerror}"), where=str(path),
                        id="record.write") from None

    def write(self, samples) -> None:
        """Add frames: float32 (frames, channels), or bytes of that layout. Raises Fault when the disk is full."""
        data = samples if isinstance(samples, (bytes, bytearray, memoryview)) else samples.astype("<f4", copy=False).tobytes()
        try:
            self._file.write(data)
        except OSError as error:
            raise Fault(both(f"cannot be written: {error.strerror}", f"impossible à écrire : {error.strerror}"), where=str(self.path),
                        id="record.write") from None
        self.frames += len(data) // (4 * self.channels)

    def flush(self) -> None:
        """Make the header say what is there."""
        self._file.seek(0)
        self._file.write(self._head())
        self._file.seek(0, 2)
        self._file.flush()

    def close(self) -> None:
        """Finish the file."""
        if not self._file.closed:
            self.flush()
            self._file.close()

    def __enter__(self) -> WavWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _head(self) -> bytes:
        size = self.frames * self.channels * 4
        large = size > _SMALL
        riff = struct.pack("<4sI4s", b"RF64" if large else b"RIFF", 0xFFFF_FFFF if large else size + _HEADER - 8, b"WAVE")
        sizes = struct.pack("<4sIQQQI", b"ds64" if large else b"JUNK", 28, (size + _HEADER - 8) if large else 0, size if large else 0,
                            self.frames if large else 0, 0)
        align = 4 * self.channels
        shape = struct.pack("<4sIHHIIHHHHI", b"fmt ", 40, 0xFFFE, self.channels, self.rate, self.rate * align, align, 32, 22, 32, 0) + _FLOAT
        fact = struct.pack("<4sII", b"fact", 4, min(self.frames, 0xFFFF_FFFF))
        data = struct.pack("<4sI", b"data", 0xFFFF_FFFF if large else size)
        return riff + sizes + shape + fact + data
