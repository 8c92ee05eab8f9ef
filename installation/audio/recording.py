"""Recordings: what is really in a sound file, and the same at the engine's rate.

    probe(path, cache)             its channels, rate and length, counted by reading it, not by believing its header
    load(path, rate, cache)        all of it in memory, at a rate
    converted(path, rate, cache)   a file to stream from, at a rate: the file itself, or a copy in the cache
    derived(facts, kind, …)        a file in the cache that is worked out from a recording
    joined(every, rate, cache)     several recordings in one file, at a rate, in the cache

Any format that libsndfile reads (WAV, FLAC, Ogg, MP3, AIFF…). Another rate is converted once, with soxr, into the cache, a
bounded folder whose oldest files make room. A file there is made under another name and renamed, checked before it is used, and
made again if it is wrong. Without a cache, or where it cannot be written, `load` converts in memory and `converted` in the
system's temporary folder. Everything is read in pieces, so that a header that promises hours costs nothing. Faults name file and reason.
"""
from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..terms.fault import Fault
from ..terms.words import Words, both

if TYPE_CHECKING:
    import numpy as np

MOST_CHANNELS = 64
LARGEST = 256 << 20        # bytes of float32 in memory: ten minutes of stereo and more; what is longer is streamed
BOUND = 4 << 30            # bytes in the cache
PIECE = 1 << 16            # frames read at once
GAP = 256                  # frames of silence between joined recordings: as far as a player at 16 times the speed looks ahead
RATES = (1_000, 768_000)   # Hz


