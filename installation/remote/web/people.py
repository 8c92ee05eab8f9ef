"""Who is who at the page: PINs, which are checked slowly and seldom, and the sessions that a right PIN opens.

    Door        enter(pin, peer) → role; raises Fault for a wrong PIN, and where one has to wait
    Sessions    open(role) → (token, session); of(token); close(session)

A token is 256 bits of chance in a cookie that scripts cannot read; only its hash is kept, in memory, for twelve hours. Guessing: five
tries, then waits that double from 5 s to 5 min for that peer; thirty tries a minute over all peers. One PIN is checked at a time, in a thread.
"""
from __future__ import annotations

import asyncio
import hashlib
import hmac
import math
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...rules import pin as pins
from ...rules.gate import Role
from ...terms.fault import Fault
from ...terms.words import both

LASTS = 12 * 3600.0             # s; a session
MOST_SESSIONS = 256
TRIES = 5                       # without a wait
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0
FORGOTTEN = 3600.0              # s after which a peer's wrong tries are forgotten
MOST_PEERS = 1000
OVERALL = 30                    # tries a minute, whoever makes them
WAITING = 8                     # PINs that wait to be checked at once


@dataclass(slots=True)
class _Peer:
    wrong: int = 0
    until: float = -math.inf        # loop time before which it may not try again
    last: float = 0.0


class TooSoon(Fault):
    """A try that must wait; `after` says how long, in seconds."""

    def __init__(self, after: float, everyone: bool = False) -> None:
        self.after = max(1, math.ceil(after))
        en, fr = ("too many wrong PINs from everywhere", "trop de codes faux de toutes parts") if everyone else ("too many wrong PINs", "trop de codes faux")
        super().__init__(both(f"{en}; try again in {self.after} s", f"{fr} ; réessayez dans {self.after} s"), id="pin.wait")


class Door:
    """Whoever has a PIN comes in as somebody.

    pins    a hash (`rules.pin`) by role, as config.yaml has them
    clock   loop time

    Without an artist's hash, `drawn` is a PIN of six digits by chance, for as long as this door stands.
    """

    def __init__(self, hashes: Mapping[Role, str], clock: Callable[[], float]) -> None:
        self._hashes = dict(hashes)
        self.drawn = "" if Role.ARTIST in self._hashes else f"{secrets.randbelow(1_000_000):06d}"
        self.wrong = self.withheld = 0
        self._clock = clock
        self._peers: OrderedDict[str, _Peer] = OrderedDict()
        self._tries, self._tries_time = float(OVERALL), clock()
        self._one = asyncio.Lock()
        self._waiting = 0

    async def enter(self, pin: object, peer: str) -> Role:
        """The role of whoever has this PIN. Raises Fault if nobody has, TooSoon where it may not be tried yet."""
        if not isinstance(pin, str) or not 1 <= len(pin) <= pins.MOST:
            raise Fault(both("expected a PIN, as text", "il faut un code, en texte"), id="pin.form")
        known = self._count(peer)
        self._waiting += 1
        try:
            async with self._one:
                role = await asyncio.get_running_loop().run_in_executor(None, self._role, pin)
        finally:
            self._waiting -= 1
        if role is Role.NOBODY:
            self.wrong += 1
            raise Fault(both("this PIN is nobody's", "ce code n'est à personne"), id="pin.wrong")
        known.wrong, known.until = 0, -math.inf
        return role

    def _count(self, peer: str) -> _Peer:
        """Count a try before it is made, so that many at once are no way round."""
        now = self._clock()
        known = self._peers.get(peer)
        if known is None or now - known.last > FORGOTTEN:
            known = self._peers[peer] = _Peer()
        self._peers.move_to_end(peer)
        if len(self._peers) > MOST_PEERS:
            self._peers.popitem(last=False)
        if now < known.until:
            self.withheld += 1
            raise TooSoon(known.until - now)
        self._tries = min(float(OVERALL), self._tries + (now - self._tries_time) * OVERALL / 60.0)
        self._tries_time = now
        if self._tries < 1.0 or self._waiting >= WAITING:
            self.withheld += 1
            raise TooSoon((1.0 - self._tries) * 60.0 / OVERALL if self._tries < 1.0 else 2.0, everyone=True)
        self._tries -= 1.0
        known.wrong, known.last = known.wrong + 1, now
        if known.wrong >= TRIES:
            known.until = now + min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (known.wrong - TRIES))
        return known

    def _role(self, pin: str) -> Role:
        """Every hash is tried, so that the time taken does not tell which."""
        found = Role.ARTIST if self.drawn and hmac.compare_digest(pins.plain(pin).encode("utf-8", "replace"), self.drawn.encode()) else Role.NOBODY
        return max([found, *(role for role, text in self._hashes.items() if pins.matches(pin, text))])


@dataclass(eq=False, slots=True)
class Session:
    """Somebody who has come in; `numbers` are those that its connections have had, so that a tablet that wakes is who it was."""

    key: bytes
    role: Role
    until: float
    numbers: list[int] = field(default_factory=list)


class Sessions:
    """Who has come in, by the hash of the token in their cookie."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, role: Role) -> tuple[str, Session]:
        """A new session, and the token that stands for it. The oldest makes room."""
        token = secrets.token_urlsafe(32)
        session = Session(_key(token), role, self._clock() + LASTS)
        self._sessions[session.key] = session
        if len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return token, session

    def of(self, token: str | None) -> Session | None:
        """The session that a cookie's token stands for; None if there is none (any more)."""
        session = self._sessions.get(_key(token)) if token and len(token) < 200 else None
        return session if session is not None and self.lasts(session) else None

    def lasts(self, session: Session) -> bool:
        """Whether a session is still open."""
        if self._clock() >= session.until:
            self.close(session)
        return session.key in self._sessions

    def close(self, session: Session) -> None:
        """End it."""
        self._sessions.pop(session.key, None)


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
