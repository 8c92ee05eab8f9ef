"""A room that stands in where the real piece cannot produce what the page must bear: every kind of control, a thousand parameters, faults on demand.

    with StandIn() as room:             the real server, tree, gate and desk in a thread; only the picture, the health and the offers are made up
        room.url                        open it in a browser
        room.value(LEVEL)               what stands in the tree
        room.call(lambda room: …)       do something in the room's loop
        room.stop(); room.start()       the engine is restarted, on the same port
"""
from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable, Iterable
from ipaddress import IPv4Network
from types import SimpleNamespace
from typing import Any

from installation.remote.desk import Desk
from installation.remote.web.server import Server
from installation.rules.gate import LOCK, Gate, Role
from installation.rules.holders import Priority
from installation.rules.pin import hashed
from installation.rules.tree import Tree
from installation.terms.declaration import Access, Curve, Declaration, Kind
from installation.terms.fault import Fault
from installation.terms.words import both
from tests.bench import wait_until

PINS = {Role.ARTIST: "135790", Role.ATTENDANT: "246801"}
HASHES = {role: hashed(pin, bytes(range(16))) for role, pin in PINS.items()}
LEVEL, CUTOFF, NEAR, COUNT, COLOUR, LOOP, STRIKE = (f"/scene/tide/{name}" for name in ("level", "cutoff", "closeness", "grains", "tint", "loop", "strike"))
AZIMUTH, DISTANCE, X, Y = (f"/scene/tide/{name}" for name in ("azimuth", "distance", "bell_x", "bell_y"))
MODE, MUTE, GAIN, SCENE, READING = "/system/mode", "/system/mute", "/room/gain", "/score/main/scene", "/sensor/plinth/distance"
WASH, LAMP = "/light/wash/level", "/light/lantern_1/level"
MANY = 1000


def declarations(many: int = 0) -> list[Declaration]:
    """The values of the room: one of each kind; with `many`, as many parameters in one more scene."""
    return [
        Declaration(LEVEL, unit="dBFS", low=-60, high=0, default=-12.0, curve=Curve.DECIBEL, about=both("of the whole scene", "de toute la scène")),
        Declaration(CUTOFF, unit="Hz", low=100, high=6400, default=800.0, curve=Curve.EXPONENTIAL, about=both("of the water", "de l'eau")),
        Declaration(NEAR, unit="ratio", low=0, high=1, default=0.0, about=both("0 nobody, 1 at the plinth", "0 personne, 1 devant le socle")),
        Declaration(COUNT, Kind.INT, "count", low=1, high=16, default=4, about=both("at once", "à la fois")),
        Declaration(LOOP, Kind.BOOL, default=True, about=both("begin again at the end", "recommencer à la fin")),
        Declaration(STRIKE, Kind.TRIGGER, about=both("strike the bell", "frapper la cloche")),
        Declaration(COLOUR, Kind.COLOUR, default=(1.0, 0.5, 0.1), about=both("of the lamps", "des lampes")),
        Declaration("/scene/tide/reverb", Kind.TEXT, default="hall", choices=("room", "hall", "church")),
        Declaration("/scene/tide/wait", unit="s", low=0, default=5.0),
        Declaration(AZIMUTH, unit="deg", low=-180, high=180, default=0.0), Declaration(DISTANCE, unit="m", low=0, high=4, default=2.0),
        Declaration(X, unit="m", low=-3, high=3, default=0.0), Declaration(Y, unit="m", low=-4, high=4, default=0.0),
        Declaration("/scene/tide/load", unit="ratio", low=0, access=Access.READ, default=0.12),
        Declaration("/scene/tide/drop/playing", Kind.INT, "count", access=Access.READ, default=0),
        *(Declaration(f"/scene/crowd/p{number}", unit="ratio", low=0, high=1) for number in range(many)),
        Declaration("/scene/breath/level", unit="dBFS", low=-70, high=-20, default=-44.0, curve=Curve.DECIBEL),
        Declaration(READING, unit="m", access=Access.READ), Declaration("/sensor/plinth/quality", unit="ratio", access=Access.READ),
        Declaration(WASH, unit="ratio", low=0, high=1, default=1.0), Declaration(LAMP, unit="ratio", low=0, high=1, default=1.0),
        Declaration("/light/lantern_2/level", unit="ratio", low=0, high=1, default=1.0),
        Declaration(GAIN, unit="dB", low=-60, high=12, default=-3.0, about=both("over everything", "sur l'ensemble")),
        Declaration(SCENE, Kind.TEXT, default="tide", choices=("tide", *(["crowd"] if many else []), "breath", "none")),
        Declaration(MUTE, Kind.BOOL, default=False), Declaration(MODE, Kind.TEXT, default="play", choices=("play", "quiet", "stop")),
        Declaration(LOCK, Kind.BOOL, default=False), Declaration("/system/idle", Kind.BOOL, default=False),
        Declaration("/system/load", unit="ratio", access=Access.READ, default=0.31), Declaration("/system/card", Kind.TEXT, access=Access.READ, default="none"),
        Declaration("/system/xruns", Kind.INT, "count", access=Access.READ, default=0),
        Declaration("/system/uptime", unit="s", access=Access.READ, default=4210.0),
    ]


