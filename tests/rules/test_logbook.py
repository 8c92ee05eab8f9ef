"""Lines of the logbook: what is whole is read back, what a cut has spoiled is counted and forges nothing."""
from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as some

from installation.rules.logbook import LONGEST_TEXT, Entry, decode, encode
from installation.terms.words import Words, both

NOON = Entry(1_764_064_923.25, True, 12, 311.5, "fault", both("the cable is out", "le câble est débranché"), {"id": "serial.lost", "where": "plinth"})

entries = some.builds(Entry, some.floats(0, 4e9).map(lambda number: round(number, 3)), some.booleans(), some.integers(0, 10**6),
                      some.floats(0, 1e8).map(lambda number: round(number, 1)), some.text(max_size=20),
                      some.builds(Words, some.text(max_size=50), some.text(max_size=50)),
                      some.dictionaries(some.text(max_size=10), some.one_of(some.integers(), some.booleans(), some.text(max_size=30), some.none()), max_size=5))


@given(some.lists(entries, max_size=6))
def test_what_was_written_is_read(every: list[Entry]) -> None:
    assert decode(b"".join(map(encode, every))) == (every, 0)


def test_a_line_is_one_line_with_a_checksum_and_can_be_read_by_a_person() -> None:
    line = encode(NOON)
    assert line.endswith(b"\n") and line.count(b"\n") == 1 and line[8:9] == b" " and b'"en":"the cable is out"' in line


@given(some.lists(entries, min_size=1, max_size=4), some.data())
def test_a_cut_spoils_the_last_line_and_no_other(every: list[Entry], data: some.DataObject) -> None:
    whole = b"".join(map(encode, every))
    cut = data.draw(some.integers(0, len(whole)))
    found, damaged = decode(whole[:cut])
    assert found == every[:len(found)] and damaged <= 1
    assert decode(whole[:cut] + b"\n" + encode(NOON))[0][-1] == NOON


@given(some.binary(max_size=300))
def test_noise_is_counted(noise: bytes) -> None:
    found, damaged = decode(noise)
    assert not found and damaged == sum(1 for line in noise.split(b"\n") if line)


@given(some.integers(0, len(encode(NOON)) - 2), some.integers(0, 255))
def test_a_changed_byte_is_noticed(place: int, byte: int) -> None:
    line = bytearray(encode(NOON))
    changed = line[place] != byte
    line[place] = byte
    found, _ = decode(bytes(line))
    assert not changed or not found or found == [NOON] and place < 8          # a checksum in capitals is the same one


def test_a_page_of_zeros_is_no_entry() -> None:
    assert decode(encode(NOON) + bytes(4096) + b"\n" + encode(NOON)) == ([NOON, NOON], 1)


def test_sentences_and_facts_are_bounded() -> None:
    entry = Entry(0.0, False, 1, 0.0, "k" * 999, both("a" * 9999, "b" * 9999), {f"{number}": "x" * 9999 for number in range(99)} | {"bad": math.nan})
    line = encode(entry)
    assert len(line) < 5000 and len(decode(line)[0][0].words.en) == LONGEST_TEXT
    assert decode(encode(Entry(0.0, True, 1, 0.0, "k", both("a", "a"), {"number": math.inf})))[0][0].facts == {"number": "inf"}
