"""MIDI controllers at work: hands on faders and keys, and what is shown back to motor faders and LEDs.

    controllers = Controllers(piece, gate, tell)
    controllers.offer(desk)         midi.learn, midi.forget, midi.list
    controllers.open(); await controllers.close()

What was learnt by touching is saved with the piece, in `controls.yaml` beside config.yaml, or in the state folder where the piece cannot be written.
A file that cannot be read, or not all of it, is kept as `controls.yaml.damaged` when it is written anew.
A device may be unplugged and come back; a scene that is gone keeps its faders until it returns.
"""
from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ...ports.dmx import Edge
from ...ports.midi_in import MidiIn
from ...ports.midi_raw import MidiPlaces
from ...ports.midi_way import NamedWay, RawWay, control_message, way_out
from ...ports.wire import State
from ...remote.desk import Desk
from ...rules.controls_file import read_controls, write_controls
from ...rules.gate import Gate, Hand, Role
from ...rules.piece import Piece
from ...rules.purse import Purse
from ...rules.remote import MidiRecord
from ...rules.surface import Control, Move, Surface, control_of
from ...terms.declaration import Access, Declaration
from ...terms.fault import Fault, Recovery
from ...terms.words import both
from ..aside import steadily
from ..places import state_folder, write_whole

FILE = "controls.yaml"
LARGEST = 1_000_000      # bytes of that file
LEARN = 15.0             # s in which a control must be touched
PERIOD = 1 / 30          # s between what a device is shown
AT_ONCE = 20             # messages at each of these times
CALM = 10.0              # s after which it is over that a fader was refused
HEARD, HEARD_AT_ONCE = 1_000, 200       # messages followed at once, of one device: a MIDI cable carries a thousand a second

Tell = Callable[[Fault | Recovery], None]


