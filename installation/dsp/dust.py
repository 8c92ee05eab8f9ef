"""Impulses by chance.

    dust     at random, as drops fall: nobody knows when the next one comes
    velvet   one in each small span of time, up or down: smooth noise from few impulses

Each channel has its own generator (see chance.py), seeded in its STATE before the first block.
"""
from __future__ import annotations

from .chance import next_number
from .kernel import kernel


@kernel
def dust(out, density, vary, state):
    """Impulses whose times are independent of each other (Poisson's process), 0 elsewhere.

    out      float32 (channels, frames)
    density  float64 (2,)   impulses per frame, on average, 0..0.49; runs straight between the block's ends
    vary     float64 (2,)   0: each is 1 high; 1: anything above 0 up to 1; runs straight between
    state    float64 (2 * channels,)   the generator's two words of each channel; the seed
    """
    frames = out.shape[1]
    slope = (density[1] - density[0]) / frames
    vary_slope = (vary[1] - vary[0]) / frames
    for channel in range(out.shape[0]):
        shift, weyl = int(state[2 * channel]), int(state[2 * channel + 1])
        for n in range(frames):
            shift, weyl, value = next_number(shift, weyl)
            out[channel, n] = 0.0
            if 0.5 * value + 0.5 < density[0] + slope * n:
                shift, weyl, value = next_number(shift, weyl)
                out[channel, n] = 1.0 - (vary[0] + vary_slope * n) * (0.5 * value + 0.5)
        state[2 * channel] = shift
        state[2 * channel + 1] = weyl


@kernel
def velvet(out, density, state):
    """Noise of single impulses, 1 or -1, one somewhere in each span of 1 / density; 0 elsewhere. RMS is the root of density.

    out      float32 (channels, frames)
    density  float64 (2,)   impulses per frame, 0..0.49; runs straight between the block's ends
    state    float64 (5 * channels,)   for each channel the generator's two words (the seed), the place in the span in turns, the
                                       place of its impulse, the impulse (0: it has been heard, or the span is the first)

    From about 2,000 a second on it sounds smoother than white noise as loud as itself; below, it crackles.
    Source: M. Karjalainen, H. Järveläinen, Reverberation modeling using velvet noise, AES 30th conference, 2007, equation 4.
    """
    frames = out.shape[1]
    slope = (density[1] - density[0]) / frames
    for channel in range(out.shape[0]):
        own = state[5 * channel:5 * channel + 5]
        shift, weyl = int(own[0]), int(own[1])
        place, due, height = own[2] + 1.0, own[3], own[4]       # zeros at rest: the first span begins at once
        for n in range(frames):
            pace = density[0] + slope * n
            value = 0.0
            if place >= 1.0:
                value = height                      # the density rose so fast that it has not come yet
                place -= 1.0
                shift, weyl, chance = next_number(shift, weyl)
                due = (0.5 * chance + 0.5) * (1.0 - pace)
                shift, weyl, chance = next_number(shift, weyl)
                height = 1.0 if chance >= 0.0 else -1.0
            if value == 0.0 and height != 0.0 and place >= due:
                value, height = height, 0.0
            out[channel, n] = value
            place += pace
        own[0], own[1], own[2], own[3], own[4] = shift, weyl, place - 1.0, due, height
