"""Values put into config.yaml: they stand where they should, and nothing else has changed."""
from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from installation.rules.check import SceneFacts, cross_check
from installation.rules.config import piece_of
from installation.rules.rewrite import rewrite
from installation.rules.source import parse_source
from installation.terms.declaration import Declaration, Kind
from installation.terms.fault import Fault

PARAMS = {"tide": {"level": "-20.5 dBFS", "tint": [1, 0.5, 0]}}
FACTS = {"tide": SceneFacts({record.address.rsplit("/", 1)[-1]: record for record in (
    Declaration("/scene/tide/level", unit="dBFS", low=-60.0, high=-6.0, default=-24.0), Declaration("/scene/tide/tint", Kind.COLOUR, default=(1, 1, 1)),
    Declaration("/scene/tide/mood", Kind.TEXT, default="calm"), Declaration("/scene/tide/still", Kind.BOOL, default=False))})}

LAYOUTS = {
    "braces": ("tide: {file: scenes/tide.py}   # water", "tide: {file: scenes/tide.py, params: {level: -20.5 dBFS, tint: [1, 0.5, 0]}}   # water"),
    "lines": ("tide:\n    file: scenes/tide.py  # the file\n\n    # of the tail", None),
    "lines and braces": ("tide:\n    file: scenes/tide.py\n    params: {level: -30 dBFS}   # loud",
                         "tide:\n    file: scenes/tide.py\n    params: {level: -20.5 dBFS, tint: [1, 0.5, 0]}   # loud"),
    "values on lines": ("tide:\n    file: scenes/tide.py\n    params:\n      level: -30 dBFS   # loud\n      # after",
                        "tide:\n    file: scenes/tide.py\n    params:\n      level: -20.5 dBFS   # loud\n      tint: [1, 0.5, 0]\n      # after"),
    "params first": ("tide:\n    params: # none yet\n    file: scenes/tide.py",
                     "tide:\n    params: {level: -20.5 dBFS, tint: [1, 0.5, 0]} # none yet\n    file: scenes/tide.py"),
    "null": ("tide:\n    params: ~\n    file: scenes/tide.py", None),
    "empty braces": ("tide: {file: scenes/tide.py, params: {}}", None),
    "braces over lines": ("tide: {file: scenes/tide.py, params: {level: -30, # loud\n      tint: [0,\n        0, 1], },}", None),
    "a list on lines": (
        "tide:\n    file: scenes/tide.py\n    params:\n      tint:\n        - 1\n        - 0\n        - 1\n      level: >-\n        -30\n        dBFS\n", None),
    "quotes": ('"tide": {"file": "scenes/tide.py", "params": {"level": "-30 dBFS"}}', None),
    "a block of text": ("tide:\n    file: |-\n      scenes/tide.py\n\n  # é ♪ 𝄞", None),
    "no space": ("tide:\n    file: scenes/tide.py\n    params:", None),
    "wide": ("tide:\n          file: scenes/tide.py", None),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("piece")
    (folder / "scenes").mkdir()
    for name in ("tide", "embers"):
        (folder / "scenes" / f"{name}.py").touch()
    return folder


def whole(layout: str) -> str:
    return f"# é: a piece\npiece: Ünder water   # its title\n\nscenes:\n  {layout}\n  embers: {{file: scenes/embers.py}}  # last\nscore:\n  - {{layer: main}}\n"


def lost(before: str, after: str) -> list[str]:
    """Lines that are not there any more."""
    return [line[2:] for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line.startswith("- ")]


def accepted(text: str, folder: Path) -> bool:
    return cross_check(piece_of(parse_source(text), folder / "config.yaml"), {}, FACTS) == []


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_in_every_layout_it_is_put_in_its_place_and_check_accepts_it(name: str, newline: str, folder: Path) -> None:
    layout, expected = LAYOUTS[name]
    before = whole(layout).replace("\n", newline)
    after = rewrite(before, PARAMS)
    assert parse_source(after).data["scenes"]["tide"]["params"] == PARAMS["tide"] and accepted(after, folder)
    if expected is not None:
        assert after == whole(expected).replace("\n", newline)
    for line in ("# é: a piece", "piece: Ünder water   # its title", "  embers: {file: scenes/embers.py}  # last", "score:", "  - {layer: main}"):
        assert line + newline in after
    assert rewrite(after, PARAMS) == after


@pytest.mark.parametrize("text", ["scenes: {tide: {file: scenes/tide.py}}",
                                  '{"scenes": {"tide": {"file": "scenes/tide.py",\n }}}', "? scenes\n: ? tide\n  : file: x\n",
                                  "---\nscenes:\n  tide:\n    file: x\n...\n", "scenes:\n  tide:\n    file: x", "scenes:\n  tide: {file: x}\n\n\n"])
def test_odd_files_too(text: str) -> None:
    after = rewrite(text, PARAMS)
    assert parse_source(after).data["scenes"]["tide"]["params"] == PARAMS["tide"] and after.rstrip().endswith(("}", "]", "..."))


@pytest.mark.parametrize("text", ["scenes: {tide: {file: a.py, params: {level}}}", "scenes:\n  tide:\n    ? file\n    : a.py\n", "scenes:\n  tide: a.py\n",
                                  "scenes:\n  embers: {file: a.py}\n", "piece: x\n", "scenes:\n  tide:\n    params: [1]\n", "[]", ""])
def test_a_layout_that_is_too_unusual_is_refused_with_what_to_write_by_hand(text: str) -> None:
    with pytest.raises(Fault) as caught:
        rewrite(text, PARAMS)
    assert caught.value.id == "config.layout" and "scenes.tide.params.level: -20.5 dBFS" in caught.value.remedy.en


def test_a_file_that_is_not_in_order_is_said_to_be() -> None:
    with pytest.raises(Fault) as caught:
        rewrite("scenes:\n  tide: {file: a.py\n", PARAMS)
    assert caught.value.id == "yaml.syntax"


VALUES = some.fixed_dictionaries({}, optional={
    "level": some.floats(-60, -6).map(lambda value: f"{value!r} dBFS") | some.integers(-60, -6), "still": some.booleans(), "mood": some.text(max_size=12),
    "tint": some.lists(some.floats(0, 1), min_size=3, max_size=3)}).filter(bool)


@given(some.sampled_from(sorted(LAYOUTS)), VALUES, VALUES)
def test_every_other_line_stays_byte_for_byte(folder: Path, name: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    before = whole(LAYOUTS[name][0])
    once = rewrite(before, {"tide": first})
    after = rewrite(once, {"tide": second})
    meant = {**(parse_source(before).data["scenes"]["tide"].get("params") or {}), **first, **second}
    assert parse_source(after).data["scenes"]["tide"]["params"] == meant and accepted(after, folder)
    first_line, last_line = before.index("  tide") if "  tide" in before else before.index('  "tide'), before.index("  embers")
    inside = [line for line in lost(before, after) if line.strip()]
    assert after.startswith(before[:first_line]) and after.endswith(before[last_line:]) and all(line in before[first_line:last_line] for line in inside)
    assert all(comment in after for comment in ("# water", "# the file", "# of the tail", "# loud", "# after", "# none yet", "# é ♪ 𝄞") if comment in before)


@given(some.text(alphabet="scenes:tidfl{}[], \n#'\"-|>é", max_size=60))
def test_whatever_the_text_it_is_right_or_refused(text: str) -> None:
    try:
        after = rewrite(text, {"tide": {"level": 1}})
    except Fault:
        return
    assert parse_source(after).data["scenes"]["tide"]["params"]["level"] == 1
