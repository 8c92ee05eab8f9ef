"""`installation devices`: what is plugged in, ready to paste into config.yaml."""
from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ...ports.card import listing_now, paste
from ...ports.midi_in import midi_ports
from ...ports.serial_places import listing as serial_listing
from ...terms.fault import Fault
from ...terms.words import both, say


def found() -> dict[str, Any]:
    """Cards, serial devices and MIDI ports; where a list could not be had, the fault that says why."""
    facts: dict[str, Any] = {"cards": [], "serial": [], "midi": [], "faults": []}
    try:
        cards = listing_now()
        facts["cards"] = [{**asdict(card), "paste": paste(card, cards)} for card in cards]
    except Fault as fault:
        facts["faults"].append(fault.say())
    facts["serial"] = [{**asdict(device), "paste": f"device: {device.name}    # {device.about or device.path}"} for device in serial_listing()]
    try:
        facts["midi"] = midi_ports()
    except Fault as fault:
        facts["faults"].append(fault.say())
    return facts


def devices(*, as_json: bool = False) -> int:
    """Print them; returns the command's exit code."""
    facts = found()
    if as_json:
        print(json.dumps(facts, ensure_ascii=False, indent=2, default=str))
        return 3 if facts["faults"] and not facts["cards"] else 0
    nothing = say(both("nothing is plugged in", "rien n'est branché"))
    print(say(both("sound cards (sound:)", "cartes son (sound:)")))
    for card in facts["cards"]:
        print(f"  {card['paste']:50} {card['outputs']} out, {card['inputs']} in, {card['api']}")
    if not facts["cards"]:
        print(f"  {nothing}")
    print(say(both("serial ports (sensors:, light: universes:)", "ports série (sensors:, light: universes:)")))
    for device in facts["serial"]:
        print(f"  {device['paste']}")
    if not facts["serial"]:
        print(f"  {nothing}")
    print(say(both("MIDI ports (sensors: driver: midi, light: universes:)", "ports MIDI (sensors: driver: midi, light: universes:)")))
    for name in facts["midi"]:
        print(f"  device: {json.dumps(name, ensure_ascii=False)}")
    if not facts["midi"]:
        print(f"  {nothing}")
    for text in facts["faults"]:
        print(text)
    return 0
