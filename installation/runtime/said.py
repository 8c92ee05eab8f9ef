"""A fault, or its end, as it travels from a player to the control process: plain data for JSON, and back."""
from __future__ import annotations

from typing import Any

from ..terms.fault import Fault, Recovery
from ..terms.words import Words, both


def as_words(fault: Fault | Recovery) -> dict[str, Any]:
    """A fault or its end, as it travels over the line."""
    remedy = fault.remedy if isinstance(fault, Fault) else Words("", "")
    return {"over": isinstance(fault, Recovery), "en": fault.happened.en, "fr": fault.happened.fr, "where": fault.where,
            "id": fault.id, "remedy_en": remedy.en, "remedy_fr": remedy.fr}


def fault_from(said: dict[str, Any]) -> Fault:
    """The fault that a player sent."""
    return Fault(both(said["en"], said["fr"]), where=said["where"], id=said["id"],
                 remedy=both(said["remedy_en"], said["remedy_fr"]))


def heard_from(said: dict[str, Any]) -> Fault | Recovery:
    """The fault, or the end of one, that a player sent."""
    return Recovery(both(said["en"], said["fr"]), said["where"], said["id"]) if said["over"] else fault_from(said)
