"""`installation render` in a process of its own: faults come back as they were, Ctrl-C and death of either side leave nothing behind."""
from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
import soundfile

from installation.runtime.rendering import Job, rendered
from installation.runtime.whole import Whole
from installation.terms.fault import Fault, Faults
from installation.terms.words import speak
from tests.bench import wait_until
from tests.runtime.house_at_work import CONFIG, Folder
from tests.runtime.running import PYTHON, ROOT, environment


@pytest.fixture(autouse=True)
def language(monkeypatch: pytest.MonkeyPatch, cache: Path):
    monkeypatch.setenv("CACHE_DIRECTORY", str(cache))
    yield
    speak(None)


def test_faults_come_back_as_they_were_in_the_language_of_the_piece(folder: Folder, tmp_path: Path) -> None:
    folder.config("language: fr\n" + CONFIG.lstrip("\n"))
    folder.write("other", "broken")
    with pytest.raises(Faults) as caught:
        rendered(Job(str(folder.path), 1.0, out=str(tmp_path / "out.wav")))
    assert caught.value.faults[0].where.endswith("other.py:1") and str(caught.value) == caught.value.say("fr")
    folder.write("other", (folder.path / "scenes" / "tone.py").read_text().replace("Tone", "Other"))
    with pytest.raises(Fault) as other:
        rendered(Job(str(folder.path), 1.0, out=str(tmp_path / "no" / "out.wav")))
    assert other.value.id == "record.write" and other.value.where == str(tmp_path / "no" / "out.wav")
    assert not list(tmp_path.glob("*.wav*"))


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 130)])
def test_one_that_is_interrupted_keeps_what_it_has(folder: Folder, tmp_path: Path, number: signal.Signals, code: int) -> None:
    out = tmp_path / "out.wav"
    process = subprocess.Popen([PYTHON, "-m", "installation", "render", str(folder.path), "--seconds", "90000", "--out", str(out)],
                               env=environment(folder.cache), cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True)
    wait_until(lambda: (tmp_path / "out.wav.part").exists() and (tmp_path / "out.wav.part").stat().st_size > 1 << 20, 60, "sound")
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert process.returncode == code and b"Traceback" not in said
    assert soundfile.info(out).frames > 48_000 and not (tmp_path / "out.wav.part").exists()


def test_the_rehearsal_ends_with_whoever_waited_for_it(folder: Folder, tmp_path: Path) -> None:
    process = subprocess.Popen([PYTHON, "-m", "installation", "render", str(folder.path), "--seconds", "90000", "--out", str(tmp_path / "out.wav")],
                               env=environment(folder.cache), cwd=ROOT, stderr=subprocess.DEVNULL)
    wait_until((tmp_path / "out.wav.part").exists, 60, "sound")
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    process.wait()
    wait_until(lambda: not Path(f"/proc/{child}").exists(), 20, "its end")


def test_a_rehearsal_that_is_killed_outside_of_a_kernel_is_told_so(folder: Folder, tmp_path: Path) -> None:
    process = subprocess.Popen([PYTHON, "-m", "installation", "render", str(folder.path), "--seconds", "90000", "--lights", str(tmp_path / "l")],
                               env=environment(folder.cache), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    wait_until((tmp_path / "l.part").exists, 60, "light")
    (child,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    subprocess.run(["kill", "-9", child], check=True)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 3 and "SIGKILL" in said and not (tmp_path / "l.part").exists()


def test_what_is_no_ordinary_file_is_written_to_as_it_is(tmp_path: Path) -> None:
    assert Whole(Path("/dev/null")).part == Path("/dev/null")
    link = tmp_path / "link"
    (tmp_path / "there").write_text("before")
    link.symlink_to("there")
    whole = Whole(link)
    whole.part.write_text("after")
    assert link.read_text() == "before"
    whole.done()
    assert link.is_symlink() and link.read_text() == "after"
    whole.drop()
