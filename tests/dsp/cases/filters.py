"""Units of audio/units/filters.py on the bench."""
from __future__ import annotations

from installation.audio.units.filters import COMB_SPARE, MODES
from installation.audio.units.voices import formants

from ..case import RATE, Case

CASES: tuple[Case, ...] = (
    Case("lowpass", 2, controls={"cutoff": 800.0}),
    Case("highpass", 2, controls={"cutoff": 800.0}),
    Case("filter", 2, controls={"cutoff": 800.0, "resonance": 0.8}, numbers={"mix": MODES["band"]}),
    Case("morph", 2, controls={"cutoff": 800.0, "resonance": 0.8, "shape": 1.3}),
    Case("peak", 2, controls={"frequency": 800.0, "gain": 9.0, "width": 0.7}),
    Case("lowshelf", 2, controls={"frequency": 800.0, "gain": 9.0, "slope": 0.7}),
    Case("highshelf", 2, controls={"frequency": 800.0, "gain": -9.0, "slope": 0.7}),
    Case("ladder", 2, controls={"cutoff": 800.0, "resonance": 0.7, "drive": 2.0}),
    Case("comb", 2, controls={"frequency": 333.0, "decay": 0.3}, memory={"line": 1_000 + COMB_SPARE}),
    Case("allpass", 2, controls={"time": 0.0101, "gain": 0.6}, memory={"line": 1_000 + COMB_SPARE}),
    Case("formant", 2, controls={"vowel": 2.6}, numbers={"bands": formants("alto", RATE)}),
    Case("crossover", 2, 1, controls={"frequency": 800.0}),
)
