"""Csound: one orchestra and score for each work, without output (`-n`), ksmps 64, eight channels.

Installed from Debian. Each voice is one instance of an instrument with its numbers as p-fields. CPU time: two lengths of the same
score, less each other. Debian's Csound computes in 64 bits.
"""
from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from .job import CACHE, Cost, Spent, debian, difference, run
from .work import ATTACK, BLOCK, INSTALLATION, OUTPUTS, RATE, SECONDS, Q, Work, cutoff, frequency, gains, noise, rate

NAME = "Csound"
FOLDER = CACHE / "csound"
ABOUT = {"cubic": "poscil3", "linear": "poscil", "saws": "vco2 (band-limited tables), zdf_2pole, madsr at the control rate",
         "installation": "syncgrain (linear, grains in order and not by chance), vbap, reverbsc in stereo to all outputs, compress as "
                         "a limiter on each output alone"}
SPRAY = "outo " + ", ".join(f"asound * p{5 + output}" for output in range(OUTPUTS))
VOICE = {"cubic": "asound poscil3 1, p4, 1", "linear": "asound poscil 1, p4, 1",
         "saws": f"asound vco2 1, p4\nasound zdf_2pole asound, p13, {Q}\nkenvelope madsr {ATTACK}, 0.01, 1, 0.5\nasound = asound * kenvelope"}


def install() -> None:
    debian(["csound"])


def version() -> str:
    """Empty if it is not installed."""
    if not shutil.which("csound"):
        return ""
    said = subprocess.run(["csound", "--version"], capture_output=True, text=True)
    found = re.search(r"Csound version (\S+)", said.stdout + said.stderr)
    return found[1] if found else "?"


def lacks(work: Work) -> str:
    return ""


def measure(work: Work, short: float, long: float) -> Cost:
    return difference(lambda seconds: play(work, seconds, ["-n"]), short, long)


def render(work: Work, seconds: float, path: Path) -> None:
    play(work, seconds, ["-W", "-f", "-o", str(path.with_suffix(".wav"))])


def play(work: Work, seconds: float, output: list[str]) -> Spent:
    """One job."""
    FOLDER.mkdir(exist_ok=True)
    text = FOLDER / "work.csd"
    text.write_text(written(work, seconds))
    return run(["csound", "-d", "-m0", *output, text])


def written(work: Work, seconds: float) -> str:
    orchestra, score = installation(seconds) if work.kind == "installation" else voices(work, seconds)
    return f"""<CsoundSynthesizer>
<CsInstruments>
sr = {RATE}
ksmps = {BLOCK}
nchnls = {OUTPUTS}
0dbfs = 1
{orchestra}
</CsInstruments>
<CsScore>
f 1 0 0 -1 "{noise(CACHE / 'noise.wav')}" 0 0 1
f 2 0 16384 20 2 1
{score}
e
</CsScore>
</CsoundSynthesizer>
"""


def voices(work: Work, seconds: float) -> tuple[str, str]:
    """Players and saws: p4 is the frequency, p5 to p12 the gains, p13 the cutoff."""
    score = []
    for voice in range(work.voices):
        pitch = frequency(voice) if work.kind == "saws" else rate(voice, work.voices) / SECONDS
        score.append(f"i 1 0 {seconds} {pitch} {' '.join(str(gain) for gain in gains(voice, work.voices))} {cutoff(voice)}")
    return f"instr 1\n{VOICE[work.kind]}\n{SPRAY}\nendin", "\n".join(score)


def installation(seconds: float) -> tuple[str, str]:
    """Sources add to global buses; the reverb and the outputs come after them and clear them."""
    given, numbers = INSTALLATION, range(1, OUTPUTS + 1)
    buses = [f"gabus{number}" for number in numbers]
    rows = ", ".join(f"a{number}" for number in numbers)
    put = "\n".join([f"kazimuth phasor p5, p6\n{rows} vbap asound, kazimuth * 360", *(f"{bus} += a{n}" for n, bus in zip(numbers, buses)),
                     f"gasend += asound * {given.send}"])
    low, peak, high = given.bands
    each = "\n".join(f"""ax delay {bus}, {given.delay(number - 1)}
ax pareq ax, {low[1]}, ampdb({low[2]}), 0.707, 1
ax pareq ax, {peak[1]}, ampdb({peak[2]}), 1, 0
ax pareq ax, {high[1]}, ampdb({high[2]}), 0.707, 2
a{number} compress ax, ax, 0, 89, 90, 100, 0.001, 0.08, 0.00133
clear {bus}""" for number, bus in zip(numbers, buses))
    orchestra = "\n".join([
        f"vbaplsinit 2, {OUTPUTS}, " + ", ".join(str(360 / OUTPUTS * (number - 1)) for number in numbers),
        *(f"{bus} init 0" for bus in (*buses, "gasend")),
        f"instr 1\nasound poscil3 {given.player_level}, p4, 1\n{put}\nendin",
        f"instr 2\nasound syncgrain {given.grain_level}, {given.grains_a_second}, 1, {given.grain}, 1, 1, 2, 32\n{put}\nendin",
        f"instr 3\nasound poscil3 {given.sine_level}, p4\n{put}\nendin",
        "instr 10\naleft, aright reverbsc gasend, gasend, 0.8, 10000",
        *(f"{bus} += {('aleft', 'aright')[number % 2]} * 0.5" for number, bus in zip(numbers, buses)),
        "clear gasend\nendin",
        f"instr 11\n{each}\nouto {rows}\nendin"])
    score = []
    for source in range(given.sources):
        if source < given.players:
            instrument, pitch = 1, rate(source, given.players) / SECONDS
        else:
            instrument, pitch = (2, 0.0) if source < given.players + given.granulators else (3, given.sine(source - given.players - given.granulators))
        score.append(f"i {instrument} 0 {seconds} {pitch} {given.speed(source)} {given.azimuth(source) / 360.0}")
    return orchestra, "\n".join([*score, f"i 10 0 {seconds}", f"i 11 0 {seconds}"])
