"""`installation new FOLDER`: a piece that `check` accepts and `run` plays, small enough to be read in a minute."""
from __future__ import annotations

import sys
from pathlib import Path

from ..terms.fault import Fault
from ..terms.words import both, say

CONFIG = """\
# This piece: its room, its sensors, what they move, what plays when. `installation check` reads it and says what it understood.
piece: {title}
language: en
seed: 1

room:
  gain: -6 dB
  ring: 2                    # two loudspeakers; for others, list them: installation check explains each key in docs/config.md

sound: {{card: auto}}          # a gallery piece names its card: see `installation devices`

sensors:
  visitors:                  # nobody is there yet: these are simulated. Replace them by a real sensor, for instance
    driver: visitors         #   plinth: {{driver: serial_range, device: usb-Arduino_…-if00, rest: {{distance: 4 m}}}}
    points: {{plinth: [0, 2]}}
    arrivals: 120            # an hour

mappings:
  - {{from: visitors.plinth, to: first.closeness, range: [3.0, 0.4], smooth: 0.5}}

scenes:
  first: {{file: scenes/first.py}}

score:
  - {{layer: main, start: first, fade: 3 s}}
"""

SCENE = '''\
"""First: a soft tone that opens as someone comes near.

Needs something that knows how close a visitor is.
"""
from installation import Scene, param, ug


class First(Scene):
    closeness = param(0, "ratio", 0, 1, glide=0.2, about={"en": "0 nobody, 1 very near", "fr": "0 personne, 1 tout près"})
    pitch = param(110, "Hz", 40, 880, curve="exp", about={"en": "of the tone", "fr": "du son"})
    level = param(-24, "dBFS", -60, -9, about={"en": "of the scene", "fr": "de la scène"})

    def sound(self):
        tone = ug.saw(self.pitch) + ug.saw(self.pitch * 1.005)
        soft = ug.lowpass(tone, 200 + self.closeness * 3000)
        return ug.place(soft * self.level, azimuth=ug.drift(period=20))
'''

NOTES = """\
{title}

    installation check       is it in order?
    installation run         play it
    installation watch       what the sensors say
    installation render --seconds 60 --out room.wav

config.yaml says what is plugged in and what plays when; scenes/ holds what it sounds and looks like, one scene a file.
Save a scene while it plays and hear the change.
"""


def new(folder: Path) -> int:
    """Make the piece; returns the command's exit code. Raises Fault if the folder holds something already, or cannot be written."""
    folder = folder.expanduser()
    title = folder.resolve().name.replace("-", " ").replace("_", " ").strip() or "A piece"
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Fault(both("there is something here already", "il y a déjà quelque chose ici"), where=str(folder), id="new.exists",
                        remedy=both("Choose another name.", "Choisissez un autre nom."))
        for inner in ("scenes", "sensors", "sounds"):
            (folder / inner).mkdir(parents=True, exist_ok=True)
        (folder / "config.yaml").write_text(CONFIG.format(title=_quoted(title)), encoding="utf-8")
        (folder / "scenes" / "first.py").write_text(SCENE, encoding="utf-8")
        (folder / "README.md").write_text(NOTES.format(title=title), encoding="utf-8")
    except OSError as error:
        raise Fault(both(f"cannot be made: {error.strerror}", f"impossible à créer : {error.strerror}"), where=str(folder), id="machine.write") from None
    print(say(both(f"{folder} is made. Play it: installation run {folder}", f"{folder} est prêt. Pour jouer : installation run {folder}")), file=sys.stderr)
    return 0


def _quoted(title: str) -> str:
    return '"' + title.replace("\\", "\\\\").replace('"', '\\"') + '"'
