"""The tree as OSCQuery describes it: one node for each address and for each part on the way there. Pure.

    Nodes(tree)         .exists(path), .attributes(path) → what one node says; .pieces(path) → the whole of it as JSON, in pieces
    host_info(…)        what HOST_INFO answers

A value's node has TYPE (the OSC type tags that its messages carry), VALUE, RANGE, ACCESS, DESCRIPTION, UNIT, CLIPMODE, CRITICAL; each is a list with one item
for each tag. A trigger is "N" and has no VALUE. A colour is three floats, since that is what the messages of this engine carry.
Source: OSC Query Proposal (Vidvox, 2018).
"""
from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ...rules.tree import Tree
from ...terms.declaration import Access, Declaration, Kind, Value
from ...terms.words import say

ACCESS = {Access.READ: 1, Access.WRITE: 2, Access.BOTH: 3}
TAGS = {Kind.FLOAT: "f", Kind.INT: "i", Kind.TEXT: "s", Kind.TRIGGER: "N", Kind.COLOUR: "fff"}
UNITS = {"m": "distance.m", "cm": "distance.cm", "mm": "distance.mm", "deg": "angle.degree", "rad": "angle.radian", "dB": "gain.db", "dBFS": "gain.db",
         "s": "time.second", "ms": "time.ms", "Hz": "time.hz", "m/s": "speed.m/s", "deg/s": "angle.degree/s"}
CRITICAL = ("/system/mode", "/system/mute", "/system/lock")     # what must arrive: clients send these by a connection, where they can choose
EXTENSIONS = ("ACCESS", "VALUE", "RANGE", "DESCRIPTION", "UNIT", "CRITICAL", "CLIPMODE", "LISTEN", "PATH_ADDED", "PATH_REMOVED", "PATH_CHANGED")
ATTRIBUTES = ("FULL_PATH", "CONTENTS", "TYPE", "ACCESS", "VALUE", "RANGE", "DESCRIPTION", "UNIT", "CRITICAL", "CLIPMODE")
PIECE = 16_000                                                  # characters, about, in one piece


class Nodes:
    """The tree, node by node. What stands still is kept until addresses come or go."""

    def __init__(self, tree: Tree, language: str = "en") -> None:
        self._tree, self._language = tree, language
        self._revision = -1
        self._children: dict[str, list[str]] = {}

    def exists(self, path: str) -> bool:
        """Whether there is such a node; "/" is the root, no other path ends in a slash."""
        self._look()
        return path in self._children or path in self._tree

    def attributes(self, path: str) -> dict[str, Any]:
        """What one node says of itself, without CONTENTS."""
        said: dict[str, Any] = {"FULL_PATH": path}
        if path not in self._tree:
            return {**said, "ACCESS": 0, "DESCRIPTION": "root" if path == "/" else path.rsplit("/", 1)[-1]}
        declaration = self._tree.declaration(path)
        value = self._tree.value(path)
        tags = "T" if declaration.kind is Kind.BOOL and value else "F" if declaration.kind is Kind.BOOL else TAGS[declaration.kind]
        said |= {"TYPE": tags, "ACCESS": ACCESS[declaration.access], "DESCRIPTION": say(declaration.about, self._language), "CRITICAL": path in CRITICAL}
        if declaration.kind is Kind.TRIGGER:
            return {**said, "ACCESS": 2}
        if declaration.access is not Access.WRITE:
            said["VALUE"] = _values(value)
        ranges, clips = _range(declaration)
        if ranges:
            said["RANGE"] = [ranges] * len(tags)
        if clips:
            said["CLIPMODE"] = [clips] * len(tags)
        unit = "color.rgb" if declaration.kind is Kind.COLOUR else UNITS.get(declaration.unit, declaration.unit)
        if unit:
            said["UNIT"] = [unit] * len(tags)
        return said

    def contents(self, path: str) -> list[str] | None:
        """The names below a container; None for what is none."""
        self._look()
        return self._children.get(path)

    def pieces(self, path: str) -> Iterator[str]:
        """A node and everything below it as JSON, some thousand characters at a time: the whole of a large tree takes its time, and others want theirs."""
        held: list[str] = []
        size = 0
        for text in self._texts(path):
            held.append(text)
            size += len(text)
            if size >= PIECE:
                yield "".join(held)
                held, size = [], 0
        yield "".join(held)

    def _texts(self, path: str) -> Iterator[str]:
        self._look()
        children = self._children                      # as it is now, though addresses may come and go meanwhile
        todo: list[str | tuple[str, str]] = [("", path)]
        while todo:
            what = todo.pop()
            if isinstance(what, str):
                yield what
                continue
            label, node = what
            head = json.dumps(self.attributes(node), ensure_ascii=False, separators=(",", ":"))
            if node not in children:
                yield label + head
                continue
            yield label + head[:-1] + ',"CONTENTS":{'
            todo.append("}}")
            base = "" if node == "/" else node
            for number, name in reversed(list(enumerate(children[node]))):
                todo.append((("," if number else "") + json.dumps(name, ensure_ascii=False) + ":", f"{base}/{name}"))

    def _look(self) -> None:
        if self._revision == self._tree.revision:
            return
        self._revision = self._tree.revision
        found: dict[str, dict[str, None]] = {"/": {}}
        for address in self._tree.addresses():
            here = "/"
            for part in address[1:].split("/"):
                found.setdefault(here, {})[part] = None
                here = f"/{part}" if here == "/" else f"{here}/{part}"
        self._children = {path: list(names) for path, names in found.items()}


def host_info(name: str, *, osc: tuple[str, int] | None, web: tuple[str, int]) -> dict[str, Any]:
    """What HOST_INFO answers: where OSC is heard (None: only through the WebSocket), and where the WebSocket is."""
    said: dict[str, Any] = {"NAME": name, "EXTENSIONS": dict.fromkeys(EXTENSIONS, True), "WS_IP": web[0], "WS_PORT": web[1]}
    if osc is not None:
        said |= {"OSC_IP": osc[0], "OSC_PORT": osc[1], "OSC_TRANSPORT": "UDP"}
    return said


def _values(value: Value) -> list[Any]:
    return list(value) if isinstance(value, tuple) else [value]


def _range(declaration: Declaration) -> tuple[dict[str, Any], str]:
    """RANGE and CLIPMODE of one tag; empty where there is none."""
    if declaration.kind is Kind.COLOUR:
        return {"MIN": 0.0, "MAX": 1.0}, "both"
    if declaration.choices:
        return {"VALS": list(declaration.choices)}, ""
    if declaration.kind not in (Kind.FLOAT, Kind.INT) or (declaration.low is None and declaration.high is None):
        return {}, ""
    bounds = {name: bound for name, bound in (("MIN", declaration.low), ("MAX", declaration.high)) if bound is not None}
    return bounds, "both" if len(bounds) == 2 else "low" if "MIN" in bounds else "high"
