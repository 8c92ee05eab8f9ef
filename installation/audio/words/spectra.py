"""Words that take a sound apart into frequencies and put it together again."""
from __future__ import annotations

__all__: list[str] = []
