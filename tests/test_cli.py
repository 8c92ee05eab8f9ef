"""The command: exit codes, help that teaches, wrong usage, a reader that goes away."""
from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from installation import __version__
from installation.cli import MACHINE, PIECE, USAGE, WELL, code_of, main
from installation.terms.fault import Fault, Faults
from tests.runtime.running import PYTHON, ROOT, environment

VERBS = ("run", "check", "render", "record", "watch", "walk", "listen", "devices", "new", "doctor", "service", "soak", "layout", "pin")


def test_help_names_every_verb_and_the_exit_codes(capsys) -> None:
    assert main(["--help"]) == WELL
    text = capsys.readouterr().out
    assert all(f"\n    {verb}" in text for verb in VERBS) and "exit codes: 0" in text and "first ten minutes" in text
    for verb in VERBS:
        assert main([verb, "--help"]) == WELL
        assert "usage: installation " + verb in capsys.readouterr().out
    assert main(["--version"]) == WELL and __version__ in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["play"], ["render", "--seconds", "0"], ["render", "--seconds", "nan"], ["render", "--seconds", "1e9"],
                                       ["render", "--seconds", "long"], ["watch", "--seconds", "-1"], ["service"], ["run", "a", "b"],
                                       ["run", "--record"], ["walk", "--only", "smoke"], ["walk", "--level", "3"]])
def test_wrong_usage_is_two(arguments: list[str], capsys) -> None:
    assert main(arguments) == USAGE
    said = capsys.readouterr()
    assert "usage" in said.err + said.out and "Traceback" not in said.err


@pytest.mark.parametrize("fault, code", [
    (Fault("x", id="config.empty"), PIECE), (Fault("x", id="code.error"), PIECE), (Fault("x", id="arena.small"), PIECE), (Fault("x", id="trace.line"), PIECE),
    (Fault("x", id="arena.memory"), MACHINE), (Fault("x", id="record.write"), MACHINE), (Fault("x", id="player.died"), MACHINE),
    (Fault("x", id="engine.failed"), MACHINE), (Faults([Fault("x", id="config.empty"), Fault("x", id="record.write")]), PIECE),
    (Faults([Fault("x", id="card.absent"), Fault("x", id="record.write")]), MACHINE),
])
def test_a_fault_says_whose_it_is(fault: Fault, code: int) -> None:
    assert code_of(fault) == code


def test_a_piece_that_is_not_there_is_one(tmp_path, capsys) -> None:
    for verb in ("run", "check", "render", "watch", "walk", "record"):
        assert main([verb, str(tmp_path)]) == PIECE
        assert "config.yaml" in capsys.readouterr().err


def test_an_error_of_the_engine_itself_is_said_so_that_it_can_be_reported(monkeypatch, capsys) -> None:
    from installation.runtime.commands import checking

    monkeypatch.setattr(checking, "examine", lambda *_, **__: 1 // 0)
    assert main(["check"]) == MACHINE
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said and ".py:" in said and "Traceback" not in said and "report" in said or "signaler" in said


def test_a_reader_that_goes_away_is_no_fault(tmp_path) -> None:
    for shell in (f"{PYTHON} -m installation check . --json --fast | head -c 10", f"{PYTHON} -m installation check . --fast >&-"):
        ran = subprocess.run(["bash", "-c", f"set -o pipefail; {shell}"], cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, check=False,
                             timeout=60)
        assert ran.returncode == 0 and ran.stderr == "", ran


def test_an_interrupt_out_of_an_exec_of_text_gives_the_exit_code_too() -> None:
    """Python would end itself by SIGINT for it, although it was caught."""
    code = ("import sys, installation.cli as cli\n"
            "def stop(given): exec('raise KeyboardInterrupt')\n"
            "cli._check = stop\n"
            "sys.exit(cli.main(['check']))")
    assert subprocess.run([PYTHON, "-c", code], cwd=ROOT, timeout=60, check=False).returncode == 130


def test_listen_writes_what_a_word_sounds_like(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    import soundfile

    assert main(["listen", "saw", "--out", str(tmp_path / "heard"), "--seconds", "0.5"]) == 0
    samples, rate = soundfile.read(tmp_path / "heard" / "saw.wav")
    assert samples.shape == (24_000, 2) and rate == 48_000 and abs(samples).max() > 0.05
    assert "ug.saw(55)" in capsys.readouterr().out
    assert main(["listen", "sow", "--out", str(tmp_path / "no")]) == 1 and not (tmp_path / "no").exists()
    assert 'Did you mean "saw"?' in capsys.readouterr().err
