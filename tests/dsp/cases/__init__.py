"""What each shipped unit is connected to on the bench: a case a unit, a file for each file of units."""
from __future__ import annotations

from ..case import Case
from . import (
    arithmetic,
    beside,
    controls,
    decisions,
    dynamics,
    effects,
    envelopes,
    fields,
    filters,
    grains,
    noises,
    places,
    players,
    returns,
    sends,
    spaces,
    spectra,
    tones,
)

EVERY_CASE: tuple[Case, ...] = (
    *tones.CASES,
    *noises.CASES,
    *players.CASES,
    *grains.CASES,
    *filters.CASES,
    *effects.CASES,
    *dynamics.CASES,
    *spaces.CASES,
    *returns.CASES,
    *spectra.CASES,
    *envelopes.CASES,
    *controls.CASES,
    *decisions.CASES,
    *arithmetic.CASES,
    *beside.CASES,
    *places.CASES,
    *fields.CASES,
    *sends.CASES,
)
