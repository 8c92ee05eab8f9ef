"""Something short for each word that shows what it is worth: what the reference page plays, and `installation listen`.

    EXAMPLES          word → a function without arguments that gives a sound, or something placed
    source_of(word)   the same as text, as an artist would write it
    sounds()          the folder in which its recordings lie

Each is written as in a scene, for a room of two loudspeakers or more, and speaks for itself within a few seconds. Those of a family
of words stand in the file of the same name.
"""
from __future__ import annotations

import ast
import functools
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import (
    decisions,
    dynamics,
    effects,
    filters,
    grains,
    inputs,
    levels,
    moments,
    movements,
    noises,
    recordings,
    returns,
    rooms,
    sends,
    shapes,
    spaces,
    spectra,
    tones,
)

EXAMPLES: dict[str, Callable[[], Any]] = {
    **tones.EXAMPLES,
    **noises.EXAMPLES,
    **recordings.EXAMPLES,
    **grains.EXAMPLES,
    **inputs.EXAMPLES,
    **filters.EXAMPLES,
    **effects.EXAMPLES,
    **dynamics.EXAMPLES,
    **spaces.EXAMPLES,
    **returns.EXAMPLES,
    **spectra.EXAMPLES,
    **shapes.EXAMPLES,
    **moments.EXAMPLES,
    **movements.EXAMPLES,
    **decisions.EXAMPLES,
    **rooms.EXAMPLES,
    **sends.EXAMPLES,
    **levels.EXAMPLES,
}


def source_of(word: str) -> str:
    """An example's text."""
    return _sources()[word]


def sounds() -> Path:
    """The folder that holds the `sounds` of the examples: the piece that the engine comes with."""
    package = Path(__file__).resolve().parents[2]
    shipped = package / "shipped"
    return shipped if (shipped / "sounds").is_dir() else package.parent


@functools.cache
def _sources() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        named = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
        for table in [node for node in ast.parse(text).body if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict)]:
            assert isinstance(table.value, ast.Dict)
            for key, value in zip(table.value.keys, table.value.values):
                if not isinstance(key, ast.Constant):
                    continue
                shown: ast.AST = value.body if isinstance(value, ast.Lambda) else named.get(getattr(value, "id", ""), value)
                segment = ast.get_source_segment(text, shown) or ""
                indent = " " * getattr(shown, "col_offset", 0)
                found[str(key.value)] = textwrap.dedent(indent + segment).strip()
    return found
