"""Presets, undo, and writing into config.yaml, as they are asked for: at the desk by name, and by address (preset_buttons.py).

    Tuning       one for the house: `open()`, `offer(desk)`, `step(now)`; save, recall, go_between, write_config

At the desk: preset.list, save, recall, remove, compare, morph, versions; history.undo, redo, list; config.write. Each value that a preset
moves is asked of the gate.

Files are read and written aside, one thing at a time; the tick never waits for a disk.
"""
from __future__ import annotations

import asyncio
import math
import time as clock
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ...remote.desk import Desk
from ...rules.addresses import address_of
from ...rules.difference import differences
from ...rules.gate import Hand, Role
from ...rules.history import History
from ...rules.holders import Priority
from ...rules.morph import LINEAR, checked_curve
from ...rules.preset import Preset, checked_name, covered, patterns
from ...rules.written import read, same, written
from ...terms.declaration import Access, Declaration, Kind, Value
from ...terms.fault import Fault, Recovery, did_you_mean
from ...terms.words import Words, both
from ..places import preset_folders
from .morphing import Morphs
from .preset_buttons import PresetButtons
from .presets import Loaded, PresetStore
from .rewriting import write

if TYPE_CHECKING:
    from ..house import House

LONGEST_OVER = 3600.0    # s that a morph may take
PAUSE = 1.0              # s of rest after which a fader between two presets begins a new step of undo
FRESH = 5.0              # s for which the two presets of a fader are remembered
LOOK = 0.02              # s between two looks at whether a scene's recall has arrived
MOST_WAITING = 50        # who may wait for the disk at once


