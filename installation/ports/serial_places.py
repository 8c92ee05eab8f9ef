"""Where serial devices are found, and by which names: nothing here opens one.

    resolve   a name from config.yaml → the device file it means now, or a Fault that lists what is there
    listing   what is plugged in, each with the name to paste into config.yaml

A name is one of, tried in this order:
    usb-Arduino_Uno_85438-if00     an entry of /dev/serial/by-id (or by-path): stays the same in every USB socket
    85438                          the USB serial number: found also when the system made no by-id name
    /dev/ttyUSB0, ttyUSB0          a device file: may be another device after a restart

Source: the names in /dev/serial are made by udev's 60-serial.rules.
"""
from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..terms.fault import Fault, did_you_mean
from ..terms.words import both

_INTERFACE = re.compile(r"-if\d\d(?:-port\d+)?$")
_SHOWN = re.compile(r"(?:tty(?:ACM|USB|AMA|AP|THS|XRUSB)\d+|rfcomm\d+)")
MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Places:
    """The folders that are looked into. Tests point them elsewhere."""

    links: tuple[Path, ...] = (Path("/dev/serial/by-id"), Path("/dev/serial/by-path"))
    dev: Path = Path("/dev")
    sysfs: Path = Path("/sys/class/tty")


@dataclass(frozen=True, slots=True)
class SerialDevice:
    """One device that is plugged in.

    name      what to write after `device:` in config.yaml
    path      its device file now
    number    its USB serial number, "" if it has none
    about     maker and product as the device says them
    """

    name: str
    path: str
    number: str = ""
    about: str = ""

    def __str__(self) -> str:
        details = ", ".join(part for part in (self.path if self.path != self.name else "", self.about) if part)
        return f"{self.name}  ({details})" if details else self.name


def listing(places: Places = Places()) -> tuple[SerialDevice, ...]:  # noqa: B008  (frozen)
    """What is plugged in, in the order of its names."""
    named: dict[str, str] = {}
    for folder in places.links:
        for link in _entries(folder):
            named.setdefault(os.path.realpath(link), link.name)
    found = {path: SerialDevice(name, path, *_usb(path, places)) for path, name in named.items()}
    for node in _entries(places.dev):
        path = os.path.realpath(node)
        if _SHOWN.fullmatch(node.name) and path not in found:
            found[path] = SerialDevice(str(node), str(node), *_usb(str(node), places))
    return tuple(sorted(found.values(), key=lambda device: device.name))


def resolve(device: str, places: Places = Places()) -> str:  # noqa: B008
    """The device file that a name means now.

    Raises Fault `wire.missing` or `serial.ambiguous`; both list what is there.
    """
    if device.startswith("/"):
        if os.path.exists(device):
            return device
        raise _missing(device, places)
    if "/" in device or device in ("", ".", ".."):
        raise _missing(device, places)
    for folder in places.links:
        if os.path.exists(folder / device):
            return str(folder / device)
    matches = sorted(set(_by_number(device, places)))
    if len(matches) == 1:
        return matches[0]
    if matches:
        shown = ", ".join(Path(match).name for match in matches)
        raise Fault(both(f'"{device}" could be {len(matches)} devices: {shown}',
                         f"« {device} » peut désigner {len(matches)} appareils : {shown}"), where=device,
                    remedy=both("Write the whole name of the one you mean.", "Écrivez le nom entier du bon appareil."),
                    id="serial.ambiguous")
    if os.path.exists(places.dev / device):
        return str(places.dev / device)
    raise _missing(device, places)


def what_is_there(places: Places = Places()) -> str:  # noqa: B008
    """The devices that are plugged in, one a line, ready to paste; "" when there is none."""
    devices: Sequence[SerialDevice] = listing(places)
    lines = [f"device: {device}" for device in devices[:MOST_SHOWN]]
    if len(devices) > MOST_SHOWN:
        lines.append(f"… {len(devices) - MOST_SHOWN}")
    return "\n    ".join(lines)


def _by_number(number: str, places: Places) -> list[str]:
    """Paths whose USB serial number it is: by what sysfs says, else by the last part of a by-id name."""
    nodes = [node for node in _entries(places.sysfs) if _usb(node.name, places)[0] == number]
    if nodes:
        return [str(places.dev / node.name) for node in nodes if os.path.exists(places.dev / node.name)]
    return [str(link) for folder in places.links for link in _entries(folder)
            if _INTERFACE.sub("", link.name).rpartition("_")[2] == number and os.path.exists(link)]


def _usb(path: str, places: Places) -> tuple[str, str]:
    """(serial number, "maker product") of the USB device behind a tty; ("", "") if there is none."""
    link = places.sysfs / Path(path).name / "device"
    if not link.exists():
        return "", ""
    # ttyACM0/device is the USB interface, ttyUSB0/device one floor below it; the device with the numbers is the parent.
    folder = Path(os.path.realpath(link))
    for parent in (folder, *list(folder.parents)[:3]):
        if (parent / "idVendor").exists():
            words = (_word(parent / "manufacturer"), _word(parent / "product"))
            return _word(parent / "serial"), " ".join(word for word in words if word)
    return "", ""


def _word(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()[:80]
    except OSError:
        return ""


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:    # no such folder: nothing is plugged in
        return []


def _missing(device: str, places: Places) -> Fault:
    devices = listing(places)
    close = did_you_mean(device, [name for found in devices for name in (found.name, found.path, found.number) if name])
    there = what_is_there(places)
    hint = both(f'Did you mean "{close}"? ', f"Peut-être « {close} » ? ") if close else both("", "")
    if there:
        hint = hint + both(f"There is:\n    {there}", f"Il y a :\n    {there}")
    else:
        hint = hint + both("No serial device is plugged in. It is taken up as soon as it appears.",
                           "Aucun appareil série n'est branché. Il est repris dès qu'il paraît.")
    return Fault(both(f'no serial device "{device}"', f"pas d'appareil série « {device} »"), where=device, remedy=hint,
                 id="wire.missing")
