"""Units that say when a sound begins and how it goes, and triggers themselves."""
from __future__ import annotations

from ..declare import Port, PortKind, Unit
from .ports import LONGEST_TIME, numbers, out, ratio, seconds, state, struck

ATTACK = "until it is up"
RELEASE = "until it has fallen by 60 dB"

ENVELOPES = (
    Unit("env", "installation.dsp.envelope:env",
         (out(), ratio("gate", -1e9, 1e9, None, "open above 0.5"), seconds("attack", 0.01, ATTACK),
          seconds("decay", 0.1, "until it is within 60 dB of the sustained level"),
          ratio("sustain", 0.0, 1.0, 1.0, "the level while the gate stays open"), seconds("release", 0.5, RELEASE),
          state(2)), tail=LONGEST_TIME,
         laned="yes", about="opens and closes with a gate"),
    Unit("ping", "installation.dsp.envelope:ping",
         (out(), struck(), seconds("attack", 0.005, ATTACK), seconds("release", 1.0, RELEASE), state(3)),
         tail=LONGEST_TIME, laned="yes", about="one rise and fall at each trigger"),
    Unit("segments", "installation.dsp.segments:segments",
         (out(), Port("start", PortKind.IN, unit="trigger", about="a trigger, or a gate"), numbers("numbers", 0), state(6)),
         tail=LONGEST_TIME, about="from point to point"),
    Unit("trigger", "installation.dsp.trigger:trigger", (out(), state(17)),
         about="a trigger parameter as impulses"),
)
