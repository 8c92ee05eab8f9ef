"""The gate: every hand from outside goes through it, so that who may what, the lock and the log of changes stand in one place.

    Role      NOBODY looks on; VISITOR moves what the piece grants; ATTENDANT has the room's three buttons; ARTIST moves all
    Hand      one who writes: an origin ("web:3", "osc:10.0.0.7:9000", "midi:nanoKONTROL2"), a role, and where it is let
    Change    one value that a hand has changed, with what stood before
    Gate      may, write, release, fire; locked_by; followers hear of each change

A tablet, the page, a MIDI controller and an OSCQuery client each have a Hand and write through `Gate.write`; nothing else from outside reaches
the tree. The engine's own writes (mappings, score, telemetry) do not come here. Pure; time is an argument.

The lock (`/system/lock`) keeps everyone else's hands off during an opening: it is the artist's who closed it, and any artist may open it. What the room
must always allow stands outside it: `/system/mode` (play, quiet, stop) and `/system/mute` for those who may write them.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from ..terms.declaration import Kind, Value
from ..terms.fault import Fault
from ..terms.words import both
from .holders import Priority
from .pattern import among
from .tree import Tree

LOCK = "/system/lock"
ALWAYS = ("/system/mode", "/system/mute")       # what the lock does not close
ATTENDANTS = ("/system/mode", "/system/mute", "/system/idle", "/system/check", "/room/gain", "/hours/open_for", "/hours/close_for", "/hours/follow")
GESTURE = 1.0                                   # s within which one hand's writes to one address are one change
KEPT = 500                                      # changes remembered


class Role(IntEnum):
    """Who may what: each may also do what those before it may."""

    NOBODY = 0
    VISITOR = 1
    ATTENDANT = 2
    ARTIST = 3


@dataclass(frozen=True, slots=True)
class Hand:
    """One who writes from outside.

    origin   who it is; what it wrote is not echoed to this origin
    role     what it may
    only     patterns or beginnings ("/scene/tide/") of the addresses it is let to; empty: all that its role may
    """

    origin: str
    role: Role = Role.ARTIST
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One gesture: one hand's writes to one address, at most a second apart, nobody else's between. `before` is what stood when it began.

    base_before, base_after   the same of what stands when nobody holds the value: a mapping may hide it
    """

    began: float
    time: float
    origin: str
    address: str
    before: Value
    after: Value
    base_before: Value = None
    base_after: Value = None


