"""What the words of `words/inputs.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

EXAMPLES: dict[str, Callable[[], Any]] = {}