@dataclass(frozen=True, slots=True)
class Facts:
    """What is really in a file.

    path      the file
    channels  1 to 64
    frames    how many could be read
    rate      frames per second, as it was recorded
    """

    path: Path
    channels: int
    frames: int
    rate: int

    def at(self, rate: int) -> int:
        """How many frames it has at another rate; never none."""
        return max(1, (self.frames * rate + self.rate // 2) // self.rate)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.frames / self.rate


def probe(path: Path, cache: Path | None = None) -> Facts:
    """Read a file from end to end, once, and keep what was found in the cache. Raises Fault if it cannot be played."""
    path = Path(path)
    known = _known(path, cache)
    if known is not None:
        return known
    channels, rate, frames = 0, 0, 0
    for channels, rate, piece in _pieces(path):         # noqa: B007 (the last ones count: all are the same)
        frames += len(piece)
    if frames == 0:
        raise _fault(path, both("there is no sound in it", "il ne contient aucun son"), "recording.empty")
    facts = Facts(path, channels, frames, rate)
    if cache is not None:
        _write_whole(_place(path, cache, "facts", ".json"), json.dumps([channels, frames, rate]).encode())
    return facts


def load(path: Path, rate: int, cache: Path | None = None) -> "np.ndarray":
    """All of a recording at a rate, float32 (channels, frames), frames as `probe(path).at(rate)` says.

    Raises Fault if it cannot be played, or is longer than memory should hold.
    """
    import numpy as np

    facts = probe(path, cache)
    frames = facts.at(rate)
    if 4 * facts.channels * frames > LARGEST:
        raise too_long(facts, rate)
    source = _copy_in_cache(facts, rate, cache) if facts.rate != rate and cache is not None else None
    pieces = _pieces(source) if source else _resampled(facts, rate)
    sound = np.zeros((facts.channels, frames), np.float32)
    at = 0
    for _, _, piece in pieces:
        piece = piece[:frames - at]
        sound[:, at:at + len(piece)] = piece.T
        at += len(piece)
    return sound


def too_long(facts: Facts, rate: int) -> Fault:
    """What there is to say of a recording that does not go into memory."""
    minutes, size, most = f"{facts.seconds / 60:.0f}", 4 * facts.channels * facts.at(rate) >> 20, LARGEST >> 20
    return _fault(facts.path, both(f"{minutes} minutes would take {size} MB of memory, the most is {most}",
                                   f"{minutes} minutes prendraient {size} Mo de mémoire, le plus est {most}"), "recording.long",
                  both("Play it with ug.stream, which reads it from disk.", "Jouez-le avec ug.stream, qui le lit du disque."))


def converted(path: Path, rate: int, cache: Path | None = None) -> Path:
    """A file with the same sound at that rate: the file itself where it has it. Raises Fault if it cannot be had anywhere."""
    facts = probe(path, cache)
    if facts.rate == rate:
        return facts.path
    for folder in (cache, _own_folder()):
        made = _copy_in_cache(facts, rate, folder) if folder is not None else None
        if made:
            return made
    raise _fault(facts.path, both(f"it has {facts.rate} Hz, the engine {rate}, and there is no room for a converted copy",
                             f"il est à {facts.rate} Hz, le moteur à {rate}, et il n'y a pas de place pour une copie convertie"),
            "recording.room", both("Free some disk, or convert the file.", "Libérez du disque, ou convertissez le fichier."))


def joined(every: Sequence[Facts], rate: int, cache: Path | None = None) -> tuple[Path, tuple[int, ...]]:
    """Several recordings in one file, GAP frames of silence after each, made once; and the frame where each begins.

    It has the channels of the widest; of one channel, a recording is put on all of them. Raises Fault if it cannot be had anywhere.
    """
    channels, frames, begins = max(facts.channels for facts in every), 0, []
    for facts in every:
        begins.append(frames)
        frames += facts.at(rate) + GAP
    for folder in (cache, _own_folder()):
        made = _joined_in(every, Facts(Path(), channels, frames, rate), folder) if folder is not None else None
        if made:
            return made, tuple(begins)
    raise _fault(every[0].path.parent, both("there is no room for its recordings in one file",
                                            "il n'y a pas de place pour ses enregistrements en un fichier"),
                 "recording.room", both("Free some disk.", "Libérez du disque."))


def derived(facts: Facts, kind: str, channels: int, frames: int, rate: int, make: Callable[[], "np.ndarray"],
            cache: Path | None = None) -> Path:
    """A file in the cache that is worked out from a recording: float32 (channels, frames) that `make` gives, known by `kind`.

    Raises Fault if it cannot be had anywhere.
    """
    whole = Facts(facts.path, channels, frames, rate)
    for folder in (cache, _own_folder()):
        made = _kept(_place(facts.path, folder, kind, ".wav"), whole, lambda: iter([make().T])) if folder is not None else None
        if made:
            return made
    raise _fault(facts.path, both("there is no room for what is worked out from it",
                                  "il n'y a pas de place pour ce qu'on en calcule"), "recording.room",
                 both("Free some disk.", "Libérez du disque."))


def _own_folder() -> Path | None:
    """A folder of ours in the system's temporary one; None where it is somebody else's."""
    try:
        folder = Path(tempfile.gettempdir()) / f"installation-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder if folder.lstat().st_uid == os.getuid() else None
    except OSError:
        return None


def _pieces(path: Path) -> Iterator[tuple[int, int, "np.ndarray"]]:
    """A file in pieces: channels, rate, float32 (frames, channels). Raises Fault where it cannot be read, or is not finite."""
    import numpy as np
    import soundfile

    if not path.is_file():
        raise _fault(path, both("there is no such file", "ce fichier n'existe pas"), "recording.missing")
    at = 0
    try:
        with soundfile.SoundFile(os.fsencode(path)) as file:       # a name may be no text
            channels, rate = file.channels, file.samplerate
            if channels > MOST_CHANNELS:
                raise _fault(path, both(f"it has {channels} channels, the most is {MOST_CHANNELS}",
                                   f"il a {channels} canaux, le plus est {MOST_CHANNELS}"), "recording.channels")
            if not RATES[0] <= rate <= RATES[1]:
                raise _fault(path, both(f"its header says {rate} Hz, which no recording has",
                                   f"son en-tête annonce {rate} Hz, ce qu'aucun enregistrement n'a"), "recording.rate")
            while True:
                piece = file.read(PIECE, dtype="float32", always_2d=True)
                if not np.isfinite(piece).all():
                    second = (at + int(np.argmin(np.isfinite(piece).all(axis=1)))) / rate
                    raise _fault(path, both(f"at {second:.3f} s a sample is not a number",
                                            f"à {second:.3f} s un échantillon n'est pas un nombre"), "recording.finite",
                                 both("Render it again, or open it in an editor and silence that place.",
                                      "Refaites-en le rendu, ou rendez cet endroit muet dans un éditeur."))
                if len(piece) == 0:
                    return
                at += len(piece)
                yield channels, rate, piece
    except (OSError, RuntimeError, TypeError, ValueError) as error:       # soundfile's own errors are RuntimeErrors
        reason = getattr(error, "error_string", None) or str(error) or type(error).__name__
        raise _fault(path, both(f"it cannot be read as sound: {reason}", f"il ne se lit pas comme du son : {reason}"),
                     "recording.unreadable", both("Is it whole, and WAV, FLAC, Ogg, MP3 or AIFF?",
                                                  "Est-il entier, et en WAV, FLAC, Ogg, MP3 ou AIFF ?")) from None


def _resampled(facts: Facts, rate: int) -> Iterator[tuple[int, int, "np.ndarray"]]:
    """A file in pieces at another rate, exactly `facts.at(rate)` frames. Raises Fault where it cannot be read."""
    import numpy as np
    import soxr

    if facts.rate == rate:
        yield from _pieces(facts.path)
        return
    stream = soxr.ResampleStream(facts.rate, rate, facts.channels, dtype="float32", quality="HQ")
    left = facts.at(rate)
    for _, _, piece in _pieces(facts.path):
        made = stream.resample_chunk(piece)[:left]
        left -= len(made)
        yield facts.channels, rate, made
    made = stream.resample_chunk(np.zeros((0, facts.channels), np.float32), last=True)[:left]
    yield facts.channels, rate, made
    left -= len(made)
    while left > 0:
        made = np.zeros((min(left, PIECE), facts.channels), np.float32)
        left -= len(made)
        yield facts.channels, rate, made


def _copy_in_cache(facts: Facts, rate: int, cache: Path) -> Path | None:
    """The recording at that rate in a cache folder, made if it is not there or wrong; None where it cannot be written."""
    place = _place(facts.path, cache, str(rate), ".wav")
    whole = Facts(facts.path, facts.channels, facts.at(rate), rate)
    return _kept(place, whole, lambda: (piece for _, _, piece in _resampled(facts, rate)))


def _joined_in(every: Sequence[Facts], whole: Facts, cache: Path) -> Path | None:
    """Several recordings as one file in a cache folder; None where it cannot be written."""
    import numpy as np

    parts = [_place(facts.path, cache, f"{whole.channels} {whole.rate}", ".wav") for facts in every]
    names = "\0".join(part.name for part in parts if part is not None)
    place = cache / "recordings" / (hashlib.sha256(f"joined {GAP}\0{names}".encode()).hexdigest()[:32] + ".wav")

    def pieces() -> Iterator["np.ndarray"]:
        for facts in every:
            for _, _, piece in _resampled(facts, whole.rate):
                wide = np.zeros((len(piece), whole.channels), np.float32)
                wide[:, :whole.channels if facts.channels == 1 else facts.channels] = piece
                yield wide
            yield np.zeros((GAP, whole.channels), np.float32)

    return _kept(place, whole, pieces) if None not in parts else None


def _kept(place: Path | None, whole: Facts, pieces: Callable[[], Iterator["np.ndarray"]]) -> Path | None:
    """A file in the cache with so many channels and frames, written from pieces if it is not there or wrong; None where it cannot be."""
    import soundfile

    if place is None:
        return None
    if _is_whole(place, whole):
        _touch(place)
        return place
    draft = place.with_name(f".{os.getpid()}-{place.name}")
    try:
        with soundfile.SoundFile(os.fsencode(draft), "w", whole.rate, whole.channels, format="RF64", subtype="FLOAT") as file:
            for piece in pieces():
                file.write(piece)
        if not _is_whole(draft, whole):       # a disk that filled up says nothing
            return None
        _settle(draft)
        os.replace(draft, place)
    except (OSError, RuntimeError):
        return None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    _make_room(place)
    return place


def _settle(draft: Path) -> None:
    """It is on the disk from here on: after a power cut a file that was only renamed may be as long as it should be, and hold zeros."""
    handle = os.open(draft, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_whole(place: Path, whole: Facts) -> bool:
    """Whether a copy has what it should have."""
    import soundfile

    try:
        with soundfile.SoundFile(os.fsencode(place)) as file:
            return (file.channels, file.frames, file.samplerate) == (whole.channels, whole.frames, whole.rate)
    except (OSError, RuntimeError):
        return False


def _known(path: Path, cache: Path | None) -> Facts | None:
    """What an earlier probe found in this very file."""
    place = _place(path, cache, "facts", ".json") if cache is not None else None
    if place is None:
        return None
    try:
        found: Any = json.loads(place.read_bytes())
    except (OSError, ValueError):
        return None
    if not (isinstance(found, list) and len(found) == 3 and all(type(number) is int and number > 0 for number in found)):
        return None
    channels, frames, rate = found
    return Facts(path, channels, frames, rate) if channels <= MOST_CHANNELS and RATES[0] <= rate <= RATES[1] else None


def _place(path: Path, cache: Path, kind: str, ending: str) -> Path | None:
    """Where something about a file, as it is now, lies in a cache; None where there is no such file or no such folder."""
    try:
        state = path.stat()
        folder = cache / "recordings"
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    told = f"1\0{path.resolve()}\0{state.st_mtime_ns}\0{state.st_size}\0{kind}"
    return folder / (hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:32] + ending)


def _write_whole(place: Path | None, data: bytes) -> None:
    """Write a file at once or not at all. A cache that cannot be written only costs time."""
    if place is None:
        return
    draft = place.with_name(f".{os.getpid()}-{place.name}")
    with suppress(OSError):
        try:
            draft.write_bytes(data)
            os.replace(draft, place)
        finally:
            draft.unlink(missing_ok=True)


def _make_room(newest: Path) -> None:
    """Remove the oldest copies until the cache is within its bound; never the newest."""
    copies = []
    for copy in newest.parent.glob("*.wav"):
        try:
            state = copy.stat()
        except OSError:
            continue
        copies.append((state.st_mtime_ns, state.st_size, copy))
    size = sum(one for _, one, _ in copies)
    for _, one, copy in sorted(copies):
        if size <= BOUND:
            return
        if copy != newest:
            with suppress(OSError):
                copy.unlink(missing_ok=True)
                size -= one


def _touch(place: Path) -> None:
    """Say that a copy is in use. A folder that is read only cannot be told; then nothing is removed there either."""
    with suppress(OSError):
        os.utime(place)


def _fault(path: Path, happened: Words, id: str, remedy: Words | None = None) -> Fault:
    return Fault(happened, where=str(path), id=id, remedy=remedy or both("", ""))
