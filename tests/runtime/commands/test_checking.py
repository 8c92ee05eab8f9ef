"""`check`: every fault at once; or the piece as it is understood, for people and as data."""
from __future__ import annotations

import json

import pytest

from tests.runtime.house_at_work import CONFIG, TONE, Folder
from tests.runtime.running import command

SENSED = CONFIG + "sensors: {people: {driver: visitors}}\nmappings: [{from: people.count, to: tone.near, range: [0, 5]}]\n"


def test_as_data_it_has_every_part(folder: Folder) -> None:
    folder.config(SENSED)
    ran = command("check", folder.path, "--json", "--fast", cache=folder.cache)
    data = json.loads(ran.stdout)
    assert ran.returncode == 0 and data["ok"] is True and data["faults"] == [] and ran.stderr == ""
    assert data["sensors"]["people"]["fields"]["count"] == "count" or "count" in data["sensors"]["people"]["fields"]
    assert data["mappings"][0]["to"] == "tone.near" and data["scenes"]["tone"]["params"]["level"]["unit"] == "dBFS"
    assert [out["output"] for out in data["outputs"]] == [1, 2] and "1" in data["universes"]
    addresses = {entry["address"] for entry in data["tree"]}
    assert {"/scene/tone/level", "/sensor/people/count", "/room/gain", "/system/mute", "/light/lamp/level", "/score/main/scene"} <= addresses


def test_every_fault_at_once_by_file_and_line_as_text_and_as_data(folder: Folder) -> None:
    folder.config(SENSED.replace("to: tone.near", "to: tone.neer").replace("start: tone", "start: ton"))
    folder.write("other", "x = 1 +\n")
    folder.write("rest", TONE.replace("ug.sine", "ug.sign").replace("Tone", "Rest"))
    ran = command("check", folder.path, "--json", "--fast", cache=folder.cache)
    first = json.loads(ran.stdout)
    assert ran.returncode == 1 and first["ok"] is False and '"tone"' in json.dumps(first["faults"][0]["remedy"]["en"]).replace("\\", "")
    folder.config(SENSED.replace("to: tone.near", "to: tone.neer"))
    data = json.loads(command("check", folder.path, "--json", "--fast", cache=folder.cache).stdout)
    wheres = [fault["where"] for fault in data["faults"]]
    assert len(wheres) == 3 and any("other.py:1" in where for where in wheres) and any("rest.py:10" in where for where in wheres)
    assert any("config.yaml:" in where for where in wheres) and all(fault["happened"]["fr"] for fault in data["faults"])
    ran = command("check", ".", "--fast", cache=folder.cache, cwd=folder.path)
    assert ran.returncode == 1 and ran.stderr.splitlines()[-1] == "3 faults" and str(folder.path) not in ran.stderr and ran.stdout == ""


@pytest.mark.parametrize("language, environment, told", [("language: fr", "en_US.UTF-8", "fautes"), ("language: en", "fr_FR.UTF-8", "faults"),
                                                         ("seed: 1", "fr_FR.UTF-8", "fautes"), ("seed: 1", "C", "faults")])
def test_faults_are_said_in_the_language_of_the_piece_even_when_the_rest_is_broken(folder: Folder, language: str, environment: str, told: str) -> None:
    folder.config(f"piece: P\n{language}\nrooom: 1\nroom: {{ring: many}}\n")
    ran = command("check", folder.path, cache=folder.cache, LANG=environment)
    assert ran.returncode == 1 and ran.stderr.rstrip().endswith(told), ran.stderr


def test_a_folder_without_a_piece(folder: Folder) -> None:
    ran = command("check", folder.path / "nowhere", cache=folder.cache)
    assert ran.returncode == 1 and "config.yaml" in ran.stderr and "Traceback" not in ran.stderr
