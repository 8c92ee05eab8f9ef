"""Units that play clouds of grains."""
from __future__ import annotations

from ..declare import Unit

GRAINS: tuple[Unit, ...] = ()
