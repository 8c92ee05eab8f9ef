"""The shipped drivers: a table of frames for each, good and bad; noise, and the way back from it."""
from __future__ import annotations

import random
import re
import struct
from pathlib import Path

import pytest

from installation.rules.frames import crc16, encode_cobs
from installation.rules.sensor import Sensor, decoded
from installation.runtime.parts.loading import load_driver
from installation.terms.fault import Fault, SensorFault

FOLDER = Path(__file__).parent.parent.parent / "sensors"


def driver(name: str, **options: object) -> Sensor:
    return load_driver(FOLDER / f"{name}.py")(**options)


def framed(body: bytes) -> bytes:
    return encode_cobs(body + crc16(body).to_bytes(2, "little")) + b"\0"


LAYOUT = {"distance": "uint16 mm", "turn": "float32 deg", "_count": "uint8"}
PACKED = struct.pack("<HfB", 1820, 45.5, 7)

# driver, options, (bytes on the line, what they mean), frames that make no sense
TABLE = [
    ("serial_range", {}, [(b"R0421\r", {"distance": 0.421}), (b"R5000\r", {"distance": 5.0}), (b"R042\r", {"distance": 0.042})],
     [b"0421", b"R04x1", b"R", b"R04211", b"\xff\x00\x12R0", b"R-421", "R٠٤٢١".encode()]),
    ("serial_range", {"unit": "cm"}, [(b"R182\r", {"distance": 1.82})], [b"R18"]),
    ("csv_line", {"columns": {"distance": "cm", "light": "", "_button": ""}},
     [(b"182,512,1\r\n", {"distance": 182, "light": 512}), (b" 1.5e1 , -3 ,x\n", {"distance": 15, "light": -3}),
      (b",512,0\n", {"light": 512}),
      (b"# hello\n", {})], [b"182,512", b"182;512;1", b"182,abc,1", b"1,2,3,4", b"\xff,1,1"]),
    ("csv_line", {"columns": {"a": ""}, "separator": ";"}, [(b"7\n", {"a": 7})], [b"7;8"]),
    ("key_value", {"keys": {"temp": "°C", "light": "lx"}},
     [(b"temp:21.5 light:300\r\n", {"temp": 21.5, "light": 300}), (b"light=1,temp=2\n", {"temp": 2, "light": 1}),
      (b"other:x temp: -4\n", {"temp": -4}),
      (b"\r\n", {})], [b"temp 21", b"temp:", b"temp:warm", b"21.5", b"\x80\x81:1", b"temp:1 2"]),
    ("json_line", {"keys": {"distance": "cm", "room.temp": "°C", "on": ""}},
     [(b'{"distance": 182, "room": {"temp": 21.5}}\r\n', {"distance": 182, "room_temp": 21.5}),
      (b'{"on": true, "x": []}\n', {"on": 1}),
      (b'{"distance": null}\n', {})],
     [b"[1]", b"{", b'{"distance": "far"}', b"\xff\xfe", b"[" * 900, b'{"on": [1]}', b"1" * 900]),
    ("cobs_frame", {"layout": LAYOUT}, [(framed(PACKED), {"distance": 1820, "turn": 45.5})], [PACKED + b"x", PACKED[:-1], b"x"]),
]
NAMES = [f"{row[0]}-{number}" for number, row in enumerate(TABLE)]


@pytest.mark.parametrize(("name", "options", "good", "bad"), TABLE, ids=NAMES)
def test_frames_mean_what_the_table_says(name: str, options: dict, good: list, bad: list) -> None:
    sensor = driver(name, **options)
    splitter = sensor.splitter()
    for line, meaning in good:
        for frame in splitter.feed(line):
            assert decoded(sensor, frame) == pytest.approx(meaning)
    for frame in bad:
        with pytest.raises(SensorFault) as caught:
            decoded(sensor, frame)
        assert caught.value.id == "sensor.frame", "the driver itself must see it, not fail over it"


@pytest.mark.parametrize(("name", "options", "good", "bad"), TABLE, ids=NAMES)
@pytest.mark.parametrize("seed", range(5))
def test_noise_never_breaks_a_driver_and_good_frames_come_through_after_it(name: str, options: dict, good: list, bad: list,
                                                                           seed: int) -> None:
    sensor, chance = driver(name, **options), random.Random(seed)
    splitter = sensor.splitter()
    line, meaning = good[0]
    for noise in (chance.randbytes(20_000), bytes(chance.choice(b"R0123456789,:={}\"\r\n.- eE\0") for _ in range(20_000)),
                  b"".join(bytes(b ^ (chance.random() < 0.02) << chance.randrange(8) for b in line) for _ in range(300))):
        for frame in splitter.feed(noise):
            try:
                assert set(decoded(sensor, frame)) <= set(sensor.fields())
            except SensorFault as fault:
                assert fault.id == "sensor.frame"
        frames = splitter.feed(line * 8)
        assert decoded(sensor, frames[-1]) == pytest.approx(meaning)


