"""Mappings at work: readings go through their chains and come out as values of the tree."""
from __future__ import annotations

from collections.abc import Callable

from ..rules.mapping import Chain
from ..rules.piece import MappingRecord
from ..rules.readings import Readings
from ..rules.tree import Priority, Tree
from ..terms.declaration import Kind
from ..terms.fault import Fault, Recovery
from ..terms.words import both


class Wire:
    """One mapping: its chain, and the address that it moves."""

    def __init__(self, record: MappingRecord, number: int, tree: Tree) -> None:
        self.record = record
        self.address = record.to if record.to.startswith("/") else "/scene/" + record.to.replace(".", "/")
        self.chain = Chain.from_record(record)
        self.origin = f"mapping:{number + 1}"
        self.trigger = tree.declaration(self.address).kind is Kind.TRIGGER
        self.value: object = None
        self.broken = False


class Wiring:
    """All mappings, stepped a hundred times a second."""

    def __init__(self, records: tuple[MappingRecord, ...], readings: Readings, tree: Tree, tell: Callable[[Fault | Recovery], None]) -> None:
        self._readings, self._tree, self._tell = readings, tree, tell
        self.wires = [Wire(record, number, tree) for number, record in enumerate(records)]

    def step(self, now: float) -> None:
        """Run every chain; write what changed. A chain that fails is told once and holds its last value."""
        for wire in self.wires:
            readings = {name: self._readings.read(name, now) for name in wire.record.sources}
            try:
                value = wire.chain.apply(readings, now)
                self._put(wire, value, now)
            except Fault as fault:
                if not wire.broken:
                    wire.broken = True
                    self._tell(Fault(fault.happened, where=wire.record.where or wire.origin, remedy=fault.remedy, id="mapping.failed"))
                continue
            if wire.broken:
                wire.broken = False
                self._tell(Recovery(both("the mapping works again", "la correspondance fonctionne de nouveau"),
                                    where=wire.record.where or wire.origin, id="mapping.failed"))

    def _put(self, wire: Wire, value: object, now: float) -> None:
        if value is None:
            if wire.value is not None:
                self._tree.release(wire.address, wire.origin, now)
        elif wire.trigger:
            if bool(value) and not bool(wire.value):
                self._tree.write(wire.address, None, origin=wire.origin, time=now, priority=Priority.MAPPING)
        elif value != wire.value or self._tree.holder(wire.address) is None:
            self._tree.write(wire.address, value, origin=wire.origin, time=now, priority=Priority.MAPPING)
        wire.value = value
