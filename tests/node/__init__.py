"""Peers for the tests that run on Node.js; `npm ci` in this folder brings their libraries."""
from __future__ import annotations

from pathlib import Path

from tests.bench import lack, need

HERE = Path(__file__).parent


def script(name: str, *arguments: str) -> list[str]:
    """The command that runs one of these peers; skip, or fail under CI, where Node.js or its libraries are missing."""
    node = need("node")
    if not (HERE / "node_modules" / "oscquery").is_dir():
        lack("the libraries for Node.js are not installed: run `npm ci --ignore-scripts` in tests/node")
    return [node, str(HERE / name), *arguments]
