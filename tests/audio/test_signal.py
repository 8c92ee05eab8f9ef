"""What + - * / mean between sounds, controls, levels and numbers, and that nothing can be decided by any of them."""
from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, dataclass

import numpy as np
import pytest

from installation.audio.declare import PortKind
from installation.audio.graph import Signal, apply
from installation.terms.fault import Fault
from installation.terms.quantity import gain_from_db

from .plain import COMPRESS, FILTER, bound, find, names, noise, param, plan, play, sink, sound


def control(signal: Signal, **params: float) -> float:
    """The value of a control, through a ramp."""
    return float(play(plan(sink(apply(FILTER, inputs={"x": signal}))), 16, params)[0][0, 0]) * 2


def test_numbers_and_ones_and_zeros_make_no_unit():
    x = sound()
    for same in (x * 1, 1 * x, x / 1, x + 0, 0 + x, x - 0, +x, x * 2 * 0.5):
        assert same.source is x.source
    assert names(plan(sink(x * 2 * 3 / 4))) == ["test_noise", "scale", "test_sink"]
    assert plan(sink(x * 2 * 3 / 4)).constants == ((0, 1.5),)


def test_products_are_the_same_both_ways_round():
    a, b, c, d = sound(), sound(), param("c"), param("d")
    assert names(plan(sink(a * b))) == names(plan(sink(b * a)))
    both_ways = plan(sink(a * b + b * a), sink(a * (c * d)), sink(a * (d * c)))
    assert names(both_ways).count("multiply") == 1 and names(both_ways).count("control_multiply") == 1
    assert names(both_ways).count("scale") == 1


@pytest.mark.parametrize("make", [lambda x, c: x + c, lambda x, c: c + x, lambda x, c: x - c, lambda x, c: c - x,
                                  lambda x, c: x * c, lambda x, c: c * x, lambda x, c: x / c, lambda x, c: c / x,
                                  lambda x, c: -x, lambda x, c: 3 - x,
                                  lambda x, c: x - 3, lambda x, c: x * 4, lambda x, c: 1 / x, lambda x, c: (x * 3) * c * 2])
def test_arithmetic_of_sounds_controls_and_numbers(make):
    seen = plan(sink(make(sound(), param("c"))))
    seeded = bound(find(seen, "test_noise"), PortKind.NUMBERS)[0].values[0]
    assert play(seen, 8, {"c": 0.7})[0][:1] == pytest.approx(make(noise(seeded), 0.7), rel=1e-9)


def test_arithmetic_of_controls():
    c, d = param("c"), param("d")
    cases = [(c + d, 5.0), (c - d, -1.0), (c * d, 6.0), (c / d, 2 / 3), (d - c, 1.0), (1 / c, 0.5), (c * 2 + 1, 5.0),
             (3 - c, 1.0), (-c, -2.0),
             ((c + 1) * (d - 1), 6.0), (c + c, 4.0), (c - c, 0.0), (c / 4, 0.5)]
    for signal, value in cases:
        assert signal.rate == "control"
        assert control(signal, c=2.0, d=3.0) == pytest.approx(value)
    assert names(plan(sink(sound() * (((c * 2 + 1) / 3 - 4) * 5)))).count("fit") == 1


def test_controls_and_numbers_over_a_sound_become_sounds():
    x = sound()
    assert sorted(names(plan(sink(1 / x)))) == ["divide", "ramp", "test_noise", "test_sink"]
    assert (param("c") / x).rate == (3 - x).rate == apply(FILTER, inputs={"x": param("c")}).rate == "audio"


def test_one_channel_spreads_and_others_must_match():
    stereo, mono, four = sound(2), sound(), sound(4)
    assert (stereo + mono).channels == (mono * stereo).channels == 2
    assert len(four) == 4 and [part.channels for part in four] == [1] * 4
    assert four[1:3].channels == 2 and four[-1].first == 3 and four[1:][0].first == 1
    with pytest.raises(Fault) as caught:
        stereo + four
    assert caught.value.id == "graph.channels" and "2 channels" in caught.value.happened.en
    for wrong in (4, -5, slice(0, 0), "left"):
        with pytest.raises(Fault) as caught:
            four[wrong]
        assert caught.value.id == "graph.channel"


def test_sum_of_sounds_and_of_placed_things():
    voices = [sound() for _ in range(5)]
    assert names(plan(sink(sum(voices)))).count("add") == 4
    assert names(plan(sum(sink(voice) for voice in voices))).count("test_sink") == 5
    with pytest.raises(Fault) as caught:
        sink(voices[0]) * 2
    assert caught.value.id == "graph.placed" and "place it last" in caught.value.remedy.en


