"""Something short for each word that shows what it is worth: what the reference page plays, and `installation listen`.

    EXAMPLES   word → a function without arguments that gives a sound, or something placed

Each is written as in a scene, for a room of two loudspeakers or more, and speaks for itself within a few seconds. Those of a family
of words stand in the file of the same name.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import (
    decisions,
    dynamics,
    effects,
    filters,
    grains,
    inputs,
    levels,
    moments,
    movements,
    noises,
    recordings,
    rooms,
    shapes,
    spaces,
    spectra,
    tones,
)

EXAMPLES: dict[str, Callable[[], Any]] = {
    **tones.EXAMPLES,
    **noises.EXAMPLES,
    **recordings.EXAMPLES,
    **grains.EXAMPLES,
    **inputs.EXAMPLES,
    **filters.EXAMPLES,
    **effects.EXAMPLES,
    **dynamics.EXAMPLES,
    **spaces.EXAMPLES,
    **spectra.EXAMPLES,
    **shapes.EXAMPLES,
    **moments.EXAMPLES,
    **movements.EXAMPLES,
    **decisions.EXAMPLES,
    **rooms.EXAMPLES,
    **levels.EXAMPLES,
}
