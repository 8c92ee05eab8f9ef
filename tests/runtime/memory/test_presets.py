"""Presets on the disk: whole whatever happens, versioned, told when they are damaged."""
from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from installation.rules.preset import Preset, as_text
from installation.runtime.memory.presets import MOST, REMOVED, VERSIONS, PresetStore
from installation.terms.fault import Fault
from tests.runtime.power import Machine

OLD = Preset("opening", {"/scene/tide/level": "-20 dBFS", "/light/lamp/level": 0.5}, saved="2026-11-25T02:10:00+00:00")
NEW = Preset("opening", {"/scene/tide/level": "-33.5 dBFS", "/scene/tide/tint": [1, 0.5, 0]}, "tide", "2026-11-26T02:10:00+00:00", ("/light/",))


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of times to the disk would be long; that it is asked to sync is seen by the Machine."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def store(tmp_path: Path) -> PresetStore:
    return PresetStore([tmp_path / "presets", tmp_path / "state" / "presets"])


def numbered(number: int, name: str = "opening") -> Preset:
    return Preset(name, {"/scene/tide/level": float(number)}, saved=f"2026-11-25T02:{number % 60:02}:00+00:00")


def refused(call, *arguments) -> Fault:
    with pytest.raises(Fault) as caught:
        call(*arguments)
    return caught.value


def again(store: PresetStore) -> PresetStore:
    """As it is found after a new start."""
    return PresetStore(store._folders)


def test_saved_found_and_recalled(store: PresetStore, tmp_path: Path) -> None:
    assert store.listing() == [] and store.save(OLD) == 1 and store.save(NEW) == 2
    assert again(store).load("opening").preset == NEW and again(store).load("opening", 1).preset == OLD
    assert store.listing() == [{"name": "opening", "scene": "tide", "saved": NEW.saved, "covers": 2, "versions": 2}]
    assert [(entry["version"], entry["covers"]) for entry in store.versions("opening")] == [(None, 2), (1, 2)]
    assert (tmp_path / "presets" / "opening.yaml").read_text() == as_text(NEW) and not (tmp_path / "state").exists()
    assert (tmp_path / "presets" / "opening.yaml").stat().st_mode & 0o777 == 0o644


def test_the_last_fifty_versions_are_kept(store: PresetStore) -> None:
    for number in range(VERSIONS + 20):
        assert store.save(numbered(number)) == min(number + 1, VERSIONS)
    versions = store.versions("opening")
    assert len(versions) == VERSIONS and versions[0]["version"] is None and [entry["version"] for entry in versions[1:]] == list(range(69, 20, -1))
    assert store.load("opening", 21).preset == numbered(20) and refused(store.load, "opening", 20).id == "preset.unknown"


@pytest.mark.parametrize("before", [None, OLD])
def test_wherever_the_power_is_cut_the_old_one_or_the_new_one_is_whole(before: Preset | None, tmp_path: Path) -> None:
    first = PresetStore([tmp_path / "first" / "presets"])
    (tmp_path / "first").mkdir()
    if before is not None:
        first.save(numbered(1))
        first.save(before)

    def begin(name: str) -> PresetStore:
        shutil.copytree(tmp_path / "first", tmp_path / name)
        return PresetStore([tmp_path / name / "presets"])

    with Machine() as machine:
        begin("whole").save(NEW)
    total, kinds = machine.spent, set()
    assert total > len(as_text(NEW))
    for steps in range(total + 1):
        store = begin("cut")
        with Machine(steps) as machine:
            store.save(NEW)
        found = again(store)
        if before is None and not found.listing():
            kinds.add("none")
        else:
            preset = found.load("opening").preset
            assert preset in (before, NEW) and not any("fault" in entry for entry in [*found.listing(), *found.versions("opening")])
            kinds.add("new" if preset == NEW else "old")
            assert before is None or {entry["saved"] for entry in found.versions("opening")} >= {numbered(1).saved, before.saved}
        if steps % 16 == 0:                                  # and it goes on from there, tidily
            found.save(numbered(9))
            assert found.load("opening").preset == numbered(9)
            assert not [path for path in (tmp_path / "cut").rglob("*") if path.is_file() and not path.name.endswith(".yaml")]
        shutil.rmtree(tmp_path / "cut")
    assert kinds == ({"none", "new"} if before is None else {"old", "new"})


def test_wherever_the_power_is_cut_while_one_is_removed_it_is_there_or_in_its_versions(tmp_path: Path) -> None:
    for steps in range(1000):
        store = PresetStore([tmp_path / str(steps) / "presets"])
        store.save(OLD)
        with Machine(steps) as machine:
            store.remove("opening")
        found = again(store)
        assert OLD in [found.load("opening", entry["version"]).preset for entry in found.versions("opening")]
        if machine.spent < steps:
            assert found.listing() == []
            return
    raise AssertionError("never done")


@pytest.mark.parametrize("bytes_left", [0, 10, 150])
def test_a_full_disk_leaves_what_there_was_and_says_so(store: PresetStore, tmp_path: Path, bytes_left: int) -> None:
    store.save(OLD)
    with Machine(full=bytes_left):
        fault = refused(store.save, NEW)
    assert fault.id == "preset.write" and "No space left" in fault.happened.en and "opening.yaml" in fault.where
    assert again(store).load("opening").preset == OLD and store.save(NEW) == 2
    assert not list(tmp_path.rglob(".*"))


