"""Units that follow how loud a sound is."""
from __future__ import annotations

from ..declare import Unit

DYNAMICS: tuple[Unit, ...] = ()
