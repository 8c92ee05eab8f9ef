"""A plan as a person reads it: its units in order, what each hears and gives, and the artist's line behind it.

      1  glide          level -> c1                                       scenes/tide.py:19
      2  pink           (1.0427e+14) -> rows 0-1                          scenes/tide.py:18
      3  scale          rows 0-1, c1 -> rows 0-1                          scenes/tide.py:19
"""
from __future__ import annotations

from .declare import PortKind
from .plan import Binding, Bus, Control, Input, Memory, Numbers, Param, Plan, PlannedUnit, Scratch, Send, Sent, State, Stream, Table

GIVES = (PortKind.OUT, PortKind.CONTROL_OUT, PortKind.BUS, PortKind.TOGETHER, PortKind.CONTROLS)
MOST_NUMBERS = 4


def describe(plan: Plan) -> str:
    """One line for each unit, then what an instance takes. Controls are c0, c1…; constants are shown by their value."""
    constants = dict(plan.constants)
    lines = [_line(number, unit, plan, constants) for number, unit in enumerate(plan.units, 1)]
    lines.append(f"{len(plan.units)} units, {plan.scratch_rows} rows of scratch, {plan.controls} controls "
                 f"({len(constants)} constant), {len(plan.state)} words of state, {plan.memory} frames of memory, "
                 f"{len(plan.recordings)} recordings, {len(plan.streams)} streams")
    if plan.params:
        lines.append("parameters: " + ", ".join(plan.params))
    if plan.triggers:
        lines.append("triggers: " + ", ".join(name for name, _ in plan.triggers))
    return "\n".join(lines)


def _line(number: int, planned: PlannedUnit, plan: Plan, constants: dict[int, float]) -> str:
    pairs = list(zip(planned.unit.ports, planned.bindings, strict=True))
    hears = [text for port, binding in pairs if port.kind not in GIVES and (text := _shown(binding, plan, constants))]
    gives = [_shown(binding, plan, constants) for port, binding in pairs if port.kind in GIVES]
    between = f"{', '.join(hears)} -> {', '.join(gives)}".strip()
    return f"{number:5}  {planned.unit.name:16} {between:60} {planned.where}".rstrip()


def _shown(binding: Binding, plan: Plan, constants: dict[int, float]) -> str:
    match binding:
        case Scratch(row, 1, 1):
            return f"row {row}"
        case Scratch(row, channels, width):
            return f"rows {row}-{row + channels * width - 1}"
        case Bus():
            return "outputs"
        case Control(slot, width) if width > 1:
            return f"c{slot}-{slot + width - 1}"
        case Send(name) | Sent(name):
            return f'"{name}"'
        case Input(row, channels):
            return f"input {row + 1}" if channels == 1 else f"inputs {row + 1}-{row + channels}"
        case Control(slot):
            return f"{constants[slot]:.6g}" if slot in constants else f"c{slot}"
        case Numbers(values):
            more = ", …" if len(values) > MOST_NUMBERS else ""
            return "(" + ", ".join(f"{value:.5g}" for value in values[:MOST_NUMBERS]) + more + ")"
        case Memory(_, size, _):
            return f"{size} frames"
        case Table(recording):
            return plan.recordings[recording].path.name
        case Stream(stream):
            return plan.streams[stream].path.name
        case Param(param):
            return plan.params[param]
        case State():
            return ""
    raise TypeError(f"{binding!r} is no binding")
