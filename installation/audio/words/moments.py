"""Words that know when a sound begins, and whether it is still held. Made for voices (`@voice`), where each start is a beginning."""
from __future__ import annotations

from ...terms.declaration import Declaration, Kind
from ..graph import Signal, apply, parameter
from ..plan import RELEASE
from ..units import UNITS

__all__ = ["held", "start"]


def start() -> Signal:
    """Strike once, at the very first frame: of a voice when it begins, of a scene when it enters.

        ug.sine(880) * ug.ping(ug.start(), release=3)
    """
    return apply(UNITS["start"])


def held() -> Signal:
    """A gate that is open until the voice is released (`bell.release()` in play()). In a scene's own sound it stays open.

        ug.saw(pitch) * ug.env(ug.held(), attack=0.5, release=2)
    """
    return apply(UNITS["held"], inputs={"trigger": parameter(RELEASE, Declaration("/voice/release", Kind.TRIGGER))})
