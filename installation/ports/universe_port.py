"""Which port a universe leaves by, as its record in config.yaml says."""
from __future__ import annotations

from ..rules.lamps import UniverseRecord
from ..terms.fault import Fault
from ..terms.words import both
from .artnet import ArtnetPort
from .dmx import Port, Tell
from .enttec import EnttecPort
from .midi_out import MidiOutPort
from .sacn import SacnPort


def port_for(record: UniverseRecord, tell: Tell) -> Port:
    """The port that the universe's record names. Raises Fault if it lacks something."""
    if record.port == "artnet" and record.host:
        return ArtnetPort(record.host, record.port_address, tell)
    if record.port == "sacn":
        return SacnPort(record.number, tell, host=record.host, priority=record.priority, interface=record.interface)
    if record.port == "enttec" and record.device:
        return EnttecPort(record.device, tell)
    if record.port == "midi" and record.device:
        return MidiOutPort(record.device, record.slots, tell)
    missing = "host" if record.port == "artnet" else "device"
    raise Fault(both(f'universe {record.number} ({record.port}) needs "{missing}"',
                     f"l'univers {record.number} ({record.port}) veut « {missing} »"), where=record.where, id="light.universe")
