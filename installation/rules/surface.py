"""A MIDI controller's faders, knobs and keys, and the values they move. Pure; time is an argument; messages are mido's, taken by their attributes.

    Control     one fader, knob, key or bend: kind ("cc", "note", "pitch"), number, channel
    Surface     hears messages: learns, and says what is to be written; says which message shows a value
    Move        what a control wants written

A fader moves a number along its curve, a key (or a controller's button) turns a switch over and fires a trigger, and both walk through the words of a
text. A fader without a motor waits until it passes the value (takeover.py). What is shown to the device, a motor fader or an LED, waits while the
hand is on that control. Standard: MIDI 1.0; a note-on of velocity 0 is a note-off.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..terms.declaration import Declaration, Kind, Value
from ..terms.fault import Fault
from ..terms.words import both
from .takeover import TakeOver

KINDS = ("cc", "note", "pitch")
MOST = 256               # controls of one device that move something
TOUCHED = 0.3            # s after its last message during which a control is under a hand
MEANT = 4 / 127          # of its way: so far must a fader be moved to be the one that is meant while learning
PITCH = 8192


@dataclass(frozen=True, slots=True, order=True)
class Control:
    """One control of a device. number is 0 for the pitch bend; channel counts from 1."""

    kind: str
    number: int
    channel: int

    def __str__(self) -> str:
        return f"{self.kind} {self.number} channel {self.channel}" if self.kind != "pitch" else f"pitch channel {self.channel}"


@dataclass(frozen=True, slots=True)
class Move:
    """A value that a control wants written; a trigger's is None."""

    address: str
    value: Value


def control_of(message: Any) -> tuple[Control, float] | None:
    """Which control a message is of, and where that stands, 0 to 1; None for what is no control."""
    match message.type:
        case "control_change" if message.control < 120:
            return Control("cc", message.control, message.channel + 1), message.value / 127
        case "note_on" | "note_off":
            return Control("note", message.note, message.channel + 1), message.velocity / 127 if message.type == "note_on" else 0.0
        case "pitchwheel":
            return Control("pitch", 0, message.channel + 1), (message.pitch + PITCH) / (2 * PITCH - 1)
    return None


def read_control(written: Any) -> Control:
    """A control as it was saved: "cc 7 channel 1". Raises Fault."""
    parts = str(written)[:60].split()
    if len(parts) == 3 and parts[0] == "pitch":
        parts.insert(1, "0")
    if len(parts) == 4 and parts[0] in KINDS and parts[2] == "channel" and parts[1].isdecimal() and parts[3].isdecimal():
        number, channel = int(parts[1]), int(parts[3])
        if number <= 127 and 1 <= channel <= 16:
            return Control(parts[0], number, channel)
    raise Fault(both(f'expected a control such as "cc 7 channel 1", got {str(written)[:60]!r}',
                     f"il faut une commande, par exemple « cc 7 channel 1 », et non {str(written)[:60]!r}"), id="midi.control")


