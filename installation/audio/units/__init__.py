"""Every unit that is shipped, by name. Declarations alone: reading them imports no numba.

    tones, noises, players, grains                       what sounds
    filters, effects, dynamics, spaces, returns, spectra what changes a sound
    envelopes, moments, controls, decisions              what moves it
    places, fields, sends                                where it goes
    arithmetic, and of controls: glide, fit, control_*   what the graph itself puts in

A port's name is its kernel's argument, and the ports stand in the kernel's order: what is written first, then what is read, then
what is remembered. `ug` has the words for artists.
"""
from __future__ import annotations

from ..declare import Unit
from .arithmetic import ARITHMETIC
from .beside import BESIDE
from .controls import CONTROLS
from .decisions import DECISIONS
from .dynamics import DYNAMICS
from .effects import EFFECTS
from .envelopes import ENVELOPES
from .fields import FIELDS
from .filters import FILTERS
from .grains import GRAINS
from .moments import MOMENTS
from .noises import NOISES
from .places import PLACES
from .players import PLAYERS
from .returns import RETURNS
from .sends import SENDS
from .spaces import SPACES
from .spectra import SPECTRA
from .tones import TONES

UNITS: dict[str, Unit] = {
    unit.name: unit for unit in (*TONES, *NOISES, *PLAYERS, *GRAINS, *FILTERS, *EFFECTS, *DYNAMICS, *SPACES, *RETURNS, *SPECTRA, *ENVELOPES, *MOMENTS,
                                 *CONTROLS, *DECISIONS, *ARITHMETIC, *BESIDE, *PLACES, *FIELDS, *SENDS)
}
