"""Mappings at work: readings go through their chains and come out as values of the tree."""
from __future__ import annotations

from collections.abc import Callable

from ...rules.addresses import address_of
from ...rules.mapping import Chain
from ...rules.piece import MappingRecord
from ...rules.readings import Readings
from ...rules.tree import Priority, Tree
from ...terms.declaration import Kind
from ...terms.fault import Fault, Recovery
from ...terms.words import both


class Wire:
    """One mapping: its chain, and the address that it moves. The address may come and go with its scene's file."""

    def __init__(self, record: MappingRecord, number: int) -> None:
        self.record = record
        self.address = address_of(record.to)
        self.sensors = {name.partition(".")[0] for name in record.sources}
        self.chain = Chain.from_record(record)
        self.origin = f"mapping:{number + 1}"
        self.value: object = None
        self.fault: Fault | None = None


class Wiring:
    """All mappings, stepped a hundred times a second; those of a sensor also when it has spoken.

    absent   whether an address belongs to a scene whose file is broken: that was said already, and is no fault of the mapping
    """

    def __init__(self, records: tuple[MappingRecord, ...], readings: Readings, tree: Tree, tell: Callable[[Fault | Recovery], None],
                 absent: Callable[[str], bool] = lambda address: False) -> None:
        self._readings, self._tree, self._tell, self._absent = readings, tree, tell, absent
        self.wires = [Wire(record, number) for number, record in enumerate(records)]

    def step(self, now: float, fresh: set[str] | None = None) -> None:
        """Run every chain, or those that read one of the fresh sensors; write what changed. A chain that fails is told once and holds its
        last value."""
        for wire in self.wires:
            if fresh is not None and fresh.isdisjoint(wire.sensors):
                continue
            readings = {name: self._readings.read(name, now) for name in wire.record.sources}
            try:
                value = wire.chain.apply(readings, now)
                if wire.address in self._tree or not self._absent(wire.address):
                    self._put(wire, value, now)
            except Exception as error:
                if wire.fault is None:
                    fault = error if isinstance(error, Fault) else Fault(f"{type(error).__name__}: {error}")
                    wire.fault = Fault(fault.happened, where=wire.record.where or wire.origin, remedy=fault.remedy, id="mapping.failed")
                    self._tell(wire.fault)
                continue
            if wire.fault is not None:
                self._tell(Recovery(both("the mapping works again", "la correspondance fonctionne de nouveau"), wire.fault.where, wire.fault.id))
                wire.fault = None

    def _put(self, wire: Wire, value: object, now: float) -> None:
        if value is None:
            if wire.value is not None:
                self._tree.release(wire.address, wire.origin, now)
        elif self._tree.declaration(wire.address).kind is Kind.TRIGGER:
            if bool(value) and not bool(wire.value):
                self._tree.write(wire.address, None, origin=wire.origin, time=now, priority=Priority.MAPPING)
        elif value != wire.value or self._tree.holder(wire.address) is None:
            self._tree.write(wire.address, value, origin=wire.origin, time=now, priority=Priority.MAPPING)
        wire.value = value
