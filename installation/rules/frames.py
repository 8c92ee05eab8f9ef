"""Where one frame ends and the next begins: pure splitters with bounded memory.

    splitter = splitter_of({"baud": 9600, "ends": b"\\r", "longest": 16})
    splitter.feed(b"R0421\\rR04")      # [b"R0421"]

A line is declared in one of three ways; `baud` goes to the port, the rest is read here:

    {"ends": b"\\n", "longest": 120}                            text that ends in a mark; empty lines are passed over
    {"length": 9, "header": b"YY", "check": "sum8"}            always so many bytes, beginning with a header
    {"frame": "cobs", "check": "crc16", "longest": 64}         COBS: zero bytes stand only between frames

    check   "sum8"   the last byte is the sum of the others      "crc16"  the last two, low byte first, are CRC-16/CCITT-FALSE
            "xor8"   the last byte is their exclusive or         "none"   (default)

What makes no frame is counted: `too_long`, `damaged`. After noise each splitter finds its way back at the next mark, header or
zero.

Sources: S. Cheshire, M. Baker, Consistent Overhead Byte Stuffing, SIGCOMM 1997; CRC-16/CCITT-FALSE is width 16, polynomial
0x1021, initial 0xFFFF, check value 0x29B1 over "123456789".
"""
from __future__ import annotations

import binascii
from collections.abc import Mapping
from functools import reduce
from operator import xor

from ..terms.fault import Fault, did_you_mean
from ..terms.words import both

LONGEST = 65_536    # bytes; no declared frame may be longer
CHECKS = {"none": 0, "sum8": 1, "xor8": 1, "crc16": 2}
_KEYS = ("baud", "ends", "longest", "length", "header", "check", "frame")


