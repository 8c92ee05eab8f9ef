"""Sixty seconds of the demo piece and 64 voices beside it, while the control process is kept busy: how often is the card not served?

    python -m benchmarks.xruns [--seconds 60] [--voices 64] [--period 256] [--rendering 1] [--calm]

The real command plays a copy of the demo piece on 8 outputs, with a second layer of 64 voices (saw, filter, each at its own
pitch, eight to an output), on JACK's dummy driver with real-time scheduling. Two threads in the control process parse JSON without
pause (`--calm` leaves them out). Read back from outside: the player's policy, its callbacks, its xruns, the peak of each output, the
longest block; and from JACK, in its own words, how often a cycle was late, here and on a second server beside it whose only client
does nothing: what is late there as well is the machine's doing. Afterwards two seconds of JACK's outputs are recorded and
the voices counted in their spectrum.
"""
from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.chain import OUTPUTS, PERIOD, RATE, Chain, Ear, Jack, cache, demo, load, stolen

CHOIR = '''"""Choir: one voice for each of many pitches, the outputs in turn. For benchmarks."""
from installation import Scene, param, ug


class Choir(Scene):
    level = param(-40, "dBFS", -80, -6, about={{"en": "of each voice", "fr": "de chaque voix"}})

    def sound(self):
        return [ug.to(ug.filter(ug.saw({low} + {step} * voice), 1_200, resonance=0.2) * self.level, output=1 + voice % {outputs})
                for voice in range({voices})]
'''
SCENES = {"choir": {"file": "scenes/choir.py"}}
SCORE = [{"layer": "choir", "start": "choir", "fade": "1 s"}]
LOW, STEP = 150.0, 11.0        # Hz; every overtone of one voice misses the others of its output by at least a Hz or is far weaker
BUSY = '''
import json, sys, threading
sys.path.insert(0, {root!r})
text = json.dumps([{{"distance": n * 0.1, "name": "plinth", "list": list(range(20))}} for n in range(200)])
turns = [0, 0]

def parse(which):
    while True:
        json.loads(text)
        turns[which] += 1

for which in range({threads}):
    threading.Thread(target=parse, args=(which,), daemon=True).start()
from installation.cli import main
code = main(["run", {piece!r}, "--quiet"])
print("parsed", *turns, flush=True)
sys.exit(code)
'''


def voices_heard(sound: np.ndarray, voices: int) -> int:
    """How many pitches stand out of the spectrum of their output by 10 dB and more."""
    window = np.hanning(len(sound))[:, None]
    spectrum = np.abs(np.fft.rfft(sound * window, axis=0))
    hertz = RATE / len(sound)
    count = 0
    for voice in range(voices):
        row = spectrum[:, voice % OUTPUTS]
        at = round((LOW + STEP * voice) / hertz)
        around = np.concatenate([row[at - 40:at - 8], row[at + 8:at + 40]])
        count += bool(row[at - 3:at + 4].max() > 3.2 * np.median(around))
    return count


def measure(seconds: float, voices: int, period: int, threads: int, rendering: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Jack("XRUNS", period=period) as jack, Jack("IDLE", period=period) as beside:
        idle = beside.idle_client()
        piece = demo(Path(folder) / "piece", scenes=SCENES, score=SCORE, rendering=rendering)
        (piece / "scenes" / "choir.py").write_text(CHOIR.format(low=LOW, step=STEP, outputs=OUTPUTS, voices=voices))
        command = [sys.executable, "-c", BUSY.format(root=str(Path(__file__).resolve().parent.parent), piece=str(piece), threads=threads)]
        with Chain(piece, jack, cache=cache(), command=command) as chain:
            chain.wait()
            time.sleep(8)                                   # the fades are over, the standby stands
            first, late, alone, taken, player = chain.look(), jack.late(), beside.late(), stolen(), chain.processes()["player"]
            used = [cpu(pid) for pid in chain.processes().values()]
            quietest = np.full(OUTPUTS, np.inf)
            loudest = np.full(OUTPUTS, -np.inf)
            policies: set[str] = set()
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                time.sleep(0.25)
                peaks = np.array(chain.look().peaks)
                quietest, loudest = np.minimum(quietest, peaks), np.maximum(loudest, peaks)
                policies.add(chain.policy())
            last = chain.look()
            late, said, alone, taken = jack.late() - late, jack.said(), beside.late() - alone, stolen() - taken
            replaced = chain.processes()["player"] != player
            spent = [cpu(pid) - before for pid, before in zip(chain.processes().values(), used)]
            with Ear(jack, seconds=3.0) as ear:
                ear.connect()
                time.sleep(2.5)
                heard = voices_heard(ear.heard()[PERIOD * 4:PERIOD * 4 + 2 * RATE], voices)
            processes, printed = list(chain.processes()), chain.errors()
        idle.terminate()
        idle.wait()
        print(f"{seconds:g} s, {period} frames at {RATE} Hz, {OUTPUTS} outputs, {threads} threads parsing JSON in the control process, "
              f"{rendering} rendering; {load()}")
        print(f"policy of the audio thread: {', '.join(sorted(policies))}")
        print(f"callbacks {last.callbacks - first.callbacks:,} of {seconds * RATE / period:,.0f} due; blocks {last.blocks - first.blocks:,}")
        print(f"xruns {last.xruns - first.xruns}; JACK says so {late} times of this server, {alone} times of one beside it whose only client is idle; "
              f"{taken:.2f} s were taken by the machine below")
        print(f"requests late {last.late}; bad samples {last.nonfinite}; player replaced: {'yes' if replaced else 'no'}")
        print(f"longest block since the start {last.longest_ever * 1e6:.0f} us of {64e6 / RATE:.0f} us; limiter worked in "
              f"{last.limiting - first.limiting} blocks")
        print("peaks, dBFS, lowest to highest: " + ", ".join(f"{low:.1f}…{high:.1f}" for low, high in zip(quietest, loudest)))
        print(f"voices found in JACK's own output: {heard} of {voices}")
        print("CPU, of one core: " + ", ".join(f"{name} {100 * part / seconds:.1f} %" for name, part in zip(processes, spent)))
        if replaced:
            print(printed)
        for line in said.splitlines():
            if late and ("XRun" in line or "not finished" in line):
                print("  JACK:", line)


def cpu(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--voices", type=int, default=64)
    parser.add_argument("--period", type=int, default=PERIOD)
    parser.add_argument("--rendering", type=int, default=1, help="threads that render")
    parser.add_argument("--calm", action="store_true", help="no threads that parse")
    given = parser.parse_args()
    measure(given.seconds, given.voices, given.period, 0 if given.calm else 2, given.rendering)


if __name__ == "__main__":
    main()
