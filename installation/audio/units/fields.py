"""Units that put a sound into rooms other than a ring: domes, clouds of loudspeakers, sound fields."""
from __future__ import annotations

from ..declare import Unit

FIELDS: tuple[Unit, ...] = ()