@pytest.mark.parametrize(("name", "options"), [
    ("csv_line", {}), ("csv_line", {"columns": {}}), ("csv_line", {"columns": {"a": "parsec"}}),
                                               ("csv_line", {"columns": {"a b": ""}}),
    ("csv_line", {"columns": {"_a": ""}}), ("csv_line", {"columns": {"a": ""}, "separator": "e"}),
                                               ("csv_line", {"columns": {3: ""}}),
    ("key_value", {"keys": ["temp"]}), ("json_line", {"keys": {"a": None}}), ("serial_range", {"unit": "miles"}),
    ("cobs_frame", {"layout": {"a": "uint24"}}), ("cobs_frame", {"layout": {"a": "uint16 parsec"}}),
    ("cobs_frame", {"layout": {f"a{n}": "float64" for n in range(40)}}), ("cobs_frame", {"layout": {"a": 3}})])
def test_wrong_options_are_faults(name: str, options: dict) -> None:
    with pytest.raises(Fault):
        driver(name, **options)


def test_every_shipped_driver_is_in_the_table_and_says_how_to_configure_it() -> None:
    files = sorted(path.stem for path in FOLDER.glob("*.py"))
    assert files == sorted({row[0] for row in TABLE})
    for name in files:
        text = (FOLDER / f"{name}.py").read_text()
        assert f"driver: {name}" in text and "Plug in:" in text
        assert set(re.findall(r"^(?:from|import) (\S+)", text, re.M)) <= {"installation", "re", "json", "struct"}


def test_the_sketches_speak_as_their_drivers_expect() -> None:
    """Each sketch names its driver, at its baud rate and pace; the packed struct is the layout it shows."""
    for sketch in sorted((FOLDER / "arduino").glob("*/*.ino")):
        text = sketch.read_text()
        assert sketch.parent.name == sketch.stem
        shown = re.search(r"driver: (\w+),.*baud: (\d+)", text)
        assert shown, sketch
        assert f"Serial.begin({shown[2]})" in text
        sensor = load_driver(FOLDER / f"{shown[1]}.py")
        pace = re.search(r"PACE = (\d+)", text)
        assert pace and int(pace[1]) / 1000 <= sensor.pace * 1.001
    struct_text = (FOLDER / "arduino/cobs_frame/cobs_frame.ino").read_text()
    body = re.search(r"struct __attribute__\(\(packed\)\) Reading \{(.*?)\};", struct_text, re.S)
    layout = re.search(r"layout: \{(.*)\}\}", struct_text)
    assert body and layout
    types = {"uint16_t": "uint16", "float": "float32", "uint8_t": "uint8"}
    members = [(name, types[kind]) for kind, name in re.findall(r"(\w+) (\w+);", body[1])]
    assert members == [(name.lstrip("_"), kind) for name, kind in re.findall(r"(\w+): (\w+)", layout[1])]


@pytest.mark.slow
def test_the_sketch_of_cobs_frame_encodes_as_its_driver_decodes(tmp_path: Path) -> None:
    """The sketch's own C, compiled here: random readings go through its CRC and COBS and come out of the driver."""
    import subprocess

    from tests.bench import need

    compiler = need("g++")
    text = (FOLDER / "arduino/cobs_frame/cobs_frame.ino").read_text()
    program = tmp_path / "sketch.cpp"
    program.write_text('''#include <cstdint>
#include <cstdio>
#include <cstring>
#include <cstdlib>
typedef uint8_t byte;
enum { LOW, HIGH, INPUT, OUTPUT, A0 = 14 };
static unsigned long now = 0;
static struct { void begin(long) {} size_t write(uint8_t c) { return fwrite(&c, 1, 1, stdout); }
  size_t write(const uint8_t *d, size_t n) { return fwrite(d, 1, n, stdout); } } Serial;
void pinMode(int, int) {} void digitalWrite(int, int) {} void delayMicroseconds(int) {}
unsigned long millis() { return now; }
unsigned long pulseIn(int, int, unsigned long) { return rand() % 5 ? rand() % 25000 : 0; }
int analogRead(int) { return rand() % 5 ? rand() % 1024 : 0; }
''' + text + "\nint main() { setup(); for (int n = 0; n < 2000; n++) { loop(); now += PACE; } }\n")
    subprocess.run([compiler, "-o", str(tmp_path / "sketch"), str(program)], check=True)
    said = subprocess.run([str(tmp_path / "sketch")], check=True, capture_output=True).stdout
    sensor = driver("cobs_frame", layout={"distance": "uint16 mm", "turn": "float32 deg", "count": "uint8"})
    splitter = sensor.splitter()
    readings = [decoded(sensor, frame) for frame in splitter.feed(said)]
    assert len(readings) == 2000 and splitter.damaged == 0
    assert [reading["count"] for reading in readings] == [(n + 1) % 256 for n in range(2000)]
    assert all(0 <= reading["turn"] <= 270 and 0 <= reading["distance"] <= 4300 for reading in readings)
