"""What is let in: who may speak to the page at all, under which name, from which page, and what every answer says to the browser.

    Safety.middleware    runs before every path
    Safety.count         how often each was refused
    same_origin          whether a request comes from our own page

Refused: a peer outside `allow`; a Host that is neither an address nor this machine's name (DNS rebinding: a foreign name that was
pointed at this machine); a WebSocket or a POST whose Origin is another page; methods other than GET, HEAD and POST; too much at once. An
error that nobody foresaw is told once, answered 500, and ends nothing.
"""
from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Network
from typing import Any

from aiohttp import web

from ...rules.purse import Purse
from ...terms.fault import Fault
from ...terms.words import both

LARGEST = 65_536             # bytes of one message, or of a request's body
TAKEN = 10.0                 # s a request's body may take to come
RATE, BURST = 200.0, 1000.0  # requests of one host, a second and at once; a socket counts for ten
COSTS = 10.0
HURRY = 0.5                  # s that one beyond that has to wait for its refusal

POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
           "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Server": "installation"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Safety:
    """The first thing that every request meets.

    allow   networks that may speak to the page
    clock   loop time
    tell    hears of errors that nobody foresaw, each kind once
    """

    def __init__(self, allow: Iterable[IPv4Network], clock: Callable[[], float], tell: Callable[[Fault], object]) -> None:
        self.count: Counter[str] = Counter()
        self._clock = clock
        self._allowances: OrderedDict[str | None, Purse] = OrderedDict()
        self._allow, self._tell = tuple(allow), tell
        self._told: set[str] = set()
        self._peers: dict[str | None, bool] = {}
        name = socket.gethostname().lower()
        self._names = {"localhost", name, f"{name.split('.')[0]}.local"}

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse, or go on."""
        refused = self._why_not(request)
        if refused is not None:
            return refused
        if not self._allowance(request).spend(COSTS if "upgrade" in request.headers else 1.0, self._clock()):
            await asyncio.sleep(HURRY)
            answer = self.refuse("hurry", 429, both("too many requests at once", "trop de requêtes à la fois"))
            answer.force_close()
            return answer
        try:
            return await handler(request)
        except ConnectionError:                       # it has gone meanwhile
            raise
        except web.RequestPayloadError:
            return self.refuse("senseless", 400, both("this request makes no sense", "cette requête n'a pas de sens"))
        except web.HTTPRequestEntityTooLarge:
            return self.refuse("too_large", 413, both("this request is too large", "cette requête est trop grande"))
        except web.HTTPException as answer:
            return self.refuse(f"http_{answer.status}", answer.status, both(answer.reason, answer.reason))
        except Exception as error:
            kind = f"{type(error).__name__}: {error}"[:200]
            if kind not in self._told and len(self._told) < 100:
                self._told.add(kind)
                fault = error if isinstance(error, Fault) else Fault(
                    both(f"a request failed in the engine: {kind}", f"une requête a échoué dans le moteur : {kind}"),
                    where=f"web {request.path[:80]}", id="web.failed",
                    remedy=both("This is a fault of the engine, not of the piece. Please report these lines.",
                                "C'est une faute du moteur, pas de la pièce. Merci de signaler ces lignes."))
                fault.__cause__ = error
                self._tell(fault)
            return self.refuse("failed", 500, both("the engine failed to answer this", "le moteur n'a pas su répondre"))

    async def prepare(self, request: web.Request, response: web.StreamResponse) -> None:
        """Put our headers on an answer that is about to leave."""
        response.headers.update(HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")

    def refuse(self, kind: str, status: int, fault: Fault | Any, **headers: str) -> web.Response:
        """Count a refusal, and the answer that says it."""
        self.count[kind] += 1
        fault = fault if isinstance(fault, Fault) else Fault(fault)
        return web.json_response({"refused": said(fault)}, status=status, headers=headers or None)

    def lets(self, peer: str | None) -> bool:
        """Whether a peer's address is in one of the networks."""
        known = self._peers.get(peer)
        if known is None:
            if len(self._peers) > 1000:
                self._peers.clear()
            try:
                known = any(ipaddress.IPv4Address(peer or "") in network for network in self._allow)
            except ValueError:
                known = False
            self._peers[peer] = known
        return known

    def _allowance(self, request: web.Request) -> Purse:
        known = self._allowances.get(request.remote)
        if known is None:
            if len(self._allowances) >= 1000:
                self._allowances.popitem(last=False)
            known = self._allowances[request.remote] = Purse(RATE, BURST)
        self._allowances.move_to_end(request.remote)
        return known

    def _why_not(self, request: web.Request) -> web.Response | None:
        if not self.lets(request.remote):
            return self.refuse("peer", 403, both("this network may not open the page; see remote.web.allow in config.yaml",
                                                 "ce réseau ne peut ouvrir la page ; voir remote.web.allow dans config.yaml"))
        if not self._is_ours(request.headers.get("Host", "")):
            return self.refuse("host", 403, both("open the page by this machine's address", "ouvrez la page par l'adresse de cette machine"))
        if request.method not in ("GET", "HEAD", "POST"):
            return self.refuse("method", 405, both("only GET, HEAD and POST are answered", "seuls GET, HEAD et POST ont réponse"), Allow="GET, HEAD, POST")
        speaks = request.method == "POST" or "upgrade" in request.headers
        ours = request.path.startswith("/-/")
        if speaks and not same_origin(request, absent=not ours and request.method == "GET"):
            return self.refuse("origin", 403, both("only the page itself may ask this", "seule la page elle-même peut demander ceci"))
        return None

    def _is_ours(self, host: str) -> bool:
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() and ":" in host else host
        if name.lower().rstrip(".") in self._names:
            return True
        try:
            ipaddress.IPv4Address(name)
        except ValueError:
            return False
        return True


def same_origin(request: web.Request, absent: bool = False) -> bool:
    """Whether a request's Origin is the page that we serve under the very name it was asked by; `absent`: what holds for one that names none."""
    origin = request.headers.get("Origin")
    if origin is None:
        return absent
    return origin.lower() == f"http://{request.headers.get('Host', '').lower()}"


def said(fault: Fault) -> dict[str, Any]:
    """A fault as plain data, in both languages."""
    told: dict[str, Any] = {"en": fault.happened.en, "fr": fault.happened.fr}
    if fault.remedy:
        told["remedy"] = {"en": fault.remedy.en, "fr": fault.remedy.fr}
    return told


def as_text(data: Any) -> str:
    """Plain data as one JSON text; what JSON cannot say (infinities) is null, and what is no plain data its text."""
    try:
        return _ENCODE(data)
    except ValueError:
        return _ENCODE(_finite(data))


_ENCODE = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=str).encode


def _finite(data: Any) -> Any:
    if isinstance(data, float):
        return data if abs(data) < float("inf") else None
    if isinstance(data, dict):
        return {str(key): _finite(value) for key, value in data.items()}
    return [_finite(each) for each in data] if isinstance(data, (list, tuple)) else data
