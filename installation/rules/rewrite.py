"""Values put into the text of config.yaml, under scenes.NAME.params; every comment and all layout elsewhere stay as they are.

    rewrite(text, {"tide": {"level": "-20 dBFS"}})    the new text; raises Fault where it cannot be done and nothing else be touched

A value that is written there is replaced where it stands, whatever follows it on its line; a new one is added after the last, in the
manner of the record that it joins: in braces, or on lines of its own. What comes out is read again and must mean what went in with
those values in place, and nothing else; a layout that is too unusual for that is refused, and the values are named to be written by hand.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from ..terms.fault import Fault
from ..terms.words import both
from .source import Secret, parse_source
from .written import as_yaml

_Edit = tuple[int, int, str]                      # from, to, and what stands there instead
Params = Mapping[str, Mapping[str, Any]]          # scene → parameter → value as written
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class _Node:
    """A value in the text: from `start` to `end`, its layout, and where the values of its keys are. `last` ends what is inside it."""

    start: int
    end: int
    column: int
    braces: bool = False
    keys: dict[str, _Node] | None = None
    last: int = 0
    first_key: int = 0                            # column of its first key


def rewrite(text: str, params: Params, name: str = "config.yaml") -> str:
    """The text with these values in it. Raises Fault if it is not in order, or its layout does not allow it."""
    before = parse_source(text, name).data
    try:
        root = _tree_of(text)
        edits = [edit for scene, values in params.items() for edit in _edits(text, _find(root, "scenes", scene), values)]
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        if _alike(parse_source(text, name).data, _meant(before, params)):
            return text
    except (Fault, LookupError, TypeError, AttributeError):      # no record stands where one is needed
        pass
    raise _by_hand(name, params)


def _edits(text: str, record: _Node | None, values: Mapping[str, Any]) -> list[_Edit]:
    """What puts these values into one scene's record. Raises LookupError if there is none."""
    if not values:
        return []
    if record is None or not record.keys:
        raise LookupError
    place = record.keys.get("params")
    if place is None:
        return [_joined(text, record, {"params": dict(values)})]
    if not place.keys:                                        # nothing, null or {} stands there
        return [_replaced(text, place, as_yaml(dict(values)))]
    new = {param: value for param, value in values.items() if param not in place.keys}
    edits = [_replaced(text, place.keys[param], as_yaml(value)) for param, value in values.items() if param in place.keys]
    return [*edits, _joined(text, place, new)] if new else edits


def _replaced(text: str, node: _Node, written: str) -> _Edit:
    """Something else in a value's place; where there was nothing, a space before it."""
    gap = " " if node.start == node.end and not text[node.start - 1:node.start].isspace() else ""
    return node.start, node.end, gap + written


def _joined(text: str, record: _Node, new: Mapping[str, Any]) -> _Edit:
    """More keys in a record, after its last."""
    if record.braces:
        return record.last, record.last, ", " + as_yaml(new)[1:-1]
    end = text.find("\n", record.last)
    end = len(text) if end < 0 else end + 1
    newline = "\r\n" if "\r\n" in text else "\n"
    lead = "" if text[:end].endswith("\n") else newline
    return end, end, lead + "".join(line + newline for line in _lines(new, " " * record.first_key))


def _lines(new: Mapping[str, Any], margin: str) -> list[str]:
    found = []
    for key, value in new.items():
        found += [f"{margin}{as_yaml(key)}:", *_lines(value, margin + "  ")] if isinstance(value, dict) else [f"{margin}{as_yaml(key)}: {as_yaml(value)}"]
    return found


def _find(node: _Node | None, *keys: str) -> _Node | None:
    for key in keys:
        node = node.keys.get(key) if node is not None and node.keys is not None else None
    return node


def _tree_of(text: str) -> _Node | None:
    """Where everything stands. The text has been read before: it is bounded, and has no anchors."""
    stack: list[tuple[_Node, list[str]]] = []
    root: _Node | None = None
    event: Any
    for event in yaml.parse(text, Loader=_PARSER):
        start, end = event.start_mark, event.end_mark
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            node, _ = stack.pop()
            node.end = end.index if node.braces else node.last
            _grow(stack, node.end)
            continue
        if isinstance(event, yaml.ScalarEvent):
            node = _Node(start.index, start.index + len(text[start.index:end.index].rstrip()), start.column)
            if stack and _is_key(stack[-1]):
                owner, pending = stack[-1]
                owner.first_key = owner.first_key if owner.keys else start.column
                pending.append(event.value)
                _grow(stack, node.end)
                continue
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            mapping = isinstance(event, yaml.MappingStartEvent)
            node = _Node(start.index, end.index, start.column, bool(event.flow_style), {} if mapping else None, end.index)
        else:
            continue
        if stack:
            owner, pending = stack[-1]
            if owner.keys is not None:
                owner.keys[pending.pop()] = node
        else:
            root = node
        if isinstance(event, yaml.ScalarEvent):
            _grow(stack, node.end)
        else:
            stack.append((node, []))
    return root


def _is_key(entry: tuple[_Node, list[str]]) -> bool:
    node, pending = entry
    return node.keys is not None and not pending


def _grow(stack: list[tuple[_Node, list[str]]], end: int) -> None:
    if stack:
        stack[-1][0].last = max(stack[-1][0].last, end)


def _meant(data: Any, params: Params) -> Any:
    """The same data with the values in their places."""
    scenes = dict(data["scenes"])
    for scene, values in params.items():
        scenes[scene] = {**scenes[scene], "params": {**(scenes[scene].get("params") or {}), **values}}
    return {**data, "scenes": scenes}


def _alike(one: Any, other: Any) -> bool:
    """The same data, in the same order, of the same sorts: 1 is not true."""
    one, other = (thing.reveal() if isinstance(thing, Secret) else thing for thing in (one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(_alike, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _by_hand(name: str, params: Params) -> Fault:
    written = [f"scenes.{scene}.params.{param}: {as_yaml(value)}" for scene, values in params.items() for param, value in values.items()]
    lines = "; ".join(written[:12])
    return Fault(both("the layout of this file does not let values be put in", "la mise en page de ce fichier ne permet pas d'y mettre des valeurs"),
                 where=name, id="config.layout", remedy=both(f"Write by hand: {lines}", f"Écrivez à la main : {lines}"))