class Gate:
    """The one door to the tree for hands.

    grants     what a role may move beside its own: patterns or beginnings, by role
    hold       seconds for which what was written is held against mappings and the score
    refused    writes that were not let through
    locked_by  the origin that closed the lock, "" while it is open
    """

    def __init__(self, tree: Tree, grants: Mapping[Role, Iterable[str]] | None = None, hold: float = 30.0) -> None:
        self.tree, self.hold = tree, hold
        self.refused = 0
        self.locked_by = ""
        self._grants = {role: tuple((grants or {}).get(role, ())) for role in Role}
        self._followers: list[Callable[[Change], object]] = []
        self._changes: dict[tuple[int, str], Change] = {}
        self._open: dict[str, tuple[int, Change]] = {}
        self._numbers = 0
        self._may: dict[tuple[Role, tuple[str, ...], str], bool] = {}
        self._revision = -1

    def follow(self, callback: Callable[[Change], object]) -> Callable[[], None]:
        """Have `callback(change)` called for each write that changed a value; a gesture that goes on is told again, longer. Returns what ends it."""
        self._followers.append(callback)
        return lambda: self._followers.remove(callback) if callback in self._followers else None

    @property
    def changes(self) -> list[Change]:
        """What hands have changed, newest last, bounded."""
        return list(self._changes.values())

    def may(self, hand: Hand, address: str) -> bool:
        """Whether this hand is let to an address now."""
        return self.refusal(hand, address) is None

    def write(self, hand: Hand, address: str, value: object, time: float, *, hold: float | None = None) -> Any:
        """Write a value, or fire a trigger, and return the value as it was fitted. Raises Fault if the hand may not, or the tree refuses.

        A trigger fires by anything but 0 and false: those are a button that is let go.
        """
        self._check(hand, address)
        if self.tree.declaration(address).kind is Kind.TRIGGER and value is not None and not value:
            return None
        before, base = self.tree.value(address), self.tree.base(address)
        fitted = self.tree.write(address, value, origin=hand.origin, time=time, hold=self.hold if hold is None else hold)
        if address == LOCK:
            self.locked_by = hand.origin if fitted else ""
        after = self.tree.value(address)
        if after != before or fitted is None:
            self._note(hand.origin, address, (before, after), (base, fitted), time)
        return fitted

    def put_back(self, hand: Hand, address: str, value: object, time: float, base: bool = False, origin: str = "") -> Any:
        """Write as presets and undo do: it becomes what stands when nobody holds the value; with `base`, no hand holds it afterwards.

        origin   as whom it is written, so that the page which asked for it hears of it too; the hand's own without
        """
        self._check(hand, address)
        origin = origin or hand.origin
        before, former = self.tree.value(address), self.tree.base(address)
        fitted = self.tree.write(address, value, origin=origin, time=time, priority=Priority.PRESET if base else Priority.HAND, hold=self.hold)
        after = self.tree.value(address)
        if after != before or fitted != former:
            self._note(origin, address, (before, after), (former, fitted), time)
        return fitted

    def release(self, hand: Hand, address: str, time: float) -> None:
        """Let whatever hand holds this value let go, so that mapping or score take over. Raises Fault if the hand may not."""
        self._check(hand, address)
        holder = self.tree.holder(address)
        if holder is not None and holder[0] == Priority.HAND:
            self.tree.release(address, holder[1], time)

    def _check(self, hand: Hand, address: str) -> None:
        fault = self.refusal(hand, address)
        if fault is not None:
            self.refused += 1
            raise fault

    def refusal(self, hand: Hand, address: str) -> Fault | None:
        """Why this hand is not let to an address now; None if it is."""
        if address not in self.tree:
            self.tree.unknown += 1
            return self.tree.no_such(address)
        if not self._lets(hand, address):
            if hand.role is Role.NOBODY:
                return Fault(both("looking on needs no PIN; moving this does", "regarder ne demande pas de code ; régler ceci, si"), where=address,
                             id="gate.role")
            return Fault(both(f"{_ROLES[hand.role].en} may not move this", f"{_ROLES[hand.role].fr} ne peut pas régler ceci"), where=address, id="gate.role")
        if self.tree.value(LOCK) if LOCK in self.tree else False:
            if address == LOCK or address in ALWAYS or hand.origin == self.locked_by:
                return None
            return Fault(both("locked: hands off until it is opened again", "verrouillé : on n'y touche pas jusqu'à l'ouverture du verrou"), where=address,
                         id="gate.locked")
        return None

    def _lets(self, hand: Hand, address: str) -> bool:
        if self._revision != self.tree.revision or len(self._may) > 50_000:
            self._may.clear()
            self._revision = self.tree.revision
        key = (hand.role, hand.only, address)
        known = self._may.get(key)
        if known is None:
            known = self._may[key] = self._role_lets(hand.role, address) and (not hand.only or among(address, hand.only))
        return known

    def _role_lets(self, role: Role, address: str) -> bool:
        if role is Role.ARTIST:
            return True
        if address == LOCK:
            return False
        own = ATTENDANTS if role is Role.ATTENDANT else ()
        return address in own or any(among(address, self._grants[lower]) for lower in Role if Role.NOBODY < lower <= role)

    def _note(self, origin: str, address: str, stood: tuple[Value, Value], base: tuple[Value, Value], time: float) -> None:
        number, change = self._open.get(address, (0, None))
        if change is not None and change.origin == origin and time - change.time <= GESTURE:
            del self._changes[number, address]
            change = replace(change, time=time, after=stood[1], base_after=base[1])
        else:
            change = Change(time, time, origin, address, *stood, *base)
        self._numbers += 1
        self._open[address] = self._numbers, change
        self._changes[self._numbers, address] = change
        if len(self._changes) > KEPT:
            oldest = next(iter(self._changes))
            del self._changes[oldest]
            if self._open[oldest[1]][0] == oldest[0]:
                del self._open[oldest[1]]
        for follower in list(self._followers):
            try:
                follower(change)
            except Exception as error:              # what was written stands; whoever only looks on must not make it look refused
                fault = Fault(both(f"something that follows changes failed: {type(error).__name__}: {error}",
                                   f"ce qui suit les changements a échoué : {type(error).__name__} : {error}"), where=change.address, id="gate.follower")
                fault.__cause__ = error
                self.tree.tell(fault)


_ROLES = {Role.NOBODY: both("someone who looks on", "qui regarde"), Role.VISITOR: both("a visitor", "un visiteur"),
          Role.ATTENDANT: both("an attendant", "un gardien"), Role.ARTIST: both("an artist", "un artiste")}
