"""Words that send a sound back to where it came from: loops through anything. SuperCollider's LocalIn and LocalOut, Pure Data's delread~ and
delwrite~, Max's tapin~ and tapout~ are such pairs."""
from __future__ import annotations

from typing import Any

from ...terms.fault import Fault
from ...terms.quantity import gain_from_db
from ...terms.words import both
from ..asked import refusal, whole, within
from ..graph import Hall, Signal, apply
from ..node import Call, Loop
from ..signal import AUDIO, operand, whereabouts
from ..units import UNITS
from ..units.returns import RETURN_SPARE, SHORTEST_WAY
from ..word import MOST_CHANNELS
from .taken import width_of

__all__ = ["feedback"]


class Feedback(Signal):
    """What comes back: a sound like any other, and the way back, which `send` closes."""

    __slots__ = ()

    def send(self, x: Any) -> Signal:
        """Close the loop: x comes back. Gives x as it goes in: the same, but where it is louder than the ceiling.

        Raises Fault if it is closed already, or x has other channels (one is sent into all).
        """
        assert isinstance(self.source, Call) and self.source.loop is not None
        loop, sound = self.source.loop, operand(x, "send, x")
        if loop.closed:
            raise refusal(both("this ug.feedback is closed already: one sound is sent back, once",
                               "ce ug.feedback est déjà fermé : un seul son y revient, une seule fois"), "feedback.twice",
                          both(f"It was closed at {loop.closed}. Send a sum: back.send(a + b). Call ug.feedback() within sound(), not outside.",
                               f"Il a été fermé à {loop.closed}. Envoyez une somme : back.send(a + b). "
                               "Appelez ug.feedback() dans sound(), et non en dehors."))
        width = width_of(sound)
        if width not in (1, loop.channels):
            raise refusal(both(f"send: the loop has {loop.channels} channels, the sound has {width}",
                               f"send : la boucle a {loop.channels} canaux, le son en a {width}"), "graph.channels",
                          both(f"ug.feedback(channels={width}), or ug.mix(*sound) for one.", f"ug.feedback(channels={width}), ou ug.mix(*son) pour un seul."))
        sent = apply(UNITS["send_back"], inputs={"x": x}, numbers={"ceiling": (loop.ceiling,)}, memory={"line": loop.frames},
                     channels=loop.channels, loop=loop, word="send")
        assert isinstance(sent.source, Call)
        loop.closed, loop.sent = whereabouts() or sent.where, sent.source
        return sent


def feedback(time: Any = None, channels: int = 1, ceiling: float = 0.0) -> Feedback:
    """What comes back from later in the same sound: a loop through any words. Say what comes back, use it, send something back.

    time      s, 0 to 600: when it comes back, exact to the sample. Left out, as soon as can be: one block, 64 frames, 1.33 ms at 48 kHz,
              which is the shortest there is
    channels  1 to 64
    ceiling   dB, -60 to 24: up to this level what is sent comes back as it is; beyond, it is bent, and is never 6 dB louder

        back = ug.feedback(time="300 ms")
        echo = ug.lowpass(x + back * 0.7, 2_000)
        back.send(echo)

    Each loop is closed once, in the sound() or the voice where it began. With a gain of more than 1 it grows until the ceiling holds
    it, and stays there: it cannot run away, but a constant offset may grow too, and ug.block_dc in the loop keeps it out. For a time
    that moves, put a ug.delay into the loop; the block of the loop comes on top.
    """
    asked = None if time is None else within("ug.feedback, time", time, 0.0, 600.0, "s")
    many = whole("ug.feedback, channels", channels, 1, MOST_CHANNELS)
    most = gain_from_db(within("ug.feedback, ceiling", ceiling, -60.0, 24.0, "dB"))

    def way(hall: Hall) -> int:
        return SHORTEST_WAY if asked is None else round(asked * hall.rate)

    def long_enough(hall: Hall) -> tuple[float]:
        frames, least = way(hall), f"{1_000.0 * SHORTEST_WAY / hall.rate:.2f} ms"
        if frames < SHORTEST_WAY:
            raise Fault(both(f"ug.feedback, time: a loop lasts a block or more, {SHORTEST_WAY} frames, {least} at {hall.rate:,} Hz; this one has {frames}",
                             f"ug.feedback, time : une boucle dure un bloc ou plus, {SHORTEST_WAY} trames, {least} à {hall.rate} Hz ; celle-ci en a {frames}"),
                        id="feedback.time", remedy=both("Leave `time` out for the shortest. ug.comb and ug.pluck have shorter loops inside.",
                                                        "Sans `time`, elle est la plus courte. ug.comb et ug.pluck ont des boucles plus courtes."))
        return (float(frames),)

    loop = Loop(many, most, lambda hall: max(way(hall), SHORTEST_WAY) + RETURN_SPARE)
    came = apply(UNITS["come_back"], numbers={"way": long_enough}, memory={"line": loop.frames}, channels=many, loop=loop, word="ug.feedback")
    return Feedback(came.source, AUDIO, many, came.where)
