"""A layout for TouchOSC: the tree as pages of faders, buttons and labels, as the .tosc file that its editor and players open.

A row for each control: its label, the control, what stands. A fader's way is linear in TouchOSC; where the parameter's is exponential a few lines of Lua
in the control carry it across. Which host and ports it speaks to is set in the app. Source: TouchOSC's manual (hexler.net/touchosc/manual), by py2tosc.
"""
from __future__ import annotations

import json
import zlib
from collections.abc import Sequence

import py2tosc
from py2tosc import ui

from ...rules.layout import Control, Page, Sort, labelled
from ...terms.declaration import Curve, Declaration

WIDTH, HEIGHT = 1024, 768
TABS = 44                # pixels of the row of tabs
ROW, GAP = 54, 6
LABEL, SHOWN = 230, 130  # pixels of a row's label, and of what stands
WORDS = 16               # buttons in a row; of more than that, what stands is shown and none is to be pressed
ROWS = (HEIGHT - TABS - GAP) // (ROW + GAP)
DIM = (0.16, 0.16, 0.18, 1.0)

_EXPONENTIAL = """\
local low, high = %s, %s
function onValueChanged(key)
  if key == "x" and self.values.touch then sendOSC("%s", low * (high / low) ^ self.values.x) end
end
function onReceiveOSC(message)
  local value = message[2][1].value
  self.values.x = math.log(math.max(low, math.min(high, value)) / low) / math.log(high / low)
  return true
end
"""
_COLOUR = """\
local names = {"red", "green", "blue"}
function onReceiveNotify()
  local sent = {}
  for index, name in ipairs(names) do sent[index] = {tag = "f", value = self.children[name].values.x} end
  sendOSC({"%s", sent})
end
function onReceiveOSC(message)
  for index, name in ipairs(names) do self.children[name].values.x = message[2][index].value end
  return true
end
"""
_PART = """\
function onValueChanged(key)
  if key == "x" and self.values.touch then self.parent:notify("colour") end
end
"""


def layout(title: str, pages: Sequence[Page]) -> bytes:
    """The layout as the bytes of a .tosc file. Raises py2tosc's ValidationError if it would not open, which is a fault of the engine."""
    groups = [_page(page, first, page.controls[first:first + ROWS]) for page in pages for first in range(0, len(page.controls), ROWS)]
    pager = ui.pager(*groups, name="pages", frame=(0, 0, WIDTH, HEIGHT), tabbar_size=TABS)
    document = py2tosc.Document(root=py2tosc.group(name=_said(title)[:60] or "piece", frame=(0, 0, WIDTH, HEIGHT), children=[pager]))
    return zlib.compress(document.dumps(validate=True).encode())


def _page(page: Page, first: int, controls: Sequence[Control]) -> py2tosc.Control:
    name = page.name if first == 0 else f"{page.name} {first // ROWS + 1}"
    group = py2tosc.group(name=name, frame=(0, TABS, WIDTH, HEIGHT - TABS), color=DIM, tab_label=name, outline=False)
    for number, control in enumerate(controls):
        top = GAP + number * (ROW + GAP)
        address, way = control.declaration.address, (LABEL + GAP, top, WIDTH - LABEL - SHOWN - 3 * GAP, ROW)
        group.add(py2tosc.label(name=f"label {address}", frame=(GAP, top, LABEL - GAP, ROW), color=DIM, background=False, outline=False)
                  .set("textSize", 16))
        _begins(group.children[-1], "text", labelled(control))
        group.add(*_controls(control, page.colour, way))
        if control.sort is not Sort.BUTTON:
            group.add(_shown(control.declaration, (WIDTH - SHOWN - GAP, top, SHOWN, ROW)))
    return group


