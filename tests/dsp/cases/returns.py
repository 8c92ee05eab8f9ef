"""Units of audio/units/returns.py on the bench, each alone. tests/dsp/test_returns.py has them together."""
from __future__ import annotations

from ..case import Case

CASES: tuple[Case, ...] = (
    Case("come_back", 2, numbers={"way": (900.0,)}, memory={"line": 964}),
    Case("send_back", 2, numbers={"ceiling": (0.3,)}, memory={"line": 964}),
)
