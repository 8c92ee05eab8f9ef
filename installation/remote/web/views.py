"""What all who are connected are shown, made once for all of them: texts that are ready to be sent.

    Picture, Log, Health     what the house tells; each may be absent
    Views                    values, tree, plan, now, health, log lines as JSON texts

The texts hold no more than what stands now; nothing is queued here.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ...rules.gate import Gate, Hand, Role
from ...terms.declaration import Access, Declaration
from ...terms.fault import Fault
from ...terms.words import both
from ..desk import Desk
from .safety import as_text


class Picture(Protocol):
    """The room, to be drawn."""

    @property
    def plan_revision(self) -> int: ...
    def plan(self) -> dict[str, Any]: ...
    def now(self) -> dict[str, Any]: ...


class Health(Protocol):
    """How the piece is, in words."""

    @property
    def revision(self) -> int: ...
    def says(self) -> dict[str, Any]: ...


class Line(Protocol):
    """One line of the log; `time` is loop time."""

    @property
    def time(self) -> float: ...
    @property
    def level(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def id(self) -> str: ...


AT_ONCE = 250             # addresses described before the loop gets its turn
PART = 1000               # addresses in one message


class Views:
    """The piece as the page shows it.

    lines     the log's lines that are kept, oldest first
    moved_by  which mappings move an address, in words
    wall      seconds since 1970 now; clock is loop time
    tell      hears, once, that a picture or a health fails
    """

    def __init__(self, gate: Gate, desk: Desk, clock: Callable[[], float], wall: Callable[[], float], *, picture: Picture | None = None,
                 health: Health | None = None, lines: Callable[[], Sequence[Line]] = tuple, moved_by: Mapping[str, Sequence[str]] | None = None,
                 tell: Callable[[Fault], object] = lambda fault: None) -> None:
        self.tree, self.gate, self.desk, self.picture, self.health, self.lines = gate.tree, gate, desk, picture, health, lines
        self.moved_by = {address: list(said) for address, said in (moved_by or {}).items()}
        self._clock, self._wall, self._tell = clock, wall, tell
        self._declared: dict[str, tuple[Declaration, str]] = {}
        self._values: dict[str, tuple[Any, str]] = {}
        self._kept: dict[str, tuple[Any, str]] = {}
        self._revision = -1
        self._failed: set[str] = set()
        self.plan_revision = self.health_revision = 0
        self.look()

    def look(self) -> None:
        """See, once for all who are connected, whether plan or health have something else to say."""
        picture, health = self.picture, self.health
        if picture is not None:
            self.plan_revision = self._guarded("plan", lambda: picture.plan_revision, self.plan_revision)
        if health is not None:
            self.health_revision = self._guarded("health", lambda: health.revision, self.health_revision)

    def values(self, changes: Mapping[str, Any]) -> str:
        """Values by address; one text for all who are sent the same value. Empty if nothing of it may be read."""
        tree, parts = self.tree, []
        if self._revision != tree.revision:
            self._revision = tree.revision
            self._values.clear()
        for address, value in changes.items():
            known = self._values.get(address)
            if known is None or known[0] is not value:
                readable = tree.declaration(address).access is not Access.WRITE
                known = self._values[address] = value, f'"{address}":{as_text(value)}' if readable else ""
            if known[1]:
                parts.append(known[1])
        return f'{{"values":{{{",".join(parts)}}}}}' if parts else ""

    def tree_part(self, addresses: Sequence[str], hand: Hand) -> str:
        """The records of some addresses, without braces, as this hand sees them."""
        parts = []
        for address in addresses:
            if address not in self.tree:
                continue
            declaration = self.tree.declaration(address)
            known = self._declared.get(address)
            if known is None or known[0] is not declaration:
                if len(self._declared) > 20_000:
                    self._declared.clear()
                known = self._declared[address] = declaration, as_text(_record(declaration))[:-1]
            may = declaration.access is not Access.READ and self.gate.may(hand, address)
            parts.append(f'"{address}":{known[1]},"may":{"true" if may else "false"}}}')
        return ",".join(parts)

    def plan(self) -> str:
        """The room as it is built, as a whole message; empty without a picture."""
        picture = self.picture
        return "" if picture is None else self._told("plan", self.plan_revision, lambda: as_text({"plan": picture.plan()}))

    def now(self, moment: float) -> str:
        """The room as it moves, as a whole message; `moment` is one and the same for all who are sent the same."""
        picture = self.picture
        return "" if picture is None else self._told("now", moment, lambda: as_text({"now": picture.now()}))

    def well(self) -> str:
        """How the piece is, as a whole message."""
        health = self.health
        return "" if health is None else self._told("health", self.health_revision, lambda: as_text({"health": health.says()}))

    def offers(self, role: Role) -> list[str]:
        """What somebody of this role may ask for at the desk."""
        return self.desk.offered(role)

    def has_newer(self, last: Line | None) -> bool:
        """Whether the log has lines after this one."""
        lines = self.lines()
        return bool(lines) and lines[-1] is not last

    def log(self, last: Line | None) -> tuple[str, Line | None]:
        """The lines that came after one that is known, as a whole message, and the last of them; an empty text if there are none."""
        lines = list(self.lines())
        start = next((number + 1 for number in range(len(lines) - 1, -1, -1) if lines[number] is last), 0)
        if start >= len(lines):
            return "", last
        offset = self._wall() - self._clock()
        said = [{"time": round(line.time + offset, 3), "level": line.level, "text": line.text, "id": line.id} for line in lines[start:]]
        return as_text({"log": said}), lines[-1]

    def _told(self, name: str, key: Any, make: Callable[[], str]) -> str:
        """A text that is made once for each key."""
        known = self._kept.get(name)
        if known is None or known[0] != key:
            known = self._kept[name] = key, self._guarded(name, make, "")
        return known[1]

    def _guarded(self, name: str, call: Callable[[], Any], otherwise: Any) -> Any:
        """What a call gives. One that fails is told when it begins to, and something else stands in its place."""
        try:
            got = call()
        except Exception as error:
            if name not in self._failed:
                self._failed.add(name)
                self._tell(error if isinstance(error, Fault) else Fault(
                    both(f"the page cannot show this: {type(error).__name__}: {error}", f"la page ne peut montrer ceci : {type(error).__name__} : {error}"),
                    where=f"web {name}", id="web.view"))
            return otherwise
        self._failed.discard(name)
        return got


def _record(declaration: Declaration) -> dict[str, Any]:
    return {"kind": declaration.kind.value, "unit": declaration.unit, "low": declaration.low, "high": declaration.high, "default": declaration.default,
            "curve": declaration.curve.value, "access": declaration.access.value, "glide": declaration.glide,
            "about": {"en": declaration.about.en, "fr": declaration.about.fr}, "choices": list(declaration.choices), "persists": declaration.persists}
