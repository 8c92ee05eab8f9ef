"""A line of the logbook: what happened, when, and how well the time was known; with a checksum, so that a cut cannot forge one. Pure.

    encode(entry)       b'5f1c09aa {"t":1764064923.0,"known":true,"boot":12,"up":311.5,"kind":"fault","en":"…","fr":"…"}\n'
    decode(data)        the entries that are whole, and how many lines are not

The checksum is CRC-32 of what follows it, in hexadecimal. What a power cut has left half written, or full of zeros, fails it and is counted.
"""
from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..terms.words import Words

LONGEST_TEXT = 600       # characters of a sentence
LONGEST_FACT = 200       # characters of a fact
MOST_FACTS = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened.

    time    seconds since 1970; the best guess where it is not known
    known   whether the clock was trusted
    boot    how often the machine had started
    uptime  seconds for which it had been on
    kind    start, stop, fault, over, scene, hand, …
    facts   plain values beside the sentence: id, where, …
    """

    time: float
    known: bool
    boot: int
    uptime: float
    kind: str
    words: Words
    facts: Mapping[str, Any] = field(default_factory=dict)


def encode(entry: Entry) -> bytes:
    """One line, with its end."""
    data: dict[str, Any] = {"t": round(entry.time, 3), "known": entry.known, "boot": entry.boot, "up": round(entry.uptime, 1), "kind": entry.kind[:40],
                            "en": entry.words.en[:LONGEST_TEXT]}
    if entry.words.fr != entry.words.en:
        data["fr"] = entry.words.fr[:LONGEST_TEXT]
    facts = {str(key)[:40]: _bounded(value) for key, value in list(entry.facts.items())[:MOST_FACTS]}
    if facts:
        data["facts"] = facts
    text = json.dumps(data, separators=(",", ":")).encode()          # ASCII: a name that is no text is escaped
    return b"%08x %s\n" % (zlib.crc32(text), text)


def decode(data: bytes) -> tuple[list[Entry], int]:
    """The entries in their order, and how many lines are damaged."""
    entries, damaged = [], 0
    for line in data.split(b"\n"):
        if not line:
            continue
        entry = _decoded(line)
        if entry is None:
            damaged += 1
        else:
            entries.append(entry)
    return entries, damaged


def _decoded(line: bytes) -> Entry | None:
    head, _, text = line.partition(b" ")
    try:
        if len(head) != 8 or int(head, 16) != zlib.crc32(text):
            return None
        data = json.loads(text)
        english = str(data["en"])
        time, uptime = float(data["t"]), float(data["up"])
        if not (math.isfinite(time) and math.isfinite(uptime)):
            return None
        facts = data.get("facts", {})
        return Entry(time, bool(data["known"]), int(data["boot"]), uptime, str(data["kind"]), Words(english, str(data.get("fr", english))),
                     facts if isinstance(facts, dict) else {})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None


def _bounded(value: Any) -> Any:
    if isinstance(value, (bool, int)) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return str(value)[:LONGEST_FACT]
