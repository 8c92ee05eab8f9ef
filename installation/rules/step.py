"""One step of a mapping: a record whose fields are its keys in config.yaml, with its state and the time as arguments."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ..terms.words import Words, both
from .schema.measure import Measure

Number = float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation on one value."""

    about: ClassVar[Words] = both("", "")
    short: ClassVar[tuple[str, ...]] = ()     # the keys that a bare value or list stands for

    def begin(self) -> Any:
        """The state at rest."""
        return None

    def take(self, value: Number, now: float, new: bool, state: Any) -> tuple[Number, Any]:
        """The value given, and the next state."""
        raise NotImplementedError

    def fault(self) -> Words | None:
        """What is wrong among its keys, if they do not fit together."""
        return None

    def comes(self) -> tuple[Measure, ...]:
        """Numbers that must have the unit of what comes in."""
        return ()

    def goes(self) -> tuple[Measure, ...]:
        """Numbers that must have the unit of what goes out, where the step changes it."""
        return ()
