"""The desk: what may be asked of the piece beside moving a value, by name. The page and whoever else can ask find it here.

    desk = Desk()
    desk.offer("preset.save", Role.ARTIST, save)        save(hand, **arguments) → plain data, or None; may be a coroutine
    await desk.ask(hand, "preset.save", {"name": "opening"})

Each part of the house offers what it can do (presets, undo, MIDI learn, identifying a lamp); nothing here knows what they are.
"""
from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..rules.gate import Hand, Role
from ..terms.fault import Fault, did_you_mean
from ..terms.words import both


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that may be asked for, by whoever has at least this role."""

    name: str
    role: Role
    work: Callable[..., Any]


class Desk:
    """What may be asked for, by name."""

    def __init__(self) -> None:
        self._offers: dict[str, Offer] = {}

    def offer(self, name: str, role: Role, work: Callable[..., Any]) -> None:
        """Offer `work(hand, **arguments)` to everyone who has at least this role."""
        self._offers[name] = Offer(name, role, work)

    def offered(self, role: Role) -> list[str]:
        """What someone of this role may ask for."""
        return [offer.name for offer in self._offers.values() if role >= offer.role]

    async def ask(self, hand: Hand, name: str, arguments: dict[str, Any]) -> Any:
        """Do it. Raises Fault if there is no such thing, the role may not, the arguments are not its own, or it is refused."""
        offer = self._offers.get(name)
        if offer is None:
            close = did_you_mean(name[:60], self._offers)
            raise Fault(both(f"nothing is called {name[:60]!r}", f"rien ne s'appelle {name[:60]!r}"), id="desk.unknown",
                        remedy=both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else "")
        if hand.role < offer.role:
            raise Fault(both("this needs another PIN", "ceci demande un autre code"), where=name, id="gate.role")
        try:
            inspect.signature(offer.work).bind(hand, **arguments)
        except TypeError as error:
            raise Fault(both(f"asked with the wrong arguments: {error}", f"demandé avec de mauvais arguments : {error}"), where=name,
                        id="desk.arguments") from None
        answer = offer.work(hand, **arguments)
        return await answer if inspect.isawaitable(answer) else answer
