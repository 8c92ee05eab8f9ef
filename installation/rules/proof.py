"""Proof of sound, decided: whether the room should sound, and whether its silence has lasted too long. Pure; time is an argument.

    Proof                        what config.yaml says (`sound: {proof: …}`)
    Silence(…).step(now, …)      whether the outputs are silent though they should not be
    means_silence(params)        whether a scene's own levels say that it is silent on purpose
"""
from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..terms.words import both
from .schema.findings import Findings
from .schema.key import key
from .schema.sorts import Amount, ListOf, Text, Whole

INPUTS = 64
SILENT = -110.0           # dBFS: below this an output gives digital silence
BOTTOM = -60.0            # dB: a gain or a level here, or below, is silence on purpose
LONGEST = 86_400.0        # s
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How it is known that sound comes out."""

    patience: float | None = key(Amount("s", 1, LONGEST), both(
        "how long all outputs may be silent while a scene plays, before that is a fault; a scene may say that its own pauses are longer (`silences`). "
        "Without it silence is no fault: many scenes wait for somebody",
        "combien de temps toutes les sorties peuvent se taire pendant qu'une scène joue, avant que ce soit une faute ; une scène peut dire que ses propres "
        "pauses sont plus longues (`silences`). Sans elle le silence n'est pas une faute : bien des scènes attendent quelqu'un"), default=None)
    microphone: int | None = key(Whole(1, INPUTS), both(
        "the input with a microphone that hears the loudspeakers. Nothing is recorded: numbers only",
        "l'entrée d'un microphone qui entend les haut-parleurs. Rien n'est enregistré : des nombres seulement"), default=None)
    loopback: tuple[int, ...] = key(ListOf(Whole(1, INPUTS), most=INPUTS), both(
        "inputs that are wired to what the amplifiers get from outputs 1, 2, 3… in this order",
        "entrées câblées sur ce que les amplificateurs reçoivent des sorties 1, 2, 3… dans cet ordre"), default=())
    check: str | None = key(Text(both("time of day", "heure"), 5), both(
        'when each loudspeaker sounds softly in turn and is listened for, every day: "07:45", while no scene sounds. Needs a microphone',
        "quand chaque haut-parleur sonne doucement à son tour et qu'on l'écoute, chaque jour : « 07:45 », quand aucune scène ne sonne. Il faut un microphone"),
                             default=None)
    level: float = key(Amount("dBFS", -80, -20), both("RMS of that soft noise, before the room's gain", "niveau efficace de ce bruit doux, avant le gain de la "
                                                                                                     "salle"), default=-45.0)
    tolerance: float = key(Amount("dB", 1, 20), both("by how much a loudspeaker may differ from opening day",
                                                     "de combien un haut-parleur peut différer du jour de l'ouverture"), default=6.0)
    where: str = ""


def check_proof(proof: Proof, inputs: int, fed: Iterable[int], findings: Findings) -> None:
    """Note what does not go together: inputs that are not opened, a time that is none, a check that nobody hears. fed: the loudspeakers'
    outputs."""
    outputs = max(fed, default=0)
    path = "sound.proof"
    wanted = max([proof.microphone or 0, *proof.loopback])
    if wanted > inputs:
        findings.note(f"{path}.microphone" if wanted == proof.microphone else f"{path}.loopback",
                      both(f"it listens to input {wanted}, the piece opens {inputs}", f"l'entrée {wanted} est écoutée, la pièce en ouvre {inputs}"),
                      remedy=both(f"sound: {{inputs: {wanted}}}", f"sound: {{inputs: {wanted}}}"), id="proof.inputs")
    if len(proof.loopback) > outputs:
        findings.note(f"{path}.loopback", both(f"{len(proof.loopback)} inputs for {outputs} outputs", f"{len(proof.loopback)} entrées pour {outputs} sorties"),
                      id="proof.loopback")
    if proof.check is not None and not _TIME.fullmatch(proof.check):
        findings.note(f"{path}.check", both(f'expected a time of day such as "07:45", got {findings.show(proof.check)}',
                                            f"il faut une heure comme « 07:45 », et non {findings.show(proof.check)}"), id="proof.time")
    if proof.check is not None and proof.microphone is None:
        findings.note(f"{path}.check", both("nobody listens: there is no microphone", "personne n'écoute : il n'y a pas de microphone"),
                      remedy=both("sound: {inputs: 1, proof: {microphone: 1}}", "sound: {inputs: 1, proof: {microphone: 1}}"), id="proof.check")


class Silence:
    """How long all outputs have been silent though they should sound. patience: s, unless a scene's own silences are longer."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._since: float | None = None
        self.lasts = 0.0

    def step(self, now: float, *, should_sound: bool, peaks: Iterable[float], silences: float = 0.0) -> bool:
        """Whether it has lasted too long. peaks: dBFS of each output; silences: s, the longest that what plays declares."""
        if not should_sound or any(peak > SILENT for peak in peaks):
            self._since = None
        elif self._since is None:
            self._since = now
        self.lasts = 0.0 if self._since is None else now - self._since
        return self._since is not None and self.lasts >= max(self._patience, silences)


def means_silence(levels: Iterable[float], gain: float) -> bool:
    """Whether what a scene plays is silent on purpose: the room's gain stands at its bottom, or every level of the scene does, where it has any.

    levels   values of the scene's parameters in dBFS
    """
    levels = [level for level in levels if math.isfinite(level)]
    return gain <= BOTTOM or (bool(levels) and max(levels) <= BOTTOM)
