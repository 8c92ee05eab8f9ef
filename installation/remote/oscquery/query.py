"""OSCQuery on the page's port: every path is an address of the tree, every WebSocket but the page's own listens to it.

    query = Query(gate, nodes, …)
    await query.answer(request)       the node as JSON; ?VALUE one attribute; ?HOST_INFO who we are; a WebSocket (listener.py) where one is asked for

Errors as the proposal has them: 404 no such node, 204 an attribute that the node does not have or nobody knows, 405 anything but GET.
Source: OSC Query Proposal (Vidvox, 2018).
"""
from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from ...ports.osc_intake import Bounds
from ...rules.gate import Gate, Role
from .listener import Listeners
from .nodes import ATTRIBUTES, PIECE, Nodes, host_info

EVERYWHERE = "0.0.0.0"
REST = 0.002             # s between two pieces of a large tree, whoever asks for it: what answers take of the control loop's time is bounded
PATIENCE = 10.0          # s a client may take to read one piece, before it is hung up on


class Query:
    """OSCQuery's answers. Must be made inside a running loop.

    osc     interface and UDP port where OSC is heard, None if nowhere
    role    what a WebSocket's client may, given its host and its cookies
    only    what may be written by OSC, see `Hand`

    `unread` counts clients that asked for a large tree and did not read it.
    """

    def __init__(self, gate: Gate, *, name: str, language: str, osc: tuple[str, int] | None, role: Callable[[str, Mapping[str, str]], Role],
                 only: tuple[str, ...] = (), wall: Callable[[], float], tell: Callable[[Any], object], bounds: Bounds = Bounds()) -> None:  # noqa: B008  (frozen)
        self.nodes = Nodes(gate.tree, language)
        self.listeners = Listeners(gate, wall=wall, tell=tell, bounds=bounds)
        self._name, self._osc, self._role, self._only = name, osc, role, only
        self.unread = 0
        self._turn = asyncio.Lock()

    async def close(self) -> None:
        """Hang up on whoever listens."""
        await self.listeners.close()

    async def answer(self, request: web.Request) -> web.StreamResponse | None:
        """Answer a request for any path that is not the page's own; None where there is no such node."""
        if "upgrade" in request.headers:
            return await self.listeners.accept(request, self._role(request.remote or "", request.cookies), self._only)
        if request.method not in ("GET", "HEAD"):
            raise web.HTTPMethodNotAllowed(request.method, ["GET", "HEAD"])
        asked = unquote(request.query_string).split("=")[0].split("&")[0]
        if asked == "HOST_INFO":
            return _json(self._host_info(request))
        path = request.path.rstrip("/") or "/"
        if not self.nodes.exists(path):
            return None
        if not asked:
            return await self._whole(request, path)
        if asked == "CONTENTS" and self.nodes.contents(path) is not None:
            return await self._whole(request, path, '{"CONTENTS":', "}")
        said = self.nodes.attributes(path)
        if asked not in ATTRIBUTES or asked not in said:
            return web.Response(status=204)
        return _json({asked: said[asked]})

    async def _whole(self, request: web.Request, path: str, before: str = "", after: str = "") -> web.StreamResponse:
        """A node with all that is below it; a large tree is sent bit by bit, so that the piece goes on meanwhile.

        Many who ask at once take turns with each bit; one that does not read holds up nobody, and is hung up on in the end.
        """
        response = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
        await response.prepare(request)
        try:
            if before:                                 # only what CONTENTS says
                names = self.nodes.contents(path) or []
                base = "" if path == "/" else path
                await response.write((before + "{").encode())
                for number, name in enumerate(names):
                    await self._write(response, f"{base}/{name}", ("," if number else "") + json.dumps(name) + ":")
                await response.write(("}" + after).encode())
            else:
                await self._write(response, path)
            await response.write_eof()
        except TimeoutError:
            self.unread += 1
            if request.transport is not None:
                request.transport.abort()
        return response

    async def _write(self, response: web.StreamResponse, path: str, before: str = "") -> None:
        pieces = self.nodes.pieces(path)
        while True:
            async with self._turn:
                piece = next(pieces, None)
                if piece is None:
                    return
                await asyncio.sleep(REST if len(piece) >= PIECE else 0)
            async with asyncio.timeout(PATIENCE):
                await response.write((before + piece).encode())
            before = ""

    def _host_info(self, request: web.Request) -> dict[str, Any]:
        here = request.transport.get_extra_info("sockname")[:2] if request.transport is not None else ("127.0.0.1", 0)
        osc = None if self._osc is None else (here[0] if self._osc[0] == EVERYWHERE else self._osc[0], self._osc[1])
        return host_info(self._name, osc=osc, web=(here[0], here[1]))


def _json(data: Any) -> web.Response:
    return web.Response(text=json.dumps(data, ensure_ascii=False), content_type="application/json")
