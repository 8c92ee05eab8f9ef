"""The stage: control's hand on everything that sounds. It writes the arena and never waits for a player.

    stage = Stage(arena)
    number = stage.unit_number(unit, path)          a number for that object code; the players are told (number, path)
    playing = stage.load(plan, {path: samples})     an instance in the arena, silent yet
    stage.start(playing, fade=2.0)                  at=frame dates it; else at the next block
    stage.set(playing, "height", 0.4)               a parameter
    stage.trigger(playing, "struck", at=96_000)
    stage.stop(playing, fade=2.0)                   it fades out, and its memory comes back with a result
    for result in stage.results(): …                what the player answered; frees what was retired
    stage.telemetry(), .costs(), .guard(…), .master(dB), .mute(True), .close()

Dates are frames since the beginning (`stage.frame` is the next that will be rendered). A date in the past is done at once, and comes back
as a result. Each parameter is one aligned word with one writer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np

from ..terms.fault import Fault
from ..terms.words import both
from .arena import ALIGN, Arena
from .costs import Costs, reckon
from .declare import Unit
from .eight_shelf import EightShelf, Lane, write_eight
from .exchange import Exchange
from .held import Held
from .instance import Shelf, States, Table, write
from .layout import (
    ACCOUNTS,
    BAD_SAMPLES,
    E_WORDS,
    EQUAL_POWER,
    FRAMES,
    FREE,
    G_INSTANCE,
    G_LEVEL,
    G_PHASE,
    I_ACCOUNT,
    I_BANNED,
    I_ID,
    I_SHIFT,
    INSTANCE_WORDS,
    MAX_GRAPHS,
    MOST_EIGHTS,
    REFUSED,
    RETIRED,
    START,
    STATE_AT,
    STATE_SIZE,
    STATE_USED,
    STOP,
    TRIGGER,
    WORD,
)
from .numbered import Numbered
from .overall import Overall, bits
from .plan import Plan, Send, Sent
from .playing import KINDS, Home, Playing, Result, not_so, unknown
from .sends import Sends, SentRows
from .telemetry import Telemetry, look, rows

AnyShelf = TypeVar("AnyShelf", Shelf, EightShelf)
SPARE = 32  # rows of the table of graphs that voices leave to scenes
AFTER = 0.5  # s of silence, beyond what its delay lines hold, after which a voice has ended


class Stage(Overall):
    """The control process's side of the arena. One for each arena."""

    def __init__(self, arena: Arena) -> None:
        super().__init__(arena)
        words = arena.words
        self._exchange = Exchange(arena)
        self._numbered = Numbered()
        self._sounding = 0
        self._playing: dict[int, Playing] = {}
        self._ids = 0
        self._held = Held(arena)
        self._wanted: set[Path] = set()  # recordings of what is being loaded now
        arena.spare = self._spare
        self._accounts: dict[str, int] = {}
        self._sent = SentRows(arena)
        self._eights = list(range(MOST_EIGHTS, 0, -1))  # numbers that are free
        self.crowded = ""  # "steal" or "refuse": what a voice that begins has to expect while the sound is near its limit; "" is nothing
        first = words[STATE_AT] + E_WORDS * WORD
        self._states = States(first, words[STATE_AT] + words[STATE_SIZE])

    # ---- units and recordings --------------------------------------------------------------------------------------------

    def unit_number(self, unit: Unit, path: Path | str | None = None) -> int:
        """The number of a unit's object code. With a path: of this code, and from now on `load` means it by this unit."""
        return self._numbered.number(unit, path)

    def objects(self) -> dict[int, Path]:
        """The object file of each number that has one: what a player must load."""
        return self._numbered.objects()

    def recording(self, path: Path, samples: np.ndarray) -> None:
        """Put a recording, float32 (channels, frames), on the shelf for all that play it. Raises Fault if there is no room."""
        self._held.put(path, samples)

    def holds(self, path: Path) -> bool:
        """Whether a recording is in the arena."""
        return path in self._held

    # ---- instances -------------------------------------------------------------------------------------------------------

    def load(
        self,
        plan: Plan,
        samples: Mapping[Path, np.ndarray] | None = None,
        *,
        values: Mapping[str, float] | None = None,
        name: str = "",
        shared: Mapping[str, int] | None = None,
        home: Home | None = None,
        sends: Sends | None = None,
    ) -> Playing:
        """Write an instance of a plan, silent yet. samples: recordings that are not in the arena yet; values: its parameters; shared: where
        slots lie that it shares with others; home: it is a voice, ends when it has fallen silent, and goes back there; sends: what
        voices of its part send to its sound.

        Raises Fault if there is no room, or a recording is missing; then nothing has changed.
        """
        def put(numbers: list[int], tables: tuple[Table, ...], state_at: int, size: int) -> Shelf:
            return write(self.arena, plan, numbers, tables, state_at, size, name or "graph", shared, self._ends_after(plan, home),
                         None, sending, self._sent.at(sending))

        sending = sends or _own_sends(plan)
        state_at, shelf = self._put(plan, samples, name, sending, put)
        playing = self._loaded(plan, name, shelf, state_at, home)
        playing.sends = sending
        for key, value in (values or {}).items():
            self.set(playing, key, value)
        return playing

    def load_eight(
        self, plan: Plan, samples: Mapping[Path, np.ndarray] | None = None, *, name: str = "", shared: Mapping[str, int] | None = None, home: Home,
        sends: Sends | None = None
    ) -> list[Playing]:
        """Write eight instances of a voice's plan that are rendered together, each as `load` gives it; the memory goes back with the last of them.

        Raises Fault if there is no room for all, or they cannot be; then nothing has changed.
        """
        eight = plan.eight
        if eight is None or not self._eights:
            raise Fault(both("no eight of it can be rendered together", "on ne peut en rendre huit ensemble"), where=name, id="stage.eights")

        def put(numbers: list[int], tables: tuple[Table, ...], state_at: int, size: int) -> EightShelf:
            return write_eight(self.arena, plan, eight, numbers, tables, state_at, size, self._eights[-1], name, shared or {}, self._ends_after(plan, home),
                               sending, self._sent.at(sending))

        sending = sends or _own_sends(plan)
        state_at, whole = self._put(eight.plan, samples, name, sending, put)
        self._eights.pop()
        lanes = [self._loaded(plan, name, shelf, state_at, home) for shelf in whole.lanes]
        for lane, playing in enumerate(lanes):
            playing.sends = sending
            playing.lane = Lane(whole.number, lane, eight.plan.units, eight.places[lane])
        return lanes

    def start(self, playing: Playing, *, fade: float = 0.0, shape: int = EQUAL_POWER, at: int | None = None, layer: int = 0) -> None:
        """Begin to sound, from its initial states, within `fade` seconds. A voice's states begin at that very frame; it leaves the last
        SPARE places to scenes. Raises Fault if too many play, or the player takes no requests."""
        if playing.state != "loaded":
            raise not_so(playing, "start")
        most = MAX_GRAPHS if playing.home is None else MAX_GRAPHS - SPARE
        if self._sounding >= most:
            raise Fault(
                both(f"{most} graphs play already", f"{most} graphes jouent déjà"),
                where=playing.name,
                id="stage.graphs",
                remedy=both(
                    "Shorten the fades, or let fewer scenes and voices sound at once.",
                    "Raccourcissez les fondus, ou faites sonner moins de scènes et de voix à la fois.",
                ),
            )
        fade_frames = self._frames(fade)
        if playing.home is not None:
            at = self.frame if at is None else max(0, int(at))
            shift = self.arena.view(playing.offset + I_SHIFT * WORD, "i8", (1,))
            shift[0] = at % FRAMES
            playing.began, at = at, at - at % FRAMES
        self._exchange.ask(START, playing.offset, playing.id, at, fade_frames, shape, layer)
        playing.layer = layer
        playing.state = "started"
        self._sounding += 1

    def stop(self, playing: Playing, *, fade: float = 0.0, shape: int = EQUAL_POWER, at: int | None = None) -> None:
        """Fade out within `fade` seconds, then let go. What was never started is let go at once; a voice whose date is still to come, and not
        before this one, never begins."""
        if playing.state == "loaded":
            self._release(playing)
        elif playing.state == "started":
            if playing.home is not None and playing.began >= self.frame:
                if (at or 0) <= playing.began:
                    self.ban(playing)
                    return
                at = max(at or 0, playing.began)
            self._exchange.ask(STOP, playing.offset, playing.id, at, self._frames(fade), shape)
            playing.state = "stopping"

    def set(self, playing: Playing, name: str, value: float) -> None:
        """Write a parameter's target. Raises Fault for a name it has not, and for what is not a finite number."""
        if playing.state == "gone":
            return
        if name not in playing.plan.params:
            raise unknown(playing, name, playing.plan.params)
        value = float(value)
        if not math.isfinite(value):
            raise Fault(
                both(f"{name}: expected a finite number, got {value}", f"{name} : il faut un nombre fini, et non {value}"), where=playing.name, id="value.type"
            )
        playing.shelf.params[playing.plan.params.index(name), 0] = value

    def trigger(self, playing: Playing, name: str, *, at: int | None = None, value: float = 1.0) -> None:
        """Let a trigger happen, at a frame; to a voice not before it has begun. One that is not sounding hears nothing."""
        words = dict(playing.plan.triggers)
        if name not in words:
            raise unknown(playing, name, tuple(words))
        if playing.home is not None and at is not None:  # its blocks begin later than the engine's by its date within one
            at = max(at, playing.began) - playing.began % FRAMES
        if playing.state in ("started", "stopping"):
            self._exchange.ask(TRIGGER, playing.offset, playing.id, at, playing.state_word(words[name]), bits(value))

    def ban(self, playing: Playing) -> None:
        """It leaves at the next block, without a fade, whatever else waits. For a graph whose kernel kills players."""
        if playing.state == "loaded":
            self._release(playing)
        elif playing.state in ("started", "stopping"):
            self.arena.view(playing.offset + I_BANNED * WORD, "i8", (1,))[0] = 1
            playing.state = "stopping"

    def renew(self, playing: Playing) -> None:
        """Make a voice that has come home as it was when it was loaded: another instance at the same place. Its values stay."""
        if playing.state != "resting":
            raise not_so(playing, "renew")
        self.arena.clear(*playing.shelf.memory)
        self._ids += 1
        head = self.arena.view(playing.offset, "i8", (INSTANCE_WORDS,))
        head[I_ID], head[I_BANNED] = self._ids, 0
        playing.id, playing.state = self._ids, "loaded"

    def let_go(self, playing: Playing) -> None:
        """Free an instance that does not sound."""
        if playing.state in ("loaded", "resting"):
            self._release(playing)

    def need_room(self, requests: int) -> None:
        """Raises Fault if the player does not take so many requests now."""
        self._exchange.need_room(requests)

    def levels(self) -> dict[int, int]:
        """How loud each graph is, by where its instance lies: the bits of its falling peak, which sort as loudness does."""
        return {int(row[G_INSTANCE]): int(row[G_LEVEL]) for row in rows(self._exchange.committed()) if row[G_PHASE] != FREE}

    def at_offset(self, offset: int) -> Playing | None:
        """The instance that lies there: what CURRENT_GRAPH means."""
        return self._playing.get(offset)

    # ---- what comes back -------------------------------------------------------------------------------------------------

    def results(self) -> list[Result]:
        """What the player has answered since the last time. Memory of what was retired is free again after this."""
        found = []
        for kind, frame, offset, number, detail in self._exchange.answers():
            playing = self._playing.get(offset)
            if playing is not None and playing.id != number:
                playing = None
            unit, where = playing.unit_name(detail) if playing is not None and kind in (BAD_SAMPLES, REFUSED) else ("", "")
            ended = kind == RETIRED and detail == 1
            found.append(Result("ended" if ended else KINDS[kind], frame, playing, unit, where, detail))
            if kind == RETIRED and playing is not None:
                if playing.home is None:
                    self._release(playing)
                else:
                    self._sounding -= 1
                    playing.state = "resting"
                    playing.home.back(playing, ended)
        return found

    def telemetry(self) -> Telemetry:
        """How the player fares."""
        return look(self.arena, self._exchange.committed(), self._playing)

    def costs(self) -> Costs:
        """What time has gone into since the player that sounds now began."""
        return reckon(self.arena, self._accounts, self._numbered.names())

    # ---- within ---------------------------------------------------------------------------------------------------------

    def _put(self, plan: Plan, samples: Mapping[Path, np.ndarray] | None, name: str, sends: Sends,
             put: Callable[[list[int], tuple[Table, ...], int, int], AnyShelf]) -> tuple[int, AnyShelf]:
        """Put a plan into the arena, with its recordings and a piece of the small states. Raises Fault; then nothing has changed.

        Recordings that nothing plays any more stay until their room is wanted: a scene that returns finds its own.
        """
        added: list[Path] = []
        self._wanted = {*(samples or ()), *(recorded.path for recorded in plan.recordings)}
        state_at = 0
        self._sent.take(sends)
        try:
            for path, recorded in (samples or {}).items():
                if not self.holds(path):
                    self.recording(path, recorded)
                    added.append(path)
            tables = tuple(self._held.table(wanted.path) for wanted in plan.recordings)
            state_size = max(ALIGN, -(-len(plan.state) * WORD // ALIGN) * ALIGN)
            state_at = self._states.take(state_size, name)
            shelf = put([self.unit_number(entry.unit) for entry in plan.units], tables, state_at, state_size)
        except BaseException:
            if state_at:
                self._states.give_back(state_at)
            self._held.drop(added)
            self._sent.give(sends)
            raise
        finally:
            self._wanted = set()
        self.arena.words[STATE_USED] = max(self.arena.words[STATE_USED], self._states.used - self.arena.words[STATE_AT])
        for table in tables:
            table.users += 1
        return state_at, shelf

    def _spare(self) -> None:
        """The arena is full: recordings that nothing plays, and that what is being loaded does not ask for, make room."""
        self._held.drop([path for path in self._held.unused() if path not in self._wanted])

    def _loaded(self, plan: Plan, name: str, shelf: Shelf, state_at: int, home: Home | None) -> Playing:
        """The hand on an instance that was written."""
        self._ids += 1
        head = self.arena.view(shelf.offset, "i8", (INSTANCE_WORDS,))
        head[I_ID], head[I_ACCOUNT] = self._ids, self._account(name)
        playing = self._playing[shelf.offset] = Playing(plan, name, shelf.offset, self._ids, state_at, shelf, home=home)
        return playing

    def _ends_after(self, plan: Plan, home: Home | None) -> int:
        """Blocks of silence after which it ends."""
        return 0 if home is None else -(-(plan.longest_silence + round(AFTER * self.rate)) // FRAMES)

    def _account(self, name: str) -> int:
        """Where the time of what has this name is added. Should there be too many names, the last is that of all others."""
        return self._accounts.setdefault(name if len(self._accounts) < ACCOUNTS - 1 else "", len(self._accounts))

    def _frames(self, seconds: float) -> int:
        if not (math.isfinite(seconds) and seconds >= 0.0):
            raise Fault(both(f"a fade is 0 s or longer, not {seconds}", f"un fondu dure 0 s ou plus, et non {seconds}"), id="stage.fade")
        return int(round(seconds * self.rate))

    def _release(self, playing: Playing) -> None:
        self._sounding -= playing.state in ("started", "stopping")
        playing.state = "gone"
        del self._playing[playing.offset]
        if playing.shelf.close(self.arena):
            self._sent.give(playing.sends)
            self._states.give_back(playing.state_at)
            self.arena.words[STATE_USED] = self._states.used - self.arena.words[STATE_AT]
            if playing.lane is not None:
                self._eights.append(playing.lane.eight)
        self._held.free_old()


def _own_sends(plan: Plan) -> Sends:
    """The names of a graph that has no part."""
    return Sends({binding.name: binding.channels for kind in (Send, Sent) for _, binding in plan.of(kind)})
