"""Units that make a tone out of nothing."""
from __future__ import annotations

from ..declare import Port, PortKind, Unit
from .ports import frequency, numbers, out, ratio, state, struck

CORNER = 1_028          # audio/waves.py: places of a jump's table
WITHOUT_OVERTONES = "Brandt, Hard sync without aliasing, ICMC 2001, with a linear-phase step"
SPLINE = "Välimäki, Pekonen, Nam, JASA 131(1), 2012, third-order B-spline"
FM_WORDS = 4 + 163      # of state a channel, 163 of them as oversampling wants
LOWEST_STRING_HZ, HIGHEST_STRING_HZ = 20.0, 4_000.0

TONES = (
    Unit("sine", "installation.dsp.sine:sine", (out(), frequency(), state(per_channel=True)),
         laned="yes", about="a pure tone"),
    Unit("saw", "installation.dsp.saw:saw", (out(), frequency(), numbers("step", CORNER), state(34, per_channel=True)),
         source=WITHOUT_OVERTONES, about="a bright tone with every overtone"),
    Unit("pulse", "installation.dsp.saw:pulse",
         (out(), frequency(), ratio("width", 0.01, 0.99, 0.5, "how much of each cycle is high"),
          numbers("step", CORNER), state(35, per_channel=True)),
         source=WITHOUT_OVERTONES, about="a hollow tone, thinner as its width leaves 0.5"),
    Unit("saw_fast", "installation.dsp.spline:saw", (out(), frequency(), state(per_channel=True)),
         source=SPLINE, laned="yes", about="a saw for many voices at once"),
    Unit("pulse_fast", "installation.dsp.spline:pulse",
         (out(), frequency(), ratio("width", 0.01, 0.99, 0.5, "how much of each cycle is high"), state(per_channel=True)),
         source=SPLINE, laned="yes", about="a pulse for many voices at once"),
    Unit("triangle", "installation.dsp.saw:triangle", (out(), frequency(), numbers("ramp", CORNER), state(34, per_channel=True)),
         source="Esqueda, Välimäki, Bilbao, Rounding corners with BLAMP, DAFx-16", about="a soft tone with a few odd overtones"),
    Unit("wavetable", "installation.dsp.wavetable:wavetable",
         (out(), frequency(), ratio("morph", 0.0, 1.0, 0.0, "0 the first wave, 1 the last"), numbers("waves", 0),
          state(per_channel=True)),
         source="Williams, Pyramidal parametrics, SIGGRAPH 1983, read with Lagrange's polynomial of six",
         about="a tone from single cycles, and what lies between them"),
    Unit("fm", "installation.dsp.fm:fm",
         (out(), Port("carrier", PortKind.CONTROL, "Hz", 0.0, 24_000.0, None, "per_frame", about="how high"),
          ratio("ratio", 0.0, 64.0, 1.0, "the modulator's frequency over the carrier's"),
          ratio("index", 0.0, 100.0, 1.0, "how far the modulator bends the carrier, radians"),
          ratio("feedback", 0.0, 1.5, 0.0, "how far the modulator bends itself, radians"), state(FM_WORDS, per_channel=True)),
         source="Chowning, JAES 21(7), 1973, equation 1", about="two sines, one of which bends the other"),
    Unit("phasor", "installation.dsp.phasor:phasor", (out(), frequency(), state(per_channel=True)),
         about="a ramp from 0 to 1, again and again"),
    Unit("impulse", "installation.dsp.phasor:impulse", (out(), frequency(), state(per_channel=True)),
         about="strikes evenly"),
    Unit("pluck", "installation.dsp.pluck:pluck",
         (out(), struck(), Port("frequency", PortKind.CONTROL, "Hz", LOWEST_STRING_HZ, HIGHEST_STRING_HZ, None, "per_frame", about="how high"),
          Port("decay", PortKind.CONTROL, "s", 0.01, 60.0, 2.0, "frames", slow=True, about="until the tone has fallen by 60 dB"),
          Port("brightness", PortKind.CONTROL, "ratio", 0.0, 1.0, 0.5, slow=True, about="0 a rubber band, 1 a steel string"),
          ratio("position", 0.0, 0.5, 0.13, "where along the string it is plucked"),
          Port("line", PortKind.MEMORY), state(8)),
         source="Jaffe, Smith, Computer Music Journal 7(2), 1983", tail=60.0, about="a plucked string"),
    Unit("modal", "installation.dsp.modal:modal",
         (out(), Port("x", PortKind.IN, unit="trigger", about="what strikes or shakes it"),
          Port("frequency", PortKind.CONTROL, "Hz", 0.0, 24_000.0, 1.0, "per_frame", slow=True, about="what the modes are multiplied by"),
          Port("stretch", PortKind.CONTROL, "ratio", 0.0, 4.0, 1.0, slow=True, about="how far the modes lie from the first"),
          Port("damping", PortKind.CONTROL, "ratio", 0.0, 1_000.0, 1.0, slow=True, about="2 rings half as long"),
          numbers("modes", 0), state(8)),
         source="Mathews, Smith, SMAC 2003", tail=600.0, about="a body that rings at frequencies of its own"),
)
