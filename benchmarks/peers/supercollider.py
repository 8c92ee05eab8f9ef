"""SuperCollider: `scsynth -N`, its renderer without a card, at its own block of 64.

Installed from Debian. The synth definitions (supercollider.scd) are compiled once by sclang and kept in the cache; a job is a
score: the definitions, the recording, one synth for each voice, and a last bundle at the end. The sound is written to /dev/null,
as float. CPU time: two lengths of the same score, less each other.
"""
from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

from pythonosc.osc_message_builder import OscMessageBuilder

from .job import CACHE, Cost, Failed, Spent, debian, difference, run
from .work import ATTACK, BLOCK, INSTALLATION, OUTPUTS, RATE, Q, Work, cutoff, frequency, gains, noise, rate

NAME = "scsynth"
FOLDER = CACHE / "supercollider"
SOURCES, AFTER = 100, 200           # groups: the sources play before what gathers them
SAW = 2.0                           # its Saw is half as loud as the others'
ABOUT = {"cubic": "PlayBuf", "linear": "Phasor and BufRd", "saws": "Saw (BLIT), RLPF, EnvGen.kr",
         "installation": "GrainBuf (cubic), PanAz, FreeVerb2 to all outputs (ours: eight lines, eight channels), Limiter on each output alone"}


def install() -> None:
    debian(["supercollider-server", "supercollider-language"])


def version() -> str:
    """Empty if it is not installed."""
    if not (shutil.which("scsynth") and shutil.which("sclang")):
        return ""
    said = subprocess.run(["scsynth", "-v"], capture_output=True, text=True).stdout
    found = re.search(r"scsynth (\S+)", said)
    return found[1] if found else "?"


def lacks(work: Work) -> str:
    return ""


def measure(work: Work, short: float, long: float) -> Cost:
    return difference(lambda seconds: play(work, seconds, "/dev/null"), short, long)


def render(work: Work, seconds: float, path: Path) -> None:
    play(work, seconds, path.with_suffix(".wav"))


def play(work: Work, seconds: float, path: Path | str) -> Spent:
    """One job."""
    score = FOLDER / "score.osc"
    score.write_bytes(written(work, seconds))
    return run(["scsynth", "-N", score, "_", path, RATE, "WAV", "float", "-o", OUTPUTS, "-i", 0, "-z", BLOCK, "-n", 4096, "-m", 65536])


def written(work: Work, seconds: float) -> bytes:
    """The score: bundles with their sizes before them, times in seconds from 0."""
    start = [message("/d_recv", path.read_bytes()) for path in definitions()]
    start += [message("/b_allocRead", 0, str(noise(CACHE / "noise.wav")), 0, 0),
              message("/g_new", SOURCES, 0, 0), message("/g_new", AFTER, 1, 0)]
    sounds = installation() if work.kind == "installation" else voices(work)
    return b"".join(bundle(0.0, one) for one in (*start, *sounds)) + bundle(seconds, message("/c_set", 0, 0.0))


def voices(work: Work) -> list[bytes]:
    """Of players and saws."""
    made = []
    for voice in range(work.voices):
        if work.kind == "saws":
            own, louder = ["frequency", frequency(voice), "cutoff", cutoff(voice)], SAW
        else:
            own, louder = ["rate", rate(voice, work.voices)], 1.0
        made.append(message("/s_new", work.kind, 1000 + voice, 1, SOURCES, *own, "gains", [louder * gain for gain in gains(voice, work.voices)]))
    return made


def installation() -> list[bytes]:
    """Sources, reverb, outputs."""
    given, made = INSTALLATION, []
    for source in range(given.sources):
        if source < given.players:
            own = ["player", "rate", rate(source, given.players), "level", given.player_level]
        elif source < given.players + given.granulators:
            own = ["granulator", "level", given.grain_level]
        else:
            own = ["sine", "frequency", given.sine(source - given.players - given.granulators), "level", given.sine_level]
        made.append(message("/s_new", own[0], 1000 + source, 1, SOURCES, *own[1:],
                            "speed", given.speed(source), "start", given.azimuth(source) / 180.0))
    made.append(message("/s_new", "reverb", 2000, 1, AFTER))
    made += [message("/s_new", "output", 2001 + output, 1, AFTER, "output", float(output), "delay", given.delay(output))
             for output in range(OUTPUTS)]
    return made


def message(address: str, *values: Any) -> bytes:
    made = OscMessageBuilder(address)
    for value in values:
        made.add_arg(value)
    return made.build().dgram


def bundle(time: float, *messages: bytes) -> bytes:
    body = b"#bundle\0" + struct.pack(">II", int(time), int(time % 1.0 * 2**32))
    body += b"".join(struct.pack(">i", len(one)) + one for one in messages)
    return struct.pack(">i", len(body)) + body


def definitions() -> list[Path]:
    """The compiled synth definitions, made by sclang if the text has changed. Raises Failed."""
    text = Path(__file__).with_suffix(".scd").read_text()
    for name, value in {"SEND": INSTALLATION.send, "GRAINS": INSTALLATION.grains_a_second, "GRAIN": INSTALLATION.grain,
                        "CEILING": INSTALLATION.ceiling, "ATTACK": ATTACK, "Q": Q}.items():
        text = re.sub(rf"\b{name}\b", str(value), text)
    folder = FOLDER / hashlib.sha256(text.encode()).hexdigest()[:12]
    if not (folder / "output.scsyndef").exists():
        folder.mkdir(parents=True, exist_ok=True)
        run_time = FOLDER / "run"
        run_time.mkdir(mode=0o700, exist_ok=True)
        (folder / "definitions.scd").write_text(text.replace("FOLDER", str(folder)))
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1", "HOME": str(FOLDER),
                       "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox", "XDG_RUNTIME_DIR": str(run_time)}
        with contextlib.suppress(subprocess.TimeoutExpired):       # it may not leave by itself
            subprocess.run(["sclang", str(folder / "definitions.scd")], env=environment, timeout=40, stdin=subprocess.DEVNULL,
                           stdout=(folder / "said").open("w"), stderr=subprocess.STDOUT)
        if not (folder / "output.scsyndef").exists():
            raise Failed(f"sclang made no synth definitions: {(folder / 'said').read_text()[-600:]}")
    return sorted(folder.glob("*.scsyndef"))
