"""The network at work: everything through which the piece is reached, opened late and for as long as it plays."""
from __future__ import annotations

from collections.abc import Callable

from ..remote.osc_readings import OscReadings
from ..rules.gate import Gate
from ..rules.piece import Piece
from ..terms.fault import Fault, Recovery
from .tablets import Tablets


class Remoting:
    """Everything that listens. Without `remote:` in config.yaml nothing does."""

    def __init__(self, piece: Piece, gate: Gate, readings: OscReadings | None, tell: Callable[[Fault | Recovery], None]) -> None:
        self.tablets = Tablets(piece.remote.osc, gate, readings, tell) if piece.remote.osc is not None else None

    async def open(self) -> None:
        """Open what listens; the piece does not wait for its network."""
        if self.tablets is not None:
            await self.tablets.open()

    async def close(self) -> None:
        """Let go of everything."""
        if self.tablets is not None:
            await self.tablets.close()
