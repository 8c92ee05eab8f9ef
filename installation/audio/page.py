"""The reference of every word for sound(), and of every kernel behind them, made from the declarations. A test keeps docs/units.md in step.

    python -m installation.audio.page docs     writes docs/units.md
"""
from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

from . import ug
from .declare import Port, PortKind, Unit
from .examples import source_of
from .units import UNITS

HEAD = """# Words for sound()

Made from the declarations by `python -m installation.audio.page docs`; do not edit.

A word makes a signal, or changes one, or puts one into the room. Numbers, texts with a unit (`"350 ms"`), parameters, controls and sounds
mix freely: a control glides, and where a sound is given in its place, it is followed frame by frame. `installation listen WORD` writes
what the line below a word sounds like to a file.

"""
KERNELS = """## Kernels

What the words are made of. A range is what the kernel can bear; values outside are clipped in the running sound. *per frame* and
*frames* say how a value in hertz or seconds reaches the kernel; *eight at once* that eight voices of a kind are rendered side by side.

"""
SCALES = {"per_frame": ", per frame", "frames": ", in frames", "gain": ", as a gain"}


def page() -> str:
    """The text of docs/units.md."""
    parts = [HEAD]
    for family in ug.FAMILIES:
        if family.__all__:
            parts.append(f"## {family.__name__.rpartition('.')[2].capitalize()}\n\n{(family.__doc__ or '').strip()}\n\n")
            parts += [_word(name) for name in family.__all__]
    parts.append(KERNELS)
    parts += [_unit(unit) for unit in UNITS.values()]
    return "".join(parts).rstrip() + "\n"


def _word(name: str) -> str:
    word = getattr(ug, name)
    text = inspect.cleandoc(word.__doc__ or "")
    example = "\n".join(f"    {line}" for line in source_of(name).splitlines())
    return f"### ug.{name}{_signature(word)}\n\n{_indented(text)}\n\nHeard by `installation listen {name}`:\n\n{example}\n\n"


def _signature(word: object) -> str:
    """Names and defaults, without types: what an artist writes."""
    shown = []
    for parameter in inspect.signature(word).parameters.values():  # type: ignore[arg-type]
        star = "*" if parameter.kind is inspect.Parameter.VAR_POSITIONAL else ""
        default = "" if parameter.default is inspect.Parameter.empty else f"={parameter.default!r}"
        shown.append(f"{star}{parameter.name}{default}")
    return f"({', '.join(shown)})"


def _indented(text: str) -> str:
    """A docstring as Markdown: its paragraphs as they are, its lists of arguments as blocks of text."""
    out: list[str] = []
    for block in re.split(r"\n\s*\n", text):
        listing = re.match(r"\w[\w, ]*  +\S", block)
        out.append("\n".join(f"    {line}" for line in block.splitlines()) if listing else block)
    return "\n\n".join(out)


def _unit(unit: Unit) -> str:
    rows = [f"| `{port.name}` | {port.kind.value} | {_range(port)} | {port.about} |" for port in unit.ports]
    notes = [note for note in (f"Source: {unit.source}." if unit.source else "", "Eight at once." if unit.laned == "yes" else "",
                               f"Sounds on for up to {unit.tail:g} s." if unit.tail else "") if note]
    table = "\n".join(["| port | kind | range | |", "| --- | --- | --- | --- |", *rows])
    return f"### {unit.name}\n\n{unit.about[:1].upper()}{unit.about[1:]}. {' '.join(notes)}".rstrip() + f"\n\n{table}\n\n"


def _range(port: Port) -> str:
    if port.kind is not PortKind.CONTROL:
        return ""
    unit = f" {port.unit}" if port.unit and port.unit != "ratio" else ""
    limits = f"{port.low:g} to {port.high:g}{unit}" if abs(port.low) < 1e12 and abs(port.high) < 1e12 else unit.strip() or "any"
    default = "" if port.default is None else f", {port.default:g}"
    return f"{limits}{SCALES.get(port.scale, '')}{default}{', once a block' if port.slow else ''}"


def main(arguments: list[str]) -> int:
    """Write the page into a folder."""
    (Path(arguments[0]) / "units.md").write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
