"""The command: `installation run | check | render | record | watch | walk | listen | devices | new | doctor | service | log | soak | layout | pin`.

Exit codes: 0 all is well, 1 the piece is at fault, 2 wrong usage, 3 the machine is at fault.
"""
from __future__ import annotations

import argparse
import math
import os
import signal
import sys
from collections.abc import Callable
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from . import __version__
from .terms.fault import Fault, Faults

WELL, PIECE, USAGE, MACHINE = 0, 1, 2, 3
INTERRUPTED = 130                # by Ctrl-C, work that was to come to an end by itself
LASTING = ("run", "watch", "record", "walk")      # what is stopped by Ctrl-C and TERM, and is well then
MACHINES = ("machine", "logbook.read", "soak.start", "service",
            "cache", "record", "player", "players", "card", "engine", "builder", "arena.memory", "arena.magic", "native")

EPILOGUE = """\
the first ten minutes:
  installation run                  play the piece in this folder (Ctrl-C fades out and stops)
  installation watch                in a second terminal: what the sensors say, and what they move
  installation check                is the piece in order? every fault at once, by file and line
  installation render --seconds 60 --out room.wav     rehearse a minute without any hardware

a piece of your own:
  installation new my-piece         a folder with config.yaml, one scene, and notes
  installation devices              what is plugged in, ready to paste into config.yaml

exit codes: 0 all is well, 1 the piece is at fault, 2 wrong usage, 3 the machine is at fault
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    _stand_on_three()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")      # a folder's name may be no text at all; it is still said
    parser = _parser()
    try:
        given = parser.parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    if not getattr(given, "work", None):
        parser.print_help()
        return USAGE
    former = _term_is_ctrl_c()
    try:
        return given.work(given)
    except Fault as fault:
        _say_fault(fault)
        return code_of(fault)
    except KeyboardInterrupt:
        exec("")      # Python ends itself by SIGINT if an interrupt came out of an exec of text (dataclasses have them), though it was caught; this forgets it
        return WELL if given.verb in LASTING else INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)      # nobody reads what is left; Python's last flush must not complain
        return WELL
    except Exception as error:
        from .runtime.aside import unforeseen

        _say_fault(unforeseen(error))
        return MACHINE
    finally:
        if former is not None and signal.getsignal(signal.SIGTERM) is signal.default_int_handler:
            signal.signal(signal.SIGTERM, former)


def _stand_on_three() -> None:
    """Where input, output or errors were closed, nothing stands in their place: another file must not come by their numbers."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)         # takes the lowest number that is free: this one


def code_of(fault: Fault) -> int:
    """The exit code that a fault means: the piece's, unless each is the machine's."""
    if isinstance(fault, Faults):
        return MACHINE if fault.faults and all(code_of(one) == MACHINE for one in fault.faults) else PIECE
    return MACHINE if fault.id in MACHINES or fault.id.split(".")[0] in MACHINES else PIECE


def _say_fault(fault: Fault) -> None:
    try:
        print(fault.say(), file=sys.stderr)
    except (OSError, ValueError):           # the terminal is gone; the exit code says it
        return


