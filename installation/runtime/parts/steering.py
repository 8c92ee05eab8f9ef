"""How play() moves its scene's parameters: through the tree, as the score, above mappings and below a person's hand."""
from __future__ import annotations

import asyncio
import math

from ...rules.tree import Priority, Tree
from ...terms.declaration import Kind, Value
from ...terms.fault import Fault
from ...terms.words import both

STEP = 0.02      # s between two writes of a slow move


class Steering:
    """Lent to one scene. What it holds is let go of when the scene ends (`end`); after that it moves nothing.

    origin   whose writes these are; another one for each part, so that a part that ends lets go of nothing of its successor's
    """

    def __init__(self, tree: Tree, scene: str, origin: str) -> None:
        self._tree = tree
        self._scene = scene
        self.origin = origin
        self._loop = asyncio.get_running_loop()
        self._moves: dict[str, int] = {}
        self._ended = False

    def address(self, name: str) -> str:
        """The parameter's address in the tree."""
        return f"/scene/{self._scene}/{name}"

    def value(self, name: str) -> Value:
        """What stands now."""
        return self._tree.value(self.address(name))

    def set(self, name: str, value: Value) -> None:
        """Move at once; a slow move under way is given up. Raises Fault for a wrong type."""
        self._moves[name] = self._moves.get(name, 0) + 1
        self._write(name, value)

    def fire(self, name: str) -> None:
        """Set off a trigger."""
        self._write(name, None)

    def release(self, name: str) -> None:
        """Let mappings move it again."""
        self._moves[name] = self._moves.get(name, 0) + 1
        self._tree.release(self.address(name), self.origin, self._loop.time())

    async def go(self, name: str, value: float, over: float) -> None:
        """Move there in `over` seconds along the parameter's own curve. A later `set` or `go` takes over from it."""
        declaration = self._tree.declaration(self.address(name))
        if declaration.kind not in (Kind.FLOAT, Kind.INT):
            raise Fault(both(f'"{name}" is no number; it cannot go anywhere slowly', f"« {name} » n'est pas un nombre ; il ne peut aller lentement nulle part"),
                        remedy=both(f"self.{name}.set(...)", f"self.{name}.set(...)"), id="param.go")
        if not math.isfinite(over):
            raise Fault(both(f"over={over} is no time in seconds", f"over={over} n'est pas une durée en secondes"), id="param.go")
        target, _ = declaration.fit(value)
        began = self._loop.time()
        start = float(self.value(name))      # type: ignore[arg-type]
        mine = self._moves[name] = self._moves.get(name, 0) + 1
        ranged = declaration.low is not None and declaration.high is not None
        first, last = (declaration.position(start), declaration.position(float(target))) if ranged else (start, float(target))  # type: ignore[arg-type]
        while self._moves[name] == mine and not self._ended:
            passed = self._loop.time() - began
            if passed >= over - 1e-9:
                self._write(name, target)
                return
            way = first + (last - first) * passed / over
            self._write(name, declaration.at(way) if ranged else way)
            await asyncio.sleep(min(STEP, over - passed))

    def end(self) -> None:
        """Let go of everything."""
        self._ended = True
        self._tree.release_all(self.origin, self._loop.time())

    def _write(self, name: str, value: Value) -> None:
        if self._ended:
            return
        self._tree.write(self.address(name), value, origin=self.origin, time=self._loop.time(), priority=Priority.SCORE)
