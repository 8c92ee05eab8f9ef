"""Sound files that lie, through the words that play them: a fault at the artist's line, or what is really there; nothing in between."""
from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from installation.runtime.commands.checking import examine
from installation.runtime.rehearsal import render

from .running import Running, free_port, line_of, write

SCENE = '''"""Bad."""
from installation import Scene, ug


class Bad(Scene):
    def sound(self):
        return ug.to(WORD, output=1)
'''
NOISE = np.random.default_rng(1).uniform(-0.2, 0.2, 24_000).astype("f4")


def whole(path: Path, rate: int = 48_000, **more: str) -> bytes:
    soundfile.write(path, NOISE, rate, **more)
    return path.read_bytes()


def said_size(path: Path, size: int) -> None:
    data = bytearray(whole(path, subtype="PCM_16"))
    at = data.index(b"data")
    data[at + 4:at + 8] = struct.pack("<I", size)
    path.write_bytes(data)


def header(path: Path, at: int, value: bytes) -> None:
    data = bytearray(whole(path, subtype="PCM_16"))
    data[at:at + len(value)] = value
    path.write_bytes(data)


def many(path: Path, channels: int, **more: str) -> None:
    soundfile.write(path, np.random.default_rng(2).uniform(-0.05, 0.05, (24_000, channels)).astype("f4"), 48_000, **more)


def bad_samples(path: Path) -> None:
    sound = NOISE.copy()
    sound[5_000] = np.nan
    soundfile.write(path, sound, 48_000, subtype="FLOAT")


PLAYABLE = {
    "larger": lambda path: said_size(path.with_suffix(".wav"), 0x7FFFFFF0),
    "smaller": lambda path: said_size(path.with_suffix(".wav"), 20_000),
    "64 kHz": lambda path: whole(path.with_suffix(".wav"), 64_000),
    "384 kHz": lambda path: soundfile.write(path.with_suffix(".wav"), np.tile(NOISE, 8), 384_000, subtype="PCM_24"),
    "8 kHz, 24 bits": lambda path: whole(path.with_suffix(".wav"), 8_000, subtype="PCM_24"),
    "11,025 Hz": lambda path: whole(path.with_suffix(".wav"), 11_025),
    "cut": lambda path: path.with_suffix(".wav").write_bytes(whole(path.with_suffix(".wav"))[:30_000]),
    "odd": lambda path: path.with_suffix(".wav").write_bytes(whole(path.with_suffix(".wav"), subtype="PCM_24")[:30_001]),
}
REFUSED = {
    "size 0": lambda path: said_size(path, 0),
    "no frames": lambda path: soundfile.write(path, NOISE[:0], 48_000),
    "65 channels": lambda path: many(path, 65),
    "nan": bad_samples,
    "text": lambda path: path.write_text("this is not sound\n" * 100),
    "rate 0": lambda path: header(path, 24, struct.pack("<I", 0)),
    "rate 4 GHz": lambda path: header(path, 24, struct.pack("<I", 4_000_000_000)),
    "channels 0": lambda path: header(path, 22, struct.pack("<H", 0)),
    "channels 60,000": lambda path: header(path, 22, struct.pack("<H", 60_000)),
    "format": lambda path: header(path, 20, struct.pack("<H", 0x7777)),
    "half a header": lambda path: path.write_bytes(whole(path)[:30]),
    "empty": lambda path: path.write_bytes(b""),
    "folder": lambda path: path.mkdir(),
    "pipe": os.mkfifo,
    "link out": lambda path: path.symlink_to("/etc/hostname"),
    "link round": lambda path: path.symlink_to(path),
}
WORDS = {"play": 'ug.play("sounds/a.wav", loop=True)', "stream": 'ug.stream("sounds/a.wav", loop=True)'}


def piece(tmp_path: Path, word: str, make) -> Path:
    (tmp_path / "piece" / "sounds").mkdir(parents=True)
    make(tmp_path / "piece" / "sounds" / "a.wav")
    return write(tmp_path / "piece", {"bad": SCENE.replace("WORD", WORDS[word])})


