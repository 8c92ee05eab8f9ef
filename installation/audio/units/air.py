"""Air: how much of each frequency it swallows, and the lowpass that is near to it.

    absorption(hz, celsius, humidity)   dB per metre, at sea level
    air_cutoff(metres, ...)             Hz at which so much air takes away 3 dB
    air_law(rate)                       cutoff of the two lowpasses of `distance` at 100 m, and the power by which it falls

Source: ISO 9613-1:1993, eqs. 3 to 5 and annex B.
"""
from __future__ import annotations

import math

KELVIN, WARM, TRIPLE = 273.15, 293.15, 273.16
CELSIUS, HUMIDITY = 20.0, 50.0      # of an exhibition room: degrees, per cent
SOUND = 343.2                       # m/s at 20 °C
HALF = 10.0 * math.log10(2.0)       # dB
TWICE = math.sqrt(math.sqrt(2.0) - 1.0)     # of a lowpass's cutoff, where two of them have lost 3 dB


def absorption(hz: float, celsius: float = CELSIUS, humidity: float = HUMIDITY) -> float:
    """dB per metre that a pure tone loses in still air at 101.325 kPa."""
    kelvin = celsius + KELVIN
    warm = kelvin / WARM
    vapour = humidity * 10.0 ** (4.6151 - 6.8346 * (TRIPLE / kelvin) ** 1.261)
    oxygen = 24.0 + 4.04e4 * vapour * (0.02 + vapour) / (0.391 + vapour)
    nitrogen = warm**-0.5 * (9.0 + 280.0 * vapour * math.exp(-4.170 * (warm ** (-1.0 / 3.0) - 1.0)))
    slow = 0.01275 * math.exp(-2239.1 / kelvin) / (oxygen + hz * hz / oxygen)
    fast = 0.1068 * math.exp(-3352.0 / kelvin) / (nitrogen + hz * hz / nitrogen)
    return 8.686 * hz * hz * (1.84e-11 * math.sqrt(warm) + warm**-2.5 * (slow + fast))


def air_cutoff(metres: float) -> float:
    """Hz at which air of that length takes away half the power."""
    low, high = 1.0, 1e6
    for _ in range(60):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if absorption(middle) * metres < HALF else (low, middle)
    return low


def air_law(rate: int) -> tuple[float, float]:
    """For two lowpasses in a row, which lose 3 dB together where air does: their cutoff for 100 m, in cycles per frame, and the
    power by which it falls with distance: a straight line through 10 m and 100 m on paper with log axes."""
    return air_cutoff(100.0) / TWICE / rate, math.log10(air_cutoff(10.0) / air_cutoff(100.0))
