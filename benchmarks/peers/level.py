"""How loud rendered files are: `python -m benchmarks.peers.level FOLDER` prints JSON, by file name: dB of the mean square over all
outputs, from 0.5 s to 2.5 s. Files are WAV, or raw float32 of eight channels.

A program of its own, so that the one that measures stays small.
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import soundfile

from .work import OUTPUTS, RATE


def level(path: Path) -> float:
    form = {} if path.suffix == ".wav" else {"samplerate": RATE, "channels": OUTPUTS, "format": "RAW", "subtype": "FLOAT"}
    samples, _ = soundfile.read(path, **form)
    return float(10.0 * np.log10(np.mean(samples[RATE // 2:5 * RATE // 2] ** 2) + 1e-20))


if __name__ == "__main__":
    print(json.dumps({path.stem: level(path) for path in sorted(Path(sys.argv[1]).iterdir())}))
