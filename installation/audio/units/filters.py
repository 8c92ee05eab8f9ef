"""Units that keep one part of a sound."""
from __future__ import annotations

from ..declare import FRAMES, Port, PortKind, Unit
from .ports import cutoff, numbers, out, ratio, seconds, sound, state

# what `filter` keeps: how much of the sound itself, of its band (at unity), of its low part
MODES = {"low": (0.0, 0.0, 1.0), "band": (0.0, 1.0, 0.0), "high": (1.0, -1.0, -1.0), "notch": (1.0, -1.0, 0.0)}

COMB_SPARE = FRAMES + 4        # frames by which the lines of `comb` and `allpass` are longer than what they hold
COOKBOOK = "Bristow-Johnson, Cookbook formulae for audio EQ biquad filter coefficients; Simper, Solving the continuous SVF equations, 2013"


def _gain() -> Port:
    """How much a region is lifted or lowered; a linear gain for the kernel."""
    return Port("gain", PortKind.CONTROL, "dB", -60.0, 24.0, None, "gain", about="how much louder or softer")


def _middle(default: float | None = None) -> Port:
    """`cutoff` by the name of equalizers."""
    return Port("frequency", PortKind.CONTROL, "Hz", cutoff().low, cutoff().high, default, "per_frame", about="where")


def _line() -> Port:
    """A delay line for each channel."""
    return Port("line", PortKind.MEMORY, per_channel=True)


FILTERS = (
    Unit("lowpass", "installation.dsp.onepole:lowpass", (out(), sound(), cutoff(), state(per_channel=True)),
         source="Zavalishin, The Art of VA Filter Design 2.1.2, 3.10", tail=1.0, laned="yes", about="duller, 6 dB an octave"),
    Unit("highpass", "installation.dsp.onepole:highpass", (out(), sound(), cutoff(), state(per_channel=True)),
         source="Zavalishin, The Art of VA Filter Design 2.1.2, 3.10", tail=1.0, laned="yes", about="thinner, 6 dB an octave"),
    Unit("filter", "installation.dsp.filter:filter",
         (out(), sound(), cutoff(), ratio("resonance", 0.0, 0.995, 0.3, "0 dull edge, 0.9 it rings"),
          numbers("mix", 3), state(2, per_channel=True)),
         source="Simper, Solving the continuous SVF equations, 2013", tail=1.0, laned="yes", about="low, band, high or notch, 12 dB"),
    Unit("morph", "installation.dsp.morph:morph",
         (out(), sound(), cutoff(), ratio("resonance", 0.0, 0.995, 0.3, "0 dull edge, 0.9 it rings"),
          ratio("shape", 0.0, 3.0, 0.0, "0 low, 1 band, 2 high, 3 notch"), state(2, per_channel=True)),
         source="Simper, Solving the continuous SVF equations, 2013", tail=1.0, about="from low over band and high to notch"),
    Unit("peak", "installation.dsp.equalizer:peak",
         (out(), sound(), _middle(), _gain(), Port("width", PortKind.CONTROL, "", 0.05, 6.0, 1.0, about="octaves"),
          state(2, per_channel=True)), source=COOKBOOK, tail=1.0, laned="yes", about="louder or softer around a frequency"),
    Unit("lowshelf", "installation.dsp.equalizer:lowshelf",
         (out(), sound(), _middle(), _gain(), ratio("slope", 0.1, 1.0, 1.0, "1 is as steep as it can be without an overshoot"),
          state(2, per_channel=True)), source=COOKBOOK, tail=1.0, laned="yes", about="louder or softer below a frequency"),
    Unit("highshelf", "installation.dsp.equalizer:highshelf",
         (out(), sound(), _middle(), _gain(), ratio("slope", 0.1, 1.0, 1.0, "1 is as steep as it can be without an overshoot"),
          state(2, per_channel=True)), source=COOKBOOK, tail=1.0, laned="yes", about="louder or softer above a frequency"),
    Unit("ladder", "installation.dsp.ladder:ladder",
         (out(), sound(), cutoff(), ratio("resonance", 0.0, 1.5, 0.3, "from 1 on it sings by itself"),
          ratio("drive", 0.01, 100.0, 1.0, "how loud the sound goes in"), state(167, per_channel=True)),
         source="Zavalishin, The Art of VA Filter Design 2.1.2, chapters 5 and 6", tail=5.0, about="24 dB an octave, and it sings"),
    Unit("comb", "installation.dsp.comb:comb",
         (out(), sound(), _middle(), seconds("decay", 1.0, "until the ringing has fallen by 60 dB", 0.001, 600.0), _line(),
          state(3, per_channel=True)),
         source="Schroeder, JAES 10(3), 1962; Jaffe and Smith, CMJ 7(2), 1983", tail=60.0, about="rings at a frequency and its overtones"),
    Unit("allpass", "installation.dsp.comb:allpass",
         (out(), sound(), seconds("time", None, "from one echo to the next"),
          ratio("gain", -0.99, 0.99, 0.7, "0 a plain delay, 0.7 a cluster of echoes"), _line(), state(3, per_channel=True)),
         source="Schroeder, JAES 10(3), 1962; Jaffe and Smith, CMJ 7(2), 1983", tail=10.0, about="blurs in time, colours nothing"),
    Unit("formant", "installation.dsp.formant:formant",
         (out(), sound(), ratio("vowel", 0.0, 4.0, 0.0, "0 a, 1 e, 2 i, 3 o, 4 u"), numbers("bands", 75), state(10, per_channel=True)),
         source="Csound manual, appendix Formant values", tail=1.0, about="speaks vowels"),
    Unit("crossover", "installation.dsp.crossover:crossover", (out(), sound(), _middle(), state(4, per_channel=True)),
         source="Linkwitz, JAES 24(1), 1976", tail=1.0, about="two halves, that together are the sound"),
)
