"""Words that bend, fold, shift and double a sound."""
from __future__ import annotations

__all__: list[str] = []