class Surface:
    """One device.

    declared  gives the declaration of an address, None if there is none now (its scene is gone): such a control waits for it
    motors    whether its faders follow what they are told: then nothing waits to be passed
    """

    def __init__(self, declared: Callable[[str], Declaration | None], motors: bool = False) -> None:
        self.bindings: dict[Control, str] = {}
        self._declared, self._motors = declared, motors
        self._takeover = TakeOver()
        self._touched: dict[Control, float] = {}
        self._shown: dict[Control, int] = {}
        self._learning: tuple[str, float] | None = None
        self._first: dict[Control, float] = {}           # where each stood when learning began
        self._stood: dict[Control, float] = {}           # where each stood last

    def learn(self, address: str, until: float) -> None:
        """The next control that is moved moves this address from then on; until that time (loop time). Raises Fault for what no control can move."""
        declaration = self._declared(address)
        if declaration is not None and declaration.kind is Kind.COLOUR:
            raise Fault(both("a fader cannot move a colour", "un fader ne peut pas régler une couleur"), where=address, id="midi.colour")
        self._learning, self._first = (address, until), {}

    def forget(self, address: str) -> int:
        """Nothing here moves this address any more. Returns how many controls did."""
        gone = [control for control, bound in self.bindings.items() if bound == address]
        for control in gone:
            del self.bindings[control]
        return len(gone)

    @property
    def learns(self) -> str:
        """The address that is being learnt, or ""."""
        return self._learning[0] if self._learning else ""

    def give_up(self, now: float) -> bool:
        """Whether learning has just ended because its time was up."""
        if self._learning is not None and now >= self._learning[1]:
            self._learning = None
            return True
        return False

    def hear(self, message: Any, standing: Callable[[str], Value], now: float) -> Move | Control | None:
        """What a message wants: a Move; the Control that was just learnt; or nothing."""
        heard = control_of(message)
        if heard is None:
            return None
        control, position = heard
        former = self._touched.get(control)
        if len(self._touched) >= 4 * MOST and former is None:
            self._touched.clear()
            self._stood.clear()
        self._touched[control] = now
        stood, self._stood[control] = self._stood.get(control, 0.0), position
        if self._learning is not None and self._is_meant(control, position):
            address, self._learning = self._learning[0], None
            if control not in self.bindings and len(self.bindings) >= MOST:
                raise Fault(both(f"more than {MOST} controls", f"plus de {MOST} commandes"), id="midi.controls")
            self.bindings[control] = address
            return control
        address = self.bindings.get(control, "")
        declaration = self._declared(address) if address else None
        if declaration is None:
            return None
        return self._move(control, stood, position, declaration, standing(address))

    def shows(self, address: str, value: Value, now: float) -> list[tuple[Control, int]]:
        """What the device is to be told of this value: (control, 0 to 127, or 0 to 16383 for the bend); nothing while a hand is on it."""
        declaration = self._declared(address)
        if declaration is None:
            return []
        told = []
        for control, bound in self.bindings.items():
            if bound == address and now - self._touched.get(control, -TOUCHED) >= TOUCHED:
                position = _shown(declaration, value)
                if position is not None:
                    level = round(position * ((2 * PITCH - 1) if control.kind == "pitch" else 127))
                    if self._shown.get(control) != level:
                        self._shown[control] = level
                        told.append((control, level))
        return told

    def held(self, now: float) -> set[str]:
        """Addresses whose control is under a hand."""
        return {address for control, address in self.bindings.items() if now - self._touched.get(control, -TOUCHED) < TOUCHED}

    def unshown(self) -> None:
        """The device knows nothing of what it was told."""
        self._shown.clear()

    def afresh(self) -> None:
        """The device was away: it knows nothing, and its faders may stand elsewhere."""
        self.unshown()
        self._takeover = TakeOver()

    def save(self) -> dict[str, str]:
        """The bindings as they are written down: control → address."""
        return {str(control): address for control, address in sorted(self.bindings.items())}

    def restore(self, saved: Mapping[Any, Any]) -> list[Fault]:
        """Take back what `save` gave; what makes no sense is left out and returned."""
        faults = []
        for written, address in list(saved.items())[:MOST]:
            try:
                control = read_control(written)
                if not isinstance(address, str) or not address.startswith("/"):
                    raise Fault(both(f"expected an address, got {str(address)[:60]!r}", f"il faut une adresse, et non {str(address)[:60]!r}"),
                                where=str(control), id="midi.address")
                self.bindings[control] = address
            except Fault as fault:
                faults.append(fault)
        return faults

    def _is_meant(self, control: Control, position: float) -> bool:
        """A key that is pressed is meant at once; a fader when it has been moved some way, since faders tremble."""
        if control.kind == "note":
            return position > 0.0
        first = self._first.setdefault(control, position)
        return abs(position - first) >= MEANT

    def _move(self, control: Control, stood: float, position: float, declaration: Declaration, standing: Value) -> Move | None:
        address = declaration.address
        begins = _pressed(control, position) and not _pressed(control, stood)
        match declaration.kind:
            case Kind.TRIGGER:
                return Move(address, None) if begins else None
            case Kind.BOOL:
                return Move(address, not standing) if begins else None
            case Kind.TEXT if declaration.choices:
                if control.kind == "note":
                    here = declaration.choices.index(str(standing)) if standing in declaration.choices else -1
                    return Move(address, declaration.choices[(here + 1) % len(declaration.choices)]) if begins else None
                wanted = declaration.choices[min(len(declaration.choices) - 1, int(position * len(declaration.choices)))]
                return Move(address, wanted) if wanted != standing else None
            case Kind.FLOAT | Kind.INT:
                if declaration.low is None or declaration.high is None:
                    return None
                if control.kind == "note":
                    return Move(address, declaration.at(1.0 if _pressed(control, position) else 0.0))
                value = declaration.at(position)
                return Move(address, value) if self._motors or self._takeover.lets(declaration, value, standing) else None
        return None


def _pressed(control: Control, position: float) -> bool:
    return position > 0.0 if control.kind == "note" else position >= 0.5


def _shown(declaration: Declaration, value: Value) -> float | None:
    """Where a value stands on a device, 0 to 1; None for what cannot be shown."""
    if declaration.kind is Kind.BOOL:
        return 1.0 if value else 0.0
    if declaration.kind is Kind.TEXT and value in declaration.choices and len(declaration.choices) > 1:
        return declaration.choices.index(str(value)) / (len(declaration.choices) - 1)
    if declaration.kind in (Kind.FLOAT, Kind.INT) and declaration.low is not None and declaration.high is not None and isinstance(value, (int, float)):
        return min(1.0, max(0.0, declaration.position(value)))
    return None
