"""The piece that comes with the engine: in order, and every scene and every state of its score rendered."""
from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml

from tests.runtime.running import ROOT, command

PIECE = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
CEILING = 10 ** (float(str(PIECE["sound"].get("ceiling", -1)).split()[0]) / 20)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp().parent


def variant(folder: Path, change) -> Path:
    """The shipped piece with another config.yaml."""
    folder.mkdir()
    for name in ("scenes", "sensors", "sounds"):
        shutil.copytree(ROOT / name, folder / name)
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    change(config)
    (folder / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    return folder


def render(piece: Path, out: Path, cache: Path, *more: object, **environment: str) -> tuple[np.ndarray, list[dict], str]:
    ran = command("render", piece, "--out", out.with_suffix(".wav"), "--lights", out.with_suffix(".jsonl"), *more, cache=cache, within=170, **environment)
    assert ran.returncode == 0 and ran.stderr == "", ran.stderr
    sound, _ = soundfile.read(out.with_suffix(".wav"), dtype="float32", always_2d=True)
    rows = [json.loads(line) for line in out.with_suffix(".jsonl").read_text().splitlines()]
    return sound, rows, hashlib.sha256(out.with_suffix(".wav").read_bytes() + out.with_suffix(".jsonl").read_bytes()).hexdigest()


def sounds_well(sound: np.ndarray) -> None:
    assert np.isfinite(sound).all() and np.abs(sound).max() <= CEILING
    late = sound[sound.shape[0] // 2:].astype(float)
    assert (np.sqrt(np.mean(late ** 2, axis=0)) > 1e-4).all(), "an output is silent"


def test_the_piece_passes_check(cache: Path) -> None:
    ran = command("check", ROOT, cache=cache)
    assert ran.returncode == 0 and ran.stderr == "" and all(name in ran.stdout for name in PIECE["scenes"])


def test_no_scene_file_is_left_out() -> None:
    assert {Path(scene["file"]).name for scene in PIECE["scenes"].values()} == {path.name for path in (ROOT / "scenes").glob("*.py")}


@pytest.mark.parametrize("scene", PIECE["scenes"])
def test_every_scene_sounds_and_shines(scene: str, tmp_path: Path, cache: Path) -> None:
    """Alone, for 12 s, with people close to every point."""
    def alone(config: dict) -> None:
        config["score"] = [{"layer": "main", "start": scene, "fade": "0.5 s"}]

    piece = variant(tmp_path / "piece", alone)
    trace = tmp_path / "trace.jsonl"
    fields = [*PIECE["sensors"]["visitors"]["points"], "count"]
    trace.write_text("".join(json.dumps({"t": t, "sensor": "visitors", "field": field, "value": 3 if field == "count" else 3.2 - 0.2 * t}) + "\n"
                             for t in range(12) for field in fields))
    sound, rows, _ = render(piece, tmp_path / "out", cache, "--seconds", 12, "--sensors", trace)
    sounds_well(sound)
    assert max(max(row["values"]) for row in rows[len(rows) // 2:]) > 10


def test_every_state_of_the_score_is_reached_and_sounds(tmp_path: Path, cache: Path) -> None:
    """The score's own changes with shorter times, and idling: what plays is told by the light's record and the sound goes on."""
    def quick(config: dict) -> None:
        for layer in config["score"]:
            layer["fade"] = "0.5 s"
            for change in layer["changes"]:
                if "after" in change:
                    change["after"] = "4 s"
                if "for" in change:
                    change["for"] = "1 s"

    piece = variant(tmp_path / "piece", quick)
    trace = tmp_path / "trace.jsonl"
    fields = [*PIECE["sensors"]["visitors"]["points"], "count"]
    trace.write_text("".join(json.dumps({"t": t / 2, "sensor": "visitors", "field": field, "value": 1 if field == "count" else (0.8 if 14 < t / 2 < 18 else 4)})
                             + "\n" for t in range(60) for field in fields))
    sound, _, digest = render(piece, tmp_path / "a", cache, "--seconds", 30, "--sensors", trace, PYTHONHASHSEED="1")
    sounds_well(sound)
    seconds = np.sqrt(np.mean(sound[:30 * 48_000].reshape(30, 48_000, -1).astype(float) ** 2, axis=(1, 2)))
    assert seconds[1:].min() > 1e-4
    assert render(piece, tmp_path / "b", cache, "--seconds", 30, "--sensors", trace, PYTHONHASHSEED="99")[2] == digest


@pytest.mark.parametrize("scene", PIECE["scenes"])
def test_every_parameter_at_its_ends(scene: str, cache: Path) -> None:
    """All low, all high, each alone at the other end, and triggers many times in a tick: finite, below the ceiling, nothing told, heard afterwards."""
    from tests.runtime.house_at_work import Shipped, Show, with_house

    async def script(show: Show) -> None:
        show.write("/score/main/scene", scene)
        await show.run(3)
        addresses = [address for address in show.house.tree.addresses() if address.startswith(f"/scene/{scene}/") and address.count("/") == 3]
        declared = {address: show.house.tree.declaration(address) for address in addresses}
        moved = {address: made for address, made in declared.items() if made.low is not None and made.high is not None and made.kind.name in ("FLOAT", "INT")}
        struck = [address for address, made in declared.items() if made.kind.name == "TRIGGER"]
        assert moved

        async def stand(values: dict[str, float]) -> None:
            for address, value in values.items():
                show.write(address, value)
            for address in struck * 3:
                show.write(address, True)
            await show.run(0.3)

        low, high = {key: made.low for key, made in moved.items()}, {key: made.high for key, made in moved.items()}
        await stand(low)
        await stand(high)
        for address in moved:
            await stand({**low, address: high[address]})
            await stand({**high, address: low[address]})
        await stand(high)
        await stand({address: made.default for address, made in moved.items()})
        await show.run(4)
        assert show.playing == scene and show.level(1.0) > 1e-4
        assert np.isfinite(show.sound).all() and np.abs(show.sound).max() <= CEILING

    show = with_house(Shipped(ROOT, cache), script)
    assert not show.faults


def test_every_scene_of_the_score_plays_in_its_turn_and_the_idle_one_when_the_house_is_idle(tmp_path: Path, cache: Path) -> None:
    from tests.runtime.house_at_work import Shipped, Show, with_house

    played: dict[str, float] = {}

    async def script(show: Show) -> None:
        for scene in [*PIECE["scenes"], *PIECE["scenes"]]:
            show.write("/score/main/scene", scene)
            await show.run(7)
            assert show.playing == scene
            played[scene] = show.level(1.0)
        show.write("/score/main/scene", "tide")
        show.write("/system/idle", True)
        await show.run(7)
        assert show.playing == PIECE["score"][0]["idle"] and show.level(1.0) > 1e-4
        assert np.isfinite(show.sound).all() and np.abs(show.sound).max() <= CEILING

    show = with_house(Shipped(ROOT, cache), script)
    assert not show.faults and set(played) == set(PIECE["scenes"]) and min(played.values()) > 1e-4
