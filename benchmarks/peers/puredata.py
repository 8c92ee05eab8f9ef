"""Pure Data: `pd -batch`, which runs as fast as it can; a patch is written for each work, and leaves after its time.

Installed from Debian (puredata-core, without further libraries). CPU time: two lengths of the same patch, less each other. Blocks
of 64 frames, 32-bit samples and places.
"""
from __future__ import annotations

import math
import re
import shutil
import subprocess
from pathlib import Path

from .job import CACHE, Cost, Spent, debian, difference, run
from .work import ATTACK, INSTALLATION, OUTPUTS, RATE, SECONDS, Q, Work, biquad, cutoff, frequency, gains, noise, rate

NAME = "Pure Data"
FOLDER = CACHE / "puredata"
TABLE = SECONDS * RATE
STEP = 20                           # ms between two azimuths of a moving source; line~ runs between them
ABOUT = {"cubic": "phasor~ and tabread4~ (places of 32 bits: noisy towards the recording's end)", "linear": "",
         "saws": "phasor~ is not band-limited; vcf~, whose resonance is another (a rotation, not a state-variable filter)",
         "installation": "grains from phasor~, samphold~ and tabread4~, 20 for each; azimuths every 20 ms; eight delay lines as a "
                         "reverb; it has no limiter: clip~"}


def install() -> None:
    debian(["puredata-core"])


def version() -> str:
    """Empty if it is not installed."""
    if not shutil.which("pd"):
        return ""
    said = subprocess.run(["pd", "-version"], capture_output=True, text=True)
    found = re.search(r"Pd-(\S+)", said.stdout + said.stderr)
    return found[1] if found else "?"


def lacks(work: Work) -> str:
    return "it has no linear table reader at audio rate" if work.kind == "linear" else ""


def measure(work: Work, short: float, long: float) -> Cost:
    return difference(lambda seconds: play(work, seconds), short, long)


def render(work: Work, seconds: float, path: Path) -> None:
    play(work, seconds, path.with_suffix(".wav"))


def play(work: Work, seconds: float, path: Path | None = None) -> Spent:
    """One job."""
    FOLDER.mkdir(exist_ok=True)
    file = FOLDER / "work.pd"
    file.write_text(patch(work, seconds, path))
    return run(["pd", "-batch", "-nogui", "-noprefs", "-noaudio", "-r", RATE, "-outchannels", OUTPUTS, file])


class Patch:
    """A patch that grows: put() an object and what feeds its inlets, in their order; the answer is its number."""

    def __init__(self) -> None:
        self.objects: list[str] = []
        self.cords: list[str] = []

    def put(self, text: str, *feeds: int | tuple[int, int] | None, kind: str = "obj") -> int:
        """feeds: the number of an object, for its first outlet, or (number, outlet)."""
        self.objects.append(f"#X {kind} 10 10 {text};")
        for inlet, feed in enumerate(feeds):
            if feed is not None:
                self.connect(feed, len(self.objects) - 1, inlet)
        return len(self.objects) - 1

    def message(self, text: str, *feeds: int) -> int:
        return self.put(text, *feeds, kind="msg")

    def connect(self, feed: int | tuple[int, int], object: int, inlet: int) -> None:
        number, outlet = feed if isinstance(feed, tuple) else (feed, 0)
        self.cords.append(f"#X connect {number} {outlet} {object} {inlet};")

    def text(self) -> str:
        return "\n".join(["#N canvas 0 0 400 300 12;", *self.objects, *self.cords]) + "\n"


def patch(work: Work, seconds: float, path: Path | None) -> str:
    """The whole patch: the recording, the sound, its way out, and the end."""
    made = Patch()
    made.put(f"table noise {TABLE + 3}")
    bang = made.put("loadbang")
    order = made.put("t b b b", bang)
    made.put("soundfiler", made.message(f"read -maxsize {TABLE} {noise(CACHE / 'noise.wav')} noise", (order, 2)))
    if path is None:
        ways = [(made.put(f"dac~ {output + 1}"), 0) for output in range(OUTPUTS)]
    else:
        file = made.put(f"writesf~ {OUTPUTS}", made.message(f"open -wave -bytes 4 {path} \\, start", (order, 1)))
        ways = [(file, output) for output in range(OUTPUTS)]
        made.connect(made.message("stop", made.put(f"delay {1000 * seconds}", order)), file, 0)
        seconds += 0.5                                             # its thread has time to write
    made.message("\\; pd dsp 1", (order, 1))
    made.message("\\; pd quit", made.put(f"delay {1000 * seconds}", order))
    if work.kind == "installation":
        installation(made, bang, ways)
    else:
        voices(made, work, bang, ways)
    return made.text()


def player(made: Patch, pace: float) -> int:
    return made.put("tabread4~ noise", made.put("+~ 1", made.put(f"*~ {TABLE}", made.put(f"phasor~ {pace / SECONDS:.9g}"))))


