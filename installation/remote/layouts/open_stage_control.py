"""A session for Open Stage Control: the tree as tabs of faders, buttons and pads, as JSON that its server opens.

Widgets say only what differs from the app's own defaults. Values come back from the piece at the same addresses, so the session follows it. A double tap puts a
fader on its default. Source: the app's widgets and their properties, version 1.27 (openstagecontrol.ammd.net/docs/widgets).
"""
from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ...rules.layout import Control, Page, Sort, labelled
from ...terms.declaration import Curve

VERSION = "1.27.0"
STRIP = 90               # pixels of width
DECIMALS = 4             # sent


def session(title: str, pages: Sequence[Page]) -> str:
    """The session as text."""
    return json.dumps({"createdWith": "Open Stage Control", "version": VERSION, "type": "session", "content": {
        "type": "root", "id": "root", "comments": title, "tabs": [_tab(page) for page in pages], "widgets": []}}, indent=2, ensure_ascii=False) + "\n"


def _tab(page: Page) -> dict[str, Any]:
    return {"type": "tab", "id": f"page {page.name}", "label": page.name, "colorWidget": page.colour, "layout": "horizontal", "contain": False,
            "widgets": [_strip(control) for control in page.controls]}


def _strip(control: Control) -> dict[str, Any]:
    """A control with its label above it."""
    address = control.declaration.address
    wide = {Sort.WORDS: 2, Sort.COLOUR: 3, Sort.TEXT: 2}.get(control.sort, 1)
    return {"type": "panel", "id": f"strip {address}", "layout": "vertical", "width": STRIP * wide, "scroll": False, "widgets": [
        {"type": "text", "id": f"label {address}", "default": labelled(control), "height": 40, "wrap": "soft", "bypass": True, "address": f"/label{address}"},
        {"id": address, "address": address, "expand": True, **_widget(control)}]}


def _widget(control: Control) -> dict[str, Any]:
    declaration = control.declaration
    match control.sort:
        case Sort.FADER | Sort.WHOLE:
            widget: dict[str, Any] = {"type": "fader", "range": {"min": declaration.low, "max": declaration.high}, "default": declaration.default,
                                      "decimals": DECIMALS, "doubleTap": True, "design": "compact"}
            if declaration.curve is Curve.EXPONENTIAL:
                widget["logScale"] = True
            if control.sort is Sort.WHOLE:
                steps = int(declaration.high or 0) - int(declaration.low or 0)
                widget |= {"decimals": 0, "typeTags": "i", **({"steps": steps + 1} if steps < 200 else {})}
            return widget
        case Sort.SWITCH:
            return {"type": "button", "mode": "toggle", "on": True, "off": False, "label": control.label}
        case Sort.BUTTON:
            return {"type": "button", "mode": "momentary", "label": control.label}
        case Sort.WORDS:
            return {"type": "switch", "values": list(declaration.choices), "typeTags": "s", "default": declaration.default}
        case Sort.COLOUR:
            return {"type": "rgb", "range": {"min": 0, "max": 1}, "decimals": DECIMALS}
        case Sort.TEXT:
            return {"type": "input", "typeTags": "s"}
