"""From looks to the bytes of every universe: merge, patch, curves, flash guard. No device, no clock.

    lights = Lights(piece.light, tell)
    lights.frame([(look, weight, layer), …], now)      {universe: 512 bytes}: what may leave the house at this time

    lights.compose(looks)    values asked for, unguarded       } the same in two steps, for a sender that keeps its
    lights.guarded(values, now)  → lights.pack(values)         } own time: see runtime/lamps/lighting.py
"""
from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ..rules.lamps import ALL, Light
from ..terms.fault import Fault, Recovery, did_you_mean
from ..terms.words import both
from .fixture import Fixture, Patch
from .guard import Guard, Lamp
from .kind import LUMINANCE
from .look import Entry, Look, Mix, Setting, merge, setting

NEUTRAL = 0.3      # of every lamp, where the piece declares no neutral look: nobody is left in the dark


class Lights:
    """All lamps of a piece.

    light   the piece's light record (rules/lamps.py)
    tell    called with a Fault once for each thing that is wrong in a look, with a Recovery when a refused value is well again

    Counters: `refused` settings that made no sense (the lamp stays as it was), `clipped` settings, `held` guarded frames.
    """

    def __init__(self, light: Light, tell: Callable[[Fault | Recovery], None] | None = None) -> None:
        self.patch = Patch(light)
        self.universes = self.patch.channels.universes
        self.refused = self.clipped = 0
        self._tell = tell or (lambda what: None)
        self._masters: dict[str, float] = {}
        self._unknown: set[str] = set()
        self._wrong: dict[str, str] = {}        # name → id of its present fault
        self._good: dict[str, Setting] = {}
        self._neutral: Look = dict(light.neutral) if light.neutral else {ALL: NEUTRAL}
        self._guards = [Guard([self._lamp(self.patch.fixtures[name]) for name in names], self.patch.channels.top)
                        for names in self._seen_together(light)]
        for kind in {fixture.kind.name: fixture.kind for fixture in self.patch.fixtures.values()}.values():
            for channel in kind.held:
                self._tell(Fault(both(f'"{channel}" could flash inside the lamp: it is held at 0',
                                      f"« {channel} » pourrait clignoter dans la lampe : maintenu à 0"), where=kind.name,
                                 remedy=both(f'Write "{channel}=VALUE", with the value for steady light from its manual.',
                                             f"Écrivez « {channel}=VALEUR », avec la valeur de lumière fixe de sa notice."),
                                 id="light.flicker"))

    @property
    def held(self) -> int:
        """Frames in which the guard refused something."""
        return sum(guard.held for guard in self._guards)

    @property
    def flashes(self) -> int:
        """Rises after a fall that were let through."""
        return sum(guard.flashes for guard in self._guards)

    def frame(self, looks: Iterable[Entry], now: float) -> dict[int, bytes]:
        """The 512 bytes of each universe at this time. Time must not run backwards from call to call."""
        return self.pack(self.guarded(self.compose(looks), now))

    def compose(self, looks: Iterable[Entry], *, mastered: bool = True) -> np.ndarray:
        """The value of every channel that the looks ask for; see look.py for what looks may be. mastered: the masters stand over them."""
        mixes = merge(looks, self._read)
        for lamp, factor in self._masters.items() if mastered else ():
            if lamp in mixes:
                mixes[lamp] = Mix({name: level * factor for name, level in mixes[lamp].light.items()}, mixes[lamp].moves)
        return self.patch.values(mixes)

    def masters(self, levels: Mapping[str, float]) -> None:
        """What stands over the looks, 0 to 1, by fixture and by group: a lamp gives its own times those of its groups. Others are 1."""
        self._masters = {}
        for name, fixture in self.patch.fixtures.items():
            factor = math.prod(min(1.0, max(0.0, levels.get(each, 1.0))) for each in dict.fromkeys((name, *fixture.groups)))
            if factor != 1.0:
                self._masters[name] = factor

    def guarded(self, values: np.ndarray, now: float) -> np.ndarray:
        """The values that may be sent at this time: each group through its flash guard."""
        for guard in self._guards:
            values = guard.limit(values, now)
        return values

    def pack(self, values: np.ndarray) -> dict[int, bytes]:
        """The bytes of each universe."""
        return self.patch.channels.frames(values)

    def neutral(self) -> Look:
        """The look for when nothing plays and after the end."""
        return self._neutral

    def walk(self, fixture: str, level: float = 0.7) -> Look:
        """A look in which one lamp is lit and the others are dark. Raises Fault if there is no such lamp."""
        if fixture not in self.patch.fixtures:
            raise self._no_such(fixture)
        return {fixture: level}

    def lamps(self, name: str) -> tuple[str, ...]:
        """The lamps that a name means: one, or those of a group. Raises Fault if there is none."""
        found = self.patch.lamps(name) if isinstance(name, str) else ()
        if not found:
            raise self._no_such(str(name)[:60])
        return found

    def _read(self, look: Look) -> Mapping[str, Mix]:
        mixes: dict[str, tuple[bool, Mix]] = {}
        if not self.patch.fixtures:        # a scene need not know that a piece has no lamps
            return {}
        for name, written in look.items():
            lamps = self.patch.lamps(name)
            if not lamps:
                if name not in self._unknown and len(self._unknown) < 1000:
                    self._unknown.add(name)
                    self._tell(self._no_such(name))
                continue
            asked = self._setting(name, written)
            if asked is None:
                continue
            own = name in self.patch.fixtures
            for lamp in lamps:
                if own or not mixes.get(lamp, (False,))[0]:
                    mixes[lamp] = (own, self.patch.fixtures[lamp].paint(asked))
            for channel, _ in asked.channels:
                self._check_channel(name, channel, lamps)
        return {lamp: mix for lamp, (_, mix) in mixes.items()}

    def _setting(self, name: str, written: Any) -> Setting | None:
        """Read one setting; the last good one where it makes no sense."""
        try:
            asked = setting(written)
        except Fault as fault:
            self.refused += 1
            if self._wrong.get(name) != fault.id:
                self._wrong[name] = fault.id
                self._tell(fault.at(f'light of "{name}"'))
            return self._good.get(name)
        if name in self._wrong:
            self._tell(Recovery(both("its level makes sense again", "son niveau a de nouveau un sens"),
                                where=f'light of "{name}"', id=self._wrong.pop(name)))
        self.clipped += asked.clipped
        self._good[name] = asked
        return asked

    def _check_channel(self, name: str, channel: str, lamps: tuple[str, ...]) -> None:
        key = f"{name}.{channel}"
        if key in self._unknown or any(self.patch.fixtures[lamp].channel(channel) for lamp in lamps):
            return
        self._unknown.add(key)
        known = sorted({entry.name for lamp in lamps for entry in self.patch.fixtures[lamp].kind.live})
        self._tell(Fault(both(f'"{name}" has no channel "{channel}" that a look may move',
                              f"« {name} » n'a pas de canal « {channel} » qu'un état de lumière puisse régler"),
                         remedy=both(f"It has {', '.join(known)}.", f"Il a {', '.join(known)}."), id="light.channel"))

    def _no_such(self, name: str) -> Fault:
        known = [*self.patch.fixtures, *self.patch.groups]
        close, listing = did_you_mean(str(name), known), ", ".join(known)
        hint_en, hint_fr = (f'Did you mean "{close}"? ', f"Peut-être « {close} » ? ") if close else ("", "")
        return Fault(both(f'no lamp or group is called "{name}"', f"aucune lampe, aucun groupe ne s'appelle « {name} »"),
                     remedy=both(f"{hint_en}There are {listing}.", f"{hint_fr}Il y a {listing}."), id="light.unknown")

    def _seen_together(self, light: Light) -> list[list[str]]:
        """Which lamps are guarded as one: the piece's flash groups; groups that share a lamp are one; the rest is one more."""
        sets: list[set[str]] = []
        for names in light.flash_groups.values():
            one = {lamp for name in names for lamp in self.patch.lamps(name)}
            for other in [other for other in sets if other & one]:
                sets.remove(other)
                one |= other
            if one:
                sets.append(one)
        rest = set(self.patch.fixtures) - set().union(*sets)
        return [[name for name in self.patch.fixtures if name in one] for one in [*sets, rest] if one]

    @staticmethod
    def _lamp(fixture: Fixture) -> Lamp:
        dimmer, emitters = None, []
        for number, channel in enumerate(fixture.kind.live, fixture.first):
            if channel.dims and fixture.present != {"dimmer"}:
                dimmer = number
            elif channel.dims or channel.emits:
                emitters.append((number, LUMINANCE.get(channel.name, 1.0), channel.name == "red"))
        return Lamp(dimmer, tuple(emitters))
