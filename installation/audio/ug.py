"""The words for sound(): each makes a signal, or changes one, or puts one into the room.

    tones       sine saw pulse triangle wavetable fm phasor impulse pluck modal
    noises      white pink brown blue dust velvet
    recordings  play stream bank                       grains      grains                 inputs  input loop
    filters     lowpass highpass filter morph peak lowshelf highshelf ladder comb allpass formant block_dc crossover
    effects     chorus flanger phaser vibrato tremolo ring taps drive fold crush frequency_shift pitch_shift
    dynamics    follow compress expand noise_gate duck limit level
    spaces      delay reverb convolve                  spectra     freeze blur cross
    returns     feedback
    shapes      env ping segments fade                 moments     start held
    movements   drift walk wander
    decisions   lfo steps slew hold above rising changed every chance count toggle gate latch beat
    rooms       place place_at away distance nearest everywhere sub to encode rotate decode
    sends       send sent                              levels      mix db

Numbers, parameters and control signals mix freely; `x * self.level` makes x louder or softer, `x + y` sounds both, `x[0]` is the
first channel. Every control glides, and may follow a sound. What is wrong is a Fault that names the line of the scene. When a word
is missing, a kernel of the piece's own (`installation.unit`) makes one.

`piece(folder, rate, cache)` says where recordings are looked for; the runtime does so before it asks a scene for its sound.
"""
from __future__ import annotations

from .here import piece
from .words import (
    decisions,
    dynamics,
    effects,
    filters,
    inputs,
    levels,
    moments,
    movements,
    noises,
    recordings,
    returns,
    rooms,
    sends,
    shapes,
    spaces,
    spectra,
    tones,
)
from .words import grains as clouds  # whose word has its name
from .words.decisions import *  # noqa: F403
from .words.dynamics import *  # noqa: F403
from .words.effects import *  # noqa: F403
from .words.filters import *  # noqa: F403
from .words.grains import *  # noqa: F403
from .words.inputs import *  # noqa: F403
from .words.levels import *  # noqa: F403
from .words.moments import *  # noqa: F403
from .words.movements import *  # noqa: F403
from .words.noises import *  # noqa: F403
from .words.recordings import *  # noqa: F403
from .words.returns import *  # noqa: F403
from .words.rooms import *  # noqa: F403
from .words.sends import *  # noqa: F403
from .words.shapes import *  # noqa: F403
from .words.spaces import *  # noqa: F403
from .words.spectra import *  # noqa: F403
from .words.tones import *  # noqa: F403

FAMILIES = (tones, noises, recordings, clouds, inputs, filters, effects, dynamics,
            spaces, returns, spectra, shapes, moments, movements, decisions, rooms, sends, levels)
__all__ = ["piece", *(word for family in FAMILIES for word in family.__all__)]  # noqa: PLE0604
