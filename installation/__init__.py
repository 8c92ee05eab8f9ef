"""A real-time engine for interactive sound installations: sensors, scenes, multichannel sound and light, unattended.

The front door for artists, and all of it:

    Scene, param        a scene: its parameters, what it sounds and looks like        scenes/*.py
    voice               a sound that a scene starts while it plays
    ug                  the words that sound() is composed with
    unit                a kernel of one's own, for use among those words
    Sensor, SensorFault a driver: how one kind of sensor speaks                      sensors/*.py
    Fault               what to raise when something is wrong and a person can mend it

Each name is fetched when it is first used, so that a process that only plays does not load what only composes.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["Fault", "Scene", "Sensor", "SensorFault", "param", "ug", "unit", "voice"]

if TYPE_CHECKING:
    from .audio import ug
    from .audio.own import unit
    from .rules.scene import Scene, param
    from .rules.sensor import Sensor
    from .rules.voice import voice
    from .terms.fault import Fault, SensorFault

_DOORS = {
    "Fault": ("installation.terms.fault", "Fault"),
    "SensorFault": ("installation.terms.fault", "SensorFault"),
    "Scene": ("installation.rules.scene", "Scene"),
    "param": ("installation.rules.scene", "param"),
    "Sensor": ("installation.rules.sensor", "Sensor"),
    "ug": ("installation.audio.ug", None),
    "voice": ("installation.rules.voice", "voice"),
    "unit": ("installation.audio.own", "unit"),
}


def __getattr__(name: str) -> object:
    if name not in _DOORS:
        raise AttributeError(f"installation has no {name!r}; it has {', '.join(__all__)}")
    from importlib import import_module

    module, attribute = _DOORS[name]
    found = import_module(module)
    value = getattr(found, attribute) if attribute else found
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