def _controls(control: Control, colour: str, frame: tuple[int, int, int, int]) -> list[py2tosc.Control]:
    declaration = control.declaration
    address = declaration.address
    match control.sort:
        case Sort.FADER | Sort.WHOLE:
            fader = py2tosc.fader(name=address, frame=frame, color=colour, orientation=py2tosc.Orientation.EAST)
            _begins(fader, "x", declaration.position(float(declaration.default or 0.0)) if isinstance(declaration.default, (int, float)) else 0.0)
            if declaration.curve is Curve.EXPONENTIAL:
                fader.messages.append(ui.osc(address, send=False))
                fader.set("script", _EXPONENTIAL % (declaration.low, declaration.high, address))
            else:
                kind = py2tosc.Conversion.INTEGER if control.sort is Sort.WHOLE else py2tosc.Conversion.FLOAT
                assert declaration.low is not None and declaration.high is not None
                fader.messages.append(ui.osc(address, args=[ui.value("x", conversion=kind, scale=(float(declaration.low), float(declaration.high)))]))
            return [fader]
        case Sort.SWITCH:
            switch = py2tosc.button(name=address, frame=frame, color=colour, button_type=py2tosc.ButtonType.TOGGLE_PRESS)
            switch.messages.append(ui.osc(address, args=[ui.value("x", conversion=py2tosc.Conversion.BOOLEAN)]))
            return [switch]
        case Sort.BUTTON:
            button = py2tosc.button(name=address, frame=frame, color=colour)
            button.messages.append(ui.osc(address, args=[], receive=False, on=py2tosc.TriggerCondition.RISE))
            return [button]
        case Sort.WORDS:
            left, top, width, height = frame
            words = [word for word in declaration.choices if _said(word) == word]
            if not 0 < len(words) <= WORDS:
                return []                   # what stands is shown
            each = width // len(words)
            places = [(left + number * each, top, each - GAP, height) for number in range(len(words))]
            return [made for word, place in zip(words, places) for made in _word(address, word, colour, place)]
        case Sort.COLOUR:
            return [_colour(address, frame)]
        case Sort.TEXT:
            return []                       # TouchOSC has no field to type in; what stands is shown


def _word(address: str, word: str, colour: str, frame: tuple[int, int, int, int]) -> list[py2tosc.Control]:
    """A button that sends one word, with the word on it."""
    button = py2tosc.button(name=f"{address} {word}", frame=frame, color=colour)
    button.messages.append(ui.osc(address, args=[ui.const(word)], receive=False, on=py2tosc.TriggerCondition.RISE))
    label = py2tosc.label(name=f"word {address} {word}", frame=frame, background=False, outline=False)
    _begins(label, "text", word)
    return [button, label]


def _colour(address: str, frame: tuple[int, int, int, int]) -> py2tosc.Control:
    """Three faders that speak with one voice."""
    left, top, width, height = frame
    group = py2tosc.group(name=address, frame=(left, top, width, height), outline=False, background=False)
    group.set("script", _COLOUR % address)
    group.messages.append(ui.osc(address, args=[], send=False, triggers=[]))
    for number, (name, colour) in enumerate((("red", "#c84b4b"), ("green", "#58a55c"), ("blue", "#4b78c8"))):
        group.add(py2tosc.fader(name=name, frame=(number * (width // 3), 0, width // 3 - GAP, height), color=colour, orientation=py2tosc.Orientation.EAST)
                  .set("script", _PART))
    return group


def _shown(declaration: Declaration, frame: tuple[int, int, int, int]) -> py2tosc.Control:
    """What stands, as the piece says it."""
    label = py2tosc.label(name=f"shown {declaration.address}", frame=frame, color=DIM, background=False, outline=False)
    _begins(label, "text", json.dumps(declaration.default) if isinstance(declaration.default, (bool, int, float)) else str(declaration.default or ""))
    label.messages.append(ui.osc(declaration.address, args=[ui.value("text", conversion=py2tosc.Conversion.STRING)], send=False, triggers=[]))
    return label


def _begins(control: py2tosc.Control, key: str, value: float | str) -> None:
    """What a control shows before the piece has spoken."""
    held = control.value(key)
    assert held is not None, f"{control.name} has no {key}"
    held.default = _said(value) if isinstance(value, str) else value


def _said(text: str) -> str:
    """A text without what the file cannot hold: signs that are not printed, and the end of a CDATA section."""
    return "".join(letter for letter in text if letter.isprintable()).replace("]]>", "]] >")
