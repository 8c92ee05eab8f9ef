"""What listens, together: announced on the network where it listens, and closed whatever fails."""
from __future__ import annotations

from types import SimpleNamespace

from installation.ports.mdns import Service
from installation.remote.desk import Desk
from installation.rules.gate import Gate
from installation.rules.remote import OscRecord, Remote, WebRecord
from installation.rules.tree import Tree
from installation.runtime.reach.remoting import Remoting
from tests.hostile.running import free_port


def remoting(tmp_path, told: list, **remote) -> Remoting:
    piece = SimpleNamespace(title="Tide", folder=tmp_path, remote=Remote(**remote))
    return Remoting(piece, Gate(Tree()), None, told.append, Desk())


async def test_each_service_is_announced_where_it_listens_and_nowhere_else(tmp_path):
    made = remoting(tmp_path, [], osc=OscRecord(interface="192.168.1.20", port=9000, tcp=9002), web=WebRecord(port=8080))
    assert [(each._interface, each._services) for each in made.announcements] == [
        ("192.168.1.20", [Service("_osc._udp", 9000), Service("_osc._tcp", 9002)]),
        ("127.0.0.1", [Service("_oscjson._tcp", 8080), Service("_http._tcp", 8080, {"path": "/"})])]
    together = remoting(tmp_path, [], osc=OscRecord(port=9000), web=WebRecord(port=8080))
    assert [len(each._services) for each in together.announcements] == [3]
    assert remoting(tmp_path, [], osc=OscRecord(), announce=False).announcements == [] == remoting(tmp_path, []).announcements


async def test_what_fails_to_close_is_told_and_keeps_nothing_else_open(tmp_path):
    told: list = []
    made = remoting(tmp_path, told, osc=OscRecord(port=free_port()), announce=False)
    await made.open()
    assert made.tablets is not None

    async def fails() -> None:
        raise OSError("no")

    made.controllers.close = fails
    await made.close()
    assert [fault.id for fault in told] == ["engine.failed"] and made.tablets.port.address is None
