"""The same audio through this engine and its peers, offline, in one run: CPU seconds for each second of audio.

    benchmarks/peers/compare install [--only PEER…]     from Debian (asks for root) and PyPI; nothing is installed otherwise
    benchmarks/peers/compare [--quick] [--json FILE] [--only PEER…]

    work.py           what is rendered, in numbers       job.py, child.py   one job in its own process, and what it cost
    ours.py           this engine                        supercollider.py   scsynth -N
    csound.py         csound -n                          puredata.py        pd -batch
    signal_flow.py    SignalFlow                         plain.py, plain.c  a C loop, as the limit
    level.py          how loud what they rendered is

Each round measures every work with every peer, one after the other, so that what else the machine does falls on all alike; printed are
the medians of the rounds, peak memory, and how much louder or softer than ours a peer is where that is more than 1 dB. `--quick`
takes one round and does not listen to levels. A peer that is not installed is told and left out.
"""
from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from . import csound, ours, plain, puredata, signal_flow, supercollider
from .job import CACHE, ROOT, Cost, Failed
from .work import BLOCK, OUTPUTS, RATE, WORKS, Work

PEERS = {"ours": ours, "scsynth": supercollider, "csound": csound, "pd": puredata, "signalflow": signal_flow, "plain": plain}
ROUNDS, SHORT, LONG = 5, 1.0, 9.0       # s of audio
QUICK = 3.0                             # the same, long, of a quick run
FEW = 3                                 # so many times longer for works that cost little
HEARD = 3.0                             # s that are rendered for the levels
Costs = dict[tuple[Work, str], list[Cost]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=["install"])
    parser.add_argument("--quick", action="store_true", help="one round, without levels")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the medians there")
    parser.add_argument("--only", nargs="+", choices=list(PEERS), metavar="PEER", default=list(PEERS), help=", ".join(PEERS))
    given = parser.parse_args()
    CACHE.mkdir(parents=True, exist_ok=True)
    if given.what == "install":
        for name in given.only:
            if not PEERS[name].version():
                PEERS[name].install()
        return
    names = [name for name in PEERS if name in given.only and present(name)]
    costs, failed = rounds(names, 1 if given.quick else ROUNDS, QUICK if given.quick else LONG)
    heard = {} if given.quick else levels(costs)
    medians = {key: Cost(statistics.median(cost.cpu for cost in found), max(cost.memory for cost in found)) for key, found in costs.items()}
    if given.json:
        rows = [{"workload": work.name, "voices": work.voices, "peer": name, "cpu_s_per_audio_s": cost.cpu, "peak_mb": cost.memory}
                for (work, name), cost in medians.items()]
        given.json.write_text(json.dumps(rows, indent=1) + "\n")
    report(names, medians, failed, heard, given.quick)


def present(name: str) -> str:
    """Its version; told if it is not installed."""
    version = PEERS[name].version()
    if not version:
        print(f"{PEERS[name].NAME} is not installed and left out: benchmarks/peers/compare install --only {name}")
    return version


def rounds(names: list[str], count: int, long: float) -> tuple[Costs, dict[tuple[Work, str], str]]:
    """What each work costs each peer, in each round; and what failed, or cannot be done, in words."""
    costs: Costs = {}
    failed = {(work, name): f"lacks: {why}" for work in WORKS for name in names if (why := PEERS[name].lacks(work))}
    for number in range(count):
        for work in WORKS:
            for name in names:
                if (work, name) in failed:
                    continue
                if sys.stderr.isatty():
                    print(f"\r{number + 1}/{count} {work.title} {work.voices} {name}\033[K", end="", file=sys.stderr)
                try:
                    found = PEERS[name].measure(work, SHORT, long if work.voices > 200 else FEW * long)
                    costs.setdefault((work, name), []).append(found)
                except Failed as words:
                    failed[work, name] = f"failed: {words}"
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    return costs, failed


def levels(costs: Costs) -> dict[tuple[Work, str], float]:
    """dB of what each has rendered, over all outputs, against ours (or the C loop, where ours has nothing)."""
    with tempfile.TemporaryDirectory() as name:
        for number, (work, peer) in enumerate(costs):
            PEERS[peer].render(work, HEARD, Path(name) / str(number))
        said = subprocess.run([sys.executable, "-m", "benchmarks.peers.level", name], cwd=ROOT, capture_output=True, text=True, check=True)
    found = {key: json.loads(said.stdout)[str(number)] for number, key in enumerate(costs)}
    return {(work, peer): level - found.get((work, "ours"), found.get((work, "plain"), level)) for (work, peer), level in found.items()}


def report(names: list[str], medians: dict[tuple[Work, str], Cost], failed: dict[tuple[Work, str], str],
           heard: dict[tuple[Work, str], float], quick: bool) -> None:
    """The table, and what it does not say by itself."""
    print(f"CPU s per s of audio; {RATE} Hz, {OUTPUTS} outputs, blocks of {BLOCK}; {'one round' if quick else f'medians of {ROUNDS} rounds'}; "
          f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'':<24}{'voices':>6}" + "".join(f"{name:>12}" for name in names) + f"{'ours/scsynth':>14}")
    for work in WORKS:
        cells = {name: f"{medians[work, name].cpu:.4f}" if (work, name) in medians else "–" for name in names}
        both, less = [medians.get((work, name)) for name in ("ours", "scsynth")], "*" if ours.lacking(work) else ""
        if "ours" in cells:
            cells["ours"] += less
        ratio = f"{both[0].cpu / both[1].cpu:.2f}{less}" if both[0] and both[1] else "–"
        print(f"{work.title:<24}{work.voices:>6}" + "".join(f"{cell:>12}" for cell in cells.values()) + f"{ratio:>14}")
    memory = {name: max((cost.memory for (_, peer), cost in medians.items() if peer == name), default=0.0) for name in names}
    print(f"{'peak memory, MB':<24}{'':>6}" + "".join(f"{memory[name]:12.0f}" for name in names))
    for name in names:
        print(f"{name}: {PEERS[name].NAME} {PEERS[name].version()}")
        for kind in dict.fromkeys(work.kind for work in WORKS):
            works = [work for work in WORKS if work.kind == kind]
            words = [PEERS[name].ABOUT[kind]] + [failed[work, name].strip() for work in works[:1] if (work, name) in failed]
            if name == "ours" and (missing := ours.lacking(works[-1])):
                words.append(f"* done without what it lacks: {missing}")
            words += [f"level {heard[work, name]:+.1f} dB with {work.voices} voices" for work in works if abs(heard.get((work, name), 0.0)) > 1.0]
            if any(words):
                print(f"    {works[0].title}: {'; '.join(word for word in words if word)}")


if __name__ == "__main__":
    main()
