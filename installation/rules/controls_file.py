"""controls.yaml: what MIDI controllers move, by device, as it stands in the file. Pure text in, plain data out.

    read_controls(text)      device → control → address; raises ValueError if it is no such table
    write_controls(devices)  the text
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

HEAD = "# What MIDI controllers move, learnt by touching. The engine writes this file; it may be edited while the piece is stopped.\n"


def read_controls(text: str) -> dict[str, dict[Any, Any]]:
    """The table in a file. Raises ValueError."""
    try:
        found = yaml.safe_load(text) or {}
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if not isinstance(found, dict) or not all(isinstance(controls, dict) for controls in found.values()):
        raise ValueError("not a table of devices")
    return {str(device): controls for device, controls in found.items()}


def write_controls(devices: Mapping[str, Mapping[Any, Any]]) -> str:
    """A table as text."""
    return HEAD + yaml.safe_dump({device: dict(controls) for device, controls in devices.items()}, allow_unicode=True, sort_keys=True)
