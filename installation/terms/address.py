"""What an OSC address may look like: "/scene/tide/height". Standard: OSC 1.0, "OSC Address Spaces"."""
from __future__ import annotations

import re
import unicodedata

_ADDRESS = re.compile(r"(?:/[A-Za-z0-9_.+-]+)+")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
LONGEST = 200


def is_address(text: str) -> bool:
    """Whether the text is a whole address without pattern characters."""
    return len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None


def is_pattern(text: str) -> bool:
    """Whether the text has OSC pattern characters: ? * [ ] { }."""
    return any(mark in text for mark in "?*[]{}")


def is_name(text: str) -> bool:
    """Whether the text can name a thing in config.yaml: a letter, then letters, digits, _ or -, at most 40."""
    return _NAME.fullmatch(text) is not None


def as_part(text: str) -> str:
    """A person's words as one part of an address: "Front left é" becomes "front_left_e"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_.+-]+", "_", plain.strip()).strip("_").lower() or "_"
