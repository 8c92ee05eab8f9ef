"""An absent card is looked for at once when something was plugged in, and seldom when nothing was."""
from __future__ import annotations

from installation.runtime.sound.search import QUICK, SLOW, Search


def _looks(search: Search, seconds: float, start: float = 0.0, fingerprint: str = "none") -> list[float]:
    times = [start + tick * 0.05 for tick in range(int(seconds / 0.05))]
    return [time for time in times if search.is_due(time, fingerprint)]


def test_the_pauses_grow_and_stay() -> None:
    looks = _looks(Search(0.0, "none"), 300.0)
    pauses = [later - earlier for earlier, later in zip(looks, looks[1:])]
    assert abs(looks[0] - QUICK[0]) < 0.06
    assert all(abs(pause - wished) < 0.06 for pause, wished in zip(pauses, [*QUICK, SLOW, SLOW, SLOW]))
    assert len(looks) < 20


def test_a_change_is_looked_at_at_once_and_the_pauses_begin_again() -> None:
    search = Search(0.0, "none")
    _looks(search, 100.0)
    looks = _looks(search, 3.0, 100.0, "a card")
    assert looks[0] == 100.0
    assert abs(looks[1] - looks[0] - QUICK[0]) < 0.06
