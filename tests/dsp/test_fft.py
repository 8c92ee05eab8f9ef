"""Fourier transforms of kernels, against numpy's."""
from __future__ import annotations

import numpy as np
import pytest

from installation.audio.units.spectra import waves
from installation.dsp import fft
from installation.dsp.kernel import kernel

LARGEST = 4_096


@kernel
def there(re, im, more_re, more_im, table):
    fft.forward(re, im, more_re, more_im, table)


@kernel
def back(re, im, more_re, more_im, table):
    fft.inverse(re, im, more_re, more_im, table)


def room(x: np.ndarray) -> list[np.ndarray]:
    return [x[0::2].astype(float), x[1::2].astype(float), np.zeros(len(x) // 2), np.zeros(len(x) // 2)]


@pytest.mark.parametrize("size", [8 << k for k in range(10)])
@pytest.mark.parametrize("table", [1, LARGEST])
def test_it_is_numpys_and_undoes_itself(size, table):
    """With a table of its own size, and with that of a larger one."""
    x = np.random.default_rng(size).standard_normal(size)
    table = np.array(waves(max(size, table)))
    work = room(x)
    there(*work, table)
    expected = np.fft.rfft(x)
    packed = expected[:-1].copy()
    packed[0] = expected[0].real + 1j * expected[-1].real
    assert np.abs(work[0] + 1j * work[1] - packed).max() < 1e-12 * size
    back(*work, table)
    assert max(np.abs(work[0] - x[0::2]).max(), np.abs(work[1] - x[1::2]).max()) < 1e-14 * size


def test_a_tone_is_one_line():
    x = np.cos(2 * np.pi * 37 * np.arange(512) / 512 + 0.3)
    work = room(x)
    there(*work, np.array(waves(512)))
    power = work[0] ** 2 + work[1] ** 2
    assert np.argmax(power) == 37 and abs(np.arctan2(work[1][37], work[0][37]) - 0.3) < 1e-12
    assert np.delete(power, 37).max() < 1e-20 * power[37]
