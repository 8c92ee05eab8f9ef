"""SignalFlow: its graph rendered into a buffer, in blocks of 64.

Installed from PyPI into an environment of its own in the cache (`compare install`). The job is signal_flow_job.py, which knows
nothing of this repository and takes its numbers from a file. CPU time: its process's own clock after the short and after the
long length.
"""
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from .job import CACHE, Cost, Spent, marked, run
from .work import ATTACK, BLOCK, INSTALLATION, OUTPUTS, RATE, Q, Work, cutoff, frequency, gains, noise, rate

NAME = "SignalFlow"
FOLDER = CACHE / "signalflow"
PYTHON = FOLDER / "bin" / "python"
JOB = Path(__file__).with_name("signal_flow_job.py")
ABOUT = {"linear": "BufferPlayer", "cubic": "",
         "saws": "SawOscillator is not band-limited (a tone of 3 kHz folds back at -18 dB); SVFilter, ADSREnvelope at the audio rate",
         "installation": "Granulator (linear), FeedbackDelayNetwork in mono to all outputs, EQ of two shelving bands and what lies "
                         "between, Compressor as a limiter"}


def install() -> None:
    subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "signalflow", "numpy"], check=True)


def version() -> str:
    """Empty if it is not installed."""
    found = sorted(FOLDER.glob("lib/python*/site-packages/signalflow-*.dist-info"))
    return found[-1].name.split("-")[1].removesuffix(".dist") if found and PYTHON.exists() else ""


def lacks(work: Work) -> str:
    return "its players read in a straight line" if work.kind == "cubic" else ""


def measure(work: Work, short: float, long: float) -> Cost:
    return marked(play(work, short, long), short, long)


def render(work: Work, seconds: float, path: Path) -> None:
    play(work, seconds / 2, seconds, path.with_suffix(".raw"))


def play(work: Work, *values: Any) -> Spent:
    """One job."""
    numbers = FOLDER / "work.json"
    numbers.write_text(json.dumps(written(work)))
    return run([PYTHON, JOB, numbers, *values], environment={"HOME": str(FOLDER)})


def written(work: Work) -> dict[str, Any]:
    """The numbers."""
    given = INSTALLATION
    return {"outputs": OUTPUTS, "sample_rate": RATE, "block": BLOCK, "noise": str(noise(CACHE / "noise.wav")), "attack": ATTACK,
            "resonance": 1.0 - 0.5 / Q, "voices": [] if work.kind == "installation" else [_voice(work, voice) for voice in range(work.voices)],
            "rates": [rate(player, given.players) for player in range(given.players)], "granulators": given.granulators,
            "grains_a_second": given.grains_a_second, "grain": given.grain, "sines": [given.sine(index) for index in range(given.sines)],
            "player_level": given.player_level, "grain_level": given.grain_level, "sine_level": given.sine_level, "send": given.send,
            "speeds": [given.speed(source) for source in range(given.sources)], "ceiling": given.ceiling,
            "delays": [given.delay(output) for output in range(OUTPUTS)],
            **{name: 10 ** (band[2] / 20) for name, band in zip(("low", "middle", "high"), given.bands)}}


def _voice(work: Work, voice: int) -> dict[str, Any]:
    own = {"frequency": frequency(voice), "cutoff": cutoff(voice)} if work.kind == "saws" else {"rate": rate(voice, work.voices)}
    return {"gains": gains(voice, work.voices), **own}
