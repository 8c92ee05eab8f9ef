"""The tree: every value that a person may see or move, by its address. Everything outside is a view of it.

    Tree                    declare, write, release, watch, subscribe, save
    holders.Priority        who gives way to whom
    leaf.Counts             how often an address was written, clipped, refused
    followers.Subscription  the changes since it was last drained, without those its author made

A write carries its origin ("osc:10.0.0.7:9000", "mapping:3", "score:main") and its time. It is fitted to the declaration: out of
range is clipped and counted, a wrong type or a number that is not finite is refused with a Fault. Who holds the address is
decided in holders.py, who is told of changes in followers.py. Nothing here waits, reads a clock or opens anything; memory is
bounded by the number of addresses.
"""
from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from math import inf
from typing import Any

from ..terms.address import LONGEST, is_address
from ..terms.declaration import Declaration, Value
from ..terms.fault import Fault, did_you_mean
from ..terms.words import both
from .followers import Followers, Subscription, Watch, Watcher
from .holders import Priority
from .leaf import Counts, Leaf
from .pattern import matching

__all__ = ["Counts", "Priority", "Subscription", "Tree"]

MOST_ADDRESSES = 20_000
COMPARED = 64            # names of one folder that a misspelt one is compared with
SCANNED = 2_000          # addresses that are looked through for one that ends alike
ENGINE = "engine"


