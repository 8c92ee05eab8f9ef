"""Words that decide: thresholds, steps, what is held and what has changed."""
from __future__ import annotations

__all__: list[str] = []
