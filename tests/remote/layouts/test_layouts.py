"""Layouts for tablets, read back: the .tosc file as zlib and XML, the session as JSON, each against the tree it was made from."""
from __future__ import annotations

import json
import math
import zlib
from xml.etree import ElementTree

import py2tosc
import pytest

from installation.remote.layouts import open_stage_control, touchosc
from installation.rules.layout import pages
from installation.terms.declaration import Declaration, Kind
from tests.rules.test_layout import DECLARED

MANY = tuple(Declaration(f"/scene/big/p{number}", low=0, high=number + 1) for number in range(100))
# What the app knows: its widgets and the properties of each that we write (openstagecontrol.ammd.net/docs/widgets).
COMMON = {"type", "id", "address", "default", "typeTags", "decimals", "width", "height", "expand", "bypass", "colorWidget", "label", "comments"}
KNOWN = {"root": {"tabs", "widgets"}, "tab": {"layout", "contain", "widgets"}, "panel": {"layout", "scroll", "widgets"}, "text": {"wrap"},
         "fader": {"range", "doubleTap", "design", "logScale", "steps"}, "button": {"mode", "on", "off"}, "switch": {"values"}, "rgb": {"range"},
         "input": set()}


def nodes(element: ElementTree.Element) -> list[ElementTree.Element]:
    return [element, *(found for child in element.findall("children/node") for found in nodes(child))]


def properties(node: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {entry.findtext("key"): entry.find("value") for entry in node.findall("properties/property")}


def paths(node: ElementTree.Element) -> list[tuple[str, dict[str, str], list[str]]]:
    """Each OSC message of a node: its address, its flags, its arguments' scales."""
    found = []
    for message in node.findall("messages/osc"):
        address = "".join(part.findtext("value") or "" for part in message.findall("path/partial"))
        found.append((address, {name: message.findtext(name) for name in ("enabled", "send", "receive")},
                      [" ".join(part.findtext(name) or "" for name in ("conversion", "scaleMin", "scaleMax"))
                       for part in message.findall("arguments/partial")]))
    return found


def test_a_touchosc_layout_read_back():
    data = touchosc.layout("Tide and Embers", pages(DECLARED))
    root = ElementTree.fromstring(zlib.decompress(data))
    assert root.tag == "lexml"
    found = nodes(root.find("node"))
    sent = {address: arguments for node in found for address, flags, arguments in paths(node) if flags["send"] == "1"}
    heard = {address for node in found for address, flags, _ in paths(node) if flags["receive"] == "1"}
    faders = {"/room/gain": (-60, 12), "/light/wash/level": (0, 1), "/scene/tide/steps": (0, 8)}
    for address, (low, high) in faders.items():
        kind, least, most = sent[address][0].split()
        assert (float(least), float(most)) == (low, high) and kind == ("INTEGER" if address.endswith("steps") else "FLOAT")
    assert sent["/system/mute"][0].startswith("BOOLEAN") and sent["/scene/embers/strike"] == []
    assert heard == {"/room/gain", "/light/wash/level", "/scene/tide/steps", "/scene/tide/cutoff", "/system/mute", "/score/main/scene", "/scene/embers/glow",
                     "/preset/recall"}
    scripts = {said["name"].text: said["script"].text for said in map(properties, found) if "script" in said}
    assert "20, 20000" in scripts["/scene/tide/cutoff"] and "/scene/embers/glow" in scripts["/scene/embers/glow"]
    words = {properties(node)["name"].text for node in found}
    assert {"/score/main/scene tide", "/score/main/scene none"} <= words


def test_controls_of_a_page_lie_inside_it_and_beside_each_other():
    layout = py2tosc.loads(zlib.decompress(touchosc.layout("big", pages(MANY))).decode())
    pager = layout.find(name="pages")
    assert len(pager.children) == math.ceil(100 / touchosc.ROWS) and pager.children[1].name == "big 2"
    for page in pager.children:
        rows = [control.frame for control in page.children if control.name.startswith("/")]
        assert all(frame[1] >= 0 and frame[1] + frame[3] <= page.frame[3] and frame[0] + frame[2] <= page.frame[2] for frame in rows)
        tops = sorted(frame[1] for frame in rows)
        assert all(second - first >= touchosc.ROW for first, second in zip(tops, tops[1:]))
    assert not [issue for issue in layout.validate() if issue.severity == "error"]


def widgets(widget: dict) -> list[dict]:
    return [widget, *(found for child in (*widget.get("tabs", ()), *widget.get("widgets", ())) for found in widgets(child))]


def test_an_open_stage_control_session_read_back():
    session = json.loads(open_stage_control.session("Tide and Embers", pages(DECLARED)))
    assert session["type"] == "session" and session["createdWith"] == "Open Stage Control"
    found = widgets(session["content"])
    for widget in found:
        assert widget.keys() <= COMMON | KNOWN[widget["type"]], widget
    ids = [widget["id"] for widget in found]
    assert len(ids) == len(set(ids))
    by = {widget["address"]: widget for widget in found if widget.get("address") and not widget["address"].startswith("/label")}
    assert by.keys() == {control.declaration.address for page in pages(DECLARED) for control in page.controls}
    assert by["/scene/tide/cutoff"]["range"] == {"min": 20, "max": 20_000} and by["/scene/tide/cutoff"]["logScale"] is True
    assert by["/scene/tide/steps"]["typeTags"] == "i" and by["/scene/tide/steps"]["steps"] == 9 and by["/room/gain"]["default"] == 0.0
    assert by["/score/main/scene"]["values"] == ["tide", "none"] and (by["/system/mute"]["on"], by["/system/mute"]["off"]) == (True, False)
    assert by["/scene/embers/strike"]["mode"] == "momentary" and by["/scene/embers/glow"]["type"] == "rgb"
    assert all(widget["bypass"] for widget in found if widget["type"] == "text")                     # a label moves nothing


@pytest.mark.parametrize("title", ["", "é" * 300, "a/b\\c <&>\"'"])
def test_any_title(title):
    ElementTree.fromstring(zlib.decompress(touchosc.layout(title, pages(DECLARED))))
    assert json.loads(open_stage_control.session(title, []))["content"]["tabs"] == []


@pytest.mark.parametrize("words", [("a<b", 'q"u\'o', "été & co"), ("cut ]]> off", "ring \x07", "plain"), tuple(f"word {number}" for number in range(400))])
def test_words_of_any_sort_and_number_make_a_file_that_can_be_read(words):
    shown = pages([Declaration("/scene/tide/mood", Kind.TEXT, default=words[0], choices=words)])
    root = ElementTree.fromstring(zlib.decompress(touchosc.layout("A ]]> title\x00", shown)))
    frames = [[float(entry.find("value").findtext(side)) for side in ("w", "h")] for node in nodes(root.find("node"))
              for entry in node.findall("properties/property") if entry.findtext("key") == "frame"]
    assert frames and min(min(frame) for frame in frames) > 0
    assert json.loads(open_stage_control.session("A title", shown))["content"]["tabs"]
