"""Who holds up the loop is named by file and line: once, and once when it has left off."""
from __future__ import annotations

import threading
from pathlib import Path

from installation.runtime.lookout import Lookout
from installation.terms.fault import Fault, Recovery

BLOCKS = """
def hold(event):
    event.wait(20)      # here


def quick():
    pass
"""


def artists_file(folder: Path) -> dict:
    path = folder / "scenes" / "slow.py"
    path.parent.mkdir()
    path.write_text(BLOCKS)
    space: dict = {}
    exec(compile(BLOCKS, str(path), "exec"), space)
    return space


def test_a_hold_up_is_named_while_it_lasts_and_only_once(tmp_path: Path) -> None:
    told: list = []
    named, over = threading.Event(), threading.Event()

    def tell(what: Fault | Recovery) -> None:
        told.append(what)
        (named if isinstance(what, Fault) else over).set()

    space = artists_file(tmp_path)
    lookout = Lookout(tmp_path, tell, patience=0.02, calm=0.1)
    lookout.start()
    lookout.tick()
    space["hold"](named)                        # returns when it has been named: the loop need not come back for that
    assert named.is_set() and len(told) == 1
    assert told[0].id == "code.blocks" and told[0].where == f"{tmp_path / 'scenes/slow.py'}:3"
    for _ in range(4):
        lookout.tick()
    while not over.wait(0.005):
        lookout.tick()
    assert [type(what) for what in told] == [Fault, Recovery] and told[1].where == told[0].where
    lookout.stop()
    assert lookout.longest >= 0.02


def test_the_engines_own_lines_and_hidden_folders_are_not_named(tmp_path: Path) -> None:
    told: list = []
    hidden = tmp_path / ".venv" / "lib.py"
    hidden.parent.mkdir()
    hidden.write_text(BLOCKS)
    space: dict = {}
    exec(compile(BLOCKS, str(hidden), "exec"), space)
    lookout = Lookout(tmp_path, told.append, patience=0.02)
    lookout.start()
    gate = threading.Event()
    threading.Timer(0.2, gate.set).start()
    space["hold"](gate)
    lookout.stop()
    assert told == []
