"""One OSC address pattern that stands for many addresses: "/scene/*/level", "/light/{wash,spot}/level", "/output/[1-4]/gain".

`matching(pattern, addresses)` gives those it means, in their order; `among(address, places)` takes beginnings too. Standard: OSC 1.0,
"OSC Message Dispatching and Pattern Matching". A wildcard never crosses a "/".

Patterns come from the network, so they are bounded: 200 characters, three stars in a part. Each part is an atomic group that
ends at its "/", so that no pattern can make the search walk back from one part into another.
"""
from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ..terms.address import LONGEST
from ..terms.fault import Fault
from ..terms.words import both

STARS = 3


def matching(pattern: str, addresses: Iterable[str]) -> list[str]:
    """The addresses that a pattern means, in their order. Raises Fault if the pattern makes no sense."""
    match = compiled(pattern).fullmatch
    return [address for address in addresses if match(address)]


def among(address: str, places: Iterable[str]) -> bool:
    """Whether an address is meant by one of these patterns, or of these beginnings: "/scene/tide/". Raises Fault for a pattern that makes no sense."""
    return any(address.startswith(place) if place.endswith("/") else address == place or bool(matching(place, (address,))) for place in places)


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as a regular expression for whole addresses. Raises Fault if it makes no sense."""
    if len(pattern) > LONGEST or not pattern.startswith("/"):
        raise _senseless(pattern)
    return re.compile("".join(f"/(?>{_part(part, pattern)}(?=/|\\Z))" for part in pattern[1:].split("/")))


def _part(part: str, pattern: str) -> str:
    text, at, stars = "", 0, 0
    while at < len(part):
        mark = part[at]
        if mark == "*":
            if part[at - 1:at] != "*":
                stars += 1
                text += "[^/]*"
        elif mark == "?":
            text += "[^/]"
        elif mark == "[":
            text += _set(part[at + 1: _end(part, at, "]", pattern)], pattern)
            at = _end(part, at, "]", pattern)
        elif mark == "{":
            words = part[at + 1: _end(part, at, "}", pattern)].split(",")
            if any(sign in word for word in words for sign in "*?[]{"):
                raise _senseless(pattern)
            text += f"(?:{'|'.join(re.escape(word) for word in words)})"
            at = _end(part, at, "}", pattern)
        elif mark in "]}":
            raise _senseless(pattern)
        else:
            text += re.escape(mark)
        at += 1
    if stars > STARS:
        raise _senseless(pattern)
    return text


def _set(inside: str, pattern: str) -> str:
    """[a-d], [!a-d]: one character of a set, or one that is not in it. A hyphen at either end is itself."""
    negated, inside = inside.startswith("!"), inside.removeprefix("!")
    if not inside:
        raise _senseless(pattern)
    characters, at = "", 0
    while at < len(inside):
        if 0 < at + 1 < len(inside) - 1 and inside[at + 1] == "-":
            if inside[at] > inside[at + 2]:
                raise _senseless(pattern)
            characters += f"{re.escape(inside[at])}-{re.escape(inside[at + 2])}"
            at += 3
        else:
            characters += re.escape(inside[at])
            at += 1
    return f"[^/{characters}]" if negated else f"(?!/)[{characters}]"


def _end(part: str, start: int, mark: str, pattern: str) -> int:
    end = part.find(mark, start)
    if end < 0:
        raise _senseless(pattern)
    return end


def _senseless(pattern: str) -> Fault:
    shown = pattern if len(pattern) <= 60 else pattern[:57] + "…"
    return Fault(both(f'"{shown}" is not an address pattern', f"« {shown} » n'est pas un motif d'adresse"),
                 remedy=both("It may hold ? * [a-d] [!a-d] {one,two}, with at most three stars between two slashes.",
                             "Il peut contenir ? * [a-d] [!a-d] {un,deux}, avec trois étoiles au plus entre deux barres."),
                 id="osc.pattern")
