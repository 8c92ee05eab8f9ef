"""Units that decide: thresholds, steps, what is held."""
from __future__ import annotations

from ..declare import Unit

DECISIONS: tuple[Unit, ...] = ()