class Tuning:
    """What is tuned, kept and taken back. Made by the house, which it asks for its tree, its gate and its piece."""

    def __init__(self, house: House) -> None:
        self._house, self._store = house, PresetStore(preset_folders(house.piece.folder))
        self._tree, self._gate = house.tree, house.gate
        self._loop = asyncio.get_running_loop()
        self._mapped = {address_of(mapping.to) for mapping in house.piece.mappings}
        self.history = History(house.gate)
        self.morphs = Morphs(house.gate)
        self._buttons = PresetButtons(self, house.tree, house.means.tell)
        self._disk = asyncio.Lock()
        self._waiting = 0
        self._ends: tuple[tuple[str, str], tuple[dict[str, Value], dict[str, Value]], float] | None = None
        self._faded = (-math.inf, "")
        self._damaged: dict[str, Fault] = {}         # presets whose file is known to be damaged

    def offer(self, desk: Desk) -> None:
        """Offer everything at the desk."""
        for name, role, work in (("preset.list", Role.ATTENDANT, self._list), ("preset.save", Role.ARTIST, self.save),
                                 ("preset.recall", Role.ARTIST, self.recall), ("preset.remove", Role.ARTIST, self._remove),
                                 ("preset.compare", Role.ARTIST, self._compare), ("preset.morph", Role.ARTIST, self._morph),
                                 ("preset.versions", Role.ARTIST, self._versions), ("history.undo", Role.ARTIST, self.undo),
                                 ("history.redo", Role.ARTIST, self.redo), ("history.list", Role.ARTIST, self._steps),
                                 ("config.write", Role.ARTIST, self.write_config)):
            desk.offer(name, role, work)

    def open(self) -> None:
        """Follow what is written to /preset/ and /history/ from now on."""
        self._buttons.open()

    async def close(self) -> None:
        """What is being written to the disk is written."""
        await self._buttons.close()

    def step(self, now: float) -> None:
        """One control tick."""
        if self.morphs:
            self.morphs.step(now)

    # presets

    async def save(self, hand: Hand, name: str, scene: str | None = None, exclude: Any = None, include: Any = None) -> dict[str, Any]:
        """Save what stands, of the whole piece or of one scene, under a name. What that name was before is kept as a version."""
        name = checked_name(name)
        self._check_scene(scene)
        out, into = patterns(exclude, "exclude"), patterns(include, "include")
        addresses = covered(map(self._tree.declaration, self._tree.addresses()), self._mapped, scene=scene, exclude=out, include=into)
        if not addresses:
            raise Fault(both("there is nothing to save", "il n'y a rien à enregistrer"), where=name, id="preset.empty")
        values = {address: written(self._tree.base(address), self._tree.declaration(address)) for address in addresses}
        preset = Preset(name, values, scene, datetime.fromtimestamp(clock.time(), UTC).isoformat(timespec="seconds"), out, into)
        versions = await self._aside(self._store.save, preset)
        self._ends = None
        self._well(name)
        self._tree.post("/preset/now", name, self._loop.time())
        return {"name": name, "scene": scene, "saved": preset.saved, "versions": versions, "covers": len(values)}

    async def load(self, name: str) -> Preset:
        """A preset as it is saved. Raises Fault if there is none."""
        return (await self._aside(self._store.load, name)).preset

    async def recall(self, hand: Hand, name: str, over: float = 0.0, curve: str = LINEAR, version: int | None = None) -> dict[str, Any]:
        """Send the piece to a preset in so many seconds. Returns at once what is moved, and what is not and why."""
        over, curve = _seconds(over), checked_curve(curve)
        if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
            raise Fault(both("a version is a whole number", "une version est un nombre entier"), id="preset.unknown")
        loaded: Loaded = await self._aside(self._store.load, name, version)
        preset = loaded.preset
        values, missing, refused = self._fitting(hand, preset)
        if preset.values and not values:
            raise refused[0] if refused else Fault(both(f"nothing of {preset.name!r} is in this piece now", f"rien de {preset.name!r} n'est dans cette pièce"),
                                                   id="preset.nothing")
        values = {address: base if same(base := self._tree.base(address), value) else value for address, value in values.items()}
        origin, now = f"preset:{preset.name}", self._loop.time()
        waiting = [address for address in values if (holder := self._tree.holder(address)) is not None and holder[0] == Priority.MAPPING]
        self.history.begin(origin, hand.origin, both(f"{preset.name}: recalled", f"{preset.name} : rappelé"))
        self.morphs.recall(hand, origin, values, over, curve, now)
        self._tree.post("/preset/now", preset.name, now)
        self._well(preset.name, loaded.instead_of)
        said = _recalled(preset.name, len(values), waiting, missing, refused, loaded)
        return {"name": preset.name, "version": loaded.version, "over": over, "moved": len(values), "waiting": waiting, "missing": missing,
                "refused": [{"address": fault.where, "en": fault.happened.en, "fr": fault.happened.fr} for fault in refused], "en": said.en, "fr": said.fr}

    async def recall_as_score(self, origin: str, name: str, over: float, curve: str) -> None:
        """Go to a preset as the score does: below every hand, held until the scene lets go (`Steering.end`). Returns on arrival."""
        over, curve = _seconds(over), checked_curve(curve)
        values, _, _ = self._fitting(None, await self.load(name))
        self.morphs.recall(None, origin, values, over, curve, self._loop.time())
        try:
            while True:
                await asyncio.sleep(LOOK)
                if not self.morphs.moving(origin):
                    return
        except asyncio.CancelledError:                      # the scene has ended meanwhile
            self.morphs.drop(origin)
            self._tree.release_all(origin, self._loop.time())
            raise

    async def _list(self, hand: Hand) -> list[dict[str, Any]]:
        return await self._aside(self._store.listing)

    async def _versions(self, hand: Hand, name: str) -> list[dict[str, Any]]:
        return await self._aside(self._store.versions, name)

    async def _remove(self, hand: Hand, name: str) -> dict[str, Any]:
        await self._aside(self._store.remove, name)
        self._ends = None
        return {"removed": name}

    async def _compare(self, hand: Hand, name: str, **other: Any) -> list[dict[str, Any]]:
        """Where two presets differ, or a preset and what stands; `with` names the other."""
        if set(other) - {"with"}:
            raise Fault(both("compare takes a name, and another as `with`", "compare prend un nom, et un autre comme `with`"), id="desk.arguments")
        first, _, _ = self._fitting(None, await self.load(name))
        if other.get("with") is None:
            second = {address: self._tree.base(address) for address in first}
        else:
            second, _, _ = self._fitting(None, await self.load(other["with"]))
        return [line.data() for line in differences(first, second, self._tree.declaration)]

    async def _morph(self, hand: Hand, a: str, b: str, position: float) -> dict[str, Any]:
        if isinstance(position, bool) or not isinstance(position, (int, float)) or not 0 <= position <= 1:
            raise Fault(both("a position is a number from 0 to 1", "une position est un nombre de 0 à 1"), id="preset.position")
        return await self.go_between(hand, a, b, float(position))

    async def go_between(self, hand: Hand, a: str, b: str, position: float) -> dict[str, Any]:
        """Put what two presets both have between the two. What a switch or a text is changes at the half."""
        now = self._loop.time()
        if self._ends is None or self._ends[0] != (a, b) or now - self._ends[2] > FRESH:
            first, second = await self.load(a), await self.load(b)
            self._ends = (a, b), (self._fitting(None, first)[0], self._fitting(None, second)[0]), now
        one, two = self._ends[1]
        now = self._loop.time()
        self._ends = *self._ends[:2], now
        may = {address: value for address, value in one.items() if address in two and address in self._tree and self._gate.may(hand, address)}
        origin = f"morph:{a}|{b}"
        if now - self._faded[0] > PAUSE or self._faded[1] != origin:
            self.history.begin(origin, hand.origin, both(f"between {a} and {b}", f"entre {a} et {b}"))
        self._faded = now, origin
        self.morphs.between(hand, origin, may, two, position, now)
        return {"moved": len(may)}

    def _fitting(self, hand: Hand | None, preset: Preset) -> tuple[dict[str, Value], list[str], list[Fault]]:
        """The values of a preset that the tree can take; the addresses that are not there, and what is refused."""
        values: dict[str, Value] = {}
        missing: list[str] = []
        refused: list[Fault] = []
        for address, data in preset.values.items():
            if address not in self._tree:
                missing.append(address)
                continue
            declaration = self._tree.declaration(address)
            if declaration.kind is Kind.TRIGGER or declaration.access is not Access.BOTH:
                refused.append(Fault(both("this is not set by a preset", "ceci ne se règle pas par un préréglage"), where=address, id="preset.kind"))
            elif hand is not None and (fault := self._gate.refusal(hand, address)) is not None:
                refused.append(fault)
            else:
                try:
                    values[address] = read(data, declaration)
                except Fault as fault:
                    refused.append(fault)
        return values, missing, refused

    # undo

    def undo(self, hand: Hand) -> dict[str, Any]:
        """Put back what was done last; a morph that is on its way ends there."""
        done = self.history.undo(hand, self._loop.time())
        self.morphs.drop(done["step"]["origin"])
        return self._dated(done)

    def redo(self, hand: Hand) -> dict[str, Any]:
        """Do again what was undone last."""
        return self._dated(self.history.redo(hand, self._loop.time()))

    def _steps(self, hand: Hand, most: int = 50) -> list[dict[str, Any]]:
        return [self._dated(step) for step in self.history.steps(most if isinstance(most, int) else 50)]

    def _dated(self, data: dict[str, Any]) -> dict[str, Any]:
        """With the time of day in place of the loop's."""
        if "step" in data:
            return {**data, "step": self._dated(data["step"])}
        return {**data, "time": datetime.fromtimestamp(clock.time() - self._loop.time() + data["time"], UTC).isoformat(timespec="seconds")}

    # config.yaml

    async def write_config(self, hand: Hand, scene: str | None = None) -> dict[str, Any]:
        """Write what is tuned, of the whole piece or of one scene, into config.yaml as it starts from there. Raises Fault if it is refused."""
        tuned = self._tuned(scene)
        lines = []
        params: dict[str, dict[str, Any]] = {}
        for declaration, former in tuned:
            fault = self._gate.refusal(hand, declaration.address)
            if fault is not None:
                raise fault
            _, _, name, param = declaration.address.split("/")
            value = self._tree.base(declaration.address)
            params.setdefault(name, {})[param] = written(value, declaration)
            lines += differences({declaration.address: former}, {declaration.address: value}, self._tree.declaration)
        if not params:
            return {"lines": [], "difference": "", "version": 0,
                    "en": "nothing differs from the files", "fr": "rien ne diffère des fichiers"}
        done = await self._aside(write, self._house.piece.file, params, self._store, self._house.drivers, dict(self._house.scenes))
        self._house.rewritten(params)
        count, name = len(lines), self._house.piece.file.name
        return {"lines": [line.data() for line in lines], "difference": done.difference, "version": done.version,
                "en": f"{count} value{'s' if count != 1 else ''} written into {name}",
                "fr": f"{count} valeur{'s' if count != 1 else ''} écrite{'s' if count != 1 else ''} dans {name}"}

    def _tuned(self, scene: str | None) -> list[tuple[Declaration, Value]]:
        """The parameters that stand elsewhere than the files say, and what these say. What a mapping moves is no tuning."""
        self._check_scene(scene)
        found = []
        for name, record in self._house.piece.scenes.items():
            for param, declaration in self._house.scenes[name].params.items() if name in self._house.scenes and scene in (None, name) else ():
                address = declaration.address
                if declaration.kind is Kind.TRIGGER or address in self._mapped or address not in self._tree:
                    continue
                former = read(record.params[param], declaration) if param in record.params else declaration.fit(declaration.default)[0]
                if not same(self._tree.base(address), former):
                    found.append((declaration, former))
        return found

    def _check_scene(self, scene: object) -> None:
        known = self._house.piece.scenes
        if scene is None or (isinstance(scene, str) and scene in known):
            return
        shown = str(scene)[:60]
        close = did_you_mean(shown, known)
        raise Fault(both(f'there is no scene "{shown}"', f"il n'y a pas de scène « {shown} »"), id="preset.scene",
                    remedy=both(f'Did you mean "{close}"?', f"Peut-être « {close} » ?") if close else "")

    def _well(self, name: str, fault: Fault | None = None) -> None:
        """Tell that a preset's file is damaged, and once it has been saved or mended, that this is over."""
        former = self._damaged.pop(name, None)
        if former is not None and fault is not None and former.say() == fault.say():
            self._damaged[name] = former
            return
        if former is not None:
            self._house.means.tell(Recovery(Words("", ""), former.where, former.id))
        if fault is not None:
            self._damaged[name] = fault
            self._house.means.tell(fault)

    async def _aside(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Work that waits for the disk, in a thread, one after the other."""
        if self._waiting >= MOST_WAITING:
            raise Fault(both("too much is asked of the disk at once", "on demande trop au disque à la fois"), id="preset.busy",
                        remedy=both("Try again in a moment.", "Réessayez dans un instant."))
        self._waiting += 1
        try:
            async with self._disk:
                return await self._loop.run_in_executor(None, work, *arguments)
        finally:
            self._waiting -= 1


def _seconds(over: object) -> float:
    if isinstance(over, (int, float)) and not isinstance(over, bool) and 0 <= over <= LONGEST_OVER:
        return float(over)
    raise Fault(both(f"a morph takes 0 to {LONGEST_OVER:g} seconds", f"une transition dure de 0 à {LONGEST_OVER:g} secondes"), id="preset.over")


def _recalled(name: str, count: int, waiting: list[str], missing: list[str], refused: list[Fault], loaded: Loaded) -> Words:
    """A recall in words: what moves, and what does not."""
    words = both(f"{name}: {count} value{'s' if count != 1 else ''}", f"{name} : {count} valeur{'s' if count != 1 else ''}")
    if loaded.instead_of is not None:
        words += both(f"; its file is damaged, version {loaded.version} was taken", f" ; son fichier est abîmé, la version {loaded.version} a été prise")
    if waiting:
        words += both(f"; {len(waiting)} when the sensors let go", f" ; {len(waiting)} quand les capteurs lâcheront")
    if missing:
        words += both(f"; {len(missing)} not in this piece now", f" ; {len(missing)} absentes de cette pièce")
    if refused:
        words += both(f"; {len(refused)} refused", f" ; {len(refused)} refusées")
    return words
