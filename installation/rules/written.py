"""Values as a person writes them in a YAML file, with their units: "-20 dBFS", 0.4, true, [1, 0.5, 0].

    written(value, declaration)   as plain data; `read` gives the value back
    read(data, declaration)       the value; raises Fault if it is none of this declaration's
    as_yaml(data)                 on one line, for any place in a YAML file
    same(one, other)              whether two values differ by less than OSC can say

Numbers are written with no more digits than they have: what came by OSC as a 32-bit number reads 0.3, and not 0.30000001192092896.
"""
from __future__ import annotations

import json
import re
import struct
from typing import Any

from ..terms.declaration import Declaration, Kind, Value
from ..terms.fault import Fault
from ..terms.quantity import quantity
from .scalar import plain_value

_BARE = ("", "ratio", "count")                             # units that a number is written without
_PLAIN = re.compile(r"(?!---|\.\.\.)(?:[A-Za-z0-9_./+]|-(?! |$))(?:[A-Za-z0-9_./+°%-]| (?! |$))*")
_NUMBERS = (Kind.FLOAT, Kind.INT)


def written(value: Value, declaration: Declaration) -> Any:
    """A value of this declaration as plain data."""
    if declaration.kind in _NUMBERS and isinstance(value, (int, float)):
        number = shortest(float(value))
        return number if declaration.unit in _BARE else f"{_digits(number)} {declaration.unit}"
    if isinstance(value, tuple):
        return [shortest(part) for part in value]
    return value


def read(data: Any, declaration: Declaration) -> Value:
    """The value that was written, within the declaration's range. Raises Fault if it does not fit its kind or unit."""
    try:
        return declaration.fit(quantity(data, declaration.unit) if declaration.kind in _NUMBERS else data)[0]
    except Fault as fault:
        raise fault.at(declaration.address) from None


def shown(value: Value, declaration: Declaration) -> str:
    """A value of this declaration for people's eyes: four digits are enough."""
    if declaration.kind in _NUMBERS and isinstance(value, (int, float)):
        number = _digits(float(f"{value:.4g}"))
        return number if declaration.unit in _BARE else f"{number} {declaration.unit}"
    if isinstance(value, tuple):
        return f"[{', '.join(_digits(float(f'{part:.4g}')) for part in value)}]"
    return as_yaml(value)


def as_yaml(data: Any) -> str:
    """Plain data on one line of YAML, in flow style: it may stand in braces and beside a key."""
    if isinstance(data, bool) or data is None:
        return "null" if data is None else str(data).lower()
    if isinstance(data, (int, float)):
        return _digits(data)
    if isinstance(data, dict):
        return f"{{{', '.join(f'{as_yaml(key)}: {as_yaml(value)}' for key, value in data.items())}}}"
    if isinstance(data, (list, tuple)):
        return f"[{', '.join(as_yaml(part) for part in data)}]"
    text = str(data)
    return text if _PLAIN.fullmatch(text) and _stays_text(text) else _quoted(text)


def same(one: Value, other: Value) -> bool:
    """Whether two values are the same, to the 32 bits that OSC has for a number."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other))
    if _is_number(one) and _is_number(other):
        return one == other or ((packed := _packed(one)) is not None and packed == _packed(other))
    return type(one) is type(other) and one == other


def shortest(number: float) -> float:
    """The number with the fewest digits that OSC would send as the same; itself if it is none that OSC can say."""
    packed = _packed(number)
    if packed is None or struct.unpack(">f", packed)[0] != number:
        return number
    return next(near for digits in range(1, 18) if _packed(near := float(f"{number:.{digits}g}")) == packed)


def _packed(number: Any) -> bytes | None:
    try:
        return struct.pack(">f", number)
    except OverflowError:
        return None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _digits(number: float) -> str:
    return repr(float(number)).removesuffix(".0") if number else "0"


def _stays_text(text: str) -> bool:
    try:
        return plain_value(text) == text
    except ValueError:
        return False


def _quoted(text: str) -> str:
    """In double quotes. What does not belong in a text file is escaped; half a surrogate pair, which no file can hold, becomes U+FFFD."""
    text = json.dumps("".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in text), ensure_ascii=False)
    return "".join(sign if " " <= sign <= "~" or sign >= "\xa0" and sign.isprintable() else _escaped(ord(sign)) for sign in text)


def _escaped(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
