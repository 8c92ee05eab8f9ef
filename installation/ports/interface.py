"""A network interface: the address that config.yaml means by "wlan0", "eth0" or "192.168.1.20".

An address is itself, there or not; a name is asked of the kernel each time, because it may have none yet, or another tomorrow.
"""
from __future__ import annotations

import fcntl
import ipaddress
import socket
import struct

from ..terms.fault import Fault, did_you_mean
from ..terms.words import both

_SIOCGIFADDR = 0x8915      # linux/sockios.h: get the address of an interface


def is_numeric(host: str) -> bool:
    """Whether the text is an IPv4 address, so that using it never waits for a name server."""
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def address_of(interface: str) -> str:
    """The IPv4 address of an interface, by name or address. Raises Fault if the name is not there or has none (yet)."""
    if is_numeric(interface):
        return interface
    names = [name for _, name in socket.if_nameindex()]
    if interface not in names:
        close = did_you_mean(interface, names)
        hint = both(f'Did you mean "{close}"? ', f"Peut-être « {close} » ? ") if close else both("", "")
        raise Fault(both("there is no such network interface", "cette interface réseau n'existe pas"), where=interface,
                    remedy=hint + both(f"This machine has {', '.join(names)}.", f"Cette machine a {', '.join(names)}."),
                    id="interface.unknown")
    request = struct.pack("256s", interface.encode()[:15])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            answer = fcntl.ioctl(asking.fileno(), _SIOCGIFADDR, request)
        except OSError as error:
            raise Fault(both("this network interface has no address", "cette interface réseau n'a pas d'adresse"),
                        where=interface,
                        remedy=both("It is waited for: is the cable in, is the Wi-Fi joined?",
                                    "On l'attend : le câble est-il branché, le Wi-Fi rejoint ?"),
                        id="interface.no_address") from error
    return socket.inet_ntoa(answer[20:24])
