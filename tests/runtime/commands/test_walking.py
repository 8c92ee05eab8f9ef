"""`walk`: each output alone at the level asked for, then each lamp alone."""
from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from installation.audio.arena import Arena
from installation.audio.stage import Stage
from installation.rules.config import load_piece
from installation.runtime.clock import rehearse
from installation.runtime.commands.walk_plan import NAME, PINK_RMS, walk_plan
from installation.runtime.parts.builder import Job, build
from installation.runtime.rehearsal import InlineEngines
from installation.terms.quantity import gain_from_db
from tests.jack import Server
from tests.runtime.house_at_work import CONFIG, Folder
from tests.runtime.running import Running, command


@pytest.fixture
def piece(folder: Folder) -> Folder:
    folder.config(CONFIG.replace("ring: 2", "ring: 3").replace("[{name: lamp,", "[{name: left, kind: dimmer, universe: 1, address: 7}, {name: lamp,"))
    return folder


def test_each_output_sounds_alone_at_the_level_asked_for(piece: Folder) -> None:
    built = build(Job(str(piece.path), str(piece.cache), scenes=(), drivers=False, walk=True))
    assert not built.faults

    async def main() -> None:
        record = load_piece(piece.path)
        arena = Arena(record.sound.memory, record.sound.rate, 3)
        stage = Stage(arena)
        engines = InlineEngines(arena, stage, built)
        plan = walk_plan(record, Path(piece.cache))
        for entry in plan.units:
            stage.unit_number(entry.unit, built.objects[entry.unit.name, entry.unit.kernel])
        await engines.need(plan, built.objects)
        playing = stage.load(plan, {}, values=dict.fromkeys(plan.params, 0.0), name=NAME)
        stage.start(playing)
        engines.render(48_000)
        for number in (1, 2, 3):
            stage.set(playing, f"out_{number}", gain_from_db(-30) / PINK_RMS)
            engines.render(9_600)
            heard = engines.render(192_000).astype(float)
            stage.set(playing, f"out_{number}", 0.0)
            engines.render(9_600)
            levels = 20 * np.log10(np.sqrt(np.mean(heard ** 2, axis=0)) + 1e-12)
            assert levels[number - 1] == pytest.approx(-30, abs=1.0)
            assert all(level < -100 for index, level in enumerate(levels) if index != number - 1), levels

    rehearse(main())


def test_the_walk_as_a_command_on_the_silent_clock_names_what_it_does(piece: Folder) -> None:
    ran = command("walk", piece.path, "--each", 0.2, cache=piece.cache)
    assert ran.returncode == 0 and "Traceback" not in ran.stderr
    said = [line for line in ran.stderr.splitlines() if line.startswith(("output", "lamp"))]
    assert said == ["output 1: ring 1", "output 2: ring 2", "output 3: ring 3", "lamp left: universe 1, address 7", "lamp lamp: universe 1, address 1"]
    with Running("walk", piece.path, "--each", 30, cache=piece.cache) as walking:
        walking.until("output 1")
        code, took = walking.stop()
    assert code == 0 and took < 3
    for wrong in (("--level", "0"), ("--level", "nan"), ("--each", "0"), ("--each", "soon")):
        assert command("walk", piece.path, *wrong, cache=piece.cache).returncode == 2


@pytest.mark.jack
def test_the_walk_through_a_card_output_by_output(piece: Folder) -> None:
    piece.config((piece.path / "config.yaml").read_text().replace("card: none", "card: system, api: JACK"))
    with Server("RUNTIME", outputs=3) as server, server.recorder(3) as recorder:
        ran = command("walk", piece.path, "--each", 0.5, "--only", "sound", cache=piece.cache, **server.environment)
        heard = np.nan_to_num(recorder.read())
    assert ran.returncode == 0, ran.stderr
    loud = np.abs(heard) > 1e-3            # below that the DC block dies away
    spans = [np.flatnonzero(loud[:, output]) for output in range(3)]
    assert all(len(span) for span in spans)
    assert spans[0][-1] < spans[1][0] and spans[1][-1] < spans[2][0]                 # one after another, never two
    for output, span in enumerate(spans):
        level = 20 * np.log10(np.sqrt(np.mean(heard[span[0] + 4_800:span[-1] - 4_800, output].astype(float) ** 2)))
        assert level == pytest.approx(-30, abs=3)                                    # a third of a second of pink noise wavers


def test_each_lamp_lights_alone(piece: Folder) -> None:
    from installation.runtime.lamps.rehearsed_light import RehearsedLight

    async def main() -> None:
        lighting = RehearsedLight(load_piece(piece.path).light, lambda what: None)
        for name, slot in (("left", 6), ("lamp", 0)):
            lighting.show([(lighting.walk(name), 1.0)])
            frame = b""
            for _ in range(80):
                await asyncio.sleep(0.025)
                frame = lighting.tick(asyncio.get_running_loop().time())[1]
            assert [index for index, value in enumerate(frame) if value] == [slot]

    rehearse(main())
