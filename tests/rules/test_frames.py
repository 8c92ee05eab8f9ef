"""Splitters: whole frames whatever the pieces they come in, bounded memory, and a way back after noise."""
from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.rules.frames import Splitter, checked, crc16, decode_cobs, encode_cobs, splitter_of
from installation.terms.fault import Fault

TEXT = {"baud": 9600, "ends": b"\r\n", "longest": 16}
FIXED = {"length": 6, "header": b"YY", "check": "sum8"}
COBS = {"frame": "cobs", "check": "crc16", "longest": 300}


def with_crc(body: bytes) -> bytes:
    return body + crc16(body).to_bytes(2, "little")


def fixed(value: int) -> bytes:
    body = b"YY" + value.to_bytes(3, "little")
    return body + bytes([sum(body) & 0xFF])


def pieces(data: bytes, seed: int) -> list[bytes]:
    chance, at, found = random.Random(seed), 0, []
    while at < len(data):
        size = chance.randint(1, 9)
        found.append(data[at:at + size])
        at += size
    return found


def fed(splitter: Splitter, data: bytes, seed: int = 1) -> list[bytes]:
    return [frame for piece in pieces(data, seed) for frame in splitter.feed(piece)]


@pytest.mark.parametrize("seed", range(20))
def test_the_pieces_in_which_bytes_come_cannot_be_told(seed: int) -> None:
    texts = [b"R0421", b"x", b"0123456789abcdef"]
    assert fed(splitter_of(TEXT), b"\r\n".join(texts) + b"\r\n", seed) == texts
    assert fed(splitter_of(FIXED), b"".join(fixed(n) for n in (1, 0x5959, 0xFFFFFF)),
               seed) == [fixed(n)[:-1] for n in (1, 0x5959, 0xFFFFFF)]
    bodies = [b"\0\0\0", b"a\0b", bytes(range(256))]
    assert fed(splitter_of(COBS), b"".join(encode_cobs(with_crc(body)) + b"\0" for body in bodies), seed) == bodies


@pytest.mark.parametrize(("line", "good", "frame"), [
    (TEXT, b"R0421\r\n", b"R0421"),
    ({"ends": b"\r", "longest": 16}, b"R0421\r", b"R0421"),
    (FIXED, fixed(77), fixed(77)[:-1]),
    ({"length": 4, "header": b"\xaa"}, b"\xaaabc", b"\xaaabc"),
    (COBS, encode_cobs(with_crc(b"hello\0")) + b"\0", b"hello\0")])
@pytest.mark.parametrize("seed", range(10))
def test_noise_is_counted_bounded_and_left_behind(line: dict, good: bytes, frame: bytes, seed: int) -> None:
    splitter = splitter_of(line)
    noise = random.Random(seed).randbytes(50_000)
    fed(splitter, noise, seed)
    assert len(splitter._kept) <= 400
    assert splitter.too_long + splitter.damaged > 0
    # at most a few frames may fall victim to what the noise left half open
    assert fed(splitter, good * 12, seed)[-3:] == [frame] * 3


def test_an_overlong_line_is_counted_once_and_the_next_is_whole() -> None:
    splitter = splitter_of(TEXT)
    assert splitter.feed(b"x" * 5000) == []
    assert splitter.feed(b"y" * 5000 + b"\r") == []
    assert splitter.feed(b"\nok\r\n") == [b"ok"]
    assert splitter.too_long == 1


def test_the_cut_first_line_is_passed_over_only_where_it_may_be_cut() -> None:
    splitter = splitter_of(TEXT)
    splitter.reset(cut=True)
    assert splitter.feed(b"21\r\nR0421\r\n") == [b"R0421"]
    splitter.reset()
    assert splitter.feed(b"21\r\n") == [b"21"]
    for line, cut, whole in ((FIXED, fixed(1)[3:], fixed(2)), (COBS, b"\x05\x01\0", encode_cobs(with_crc(b"ok")) + b"\0")):
        splitter = splitter_of(line)
        splitter.reset(cut=True)
        assert len(splitter.feed(cut + whole)) == 1
        assert splitter.damaged == 0


@given(st.binary(max_size=1200))
def test_cobs_gives_back_what_went_in_and_has_no_zero(plain: bytes) -> None:
    coded = encode_cobs(plain)
    assert 0 not in coded
    assert decode_cobs(coded) == plain
    assert len(coded) <= len(plain) + len(plain) // 254 + 1


@given(st.binary(max_size=300))
def test_cobs_of_anything_never_raises(coded: bytes) -> None:
    plain = decode_cobs(coded.replace(b"\0", b""))
    assert plain is None or len(plain) <= len(coded)


@pytest.mark.parametrize(("plain", "coded"), [
    (b"\0", b"\x01\x01"), (b"\0\0", b"\x01\x01\x01"), (b"\x11\x22\0\x33", b"\x03\x11\x22\x02\x33"),
    (b"\x11\0\0\0", b"\x02\x11\x01\x01\x01"), (bytes(range(1, 255)), b"\xff" + bytes(range(1, 255)))])
def test_cobs_reads_the_published_examples(plain: bytes, coded: bytes) -> None:
    assert decode_cobs(coded) == plain
    assert encode_cobs(plain) in (coded, coded + b"\x01")


def test_every_single_damaged_bit_is_found_by_the_crc() -> None:
    assert crc16(b"123456789") == 0x29B1
    frame = with_crc(b"\x01\x02\x03\x04")
    for bit in range(len(frame) * 8):
        damaged = bytearray(frame)
        damaged[bit // 8] ^= 1 << bit % 8
        assert checked(bytes(damaged), "crc16") is None
    assert checked(b"\x01\x02\x03", "xor8") == b"\x01\x02"
    assert checked(b"", "none") is None


@pytest.mark.parametrize("line", [
    {}, {"ends": b"\n", "length": 4}, {"ends": b""}, {"ends": "\n"}, {"ends": b"\n", "longest": 0},
                                  {"ends": b"\n", "longest": True},
    {"ends": b"\n", "check": "sum8"}, {"length": 2, "header": b"YY"}, {"length": 9, "check": "crc32"}, {"frame": "slip"},
    {"ends": b"\n", "longset": 3}, {"frame": "cobs", "longest": 10**9}])
def test_a_line_that_makes_no_sense_is_a_fault_in_both_languages(line: dict) -> None:
    with pytest.raises(Fault) as caught:
        splitter_of(line)
    assert caught.value.happened.en != caught.value.happened.fr
