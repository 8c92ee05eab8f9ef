"""What keeps a performance company costs only itself when it fails."""
from __future__ import annotations

from installation.runtime.companion import Companions
from installation.terms.fault import Fault, Recovery


class Company:
    def __init__(self, *, opens: bool = True) -> None:
        self.opens, self.works, self.steps, self.closed = opens, True, 0, False

    async def open(self) -> None:
        if not self.opens:
            raise OSError("no such thing")

    def step(self, now: float) -> None:
        if not self.works:
            raise ValueError("not now")
        self.steps += 1

    async def close(self) -> None:
        self.closed = True


async def test_one_that_fails_is_told_once_and_the_others_go_on() -> None:
    told: list[Fault | Recovery] = []
    never, frail, sound = Company(opens=False), Company(), Company()
    companions = Companions([never, frail, sound], told.append)
    await companions.open()
    assert len(told) == 1 and "no such thing" in told[0].happened.en
    frail.works = False
    for now in range(5):
        companions.step(float(now))
    assert len(told) == 2 and sound.steps == 5
    frail.works = True
    companions.step(5.0)
    assert isinstance(told[2], Recovery) and (told[2].id, told[2].where) == (told[1].id, told[1].where)
    await companions.close()
    assert frail.closed and sound.closed and not never.closed
