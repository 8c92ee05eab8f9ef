"""Words for what comes in from the card."""
from __future__ import annotations

__all__: list[str] = []