@pytest.mark.parametrize("noise", [b"", b"\0", b"\xff\xfe", b"values: [\n", b"x" * 2_000_000], ids=["cut", "nul", "not UTF-8", "not YAML", "huge"])
@pytest.mark.parametrize("keep", range(0, len(as_text(NEW)) - 1, 40))
def test_of_a_damaged_one_the_last_whole_version_is_taken(store: PresetStore, tmp_path: Path, keep: int, noise: bytes) -> None:
    store.save(OLD)
    store.save(NEW)
    file = tmp_path / "presets" / "opening.yaml"
    file.write_bytes(file.read_bytes()[:keep] + noise)
    loaded = again(store).load("opening")
    assert loaded.preset == OLD and loaded.version == 1 and loaded.instead_of is not None and loaded.instead_of.id == "preset.damaged"
    listed = store.listing()
    assert listed[0]["name"] == "opening" and str(file) in listed[0]["fault"]["en"] and listed[0]["fault"]["en"] != listed[0]["fault"]["fr"]
    store.save(NEW)
    assert again(store).load("opening").preset == NEW


def test_one_that_is_damaged_and_has_no_whole_version_is_a_fault(store: PresetStore, tmp_path: Path) -> None:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "opening.yaml").write_text("preset: opening\nvalues:\n  /scene/tide/level: -2")
    assert refused(store.load, "opening").id == "preset.damaged"


def test_removed_and_brought_back(store: PresetStore) -> None:
    store.save(OLD)
    store.save(NEW)
    store.remove("opening")
    assert store.listing() == [] and refused(store.load, "opening").id == "preset.unknown" and refused(store.remove, "opening").id == "preset.unknown"
    assert store.load("opening", 2).preset == NEW and store.load("opening", 1).preset == OLD
    assert store.save(OLD) == 3


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "..", ".", ".hidden", "Été à Lyon", "晚上", "con", "a.yaml", "x" * 60])
def test_any_name_stays_in_its_folder_and_comes_back(store: PresetStore, tmp_path: Path, name: str) -> None:
    preset = Preset(name, OLD.values, saved=OLD.saved)
    store.save(preset)
    assert again(store).load(name).preset == preset and [entry["name"] for entry in again(store).listing()] == [name]
    assert [path.parent for path in tmp_path.rglob("*.yaml")] == [tmp_path / "presets"]
    store.remove(name)
    assert store.listing() == []


def test_names_that_look_alike_do_not_meet(store: PresetStore, tmp_path: Path) -> None:
    names = ["Opening night", "opening night", "opening_night", "OPENING NIGHT", "Öpening night"]
    for number, name in enumerate(names):
        store.save(numbered(number, name))
    assert {path.name for path in (tmp_path / "presets").glob("*.yaml")} >= {"opening_night.yaml"}
    for number, name in enumerate(names):
        assert again(store).load(name).preset == numbered(number, name)
    store.remove(names[0])
    assert refused(store.load, names[0]).id == "preset.unknown" and store.load(names[0], 1).preset == numbered(0, names[0])
    for number, name in enumerate(names[1:], 1):
        assert store.save(numbered(number + 10, name)) == 2 and again(store).load(name, 1).preset == numbered(number, name)
    assert store.save(numbered(9, names[0])) == 2 and len(store.listing()) == 5


@pytest.mark.parametrize("name", ["", "x" * 1000, "a\nb", "a\0b", 3, None])
def test_what_is_no_name_is_refused_everywhere(store: PresetStore, name) -> None:
    for call in (store.load, store.remove, store.versions):
        assert refused(call, name).id == "preset.name"


def test_a_name_that_is_close_is_proposed(store: PresetStore) -> None:
    store.save(OLD)
    assert '"opening"' in refused(store.load, "openning").remedy.en and "opening" in refused(store.load, "zzz").remedy.fr


def test_files_of_a_persons_own_naming(store: PresetStore, tmp_path: Path) -> None:
    store.save(OLD)
    shutil.copy(tmp_path / "presets" / "opening.yaml", tmp_path / "presets" / "Soirée.yaml")
    (tmp_path / "presets" / "notes.txt").write_text("not a preset")
    assert [entry["name"] for entry in store.listing()] == ["opening", "Soirée"] and store.load("Soirée").preset.values == OLD.values
    store.save(Preset("Soirée", {}))
    assert len(store.listing()) == 2 and store.load("Soirée").preset.values == {}


def test_where_the_piece_cannot_be_written_the_state_folder_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    piece, state = tmp_path / "piece" / "presets", tmp_path / "state" / "presets"
    PresetStore([piece]).save(OLD)
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not (tmp_path / "piece" in [path, *path.parents] and mode & os.W_OK) and access(path, mode))
    store = PresetStore([piece, state])
    assert store.folder == state and store.load("opening").preset == OLD
    os.utime(piece / "opening.yaml", (1, 1))
    assert store.save(NEW) == 2 and (state / "opening.yaml").exists()
    assert again(store).load("opening").preset == NEW and store.load("opening", 1).preset == OLD
    os.utime(piece / "opening.yaml", (2**32, 2**32))            # a newer one came with the piece
    assert again(store).load("opening").preset == OLD


def test_a_place_that_is_no_folder_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "presets").write_text("a file")
    store = PresetStore([tmp_path / "presets"])
    assert store.listing() == [] and refused(store.save, OLD).id == "preset.write"


def test_there_is_a_most_of_everything(store: PresetStore, tmp_path: Path) -> None:
    for number in range(MOST):
        store.save(numbered(1, f"p{number}"))
    assert refused(store.save, numbered(1, "one more")).id == "preset.many" and store.save(numbered(2, "p3")) == 2
    for number in range(REMOVED + 5):
        store.remove(f"p{number}")
    assert len(list((tmp_path / "presets" / "versions").iterdir())) == REMOVED and store.save(numbered(1, "one more")) == 1
