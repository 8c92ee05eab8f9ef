"""Words that play recordings, or what comes in, as clouds of short grains."""
from __future__ import annotations

__all__: list[str] = []
