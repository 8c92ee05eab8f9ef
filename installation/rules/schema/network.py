"""The sorts of values that name something on a network, by IPv4 address: looking a name up could block, and the venue's DNS may be down."""
from __future__ import annotations

import ipaddress
from typing import Any

from ...terms.words import both
from .findings import Findings
from .key import BAD, Sort
from .sorts import By


def address() -> Sort:
    """An IPv4 address."""
    return By(both("IPv4 address", "adresse IPv4"), _address)


def network() -> Sort:
    """A network such as 192.168.1.0/24, or one address."""
    return By(both("network such as 192.168.1.0/24", "réseau, par exemple 192.168.1.0/24"), _network)


def peer() -> Sort:
    """An address and a port: 192.168.1.20:9001."""
    return By(both("address:port", "adresse:port"), _peer)


def _address(value: Any, path: str, findings: Findings) -> Any:
    try:
        return str(ipaddress.IPv4Address(value if isinstance(value, str) else ""))
    except ValueError:
        return _not(value, path, findings, "an IPv4 address such as 10.0.0.5", "une adresse IPv4, par exemple 10.0.0.5")


def _network(value: Any, path: str, findings: Findings) -> Any:
    text = value if isinstance(value, str) else ""
    try:
        return ipaddress.IPv4Network(text)
    except ValueError:
        pass
    try:
        meant = ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        return _not(value, path, findings, "a network such as 192.168.1.0/24", "un réseau, par exemple 192.168.1.0/24")
    findings.note(path, both(f"{findings.show(value)} names one machine and a network at once",
                             f"{findings.show(value)} désigne à la fois une machine et un réseau"),
                  remedy=both(f"Write {meant} for the network, or {text.split('/')[0]}/{meant.max_prefixlen} for the machine.",
                              f"Écrivez {meant} pour le réseau, ou {text.split('/')[0]}/{meant.max_prefixlen} pour la machine."),
                  id="config.network")
    return BAD


def _peer(value: Any, path: str, findings: Findings) -> Any:
    text = value if isinstance(value, str) else ""
    host, _, port = text.rpartition(":")
    try:
        found = ipaddress.IPv4Address(host)
        if port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65535:
            return f"{found}:{int(port[:6])}"
    except ValueError:
        pass
    return _not(value, path, findings, "an address and a port such as 192.168.1.20:9001",
                "une adresse et un port, par exemple 192.168.1.20:9001")


def _not(value: Any, path: str, findings: Findings, en: str, fr: str) -> Any:
    findings.note(path, both(f"expected {en}, got {findings.show(value)}", f"il faut {fr}, et non {findings.show(value)}"),
                  id="config.network")
    return BAD
