"""This engine: words, graph, plan, arena, and the engine of `run` and `render`, in blocks of 64, in a process of its own.

    python -m benchmarks.peers.ours KIND VOICES SHORT LONG [OUT]     one job, as `measure` begins it

The guard is always in: DC block, master gain, look-ahead limiter, finite check and meters on all outputs; peers have none unless the
work asks for one. Kernels are compiled before the clock runs. CPU time: the process's own clock after the short and after the long
length. Words that the installation needs and this engine may not have yet stand in `grains`, `linear` and `BANDS`, and nowhere else; a
missing one is told (`lacks:`), and the work is done without it.
"""
from __future__ import annotations

import inspect
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .job import CACHE, ROOT, Cost, Failed, Spent, marked, run
from .work import ATTACK, INSTALLATION, OUTPUTS, RATE, SECONDS, WORKS, Q, Work, cutoff, frequency, gains, noise, rate

NAME = "installation"
KERNELS = ROOT / ".cache" / "kernels"
ABOUT = {"cubic": "the loop has a crossfade of 50 ms; guard on all outputs", "linear": "",
         "saws": "the saw of dozens of voices (quality=\"fast\"); filter with 64-bit states, may glide within each block; guard on all outputs",
         "installation": "ug.place with ug.drift; equalising, as far as there are words, on the reverb's eight channels, because a "
                         "scene does not reach the sum on an output; the guard's delays and its one limiter over all outputs"}
_lacking: dict[Work, str] = {}


def install() -> None:
    print("this is the engine itself: nothing to install")


def version() -> str:
    return re.findall(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[0]


def lacks(work: Work) -> str:
    """Why the work cannot be done at all."""
    return "ug.play has no linear interpolation" if work.kind == "linear" and not _linear() else ""


def lacking(work: Work) -> str:
    """What the work, once it was measured, was done without."""
    return _lacking.get(work, "")


def measure(work: Work, short: float, long: float) -> Cost:
    return marked(_job(work, short, long), short, long)


def render(work: Work, seconds: float, path: Path) -> None:
    _job(work, seconds / 2, seconds, path.with_suffix(".raw"))


def _job(work: Work, *values: Any) -> Spent:
    spent = run([sys.executable, "-m", "benchmarks.peers.ours", work.kind, work.voices, *values], environment={"PYTHONPATH": str(ROOT)})
    _lacking[work] = "; ".join(re.findall(r"^lacks: (.*)$", spent.printed, re.MULTILINE))
    return spent


# ---- the job, in its own process -------------------------------------------------------------------------------------------


def sound(work: Work) -> Iterator[Any]:
    """What goes to the outputs."""
    from installation.audio import ug

    if work.kind == "installation":
        yield from installation()
    for voice in range(work.voices if work.kind != "installation" else 0):
        if work.kind == "saws":
            tone = ug.filter(ug.saw(frequency(voice), quality="fast"), cutoff(voice), resonance=1.0 - 0.5 / Q)
            tone = tone * ug.env(1.0, attack=ATTACK, sustain=1.0)
        else:
            quality = {"quality": "linear"} if work.kind == "linear" else {}
            tone = ug.play("noise.wav", rate=rate(voice, work.voices), loop=True, **quality)
        yield ug.to(tone, gains=gains(voice, work.voices))


def installation() -> Iterator[Any]:
    """Sources on the ring, the room around them."""
    from installation.audio import ug

    given = INSTALLATION
    sources = [ug.play("noise.wav", rate=rate(player, given.players), loop=True) * given.player_level for player in range(given.players)]
    sources += [cloud for _ in range(given.granulators) if (cloud := without("granulators (ug.grains)", grains)) is not None]
    sources += [ug.sine(given.sine(index)) * given.sine_level for index in range(given.sines)]
    for index, source in enumerate(sources):
        yield ug.place(source, azimuth=ug.drift(period=20 + index))
    room = list(ug.reverb(ug.mix(sources) * given.send, decay=given.decay, channels=OUTPUTS))
    for band, hz, decibels in given.bands:
        shaped = [without(f"equaliser, {band}", _word, BANDS[band], channel, hz, decibels) for channel in room]
        if all(channel is not None for channel in shaped):
            room = shaped
    for output, channel in enumerate(room, 1):
        yield ug.to(channel, output=output)


def grains() -> Any:
    """About 20 grains at once, from anywhere in the recording; a word softens many grains by itself."""
    given = INSTALLATION
    return _word("grains", "noise.wav", position=0.5, position_scatter=0.48 * SECONDS, density=given.grains_a_second, size=given.grain,
                     jitter=0.0, channels=1, most=32) * given.grain_level * 20**0.5


def _word(name: str, *values: Any, **named: Any) -> Any:
    """What a word gives. Raises LookupError if there is none of that name."""
    from installation.audio import ug

    if name not in ug.__all__:
        raise LookupError
    return getattr(ug, name)(*values, **named)


BANDS = {"low shelf": "lowshelf", "peak": "peak", "high shelf": "highshelf"}     # called with the sound, Hz and dB
_told: set[str] = set()


def without(name: str, word: Callable[..., Any], *values: Any) -> Any:
    """What a word gives; None, told once, if it is missing or takes something else."""
    from installation.terms.fault import Fault

    try:
        return word(*values)
    except (LookupError, TypeError, Fault) as missing:
        if name not in _told:
            _told.add(name)
            print(f"lacks: {name}{'' if isinstance(missing, LookupError) else f': {missing}'}".splitlines()[0])
        return None


def _linear() -> bool:
    from installation.audio import ug

    return "quality" in inspect.signature(ug.play).parameters


def main(kind: str, voices: str, short: str, long: str, out: str = "") -> None:
    """Render, telling the clock at both lengths; write float32, interleaved, into `out`."""
    from installation.audio import ug
    from installation.audio.flatten import flatten
    from installation.audio.graph import Graph
    from installation.audio.native import build_unit
    from installation.audio.offline import Session
    from installation.audio.recording import load
    from installation.rules.piece import Loudspeaker

    work = next(one for one in WORKS if (one.kind, one.voices) == (kind, int(voices)))
    room = tuple(Loudspeaker(name=str(output), output=output, azimuth=360.0 / OUTPUTS * (output - 1)) for output in range(1, OUTPUTS + 1))
    noise(CACHE / "noise.wav")
    with ug.piece(CACHE, RATE, CACHE / "converted"):
        plan = flatten(Graph.collect(list(sound(work)), outputs=OUTPUTS, rate=RATE, loudspeakers=room, seed=1, name=kind), side_by_side=True)
    for unit in {entry.unit for entry in plan.units}:
        build_unit(unit, KERNELS)
    session = Session(KERNELS, rate=RATE, outputs=OUTPUTS)
    samples = {wanted.path: load(wanted.path, RATE, CACHE / "converted") for wanted in plan.recordings}
    if kind == "installation":
        session.stage.guard(delays=[INSTALLATION.delay(output) for output in range(OUTPUTS)])
    session.stage.start(session.load(plan, samples, name=kind))
    parts = []
    for seconds in (float(short), float(long) - float(short)):
        for _ in range(round(4 * seconds)):
            part = session.inline.render(RATE // 4)
            parts += [part] if out else []
        print(f"clock: {time.process_time()}")
    if out:
        Path(out).write_bytes(b"".join(part.tobytes() for part in parts))
    if not session.stage.telemetry().sounding:
        raise Failed("the graph has left")


if __name__ == "__main__":
    main(*sys.argv[1:])
