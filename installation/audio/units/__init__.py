"""Every unit that is shipped, by name. Declarations alone: reading them imports no numba.

    tones       sine, saw, pulse, white, pink
    filters     lowpass, highpass, filter
    spaces      delay, reverb
    envelopes   env, ping, trigger
    players     play, strike, stream
    controls    drift; glide, fit, control_add, control_multiply, control_divide
    arithmetic  ramp, spread, scale, offset, add, subtract, multiply, divide
    places      place, to

A port's name is its kernel's argument, and the ports stand in the kernel's order: what is written first, then what is read, then
what is remembered. `ug` has the words for artists.
"""
from __future__ import annotations

from ..declare import Unit
from .arithmetic import ARITHMETIC
from .controls import CONTROLS
from .envelopes import ENVELOPES
from .filters import FILTERS
from .places import PLACES
from .players import PLAYERS
from .spaces import SPACES
from .tones import TONES

UNITS: dict[str, Unit] = {
    unit.name: unit for unit in (*TONES, *FILTERS, *SPACES, *ENVELOPES, *PLAYERS, *CONTROLS, *ARITHMETIC, *PLACES)
}
