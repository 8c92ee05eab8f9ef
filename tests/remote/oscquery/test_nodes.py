"""The tree as OSCQuery describes it."""
from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from installation.remote.oscquery.nodes import PIECE, Nodes, host_info
from installation.rules.tree import Tree
from installation.terms.declaration import Access, Declaration, Kind
from installation.terms.words import both


def tree(*declarations: Declaration) -> Tree:
    made = Tree()
    for declaration in declarations:
        made.declare(declaration)
    return made


DECLARED = tree(
    Declaration("/scene/tide/cutoff", unit="Hz", low=20, high=20_000, default=600.0, about=both("how bright", "la brillance")),
    Declaration("/scene/tide/steps", Kind.INT, low=0, default=3), Declaration("/system/mute", Kind.BOOL, default=True),
    Declaration("/score/main/scene", Kind.TEXT, default="tide", choices=("tide", "none")), Declaration("/system/next", Kind.TRIGGER),
    Declaration("/light/wash/colour", Kind.COLOUR, default=(1, 0.5, 0)), Declaration("/sensor/plinth/distance", unit="m", access=Access.READ),
    Declaration("/system/secret", access=Access.WRITE), Declaration("/room/gain", unit="dB", high=12, default=-3.0))


def whole(nodes: Nodes, path: str = "/") -> dict:
    return json.loads("".join(nodes.pieces(path)))


def test_each_kind_says_what_it_is():
    said = Nodes(DECLARED).attributes
    assert said("/scene/tide/cutoff") == {
        "FULL_PATH": "/scene/tide/cutoff", "TYPE": "f", "ACCESS": 3, "DESCRIPTION": "how bright", "CRITICAL": False, "VALUE": [600.0],
        "RANGE": [{"MIN": 20, "MAX": 20_000}], "CLIPMODE": ["both"], "UNIT": ["time.hz"]}
    steps, mute, scene, colour, gain = (said(path) for path in ("/scene/tide/steps", "/system/mute", "/score/main/scene", "/light/wash/colour", "/room/gain"))
    assert steps["TYPE"] == "i" and steps["RANGE"] == [{"MIN": 0}] and steps["CLIPMODE"] == ["low"]
    assert mute["TYPE"] == "T" and mute["VALUE"] == [True] and mute["CRITICAL"] is True
    assert scene["RANGE"] == [{"VALS": ["tide", "none"]}] and "CLIPMODE" not in scene
    assert colour["TYPE"] == "fff" and colour["VALUE"] == [1, 0.5, 0] and len(colour["RANGE"]) == len(colour["UNIT"]) == 3
    assert gain["CLIPMODE"] == ["high"] and gain["UNIT"] == ["gain.db"]
    assert [said(path)["ACCESS"] for path in ("/sensor/plinth/distance", "/system/secret", "/system/next", "/scene")] == [1, 2, 2, 0]
    assert "VALUE" not in said("/system/secret") and "VALUE" not in said("/system/next")
    assert said("/system/next")["TYPE"] == "N"
    assert Nodes(DECLARED, "fr").attributes("/scene/tide/cutoff")["DESCRIPTION"] == "la brillance"


def test_the_whole_tree_hangs_together():
    def walk(node: dict, path: str) -> list[str]:
        assert node["FULL_PATH"] == path
        below = [found for name, child in node.get("CONTENTS", {}).items() for found in walk(child, f"{path.rstrip('/')}/{name}")]
        return [*([path] if "TYPE" in node else []), *below]

    assert sorted(walk(whole(Nodes(DECLARED)), "/")) == sorted(DECLARED.addresses())
    assert set(whole(Nodes(DECLARED), "/scene/tide")["CONTENTS"]) == {"cutoff", "steps"}
    assert whole(Nodes(tree()))["CONTENTS"] == {}


def test_it_follows_addresses_that_come_and_go():
    made = tree(Declaration("/a/b"))
    nodes = Nodes(made)
    assert nodes.exists("/a") and not nodes.exists("/c") and nodes.contents("/") == ["a"]
    made.declare(Declaration("/c"))
    made.forget("/a/b")
    assert nodes.exists("/c") and not nodes.exists("/a") and nodes.contents("/") == ["c"] and nodes.contents("/c") is None


def test_a_value_that_is_a_container_as_well():
    assert whole(Nodes(tree(Declaration("/a"), Declaration("/a/b"))))["CONTENTS"]["a"]["CONTENTS"]["b"]["TYPE"] == "f"


def test_a_large_tree_comes_in_pieces():
    nodes = Nodes(tree(*(Declaration(f"/scene/s{number % 50}/p{number}") for number in range(5_000))))
    pieces = list(nodes.pieces("/"))
    assert len(pieces) > 10 and max(map(len, pieces)) < PIECE + 1_000 and len(json.loads("".join(pieces))["CONTENTS"]["scene"]["CONTENTS"]) == 50


PARTS = st.lists(st.text("abcxyz09", min_size=1, max_size=3), min_size=1, max_size=4)


@given(st.lists(PARTS, max_size=20))
def test_any_tree_is_json_that_holds_every_address(paths):
    addresses = {"/" + "/".join(parts) for parts in paths}
    nodes = Nodes(tree(*(Declaration(address) for address in addresses)))
    found, todo = set(), [whole(nodes)]
    while todo:
        node = todo.pop()
        found |= {node["FULL_PATH"]} if "TYPE" in node else set()
        todo += node.get("CONTENTS", {}).values()
    assert found == addresses and all(nodes.exists(address) for address in addresses)


def test_host_info():
    assert host_info("Tide", osc=("10.0.0.2", 9000), web=("10.0.0.2", 8080)).items() >= {"NAME": "Tide", "OSC_PORT": 9000, "WS_PORT": 8080}.items()
    assert "OSC_PORT" not in host_info("Tide", osc=None, web=("10.0.0.2", 8080))
