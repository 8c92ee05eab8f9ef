"""Units that bend, fold, shift and double a sound."""
from __future__ import annotations

from ..declare import Unit

EFFECTS: tuple[Unit, ...] = ()
