"""Envelopes: how a sound begins and goes.

    env    attack, decay, sustain, release, while a gate is open
    ping   attack and release, at each trigger

Both rise in a straight line and fall as things do that ring out, by 60 dB in the time given; both go on from where they are, so
a visitor who comes back in the middle of a release is not heard as a click.
"""
from __future__ import annotations

from .kernel import kernel, part
from .lanes import all_of, where
from .sine import falling

RESTING, RISING, HOLDING = 0.0, 1.0, 2.0
NOTHING = 1e-6          # -120 dB: a release that has come here is over


@part
def fall(frames):
    """The factor for one frame of a fall of 60 dB in `frames`."""
    return falling(6.907755278982137 / max(frames, 1.0))


@kernel
def env(out, gate, attack, decay, sustain, release, state):
    """Open and close with a gate: 0 to 1, then down to the sustained level, and away when the gate closes.

    out      float32 (1, frames)
    gate     float64 (2,)    open above 0.5; runs straight between the block's ends
    attack   float64 (2,)    frames from 0 to 1, at least 1
    decay    float64 (2,)    frames in which it comes within 60 dB of the sustained level
    sustain  float64 (2,)    0..1
    release  float64 (2,)    frames in which it falls by 60 dB
    state    float64 (2,)    stage, level; zeros is rest

    The times are read once a block, at its first frame. While it stands still it costs next to nothing.
    """
    frames = out.shape[1]
    slope = (gate[1] - gate[0]) / frames
    sustain_slope = (sustain[1] - sustain[0]) / frames
    rise = 1.0 / max(attack[0], 1.0)
    down, away = fall(decay[0]), fall(release[0])
    stage, level = state[0], state[1]
    opens, shuts = (gate[0] > 0.5) & (gate[1] > 0.5), (gate[0] <= 0.5) & (gate[1] <= 0.5)
    holds = opens & (stage == HOLDING) & (level == sustain[0]) & (level == sustain[1])
    if all_of(holds | (shuts & (level == 0.0))):
        for n in range(frames):
            out[0, n] = level
        state[0] = where(shuts, RESTING, stage)
        return
    for n in range(frames):
        is_open = gate[0] + slope * n > 0.5
        rest = sustain[0] + sustain_slope * n
        closing = where(level > NOTHING, level * away, 0.0)
        risen = min(level + rise, 1.0)
        level_open = where(stage == HOLDING, rest + (level - rest) * down, risen)
        stage = where(is_open, where((stage == HOLDING) | (risen >= 1.0), HOLDING, RISING), RESTING)
        level = where(is_open, level_open, closing)
        out[0, n] = level
    state[0], state[1] = stage, level


@kernel
def ping(out, trigger, attack, release, state):
    """One rise and fall at each trigger, as high as the trigger's value.

    out      float32 (1, frames)   may be the same array as trigger
    trigger  float32 (1, frames)   an impulse at the frame where it happens, 0 elsewhere
    attack   float64 (2,)          frames of the rise, at least 1
    release  float64 (2,)          frames in which it falls by 60 dB
    state    float64 (3,)          stage, level, the height it rises to; zeros is rest

    The times are read once a block, at its first frame.
    """
    rise = 1.0 / max(attack[0], 1.0)
    away = fall(release[0])
    stage, level, height = state[0], state[1], state[2]
    if all_of((stage == RESTING) & (level == 0.0)):
        strongest = level
        for n in range(out.shape[1]):
            strongest = max(strongest, float(trigger[0, n]))
        if all_of(strongest <= 0.0):
            for n in range(out.shape[1]):
                out[0, n] = 0.0
            return
    for n in range(out.shape[1]):
        struck = float(trigger[0, n])
        stage = where(struck > 0.0, RISING, stage)
        height = where(struck > 0.0, struck, height)
        risen = level + height * rise
        closing = where(level > NOTHING, level * away, 0.0)
        level = where(stage == RISING, min(risen, height), closing)
        stage = where((stage == RISING) & (risen >= height), RESTING, stage)
        out[0, n] = level
    state[0], state[1], state[2] = stage, level, height
