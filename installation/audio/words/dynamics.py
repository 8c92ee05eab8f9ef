"""Words that follow how loud a sound is, and change it accordingly. Levels are dBFS of the peak, times those in which 63 % of a way is done.

All channels of a sound are turned up or down together, so that it keeps its place in the room.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...terms.fault import did_you_mean
from ...terms.words import both
from ..arithmetic import ramped
from ..asked import refusal, within
from ..graph import Signal, apply
from ..signal import operand
from ..units import UNITS
from ..units.dynamics import MODES, RING_SPARE
from .taken import width_of

__all__ = ["compress", "duck", "expand", "follow", "level", "limit", "noise_gate"]


def follow(x: Any, attack: Any = 0.01, release: Any = 0.2, mode: str = "peak", as_sound: bool = False) -> Signal:
    """How loud a sound is, from moment to moment: a control, 1 for full scale. The channels count together.

    attack    s until a rise is followed; of "rms", over which the power is averaged
    release   s until a fall is
    mode      "peak": the height of the waves; "rms": the root of the mean power, as the ear judges
    as_sound  True: frame by frame instead, to be multiplied or compared exactly

        ug.lowpass(ug.pink(), 100 + 4_000 * ug.follow(voice, release=0.5))
    """
    if mode not in MODES:
        close, known = did_you_mean(str(mode), MODES), ", ".join(MODES)
        raise refusal(both(f"ug.follow, mode: expected one of {known}, got {mode!r}",
                           f"ug.follow, mode : il faut l'un de {known}, et non {mode!r}"), "graph.mode",
                      both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else "")
    return apply(UNITS["follow_sound" if as_sound else "follow"], inputs={"x": x}, controls={"attack": attack, "release": release},
                 numbers={"numbers": (MODES[mode],)}, channels=1, as_is=True, word="ug.follow")


def compress(x: Any, threshold: Any = -20.0, ratio: Any = 4.0, attack: Any = 0.01, release: Any = 0.15, knee: Any = 6.0,
             makeup: Any = 0.0, sidechain: Any = None) -> Signal:
    """Turn down what is loud, so that loud and soft come closer.

    threshold  dBFS above which it is turned down
    ratio      1 to 1000: of so many dB more that come in, one comes out
    attack     s, release, s: how soon it is turned down, and up again
    knee       dB around the threshold in which it sets in
    makeup     dB that are added afterwards
    sidechain  another sound that is listened to instead

        ug.compress(voices, threshold=-24, ratio=3, makeup=6)
    """
    return _listening("compress", x, sidechain, {"threshold": threshold, "ratio": ratio, "attack": attack, "release": release,
                                                 "knee": knee, "makeup": makeup})


def expand(x: Any, threshold: Any = -40.0, ratio: Any = 2.0, attack: Any = 0.005, release: Any = 0.2, most: Any = 40.0,
           sidechain: Any = None) -> Signal:
    """Turn down what is soft, so that a noisy background falls away gently.

    threshold  dBFS below which it is turned down
    ratio      1 to 100: for each dB less that comes in, so many less come out
    attack     s, release, s: how soon it is turned up, and down again
    most       dB, no more than this is taken away
    sidechain  another sound that is listened to instead

        ug.expand(microphone, threshold=-45)
    """
    return _listening("expand", x, sidechain, {"threshold": threshold, "ratio": ratio, "attack": attack, "release": release, "most": most})


def noise_gate(x: Any, threshold: Any = -50.0, hysteresis: Any = 6.0, attack: Any = 0.005, hold: Any = 0.1, release: Any = 0.2,
               floor: Any = -80.0, sidechain: Any = None) -> Signal:
    """Let a sound pass while it is above a threshold, and silence what is between: the hiss of a microphone, the hum of a room.

    threshold   dBFS above which it opens; it closes `hysteresis` dB below, `hold` s after the last peak
    attack      s, release, s: how soon it is open, and closed
    floor       dB that are left of it where it is closed, down to -120
    sidechain   another sound that is listened to instead

        ug.noise_gate(microphone, threshold=-45)
    """
    return _listening("noise_gate", x, sidechain, {"threshold": threshold, "hysteresis": hysteresis, "attack": attack, "hold": hold,
                                                   "release": release, "floor": floor})


def duck(x: Any, by: Any, depth: Any = -12.0, threshold: Any = -40.0, attack: Any = 0.1, hold: Any = 0.3, release: Any = 1.0) -> Signal:
    """Make room: turn x down while another sound is heard.

    by         the sound that takes the room; it is only listened to
    depth      dB, what becomes of x meanwhile
    threshold  dBFS above which `by` is heard; `hold`, s for which it counts as heard after its last peak
    attack     s, release, s: how soon x is down, and up again

        ug.duck(music, by=voice) + voice
    """
    return _listening("duck", x, by, {"threshold": threshold, "hysteresis": 6.0, "attack": attack, "hold": hold, "release": release,
                                      "depth": depth})


def limit(x: Any, ceiling: Any = -1.0, release: Any = 0.1, look_ahead: float = 0.005) -> Signal:
    """Let no peak pass above a ceiling, and begin to turn down before it comes, so that nothing distorts.

    ceiling     dBFS of the true peak: what lies between two samples counts too. Down to 0.5 dB below it a sound may be turned down
    release     s until it is up again
    look_ahead  s, 0.002 to 0.05: by so much the sound is late; short is louder, long is gentler

        ug.limit(everything, ceiling=-6)

    The guard before the loudspeakers limits too, all outputs alike; this one is for a sound that should not make it work.
    """
    ahead = within("ug.limit, look_ahead", look_ahead, 0.002, 0.05, "s")

    def ring(looks: int) -> Any:
        return lambda hall: looks * max(round(ahead * hall.rate), RING_SPARE) + RING_SPARE

    return apply(UNITS["limit"], inputs={"x": x}, controls={"ceiling": ceiling, "release": release},
                 memory={"line": ring(1), "window": ring(3)})


def level(x: Any, target: Any = -23.0, time: Any = 3.0, most: Any = 18.0, quiet: Any = -55.0) -> Signal:
    """Bring a sound slowly to one loudness, as a hand on a fader would, and leave its silences as they are.

    target  dBFS, of the mean power
    time    s until 63 % of the way is done
    most    dB: no more is added, and none taken away
    quiet   dBFS of the mean power below which it is a silence, in which nothing moves

        ug.level(microphone, target=-20)
    """
    return apply(UNITS["level"], inputs={"x": x}, controls={"target": target, "time": time, "most": most, "quiet": quiet})


def _listening(name: str, x: Any, key: Any, controls: Mapping[str, Any]) -> Signal:
    """A sound changed by how loud another is: itself if none is given."""
    sound = ramped(operand(x, f"ug.{name}, x"))
    return apply(UNITS[name], inputs={"x": sound, "key": sound if key is None else key}, controls=controls, channels=max(width_of(sound), 1),
                 as_is=True)
