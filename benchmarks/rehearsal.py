"""An hour of the demo piece, rehearsed: seconds of processor time, and the files that come of it.

    python -m benchmarks.rehearsal [--seconds 3600] [--lights-only]

The real command, `installation render`, in a process of its own, with warm kernels. Sound goes to a WAV (float, one channel for each
output), lights to JSON lines; both into a temporary folder that is removed afterwards.
"""
from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.chain import ROOT, cache, load


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--lights-only", action="store_true", help="without the WAV")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "CACHE_DIRECTORY": str(cache()), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "installation", "render", str(ROOT), "--quiet", "--lights", str(folder / "lights.jsonl")]
        subprocess.run([*command, "--seconds", "1"], cwd=ROOT, env=environment, check=True)        # compiled and converted
        if not given.lights_only:
            command += ["--out", str(folder / "room.wav")]
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run([*command, "--seconds", str(given.seconds)], cwd=ROOT, env=environment, check=True)
        took, used = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
        print(f"{given.seconds:g} s of the demo piece, {load()}: {cpu:.1f} s of one core ({used.ru_stime - before.ru_stime:.1f} of them in the "
              f"system), {took:.1f} s by the clock, {given.seconds / took:.0f} times faster than life")
        print(f"an hour costs {cpu * 3600 / given.seconds:.0f} s of one core; most memory {used.ru_maxrss / 1000:.0f} MB")
        for file in sorted(folder.iterdir()):
            print(f"{file.name}: {file.stat().st_size / 1e6:.1f} MB ({file.stat().st_size * 3600 / given.seconds / 1e6:.0f} MB an hour)")


if __name__ == "__main__":
    main()
