"""What patterns that come over the wire mean in a tree, worked out once each; a flood of them must not hold up the loop.

    Patterns(tree)    of(pattern, time) → addresses; may_tell, may_move: whether so many may be told or moved on account of a pattern now

The work is counted in addresses: those a pattern is compared with, and those it means. A bundle of patterns costs the control loop some tens of
milliseconds at most in a tree of twenty thousand, and what is beyond that is refused.
"""
from __future__ import annotations

from ..rules.purse import Purse
from ..rules.tree import Tree
from ..terms.address import is_pattern
from ..terms.fault import Fault
from ..terms.words import both

LOOKED = 100_000         # addresses that patterns are compared with, or tell of, in a second and at once
READING = 500            # what reading a new pattern costs beside, in such addresses
MOVED, AT_ONCE = 10_000, 2_000      # addresses that patterns move, in a second and at once
KEPT, KEPT_ADDRESSES = 256, 200_000          # patterns whose meaning is remembered, and addresses of all of them


class Patterns:
    """Patterns and what they mean."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._meanings: dict[str, list[str]] = {}
        self._addresses = 0
        self._revision = -1
        self._looks, self._moves = Purse(LOOKED), Purse(MOVED, AT_ONCE)

    def of(self, pattern: str, time: float) -> list[str]:
        """The addresses that a pattern means. Raises Fault if that is none, if it makes no sense, or if too many new ones come at once."""
        if self._revision != self._tree.revision:
            self._revision = self._tree.revision
            self._forget()
        if not is_pattern(pattern):
            found = [pattern] if pattern in self._tree else []
        else:
            known = self._meanings.get(pattern)
            found = self._work_out(pattern, time) if known is None else known
        if not found:
            raise Fault(both("this pattern means no address", "ce motif ne désigne aucune adresse"), where=pattern[:200], id="remote.pattern")
        return found

    def may_tell(self, pattern: str, addresses: int, time: float) -> None:
        """Raises Fault if so many may not be told now."""
        if not self._looks.spend(addresses, time):
            raise _too_many(pattern)

    def may_move(self, pattern: str, addresses: int, time: float) -> None:
        """Raises Fault if so many may not be moved now, or not at all at once."""
        if addresses > AT_ONCE:
            raise Fault(both(f"this pattern means {addresses} addresses, at most {AT_ONCE} are moved at once",
                             f"ce motif désigne {addresses} adresses, on en règle {AT_ONCE} au plus à la fois"), where=pattern[:200], id="remote.patterns")
        if not self._moves.spend(addresses, time):
            raise _too_many(pattern)

    def _work_out(self, pattern: str, time: float) -> list[str]:
        if not self._looks.spend(min(LOOKED, READING + len(self._tree)), time):
            raise _too_many(pattern)
        found = self._tree.find(pattern)
        if len(self._meanings) >= KEPT or self._addresses + len(found) > KEPT_ADDRESSES:
            self._forget()
        self._meanings[pattern] = found
        self._addresses += len(found)
        return found

    def _forget(self) -> None:
        self._meanings.clear()
        self._addresses = 0


def _too_many(pattern: str) -> Fault:
    return Fault(both("too many patterns at once", "trop de motifs à la fois"), where=pattern[:200], id="remote.patterns")
