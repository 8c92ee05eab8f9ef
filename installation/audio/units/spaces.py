"""Units that answer a sound later: echoes and rooms."""
from __future__ import annotations

from ..declare import FRAMES, Port, PortKind, Unit
from .ports import AUDIBLE_HZ, numbers, out, ratio, seconds, slow, sound, state
from .spectra import waves

DELAY_SPARE = FRAMES + 4       # frames by which the line of `delay` is longer than its longest time, as its kernel wants

SPACES = (
    Unit("delay", "installation.dsp.delay:delay",
         (out(), sound(), seconds("time", None, "how much later"),
          ratio("feedback", -0.99, 0.99, 0.0, "how much of each echo is heard again"),
          Port("line", PortKind.MEMORY, per_channel=True), state(2)),
         source="Niemitalo 2001, 4-point third-order Hermite", tail=60.0, about="an echo, or many"),
    Unit("reverb", "installation.dsp.reverb:reverb",
         (out(), sound(), slow("decay", "s", 0.1, 120.0, 2.0, "until middle frequencies have fallen by 60 dB", "frames"),
          slow("damping", "ratio", 0.0, 0.98, 0.5, "how much sooner the top dies"),
          slow("decay_low", "s", 0.0, 120.0, 0.0, "the same of low frequencies; 0 is as the middle", "frames"),
          slow("decay_high", "s", 0.0, 120.0, 0.0, "the same of high ones; 0 is as damping says", "frames"),
          slow("low_edge", "Hz", 20.0, AUDIBLE_HZ, 250.0, "below are the low frequencies", "per_frame"),
          slow("high_edge", "Hz", 20.0, AUDIBLE_HZ, 9_000.0, "above are the high ones", "per_frame"),
          slow("density", "ratio", 0.0, 1.0, 0.5, "how soon single echoes cannot be told apart"),
          slow("modulation", "ratio", 0.0, 1.0, 0.3, "how much the tail moves"),
          slow("freeze", "ratio", 0.0, 1.0, 0.0, "1 holds what sounds, and lets nothing in"),
          numbers("room", 0), Port("lines", PortKind.MEMORY), state(128)),
         source="Jot and Chaigne, AES 90th Convention, 1991; Schlecht and Habets, JASA 138, 2015; Simper 2013", tail=120.0,
         about="a room around a dry sound"),
    Unit("convolve", "installation.dsp.convolve:convolve",
         (out(), sound(), Port("answers", PortKind.TABLE), numbers("plan", 0), Port("memory", PortKind.MEMORY), state()),
         source="Gardner, JAES 43:3, 1995; Garcia, 113th AES Convention, 2002", tail=60.0, about="a room that was recorded"),
)


def convolve_plan(short: int, long: int) -> tuple[float, ...]:
    """What the kernel of `convolve` wants to know of an answer of so many short and long pieces."""
    return (float(short), float(long), *waves(2_048 if long else 128))


def convolve_memory(inputs: int, outputs: int, short: int, long: int) -> int:
    """Frames of long memory that it needs: what came in, its spectra, what is ready to be heard; the same of long pieces."""
    near = inputs * (256 + 128 * (short + 1)) + outputs * 2 * 64
    return near + (inputs * (4_096 - 256 + 2_048 * (long + 1)) + outputs * 4 * 1_024 if long else 0)
