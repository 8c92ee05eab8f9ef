"""Alive, weaker, not heard: with a noisy room, a cough, an unknown opening day; and when the daily check is due."""
from __future__ import annotations

from datetime import date, datetime

import pytest

from installation.rules.alive import ALIVE, LOUDER, UNHEARD, UNSURE, WEAKER, Measured, is_due, judge, quiet_part

OUT = 10 ** (-45 / 10)


def measured(way: float | None, background: float = -80.0) -> Measured:
    """way: dB from the output to the microphone; background: dBFS in the band."""
    ground = 10 ** (background / 10)
    return Measured("left", OUT, ground + (0.0 if way is None else OUT * 10 ** (way / 10)), ground)


@pytest.mark.parametrize(("way", "background", "reference", "verdict"), [
    (-20.0, -80.0, None, ALIVE), (-20.0, -80.0, -20.0, ALIVE), (-24.0, -80.0, -20.0, ALIVE), (-28.0, -80.0, -20.0, WEAKER), (-10.0, -80.0, -20.0, LOUDER),
    (None, -80.0, -20.0, UNHEARD), (None, -80.0, None, UNHEARD), (None, -62.0, -20.0, UNSURE), (-20.0, -62.0, -20.0, UNSURE), (None, -200.0, -20.0, UNHEARD),
    (-20.0, -200.0, -20.0, ALIVE)])
def test_what_is_said_of_a_loudspeaker(way: float | None, background: float, reference: float | None, verdict: str) -> None:
    found = judge(measured(way, background), reference, 6.0)
    assert found.verdict == verdict and found.is_well is (verdict in (ALIVE, UNSURE))
    if verdict in (WEAKER, LOUDER):
        assert found.off == pytest.approx(way - reference, abs=0.1)


def test_a_cough_is_not_counted() -> None:
    assert quiet_part([1.0, 1.1, 50.0, 0.9, 30.0, 1.0, 1.2, 1.0]) == 1.0 and quiet_part([]) == 0.0


def test_the_check_is_made_once_a_day_and_late_for_an_hour() -> None:
    day = date(2026, 11, 25)
    assert not is_due(datetime(2026, 11, 25, 7, 44, 59), "07:45", None)
    assert is_due(datetime(2026, 11, 25, 7, 45), "07:45", None) and is_due(datetime(2026, 11, 25, 8, 44), "7:45", date(2026, 11, 24))
    assert not is_due(datetime(2026, 11, 25, 7, 46), "07:45", day) and not is_due(datetime(2026, 11, 25, 8, 45), "07:45", None)