class StandIn:
    """The room, and the thread in which it is served."""

    def __init__(self, many: int = 0, offers: Iterable[str] = (), language: str = "en", hashes: dict[Role, str] | None = None) -> None:
        self._many, self._offers, self._language = many, tuple(offers), language
        self._hashes = HASHES if hashes is None else hashes
        self._port = 0
        self._thread: threading.Thread | None = None
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.told: list[Fault] = []

    def start(self) -> None:
        """Serve, on the port that it had before if it had one; returns once it can be opened."""
        self._opened = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="stand-in", daemon=True)
        self._thread.start()
        assert self._opened.wait(20)
        wait_until(lambda: self.server.listening.address, 20, "the page's port")
        self._port = self.server.listening.address[1]
        self.url = f"http://127.0.0.1:{self._port}/"

    def stop(self) -> None:
        """Stop serving."""
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def call(self, work: Callable[["StandIn"], Any]) -> Any:
        """Do something in the room's loop, and return what it gives."""
        async def there() -> Any:
            return work(self)
        return asyncio.run_coroutine_threadsafe(there(), self._loop).result(10)

    def value(self, address: str) -> Any:
        """What stands in the tree."""
        return self.call(lambda room: room.tree.value(address))

    def write(self, address: str, value: Any, priority: Priority = Priority.PRESET) -> None:
        """Have the engine move a value, as presets do, or mappings."""
        self.call(lambda room: room.tree.write(address, value, origin="mapping:plinth.distance", time=room.now(), priority=priority))

    def holder(self, address: str) -> Any:
        return self.call(lambda room: room.tree.holder(address))

    def now(self) -> float:
        return self._loop.time()

    def __enter__(self) -> "StandIn":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self.tree = tree = Tree()
        for declaration in declarations(self._many):
            tree.declare(declaration)
        self.gate, self.health, self.picture = Gate(tree), _Health(), _Picture(tree)
        self.lines = [SimpleNamespace(time=self.now() + number, level=level, text=text, id="") for number, (level, text) in enumerate(_LINES)]
        desk = Desk()
        for name in self._offers:
            desk.offer(name, Role.ARTIST, lambda hand, _name=name, **arguments: self.asked.append((_name, arguments)))
        self.server = Server("127.0.0.1", self._port, (IPv4Network("127.0.0.0/8"),), self._hashes, self.gate, desk, title="Tide and Embers",
                             language=self._language, wall=time.time, tell=self.told.append, on_state=lambda *_: None, picture=self.picture, health=self.health,
                             lines=lambda: self.lines, moved_by={NEAR: ["plinth.distance"]})
        await self.server.open()
        self._opened.set()
        while not self._over.is_set():
            tree.post(READING, 2.0 + math.sin(self.now() * 1.3) + 0.4 * math.sin(self.now() * 5.1), self.now())
            tree.expire(self.now())
            await asyncio.sleep(0.02)
        await self.server.close()


_LINES = ((6, "plinth: hears again (/dev/ttyUSB0)"), (4, "plinth (/dev/ttyUSB0): silent since 21:04; holding 1.82 m"),
          (4, 'sound: "UMC1820" is not plugged in'))


