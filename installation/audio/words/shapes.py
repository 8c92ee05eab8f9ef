"""Words that say when a sound begins and how it goes."""
from __future__ import annotations

from typing import Any

from ..graph import Signal, apply
from ..units import UNITS
from .taken import striking

__all__ = ["env", "ping"]


def env(gate: Any, attack: Any = 0.01, decay: Any = 0.1, sustain: Any = 1.0, release: Any = 0.5) -> Signal:
    """Open and close with a gate: a signal from 0 to 1, to be multiplied with a sound.

    gate     a parameter or control, open above 0.5
    attack   s until it is up; decay, s until it is down at `sustain` (0 to 1); release, s until it has fallen by 60 dB

        ug.pink() * ug.env(self.near, attack=2, release=8)
    """
    return apply(UNITS["env"], controls={"gate": gate, "attack": attack, "decay": decay, "sustain": sustain, "release": release})


def ping(trigger: Any, attack: Any = 0.005, release: Any = 1.0) -> Signal:
    """One rise and fall at each trigger, as high as its value: a signal to be multiplied with a sound.

    trigger  a trigger parameter, or a sound that is above 0 when it strikes
    attack   s until it is up; release, s until it has fallen by 60 dB

        ug.sine(880) * ug.ping(self.touched, release=3)
    """
    return apply(UNITS["ping"], inputs={"trigger": striking(trigger, "ug.ping, trigger")},
                 controls={"attack": attack, "release": release})
