"""Presets as text: read back, known when they are cut, named by anyone."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from installation.rules.preset import MOST_VALUES, Preset, as_text, checked_name, covered, parse, patterns, stems_of
from installation.terms.declaration import Access, Declaration, Kind
from installation.terms.fault import Fault

NAMES = some.text(some.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=50).filter(lambda name: bool(name.strip()) and name.isprintable())
VALUES = some.dictionaries(some.from_regex(r"/scene/[a-z]{1,8}/[a-z_]{1,8}", fullmatch=True),
                           some.floats(allow_nan=False, allow_infinity=False) | some.booleans() | some.sampled_from(["-20 dBFS", "saw", "1"])
                           | some.lists(some.floats(0, 1), min_size=3, max_size=3), max_size=8)
OPENING = Preset("opening", {"/scene/tide/level": "-20 dBFS", "/light/lamp/level": 0.5, "/scene/my_scene/big_pin": 3}, "tide",
                 "2026-11-25T02:10:00+00:00", ("/light/",), ("/score/*/scene",))


@given(NAMES, VALUES)
def test_a_preset_is_read_as_it_was_written(name: str, values: dict) -> None:
    preset = Preset(checked_name(name), values, saved="2026-11-25T02:10:00+00:00")
    assert parse(as_text(preset), f"{stems_of(preset.name)[0]}.yaml") == preset
    assert parse(as_text(preset), f"{stems_of(preset.name)[1]}.yaml") == preset


def test_everything_of_it_comes_back() -> None:
    assert parse(as_text(OPENING).encode(), "opening.yaml") == OPENING
    assert parse(as_text(Preset("empty")), "empty.yaml") == Preset("empty")


def test_wherever_it_is_cut_that_is_known() -> None:
    content = as_text(OPENING).encode()
    for end in range(len(content) - 1):
        with pytest.raises(Fault) as caught:
            parse(content[:end], "opening.yaml")
        assert caught.value.id == "preset.damaged" and caught.value.happened.fr and "opening.yaml" in caught.value.where
    assert parse(content[:-1], "opening.yaml") == OPENING                      # the last line's end alone is not missed


@given(some.binary(max_size=300))
def test_noise_is_a_fault_and_nothing_else(noise: bytes) -> None:
    with pytest.raises(Fault):
        parse(noise, "opening.yaml")


@pytest.mark.parametrize("text", ["complete: true", "values: 3\ncomplete: true", "values: {level: 3}\ncomplete: true",
                                  "values: {/a/b: 1}\ncomplete: 'true'",
                                  "values: {/a/b: 1, /a/b: 2}\ncomplete: true", "values: {/a/b: &x 1}\ncomplete: true",
                                  "scene: [1]\nvalues: {}\ncomplete: true"])
def test_what_is_no_preset(text: str) -> None:
    with pytest.raises(Fault) as caught:
        parse(text, "opening.yaml")
    assert caught.value.id == "preset.damaged"


def test_a_copy_is_called_as_the_copy() -> None:
    assert parse(as_text(OPENING), "evening.yaml").name == "evening"
    assert parse(as_text(Preset("Été à Lyon")), f"{stems_of('Été à Lyon')[0]}.yaml").name == "Été à Lyon"


@pytest.mark.parametrize("name", ["opening", "Opening", "é", "e", "a/b", "../../etc/passwd", ".", "..", "…", "a.b", "con", "晚上", "x" * 60,
                                  "a'b\"c", "-", "{a: 1}"])
def test_any_words_make_a_name_and_a_file_of_its_own(name: str) -> None:
    for stem in stems_of(checked_name(name)):
        assert stem.isascii() and not set(stem) & set("/\\.") and 0 < len(stem) <= 60 and not stem.startswith("-")


def test_names_that_look_alike_have_files_of_their_own() -> None:
    names = ["opening", "Opening", "OPENING", "opening ", "ópening", "open/ing", "open_ing", "open.ing"]
    assert {stems_of(checked_name(name))[0] for name in names} == {"opening", "open_ing"}
    assert len({stems_of(checked_name(name))[1] for name in names}) == len({checked_name(name) for name in names}) == 7


def test_spaces_of_all_sorts_are_spaces() -> None:
    assert checked_name("\u00a0Été\u202f:\u00a0nuit ") == "Été : nuit" and len(checked_name("e\u0301" * 60)) == 60


@pytest.mark.parametrize("name", ["", "   ", "x" * 1000, "two\nlines", "nul\0", "\x1b[2J", None, 3, ["a"], "\ud800", "left\u202eright"])
def test_what_is_no_name(name: object) -> None:
    with pytest.raises(Fault) as caught:
        checked_name(name)
    assert caught.value.id == "preset.name" and len(caught.value.happened.en) < 100


TREE = [Declaration("/scene/tide/level", persists=True), Declaration("/scene/tide/near", persists=True), Declaration("/scene/embers/level", persists=True),
        Declaration("/scene/tide/go", Kind.TRIGGER, access=Access.WRITE), Declaration("/light/lamp/level", persists=True),
        Declaration("/room/gain", persists=True), Declaration("/system/mute", Kind.BOOL), Declaration("/score/main/scene", Kind.TEXT, default=""),
        Declaration("/sensor/plinth/distance", access=Access.READ)]


def test_what_a_preset_covers() -> None:
    mapped = {"/scene/tide/near"}
    assert covered(TREE, mapped) == ["/scene/tide/level", "/scene/embers/level", "/light/lamp/level", "/room/gain"]
    assert covered(TREE, mapped, scene="tide") == ["/scene/tide/level"]
    assert covered(TREE, mapped, exclude=["/scene/*/level", "/room/"]) == ["/light/lamp/level"]
    assert covered(TREE, mapped, scene="tide", include=["/score/main/scene", "/scene/tide/", "/sensor/"]) == [
        "/scene/tide/level", "/scene/tide/near", "/score/main/scene"]
    with pytest.raises(Fault):
        covered(TREE, mapped, exclude=["/[z-a]"])


def test_patterns_from_outside_are_looked_at() -> None:
    assert patterns(None, "exclude") == () and patterns(["/light/"], "exclude") == ("/light/",)
    for wrong in ("/light/", [1], ["/a"] * 101, ["light"], {"a": 1}):
        with pytest.raises(Fault):
            patterns(wrong, "exclude")


def test_there_is_a_most() -> None:
    as_text(Preset("many", {f"/scene/tide/p{number}": 1.0 for number in range(MOST_VALUES)}))
    with pytest.raises(Fault) as caught:
        as_text(Preset("many", {f"/scene/tide/p{number}": 1.0 for number in range(MOST_VALUES + 1)}))
    assert caught.value.id == "preset.size"
