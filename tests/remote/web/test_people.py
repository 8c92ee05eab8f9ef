"""PINs and sessions: guessing gets nowhere, nothing grows, and a right PIN is somebody at once. Time is ours."""
from __future__ import annotations

import asyncio

import pytest

from installation.remote.web.people import LASTS, LONGEST_WAIT, MOST_PEERS, MOST_SESSIONS, OVERALL, TRIES, Door, Sessions, TooSoon
from installation.rules import pin as pins
from installation.rules.gate import Role
from installation.terms.fault import Fault
from tests.remote.web.served import HASHES, PINS


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def wrong(door: Door, peer: str = "10.0.0.1") -> float:
    """Try a wrong PIN: 0, or for how long one has to wait."""
    try:
        await door.enter("000000", peer)
    except TooSoon as fault:
        assert f"{fault.after} s" in fault.happened.en and f"{fault.after} s" in fault.happened.fr
        return fault.after
    except Fault as fault:
        assert fault.id == "pin.wrong"
        return 0.0
    raise AssertionError("a wrong PIN let somebody in")


async def test_each_pin_is_its_role_and_spaces_are_for_reading(clock: Clock) -> None:
    door = Door(HASHES, clock)
    for role, pin in PINS.items():
        assert await door.enter(pin, "10.0.0.1") is role and await door.enter(" ".join(pin), "10.0.0.1") is role
    assert door.drawn == ""


async def test_without_an_artists_pin_one_is_drawn(clock: Clock) -> None:
    doors = [Door({Role.ATTENDANT: HASHES[Role.ATTENDANT]}, clock) for _ in range(5)]
    assert len({door.drawn for door in doors}) > 1 and all(len(door.drawn) == 6 and door.drawn.isdigit() for door in doors)
    assert await doors[0].enter(doors[0].drawn, "a") is Role.ARTIST and await doors[0].enter(PINS[Role.ATTENDANT], "a") is Role.ATTENDANT


async def test_waits_grow_and_end(clock: Clock) -> None:
    door, waits = Door({}, clock), []
    for _ in range(TRIES):
        assert await wrong(door) == 0
    for _ in range(10):
        after = await wrong(door)
        waits.append(after)
        clock.now += after - 0.5
        assert await wrong(door) == 1
        clock.now += 0.5
        assert await wrong(door) == 0
    assert waits[:4] == [5, 10, 20, 40] and max(waits) == LONGEST_WAIT
    assert await wrong(door, "10.0.0.2") == 0                            # somebody else does not wait
    with pytest.raises(TooSoon):
        await door.enter(door.drawn, "10.0.0.1")
    clock.now += LONGEST_WAIT
    assert await door.enter(door.drawn, "10.0.0.1") is Role.ARTIST
    assert [await wrong(door) for _ in range(TRIES)] == [0] * TRIES       # and all is forgotten


async def test_many_peers_together_wait_too_and_are_bounded(clock: Clock) -> None:
    door = Door({}, clock)
    got = [await wrong(door, f"10.0.{number // 250}.{number % 250}") for number in range(OVERALL + 20)]
    assert got.count(0) == OVERALL and all(1 <= after <= 3 for after in got[OVERALL:])
    clock.now += 60
    assert await wrong(door, "10.9.9.9") == 0
    for number in range(2 * MOST_PEERS):
        clock.now += 2.0
        await wrong(door, f"10.1.{number // 250}.{number % 250}")
    assert len(door._peers) <= MOST_PEERS


async def test_many_tries_at_once_are_no_way_round_and_do_not_hold_up_the_loop(clock: Clock) -> None:
    door, ticks = Door(HASHES, clock), 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.002)
            ticks += 1

    ticking = asyncio.create_task(tick())
    got = await asyncio.gather(*(wrong(door) for _ in range(50)))
    ticking.cancel()
    assert got.count(0) == TRIES and ticks > 5


@pytest.mark.parametrize("pin", [None, 135790, ["135790"], "", "1" * 65, True])
async def test_what_is_no_pin_is_refused(clock: Clock, pin: object) -> None:
    with pytest.raises(Fault, match="expected a PIN"):
        await Door(HASHES, clock).enter(pin, "a")


def test_sessions_end_make_room_and_keep_no_token(clock: Clock) -> None:
    sessions = Sessions(clock)
    token, session = sessions.open(Role.ARTIST)
    assert sessions.of(token) is session and session.role is Role.ARTIST and token.encode() not in session.key
    for not_it in (None, "", token[:-1], token + "a", "x" * 10_000):
        assert sessions.of(not_it) is None
    clock.now += LASTS - 1
    assert sessions.of(token) is session
    clock.now += 1
    assert sessions.of(token) is None and len(sessions) == 0
    tokens = [sessions.open(Role.VISITOR)[0] for _ in range(MOST_SESSIONS + 5)]
    assert len(set(tokens)) == len(tokens) and len(sessions) == MOST_SESSIONS
    assert sessions.of(tokens[0]) is None and sessions.of(tokens[-1]) is not None
    ended = sessions.of(tokens[-1])
    assert ended is not None
    sessions.close(ended)
    assert sessions.of(tokens[-1]) is None


def test_a_hash_says_nothing_of_the_pin_and_is_checked_in_bounds() -> None:
    text = pins.hashed("123 456", b"0123456789abcdef")
    assert text.startswith("scrypt:16384:8:1:") and "123" not in text.split(":")[5] and pins.is_hashed(text)
    assert pins.matches("123456", text) and pins.matches("1 2 3 4 5 6", text) and not pins.matches("123457", text) and not pins.matches("", text)
    assert pins.hashed("123456", b"another salt....") != text
    for broken in ("", "123456", "scrypt:", "scrypt:16384:8:1:00:00", text.replace("16384", "16383"), text.replace("16384", "1073741824"), text[:-1],
                   text + "0" * 400, text.replace(":8:", ":-8:"), text.replace("scrypt", "plain"), text.replace(":8:1", ":800:1"),
                   text.replace(":8:1:", ":8:²:")):
        assert not pins.is_hashed(broken) and not pins.matches("123456", broken), broken
