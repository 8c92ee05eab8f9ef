"""PINs as they are kept: not the PIN but its hash, `scrypt:N:r:p:salt:hash`, salt and hash in hexadecimal.

    hashed(pin, salt)        the text for config.yaml
    is_hashed(text)          whether a text is one
    matches(pin, text)       whether this is the PIN; takes a tenth of a second on purpose: not for an event loop

A PIN is short, so whoever has the hash can find it by trying for some hours; it keeps honest people honest. Source: RFC 7914.
"""
from __future__ import annotations

import hashlib
import hmac

LEAST, MOST = 4, 64                    # characters
N, R, P = 1 << 14, 8, 1                # 16 MB, about 50 ms on a PC
_HEAVIEST = 1 << 19                    # of N × r: 64 MB


def plain(pin: str) -> str:
    """A PIN as it is meant: spaces are for reading."""
    return "".join(pin.split())


def hashed(pin: str, salt: bytes) -> str:
    """The text that stands in config.yaml for a PIN. The salt is 16 bytes of chance."""
    return f"scrypt:{N}:{R}:{P}:{salt.hex()}:{_digest(pin, salt, N, R, P).hex()}"


def is_hashed(text: str) -> bool:
    """Whether the text is a hash that can be checked, in bounded time and memory."""
    return _parts(text) is not None


def matches(pin: str, text: str) -> bool:
    """Whether the PIN is the one whose hash this is; False for a text that is no hash."""
    parts = _parts(text)
    if parts is None:
        return False
    n, r, p, salt, digest = parts
    return hmac.compare_digest(_digest(pin, salt, n, r, p, len(digest)), digest)


def _digest(pin: str, salt: bytes, n: int, r: int, p: int, length: int = 32) -> bytes:
    return hashlib.scrypt(plain(pin).encode("utf-8", "surrogatepass"), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r, dklen=length)


def _parts(text: str) -> tuple[int, int, int, bytes, bytes] | None:
    head, *rest = text.split(":")
    if head != "scrypt" or len(rest) != 5 or len(text) > 300 or not all(part.isascii() and part.isdigit() and len(part) < 8 for part in rest[:3]):
        return None
    n, r, p = (int(part) for part in rest[:3])
    try:
        salt, digest = (bytes.fromhex(part) for part in rest[3:])
    except ValueError:
        return None
    fits = n >= 1024 and n & (n - 1) == 0 and r >= 1 and n * r <= _HEAVIEST and 1 <= p <= 4 and 8 <= len(salt) <= 64 and 16 <= len(digest) <= 64
    return (n, r, p, salt, digest) if fits else None
