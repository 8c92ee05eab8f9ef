"""Saved files are noticed once they have settled, each once."""
from __future__ import annotations

import os
from pathlib import Path

from installation.runtime.clock import rehearse
from installation.runtime.parts.edits import LOOK, Edits


def test_changed_files_are_handed_on_once_they_are_whole(tmp_path: Path) -> None:
    import asyncio

    tide, embers = tmp_path / "tide.py", tmp_path / "embers.py"
    tide.write_text("1")
    embers.write_text("1")
    seen: list[set[str]] = []

    async def edited(names: set[str]) -> None:
        seen.append(names)

    async def main() -> None:
        edits = Edits({tide: {"tide", "flood"}, embers: {"embers"}}, edited)
        edits.start()
        await asyncio.sleep(3 * LOOK)
        assert seen == []
        tide.write_text("22")
        await asyncio.sleep(3 * LOOK)
        assert seen == [{"tide", "flood"}]
        tide.unlink()                                     # an editor that writes by renaming
        await asyncio.sleep(3 * LOOK)
        assert len(seen) == 1
        other = tmp_path / "new"
        other.write_text("333")
        os.replace(other, tide)
        embers.write_text("22")
        await asyncio.sleep(3 * LOOK)
        assert set().union(*seen[1:]) == {"tide", "flood", "embers"}
        count = len(seen)
        for _ in range(10):                               # touched but the same in the end: still tried, it costs little
            await asyncio.sleep(LOOK)
        assert len(seen) == count
        await edits.stop()

    rehearse(main())