def test_numpy_numbers_are_numbers_and_arrays_are_not():
    x = sound()
    assert (np.float32(0.5) * x).rate == "audio" and (x * np.float64(0.5)).rate == "audio" and (np.int64(2) + x).rate == "audio"
    for wrong in (np.ones(3), "loud", None, [1, 2], math.nan, math.inf, 10 ** 400):
        with pytest.raises(Fault):
            wrong * x
        with pytest.raises(Fault):
            x + wrong
    with pytest.raises(Fault):
        x / 0
    with pytest.raises(Fault):
        param("c") * 1e308 * 1e308
    with pytest.raises(Fault):
        x * 1e308 * 1e308


def test_what_stands_for_a_signal_is_one():
    @dataclass
    class Bound:
        signal: Signal

        def __signal__(self) -> Signal:
            return self.signal

    assert (sound() * Bound(param("c"))).rate == "audio"
    assert len(plan(Bound(sink(sound()))).units) == 2  # type: ignore[arg-type]


# decisions


@pytest.mark.parametrize("decide", [bool, float, lambda s: s > 1, lambda s: s <= 1, lambda s: s == 1, lambda s: s != 1,
                                    lambda s: s in [1], lambda s: 1 if s else 0, lambda s: max(s, 3), math.sin])
def test_nothing_is_decided_by_a_signal(decide):
    for signal in (param("closeness"), sound()):
        with pytest.raises(Fault) as caught:
            decide(signal)
        assert caught.value.id == "graph.undecided" and caught.value.happened.fr and "play()" in caught.value.remedy.en


def test_signals_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        sound().channels = 3  # type: ignore[misc]


# levels


def test_a_level_is_a_gain_in_a_product():
    level, trim = param("level", "dBFS", -60, 0), param("trim", "dB", -12, 12)
    x = sound()
    seen = plan(sink(x * level))
    assert names(seen) == ["test_noise", "glide", "scale", "test_sink"]
    glide = seen.units[1]
    assert bound(glide, PortKind.NUMBERS)[0].values == (1.0, 0.0, -60.0, 0.0)
    for signal, db in ((level * 1.0, -20), (level + 6, -14), (6 + level, -14), (level - 6, -26), (-level, 20),
                       (level + trim, -17), (level - trim, -23), (6 - level, 26), (level * trim, -17),
                       (level / trim, -23), (-(level - trim) + 1, 24),
                       (1 / level, 20)):
        assert control(signal * 1.0 if signal.is_level is False else signal * 2, level=-20, trim=3) == pytest.approx(
            gain_from_db(db) * (2 if signal.is_level else 1))


@pytest.mark.parametrize("add", [lambda x, v: x + v, lambda x, v: v + x, lambda x, v: x - v, lambda x, v: v - x])
def test_a_level_cannot_be_added_to_a_sound(add):
    level = param("level", "dB", -60, 0)
    for other in (sound(), param("c")):
        with pytest.raises(Fault) as caught:
            add(other, level)
        assert caught.value.id == "graph.level" and "sound * self.level" in caught.value.remedy.en
        assert caught.value.where == f"{__file__}:{add.__code__.co_firstlineno}"


def test_levels_at_ports():
    level, ratio = param("level", "dB", -80, 10), param("ratio", "ratio", 0, 1)
    seen = plan(sink(apply(COMPRESS, inputs={"x": sound()}, controls={"threshold": level - 3, "knee": level, "mix": level})))
    glides = [bound(unit, PortKind.NUMBERS)[0].values[0] for unit in seen.units if unit.unit.name == "glide"]
    assert sorted(glides) == [0.0, 1.0]
    _, slots = play(seen, 8, {"level": -10})
    threshold, knee, mix = (slots[binding.slot][0] for binding in bound(find(seen, "test_compress"), PortKind.CONTROL))
    assert (threshold, knee, mix) == pytest.approx((gain_from_db(-13), 0.0, gain_from_db(-10)))
    with pytest.raises(Fault):
        apply(COMPRESS, inputs={"x": sound()}, controls={"threshold": ratio})
    with pytest.raises(Fault) as caught:
        apply(FILTER, inputs={"x": sound()}, controls={"cutoff": level})
    assert 'expected Hz, got "level" in dB' in caught.value.happened.en
    with pytest.raises(Fault) as caught:
        apply(FILTER, inputs={"x": level})
    assert caught.value.id == "graph.input"
