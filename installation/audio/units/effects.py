"""Units that bend, fold, shift and double a sound."""
from __future__ import annotations

from ..declare import FRAMES, Port, PortKind, Unit
from .ports import cutoff, numbers, out, ratio, seconds, sound, state

HEADS_SPARE = FRAMES + 4        # frames by which the lines of `chorus` and `pitch_shift` are longer than what they hold
BENDING_WORDS = 163             # of state a channel, as oversampling wants
FASTEST_SWING_HZ = 1_000.0
LATEST = 0.1                    # s: what is later is an echo, and no swing


def _rate(default: float) -> Port:
    """How often something swings."""
    return Port("rate", PortKind.CONTROL, "Hz", 0.0, FASTEST_SWING_HZ, default, "per_frame", about="swings a second")


def _feedback() -> Port:
    """How much goes round again."""
    return ratio("feedback", -0.95, 0.95, 0.0, "how much goes round again")


def _width() -> Port:
    """How far the channels are apart."""
    return ratio("width", 0.0, 1.0, 1.0, "how far the channels' swings are apart")


def _line() -> Port:
    """A delay line for each channel."""
    return Port("line", PortKind.MEMORY, per_channel=True)


EFFECTS: tuple[Unit, ...] = (
    Unit("chorus", "installation.dsp.chorus:chorus",
         (out(), sound(), seconds("time", 0.0, "how late the heads are", 0.0, LATEST), seconds("depth", 0.0, "how far they swing", 0.0, LATEST),
          _rate(0.5), _feedback(), ratio("mix", 0.0, 1.0, 0.5, "0 the sound, 1 the heads"), _width(), numbers("heads", 0), _line(), state(2)),
         source="Dattorro, Effect design 2, JAES 45(10), 1997; six-point Lagrange interpolation", tail=60.0, about="several, none quite in time"),
    Unit("phaser", "installation.dsp.phaser:phaser",
         (out(), sound(), Port("centre", PortKind.CONTROL, "Hz", cutoff().low, cutoff().high, 800.0, "per_frame", about="the middle of the swing"),
          Port("depth", PortKind.CONTROL, "", 0.0, 4.0, 1.5, about="octaves to either side"), _rate(0.3), _feedback(), _width(),
          numbers("stages", 1), state(13, per_channel=True)),
         source="Zavalishin, The Art of VA Filter Design 2.1.2, 3.10 and chapter 11", tail=2.0, about="notches that wander"),
    Unit("drive", "installation.dsp.bend:drive",
         (out(), sound(), ratio("amount", 0.0, 1_000.0, 3.0, "0 as it is, 3 warm, 100 almost square"), state(BENDING_WORDS, per_channel=True)),
         source="Parker, Zavalishin, Le Bivic, DAFx 2016", tail=0.01, about="a soft clip: denser and louder"),
    Unit("fold", "installation.dsp.bend:fold",
         (out(), sound(), ratio("amount", 0.0, 32.0, 2.0, "0 as it is; how often its peaks turn back"), state(BENDING_WORDS, per_channel=True)),
         source="Parker, Zavalishin, Le Bivic, DAFx 2016", tail=0.01, about="turns back where it would go too far"),
    Unit("crush", "installation.dsp.crush:crush",
         (out(), sound(), Port("bits", PortKind.CONTROL, "", 1.0, 24.0, 8.0, about="2 ** bits levels"),
          Port("rate", PortKind.CONTROL, "Hz", 1.0, 1_000_000.0, 8_000.0, about="samples a second"), numbers("period", 1),
          state(2, per_channel=True)),
         source="zero-order hold, mid-tread rounding", tail=1.0, about="fewer bits and samples"),
    Unit("frequency_shift", "installation.dsp.shift:frequency_shift",
         (out(), sound(), Port("shift", PortKind.CONTROL, "Hz", -24_000.0, 24_000.0, None, "per_frame", about="up, or down if negative"),
          numbers("sections", 14), state(30, per_channel=True)),
         source="Valenzuela and Constantinides, IEE Proceedings 130 G(6), 1983", tail=0.5, about="every frequency moved by so many hertz"),
    Unit("pitch_shift", "installation.dsp.pitch:pitch_shift",
         (out(), sound(), Port("semitones", PortKind.CONTROL, "semitone", -24.0, 24.0, None, about="up, or down if negative"),
          numbers("window", 1), _line(), state(4)),
         source="Verhelst and Roelands, WSOLA, ICASSP 1993", tail=0.3, about="higher or lower at the same speed"),
)
