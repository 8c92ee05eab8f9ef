"""Which unit of which graph the engine is in, or was in when it ended: from the words that each of its threads sets before a unit."""

from __future__ import annotations

from typing import Any

from .layout import CURRENT_GRAPH, CURRENT_UNIT, DIED_IN, MOST_THREADS, THREAD_WORDS


def whereabouts(words: Any) -> tuple[int, int]:
    """Where its instance lies, and the unit's place in it; (0, 0) if it is in none. words: the arena's header.

    Of several threads it is the one that a signal has ended, if one has. Else the first that is in a graph: when a kernel never returns,
    the others have long finished theirs, and wait.
    """
    died = int(words[DIED_IN])
    for thread in (died - 1,) if died else range(MOST_THREADS):
        at = thread * THREAD_WORDS
        if words[CURRENT_GRAPH + at]:
            return int(words[CURRENT_GRAPH + at]), int(words[CURRENT_UNIT + at])
    return 0, 0
