"""Units that work on frequencies."""
from __future__ import annotations

from ..declare import Unit

SPECTRA: tuple[Unit, ...] = ()
