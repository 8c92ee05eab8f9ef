"""A sentence in English and French, said in the language of the room.

`both("no card", "pas de carte")` makes the pair; `say(words)` picks one. The language is chosen once, when the piece is
opened (`speak`), from `language:` in config.yaml or, before that is read, from the environment.
"""
from __future__ import annotations

import os
from dataclasses import dataclass

LANGUAGES = ("en", "fr")


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in each language. `str()` gives it in the language that is spoken now."""

    en: str
    fr: str

    def __str__(self) -> str:
        return self.fr if language() == "fr" else self.en

    def __bool__(self) -> bool:
        return bool(self.en or self.fr)

    def __add__(self, other: "Words | str") -> "Words":
        other = words(other)
        return Words(self.en + other.en, self.fr + other.fr)


def both(en: str, fr: str) -> Words:
    """Pair an English sentence with its French twin."""
    return Words(en, fr)


def words(text: "Words | str") -> Words:
    """The same text in both languages when only one is known, as in an artist's own driver."""
    return text if isinstance(text, Words) else Words(text, text)


def say(text: "Words | str", in_language: str | None = None) -> str:
    """The sentence in the language given, or in the one spoken now."""
    if not isinstance(text, Words):
        return text
    return text.fr if (in_language or language()) == "fr" else text.en


def speak(name: str | None) -> None:
    """Choose the language from here on; None goes back to the environment's. Raises ValueError if it is not en or fr."""
    global _spoken
    if name is not None and name not in LANGUAGES:
        raise ValueError(f"languages are {', '.join(LANGUAGES)}, got {name!r}")
    _spoken = name


def language() -> str:
    """The language spoken now: the one chosen by `speak`, else French where the environment says so, else English."""
    if _spoken is not None:
        return _spoken
    for key in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(key):
            return "fr" if os.environ[key].lower().startswith("fr") else "en"
    return "en"


_spoken: str | None = None
