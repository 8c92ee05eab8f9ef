"""Units that follow how loud a sound is."""
from __future__ import annotations

from ..declare import FRAMES, Port, PortKind, Unit
from .ports import control_out, numbers, out, sound, state

MODES = {"peak": 0.0, "rms": 1.0}
RING_SPARE = FRAMES             # frames by which the rings of `limit` are longer than its look, as its kernel wants
LONGEST = 600.0                 # s
ATTACK, RELEASE = "until 63 % of a rise is behind", "until 63 % of a fall is behind"
GIANNOULIS = "Giannoulis, Massberg and Reiss, JAES 60(6), 2012, equations 4 and 17"


def moving(name: str, default: float, about: str) -> Port:
    """How fast a follower follows: a time constant."""
    return Port(name, PortKind.CONTROL, "s", 0.0, LONGEST, default, "frames", slow=True, about=about)


def decibels(name: str, low: float, high: float, default: float, about: str, scale: str = "") -> Port:
    """A level or a difference of levels; scale "gain": linear for the kernel."""
    return Port(name, PortKind.CONTROL, "dB", low, high, default, scale, about=about)


THRESHOLD = "dBFS of the peak"
GATED = (decibels("threshold", -120.0, 24.0, -50.0, THRESHOLD, "gain"),
         decibels("hysteresis", 0.0, 60.0, 6.0, "by how much it must fall below the threshold to be below it"),
         moving("attack", 0.005, ATTACK), moving("hold", 0.1, "for how long it stays after the last peak"),
         moving("release", 0.2, RELEASE))

DYNAMICS = (
    Unit("follow", "installation.dsp.follower:follow",
         (control_out(), sound(), moving("attack", 0.01, ATTACK), moving("release", 0.2, RELEASE), numbers("numbers", 1), state(2)),
         about="how loud a sound is, as a control"),
    Unit("follow_sound", "installation.dsp.follower:follow_sound",
         (out(), sound(), moving("attack", 0.01, ATTACK), moving("release", 0.2, RELEASE), numbers("numbers", 1), state(2)),
         tail=LONGEST, about="how loud a sound is, frame by frame"),
    Unit("compress", "installation.dsp.dynamics:compress",
         (out(), sound(), sound("key"), decibels("threshold", -120.0, 24.0, -20.0, THRESHOLD),
          Port("ratio", PortKind.CONTROL, "ratio", 1.0, 1_000.0, 4.0, about="dB that come in for one more that comes out"),
          moving("attack", 0.01, ATTACK), moving("release", 0.15, RELEASE),
          decibels("knee", 0.0, 60.0, 6.0, "around the threshold"), decibels("makeup", -60.0, 60.0, 0.0, "added afterwards"), state(2)),
         source=GIANNOULIS, about="what is loud, less so"),
    Unit("expand", "installation.dsp.dynamics:expand",
         (out(), sound(), sound("key"), decibels("threshold", -120.0, 24.0, -40.0, THRESHOLD),
          Port("ratio", PortKind.CONTROL, "ratio", 1.0, 100.0, 2.0, about="dB that go out for one less that comes in"),
          moving("attack", 0.005, ATTACK), moving("release", 0.2, RELEASE),
          decibels("most", 0.0, 120.0, 40.0, "no more than this is taken away"), state(3)),
         source=GIANNOULIS, about="what is soft, softer"),
    Unit("noise_gate", "installation.dsp.dynamics:noise_gate",
         (out(), sound(), sound("key"), *GATED, decibels("floor", -120.0, 0.0, -80.0, "where it is closed", "gain"), state(3)),
         about="silence where there is little more than noise"),
    Unit("duck", "installation.dsp.dynamics:duck",
         (out(), sound(), sound("key"), *GATED, decibels("depth", -120.0, 0.0, -12.0, "while the other sounds", "gain"), state(3)),
         about="room for another sound"),
    Unit("limit", "installation.dsp.dynamics:limit",
         (out(), sound(), decibels("ceiling", -60.0, 0.0, -1.0, "dBFS that no true peak passes", "gain"), moving("release", 0.1, RELEASE),
          Port("line", PortKind.MEMORY, per_channel=True), Port("window", PortKind.MEMORY), state(8)),
         source="Hämäläinen, DAFx 2002; van Herk, Pattern Recognition Letters 13, 1992; true peaks after ITU-R BS.1770-5, Annex 2", tail=0.1,
         about="nothing above a ceiling"),
    Unit("level", "installation.dsp.dynamics:level",
         (out(), sound(), decibels("target", -80.0, 0.0, -23.0, "dBFS, of the mean power", "gain"),
          Port("time", PortKind.CONTROL, "s", 0.01, LONGEST, 3.0, "frames", slow=True, about="until 63 % of the way is behind"),
          decibels("most", 0.0, 60.0, 18.0, "up or down", "gain"),
          decibels("quiet", -120.0, 0.0, -55.0, "dBFS below which it is a silence", "gain"), state(5)),
         about="slowly towards one loudness"),
)
