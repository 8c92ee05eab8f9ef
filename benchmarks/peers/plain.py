"""A plain C loop, `gcc -O3 -march=native`: how fast this processor can do the work when nothing can change while it runs.

Installed from Debian (gcc). plain.c is compiled once for each work, with the numbers of work.py written out before it. CPU time:
its own clock after the short and after the long length.
"""
from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from .job import CACHE, Cost, Failed, debian, marked, run
from .work import ATTACK, INSTALLATION, OUTPUTS, RATE, SECONDS, Q, Work, biquad, cutoff, frequency, gains, noise, rate

NAME = "plain C"
FOLDER = CACHE / "plain"
ABOUT = {"saws": "the same saw and filter as ours, in 32 bits (ours: states and sums in 64), sixteen beside each other; nothing moves",
         "cubic": "32 bits; no seam of its own, the loop's end meets its beginning", "linear": "",
         "installation": "grains at one rate; limiter without look-ahead, on each output alone"}


def install() -> None:
    debian(["gcc", "libc6-dev"])


def version() -> str:
    """Empty if it is not installed."""
    if not shutil.which("gcc"):
        return ""
    return "gcc " + subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True).stdout.strip()


def lacks(work: Work) -> str:
    return ""


def measure(work: Work, short: float, long: float) -> Cost:
    return marked(run([program(work), work.kind, work.voices, recording(), short, long]), short, long)


def render(work: Work, seconds: float, path: Path) -> None:
    run([program(work), work.kind, work.voices, recording(), seconds / 2, seconds, path.with_suffix(".raw")])


def recording() -> Path:
    """The recording without its head."""
    raw = FOLDER / "noise.raw"
    if not raw.exists():
        raw.write_bytes(noise(CACHE / "noise.wav").read_bytes()[-4 * SECONDS * RATE:])
    return raw


def program(work: Work) -> Path:
    """Compiled, if its text or a number has changed. Raises Failed."""
    source, numbers = Path(__file__).with_suffix(".c"), written(work)
    folder = FOLDER / hashlib.sha256((source.read_text() + numbers).encode()).hexdigest()[:12]
    made = folder / "plain"
    if not made.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "numbers.h").write_text(numbers)
        done = subprocess.run(["gcc", "-std=gnu11", "-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-Wall", f"-I{folder}",
                               str(source), "-o", str(made), "-lm"], capture_output=True, text=True)
        if done.returncode:
            raise Failed(done.stderr[-600:])
    return made


def written(work: Work) -> str:
    """The numbers, as C."""
    given, players = INSTALLATION, INSTALLATION.players if work.kind == "installation" else work.voices
    every = range(256)
    single = {"RATE": float(RATE), "Q": Q, "ATTACK": ATTACK, "SEND": given.send, "DECAY": given.decay, "CEILING": given.ceiling,
              "PLAYER_LEVEL": given.player_level, "GRAIN_LEVEL": given.grain_level, "SINE_LEVEL": given.sine_level}
    whole = {"SOURCES": given.sources, "PLAYERS": given.players, "GRANULATORS": given.granulators, "SINES": given.sines,
             "GRAIN_FRAMES": round(given.grain * RATE)}
    lines = [f"#define {name} {value}f" for name, value in single.items()] + [f"#define {name} {value}" for name, value in whole.items()]
    lists = {"FREQUENCY": [frequency(v) for v in every], "CUTOFF": [cutoff(v) for v in every], "RATES": [rate(v, players) for v in every],
             "SPEED": [given.speed(source) for source in range(given.sources)], "SINE": [given.sine(index) for index in range(given.sines)]}
    lines += [f"static const float {name}[] = {{{', '.join(f'{value:.9g}' for value in values)}}};" for name, values in lists.items()]
    grids = {f"GAINS[][{OUTPUTS}]": [gains(v, work.voices) for v in every], "BANDS[][5]": [biquad(*band) for band in given.bands]}
    lines += [f"static const float {name} = {{{', '.join('{' + ', '.join(f'{value:.9g}' for value in row) + '}' for row in rows)}}};"
              for name, rows in grids.items()]
    lines.append(f"static const int DELAY[] = {{{', '.join(str(round(given.delay(output) * RATE)) for output in range(OUTPUTS))}}};")
    return "\n".join(lines) + "\n"
