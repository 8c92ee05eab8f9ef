"""From saving a scene file to the first sample that it changed, while the piece plays.

    python -m benchmarks.edit [--saves 8] [--period 256]

The real command plays a copy of the demo piece on JACK's dummy driver, and beside it, in a layer of its own, a scene with one high tone. Its file
is saved again and again as editors do it (a new file takes the old one's name), each time with another frequency:

    warm    nothing but the number is new; every kernel is there
    kernel  with a unit of the piece's own whose text is new too, so that it must be compiled
    broken  a file that is cut in the middle: nothing may change

First twice as many saves with nobody listening, to count xruns: a listener in Python makes JACK late by itself. Then a JACK client hears the
player's output, with the frame time of every cycle. The new tone is looked for with a filter of 10 ms; it fades in over 0.4 s, and counts from
when it stands 34 dB below its level in the end, which is 8 ms after it began: the demo piece itself stays below that. Printed are the times, the
xruns, and whether the tone is as loud as a parameter that was moved before by OSC says.
"""
from __future__ import annotations

import argparse
import os
import socket
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml

from benchmarks.chain import PERIOD, RATE, Chain, Ear, Jack, cache, demo, load
from installation.ports.osc_packet import message

SCENE = '''"""Mark: one high tone. For benchmarks."""
from installation import Scene, param, ug, unit

UNIT
class Mark(Scene):
    level = param(-12, "dBFS", -80, -6)

    def sound(self):
        return ug.to(TONE * self.level, output=1)
'''
UNIT = '''
@unit(out=unit.out(), x=unit.input())
def lessened(out, x):
    """A little softer, by a number that no other save has."""
    for channel in range(x.shape[0]):
        for n in range(x.shape[1]):
            out[channel, n] = x[channel, n] * NUMBER


'''
SCENES = {"mark": {"file": "scenes/mark.py"}}
SCORE = [{"layer": "mark", "start": "mark", "fade": "0.1 s"}]
LEVEL_DB = -16.0                 # by OSC; the file says -12
ROOM_DB = -3.0                   # the demo piece's own gain, on top
TONES = (14_000, 15_000, 16_000, 17_000)
WIDE, STEP = 480, 48             # frames of the filter, and between two looks
STAYS = 50                       # looks: for so long it must stand, from its first moment on
WITHIN = 20.0                    # s


