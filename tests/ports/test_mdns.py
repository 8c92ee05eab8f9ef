"""Announcing by mDNS, on loopback, heard by another zeroconf."""
from __future__ import annotations

import contextlib
import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from installation.ports import mdns
from installation.ports.mdns import Announcement, Service
from installation.terms.fault import Fault, Recovery

from .stand_in import until

TYPE = "_osc._udp.local."


@contextlib.asynccontextmanager
async def elsewhere():
    heard = AsyncZeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only)
    try:
        yield heard
    finally:
        await heard.async_close()


async def found(heard: AsyncZeroconf, name: str, within: int = 10_000) -> AsyncServiceInfo | None:
    info = AsyncServiceInfo(TYPE, f"{name}.{TYPE}")
    return info if await info.async_request(heard.zeroconf, within) else None


async def test_a_piece_is_found_by_its_name_and_says_good_bye():
    name, told = f"Tide {time.time_ns() % 1_000_000}", []
    announcement = Announcement(name, [Service("_osc._udp", 9000, {"page": "8080"})], "127.0.0.1", told.append)
    announcement.open()
    await until(lambda: announcement.addresses, what="the announcement")
    async with elsewhere() as heard:
        info = await found(heard, name)
        assert info is not None and info.port == 9000 and info.properties == {b"page": b"8080"} and info.parsed_addresses() == ["127.0.0.1"]
    await announcement.close()
    async with elsewhere() as heard:
        assert await found(heard, name, 500) is None
    assert not told


async def test_a_network_that_is_not_there_yet_is_waited_for(monkeypatch):
    monkeypatch.setattr(mdns, "FIRST_PAUSE", 0.01)
    there: list[str] = []

    asked: list[str] = []

    def address(interface: str) -> str:
        asked.append(interface)
        if not there:
            raise Fault("no address", where=interface)
        return there[0]

    monkeypatch.setattr(mdns, "address_of", address)
    told: list[Any] = []
    announcement = Announcement("Tide", [Service("_osc._udp", 9000)], "wlan0", told.append)
    announcement.open()
    await until(lambda: told, what="the fault")
    await until(lambda: len(asked) > 4, what="further attempts")
    there.append("127.0.0.1")
    await until(lambda: announcement.addresses == ("127.0.0.1",), what="the announcement")
    await announcement.close()
    assert [type(what) for what in told] == [Fault, Recovery] and announcement.addresses == ()


@given(st.text(max_size=200))
def test_any_title_is_a_name(title):
    name = Announcement(title, [], "127.0.0.1", lambda what: None).name
    assert 0 < len(name.encode()) < 60 and "." not in name
