"""Bodies that are known by name: how their modes lie, how long each rings, and how loud it is when struck.

    BODIES   name → (frequency over the lowest, decay over the lowest's, level) for each mode

Source: N. Fletcher, T. Rossing, The Physics of Musical Instruments, 2nd edition, 1998: a free bar (chapter 2), a drum's skin and a
square plate that is held at its edges (3), a church bell from its hum upwards (21). Decays fall as 1 / frequency and levels, but
for the bell, as its root: not measured, but what the ear expects of a firm strike.
"""
from __future__ import annotations

Mode = tuple[float, float, float]


def _modes(ratios: tuple[float, ...], levels: tuple[float, ...]) -> tuple[Mode, ...]:
    return tuple((ratio / ratios[0], ratios[0] / ratio, level) for ratio, level in zip(ratios, levels, strict=True))


def _falling(ratios: tuple[float, ...]) -> tuple[Mode, ...]:
    return _modes(ratios, tuple((ratios[0] / ratio) ** 0.5 for ratio in ratios))


BODIES: dict[str, tuple[Mode, ...]] = {
    "bar": _falling((1.0, 2.7565, 5.4039, 8.9330, 13.3443, 18.6379)),
    "bell": _modes((0.5, 1.0, 1.183, 1.506, 2.0, 2.514, 2.662, 3.011, 4.166, 5.433, 6.796, 8.215),
                   (0.5, 0.8, 1.0, 0.4, 1.0, 0.4, 0.35, 0.5, 0.4, 0.3, 0.2, 0.15)),
    "membrane": _falling((1.0, 1.5933, 2.1355, 2.2954, 2.6531, 2.9173, 3.1555, 3.5001, 3.5985, 3.6475, 4.0589, 4.1317)),
    "plate": _falling((2.0, 5.0, 8.0, 10.0, 13.0, 17.0, 18.0, 20.0, 25.0, 26.0, 29.0, 32.0, 34.0, 37.0, 40.0, 41.0)),
}
