"""What every part of the engine asks first: the arena's header, and whether this player is still the one that plays. Compiled into the
engine (only `native` imports it)."""

from __future__ import annotations

from ..dsp.primitives import kernel, load_acquire, words
from .layout import EPOCH, HEADER_WORDS, U_BASE, U_EPOCH, WORD


@kernel
def header(base):
    """The arena's header."""
    return words(base, HEADER_WORDS)


@kernel
def is_stale(user):
    """Whether another player has taken over."""
    return load_acquire(user[U_BASE] + EPOCH * WORD) != user[U_EPOCH]
