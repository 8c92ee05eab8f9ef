"""`installation walk --listen`: the loudspeakers sound softly, one after another, and a microphone says whether each is as on opening day."""
from __future__ import annotations

import asyncio
from pathlib import Path

from ...audio.stage import Stage
from ...rules.alive import judge
from ...rules.piece import Piece
from ...terms.fault import Fault
from ...terms.words import both
from ..care.check import said, summary
from ..care.check_plan import NAME, check_plan, checked
from ..care.measuring import References, measure
from ..notices import Notices
from ..parts.builder import Built
from ..places import state_folder
from ..sound.players import Players

FILE = "loudspeakers.json"


def can_listen(piece: Piece) -> None:
    """Raise Fault if the piece has no microphone."""
    if piece.sound.proof.microphone is None:
        raise Fault(both("nobody listens: the piece has no microphone", "personne n'écoute : la pièce n'a pas de microphone"),
                    where=piece.where(piece.sound, "proof"), id="proof.check", remedy="sound: {inputs: 1, proof: {microphone: 1}}")


async def listened(piece: Piece, built: Built, cache: Path, stage: Stage, players: Players, notices: Notices, stop: asyncio.Event, learn: bool) -> int:
    """Check them all. The players are open. Returns the exit code: 3 if one is not as it was. Raises Fault if no card sounds."""
    record, speakers = piece.sound.proof, checked(piece)
    assert record.microphone is not None
    if players.state.silent:
        raise Fault(both("no card sounds", "aucune carte ne joue"), where="sound", id="card.none",
                    remedy=both("`installation devices` lists what is plugged in.", "`installation devices` liste ce qui est branché."))
    plan = check_plan(piece, cache)
    await players.need(plan, built.objects)
    playing = stage.load(plan, {}, values=dict.fromkeys(plan.params, 0.0), name=NAME)
    stage.start(playing, fade=0.05)
    measured = await measure(stage, playing, speakers, record.microphone - 1, record.level, lambda: not stop.is_set(),
                             lambda speaker: notices.note(both(f"output {speaker.output}: {speaker.name}", f"sortie {speaker.output} : {speaker.name}")))
    references = References(state_folder(piece.folder) / FILE)
    references.read()
    ways = {} if learn else references.ways
    found = [judge(one, ways.get(one.name), record.tolerance) for one in measured]
    for one in found:
        notices.note(said(one))
    notices.note(summary(found))
    fresh = {one.name: one.way for one in found if one.way is not None and one.name not in ways}
    if fresh:
        try:
            references.write({**ways, **fresh})
        except OSError as error:
            raise Fault(both(f"what was heard cannot be kept: {error.strerror}", f"impossible de garder ce qui a été entendu : {error.strerror}"),
                        where=str(state_folder(piece.folder)), id="machine.state") from error
        notices.note(both("this is opening day now, for: ", "c'est désormais l'état d'ouverture de : ") + ", ".join(fresh))
    return 0 if all(one.is_well for one in found) else 3
