"""One request to a web address that config.yaml names: bounded in time and size, and never led elsewhere.

    status, body = await asked("http://192.168.1.30/relay/0?turn=on")      Fault if it cannot be had
"""
from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

from ..terms.fault import Fault
from ..terms.words import both

WITHIN = 5.0             # s for the whole of it
LARGEST = 65_536         # bytes of an answer that are read


async def asked(url: str, *, method: str = "GET", data: bytes | None = None, headers: dict[str, str] | None = None,
                within: float = WITHIN) -> tuple[int, bytes]:
    """The status and the beginning of the answer. Raises Fault: nobody there, too slow, or an answer of 300 and more.

    The address itself is never part of what is told: it may hold a secret.
    """
    aiohttp = await asyncio.get_running_loop().run_in_executor(None, import_module, "aiohttp")       # large: for those who ask, and aside
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=within), trust_env=False) as session, \
                session.request(method, url, data=data, headers=headers, allow_redirects=False) as answer:
            body = await answer.content.read(LARGEST)
            status = answer.status
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
        raise _unreachable(error) from None
    if status >= 300:
        raise Fault(both(f"it answers {status}", f"il répond {status}"), id="web.refused",
                    remedy=both("Is the address right, to the last letter?", "L'adresse est-elle juste, à la lettre près ?"))
    return status, body


def _unreachable(error: Any) -> Fault:
    slow = isinstance(error, asyncio.TimeoutError)
    kind = type(error).__name__
    return Fault(both("it does not answer in time" if slow else f"it cannot be reached ({kind})",
                      "il ne répond pas à temps" if slow else f"il n'est pas joignable ({kind})"), id="web.away",
                 remedy=both("Is it on, and on this network?", "Est-il allumé, et sur ce réseau ?"))
