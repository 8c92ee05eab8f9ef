"""What is known of a piece's drivers and scenes once their files have been run: found out by the builder, plain data."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..terms.declaration import Declaration
from ..terms.fault import Fault


@dataclass(frozen=True, slots=True)
class DriverFacts:
    """What a configured sensor gives.

    fields   field → unit
    pace     seconds between readings; infinite for what speaks only when it is touched
    options  the names that its driver takes, where they are known
    """

    fields: Mapping[str, str]
    pace: float
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SceneFacts:
    """What a scene is.

    params   its parameters by name; addresses are /scene/NAME/PARAM
    about    its first page
    units    names of the units that its sound is made of
    faults   what was found wrong with it
    voices   for each voice the record that says how many of it play: /scene/NAME/VOICE/playing
    silences s for which it may fall silent on purpose
    """

    params: Mapping[str, Declaration] = field(default_factory=dict)
    about: str = ""
    units: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    voices: Mapping[str, Declaration] = field(default_factory=dict)
    silences: float = 0.0
