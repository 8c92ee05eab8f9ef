"""`installation pin`: make a PIN's hash, ready to paste into config.yaml. The PIN itself is not kept anywhere."""
from __future__ import annotations

import getpass
import secrets
import sys

from ...rules import pin as pins
from ...terms.fault import Fault
from ...terms.words import both, say


def make(role: str) -> int:
    """Ask for a PIN (twice on a terminal; one line from a pipe), or draw one where nothing is typed, and print the lines for config.yaml."""
    pin = _asked()
    drawn = not pin
    if drawn:
        pin = f"{secrets.randbelow(1_000_000):06d}"
    if not pins.LEAST <= len(pin) <= pins.MOST:
        raise Fault(both(f"a PIN has {pins.LEAST} to {pins.MOST} characters, this one {len(pin)}",
                         f"un code a de {pins.LEAST} à {pins.MOST} caractères, celui-ci {len(pin)}"), id="pin.length",
                    remedy=both("Six digits or more are hard to guess: wrong tries have to wait.",
                                "Six chiffres ou plus sont difficiles à deviner : les essais faux doivent attendre."))
    if drawn:
        print(say(both(f"PIN {pin}: write it down, it is not kept", f"code {pin} : notez-le, il n'est pas gardé")), file=sys.stderr)
    print(f'remote:\n  web:\n    pins:\n      {role}: "{pins.hashed(pin, secrets.token_bytes(16))}"')
    return 0


def _asked() -> str:
    if not sys.stdin.isatty():
        return pins.plain(sys.stdin.readline())
    first = pins.plain(getpass.getpass(say(both("PIN (nothing: one is drawn): ", "code (rien : un code est tiré) : "))))
    if first and first != pins.plain(getpass.getpass(say(both("once more: ", "encore une fois : ")))):
        raise Fault(both("these were two different PINs", "ce sont deux codes différents"), id="pin.twice")
    return first
