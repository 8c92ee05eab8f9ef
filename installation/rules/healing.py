"""The steps of healing: what to do next about a sound that stays away. Pure; times are arguments.

    ladder = Ladder(care, known, can_restart=True)
    ladder.step(now, lasting, wall)      the step to take now, or None;  lasting: the ids of the faults that stand
    ladder.known                         what must outlive the process, and the machine

Open the card anew → replace the player → start the engine anew → start the machine anew. Each is given some patience. A step that has helped is forgotten
once all has been well for a while, so that the next trouble begins at the bottom; one that comes back sooner goes on where the last one ended. How far a
trouble may go depends on it: where signals leave and are not heard, an amplifier is off, and no restart will switch it on.

The machine is never started anew in a loop: not sooner than the pause, not more often than so many times in a day, and, whatever a clock says, not more
often than that in a row unless all has been well in between.
"""
from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from .care import Care

SETTLED = 600.0           # s without trouble, and the last step has helped
AGAIN = 6 * 3600.0        # s after the last step of all, when it is tried from the bottom once more
DAY = 86_400.0


class Step(IntEnum):
    """What can be done, from the least to the most."""

    REOPEN = 1
    REPLACE = 2
    RESTART = 3
    REBOOT = 4


HEALS: Mapping[str, tuple[Step, ...]] = {
    "proof.silent": (Step.REOPEN, Step.REPLACE, Step.RESTART, Step.REBOOT),
    "player.trouble": (Step.RESTART, Step.REBOOT),                # players are replaced all the time already
    "proof.unheard": (Step.REOPEN, Step.REPLACE),
    "bounds.memory": (Step.RESTART,),
    "bounds.files": (Step.RESTART,),
    "bounds.threads": (Step.RESTART,),
}
"""Which steps may help against which fault, the gravest fault first."""


@dataclass(frozen=True, slots=True)
class Known:
    """What must outlive the process. at: when the last step was taken; reboots: when the machine was started anew, both in seconds since 1970;
    in_a_row: how often that was done without all having been well since."""

    trouble: str = ""
    step: int = 0
    at: float = 0.0
    reboots: tuple[float, ...] = ()
    in_a_row: int = 0


class Ladder:
    """Where on the ladder the house stands.

    known         as an earlier process left it
    can_restart   whether somebody starts the engine anew when it ends
    exhausted     the fault against which nothing more can be done now; "" is none
    """

    def __init__(self, care: Care, known: Known = Known(), *, can_restart: bool) -> None:  # noqa: B008
        self.known = known
        self.exhausted = ""
        self._care, self._can_restart = care, can_restart
        self._since: float | None = None         # loop time at which the trouble began
        self._well: float | None = None          # … at which the last one was over
        self._taken: float | None = None         # … of the last step
        self._wall = 0.0

    def step(self, now: float, lasting: Collection[str], wall: float) -> Step | None:
        """What to do now. now: the loop's time; wall: the best guess at seconds since 1970."""
        self._wall = wall
        trouble = next((id for id in HEALS if id in lasting), "")
        if not trouble or not self._care.heal:
            self._be_well(now)
            return None
        self._well = None
        if self._since is None:
            self._since = now
        begun = self._since if self._taken is None else max(self._since, self._taken)
        if now - begun < self._care.patience:
            return None
        if self.exhausted and self._taken is not None and now - self._taken >= AGAIN:
            self.known = replace(self.known, step=0)
        above = [step for step in HEALS[trouble] if step > self.known.step and self._may(step)]
        if not above:
            self.exhausted = trouble
            self._taken = now if self._taken is None else self._taken
            return None
        self.exhausted, self._taken = "", now
        self._climb(trouble, above[0], wall)
        return above[0]

    @property
    def is_well(self) -> bool:
        """Whether no step stands that has not proved itself."""
        return not self.known.step and not self.known.in_a_row

    def may_reboot(self, wall: float) -> bool:
        """Whether the machine may be started anew now."""
        past = self.known.reboots
        return (self._care.reboot and self.known.in_a_row < self._care.reboots
                and sum(abs(wall - one) < DAY for one in past) < self._care.reboots
                and all(abs(wall - one) >= self._care.reboot_pause for one in past))

    def _may(self, step: Step) -> bool:
        if step is Step.RESTART:
            return self._can_restart
        return step is not Step.REBOOT or self.may_reboot(self._wall)

    def _climb(self, trouble: str, step: Step, wall: float) -> None:
        reboots, in_a_row = self.known.reboots, self.known.in_a_row
        if step is Step.REBOOT:
            reboots, in_a_row = (*reboots[-9:], wall), in_a_row + 1
        self.known = Known(trouble, int(step), wall, reboots, in_a_row)

    def _be_well(self, now: float) -> None:
        self._since, self.exhausted = None, ""
        self._well = now if self._well is None else self._well
        if now - self._well >= SETTLED and not self.is_well:
            self.known = Known(reboots=self.known.reboots)
            self._taken = None
