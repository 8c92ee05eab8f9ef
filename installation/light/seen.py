"""The colour in which each lamp is seen, from the values that left.

    seen = Seen(patch)
    seen.colours(values)     {lamp: [red, green, blue]}, each 0 to 1, as the channels have it

White light is all three; amber is red and half as much green; an emitter of another name counts as white, as for the flash guard. The
dimmer is in it; what only moves (pan, zoom) is not light.
"""
from __future__ import annotations

import numpy as np

from .fixture import Fixture, Patch

EMITTED = {"red": (1.0, 0.0, 0.0), "green": (0.0, 1.0, 0.0), "blue": (0.0, 0.0, 1.0), "white": (1.0, 1.0, 1.0), "warm_white": (1.0, 0.8, 0.55),
           "cold_white": (0.85, 0.95, 1.0), "amber": (1.0, 0.5, 0.0), "lime": (0.7, 1.0, 0.0), "cyan": (0.0, 1.0, 1.0), "magenta": (1.0, 0.0, 1.0),
           "yellow": (1.0, 1.0, 0.0), "uv": (0.3, 0.0, 0.6)}
WHITE = (1.0, 1.0, 1.0)


class Seen:
    """All lamps of a patch."""

    def __init__(self, patch: Patch) -> None:
        self._names = list(patch.fixtures)
        self._top = patch.channels.top.astype(float)
        self._mix = np.zeros((len(self._names) * 3, len(patch.channels)))
        self._dims = np.full(len(self._names), -1)
        for row, fixture in enumerate(patch.fixtures.values()):
            self._lamp(row, fixture)

    def colours(self, values: np.ndarray) -> dict[str, list[float]]:
        """Each lamp's colour. values: of every channel of the patch, as `Lights.compose` and `guarded` make them."""
        levels = values / self._top
        colours = np.minimum(1.0, self._mix @ levels).reshape(-1, 3)
        dimmed = np.where(self._dims >= 0, np.append(levels, 1.0)[self._dims], 1.0)
        return dict(zip(self._names, np.round(colours * dimmed[:, None], 3).tolist()))

    def _lamp(self, row: int, fixture: Fixture) -> None:
        for number, channel in enumerate(fixture.kind.live, fixture.first):
            if channel.dims and fixture.present != {"dimmer"}:
                self._dims[row] = number
            elif channel.dims or channel.emits:
                self._mix[3 * row:3 * row + 3, number] = EMITTED.get(channel.name, WHITE)
