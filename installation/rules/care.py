"""What is done when something fails that does not mend by itself, as config.yaml declares it (`care:`)."""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Any

from ..terms.words import both
from .schema.findings import Findings
from .schema.key import Sort, key
from .schema.sorts import Amount, By, Choice, ListOf, Truth, Whole, wrong


def _minute() -> Sort:
    """A time of day."""
    return By(both("time of day, such as 04:10", "heure, par exemple 04:10"), _time)


def _time(value: Any, path: str, findings: Findings) -> Any:
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value.strip()) if isinstance(value, str) else None
    return time(int(found[1]), int(found[2])) if found else wrong(_minute(), value, path, findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """How far the engine may go to heal what does not mend by itself. The steps are in healing.py."""

    heal: bool = key(Truth(), both(
        "take steps where the sound stays away: open the card anew, replace the player, as a service start the engine anew; false only tells",
        "agir quand le son ne revient pas : rouvrir la carte, remplacer le lecteur, en service relancer le moteur ; false : dire seulement"),
                     default=True)
    patience: float = key(Amount("s", 10, 86400), both("how long a step is given to help before the next is taken",
                                                      "le temps laissé à une mesure pour agir avant la suivante"), default=60.0, shown="1 min")
    reboot: bool = key(Truth(), both("the last step: the whole computer is started anew. It must be allowed to (see sound-that-comes-back.md)",
                                     "la dernière mesure : redémarrer tout l'ordinateur. Il faut l'y autoriser (voir sound-that-comes-back.md)"), default=False)
    reboot_pause: float = key(Amount("s", 600, 30 * 86400), both("at least so long between two of these", "au moins ce temps entre deux redémarrages"),
                              default=6 * 3600.0, shown="6 h")
    reboots: int = key(Whole(1, 10), both("at most so many of these in a day, and in a row without the sound having come back",
                                          "au plus autant par jour, et de suite sans que le son soit revenu"), default=2)
    restart: time | None = key(_minute(), both("as a service, the engine starts itself anew once a day at this minute, with a fade; night suits it: 04:10",
                                               "en service, le moteur redémarre une fois par jour à cette minute, en fondu ; la nuit de préférence : 04:10"),
                               default=None)
    hot: float = key(Amount("°C", 40, 120), both("where too hot begins; a Raspberry Pi slows down at 80 °C by itself",
                                                "où commence le trop chaud ; un Raspberry Pi ralentit de lui-même à 80 °C"), default=78.0)
    when_hot: tuple[str, ...] = key(ListOf(Choice("voices", "idle"), single=True, most=2), both(
        "what is given up then, in this order: `voices`, fewer voices play; `idle`, every layer goes to its idle scene; [] gives up nothing",
        "ce qui est abandonné alors, dans cet ordre : `voices`, moins de voix jouent ; `idle`, chaque couche passe à sa scène de repos ; [] : rien"),
                                    default=("voices",))
    memory: float = key(Amount("B", 100e6, 64e9, whole=True), both("more than this is a fault; as a service the engine then starts itself anew",
                                                                  "au-delà c'est une faute ; en service le moteur redémarre alors"), default=1_000_000_000,
                        shown="1 GB")
    where: str = ""
