"""docs/promises.md: every promise names tests, and each of them is there."""
from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "promises.md"
PROMISES = re.split(r"^## (?=\d)", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def named_in(path: Path) -> set[str]:
    """The names of a file's tests."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_")}


def test_there_are_twenty_five_in_order() -> None:
    assert [int(promise.split(".")[0]) for promise in PROMISES] == list(range(1, 26))


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.split(".")[0])
def test_each_names_tests_that_are_there(promise: str) -> None:
    named = NAMED.findall(promise)
    assert named, "a promise that nothing shows"
    assert promise.count("`tests/") == len(named), "a name that is not file::test"
    for file, name in named:
        assert (ROOT / file).is_file(), file
        assert name in named_in(ROOT / file), f"{file} has no {name}"
