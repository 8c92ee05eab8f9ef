"""Words that follow how loud a sound is, and change it accordingly."""
from __future__ import annotations

__all__: list[str] = []
