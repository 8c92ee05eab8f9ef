"""The desk: what may be asked for, by whom."""
from __future__ import annotations

import pytest

from installation.remote.desk import Desk
from installation.rules.gate import Hand, Role
from installation.terms.fault import Fault

ARTIST, ATTENDANT = Hand("web:1"), Hand("web:2", Role.ATTENDANT)


def desk() -> Desk:
    made = Desk()

    async def later(hand: Hand, name: str, over: float = 0.0) -> dict:
        return {"by": hand.origin, "name": name, "over": over}

    made.offer("preset.recall", Role.ARTIST, later)
    made.offer("light.identify", Role.ATTENDANT, lambda hand, name: [name])
    return made


async def test_work_is_done_at_once_or_awaited():
    assert await desk().ask(ARTIST, "preset.recall", {"name": "opening", "over": 3}) == {"by": "web:1", "name": "opening", "over": 3}
    assert await desk().ask(ATTENDANT, "light.identify", {"name": "lamp"}) == ["lamp"]
    assert desk().offered(Role.ATTENDANT) == ["light.identify"] and len(desk().offered(Role.ARTIST)) == 2 and desk().offered(Role.NOBODY) == []


@pytest.mark.parametrize(("hand", "name", "arguments", "id"), [
    (ATTENDANT, "preset.recall", {"name": "x"}, "gate.role"), (ARTIST, "preset.recal", {}, "desk.unknown"), (ARTIST, "preset.recall", {}, "desk.arguments"),
    (ARTIST, "preset.recall", {"name": "x", "speed": 1}, "desk.arguments"), (ARTIST, "x" * 1000, {}, "desk.unknown")])
async def test_what_cannot_be_asked_for_is_said(hand, name, arguments, id):
    with pytest.raises(Fault) as caught:
        await desk().ask(hand, name, arguments)
    assert caught.value.id == id and len(caught.value.say("fr")) < 400
