"""What a loudspeaker is for: what config.yaml says and the sound core heeds.

    FULL     takes everything that is placed
    SUB      takes only the bottom, of what is sent to it
    SHAKER   the same: it is felt rather than heard
"""
from __future__ import annotations

FULL, SUB, SHAKER = ROLES = "full", "sub", "shaker"
