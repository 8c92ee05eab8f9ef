"""What a clock on the wall would show, and whether this machine knows it. Nothing waits on it; it is for people to read.

A Raspberry Pi has no clock of its own that outlives its power: until the network has told it the time, it shows another day. The kernel knows
whether somebody keeps its clock (adjtimex(2), STA_UNSYNC).
"""
from __future__ import annotations

import ctypes
from datetime import datetime

TIME_ERROR = 5          # adjtimex: nobody keeps the clock
_TIMEX = 512            # bytes; the structure takes 208


def trusted() -> bool:
    """Whether the machine's clock is kept by a network or a receiver."""
    try:
        return ctypes.CDLL(None).adjtimex(ctypes.byref(ctypes.create_string_buffer(_TIMEX))) not in (-1, TIME_ERROR)
    except (OSError, AttributeError):
        return False


def shown(then: float, now: float) -> tuple[str, str]:
    """A moment as people say it today: 10:42, or 24 Nov 10:42; in English and in French. Seconds since 1970, in this machine's zone."""
    moment, today = datetime.fromtimestamp(then), datetime.fromtimestamp(now)
    clock = f"{moment:%H:%M}"
    if moment.date() == today.date():
        return clock, clock
    return f"{moment.day} {_MONTHS[0][moment.month - 1]} {clock}", f"{moment.day} {_MONTHS[1][moment.month - 1]} {clock}"


_MONTHS = (("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
           ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."))
