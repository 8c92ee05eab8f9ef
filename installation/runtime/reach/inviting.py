"""The page's address on the terminal, with its QR code and the PIN of the day."""
from __future__ import annotations

import os
import shutil
import sys
from typing import TextIO


def invite(url: str, pin: str, out: TextIO | None = None) -> None:
    """Print where the page is, and the PIN that was drawn, if one was. The QR code comes where a terminal is wide enough."""
    from ...remote.web.invitation import lines

    out = out or sys.stderr
    columns = shutil.get_terminal_size().columns if out.isatty() else 0

    def fits(text: str) -> bool:
        try:
            text.encode(out.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    prefix = "<5>" if os.environ.get("JOURNAL_STREAM") or os.environ.get("INVOCATION_ID") else ""
    try:
        out.write("".join(f"{prefix}{line}\n" for line in lines(url, pin, columns, fits)))
        out.flush()
    except (OSError, ValueError):           # the terminal is gone; the piece goes on
        return