def _term_is_ctrl_c() -> Any:
    """Until the work has a way of its own, TERM ends it as Ctrl-C does. None where signals are not ours to set (in a thread)."""
    try:
        return signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:
        return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="installation", description="Run an interactive sound installation: sensors, sound, light.",
                                     epilog=EPILOGUE, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"installation {__version__}")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND")

    def verb(name: str, work: Callable[[argparse.Namespace], int], line: str, more: str = "", *, piece: bool = True) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".", epilog=more,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
        if piece:
            made.add_argument("piece", nargs="?", default=".", type=Path, metavar="PIECE", help="folder of the piece (the current one)")
        made.set_defaults(work=work, verb=name)
        return made

    run = verb("run", _run, "play a piece until it is stopped",
               "Ctrl-C and SIGTERM fade sound and light out and stop within 3 s.\n"
               "Edited scene files are taken up while it plays; config.yaml is read once, at the start.")
    run.add_argument("--record", type=Path, metavar="FILE", help="write what leaves the engine to a WAV file, one channel per output")
    run.add_argument("--trace", type=Path, metavar="FILE", help="play a recorded trace in place of the sensors")
    run.add_argument("--quiet", action="store_true", help="no status line")

    check = verb("check", _check, "say whether a piece is in order, and what it is made of")
    check.add_argument("--json", action="store_true", help="the same as data")
    check.add_argument("--fast", action="store_true", help="do not compile kernels")

    render = verb("render", _render, "rehearse a piece without hardware, faster than life, into files",
                  "The same inputs give the same bytes. Files:\n"
                  "  room.wav       32-bit float, one channel per output\n"
                  '  lights.jsonl   {"t": seconds, "universe": n, "values": [512 numbers]} for each frame that changed\n'
                  '  trace.jsonl    {"t": seconds, "sensor": "plinth", "field": "distance", "value": 1.82}')
    render.add_argument("--seconds", type=_seconds, default=60.0, metavar="N", help="how long (60)")
    render.add_argument("--seed", type=int, metavar="S", help="of everything drawn by lot (the piece's own)")
    render.add_argument("--out", type=Path, metavar="FILE", help="the sound, as WAV")
    render.add_argument("--lights", type=Path, metavar="FILE", help="the light, as JSON lines")
    render.add_argument("--sensors", type=Path, metavar="FILE", help="a recorded trace to play in place of the sensors")
    render.add_argument("--from", dest="begins", type=_moment, metavar="TIME", help="when it begins, by the room's clock: 2026-12-24T09:55")
    render.add_argument("--quiet", action="store_true", help="no progress")

    record = verb("record", _record, "write down what the sensors say, for `render --sensors`")
    record.add_argument("--out", type=Path, default=Path("trace.jsonl"), metavar="FILE", help="where (trace.jsonl)")
    record.add_argument("--seconds", type=_seconds, metavar="N", help="how long (until Ctrl-C)")

    watch = verb("watch", _watch, "show readings and what they move, live",
                 "Beside a piece that runs with `remote: osc:` it shows what that piece hears, by OSC. Alone it opens the sensors itself; a\n"
                 "serial port can be open once, so without `remote: osc:` stop the piece first.")
    watch.add_argument("--seconds", type=_seconds, metavar="N", help="how long (until Ctrl-C)")
    watch.add_argument("--plain", action="store_true", help="one line a second, for a log")

    walk = verb("walk", _walk, "sound each loudspeaker and light each lamp in turn")
    walk.add_argument("--each", type=_seconds, default=2.0, metavar="S", help="seconds for each (2)")
    walk.add_argument("--level", type=_level, default=-30.0, metavar="DBFS", help="level of the noise, -80 to -12 (-30)")
    walk.add_argument("--only", choices=("sound", "light"), help="only the loudspeakers, or only the lamps")
    walk.add_argument("--listen", action="store_true", help="a microphone (sound: {proof: {microphone: …}}) says whether each loudspeaker is as on opening day")
    walk.add_argument("--learn", action="store_true", help="the same, and what it hears is opening day from now on")

    listen = verb("listen", _listen, "write what a word for sound() sounds like to a file", piece=False)
    listen.add_argument("words", nargs="*", metavar="WORD", help="saw, reverb, place… (all of them)")
    listen.add_argument("--out", type=Path, default=Path("listen"), metavar="FOLDER", help="where the WAV files go (listen)")
    listen.add_argument("--seconds", type=_seconds, default=6.0, metavar="N", help="how long each (6)")

    verb("devices", _devices, "list sound cards, serial ports and MIDI ports, ready to paste into config.yaml", piece=False) \
        .add_argument("--json", action="store_true", help="the same as data")

    new = verb("new", _new, "make a folder with a piece that plays", piece=False)
    new.add_argument("folder", type=Path, metavar="FOLDER", help="where; it must not exist yet, or be empty")

    doctor = verb("doctor", _doctor, "look at the machine: versions, priorities, cards, ports, permissions, disk, clock, cache")
    doctor.add_argument("--json", action="store_true", help="the same as data")

    service = verb("service", _service, "start the piece at boot, or not any more", piece=False)
    service.add_argument("action", choices=("install", "remove", "status"), help="what to do")
    service.add_argument("piece", nargs="?", default=".", metavar="PIECE", help="folder of the piece (the current one)")
    service.add_argument("--user", metavar="NAME", help="the user it runs as (you, or who called sudo)")
    service.add_argument("--dry-run", action="store_true", help="print everything that would be written, change nothing")

    log = verb("log", _log, "what has happened to a piece: starts, faults and their ends, scenes, hands, over power cuts",
               "A line: when (~ where the clock was not right yet), which start of the machine, what sort, and what happened.")
    log.add_argument("--since", metavar="TIME", help="2 h, 3 d, 2026-11-24, 2026-11-24T10:42")
    log.add_argument("--kind", action="append", default=[], metavar="KIND", help="only start, stop, fault, over, scene, hand…; may be given again")
    log.add_argument("--boot", type=int, metavar="N", help="only this start of the machine; 0 the last, -1 the one before")
    log.add_argument("--last", type=int, default=100, metavar="N", help="so many lines at most (100); 0: all")
    log.add_argument("--state", type=Path, metavar="FOLDER", help="the state folder (the piece's, or the service's)")
    log.add_argument("--json", action="store_true", help="the same as data, one object a line")

    soak = verb("soak", _soak, "try a piece for hours: kill, hang and restart its processes, and say whether it always came back",
                "A copy of the piece plays, with a state folder and ports of its own. It uses the real card and the real devices: stop the piece\n"
                "first. 0: everything held; 3: something did not. docs/soak.md")
    soak.add_argument("--hours", type=_hours, default=1.0, metavar="N", help="how long (1)")
    soak.add_argument("--seed", type=int, default=1, metavar="S", help="of the order and the times of the faults (1)")
    soak.add_argument("--faults", type=lambda text: tuple(filter(None, text.split(","))), metavar="LIST",
                      help="player-kill,player-hang,light-kill,light-hang,control-kill (all of them)")
    soak.add_argument("--pause", type=_seconds, default=60.0, metavar="S", help="seconds between two faults, at least (60)")
    soak.add_argument("--report", type=Path, metavar="FILE", help="the report as JSON")

    layout = verb("layout", _layout, "write the piece's controls as a layout for a tablet's app", piece=False)
    layout.add_argument("app", choices=("touchosc", "open-stage-control"), help="which app opens it")
    layout.add_argument("folder", type=Path, metavar="FOLDER", help="where the file goes")
    layout.add_argument("piece", nargs="?", default=".", type=Path, metavar="PIECE", help="folder of the piece (the current one)")

    pin = verb("pin", _pin, "make the line for config.yaml that lets a PIN move things on the page", piece=False)
    pin.add_argument("role", nargs="?", default="artist", choices=("artist", "attendant", "visitor"), help="whose (artist)")
    return parser


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None