class Splitter:
    """Takes bytes as they come, gives whole frames. Subclasses say how."""

    def __init__(self, longest: int) -> None:
        self.longest = longest
        self.too_long = 0     # frames without an end within `longest` bytes
        self.damaged = 0      # frames whose check or coding is wrong, or runs of bytes without a header
        self._kept = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Whole frames, without their marks and checks, in the order in which they came."""
        raise NotImplementedError

    def reset(self, *, cut: bool = False) -> None:
        """Forget what is half read. `cut`: the next bytes may begin in the middle of a frame, which is passed over."""
        self._kept.clear()


class Marked(Splitter):
    """Frames that end in a mark. Between an overlong frame and the next mark everything is dropped."""

    def __init__(self, ends: bytes, longest: int) -> None:
        super().__init__(longest)
        self.ends = ends
        self._skipping = False

    def feed(self, data: bytes) -> list[bytes]:
        self._kept += data
        *whole, rest = bytes(self._kept).split(self.ends)
        frames = []
        for frame in whole:
            if self._skipping:
                self._skipping = False
            elif len(frame) > self.longest:
                self.too_long += 1
            elif frame:
                frames.append(frame)
        if self._skipping:
            rest = rest[len(rest) - len(self.ends) + 1:] if len(self.ends) > 1 else b""    # the mark may be half here
        elif len(rest) > self.longest + len(self.ends) - 1:
            self.too_long += 1
            self._skipping = True
            rest = rest[len(rest) - len(self.ends) + 1:] if len(self.ends) > 1 else b""
        self._kept[:] = rest
        return frames

    def reset(self, *, cut: bool = False) -> None:
        super().reset()
        self._skipping = cut


class Cobs(Splitter):
    """Zero-delimited COBS frames."""

    def __init__(self, check: str, longest: int) -> None:
        super().__init__(longest)
        self.check = check
        encoded = longest + CHECKS[check]
        self._marked = Marked(b"\0", encoded + encoded // 254 + 1)

    def feed(self, data: bytes) -> list[bytes]:
        frames = []
        for coded in self._marked.feed(data):
            frame = decode_cobs(coded)
            body = None if frame is None else checked(frame, self.check)
            if body:
                frames.append(body)
            else:
                self.damaged += 1
        self.too_long = self._marked.too_long
        return frames

    def reset(self, *, cut: bool = False) -> None:
        self._marked.reset(cut=cut)


class Fixed(Splitter):
    """Frames of one length that begin with a header. A frame whose check fails gives up one byte, and the search goes on."""

    def __init__(self, length: int, header: bytes, check: str) -> None:
        super().__init__(length)
        self.length, self.header, self.check = length, header, check
        self._lost = False    # a run of bytes without a frame is counted once

    def feed(self, data: bytes) -> list[bytes]:
        kept = self._kept
        kept += data
        frames = []
        at = 0
        while True:
            found = kept.find(self.header, at) if self.header else at
            if found < 0:    # keep what may be the beginning of a header
                found = max(at, len(kept) - len(self.header) + 1)
                self._stray(found > at)
                at = found
                break
            self._stray(found > at)
            at = found
            if len(kept) - at < self.length:
                break
            body = checked(bytes(kept[at:at + self.length]), self.check)
            if body is None:
                self._stray(True)
                at += 1
            else:
                self._lost = False
                frames.append(body)
                at += self.length
        del kept[:at]
        return frames

    def _stray(self, any_bytes: bool) -> None:
        if any_bytes and not self._lost:
            self._lost = True
            self.damaged += 1

    def reset(self, *, cut: bool = False) -> None:
        super().reset()
        self._lost = cut    # the half frame at the beginning is nobody's fault


def splitter_of(line: Mapping[str, object]) -> Splitter:
    """The splitter that a `line` declares. Raises Fault if the declaration makes no sense."""
    for key in line:
        if key not in _KEYS:
            close = did_you_mean(key, _KEYS)
            raise _wrong(f'has no "{key}"', f"n'a pas de « {key} »",
                         f'Did you mean "{close}"?' if close else f"It has {', '.join(_KEYS)}.",
                         f"Peut-être « {close} » ?" if close else f"Elle a {', '.join(_KEYS)}.")
    check = str(line.get("check", "none"))
    if check not in CHECKS:
        raise _wrong(f'has the check "{check}"', f"a le contrôle « {check} »", f"Checks are {', '.join(CHECKS)}.",
                     f"Les contrôles sont {', '.join(CHECKS)}.")
    ways = [key for key in ("ends", "length", "frame") if key in line]
    if len(ways) != 1:
        raise _wrong(f"needs one of ends, length, frame; it has {', '.join(ways) or 'none'}",
                     f"veut un seul de ends, length, frame ; elle a {', '.join(ways) or 'aucun'}")
    if ways == ["frame"]:
        if line["frame"] != "cobs":
            raise _wrong(f"has the frame {line['frame']!r}", f"a la trame {line['frame']!r}", 'It may be "cobs".',
                         "Ce peut être « cobs ».")
        return Cobs(check, _whole(line, "longest", 254))
    if ways == ["length"]:
        header = _bytes(line, "header", b"")
        length = _whole(line, "length", 0)
        if length <= len(header) + CHECKS[check]:
            raise _wrong(f"is {length} bytes long, which leaves nothing for a value",
                         f"fait {length} octets, sans place pour une valeur")
        return Fixed(length, header, check)
    ends = _bytes(line, "ends", b"")
    if not ends:
        raise _wrong("ends in nothing", "ne se termine par rien", r'Most sketches end their lines in b"\n".',
                     r"La plupart des croquis terminent leurs lignes par b\"\n\".")
    if check != "none":
        raise _wrong("ends in a mark and has a check", "se termine par une marque et a un contrôle",
                     "Checks go with length or cobs; a text line is checked in decode().",
                     "Les contrôles vont avec length ou cobs ; une ligne de texte se vérifie dans decode().")
    return Marked(ends, _whole(line, "longest", 120))


def decode_cobs(coded: bytes) -> bytes | None:
    """The bytes that were stuffed, or None if the coding is wrong. `coded` has no zero and no delimiter."""
    out = bytearray()
    at = 0
    while at < len(coded):
        code = coded[at]
        if code == 0 or at + code > len(coded):
            return None
        out += coded[at + 1:at + code]
        at += code
        if code < 255 and at < len(coded):
            out.append(0)
    return bytes(out)


def encode_cobs(plain: bytes) -> bytes:
    """The bytes stuffed, without the delimiter: what a board sends between two zeros."""
    out = bytearray()
    *groups, last = plain.split(b"\0")
    for group in (*groups, last):
        while len(group) >= 254:
            out += b"\xff" + group[:254]
            group = group[254:]
        out += bytes([len(group) + 1]) + group
    return bytes(out)


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE."""
    return binascii.crc_hqx(data, 0xFFFF)


def checked(frame: bytes, check: str) -> bytes | None:
    """The frame without its check, or None if the check is wrong."""
    size = CHECKS[check]
    if len(frame) <= size:
        return None
    body, mark = frame[:len(frame) - size], frame[len(frame) - size:]
    match check:
        case "sum8":
            right = sum(body) & 0xFF
        case "xor8":
            right = reduce(xor, body)
        case "crc16":
            right = crc16(body)
        case _:
            return body
    return body if int.from_bytes(mark, "little") == right else None


def _whole(line: Mapping[str, object], key: str, default: int) -> int:
    value = line.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LONGEST:
        raise _wrong(f"{key} is {value!r}", f"{key} vaut {value!r}", f"A whole number from 1 to {LONGEST}.",
                     f"Un entier de 1 à {LONGEST}.")
    return value


def _bytes(line: Mapping[str, object], key: str, default: bytes) -> bytes:
    value = line.get(key, default)
    if not isinstance(value, bytes) or len(value) > 16:
        raise _wrong(f"{key} is {value!r}", f"{key} vaut {value!r}", r'At most 16 bytes, such as b"\n".',
                     r'Au plus 16 octets, ainsi b"\n".')
    return value


def _wrong(en: str, fr: str, remedy_en: str = "", remedy_fr: str = "") -> Fault:
    return Fault(both(f"the driver's line {en}", f"la ligne (line) du pilote {fr}"), remedy=both(remedy_en, remedy_fr),
                 id="driver.line")
