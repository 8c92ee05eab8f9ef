"""The command: `installation run | check | render | record | watch | walk | devices | new | doctor | service`.

Exit codes: 0 all is well, 1 the piece is at fault, 2 wrong usage, 3 the machine is at fault.
"""
from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from . import __version__
from .terms.fault import Fault
from .terms.words import say

WELL, PIECE, USAGE, MACHINE = 0, 1, 2, 3

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
    parser = _parser()
    try:
        given = parser.parse_args(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    if not getattr(given, "work", None):
        parser.print_help()
        return USAGE
    try:
        return given.work(given)
    except Fault as fault:
        print(fault.say(), file=sys.stderr)
        return MACHINE if fault.id.split(".")[0] in ("machine", "service", "sound", "cache", "record") else PIECE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return WELL


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="installation", description="Run an interactive sound installation: sensors, sound, light.",
                                     epilog=EPILOGUE, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"installation {__version__}")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND")

    def verb(name: str, work: Callable[[argparse.Namespace], int], line: str, more: str = "", *, piece: bool = True) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".", epilog=more,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
        if piece:
            made.add_argument("piece", nargs="?", default=".", metavar="PIECE", help="folder of the piece (the current one)")
        made.set_defaults(work=work)
        return made

    run = verb("run", _run, "play a piece until it is stopped",
               "Ctrl-C and SIGTERM fade sound and light out and stop within 3 s.\nEdited scene files are taken up while it plays.")
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
    render.add_argument("--seconds", type=float, default=60.0, metavar="N", help="how long (60)")
    render.add_argument("--seed", type=int, metavar="S", help="of everything drawn by lot (the piece's own)")
    render.add_argument("--out", type=Path, metavar="FILE", help="the sound, as WAV")
    render.add_argument("--lights", type=Path, metavar="FILE", help="the light, as JSON lines")
    render.add_argument("--sensors", type=Path, metavar="FILE", help="a recorded trace to play in place of the sensors")
    render.add_argument("--quiet", action="store_true", help="no progress")

    record = verb("record", _record, "write down what the sensors say, for `render --sensors`")
    record.add_argument("--out", type=Path, default=Path("trace.jsonl"), metavar="FILE", help="where (trace.jsonl)")
    record.add_argument("--seconds", type=float, metavar="N", help="how long (until Ctrl-C)")

    watch = verb("watch", _watch, "show readings and what they move, live",
                 "Beside a piece that runs with `remote: osc:` it shows that piece; alone it opens the sensors itself.")
    watch.add_argument("--seconds", type=float, metavar="N", help="how long (until Ctrl-C)")
    watch.add_argument("--plain", action="store_true", help="one line a second, for a log")

    walk = verb("walk", _walk, "sound each loudspeaker and light each lamp in turn")
    walk.add_argument("--each", type=float, default=2.0, metavar="S", help="seconds for each (2)")
    walk.add_argument("--level", type=float, default=-30.0, metavar="DBFS", help="level of the noise (-30)")
    walk.add_argument("--only", choices=("sound", "light"), help="only the loudspeakers, or only the lamps")

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
    service.add_argument("--dry-run", action="store_true", help="print the unit, change nothing")
    return parser


def _run(given: argparse.Namespace) -> int:
    from .runtime.live import run

    return run(Path(given.piece), record=given.record, trace=given.trace, quiet=given.quiet)


def _check(given: argparse.Namespace) -> int:
    from .runtime.checking import check

    return check(Path(given.piece), as_json=given.json, compile=not given.fast)


def _render(given: argparse.Namespace) -> int:
    from .runtime.rehearsal import render

    if given.seconds <= 0 or given.seconds > 7 * 86400:
        print(say("--seconds must lie between 0 and a week"), file=sys.stderr)
        return USAGE
    return render(Path(given.piece), seconds=given.seconds, seed=given.seed, out=given.out, lights=given.lights, sensors=given.sensors,
                  quiet=given.quiet)


def _record(given: argparse.Namespace) -> int:
    from .runtime.watching import record

    return record(Path(given.piece), given.out, given.seconds)


def _watch(given: argparse.Namespace) -> int:
    from .runtime.watching import watch

    return watch(Path(given.piece), given.seconds, plain=given.plain)


def _walk(given: argparse.Namespace) -> int:
    from .runtime.walking import walk

    return walk(Path(given.piece), each=given.each, level=given.level, only=given.only)


def _devices(given: argparse.Namespace) -> int:
    from .runtime.devices import devices

    return devices(as_json=given.json)


def _new(given: argparse.Namespace) -> int:
    from .runtime.new import new

    return new(given.folder)


def _doctor(given: argparse.Namespace) -> int:
    from .runtime.doctor import doctor

    return doctor(Path(given.piece), as_json=given.json)


def _service(given: argparse.Namespace) -> int:
    from .runtime.service import service

    return service(given.action, Path(given.piece), user=given.user, dry_run=given.dry_run)


if __name__ == "__main__":
    sys.exit(main())