class Tree:
    """Every value by its address.

    hold      seconds for which a hand holds what it wrote, where the write does not say
    on_fault  told of watchers that raise; without it the last hundred faults stand in `faults`
    """

    def __init__(self, *, hold: float = 30.0, on_fault: Callable[[Fault], object] | None = None) -> None:
        self.hold = hold
        self.faults: deque[Fault] = deque(maxlen=100)
        self.revision = 0                                 # grows when addresses come or go, or are declared otherwise
        self.unknown = 0                                  # writes to addresses that do not exist
        self.tunings = 0                                  # grows with each write that is worth saving
        self._on_fault = on_fault if on_fault is not None else self.faults.append
        self._leaves: dict[str, Leaf] = {}
        self._timed: dict[str, Leaf] = {}                 # those with a claim that ends by itself
        self._kept: dict[str, Value] = {}                 # saved values whose addresses are not there (yet)
        self._followers = Followers(self._leaves, self._on_fault)
        self._children: dict[str, dict[str, None]] | None = None

    # what there is

    def declare(self, declaration: Declaration, *, replace: bool = False) -> None:
        """Make an address. With `replace` one that exists takes the new declaration and keeps value, holders and watchers.

        A value that was restored for this address, before or after it was last forgotten, stands again.
        """
        address = declaration.address
        old = self._leaves.get(address)
        if old is not None and not replace:
            raise Fault(both("this address is declared twice", "cette adresse est déclarée deux fois"), where=address,
                        id="tree.twice")
        if old is not None:
            self.revision += old.declaration != declaration
            old.redeclare(declaration)
            if not old.trigger:
                self._change(old, old.holders.value, ENGINE, old.time, None)
            return
        if len(self._leaves) >= MOST_ADDRESSES:
            raise Fault(both(f"more than {MOST_ADDRESSES} addresses", f"plus de {MOST_ADDRESSES} adresses"), where=address,
                        id="tree.full")
        leaf = self._leaves[address] = Leaf(declaration)
        self.revision += 1
        leaf.watchers = tuple(watcher for watcher in self._followers.watchers if watcher.sees(address))
        self._children = None
        if declaration.persists and address in self._kept and not leaf.trigger:
            try:
                leaf.restore(self._kept.pop(address))
            except Fault as fault:
                self._on_fault(fault)
            leaf.value = leaf.holders.value

    def forget(self, address: str) -> None:
        """Take an address away, with its holders and its own watchers. What persists of it is kept for its return."""
        leaf = self._leaf(address)
        if leaf.declaration.persists and leaf.touched and len(self._kept) < MOST_ADDRESSES:
            self._kept[address] = leaf.holders.base
        del self._leaves[address]
        self.revision += 1
        self._timed.pop(address, None)
        self._followers.forget(address)
        self._children = None

    def __contains__(self, address: object) -> bool:
        return address in self._leaves

    def __len__(self) -> int:
        return len(self._leaves)

    def addresses(self) -> tuple[str, ...]:
        """All addresses, in the order in which they were declared."""
        return tuple(self._leaves)

    def find(self, pattern: str) -> list[str]:
        """The addresses that an OSC pattern means, in the order of declaration. Raises Fault if it makes no sense."""
        return matching(pattern, self._leaves)

    def declaration(self, address: str) -> Declaration:
        """The record behind an address."""
        return self._leaf(address).declaration

    def counts(self, address: str) -> Counts:
        """How often it was written, clipped and refused."""
        return self._leaf(address).counts

    def value(self, address: str) -> Any:
        """What stands there now; None for a trigger."""
        return self._leaf(address).value

    def base(self, address: str) -> Any:
        """What stands there when nobody holds it; None for a trigger."""
        return self._leaf(address).holders.base

    def changed(self, address: str) -> float:
        """Loop time at which the value last changed; 0 if nobody has changed it."""
        return self._leaf(address).time

    def holder(self, address: str) -> tuple[Priority, str] | None:
        """Who holds it now, as priority and origin; None if nobody does."""
        top = self._leaf(address).holders.top
        return None if top is None else (top.priority, top.origin)

    def snapshot(self) -> dict[str, Value]:
        """Every value by its address; triggers have none and are left out."""
        return {address: leaf.value for address, leaf in self._leaves.items() if not leaf.trigger}

    # writing

    def write(self, address: str, value: object, *, origin: str, time: float, priority: Priority = Priority.HAND,
              hold: float | None = None) -> Any:
        """Write from outside or from the score, and return the value as it was fitted.

        hold   seconds until the claim lets go by itself; None is `Tree.hold` for a hand, and "until released" for the others

        Whether it stands is a matter of priority: ask `holder`. An author whose value was clipped, or waits below a higher
        holder, finds the standing value in its subscription, so that its fader shows what is.
        Raises Fault for an address that is unknown or read-only, a wrong type, a number that is not finite.
        """
        leaf = self._leaves.get(address)
        if leaf is None:
            self.unknown += 1
            raise self.no_such(address)
        if leaf.read_only:
            leaf.counts.refused += 1
            raise Fault(both("this can be read, not written", "ceci se lit mais ne s'écrit pas"), where=address,
                        id="tree.read_only")
        fitted, clipped = leaf.fit(value)
        if leaf.trigger:
            self._change(leaf, None, origin, time, origin)
            return None
        if hold is None:
            hold = self.hold if priority == Priority.HAND else inf
        if priority in (Priority.PRESET, Priority.HAND):
            leaf.touched = True
            self.tunings += 1
        until = time + hold
        stands = leaf.holders.take(priority, origin, fitted, until, time)
        if until != inf and priority > Priority.PRESET:
            self._timed[address] = leaf
        self._change(leaf, leaf.holders.value, origin, time, origin if stands else None)
        if clipped or not stands:
            self._followers.correct(address, origin)
        return fitted

    def post(self, address: str, value: object, time: float) -> None:
        """Set what the engine itself knows (a reading, a level, a state): neither access nor holders are asked.

        Raises Fault as `write` does for unknown addresses, wrong types and numbers that are not finite.
        """
        leaf = self._leaf(address)
        fitted, _ = leaf.fit(value)
        leaf.holders.base = fitted
        self._change(leaf, fitted, ENGINE, time, None)

    def release(self, address: str, origin: str, time: float) -> None:
        """Let go of what this origin claims here; the next claim below it stands, else the base value."""
        leaf = self._leaf(address)
        if leaf.holders.drop(origin):
            self._change(leaf, leaf.holders.value, origin, time, None)

    def release_all(self, origin: str, time: float) -> None:
        """Let go of everything that this origin claims: a layer that ended, a mapping that was taken out."""
        for leaf in list(self._leaves.values()):
            if leaf.holders.claims and leaf.holders.drop(origin):
                self._change(leaf, leaf.holders.value, origin, time, None)

    def expire(self, now: float) -> None:
        """Let go of the claims whose time is up. Called several times a second."""
        if not self._timed:
            return
        for address, leaf in list(self._timed.items()):
            holders = leaf.holders
            if holders.top is not None and holders.first_end <= now:
                was = holders.top
                holders.lapse(now)
                self._change(leaf, holders.value, was.origin, now, None)
            if holders.first_end == inf:
                self._timed.pop(address, None)

    # being told

    def tell(self, fault: Fault) -> None:
        """Have a fault of something that follows the tree told where those of its watchers are."""
        self._on_fault(fault)

    def watch(self, place: str, callback: Watch) -> Callable[[], None]:
        """Have `callback(address, value, origin, time)` called at once for each change; returns the call that ends it.

        place   an address, or the beginning of addresses up to a slash: "/scene/tide/", "/" for all, also those declared later

        A value that is written again unchanged is not told; a trigger is, each time. A callback that raises disturbs nobody:
        the fault is handed to `on_fault` when it begins, and again only after the callback has worked in between.
        """
        if not place.endswith("/"):
            self._leaf(place)
        watcher = Watcher(place, callback)
        self._followers.watchers.append(watcher)
        for address, leaf in self._leaves.items():
            if watcher.sees(address):
                leaf.watchers = (*leaf.watchers, watcher)

        def unwatch() -> None:
            if watcher in self._followers.watchers:
                self._followers.watchers.remove(watcher)
            for leaf in self._leaves.values():
                if watcher in leaf.watchers:
                    leaf.watchers = tuple(other for other in leaf.watchers if other is not watcher)

        return unwatch

    def subscribe(self, author: str) -> Subscription:
        """Collect changes from here on, other than those whose origin is `author`. Close it in the end."""
        return Subscription(self._followers, author)

    # what outlives a restart

    def save(self) -> dict[str, Value]:
        """The persisting values that somebody has written, also those of addresses that are not there at present."""
        written = {address: leaf.holders.base for address, leaf in self._leaves.items()
                   if leaf.declaration.persists and leaf.touched and not leaf.trigger}
        return {**self._kept, **written}

    def restore(self, saved: dict[str, Any], time: float = 0.0) -> tuple[Fault, ...]:
        """Take back what `save` gave, as base values. Values for addresses that come later wait for them.

        What does not fit any more is left out and returned as faults: a damaged file must not keep a piece from starting.
        """
        faults = []
        for address, value in saved.items():
            leaf = self._leaves.get(address)
            if leaf is None:
                if isinstance(address, str) and is_address(address) and len(self._kept) < MOST_ADDRESSES:
                    self._kept[address] = value
            elif leaf.declaration.persists and not leaf.trigger:
                try:
                    leaf.restore(value)
                except Fault as fault:
                    faults.append(fault)
                else:
                    self._change(leaf, leaf.holders.value, "saved", time, None)
        return tuple(faults)

    # inside

    def _leaf(self, address: str) -> Leaf:
        try:
            return self._leaves[address]
        except KeyError:
            raise self.no_such(address) from None

    def no_such(self, address: str) -> Fault:
        shown = address if len(address) <= 80 else address[:77] + "…"
        close = self._closest(address)
        hint = both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else ""
        return Fault(both("no such address", "cette adresse n'existe pas"), where=shown, remedy=hint, id="tree.unknown")

    def _closest(self, address: str) -> str:
        """Follow the address part by part, taking the closest child where one is misspelt; else whatever ends alike.

        Comparing it with every address would cost a flood of unknown addresses tens of milliseconds each.
        """
        if len(address) > LONGEST:
            return ""
        if self._children is None:
            self._children = {}
            for known in self._leaves:
                parts = known.split("/")
                for depth in range(1, len(parts)):
                    self._children.setdefault("/".join(parts[:depth]), {})[parts[depth]] = None
        here = ""
        for part in address.split("/")[1:]:
            children = self._children.get(here, {})
            found = part if part in children else did_you_mean(part[:40], _likely(part, children))
            if not found:
                break
            here += f"/{found}"
        if here in self._leaves:
            return here
        if len(self._leaves) > SCANNED:
            return ""
        alike = [known for known in self._leaves if known.endswith("/" + address.rsplit("/", 1)[-1])]
        return alike[0] if len(alike) == 1 else ""

    def _change(self, leaf: Leaf, value: Value, origin: str, time: float, author: str | None) -> None:
        """Make a value stand, and tell. `author` is whoever knows it already."""
        address = leaf.declaration.address
        if value != leaf.value or leaf.trigger:
            leaf.value, leaf.time = value, time
            self._followers.changed(address, leaf, value, origin, time, author)
        elif author is not None:
            self._followers.known(address, author)


def _likely(part: str, children: Iterable[str]) -> list[str]:
    """A few of many names that may have been meant: those that begin alike."""
    names = list(children)
    return names if len(names) <= COMPARED else [name for name in names if name[:2] == part[:2]][:COMPARED]
