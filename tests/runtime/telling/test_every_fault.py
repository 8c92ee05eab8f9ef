"""Each fault that can last has a sentence of its own for whoever minds the room: the sources are read for ids."""
from __future__ import annotations

import ast
from pathlib import Path

import installation
from installation.runtime.telling.ailments import _OTHER, ailment
from tests.runtime.house_at_work import Folder
from tests.runtime.telling.test_health import Patient, at_work, fault

# What refuses a start, answers a command or a hand, or is raised while a file is read: it never lasts while the piece plays.
NEVER_LASTS = ("arena.", "config.", "declaration.", "desk.", "expression.", "file.", "gate.", "history.", "inline.", "layout.", "listen.", "logbook.",
               "machine.state", "machine.write", "new.", "pin.", "point.", "quantity.", "service.", "score.", "trace.", "value.", "visitors.", "yaml.")


def ids() -> tuple[set[str], list[str]]:
    """The ids that the sources write out, and where one is made of something else."""
    found: set[str] = set()
    unread: list[str] = []
    root = Path(installation.__file__).parent
    for path in sorted(root.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            for keyword in call.keywords:
                if keyword.arg != "id":
                    continue
                texts = [node.value for node in ast.walk(keyword.value) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
                found.update(text for text in texts if "." in text and not text.endswith("."))
                if not isinstance(keyword.value, ast.Constant):
                    unread.append(f"{path.relative_to(root)}:{call.lineno}  {ast.unparse(keyword.value)}")
    return found, unread


def test_every_fault_that_can_last_has_a_sentence_of_its_own(folder: Folder) -> None:
    found, unread = ids()
    print("ids that are not written out, and not covered here:", *unread, sep="\n  ")
    assert len(found) > 100

    async def script(patient: Patient) -> None:
        house = patient.show.house
        wheres = ["", "plinth", "Art-Net 127.0.0.1", "loudspeaker 1", *(str(record.file) for record in house.piece.scenes.values())]
        generic = sorted(id for id in found if not id.startswith(NEVER_LASTS) and all(ailment(fault(id, where), house) is _OTHER for where in wheres))
        assert generic == [], "add a sentence in runtime/telling/ailments.py, or say here that it never lasts"

    at_work(folder, script)
