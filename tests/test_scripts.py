"""./run and ./test as a stranger meets them: set-up once, quiet later, repaired when it was interrupted; locks, links, examples.

The scripts are copied beside a lock file that asks for nothing, so that each set-up takes seconds and needs no network.
"""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest

from installation.runtime.parts.loading import load_driver, load_scene
from tests.bench import lack, need

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "tests/requirements.lock")
READMES = ("README.md", "README.fr.md")
MAIN = "import json, os, sys\nprint(json.dumps([os.getcwd(), *sys.argv[1:]]))\n"
ODD = ["render", "a b", "", "$HOME", "*", '"', "--seconds=3"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose engine prints what it was called with, in a folder with blanks."""
    if shutil.which("dpkg-query") and subprocess.run(["dpkg-query", "-W", "libportaudio2"], capture_output=True).returncode:
        raise lack("libportaudio2 is not installed")
    folder = tmp_path / "a clone, 100 %"
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    for name in ("run", "test"):
        shutil.copy2(ROOT / name, folder / name)
    (folder / "installation").mkdir()
    (folder / "installation" / "__init__.py").touch()
    (folder / "installation" / "__main__.py").write_text(MAIN)
    (folder / "requirements.lock").write_text("# nothing\n")
    return folder


def call(clone: Path, *words: str, script: str | Path = "run", cwd: Path | None = None, path: str | None = None) -> tuple[list[str], str]:
    """What the engine was called with, and what the set-up said."""
    environment = {**os.environ, "PATH": path or os.environ["PATH"]}
    done = subprocess.run([str(clone / script), *words], cwd=cwd or clone, capture_output=True, text=True, env=environment, timeout=110)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.mark.timeout(240)
def test_set_up_once_quiet_later_and_repaired(clone: Path, tmp_path: Path) -> None:
    got, said = call(clone)
    assert got == [str(clone), "run", str(clone)]
    assert [line[:5] for line in said.splitlines()] == ["· Pyt", "· Pyt"] and "\033" not in said

    got, said = call(clone, *ODD)
    assert (got[1:], said) == (ODD, "")

    # from elsewhere, through a link, by a relative path: the engine of the clone, the folder of the caller
    link = tmp_path / "play"
    link.symlink_to(clone / "run")
    assert call(clone, "check", script=link, cwd=tmp_path) == ([str(tmp_path), "check"], "")
    assert call(clone, script=link, cwd=tmp_path) == ([str(tmp_path), "run", str(clone)], "")
    assert call(clone, "check", script=clone / ".venv" / "bin" / "installation", cwd=tmp_path) == ([str(tmp_path), "check"], "")

    # a module in the caller's folder does not come between the engine and the standard library
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')")
    assert call(clone, "check", script=link, cwd=tmp_path)[1] == ""

    # interrupted: the stamp is not there, and half of what was unpacked is
    (clone / ".venv" / ".made-from").unlink()
    shutil.rmtree(next((clone / ".venv" / "lib").glob("python3.*/site-packages/pip")))
    assert call(clone, "check")[1].count("·") == 2
    assert call(clone, "check")[1] == ""

    # its Python is gone, as after an upgrade of the system
    (clone / ".venv" / "bin" / "python").unlink()
    assert call(clone, "check")[1].count("·") == 2

    # other lock files: only the packages are looked at again
    (clone / "requirements.lock").write_text("# nothing new\n")
    assert call(clone, "check")[1].count("·") == 1
    assert call(clone, "check")[1] == ""

    # moved to another folder, without a network
    moved = clone.rename(clone.with_name("moved"))
    assert call(moved, "check", script=moved / "run") == ([str(moved), "check"], "")
    assert call(moved, "check", script=moved / ".venv" / "bin" / "installation") == ([str(moved), "check"], "")


@pytest.mark.timeout(240)
def test_two_at_once_make_one(clone: Path) -> None:
    both = [subprocess.Popen([str(clone / "run"), "check"], cwd=clone, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=200) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum(errors.count("environment") for _, errors in said) == 1


def test_a_set_up_that_fails_says_why_and_is_not_taken_for_whole(clone: Path) -> None:
    (clone / "requirements.lock").write_text("nothing-of-this-name==1.0 --hash=sha256:" + "0" * 64 + "\n")
    environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(clone)}
    for _ in range(2):
        done = subprocess.run([str(clone / "run")], capture_output=True, text=True, env=environment, timeout=110)
        assert done.returncode == 3
        assert "could not be installed" in done.stderr and "Traceback" not in done.stderr
    assert not (clone / ".venv" / ".made-from").exists()


@pytest.mark.root
def test_an_ordinary_user_without_sudo_is_told_what_root_must_do(clone: Path, tmp_path: Path) -> None:
    need("dpkg-query")
    if os.geteuid() != 0:
        raise lack("becoming an ordinary user needs root")
    bare = tmp_path / "bin"                                  # everything but sudo
    bare.mkdir()
    for name in ("bash", "dirname", "readlink", "dpkg-query", "id", "cat", "env"):
        (bare / name).symlink_to(need(name))
    script = f". '{clone}/.ci/setup.sh'; packages libc6 surely-no-package another-one; echo went on"
    for folder in (clone, *clone.parents[:3]):
        folder.chmod(0o755)
    done = subprocess.run(["bash", "-c", script], env={"PATH": str(bare)}, capture_output=True, text=True, user=65534, group=65534, extra_groups=[])
    assert done.returncode == 3 and "went on" not in done.stdout
    assert "apt-get install -y --no-install-recommends surely-no-package another-one" in done.stderr and "libc6" not in done.stderr
    done = subprocess.run(["bash", "-c", script.replace("packages", "welcome")], env={"PATH": str(bare)}, capture_output=True, text=True, user=65534,
                          group=65534, extra_groups=[])
    assert done.returncode == 0 and "went on" in done.stdout and "skipped" in done.stderr


@pytest.mark.parametrize("name", ["run", "test", "deploy", ".ci/run"])
def test_the_scripts_can_be_run(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    assert subprocess.run([need("bash"), "-n", str(ROOT / name)], capture_output=True).returncode == 0


@pytest.mark.parametrize("name", LOCKS)
def test_locks_have_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text and "--index" not in text and "--find-links" not in text
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.replace("\\\n", " "))
    for entry in (entry for entry in entries if not entry.startswith("#")):
        assert re.match(r"[A-Za-z0-9_.-]+==[\w.]+ ", entry) and "--hash=sha256:" in entry, entry[:80]


def test_the_locks_agree_with_each_other_and_hold_what_the_project_asks_for() -> None:
    import tomllib

    pins = [dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE)) for name in LOCKS]
    for name in set(pins[0]) & set(pins[1]):
        assert pins[0][name] == pins[1][name], name
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    plain = {re.split(r"[<>=!~;\[ ]", wish)[0].lower().replace("_", "-") for wish in project["project"]["dependencies"]}
    assert plain <= {name.lower() for name in pins[0]}
    tests = {re.split(r"[<>=!~;\[ ]", wish)[0].lower() for wish in project["dependency-groups"]["test"]}
    assert tests <= {name.lower() for name in pins[1]}


@pytest.mark.parametrize("name", READMES)
def test_what_a_readme_points_to_is_there(name: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text()) if "://" not in link]
    assert len(links) >= 4
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_the_examples_of_a_readme_are_a_scene_and_a_driver(name: str, tmp_path: Path) -> None:
    blocks = re.findall(r"\n\n((?:    .*\n|\n)+)", (ROOT / name).read_text())
    code = [textwrap.dedent(block) for block in blocks if "from installation import" in block]
    scenes: list[str] = []
    for number, text in enumerate(code):
        path = tmp_path / f"example_{number}.py"
        path.write_text(text)
        if "(Scene)" in text:
            scenes.append(load_scene(path).__name__)
        else:
            driver = load_driver(path)
            assert driver().decode(b"R0421") == {"distance": 0.421}
    assert scenes == ["Tide", "Rain"] and len(code) == 3
