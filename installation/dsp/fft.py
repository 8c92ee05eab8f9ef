"""Fourier transforms of real sounds, for kernels: power-of-two sizes from 8 on, float64, out of their own working room.

    forward(re, im, …)    a sound's spectrum
    inverse(re, im, …)    the sound of a spectrum
    waves                 what both need: NUMBERS from audio/units/spectra.py

A sound of `size` frames is taken as size / 2 complex numbers, even frames real and odd ones imaginary, transformed, and pulled
apart. A spectrum has size / 2 bins; the first holds two real numbers: 0 Hz in `re`, half the sample rate in `im`. The transform
itself goes from one array to another and back (Stockham's order: nothing is ever shuffled), four by four.

Source: M. C. Pease, An adaptation of the fast Fourier transform for parallel processing, JACM 15, 1968; W. H. Press et al.,
Numerical Recipes, 3rd ed., section 12.3 (two halves of a real sound).
"""
from __future__ import annotations

from .kernel import kernel, part


@part
def by_fours(to_re, to_im, re, im, waves, step, stride):
    """One stage: each four numbers a quarter apart become four neighbours, `stride` fours at a time. step: of the waves, for one turn."""
    quarter = re.shape[0] // 4
    half = waves.shape[0] // 2
    for p in range(quarter // stride):
        c1, s1 = waves[p * step], waves[half + p * step]
        c2, s2 = c1 * c1 - s1 * s1, 2.0 * c1 * s1
        c3, s3 = c1 * c2 - s1 * s2, c1 * s2 + s1 * c2
        a_re, a_im = re[stride * p:stride * (p + 1)], im[stride * p:stride * (p + 1)]
        first = quarter + stride * p
        b_re, b_im = re[first:first + stride], im[first:first + stride]
        first += quarter
        c_re, c_im = re[first:first + stride], im[first:first + stride]
        first += quarter
        d_re, d_im = re[first:first + stride], im[first:first + stride]
        first = 4 * stride * p
        e_re, e_im = to_re[first:first + stride], to_im[first:first + stride]
        first += stride
        f_re, f_im = to_re[first:first + stride], to_im[first:first + stride]
        first += stride
        g_re, g_im = to_re[first:first + stride], to_im[first:first + stride]
        first += stride
        h_re, h_im = to_re[first:first + stride], to_im[first:first + stride]
        for q in range(stride):
            sum_re, sum_im = a_re[q] + c_re[q], a_im[q] + c_im[q]
            gap_re, gap_im = a_re[q] - c_re[q], a_im[q] - c_im[q]
            other_re, other_im = b_re[q] + d_re[q], b_im[q] + d_im[q]
            turned_re, turned_im = b_im[q] - d_im[q], d_re[q] - b_re[q]         # b - d, a quarter turn back
            e_re[q], e_im[q] = sum_re + other_re, sum_im + other_im
            x, y = gap_re + turned_re, gap_im + turned_im
            f_re[q], f_im[q] = x * c1 + y * s1, y * c1 - x * s1
            x, y = sum_re - other_re, sum_im - other_im
            g_re[q], g_im[q] = x * c2 + y * s2, y * c2 - x * s2
            x, y = gap_re - turned_re, gap_im - turned_im
            h_re[q], h_im[q] = x * c3 + y * s3, y * c3 - x * s3


@part
def by_twos(to_re, to_im, re, im):
    """The last stage where the size is no power of four: sums and differences of two halves."""
    half = re.shape[0] // 2
    a_re, a_im, b_re, b_im = re[:half], im[:half], re[half:], im[half:]
    c_re, c_im, d_re, d_im = to_re[:half], to_im[:half], to_re[half:], to_im[half:]
    for q in range(half):
        c_re[q], c_im[q], d_re[q], d_im[q] = a_re[q] + b_re[q], a_im[q] + b_im[q], a_re[q] - b_re[q], a_im[q] - b_im[q]


@kernel
def transform(re, im, more_re, more_im, waves):
    """The complex transform (minus in the exponent) of re, im; whether it ended in more_re, more_im. Both are overwritten."""
    size = re.shape[0]
    stride = 1
    there = False
    while 4 * stride <= size:
        step = waves.shape[0] * stride // size
        if stride == 1:
            by_fours(more_re, more_im, re, im, waves, step, 1)
        elif stride == 4:
            by_fours(re, im, more_re, more_im, waves, step, 4)
        elif there:
            by_fours(re, im, more_re, more_im, waves, step, stride)
        else:
            by_fours(more_re, more_im, re, im, waves, step, stride)
        there = not there
        stride *= 4
    if stride < size:
        if there:
            by_twos(re, im, more_re, more_im)
        else:
            by_twos(more_re, more_im, re, im)
        there = not there
    return there


@kernel
def forward(re, im, more_re, more_im, waves):
    """The spectrum of a sound whose even frames lie in re and odd ones in im. In place; more_re, more_im are working room.

    re, im, more_re, more_im  float64 (size / 2,)
    waves                     float64 (n,), for a size of n or any that divides it
    """
    size = re.shape[0]
    there = transform(re, im, more_re, more_im, waves)
    from_re, from_im = (more_re, more_im) if there else (re, im)
    turn, half = waves.shape[0] // (2 * size), waves.shape[0] // 2
    low, high = from_re[0] + from_im[0], from_re[0] - from_im[0]
    for k in range(1, size // 2 + 1):
        j = size - k
        c, s = waves[k * turn], waves[half + k * turn]
        even_re, even_im = 0.5 * (from_re[k] + from_re[j]), 0.5 * (from_im[k] - from_im[j])
        odd_re, odd_im = 0.5 * (from_im[k] + from_im[j]), 0.5 * (from_re[j] - from_re[k])
        x, y = c * odd_re + s * odd_im, c * odd_im - s * odd_re
        re[k], im[k] = even_re + x, even_im + y
        re[j], im[j] = even_re - x, y - even_im
    re[0], im[0] = low, high


@kernel
def inverse(re, im, more_re, more_im, waves):
    """The sound of a spectrum, its even frames in re and odd ones in im: what `forward` undoes. In place, arguments as there."""
    size = re.shape[0]
    turn, half = waves.shape[0] // (2 * size), waves.shape[0] // 2
    re[0], im[0] = 0.5 * (re[0] + im[0]), 0.5 * (re[0] - im[0])
    for k in range(1, size // 2 + 1):
        j = size - k
        c, s = waves[k * turn], waves[half + k * turn]
        even_re, even_im = 0.5 * (re[k] + re[j]), 0.5 * (im[k] - im[j])
        x, y = 0.5 * (re[k] - re[j]), 0.5 * (im[k] + im[j])
        odd_re, odd_im = c * x - s * y, c * y + s * x
        re[k], im[k] = even_re - odd_im, even_im + odd_re
        re[j], im[j] = even_re + odd_im, odd_re - even_im
    there = transform(im, re, more_im, more_re, waves)      # real and imaginary exchanged, it is the inverse
    from_re, from_im = (more_re, more_im) if there else (re, im)
    share = 1.0 / size
    for k in range(size):
        re[k], im[k] = share * from_re[k], share * from_im[k]
