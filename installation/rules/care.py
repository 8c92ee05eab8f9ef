"""What is done when something fails that does not mend by itself, as config.yaml declares it (`care:`)."""
from __future__ import annotations

from dataclasses import dataclass

from ..terms.words import both
from .schema.key import key
from .schema.sorts import Amount, Truth, Whole


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
    where: str = ""
