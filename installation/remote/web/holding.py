"""Who holds which value, in words that a person understands, and which of them have changed.

    words_of(origin)    "web:artist:3" → an artist at a page (3)
    Holding             sweep(…) looks at a few hundred addresses at a time; `changed` hears of each new holder
"""
from __future__ import annotations

from collections.abc import Callable, Iterator

from ...rules.tree import Priority, Tree
from ...terms.words import Words, both, words

AT_ONCE = 500            # addresses looked at in one step, so that twenty thousand hold nothing up

_ROLES = {"artist": both("an artist at a page", "un artiste, sur une page"), "attendant": both("an attendant at a page", "un gardien, sur une page"),
          "visitor": both("a visitor at a page", "un visiteur, sur une page"), "nobody": both("a page", "une page")}

Holder = list  # [priority, origin, words en, words fr]


def words_of(origin: str) -> Words:
    """Who an origin is."""
    kind, _, rest = origin.partition(":")
    host = rest.rpartition(":")[0] or rest
    match kind.partition(".")[0]:
        case "web":
            role, _, number = rest.partition(":")
            return _ROLES.get(role, words(role)) + f" ({number})"
        case "osc" | "oscquery":
            return both(f"a tablet by OSC ({host})", f"une tablette en OSC ({host})")
        case "midi":
            return both(f"the MIDI controller {rest}", f"le contrôleur MIDI {rest}")
        case "mapping":
            return both(f"mapping {rest}", f"correspondance {rest}")
        case "play":
            scene = rest.split(":")[1] if ":" in rest else rest
            return both(f"the scene {scene} itself", f"la scène {scene} elle-même")
        case "score":
            return both("the score", "la partition")
        case "preset" | "morph":
            return both(f"the preset {rest}".rstrip(), f"le préréglage {rest}".rstrip())
    return words(origin)


class Holding:
    """The holders of a whole tree, looked at piece by piece."""

    def __init__(self, tree: Tree, changed: Callable[[str], object]) -> None:
        self._tree, self._changed = tree, changed
        self._known: dict[str, tuple[Priority, str]] = {}
        self._left: Iterator[str] = iter(())

    def of(self, address: str) -> Holder | None:
        """Who holds an address, as the page is told; None for nobody."""
        held = self._known.get(address)
        if held is None:
            return None
        said = words_of(held[1])
        return [held[0].name.lower(), held[1], said.en, said.fr]

    @property
    def held(self) -> list[str]:
        """The addresses that somebody holds."""
        return list(self._known)

    def step(self) -> bool:
        """Look at some more addresses; returns whether that was the last of them, so that a new round begins."""
        tree, known = self._tree, self._known
        for _ in range(AT_ONCE):
            address = next(self._left, None)
            if address is None:
                self._left = iter(tree.addresses())
                for gone in [address for address in known if address not in tree]:
                    del known[gone]
                return True
            held = tree.holder(address) if address in tree else None
            if held != known.get(address):
                if held is None:
                    del known[address]
                else:
                    known[address] = held
                self._changed(address)
        return False
