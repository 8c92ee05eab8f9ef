"""`installation new FOLDER`: a piece that `check` accepts and `run` plays, small enough to be read in a minute.

It is written in the language that is spoken: its comments are the first thing of the engine that an artist reads.
"""
from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

from ...terms.fault import Fault
from ...terms.words import both, language, say

CONFIG = both("""\
# This piece: its room, its sensors, what they move, what plays when. `installation check` says what was understood.
piece: {title}
language: en
seed: 1

room:
  gain: -6 dB
  ring: 2                    # two loudspeakers, left and right; `ring: 4` for four all around

sound: {{card: auto}}          # a gallery piece names its card: see `installation devices`

sensors:
  visitors:                  # simulated people, until a real sensor stands in their place, for instance
    driver: visitors         #   plinth: {{driver: serial_range, device: usb-FTDI_…-if00-port0, rest: {{distance: 4 m}}}}
    points: {{plinth: [0, 2]}}
    arrivals: 120            # an hour

mappings:                    # from 3 m to 40 cm, closeness goes from 0 to 1
  - {{from: visitors.plinth, to: first.closeness, range: [3.0, 0.4], smooth: 0.5}}

scenes:
  first: {{file: scenes/first.py}}

score:
  - {{layer: main, start: first, fade: 3 s}}
""", """\
# Cette pièce : sa salle, ses capteurs, ce qu'ils déplacent, ce qui joue et quand. `installation check` dit ce qui a été compris.
piece: {title}
language: fr
seed: 1

room:
  gain: -6 dB
  ring: 2                    # deux haut-parleurs, à gauche et à droite ; `ring: 4` pour quatre tout autour

sound: {{card: auto}}          # en galerie, la pièce nomme sa carte : voir `installation devices`

sensors:
  visitors:                  # des visiteurs simulés, jusqu'à ce qu'un vrai capteur prenne leur place, par exemple
    driver: visitors         #   socle: {{driver: serial_range, device: usb-FTDI_…-if00-port0, rest: {{distance: 4 m}}}}
    points: {{plinth: [0, 2]}}
    arrivals: 120            # par heure

mappings:                    # de 3 m à 40 cm, closeness va de 0 à 1
  - {{from: visitors.plinth, to: first.closeness, range: [3.0, 0.4], smooth: 0.5}}

scenes:
  first: {{file: scenes/first.py}}

score:
  - {{layer: main, start: first, fade: 3 s}}
""")

SCENE = both('''\
"""First: a soft tone that opens as someone comes near.

Needs something that knows how close a visitor is.
"""
''', '''\
"""Première scène : un son doux qui s'ouvre quand quelqu'un approche.

Il lui faut quelque chose qui sache à quelle distance est un visiteur.
"""
''') + '''\
from installation import Scene, param, ug


class First(Scene):
    closeness = param(0, "ratio", 0, 1, glide=0.2, about={"en": "0 nobody, 1 very near", "fr": "0 personne, 1 tout près"})
    pitch = param(110, "Hz", 40, 880, curve="exp", about={"en": "of the tone", "fr": "du son"})
    level = param(-18, "dBFS", -60, -6, about={"en": "of the scene", "fr": "de la scène"})

    def sound(self):
        tone = ug.saw(self.pitch) + ug.saw(self.pitch * 1.005)
        soft = ug.lowpass(tone, 200 + self.closeness * 3000)
        return ug.place(soft * self.level, azimuth=ug.drift(period=20))
'''

NOTES = both("""\
# {title}

    installation check       is it in order?
    installation run         play it; Ctrl-C fades out
    installation watch       what the sensors say, and what they move
    installation render --seconds 60 --out room.wav

config.yaml says what is plugged in and what plays when; scenes/ holds what it sounds and looks like, one scene a file.
Save a scene while it plays and hear the change.
""", """\
# {title}

    installation check       est-elle en ordre ?
    installation run         la jouer ; Ctrl-C finit en fondu
    installation watch       ce que disent les capteurs, et ce qu'ils déplacent
    installation render --seconds 60 --out salle.wav

config.yaml dit ce qui est branché et ce qui joue quand ; scenes/ contient ce qu'on entend et ce qu'on voit, une scène par fichier.
Enregistrez une scène pendant qu'elle joue, et écoutez le changement.
""")


def new(folder: Path) -> int:
    """Make the piece; returns the command's exit code. Raises Fault if the folder holds something already, or cannot be written."""
    folder = folder.expanduser()
    title = _title(folder)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Fault(both("there is something here already", "il y a déjà quelque chose ici"), where=str(folder), id="new.exists",
                        remedy=both("Choose another name.", "Choisissez un autre nom."))
        for inner in ("scenes", "sensors", "sounds"):
            (folder / inner).mkdir(parents=True, exist_ok=True)
        (folder / "config.yaml").write_text(say(CONFIG).format(title=json.dumps(title, ensure_ascii=False)), encoding="utf-8")
        (folder / "scenes" / "first.py").write_text(say(SCENE), encoding="utf-8")
        (folder / "README.md").write_text(say(NOTES).format(title=title), encoding="utf-8")
    except OSError as error:
        raise Fault(both(f"cannot be made: {error.strerror}", f"impossible à créer : {error.strerror}"), where=str(folder), id="machine.write") from None
    shown = shlex.quote(str(folder))
    print(say(both(f"{folder} is made. Play it: installation run {shown}", f"{folder} est prêt. Pour jouer : installation run {shown}")), file=sys.stderr)
    return 0


def _title(folder: Path) -> str:
    name = folder.resolve().name.replace("-", " ").replace("_", " ")
    written = "".join(letter for letter in name if letter.isprintable()).strip()
    return written or ("Une pièce" if language() == "fr" else "A piece")
