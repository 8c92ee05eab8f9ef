"""OSC packets: what came over the wire as messages with their time tags, and messages as bytes. Pure.

    parse(datagram)                 → the messages, those of one time tag together, in their order
    message(address, arguments)     → bytes
    bundles(messages)               → datagrams of at most 1,400 bytes, to be carried out at once

The codec is python-osc's; this file is strict where it is not (python-osc skips a type tag it does not know, reads a number that
was cut off as if it ended in zeros, and lets several exceptions through). What breaks a bound below is `Malformed`.
Standard: OSC 1.0; its arrays are read but never sent, because liblo cannot read them.
"""
from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from pythonosc.osc_message import OscMessage
from pythonosc.parsing import osc_types

from ..terms.address import LONGEST

LARGEST = 8_192            # bytes of a datagram that is read
DEEPEST = 8                # bundles within bundles
MOST = 500                 # messages and bundles in one datagram
DATAGRAM = 1_400           # bytes of a datagram that is sent: below what Ethernet and Wi-Fi carry in one piece
IMMEDIATELY = 1            # the time tag that means now

_BUNDLE = b"#bundle\x00"
_HEAD = _BUNDLE + IMMEDIATELY.to_bytes(8, "big")
_ADDRESS = re.compile(r"(?:/[!\"$-.0-~]+)+")           # printable, neither space nor #; it may be a pattern
_SIZES = {"i": 4, "f": 4, "r": 4, "m": 4, "h": 8, "d": 8, "t": 8, "T": 0, "F": 0, "N": 0, "[": 0, "]": 0}
_LARGEST_FLOAT = 3.4028234663852886e38


class Malformed(Exception):
    """The datagram is not OSC, or breaks a bound. The text says how; it holds no byte of the datagram."""


class Message(NamedTuple):
    """One message: where it goes and what it says."""

    address: str
    arguments: tuple


class Dated(NamedTuple):
    """Messages that are carried out together at one time tag (NTP, 32.32 bits; IMMEDIATELY is now)."""

    tag: int
    messages: list[Message]


def parse(datagram: bytes) -> list[Dated]:
    """What a datagram says, those of one time tag together. Raises Malformed."""
    if len(datagram) > LARGEST:
        raise Malformed(f"more than {LARGEST} bytes")
    found: dict[int, list[Message]] = {}
    _element(datagram, IMMEDIATELY, 0, 1, found)
    return [Dated(tag, messages) for tag, messages in found.items()]


def message(address: str, arguments: Sequence[object] = ()) -> bytes:
    """One message as bytes. A sequence among the arguments (a colour) becomes several arguments. Raises ValueError."""
    tags, body = ",", b""
    for argument in arguments:
        for part in argument if isinstance(argument, (tuple, list)) else (argument,):
            tag, written = _argument(part)
            tags += tag
            body += written
    return _beginning(address, tags) + body


def bundles(messages: Iterable[bytes], largest: int = DATAGRAM) -> list[bytes]:
    """Messages packed into as few datagrams as hold them, in order; one that is too large for any travels alone."""
    datagrams: list[bytes] = []
    held: list[bytes] = []
    size = len(_HEAD)
    for each in messages:
        if held and size + 4 + len(each) > largest:
            datagrams.append(_bundle(held))
            held, size = [], len(_HEAD)
        held.append(each)
        size += 4 + len(each)
    if held:
        datagrams.append(_bundle(held))
    return datagrams


def _bundle(messages: list[bytes]) -> bytes:
    if len(messages) == 1:
        return messages[0]
    return _HEAD + b"".join(osc_types.write_int(len(each)) + each for each in messages)


def _argument(value: object) -> tuple[str, bytes]:
    if isinstance(value, bool):
        return ("T" if value else "F"), b""
    if isinstance(value, float):
        if abs(value) <= _LARGEST_FLOAT or not math.isfinite(value):
            return "f", osc_types.write_float(value)
        return "d", osc_types.write_double(value)
    if isinstance(value, int):
        if -2**31 <= value < 2**31:
            return "i", osc_types.write_int(value)
        if -2**63 <= value < 2**63:
            return "h", osc_types.write_int64(value)
    if isinstance(value, str):
        return "s", osc_types.write_string(value.replace("\x00", "").encode("utf-8", "replace").decode())
    if value is None:
        return "N", b""
    raise ValueError(f"OSC cannot say {value!r}")


@lru_cache(maxsize=8_192)
def _beginning(address: str, tags: str) -> bytes:
    return osc_types.write_string(address) + osc_types.write_string(tags)


def _element(data: bytes, tag: int, depth: int, count: int, found: dict[int, list[Message]]) -> int:
    """Read one element into `found`; returns how many there have been."""
    if count > MOST:
        raise Malformed(f"more than {MOST} elements")
    if not data or len(data) % 4:
        raise Malformed("its length is not a multiple of four")
    if data[:1] == b"/":
        found.setdefault(tag, []).append(_message(data))
        return count
    if not data.startswith(_BUNDLE) or len(data) < 16:
        raise Malformed("neither a message nor a bundle")
    if depth >= DEEPEST:
        raise Malformed(f"bundles nested more than {DEEPEST} deep")
    own = int.from_bytes(data[8:16], "big")
    tag = max(tag, own) if own != IMMEDIATELY else tag      # an inner bundle is never earlier than the one around it
    at = 16
    while at < len(data):
        if at + 4 > len(data):
            raise Malformed("an element's size is cut off")
        size = int.from_bytes(data[at:at + 4], "big")
        at += 4
        if size > len(data) - at:
            raise Malformed("an element is cut off")
        count = _element(data[at:at + size], tag, depth + 1, count + 1, found)
        at += size
    return count


def _message(data: bytes) -> Message:
    _check(data)
    try:
        read = OscMessage(data)
    except Exception as error:      # python-osc lets struct, Unicode, index and overflow errors through
        raise Malformed(f"python-osc: {type(error).__name__}") from None
    return Message(read.address, tuple(read.params))


def _check(data: bytes) -> None:
    """Refuse a message whose address is odd, whose tags are unknown, or whose arguments do not fill it to the last byte."""
    at = _string_end(data, 0)
    try:
        address = data[:at].rstrip(b"\x00").decode("ascii")
    except UnicodeDecodeError:
        raise Malformed("its address is not ASCII") from None
    if len(address) > LONGEST or _ADDRESS.fullmatch(address) is None:
        raise Malformed("its address is no address")
    if at == len(data):
        return                      # without type tags, as old senders write a message without arguments
    if data[at:at + 1] != b",":
        raise Malformed("it has no type tags")
    end = _string_end(data, at)
    tags = data[at + 1:end].split(b"\x00", 1)[0].decode("latin-1")
    at = end
    for tag in tags:
        if tag in _SIZES:
            at += _SIZES[tag]
        elif tag == "s":
            at = _string_end(data, at)
        elif tag == "b":
            size = struct.unpack_from(">i", data, at)[0] if at + 4 <= len(data) else -1
            if size < 0:
                raise Malformed("a blob is cut off")
            at += 4 + size + -size % 4
        else:
            raise Malformed("it has an unknown type tag")
        if at > len(data):
            raise Malformed("an argument is cut off")
    if at != len(data):
        raise Malformed("bytes are left over after the arguments")


def _string_end(data: bytes, at: int) -> int:
    end = data.find(b"\x00", at)
    if end < 0:
        raise Malformed("a text does not end")
    end += 4 - end % 4
    if end > len(data):
        raise Malformed("a text is cut off")
    if data[data.find(b"\x00", at):end].strip(b"\x00"):
        raise Malformed("a text is padded with something")
    return end
