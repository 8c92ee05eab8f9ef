"""`installation listen`: what a word of ug sounds like, written to a file, with the line that makes it.

Rendered by the engine itself, in this process: two loudspeakers, the guard last, the same bytes every time.
"""
from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np

from ...audio import recording, ug
from ...audio.examples import EXAMPLES, sounds, source_of
from ...audio.flatten import flatten
from ...audio.graph import Graph
from ...audio.offline import Session
from ...audio.signal import BUS, Signal
from ...ports.wav import WavWriter
from ...rules.piece import Loudspeaker
from ...terms.fault import Fault, did_you_mean
from ...terms.quantity import db_from_gain
from ...terms.words import both
from ..places import cache_folder
from ..progress import Progress

RATE, OUTPUTS = 48_000, 2
ROOM = (Loudspeaker(name="left", output=1, azimuth=30.0), Loudspeaker(name="right", output=2, azimuth=-30.0))


def listen(words: list[str], *, out: Path, seconds: float = 6.0, quiet: bool = False) -> int:
    """Write one WAV file for each word (all of them, if none is named) into the folder `out`; returns the command's exit code.

    Raises Fault for a word that there is not, before anything is written.
    """
    for word in words:
        if word not in EXAMPLES:
            close = did_you_mean(word, EXAMPLES)
            known = ", ".join(sorted(EXAMPLES))
            raise Fault(both(f'there is no word "{word}"', f"il n'y a pas de mot « {word} »"), id="listen.word",
                        remedy=both(f'Did you mean "{close}"?' if close else f"There are {known}.",
                                    f"Peut-être « {close} » ?" if close else f"Il y a {known}."))
    progress = Progress(quiet)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Fault(both(f"cannot be written: {error.strerror}", f"impossible à écrire : {error.strerror}"), where=str(out), id="record.write") from None
    for number, word in enumerate(words or sorted(EXAMPLES)):
        progress.way(number / len(words or EXAMPLES), f"ug.{word}")
        path = out / f"{word}.wav"
        samples = rendered(word, seconds)
        with WavWriter(path, channels=OUTPUTS, rate=RATE) as wav:
            wav.write(samples)
        progress.clear()
        if not quiet:
            print(_said(word, samples, path))
    return 0


def rendered(word: str, seconds: float) -> np.ndarray:
    """What a word's example sounds like: float32 (frames, 2)."""
    folder = sounds()
    cache = cache_folder(folder)
    with ug.piece(folder, RATE, cache / "recordings"):
        sound = EXAMPLES[word]()
        if isinstance(sound, Signal) and sound.rate != BUS:
            sound = ug.place(sound) if sound.channels == 1 else ug.to(sound[:OUTPUTS])
        plan = flatten(Graph.collect(sound, outputs=OUTPUTS, rate=RATE, loudspeakers=ROOM, seed=1, name=word), side_by_side=True)
        samples = {entry.path: recording.load(entry.path, RATE, cache / "recordings") for entry in plan.recordings}
    session = Session(cache / "kernels", rate=RATE, outputs=OUTPUTS)
    session.stage.start(session.load(plan, samples, name=word), at=0)
    made = session.render(round(seconds * RATE))
    session.arena.close()
    return made


def _said(word: str, samples: np.ndarray, path: Path) -> str:
    about = inspect.cleandoc(getattr(ug, word).__doc__ or "").split("\n")[0]
    peak = db_from_gain(max(float(np.abs(samples).max()), 1e-9))
    lines = "\n".join(f"    {line}" for line in source_of(word).splitlines())
    return f"ug.{word}: {about}\n{lines}\n  {path}  (peak {peak:.1f} dBFS)\n"