class _Health:
    """Well, until a test says otherwise."""

    def __init__(self) -> None:
        self.revision = 0
        self._says: dict[str, Any] = {"sentence": {"en": "Everything plays.", "fr": "Tout joue."}, "level": "well", "list": []}

    def says(self) -> dict[str, Any]:
        return self._says

    def say(self, says: dict[str, Any]) -> None:
        self._says = says
        self.revision += 1


class _Picture:
    """A room of 6 by 8 metres with four loudspeakers, two lamps, a sensor, a sound that a parameter places, and two visitors who walk."""

    plan_revision = 1

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def plan(self) -> dict[str, Any]:
        ring = [(45, "front left"), (-45, "front right"), (-135, "rear right"), (135, "rear left")]
        return {"size": [6.0, 8.0],
                "loudspeakers": [{"name": name, "output": number, "azimuth": azimuth, "role": "full", "given": True, "z": 0,
                                  "x": -2.7 * math.sin(math.radians(azimuth)), "y": 3.6 * math.cos(math.radians(azimuth))}
                                 for number, (azimuth, name) in enumerate(ring, 1)],
                "lamps": [{"name": name, "kind": "rgbw", "groups": ["wash"], "x": x, "y": y, "universe": 1, "address": address, "given": True}
                          for name, x, y, address in (("lantern 1", -1.6, 1.2, 1), ("lantern 2", 1.8, -0.4, 5))],
                "sensors": [{"name": "plinth", "driver": "serial_range", "fields": {"distance": "m", "quality": "ratio"}, "x": 0, "y": -3.4, "given": True,
                             "moves": [NEAR], "points": {}}],
                "layers": [{"name": "main", "scenes": ["tide", "breath"], "idle": "breath", "fade": 4}],
                "scenes": {"tide": {"about": "Tide: water that brightens as someone comes near.", "file": "scenes/tide.py", "broken": False},
                           "breath": {"about": "What is left when nothing else plays.", "file": "scenes/breath.py", "broken": False}},
                "sources": [_source("1.0", "near", {"azimuth": AZIMUTH, "distance": DISTANCE}), _source("1.1", "swell", {"azimuth": None}),
                            _source("1.drop.0", "drop", {}, voice="drop")]}

    def now(self) -> dict[str, Any]:
        moment, tree = time.monotonic(), self._tree
        wave = 0.5 + 0.5 * math.sin(moment)
        after = {"to": "breath", "when": {"en": "after 4 min", "fr": "après 4 min"}, "holds": False, "held": 0.0, "of": 0.0, "in": 165.8, "fade": 4.0}
        return {"levels": [-14.0 - 6 * wave, -20.0, -31.5, None], "gain": -3.0, "muted": False, "limiting": 0.0, "blackout": False,
                "sources": [{"id": "1.0", "azimuth": tree.value(AZIMUTH), "elevation": None, "distance": tree.value(DISTANCE), "level": -18.0},
                            {"id": "1.1", "azimuth": round(moment * 9 % 360 - 180, 1), "elevation": None, "distance": None, "level": -30.0},
                            {"id": "1.drop.0#7", "of": "1.drop.0", "azimuth": -70.0, "elevation": None, "distance": None, "level": -40.0}],
                "lamps": {"lantern 1": [0.9 * wave + 0.1, 0.5 * wave, 0.1], "lantern 2": [0.1, 0.35, 0.9]},
                "sensors": {"plinth.distance": [tree.value(READING), "fresh", 0.04], "plinth.quality": [None, "absent", None]},
                "visitors": [[round(1.5 * math.sin(moment / 3), 2), round(1.5 * math.cos(moment / 3), 2)], [-1.2, -1.9]],
                "score": [{"layer": "main", "scene": "tide", "since": 74.2, "instead_of": None, "next": [after],
                           "why": {"en": "the layer begins with it", "fr": "la couche commence par elle"}}],
                "load": 0.31, "xruns": 0, "card": "none", "uptime": 4210.0, "voices": {"tide.drop": 1}}


def _source(id: str, label: str, moved_by: dict[str, str | None], voice: str | None = None) -> dict[str, Any]:
    return {"id": id, "scene": "tide", "voice": voice, "kind": "direction", "label": label, "where": "tide.py:18", "channels": 1, "outputs": [],
            "moved_by": moved_by}
