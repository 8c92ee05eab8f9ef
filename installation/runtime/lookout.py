"""Who holds up the loop? A thread looks at the loop's ticks, and names the artist's line that does not return.

Everything in the control process shares one loop. A play() that computes for a second, or a light() that reads a file, stops
sensors, lamps' looks and remote for that second (never the sound). It cannot be interrupted, but it can be named: when the loop
has not ticked for `patience` seconds, the stack of its thread is read and the innermost line in the piece's folder is told; at once,
from this thread, since the loop may never come back. A line that does it again and again is told once, and once when it has left
off for CALM seconds.
"""
from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from ..terms.fault import Fault, Recovery
from ..terms.words import both

CALM = 10.0      # s without being held up by a line, and it is over


class Lookout:
    """Start it in the loop's own thread; call `tick` from the loop; `told` is called from the lookout's thread."""

    def __init__(self, folder: Path, told: Callable[[Fault | Recovery], None], patience: float = 0.25, calm: float = CALM) -> None:
        self._folder = folder.resolve()
        self._told = told
        self._patience, self._calm = patience, calm
        self._watched = threading.get_ident()
        self._last = monotonic()
        self._stop = threading.Event()
        self._lasting: dict[str, float] = {}     # place → when it last held up the loop
        self.longest = 0.0                       # s, the longest time without a tick
        self._thread = threading.Thread(target=self._watch, name="lookout", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._last = monotonic()
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def tick(self) -> None:
        """The loop is alive."""
        now = monotonic()
        self.longest = max(self.longest, now - self._last)
        self._last = now

    def _watch(self) -> None:
        while not self._stop.wait(self._patience / 4):
            now, last = monotonic(), self._last
            if now - last > self._patience:
                place = self._place()
                if place and self._last == last:          # it has not come back while the stack was read
                    if place not in self._lasting and not any(seen >= last for seen in self._lasting.values()):
                        self._told(_held_up(place))
                        self._lasting[place] = now
                    for seen in self._lasting:
                        if self._lasting[seen] >= last or seen == place:
                            self._lasting[seen] = now
                continue
            for place in [place for place, seen in self._lasting.items() if now - seen > self._calm]:
                del self._lasting[place]
                self._told(Recovery(both("this line no longer holds up the loop", "cette ligne ne bloque plus la boucle"), place, "code.blocks"))

    def _place(self) -> str:
        frame = sys._current_frames().get(self._watched)
        while frame is not None:
            path = Path(frame.f_code.co_filename)
            if path.is_absolute() and path.is_relative_to(self._folder):
                inside = path.relative_to(self._folder).parts
                if inside[0] != "installation" and not any(part.startswith(".") for part in inside):
                    return f"{path}:{frame.f_lineno}"
            frame = frame.f_back
        return ""


def _held_up(place: str) -> Fault:
    return Fault(both("this line holds up the loop: sensors, lamps and remote wait for it",
                      "cette ligne bloque la boucle : capteurs, lumières et télécommande l'attendent"),
                 where=place, id="code.blocks",
                 remedy=both("play() must `await` (room.sleep, room.until); light() must return at once.",
                             "play() doit faire `await` (room.sleep, room.until) ; light() doit rendre la main tout de suite."))
