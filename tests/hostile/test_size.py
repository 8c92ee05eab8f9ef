"""A scene of very many words: it plays, and control goes on meanwhile; one of too many is a fault that says what to do."""
from __future__ import annotations

import numpy as np
import pytest
import soundfile

from installation.ports.osc_packet import message
from installation.runtime.commands.checking import examine
from installation.runtime.rehearsal import render

from .running import CALM, Running, free_port, write

MANY = '''"""Many."""
from installation import Scene, param, ug


class Many(Scene):
    level = param(-20, "dBFS", -60, 0)

    def sound(self):
        return ug.to(ug.mix(*(WORD for n in range(COUNT))) * self.level, output=1)
'''
SINES, CHAIN = "ug.sine(40 + n * n * 0.37 % 4_000) * 0.01", "ug.lowpass(ug.white(), 100 + n) * 0.01"


def many(count: int, word: str = SINES) -> str:
    return MANY.replace("COUNT", str(count)).replace("WORD", word)


@pytest.mark.parametrize("count, word", [(5_000, SINES), (3_000, CHAIN)])
def test_ten_thousand_words_play(tmp_path, cached, count, word):
    """10,000 and more units before they are taken by eights."""
    folder = write(tmp_path / "piece", {"many": many(count, word)})
    _, _, faults = examine(folder, compile=False)
    assert not faults
    assert render(folder, seconds=0.3, out=tmp_path / "out.wav", quiet=True) == 0
    heard = soundfile.read(tmp_path / "out.wav", dtype="float32", always_2d=True)[0][:, 0]
    assert np.isfinite(heard).all() and heard[9_600:].std() > 0.005


def test_control_goes_on_while_such_a_scene_enters(tmp_path, cache):
    """Through the real process: it enters while another plays; nobody says that the loop was held up."""
    port = free_port()
    folder = write(tmp_path / "piece", {"calm": CALM, "many": many(3_000)}, port=port)
    with Running(folder, cache, port=port) as running:
        running.plays("calm")
        running.send(message("/score/main/scene", ("many",)))
        running.plays("many")
        assert running.stop() == 0
        assert "held up" not in running.text() and "Traceback" not in running.text(), running.text()


def test_too_many_is_a_fault_that_says_what_to_do(tmp_path, cached):
    folder = write(tmp_path / "piece", {"many": many(20_000, CHAIN)})
    _, built, faults = examine(folder, compile=False)
    assert [fault.id for fault in faults] == ["graph.size"] and set(built.scenes) == {"calm"}
    fault = built.broken["many"]
    assert fault.where.startswith(str(folder / "scenes" / "many.py") + ":") and "20,000" in fault.happened.en and "20 000" in fault.happened.fr
    assert "voices" in fault.remedy.en