class Controllers:
    """All MIDI controllers of a piece. Must be made inside a running loop."""

    def __init__(self, piece: Piece, gate: Gate, tell: Tell, places: MidiPlaces = MidiPlaces()) -> None:  # noqa: B008  (frozen)
        self._gate, self._tell = gate, tell
        self._files = (piece.folder / FILE, state_folder(piece.folder) / FILE)
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task | None = None
        self._learnt: asyncio.Future[dict] | None = None
        self.devices = [_Device(record, gate, tell, self._on_learnt, places) for record in piece.remote.midi]
        self._others: dict[str, Any] = {}             # of devices that config.yaml does not name at present
        self._saving: asyncio.Task | None = None
        self._unsaved = False
        self._wrong: list[Fault] = []                 # with the file; over when it has been written whole
        self._damaged: Path | None = None
        self._restore()

    def offer(self, desk: Desk) -> None:
        """Have learning, forgetting and listing asked for at the desk."""
        if self.devices:
            desk.offer("midi.learn", Role.ARTIST, self.learn)
            desk.offer("midi.forget", Role.ARTIST, self.forget)
            desk.offer("midi.list", Role.NOBODY, self.list)

    def open(self) -> None:
        """Begin to look for the devices. Returns at once."""
        for device in self.devices:
            device.open()
        if self.devices:
            self._task = self._loop.create_task(steadily(PERIOD, self._step, self._tell), name="midi controllers")

    async def close(self) -> None:
        """Let go of them."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        if self._learnt is not None and not self._learnt.done():
            self._learnt.cancel()
        await asyncio.gather(*(device.close() for device in self.devices))
        if self._saving is not None:
            await self._saving

    async def learn(self, hand: Hand, address: str) -> dict:
        """Wait until a control is touched, and have it move this address. Raises Fault after fifteen seconds, or if another is being learnt."""
        if not isinstance(address, str) or address not in self._gate.tree:
            raise self._gate.tree.no_such(str(address))
        if self._gate.tree.declaration(address).access is Access.READ:
            raise Fault(both("this can be read, not written", "ceci se lit mais ne s'écrit pas"), where=address, id="tree.read_only")
        if self._learnt is not None and not self._learnt.done():
            raise Fault(both("another control is being learnt", "une autre commande est en cours d'apprentissage"), where=address, id="midi.learning")
        until = self._loop.time() + LEARN
        for device in self.devices:
            device.surface.learn(address, until)
        learnt = self._learnt = self._loop.create_future()
        try:
            return await asyncio.wait_for(learnt, LEARN + 0.1)
        except TimeoutError:
            raise Fault(both(f"no control was moved within {LEARN:.0f} s", f"aucune commande n'a bougé en {LEARN:.0f} s"), where=address, id="midi.untouched",
                        remedy=both("Is the controller plugged in? A fader must be moved some way, not only touched.",
                                    "Le contrôleur est-il branché ? Il faut bouger le fader, pas seulement le toucher.")) from None
        finally:
            for device in self.devices if self._learnt is learnt else ():           # else another is being learnt already
                device.surface.give_up(float("inf"))

    def forget(self, hand: Hand, address: str) -> int:
        """Nothing moves this address by MIDI any more; how many controls did."""
        gone = sum(device.surface.forget(address) for device in self.devices)
        if gone:
            self._save()
        return gone

    def list(self, hand: Hand) -> list[dict]:
        """Every device with what it moves, and the address that it is being taught, "" if none."""
        return [{"device": device.record.device, "open": device.is_open, "controls": device.surface.save(), "learns": device.surface.learns}
                for device in self.devices]

    def _on_learnt(self, device: _Device, control: Control) -> None:
        address = device.surface.bindings[control]
        self._save()
        for other in self.devices:
            other.surface.give_up(float("inf"))
        if self._learnt is not None and not self._learnt.done():
            self._learnt.set_result({"device": device.record.device, "control": str(control), "address": address})

    def _step(self, now: float) -> None:
        for device in self.devices:
            device.catch_up(now)
            device.show(now)

    def _restore(self) -> None:
        """Take back what was learnt; the newer of the two files goes. A damaged file is told, and keeps nothing from starting."""
        there = sorted((file for file in self._files if file.is_file()), key=lambda file: file.stat().st_mtime)
        if not there or not self.devices:
            return
        file = there[-1]
        try:
            if file.stat().st_size > LARGEST:
                raise ValueError("too large")
            saved = read_controls(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._damaged = file
            self._is_wrong(Fault(both("what MIDI controllers move cannot be read; they move nothing",
                                      "ce que règlent les contrôleurs MIDI est illisible ; ils ne règlent rien"), where=str(file), id="midi.file",
                                 remedy=both("Mend the file and start the piece again, or learn again: it is kept beside the new one.",
                                             "Réparez le fichier et relancez la pièce, ou refaites l'apprentissage : il est gardé à côté du nouveau.")))
            return
        for device in self.devices:
            for fault in device.surface.restore(saved.pop(device.record.device, {})):
                self._damaged = file
                self._is_wrong(fault.at(f"{file.name} {device.record.device}"))
        self._others = saved

    def _is_wrong(self, fault: Fault) -> None:
        self._wrong.append(fault)
        self._tell(fault)

    def _save(self) -> None:
        """Write down what was learnt; aside, since a disk may take its time."""
        self._unsaved = True
        if self._saving is None or self._saving.done():
            self._saving = self._loop.create_task(self._write(), name="midi controls")

    async def _write(self) -> None:
        while self._unsaved:
            self._unsaved = False
            kept = {**self._others, **{device.record.device: device.surface.save() for device in self.devices}}
            text = write_controls(kept)
            reason = await self._loop.run_in_executor(None, _written, self._files, text.encode(), self._damaged)
            if reason:
                self._is_wrong(Fault(both(f"what was learnt cannot be saved: {reason}", f"l'apprentissage ne peut pas être enregistré : {reason}"),
                                     where=str(self._files[0]), id="midi.save"))
                continue
            wrong, self._wrong, self._damaged = self._wrong, [], None
            for fault in wrong:
                self._tell(Recovery(both("what MIDI controllers move is saved", "ce que règlent les contrôleurs MIDI est enregistré"), fault.where, fault.id))


def _written(files: Sequence[Path], data: bytes, damaged: Path | None) -> str:
    """Write whole: beside the piece, or in the state folder where the piece cannot be written. Returns what was wrong, "" if nothing.

    damaged  a file that could not be read; it is kept under another name
    """
    reason = ""
    for file in files:
        try:
            if file == damaged:
                file.replace(file.with_name(f"{file.name}.damaged"))
            write_whole(file, data, 0o644)
            return ""
        except OSError as error:
            reason = reason or error.strerror or type(error).__name__
    return reason


class _Device:
    """One controller: its port in, its way out, its surface, and a subscription to what it shows."""

    def __init__(self, record: MidiRecord, gate: Gate, tell: Tell, learnt: Callable[[_Device, Control], None], places: MidiPlaces) -> None:
        self.record, self._gate, self._tell, self._learnt = record, gate, tell, learnt
        self.hand = Hand(f"midi:{record.device}", Role.ARTIST, record.only)
        self.surface = Surface(self._declared, motors=record.motors)
        self._subscription = gate.tree.subscribe(self.hand.origin)
        self._subscription.only = frozenset()
        self._in = MidiIn(record.device, self._heard, self._state, through=record.through, places=places)
        self._out: RawWay | NamedWay | None = None
        self._edge = Edge(tell, record.device, both("the MIDI controller is back", "le contrôleur MIDI est revenu"))
        self._refused: tuple[Fault, float] | None = None        # what was said of it, and when it was so last
        self._purse = Purse(HEARD, HEARD_AT_ONCE)
        self._late: dict[Control, Any] = {}             # the newest message of each control that waits, because they came too fast
        self._waiting: dict[str, None] = {}
        if record.feedback:
            self._out = way_out(record.device, Edge(lambda fault: None, record.device, both("", "")), self._afresh, through=record.through, places=places)

    @property
    def is_open(self) -> bool:
        return self._in.state is State.OPEN

    def open(self) -> None:
        self._in.open()
        if self._out is not None:
            self._out.open()

    async def close(self) -> None:
        await self._in.close()
        if self._out is not None:
            await self._out.close()
        self._subscription.close()

    def catch_up(self, now: float) -> None:
        """Follow what came too fast: of each control, where it stands now. What was refused a while ago is over."""
        if self._refused is not None and now - self._refused[1] > CALM:
            fault, self._refused = self._refused[0], None
            self._tell(Recovery(both("", ""), fault.where, fault.id))
        late, self._late = self._late, {}
        for message in late.values():
            self._follow(message, now)

    def show(self, now: float) -> None:
        """Tell the device what changed; what is under a hand waits until it lets go."""
        if self._out is None:
            return
        bound = frozenset(self.surface.bindings.values())
        if bound != self._subscription.only:
            self._subscription.only = bound
            self._subscription.fill()
        self._waiting.update(dict.fromkeys(self._subscription.drain()))
        if not self._waiting or not self._out.is_open:
            return
        held = self.surface.held(now)
        messages: list[bytes] = []
        for address in list(self._waiting):
            if address in held:
                continue
            if len(messages) >= AT_ONCE:
                break
            del self._waiting[address]
            if address in self._gate.tree:
                shown = self.surface.shows(address, self._gate.tree.value(address), now)
                messages += [control_message(control.kind, control.number, control.channel, level) for control, level in shown]
        if messages and not self._out.write(messages):
            self._afresh()

    def _afresh(self) -> None:
        self.surface.unshown()
        self._waiting.update(dict.fromkeys(self.surface.bindings.values()))

    def _declared(self, address: str) -> Declaration | None:
        tree = self._gate.tree
        return tree.declaration(address) if address in tree else None

    def _heard(self, message: Any) -> None:
        heard = control_of(message)
        if heard is None:
            return
        now = asyncio.get_running_loop().time()
        if heard[0] in self._late or not self._purse.spend(1, now):
            self._late[heard[0]] = message
        else:
            self._follow(message, now)

    def _follow(self, message: Any, now: float) -> None:
        try:
            wanted = self.surface.hear(message, self._gate.tree.value, now)
            if isinstance(wanted, Control):
                self._learnt(self, wanted)
            elif isinstance(wanted, Move):
                self._gate.write(self.hand, wanted.address, wanted.value, now)
                self._waiting[wanted.address] = None       # what stands may be other than what the fader says
        except Fault as fault:
            told = self._refused[0] if self._refused is not None else None
            if told is None:                               # once for a fader that is moved on and on
                told = Fault(fault.happened, where=f"{self.record.device} {fault.where}".strip(), remedy=fault.remedy, id=fault.id)
                self._tell(told)
            self._refused = told, now

    def _state(self, state: State, fault: Fault | None) -> None:
        if fault is not None:
            self._edge.begin(fault)
        elif state is State.OPEN:
            self.surface.afresh()
            self._edge.end()
