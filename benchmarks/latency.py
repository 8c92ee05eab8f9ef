"""From a byte on a serial line to the changed sample that leaves the card.

    python -m benchmarks.latency [--changes 400] [--period 256]

The real command plays a piece with one sensor (lines of a number, on a pseudo-terminal) whose reading is mapped to the gain of a tone,
with no glide and no smoothing. A value is written at random moments, high and low in turn. A JACK client hears the player's
output, with the frame time of every cycle; the moment of writing is taken in JACK's frames too.

Printed are the median and the 99th percentile of the way to the sample in the cycle in which JACK hands it to its driver, and of the whole
way, which adds what JACK says of its driver's own buffer. Then, where the time went: how long until control had written the
parameter (its word in the arena, polled some thousand times a second), and from there to the sample.
"""
from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import tempfile
import threading
import time
import tty
from pathlib import Path

import numpy as np

from benchmarks.chain import PERIOD, RATE, Chain, Ear, Jack, cache, load
from installation.audio.layout import HEAP_AT, HEAP_SIZE

CONFIG = """
piece: Latency
room: {{ring: {outputs}, gain: 0 dB}}
sound: {{card: auto, block: {period}}}
sensors:
  plinth: {{driver: csv_line, device: {device}, hold: 60 s, rest: {{gain: 0}}, columns: {{gain: ratio}}, baud: 115200}}
mappings:
  - {{from: plinth.gain, to: tone.gain}}
scenes:
  tone: {{file: scenes/tone.py}}
score:
  - {{layer: main, start: tone, fade: 0 s}}
"""
SCENE = '''"""Tone: as loud as it is told, at once. For benchmarks."""
from installation import Scene, param, ug


class Tone(Scene):
    gain = param(0, "ratio", 0, 1, glide=0)

    def sound(self):
        return ug.to(ug.sine(6_000) * 0.25 * self.gain)
'''
QUIET = 1e-4         # below it nothing sounds


def piece(folder: Path, device: str, outputs: int, period: int) -> Path:
    """The piece in a folder."""
    (folder / "scenes").mkdir(parents=True)
    (folder / "scenes" / "tone.py").write_text(SCENE)
    (folder / "config.yaml").write_text(CONFIG.format(outputs=outputs, device=device, period=period))
    return folder


def first_changes(sound: np.ndarray, stamps: np.ndarray, period: int, sent: list[tuple[int, bool]]) -> list[int]:
    """For each value sent, the frame of the first sample that it changed: louder than silence, or the last before silence."""
    frames = (stamps[:len(sound) // period, None] + np.arange(period)).reshape(-1)
    loud = np.abs(sound[:, 0]) > QUIET
    found = []
    for (at, high), following in zip(sent, [*(frame for frame, _ in sent[1:]), int(frames[-1])]):
        first, last = np.searchsorted(frames, [at, following])
        part = loud[first:last]
        if high:
            hits = np.flatnonzero(part)
            found.append(int(frames[first + hits[0]]) - at if len(hits) else -1)
        else:                   # the tone falls within one block: its fall begins 64 frames before the last sample that is heard
            hits = np.flatnonzero(part)
            found.append(int(frames[first + hits[-1]]) - 63 - at if len(hits) else -1)
    return found


class Watch:
    """When the parameter's word in the arena changed: looked at some thousand times a second, by a thread of its own."""

    def __init__(self, chain: Chain, ear: Ear, value: float) -> None:
        self._ear = ear
        self._word = word_of(chain, value)
        self.changes: list[int] = []
        self._ended = False
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        last = self._word[0]
        while not self._ended:
            if self._word[0] != last:
                last = self._word[0]
                self.changes.append(int(self._ear.client.frame_time))
            time.sleep(0.0001)

    def end(self) -> None:
        self._ended = True


def word_of(chain: Chain, value: float) -> np.ndarray:
    """The parameter's word in the arena's heap: it alone holds this number (a control that follows it is a pair of them)."""
    words = chain.arena.words
    heap = chain.arena.view(words[HEAP_AT], "f8", (words[HEAP_SIZE] // 8,))
    found = set(np.flatnonzero(heap == value).tolist())
    places = [place for place in sorted(found) if not found & {place - 1, place + 1}]
    if len(places) != 1:
        raise SystemExit(f"{len(places)} words of the arena hold {value}")
    return heap[places[0]:places[0] + 1]


def spread(name: str, frames: list[int], more: int = 0) -> str:
    """A line of the report: median, 99th percentile and most, in ms."""
    way = (np.array(frames) + more) / RATE * 1000
    return f"{name:<52} median {np.median(way):5.1f} ms, 99th percentile {np.percentile(way, 99):5.1f} ms, most {way.max():5.1f} ms"


def measure(changes: int, period: int) -> None:
    chance = random.Random(1)
    ours, theirs = os.openpty()
    tty.setraw(ours)
    tty.setraw(theirs)
    seconds = changes * 0.11 + 8
    with tempfile.TemporaryDirectory() as folder, Jack("LATENCY", outputs=2, period=period) as jack:
        made = piece(Path(folder) / "piece", os.ttyname(theirs), 2, period)
        with Chain(made, jack, cache=cache()) as chain, Ear(jack, channels=2, seconds=seconds + 60) as ear:
            ear.connect()
            chain.wait()
            time.sleep(3)
            os.write(ours, b"0.7345017\n")
            time.sleep(0.3)
            watch = Watch(chain, ear, 0.7345017)
            os.write(ours, b"0\n")
            time.sleep(0.3)
            watch.changes.clear()
            busy, sent = load(), []
            for change in range(changes):
                high = change % 2 == 0
                sent.append((int(ear.client.frame_time), high))
                os.write(ours, b"1\n" if high else b"0\n")
                time.sleep(chance.uniform(0.08, 0.12))
            time.sleep(0.3)
            watch.end()
            sound, stamps, written = ear.heard(), ear.stamps[:ear.cycles], watch.changes
            beyond = behind_jack(jack)
            facts, policy = chain.look(), chain.policy()
    missed = int((np.diff(stamps) != period).sum())
    ways = first_changes(sound, stamps, period, sent)
    heard = [way for way in ways if way >= 0]
    aim = (2 * period / RATE + 0.010) * 1000
    print(f"{changes} changes, {len(heard)} heard; {period} frames at {RATE} Hz; {policy}; xruns {facts.xruns}; "
          f"cycles that the recorder missed {missed}; {busy}")
    print(spread("serial byte to the sample in JACK's cycle", heard))
    print(spread(f"the whole way, with the driver's own {beyond} frames", heard, beyond))
    print(f"aim: under two blocks + 10 ms = {aim:.1f} ms at the 99th percentile")
    if len(written) == len(sent):
        control = [at - before for at, (before, _) in zip(written, sent)]
        print(spread("  of it: byte to the parameter in the arena (control)", control))
        print(spread("  of it: parameter to the sample (player, card)", [way - part for way, part in zip(ways, control) if way >= 0]))
    else:
        print(f"  ({len(written)} changes of the parameter seen for {len(sent)} sent: no split)")


def behind_jack(jack: Jack) -> int:
    """The frames that JACK says lie between its cycle and the card's plug."""
    told = subprocess.run(["jack_lsp", "-l", "system:playback_1"], env=jack.environment, capture_output=True, text=True, check=True)
    return max(map(int, re.findall(r"playback latency = \[ (\d+)", told.stdout)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=400)
    parser.add_argument("--period", type=int, default=PERIOD)
    given = parser.parse_args()
    measure(given.changes, given.period)


if __name__ == "__main__":
    main()