class Bench:
    """The piece that plays, its ear and its file."""

    def __init__(self, chain: Chain, ear: Ear, jack: Jack, file: Path) -> None:
        self.chain, self.ear, self.jack, self.file = chain, ear, jack, file
        self.saves = 0

    def save(self, hertz: int, kernel: bool = False, cut: bool = False) -> int:
        """Save; JACK's frame at that moment."""
        self.saves += 1
        at = int(self.ear.client.frame_time)
        save(self.file, hertz, kernel, cut)
        return at

    def level(self, hertz: int, since: int) -> tuple[np.ndarray, np.ndarray]:
        """A tone's amplitude, every ms from a frame on: (frames at the end of each look, amplitudes)."""
        cycles = self.ear.cycles
        first = int(np.searchsorted(self.ear.stamps[:cycles], since - WIDE))
        sound = self.ear.sound[first * self.jack.period:cycles * self.jack.period, 0].astype(float)
        frames = (self.ear.stamps[first:cycles, None] + np.arange(self.jack.period)).reshape(-1)
        if len(sound) < WIDE + STEP:
            return np.zeros(0), np.zeros(0)
        turned = sound * np.exp(-2j * np.pi * hertz / RATE * (frames % RATE))
        window = np.hanning(WIDE)
        looks = np.arange(0, len(sound) - WIDE, STEP)
        found = np.array([abs(turned[look:look + WIDE] @ window) for look in looks]) * 2.0 / window.sum()
        return frames[looks + WIDE // 2], found

    def until(self, hertz: int, since: int) -> float:
        """Seconds from that frame to the tone's first moment; the tone has come to its level then."""
        end = time.monotonic() + WITHIN
        steady = 10 ** ((LEVEL_DB + ROOM_DB) / 20)
        while time.monotonic() < end:
            time.sleep(0.2)
            frames, amplitude = self.level(hertz, since)
            if len(amplitude) and amplitude[-20:].min() > 0.8 * steady:
                below = np.concatenate([[-1], np.flatnonzero(amplitude < 0.02 * amplitude[-20:].mean()), [len(amplitude)]])
                stays = int(np.argmax(np.diff(below) > STAYS))          # a cycle that was missed is heard as a click, in all tones at once
                return float(frames[below[stays] + 1] - since) / RATE
        raise SystemExit(f"{hertz} Hz was not heard within {WITHIN:g} s of the save:\n{self.chain.errors()}")


def save(file: Path, hertz: int, kernel: bool = False, cut: bool = False) -> None:
    """As an editor does it: a new file takes the old one's name."""
    number = 1.0 - (time.time_ns() % 1_000_000_007) * 1e-12
    tone = f"lessened(ug.sine({hertz}))" if kernel else f"ug.sine({hertz})"
    text = SCENE.replace("UNIT", UNIT.replace("NUMBER", repr(number)) if kernel else "").replace("TONE", tone)
    new = file.with_suffix(".new")
    new.write_text(text[:len(text) - 30] if cut else text)
    os.replace(new, file)


def unheard(chain: Chain, file: Path, hertz: int, kernel: bool) -> None:
    """Save, and wait until control says that it plays, and for its fade."""
    said = chain.errors().count("the edited scene plays")
    save(file, hertz, kernel)
    end = time.monotonic() + WITHIN
    while chain.errors().count("the edited scene plays") == said:
        if time.monotonic() > end:
            raise SystemExit(f"the edited scene does not play:\n{chain.errors()}")
        time.sleep(0.05)
    time.sleep(1.0)


def told(name: str, ways: list[float]) -> None:
    print(f"{name:<28} median {statistics.median(ways):.2f} s, shortest {min(ways):.2f}, longest {max(ways):.2f} ({len(ways)} saves)")


def measure(saves: int, period: int) -> None:
    """One run, and its report."""
    with tempfile.TemporaryDirectory() as folder, Jack("EDIT", period=period) as jack, Jack("IDLE", period=period) as beside:
        piece = demo(Path(folder) / "piece", scenes=SCENES, score=SCORE)
        file = piece / "scenes" / "mark.py"
        file.write_text(SCENE.replace("UNIT", "").replace("TONE", "ug.sine(13_000)"))
        port = yaml.safe_load((piece / "config.yaml").read_text())["remote"]["osc"]["port"]
        idle = beside.idle_client()
        with Chain(piece, jack, cache=cache()) as chain:
            chain.wait()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tablet:
                tablet.sendto(message("/scene/mark/level", (LEVEL_DB,)), ("127.0.0.1", port))
            time.sleep(8.0)                                   # the fades are over, the standby stands
            before, late, alone, busy = chain.look(), jack.late(), beside.late(), load()
            for turn in range(2 * saves):
                unheard(chain, file, TONES[turn % 2], kernel=turn >= saves)
            after, late, alone = chain.look(), jack.late() - late, beside.late() - alone
            ear = Ear(jack, channels=1, seconds=saves * 30.0 + 90.0)
            ear.connect()
            bench = Bench(chain, ear, jack, file)
            time.sleep(1.0)
            bench.until(13_000, bench.save(13_000))
            time.sleep(1.0)
            warm, kernel = [], []
            for turn in range(saves):
                hertz = TONES[turn % 2]
                warm.append(bench.until(hertz, bench.save(hertz)))
                time.sleep(1.0)
            for turn in range(saves):
                hertz = TONES[2 + turn % 2]
                kernel.append(bench.until(hertz, bench.save(hertz, kernel=True)))
                time.sleep(1.0)
            at = bench.save(TONES[0], cut=True)
            time.sleep(4.0)
            _, still = bench.level(hertz, at)
            _, other = bench.level(TONES[0], at)
            _, steady = bench.level(hertz, int(ear.client.frame_time) - RATE)
            named = f"{file}:" in chain.errors()
            mended = bench.until(TONES[0], bench.save(TONES[0]))
            missed = int((np.diff(ear.stamps[:ear.cycles]) != period).sum())
            ear.close()
        idle.terminate()
        idle.wait()
    print(f"{period} frames at {RATE} Hz, 8 outputs; {busy}; cycles that the recorder missed {missed}")
    told("a number, kernels warm", warm)
    told("with a new unit, compiled", kernel)
    print(f"a broken save: the tone stayed between {20 * np.log10(still.min()):.1f} and {20 * np.log10(still.max()):.1f} dBFS, the other below "
          f"{20 * np.log10(other.max()):.0f}; its line {'was' if named else 'was NOT'} named; mended by the next save in {mended:.2f} s")
    print(f"a parameter moved before by OSC to {LEVEL_DB:g} dBFS, with {ROOM_DB:g} dB of the room, after {bench.saves} saves: "
          f"{20 * np.log10(steady.mean()):.2f} dBFS")
    print(f"{2 * saves} saves with nobody listening: xruns {after.xruns - before.xruns}; JACK says so {late} times of this server, {alone} times of one "
          f"beside it whose only client is idle; bad samples {after.nonfinite}; requests late {after.late}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--saves", type=int, default=8)
    parser.add_argument("--period", type=int, default=PERIOD)
    given = parser.parse_args()
    measure(given.saves, given.period)


if __name__ == "__main__":
    main()
