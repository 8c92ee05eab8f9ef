"""What the guard obeys, as control writes it: each output's gain and delay, the ceiling, the ramps."""

from __future__ import annotations

from collections.abc import Sequence

from ..terms.fault import Fault
from ..terms.quantity import gain_from_db
from ..terms.words import Words, both
from .arena import Arena
from .layout import (
    FRAMES,
    GUARD_AT,
    GUARD_CEILING,
    GUARD_CLOSE_FRAMES,
    GUARD_DELAYS,
    GUARD_GAINS,
    GUARD_LINE_FRAMES,
    GUARD_MUTE_FRAMES,
    GUARD_RELEASE_FRAMES,
    GUARD_SETTINGS,
    OUTPUTS,
    RATE,
)

HIGHEST_DB = 24.0
LONGEST_MUTE = 0.05  # s


def set_guard(arena: Arena, gains_db: Sequence[float], delays: Sequence[float], ceiling_dbfs: float, mute: float, close: float, release: float) -> None:
    """Write the guard's settings; see `Stage.guard`. Raises Fault for what it cannot do; then nothing has changed."""
    rate, outputs = arena.words[RATE], arena.words[OUTPUTS]
    longest = (arena.words[GUARD_LINE_FRAMES] - 2 * FRAMES) / rate
    if max(len(gains_db), len(delays)) > outputs:
        raise _fault(both(f"there are {outputs} outputs", f"il y a {outputs} sorties"), "room", "guard.outputs")
    for output, delay in enumerate(delays, 1):
        if not 0.0 <= delay <= longest:
            raise _fault(
                both(f"a delay is 0 to {longest:.3f} s, not {delay:g}", f"un retard va de 0 à {longest:.3f} s, et non {delay:g}"),
                f"room: output {output}",
                "guard.delay",
            )
    for output, gain in enumerate(gains_db, 1):
        check_gain(gain, f"room: output {output}")
    if not -60.0 <= ceiling_dbfs <= 0.0:
        raise _fault(
            both(f"the ceiling is -60 to 0 dBFS, not {ceiling_dbfs:g}", f"le plafond va de -60 à 0 dBFS, et non {ceiling_dbfs:g}"),
            "sound.ceiling",
            "guard.ceiling",
        )
    settings = arena.view(arena.words[GUARD_AT], "f8", (GUARD_SETTINGS,))
    settings[GUARD_CEILING] = gain_from_db(ceiling_dbfs)
    settings[GUARD_MUTE_FRAMES] = min(LONGEST_MUTE, max(0.001, mute)) * rate
    settings[GUARD_CLOSE_FRAMES] = max(0.001, close) * rate
    settings[GUARD_RELEASE_FRAMES] = max(0.001, release) * rate
    for output in range(outputs):
        settings[GUARD_GAINS + output] = gain_from_db(gains_db[output] if output < len(gains_db) else 0.0)
        settings[GUARD_DELAYS + output] = round((delays[output] if output < len(delays) else 0.0) * rate)


def check_gain(gain_db: float, where: str) -> None:
    """Raises Fault for a gain that is too high, or NaN."""
    if not gain_db <= HIGHEST_DB:
        raise _fault(
            both(f"a gain is at most {HIGHEST_DB:g} dB, not {gain_db:g}", f"un gain est d'au plus {HIGHEST_DB:g} dB, et non {gain_db:g}"), where, "guard.gain"
        )


def _fault(happened: Words, where: str, id: str) -> Fault:
    return Fault(happened, where=where, id=id)
