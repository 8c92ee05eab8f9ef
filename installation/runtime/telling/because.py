"""Why a layer plays its scene, and what may come next: in words, for the page.

    because(layer)                   {"en", "fr"}
    following(layer, now, values)    [{"to", "when": {"en", "fr"}, "holds", "held", "of", "in", "fade"}]
"""
from __future__ import annotations

from typing import Any

from ...rules.piece import ChangeRecord
from ...rules.score import Coming, Reason
from ...terms.words import Words, both
from ..parts.program import Layer, Values, Why

HANDS = {"web": both("the page", "la page"), "osc": both("a tablet (OSC)", "une tablette (OSC)"), "midi": both("a MIDI controller", "un contrôleur MIDI"),
         "oscquery": both("an OSCQuery client", "un client OSCQuery"), "mapping": both("a mapping", "une correspondance"),
         "play": both("a scene's play()", "le play() d'une scène"), "preset": both("a preset", "un préréglage")}
SOMEBODY = both("somebody", "quelqu'un")


def because(layer: Layer) -> dict[str, str]:
    """Why this scene plays, or none."""
    words = _why(layer.why)
    if layer.instead_of is not None and layer.scene is None:
        words += both(f"; {layer.instead_of} is broken and nothing stands in for it", f" ; {layer.instead_of} est en panne et rien ne la remplace")
    elif layer.instead_of is not None:
        words = both(f"in the stead of {layer.instead_of}, which is broken; the score means it: ", f"à la place de {layer.instead_of}, en panne ; la "
                                                                                                   "partition la veut : ") + words
    return _plain(words)


def following(layer: Layer, now: float, values: Values) -> list[dict[str, Any]]:
    """What may follow, in the order in which it is asked. "in" is seconds until it comes if nothing changes; None while its condition is not true."""
    return [{"to": coming.change.to, "when": _plain(_when(coming.change)), "holds": coming.holds, "held": round(coming.held, 1), "of": coming.change.dwell,
             "in": None if coming.due is None else round(coming.due, 1), "fade": _fade(layer, coming)} for coming in layer.coming(now, values)]


def seconds(lasts: float) -> str:
    """A time as people say it: 6 s, 4 min, 4 min 10 s, 1 h 5 min. The same in both languages."""
    whole = round(lasts)
    if lasts < 60 and whole != lasts:
        return f"{lasts:.1f} s"
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    parts = [(hours, "h"), (minutes, "min"), (0 if hours else rest, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


def _why(why: Why) -> Words:
    match why.reason:
        case Reason.HAND:
            hand = HANDS.get(why.origin.partition(":")[0], SOMEBODY)
            return both(f"{hand.en} asked for it", f"demandé par {hand.fr}")
        case Reason.RESUME:
            return both("it played before the restart", "elle jouait avant le redémarrage")
        case Reason.IDLE:
            return both("the house is idle", "la maison est au repos")
        case Reason.CHANGE if why.change is not None:
            return both("the score: ", "la partition : ") + _when(why.change, past=True)
    return both("the layer begins with it", "la couche commence par elle")


def _when(change: ChangeRecord, past: bool = False) -> Words:
    words = both("", "")
    if change.when is not None:
        words += f"{change.when}"
        if change.dwell:
            words += both(f" for {seconds(change.dwell)}", f" pendant {seconds(change.dwell)}")
    if change.after is not None:
        words += both(", and ", ", et ") if words else ""
        words += both(f"after {seconds(change.after)}", f"après {seconds(change.after)}")
    leave = f" ({change.leave})" if past and change.leave else ""
    return (words or both("at once", "aussitôt")) + leave


def _fade(layer: Layer, coming: Coming) -> float:
    return layer.record.fade if coming.change.fade is None else coming.change.fade


def _plain(words: Words) -> dict[str, str]:
    return {"en": words.en, "fr": words.fr}