def _seconds(text: str) -> float:
    value = _number(text)
    if not 0.1 <= value <= 7 * 86400:
        raise argparse.ArgumentTypeError(f"{text}: between 0.1 s and a week (604800)")
    return value


def _hours(text: str) -> float:
    value = _number(text)
    if not 0.01 <= value <= 744:
        raise argparse.ArgumentTypeError(f"{text}: between 0.01 and 744 hours")
    return value


def _moment(text: str) -> str:
    from datetime import datetime

    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no moment like 2026-12-24T09:55") from None


def _level(text: str) -> float:
    value = _number(text)
    if not (math.isfinite(value) and -80.0 <= value <= -12.0):
        raise argparse.ArgumentTypeError(f"{text}: between -80 and -12 dBFS")
    return value


def _run(given: argparse.Namespace) -> int:
    from .runtime.live import run

    return run(Path(given.piece), record=given.record, trace=given.trace, quiet=given.quiet)


def _check(given: argparse.Namespace) -> int:
    from .runtime.commands.checking import check

    return check(Path(given.piece), as_json=given.json, compile=not given.fast)


def _render(given: argparse.Namespace) -> int:
    from .runtime.rendering import Job, rendered

    files = {name: path and str(path) for name in ("out", "lights", "sensors") for path in [getattr(given, name)]}
    return rendered(Job(str(given.piece), given.seconds, given.seed, begins=given.begins, quiet=given.quiet, **files))


def _record(given: argparse.Namespace) -> int:
    from .runtime.commands.watching import record

    return record(Path(given.piece), given.out, given.seconds)


def _watch(given: argparse.Namespace) -> int:
    from .runtime.commands.watching import watch

    return watch(Path(given.piece), given.seconds, plain=given.plain)


def _walk(given: argparse.Namespace) -> int:
    from .runtime.commands.walking import walk

    return walk(Path(given.piece), each=given.each, level=given.level, only=given.only, listen=given.listen, learn=given.learn)


def _listen(given: argparse.Namespace) -> int:
    from .runtime.commands.listening import listen

    return listen(given.words, out=given.out, seconds=given.seconds)


def _devices(given: argparse.Namespace) -> int:
    from .runtime.commands.devices import devices

    return devices(as_json=given.json)


def _new(given: argparse.Namespace) -> int:
    from .runtime.commands.new import new

    return new(given.folder)


def _doctor(given: argparse.Namespace) -> int:
    from .runtime.commands.doctor import doctor

    return doctor(Path(given.piece), as_json=given.json)


def _service(given: argparse.Namespace) -> int:
    from .runtime.commands.service import service

    return service(given.action, Path(given.piece), user=given.user, dry_run=given.dry_run)


def _log(given: argparse.Namespace) -> int:
    from .runtime.commands.log import log

    return log(Path(given.piece), since=given.since, kinds=given.kind, boot=given.boot, last=max(0, given.last), as_json=given.json, state=given.state)


def _soak(given: argparse.Namespace) -> int:
    from .runtime.soak.soak import soak

    return soak(Path(given.piece), hours=given.hours, seed=given.seed, faults=given.faults, pause=given.pause, report=given.report)


def _layout(given: argparse.Namespace) -> int:
    from .runtime.commands.layouts import layout

    return layout(given.app, given.folder, given.piece)


def _pin(given: argparse.Namespace) -> int:
    from .runtime.commands.pin import make

    return make(given.role)


if __name__ == "__main__":
    sys.exit(main())
