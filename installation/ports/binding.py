"""A port of the network that may have to wait for its address: its state, told once for each reason, and why it could not be bound.

    binding = Binding(on_state)
    binding.enter(State.ABSENT, unbound(error, "10.0.0.5:9000", "UDP", "osc"))     told once while the reason stays the same
    binding.enter(State.OPEN)                                                      the next loss is told again
"""
from __future__ import annotations

import errno
from collections.abc import Callable

from ..terms.fault import Fault
from ..terms.words import both
from .wire import State

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 15.0     # s between attempts to bind

OnState = Callable[[State, Fault | None], object]


class Binding:
    """What a port is doing, and who is told."""

    def __init__(self, on_state: OnState | None) -> None:
        self.state = State.CLOSED
        self._on_state = on_state
        self._told: set[str] = set()

    def enter(self, state: State, fault: Fault | None = None) -> None:
        """The state now. ABSENT brings a Fault, which is told for each new reason until the port has been open, or closed."""
        known = state is self.state and (fault is None or fault.id in self._told)
        self.state = state
        if fault is not None:
            self._told.add(fault.id)
        else:
            self._told.clear()
        if not known and self._on_state is not None:
            self._on_state(state, fault)


def unbound(error: OSError, where: str, transport: str, id: str) -> Fault:
    """Why a port could not be bound. transport: "UDP" or "TCP"; id: the beginning of the fault's."""
    if error.errno == errno.EADDRINUSE:
        look = "ss -ulpn" if transport == "UDP" else "ss -tlpn"
        return Fault(both(f"another programme listens on this {transport} port", f"un autre programme écoute sur ce port {transport}"), where=where,
                     remedy=both(f"It is tried again. `{look}` shows which one it is; is the piece running twice?",
                                 f"On réessaie. `{look}` montre lequel ; la pièce tourne-t-elle deux fois ?"), id=f"{id}.port_taken")
    if error.errno == errno.EADDRNOTAVAIL:
        return Fault(both("this machine does not have this address (yet)", "cette machine n'a pas (encore) cette adresse"), where=where,
                     remedy=both("It is waited for: is the network there? `ip address` lists what this machine has.",
                                 "On l'attend : le réseau est-il là ? `ip address` donne les adresses de la machine."), id=f"{id}.no_address")
    return Fault(both(f"the port cannot be opened: {error.strerror}", f"le port ne s'ouvre pas : {error.strerror}"), where=where, id=f"{id}.bind")
