"""Whether the loudspeakers are heard: with visitors, without, with an amplifier that is off."""
from __future__ import annotations

import math
import random

import pytest

from installation.rules.heard import DEAF, HEARD, RECENT, SPAN, UNHEARD, UNKNOWN, Heard, level


def waves(look: int) -> float:
    """A piece that breathes, between -50 and -20 dBFS."""
    return -35.0 + 15.0 * math.sin(look / 9.0)


def steady(look: int) -> float:
    return -25.0 + 0.3 * math.sin(look)


def add(*levels: float) -> float:
    return 10.0 * math.log10(sum(10.0 ** (each / 10.0) for each in levels))


def listen(heard: Heard, piece=waves, *, gain: float | None = -15.0, visitors: float = -120.0, share: float = 0.3, looks: int = SPAN,
           seed: int = 1) -> list[str]:
    """What it says, look by look. gain: of the way to the microphone, None is an amplifier that is off; visitors: how loud, and how often they speak."""
    chance, said, speaks = random.Random(seed), [], False
    for look in range(looks):
        speaks = chance.random() < share if look % 4 == 0 else speaks
        out = piece(look)
        came = add(-75.0 + chance.gauss(0, 1), *([out + gain + chance.gauss(0, 1.0)] if gain is not None else []),
                   *([visitors + chance.gauss(0, 6)] if speaks else []))
        heard.add(out, came)
        said.append(heard.verdict)
    return said


def test_a_piece_that_breathes_is_heard_and_the_way_to_the_microphone_is_learnt() -> None:
    heard = Heard()
    said = listen(heard)
    assert set(said[:RECENT - 1]) == {UNKNOWN} and said[-1] == HEARD
    assert heard.gain == pytest.approx(-15.0, abs=1.5)


@pytest.mark.parametrize("seed", range(5))
def test_an_amplifier_that_is_off_is_noticed_whether_the_way_is_known_or_not(seed: int) -> None:
    assert listen(Heard(-15.0), gain=None, seed=seed)[-1] == UNHEARD
    assert listen(Heard(-15.0), steady, gain=None, seed=seed)[-1] == UNHEARD
    assert listen(Heard(None), gain=None, seed=seed)[-1] == UNHEARD


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("visitors", [-50.0, -35.0, -20.0])
def test_visitors_never_make_a_loudspeaker_that_plays_seem_to_be_off(visitors: float, seed: int) -> None:
    for share in (0.1, 0.4, 0.8):
        for piece in (waves, steady):
            assert UNHEARD not in listen(Heard(-15.0), piece, visitors=visitors, share=share, seed=seed, looks=3 * SPAN)
        said = "".join("x" if each == UNHEARD else " " for each in listen(Heard(None), visitors=visitors, share=share, seed=seed, looks=1800))
        assert max(map(len, said.split())) < 1200 if said.strip() else True, "what is not known yet must be so for ten minutes"


def test_a_steady_sound_says_nothing_until_its_way_is_known() -> None:
    assert set(listen(Heard(), steady)) == {UNKNOWN} and set(listen(Heard(), steady, gain=None)) == {UNKNOWN}
    assert listen(Heard(-15.0), steady)[-1] == HEARD


def test_what_hardly_leaves_need_not_be_heard() -> None:
    assert set(listen(Heard(-15.0), lambda look: -70.0, gain=None)) == {UNKNOWN}
    assert set(listen(Heard(-15.0), lambda look: -200.0, gain=None)) == {UNKNOWN}


def test_a_microphone_that_gives_nothing_is_another_fault_than_an_amplifier_that_is_off() -> None:
    heard, wire = Heard(-15.0), Heard(0.0, margin=30.0, digital=True)
    for look in range(SPAN):
        heard.add(waves(look), -200.0)
        wire.add(waves(look), -200.0)
    assert heard.verdict == DEAF and wire.verdict == UNHEARD
    heard.forget()
    assert heard.verdict == UNKNOWN


def test_a_loudspeaker_that_fails_slowly_is_not_followed() -> None:
    heard = Heard()
    listen(heard, looks=2 * SPAN)
    gain = heard.gain
    listen(heard, gain=-40.0, looks=2 * SPAN)
    assert gain is not None and heard.gain == pytest.approx(gain, abs=4.0)


def test_levels_of_nothing() -> None:
    assert level(0.0, 64) == level(1.0, 0) == -200.0 and level(64.0, 64) == 0.0