@pytest.mark.parametrize("word", WORDS)
def test_what_is_no_sound_is_a_fault_at_the_artists_line(tmp_path, cached, word):
    """Every one of them, each in a scene of its own; nothing else is broken by it."""
    (tmp_path / "piece" / "sounds").mkdir(parents=True)
    scenes = {}
    for number, make in enumerate(REFUSED.values()):
        make(tmp_path / "piece" / "sounds" / f"{number}.wav")
        scenes[f"s{number}"] = SCENE.replace("WORD", WORDS[word]).replace("a.wav", f"{number}.wav")
    folder = write(tmp_path / "piece", scenes)
    _, built, faults = examine(folder, compile=False)
    assert set(built.scenes) == {"calm"} and len(faults) == len(REFUSED)
    for number, how in enumerate(REFUSED):
        fault = built.broken[f"s{number}"]
        assert fault.where == line_of(folder / "scenes" / f"s{number}.py", "return"), how
        assert f"{number}.wav" in fault.happened.en and f"{number}.wav" in fault.happened.fr, how


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("how", PLAYABLE)
def test_what_is_sound_plays_as_much_as_there_is(tmp_path, cached, word, how):
    folder = piece(tmp_path, word, PLAYABLE[how])
    assert render(folder, seconds=0.6, out=tmp_path / "out.wav", quiet=True) == 0
    sound = soundfile.read(tmp_path / "out.wav", dtype="float32", always_2d=True)[0]
    assert np.isfinite(sound).all() and np.abs(sound[9_600:, 0]).max() > 0.03


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("frames", [1, 2, 63])
@pytest.mark.parametrize("loop", [True, False])
def test_a_recording_of_hardly_anything(tmp_path, cached, word, frames, loop):
    folder = piece(tmp_path, word, lambda path: soundfile.write(path, NOISE[:frames], 48_000))
    scene = folder / "scenes" / "bad.py"
    scene.write_text(scene.read_text().replace("loop=True", f"loop={loop}"))
    assert render(folder, seconds=0.2, out=tmp_path / "out.wav", quiet=True) == 0
    assert np.isfinite(soundfile.read(tmp_path / "out.wav", dtype="float32")[0]).all()


@pytest.mark.parametrize("word, memory", [("play", "16 MB"), ("stream", "32 MB")])
def test_thirty_two_channels(tmp_path, cached, word, memory):
    """Each its own: the last one alone, and all together."""
    folder = piece(tmp_path, word, lambda path: many(path, 32, subtype="PCM_24"))
    scene, config = folder / "scenes" / "bad.py", folder / "config.yaml"
    config.write_text(config.read_text().replace("16 MB", memory))
    scene.write_text(scene.read_text().replace("ug.to(", "[ug.to(ug.mix(*x) * 0.2, output=1), ug.to(x[31], output=2)]").replace(
        f"{WORDS[word]}, output=1)", "").replace("return", f"x = {WORDS[word]}\n        return"))
    assert render(folder, seconds=0.6, out=tmp_path / "out.wav", quiet=True) == 0
    one, last = soundfile.read(tmp_path / "out.wav", dtype="float32")[0][9_600:].T
    assert one.std() > 0.02 and last.std() > 0.02 and abs(np.corrcoef(one, last)[0, 1]) < 0.5


@pytest.mark.parametrize("ending, subtype", [("flac", "PCM_16"), ("ogg", "VORBIS")])
@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("left", [0.02, 0.5, 0.97])
def test_flac_and_ogg_cut_short(tmp_path, cached, word, ending, subtype, left):
    folder = piece(tmp_path, word, lambda path: whole(path, subtype="PCM_16"))
    scene = folder / "scenes" / "bad.py"
    scene.write_text(scene.read_text().replace("a.wav", f"a.{ending}"))
    file = folder / "sounds" / f"a.{ending}"
    data = whole(file, subtype=subtype)
    file.write_bytes(data[:int(len(data) * left)])
    _, built, faults = examine(folder, compile=False)
    assert all(fault.where == line_of(scene, "return") for fault in faults)
    if not faults:
        assert render(folder, seconds=0.3, out=tmp_path / "out.wav", quiet=True) == 0
        assert np.isfinite(soundfile.read(tmp_path / "out.wav", dtype="float32")[0]).all()


def test_a_stream_that_is_cut_while_it_plays_is_silence_in_time(tmp_path, cache):
    """Through the real process: the file is cut, then taken away, then filled with rubbish; the piece goes on."""
    port = free_port()
    folder = piece(tmp_path, "stream", lambda path: soundfile.write(path, np.tile(NOISE, 20), 48_000))
    (folder / "config.yaml").write_text((folder / "config.yaml").read_text() + f"remote: {{osc: {{port: {port}}}}}\n")
    file = folder / "sounds" / "a.wav"
    with Running(folder, cache, port=port) as running:
        running.plays("bad")
        os.truncate(file, 20_000)
        before = running.value("/system/uptime")
        file.unlink()
        file.write_bytes(b"rubbish" * 1000)
        from tests.bench import wait_until

        wait_until(lambda: (running.value("/system/uptime") or before)[0] > before[0] + 2)      # type: ignore[index]
        assert running.value("/score/main/scene") == ("bad",)
        assert running.stop() == 0 and "Traceback" not in running.text()