def voices(made: Patch, work: Work, bang: int, ways: list[tuple[int, int]]) -> None:
    """Players and saws."""
    for voice in range(work.voices):
        if work.kind == "saws":
            saw = made.put("-~ 1", made.put("*~ 2", made.put(f"phasor~ {frequency(voice)}")))
            low = made.put(f"vcf~ {Q}", saw, made.put(f"sig~ {cutoff(voice)}"))
            sound = made.put("*~", (low, 1), made.put("line~", made.message(f"1 {1000 * ATTACK}", bang)))
        else:
            sound = player(made, rate(voice, work.voices))
        for gain, (way, inlet) in zip(gains(voice, work.voices), ways):
            made.connect(made.put(f"*~ {gain:.9g}", sound), way, inlet)


def installation(made: Patch, bang: int, ways: list[tuple[int, int]]) -> None:
    """Sources, ring, reverb, outputs."""
    given = INSTALLATION
    buses = [made.put("+~") for _ in range(OUTPUTS)]
    send = made.put(f"*~ {given.send}")
    made.put("table ring 360")
    ring = " ".join(f"{math.cos(math.pi / 2 * min(1.0, min(turn, 360 - turn) / 45)):.5f}" for turn in range(360))
    made.message(f"\\; ring 0 {ring}", bang)
    clock = made.put(f"metro {STEP}", bang)
    for source in range(given.sources):
        if source < given.players:
            sound = made.put(f"*~ {given.player_level}", player(made, rate(source, given.players)))
        elif source < given.players + given.granulators:
            sound = made.put(f"*~ {given.grain_level}", cloud(made))
        else:
            sound = made.put(f"*~ {given.sine_level}", made.put(f"osc~ {given.sine(source - given.players - given.granulators)}"))
        made.connect(sound, send, 0)
        place(made, sound, source, clock, buses)
    room = reverb(made, send)
    for output, (bus, (way, inlet)) in enumerate(zip(buses, ways)):
        made.connect(room[output], bus, 0)
        made.put(f"delwrite~ out{output} 60", bus)
        sound = made.put(f"delread~ out{output} {1000 * given.delay(output)}")
        for band in given.bands:
            b0, b1, b2, a1, a2 = biquad(*band)
            sound = made.put(f"biquad~ {-a1:.9g} {-a2:.9g} {b0:.9g} {b1:.9g} {b2:.9g}", sound)
        made.connect(made.put(f"clip~ -{given.ceiling} {given.ceiling}", sound), way, inlet)


def cloud(made: Patch) -> int:
    """20 grains, one after the other."""
    overlap = round(INSTALLATION.grains_a_second * INSTALLATION.grain)
    length, chance, total = INSTALLATION.grain * RATE, made.put("noise~"), made.put("+~")
    clock = made.put(f"phasor~ {1 / INSTALLATION.grain}")
    for grain in range(overlap):
        phase = made.put("wrap~", made.put(f"+~ {grain / overlap}", clock))
        start = made.put(f"+~ {0.5 * TABLE}", made.put(f"*~ {0.48 * TABLE}", made.put("samphold~", chance, phase)))
        sound = made.put("tabread4~ noise", made.put("+~", made.put(f"*~ {length}", phase), start))
        window = made.put("+~ 0.5", made.put("*~ -0.5", made.put("cos~", phase)))
        made.connect(made.put("*~", sound, window), total, 0)
    return total


def place(made: Patch, sound: int, source: int, clock: int, buses: list[int]) -> None:
    """On the ring: the azimuth counts on at each bang; each output's gain is looked up, and runs in a line to it."""
    azimuth = made.put(f"f {INSTALLATION.azimuth(source)}", clock)
    onward = made.put("wrap", made.put(f"+ {INSTALLATION.speed(source) * STEP / 1000}", made.put("/ 360", azimuth)))
    made.connect(made.put("* 360", onward), azimuth, 1)
    for output, bus in enumerate(buses):
        turned = made.put("mod 360", made.put(f"+ {360 - 360 // OUTPUTS * output}", azimuth))
        line = made.put("line~", made.put(f"pack f {STEP}", made.put("tabread ring", turned)))
        made.connect(made.put("*~", sound, line), bus, 0)


def reverb(made: Patch, send: int) -> list[int]:
    """Eight lines through a Hadamard matrix; what leaves for each output."""
    lengths = (1949, 2203, 2467, 2741, 3019, 3319, 3607, 3911)
    work = []
    for line, length in enumerate(lengths):
        dull = made.put("lop~ 6000", made.put(f"delread~ line{line} {1000 * length / RATE:.5f}"))
        work.append((dull, 10 ** (-3 * length / (INSTALLATION.decay * RATE)) / math.sqrt(8)))
    room = [made.put("*~ 0.35", dull) for dull, _ in work]
    rows = [made.put(f"*~ {gain:.6f}", dull) for dull, gain in work]
    half = 1
    while half < 8:
        for first in range(0, 8, 2 * half):
            for k in range(first, first + half):
                rows[k], rows[k + half] = made.put("+~", rows[k], rows[k + half]), made.put("-~", rows[k], rows[k + half])
        half *= 2
    for line, row in enumerate(rows):
        made.put(f"delwrite~ line{line} 100", made.put("-~" if line == 3 or line > 4 else "+~", row, send))
    return room
