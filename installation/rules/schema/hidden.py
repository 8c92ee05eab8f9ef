"""Sorts for what must not be shown: passwords, in config.yaml or, better, in a file beside it that is given to nobody."""
from __future__ import annotations

from typing import Any

from ...terms.words import both
from ..source import Secret
from .findings import Findings
from .key import BAD, Sort
from .sorts import By

LONGEST = 256


def secret() -> Sort:
    """A text that shows itself as •••."""
    return By(both("text (never shown)", "texte (jamais montré)"), _secret)


def _secret(value: Any, path: str, findings: Findings) -> Any:
    held = value.reveal() if isinstance(value, Secret) else value
    if isinstance(held, (int, float)) and not isinstance(held, bool):
        held = str(held)
    if not isinstance(held, str) or not held or len(held) > LONGEST:
        findings.note(path, both(f"expected a text of 1 to {LONGEST} letters", f"il faut un texte de 1 à {LONGEST} lettres"), id="config.type",
                      remedy=both("Put it in quotes.", "Mettez-le entre guillemets."))
        return BAD
    return Secret(held)
