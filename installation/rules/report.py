"""What the piece tells of itself to those who are elsewhere, as config.yaml declares it (`report:`). Nothing leaves the machine that is not named here."""
from __future__ import annotations

from dataclasses import dataclass

from ..terms.words import both
from .schema.hidden import secret
from .schema.key import key
from .schema.sorts import Amount, Choice, Record, Text, Truth, Whole
from .source import Secret

WARNING, FAULT = "warning", "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatRecord:
    """A sign of life, again and again. The address may hold a secret, and is never shown."""

    url: Secret | None = key(secret(), both("an address that is asked for: healthchecks.io, Uptime Kuma, a script of your own",
                                            "une adresse à appeler : healthchecks.io, Uptime Kuma, un script à vous"), default=None)
    fail: str | None = key(Text(longest=32), both(
        "what is added to the address while something is at fault: /fail for healthchecks.io; without it nothing is sent then, and is missed",
        "ce qui est ajouté à l'adresse tant qu'une faute dure : /fail pour healthchecks.io ; sinon rien n'est envoyé, et cela se remarque"),
                           default=None)
    mqtt: str | None = key(Text(longest=256), both(
        "a topic on which the whole health is published as JSON, kept by the broker; `offline` when the line breaks",
        "un sujet où toute la santé est publiée en JSON, gardée par le broker ; `offline` quand la ligne casse"), default=None)
    every: float = key(Amount("s", 10, 86400), both("time between two", "temps entre deux"), default=60.0, shown="1 min")
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesRecord:
    """A message when something begins to be wrong, and when it is over."""

    url: Secret = key(secret(), both("the address that gets it, as JSON by POST: ntfy, a chat's webhook, a script of your own",
                                     "l'adresse qui le reçoit, en JSON par POST : ntfy, le webhook d'une messagerie, un script à vous"))
    level: str = key(Choice(FAULT, WARNING), both("`fault`: only what visitors notice; `warning`: everything",
                                                  "`fault` : ce que le public remarque ; `warning` : tout"), default=FAULT)
    after: float = key(Amount("s", 0, 3600), both("what is over before this is not told", "ce qui finit avant n'est pas dit"), default=30.0)
    most: int = key(Whole(1, 60), both("messages an hour, at most; the next one says how many were left out",
                                       "messages par heure au plus ; le suivant dit combien manquent"), default=6)
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All of it."""

    metrics: bool = key(Truth(), both("figures for Prometheus at /-/metrics of the page, for the networks that may see the page",
                                      "des chiffres pour Prometheus sur /-/metrics de la page, pour les réseaux qui peuvent voir la page"), default=False)
    heartbeat: HeartbeatRecord | None = key(Record(HeartbeatRecord), both("a sign of life, again and again", "un signe de vie, régulièrement"), default=None)
    messages: MessagesRecord | None = key(Record(MessagesRecord), both(
        "a message when something begins to be wrong, and when it is over",
        "un message quand quelque chose commence à ne pas aller, et quand c'est fini"), default=None)
    where: str = ""
