"""When the engine starts itself anew at night: once, at the minute that the piece names. Pure."""
from __future__ import annotations

from datetime import datetime, time, timedelta

LONGEST = timedelta(minutes=10)      # between two looks; more, and the clock was set, or the machine slept: nothing is made up for
LEAST = 2 * 3600.0                   # s of running before it: the hour that comes twice in autumn has one restart, and a late start none


def is_due(before: datetime, now: datetime, at: time, uptime: float) -> bool:
    """Whether the minute lies between two looks at a trusted clock. before, now: local times with their zone; uptime: seconds."""
    if uptime < LEAST or not timedelta(0) < now - before <= LONGEST:
        return False
    return any(before < datetime.combine(day.date(), at, tzinfo=day.tzinfo) <= now for day in {before, now})
