"""One calm line: never wider than the terminal, never moving the cursor, written only when it changes."""
from __future__ import annotations

import io
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from installation.runtime.progress import Progress
from installation.runtime.telling.status import StatusLine, fitted


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def columns(text: str) -> int:
    return sum(0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


@given(st.text(max_size=200), st.integers(0, 100))
def test_it_fits_whatever_is_in_it(text: str, width: int) -> None:
    line = fitted(text, width)
    assert columns(line) <= width and not any(unicodedata.category(letter) == "Cc" for letter in line)
    assert columns(line) >= min(width - 1, columns(text)) or len(line) == len(text)


def test_accents_and_wide_letters_take_the_columns_that_they_take() -> None:
    assert fitted("e\u0301te\u0301", 3) == "e\u0301te\u0301"
    assert fitted("海の音", 4) == "海の" and fitted("海の音", 5) == "海の" and fitted("a\nb\x1b", 9) == "a b "


def test_it_stays_in_place_is_written_only_when_it_changes_and_can_be_cleared(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    out = Terminal()
    line = StatusLine(out)
    for text in ("tide · -20 dBFS", "tide · -20 dBFS", "tide · -21 dBFS and much more than there is room for"):
        line.show(text)
    assert "\n" not in out.getvalue() and out.getvalue().count("\r") == 2
    assert all(columns(part.replace("\x1b[K", "")) <= 19 for part in out.getvalue().split("\r"))
    line.clear()
    line.clear()
    assert out.getvalue().endswith("\r\x1b[K") and out.getvalue().count("\r") == 3
    line.show("again")
    assert "again" in out.getvalue()


def test_nothing_is_shown_where_there_is_no_terminal_or_where_it_was_not_wanted() -> None:
    for line in (StatusLine(io.StringIO()), StatusLine(Terminal(), quiet=True)):
        line.show("tide")
        line.clear()
        assert line._out.getvalue() == ""


def test_a_terminal_that_goes_away_stops_nothing() -> None:
    class Gone(Terminal):
        def write(self, text: str) -> int:
            raise OSError(5, "Input/output error")

    line, progress = StatusLine(Gone()), Progress(False, Gone())
    for _ in range(2):
        line.show("tide")
        progress.say("compiling")
        progress.way(0.5, "half")
        progress.clear()


def test_progress_is_one_line_that_fits_and_leaves(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out = Terminal()
    progress = Progress(False, out)
    progress.say("compiling saw (3 of 12)")
    progress.way(0.5, "30 s of 60 s · tide and a scene with a long name")
    progress.clear()
    assert "\n" not in out.getvalue() and out.getvalue().endswith("\r\x1b[K") and "█" * 12 + "·" * 12 in out.getvalue()
    assert all(columns(part.replace("\x1b[K", "")) <= 39 for part in out.getvalue().split("\r"))
