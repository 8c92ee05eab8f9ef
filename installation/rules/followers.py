"""Who is told when a value of the tree changes: watchers at once, subscribers when it suits them.

    Followers      tells both; cuts chains of values that set one another off
    Watcher        a callback on one address, or on all below a beginning
    Subscription   the changes since it was last drained, each address once, without those its author made

A watcher may write; what it sets off is told after the present change has been told to everyone. A chain is cut, and said, after
sixteen links.
"""
from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from ..terms.declaration import Value
from ..terms.fault import Fault
from ..terms.words import both

Watch = Callable[[str, Value, str, float], object]

DEEPEST = 16
LONGEST_QUEUE = 10_000


class Followed(Protocol):
    """What followers need of a leaf."""

    value: Value
    trigger: bool
    watchers: tuple[Watcher, ...]


class Watcher:
    """A callback on one address, or on all that begin with a place that ends in a slash."""

    __slots__ = ("place", "callback", "failing")

    def __init__(self, place: str, callback: Watch) -> None:
        self.place, self.callback, self.failing = place, callback, False

    def sees(self, address: str) -> bool:
        """Whether a change of this address is told to it."""
        return address.startswith(self.place) if self.place.endswith("/") else address == self.place


class Followers:
    """Watchers and subscriptions of one tree. `on_fault` hears of watchers that raise and of chains that were cut."""

    def __init__(self, leaves: Mapping[str, Followed], on_fault: Callable[[Fault], object]) -> None:
        self.leaves = leaves
        self.watchers: list[Watcher] = []
        self.subscriptions: list[Subscription] = []
        self._on_fault = on_fault
        self._queue: deque[tuple[tuple[Watcher, ...], str, Value, str, float, int]] = deque()
        self._depth = 0                       # links in the chain that is being told; 0 while nothing is
        self._faults: list[Fault] = []
        self._cut: set[str] = set()           # addresses at which a chain has been cut and said

    def changed(self, address: str, leaf: Followed, value: Value, origin: str, time: float, author: str | None) -> None:
        """Tell of a change. `author` is whoever knows it already, None if nobody does."""
        for subscription in self.subscriptions:
            if subscription.author == author:
                subscription.pending.pop(address, None)
            elif subscription.only is None or address in subscription.only:
                subscription.pending[address] = None
        if leaf.watchers:
            if self._depth:
                self._queue_up(leaf.watchers, address, value, origin, time)
            else:
                self._tell(leaf.watchers, address, value, origin, time)

    def known(self, address: str, author: str | None) -> None:
        """The author wrote what stands already: it need not be told what it was about to be told."""
        for subscription in self.subscriptions:
            if subscription.author == author:
                subscription.pending.pop(address, None)

    def correct(self, address: str, author: str) -> None:
        """The author wrote something other than what stands: let it be told."""
        for subscription in self.subscriptions:
            if subscription.author == author:
                subscription.pending[address] = None

    def forget(self, address: str) -> None:
        """The address is gone, and with it those who watched it alone."""
        self.watchers = [watcher for watcher in self.watchers if watcher.place != address]
        for subscription in self.subscriptions:
            subscription.pending.pop(address, None)

    def _queue_up(self, watchers: tuple[Watcher, ...], address: str, value: Value, origin: str, time: float) -> None:
        if self._depth <= DEEPEST and len(self._queue) < LONGEST_QUEUE:
            self._queue.append((watchers, address, value, origin, time, self._depth + 1))
        elif address not in self._cut:
            self._cut.add(address)
            self._faults.append(_endless(address))

    def _tell(self, watchers: tuple[Watcher, ...], address: str, value: Value, origin: str, time: float) -> None:
        self._depth = 1
        try:
            while True:
                for watcher in watchers:
                    try:
                        watcher.callback(address, value, origin, time)
                    except Exception as error:
                        if not watcher.failing:
                            watcher.failing = True
                            self._faults.append(_raised(address, error))
                    else:
                        watcher.failing = False
                if not self._queue:
                    break
                watchers, address, value, origin, time, self._depth = self._queue.popleft()
        finally:
            self._depth = 0
            self._queue.clear()
        if self._faults:
            faults, self._faults = self._faults, []
            for fault in faults:
                self._on_fault(fault)


class Subscription:
    """The changes since it was last drained, each address once with its latest value.

    only   the addresses whose changes are collected; None is all. What is asked for by name (`mark`) comes in any case
    """

    def __init__(self, followers: Followers, author: str) -> None:
        self.author = author
        self.only: frozenset[str] | None = None
        self.pending: dict[str, None] = {}
        self._followers = followers
        followers.subscriptions.append(self)

    def drain(self, most: int | None = None) -> dict[str, Value]:
        """What changed, oldest change first, with the values of now; None is a trigger that was fired. At most `most` of them."""
        if most is None or len(self.pending) <= most:
            addresses, self.pending = list(self.pending), {}
        else:
            addresses = [address for address, _ in zip(self.pending, range(most))]
            for address in addresses:
                del self.pending[address]
        leaves = self._followers.leaves
        return {address: leaves[address].value for address in addresses}

    def fill(self) -> None:
        """Have everything of `only` drained next, as someone needs it who has just come; triggers have no value and are left out."""
        self.mark(address for address, leaf in self._followers.leaves.items() if not leaf.trigger and (self.only is None or address in self.only))

    def mark(self, addresses: Iterable[str]) -> None:
        """Have these addresses drained again, changed or not."""
        for address in addresses:
            if address in self._followers.leaves:
                self.pending[address] = None

    def close(self) -> None:
        """End it."""
        if self in self._followers.subscriptions:
            self._followers.subscriptions.remove(self)
        self.pending = {}


def _raised(address: str, error: Exception) -> Fault:
    if isinstance(error, Fault):
        return error.at(address)
    fault = Fault(both(f"something that follows this value failed: {type(error).__name__}: {error}",
                       f"ce qui suit cette valeur a échoué : {type(error).__name__} : {error}"), where=address, id="tree.watcher")
    fault.__cause__ = error
    return fault


def _endless(address: str) -> Fault:
    return Fault(both("values set one another off without end; cut here",
                      "des valeurs se déclenchent l'une l'autre sans fin ; coupé ici"), where=address,
                 remedy=both("Look for two mappings or scenes that follow each other's values.",
                             "Cherchez deux liaisons ou scènes qui suivent chacune la valeur de l'autre."), id="tree.endless")
