"""How many threads render: as many as the piece asks for, if the machine has the cores."""
from __future__ import annotations

import os
from collections.abc import Callable

from ...terms.fault import Fault, Recovery
from ...terms.words import both


def threads_for(asked: int, tell: Callable[[Fault | Recovery], None]) -> int:
    """As many as were asked for, and not more than there are cores: of two threads on one core one would wait for the other. Told if it is fewer."""
    cores = len(os.sched_getaffinity(0))
    if asked > cores:
        tell(Fault(both(f"{asked} threads are asked for, this machine has {cores} core{'s' * (cores > 1)}: {cores} render{'s' * (cores == 1)}",
                        f"{asked} fils sont demandés, cette machine a {cores} cœur{'s' * (cores > 1)} : {cores} calcule{'nt' * (cores > 1)}"),
                   where="sound.threads", id="sound.threads",
                   remedy=both(f"Write `threads: {cores}` under `sound`, or less: control and light want a core too.",
                               f"Écrivez `threads: {cores}` sous `sound`, ou moins : le contrôle et la lumière veulent aussi un cœur.")))
    return min(asked, cores)
