"""What the words of `words/rooms.py` sound like."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import ug


def _field() -> Any:
    return ug.encode(ug.pink() * 0.5, 60, order=3) + ug.encode(ug.saw(110) * 0.2, -60, order=3)


EXAMPLES: dict[str, Callable[[], Any]] = {
    "away": lambda: ug.place(ug.distance(ug.pink(), ug.away((ug.drift(1, -8, 8), 1)))),
    "decode": lambda: ug.decode(_field()),
    "distance": lambda: ug.place(ug.distance(ug.saw(220) * 0.5, ug.drift(2, 1, 20), doppler=True)),
    "encode": lambda: ug.decode(ug.encode(ug.pink(), azimuth=ug.drift(2, -60, 60), order=2)),
    "everywhere": lambda: ug.everywhere(ug.pink() * 0.5),
    "nearest": lambda: ug.nearest(ug.pink(), azimuth=ug.drift(1, -60, 60)),
    "place": lambda: ug.place(ug.pink(), azimuth=ug.drift(2, -60, 60)),
    "place_at": lambda: ug.place_at(ug.pink(), position=(ug.drift(2, -3, 3), 2)),
    "rotate": lambda: ug.decode(ug.rotate(_field(), yaw=ug.drift(2, -90, 90))),
    "sub": lambda: [ug.place(ug.saw(55) * 0.1), ug.sub(ug.saw(55) * 0.4, cutoff=90)],
    "to": lambda: ug.to(ug.sine(330) * 0.2, output=2),
}
