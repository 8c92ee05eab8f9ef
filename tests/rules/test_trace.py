"""Traces: what is written is read; what is wrong is named by file and line."""
from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.rules.trace import Recorder, TraceLine, check_trace, trace_lines
from installation.terms.fault import Fault, Faults

GOOD = '{"t": 1.5, "sensor": "plinth", "field": "distance", "value": 1.82}\n'


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(-1e9, 1e9)), max_size=30))
def test_what_a_recorder_writes_is_read_back(said: list[tuple[float, float]]) -> None:
    out = io.StringIO()
    recorder = Recorder(out)
    for t, value in sorted(said):
        recorder.write(t, "plinth", "distance", value)
    lines = list(trace_lines(io.StringIO(out.getvalue()), "t.jsonl", known={"plinth.distance"}))
    assert [line.value for line in lines] == [value for _, value in sorted(said)]
    assert [line.t for line in lines] == pytest.approx([t for t, _ in sorted(said)], abs=1e-6)
    assert recorder.written == len(said)


def test_blank_lines_are_passed_over() -> None:
    assert list(trace_lines(["\n", GOOD, "  \n"], "t")) == [TraceLine(1.5, "plinth", "distance", 1.82)]


@pytest.mark.parametrize("text", [
    "rubbish", "[" * 390, "[1]", "{}", GOOD.replace("1.82", "NaN"), GOOD.replace("1.82", "1e999"), GOOD.replace("1.82", "true"),
    GOOD.replace("1.82", '"far"'), GOOD.replace("1.5", "-1"), GOOD.replace("1.5", "0.5"), GOOD.replace('"plinth"', "3"),
    GOOD.replace("}", ', "more": 1}'), GOOD.replace("distance", "distanse"), "x" * 500, GOOD.replace("1.82", "1" * 350)])
def test_a_wrong_line_is_named_by_file_and_line(text: str) -> None:
    lines = [GOOD, "\n", text]
    with pytest.raises(Fault) as caught:
        list(trace_lines(lines, "trace.jsonl", known={"plinth.distance"}))
    assert caught.value.where == "trace.jsonl:3"
    with pytest.raises(Faults) as several:
        check_trace([*lines, GOOD, text], "trace.jsonl", known={"plinth.distance"})
    assert [fault.where for fault in several.value.faults] == ["trace.jsonl:3", "trace.jsonl:5"]


def test_at_most_twenty_faults_are_told() -> None:
    with pytest.raises(Faults) as caught:
        check_trace(["?"] * 10_000, "t")
    assert len(caught.value.faults) == 20
    assert check_trace([GOOD] * 5, "t") == 5


def test_a_record_is_bounded_and_a_full_disk_is_said_not_raised() -> None:
    out = io.StringIO()
    recorder = Recorder(out, largest=200)
    for n in range(100):
        recorder.write(n, "plinth", "distance", 1.0)
    assert len(out.getvalue()) <= 200 and recorder.fault is not None and recorder.fault.id == "trace.full"
    assert recorder.written + recorder.dropped == 100

    full = open("/dev/full", "w", buffering=1)  # noqa: SIM115  (closing it fails too)
    recorder = Recorder(full)
    for n in range(3):
        recorder.write(n, "plinth", "distance", 1.0)
    assert recorder.fault is not None and recorder.fault.id == "trace.write" and recorder.dropped == 3
    with contextlib.suppress(OSError):
        full.close()
