"""What the words of `words/returns.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug


def rising() -> Any:
    """Each echo is three semitones higher."""
    back = ug.feedback(time="350 ms")
    echo = ug.pitch_shift(ug.play("sounds/bell-mid.flac") + back * 0.7, 3)
    return back.send(echo) * 0.7


EXAMPLES: dict[str, Callable[[], Any]] = {
    "feedback": rising,
}
