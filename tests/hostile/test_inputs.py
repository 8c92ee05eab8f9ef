"""What comes from outside while the piece renders: floods, rubbish and numbers that are none, through the real process and real lines."""
from __future__ import annotations

import random
import time

import numpy as np
import pytest

from installation.ports.osc_packet import message
from tests.bench import wait_until
from tests.ports.stand_in import Plug

from .running import CALM, Running, free_port, write

SENSOR = """sensors:
  plinth: {{driver: {driver}, device: {device}, hold: 60 s{more}}}
mappings:
  - {{from: plinth.distance, to: calm.tone, combine: "plinth.distance * 200 + 50"}}"""
ANY = '''"""Whatever a line says, as a number."""
from installation import Sensor


class Any(Sensor):
    line = {"baud": 115200, "ends": b"\\n", "longest": 64}
    gives = {"distance": "m"}
    pace = 0.1

    def decode(self, frame):
        return {"distance": float(frame)}
'''


@pytest.fixture
def plug(tmp_path):
    made = Plug(tmp_path / "by-id" / "board")
    yield made
    made.pull()


def pour(plug: Plug, data: bytes, seconds: float) -> int:
    """Write all of it in about that time, as fast as the line takes it; how many bytes went."""
    begin, sent = time.monotonic(), 0
    while sent < len(data):
        due = min(len(data), int(len(data) * (time.monotonic() - begin) / seconds) + 1)
        sent += plug.write(data[sent:due]) if due > sent else 0
        assert time.monotonic() - begin < 60
    return sent


def opened(tmp_path, plug, port: int, driver: str = "csv_line", more: str = ", columns: {distance: m}"):
    piece = write(tmp_path / "piece", {"calm": CALM}, port=port, more=SENSOR.format(driver=driver, device=plug.terminal, more=more))
    (piece / "sensors").mkdir()
    (piece / "sensors" / "any.py").write_text(ANY)
    return piece


def reaches(running: Running, plug: Plug, line: bytes, value: float) -> None:
    """Say it until the piece has heard it."""
    def now() -> bool:
        plug.write(line)
        return running.value("/sensor/plinth/distance") == (pytest.approx(value),)

    wait_until(now, 20, f"{value}")


def test_five_thousand_lines_a_second_while_the_piece_renders(tmp_path, cache, plug):
    port = free_port()
    with Running(opened(tmp_path, plug, port), cache, port=port) as running:
        running.plays("calm")
        reaches(running, plug, b"0.5\n", 0.5)
        blocks = running.value("/system/uptime")
        pour(plug, b"".join(b"%d.25\n" % (n % 90) for n in range(15_000)), 3.0)
        reaches(running, plug, b"0.75\n", 0.75)
        after = running.value("/system/uptime")
        assert after and blocks and after[0] - blocks[0] > 2.0
        assert running.value("/system/xruns") == (0,) or running.value("/system/xruns") is not None
        assert running.stop() == 0 and "Traceback" not in running.text() and "held up the loop" not in running.text()


def test_random_bytes_and_numbers_that_are_none(tmp_path, cache, plug):
    """Noise, then what a driver may turn into nan and infinity; the last good reading holds, the next is heard, and it is said once."""
    port = free_port()
    with Running(opened(tmp_path, plug, port, "sensors/any.py", ""), cache, port=port) as running:
        running.plays("calm")
        reaches(running, plug, b"0.5\n", 0.5)
        wait_until(lambda: running.value("/scene/calm/tone") == (pytest.approx(150.0),))
        for bad in (b"nan\n", b"inf\n", b"-inf\n", b"1e999\n", b"-nan\n"):
            pour(plug, bad * 20, 0.1)
        pour(plug, random.Random(3).randbytes(60_000).replace(b"\n", b""), 1.0)
        plug.write(b"\n")
        assert running.value("/sensor/plinth/distance") == (pytest.approx(0.5),)
        assert running.value("/scene/calm/tone") == (pytest.approx(150.0),)
        reaches(running, plug, b"0.25\n", 0.25)
        wait_until(lambda: running.value("/scene/calm/tone") == (pytest.approx(100.0),))
        assert running.stop() == 0
        assert "Traceback" not in running.text() and running.text().count("plinth") < 12, running.text()


def test_rubbish_by_osc(tmp_path, cache):
    """Random datagrams, and sound ones with a few bits turned; afterwards it answers, plays, and every value is within its range."""
    port, dice = free_port(), random.Random(5)
    piece = write(tmp_path / "piece", {"calm": CALM}, port=port)
    with Running(piece, cache, port=port) as running:
        running.plays("calm")
        sound = [message("/scene/calm/tone", (440.0,)), message("/scene/calm/tone", ("loud", 3)), message("/score/main/scene", ("nobody",)),
                 message("/scene/*/tone", (float("nan"),)), message("/scene/calm/tone", (float("inf"),)), message("/room/gain", (1e30,)),
                 message("/" + "*" * 200), message("/{a,b,c}" * 20), message("/state"), message("/reply/port", (0,)), message("/reply/port", (-1,)),
                 message("/reply/port", (port,)), b"#bundle\x00" + bytes(8) + b"\xff\xff\xff\xff"]
        for _ in range(3_000):
            data = bytearray(dice.choice(sound))
            for _ in range(dice.randrange(4)):
                data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
            running.send(bytes(data) if dice.random() < 0.7 else dice.randbytes(dice.randrange(0, 2_000)))
            if dice.random() < 0.05:
                time.sleep(0.002)
        running.another_tablet()             # the first may have asked to be answered elsewhere
        wait_until(lambda: running.value("/score/main/scene"), 20)
        (tone,) = wait_until(lambda: running.value("/scene/calm/tone"), 20)      # type: ignore[misc]
        assert 20 <= tone <= 2000 and np.isfinite(tone)
        running.plays("calm")
        assert running.stop() == 0 and "Traceback" not in running.text()
