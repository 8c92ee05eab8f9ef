"""One cache for all pieces that are broken on purpose: kernels are compiled once."""
from __future__ import annotations

from pathlib import Path

import pytest

from installation.terms.words import speak


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the cache; its kernels are shared with the tests of the sound core."""
    return tmp_path_factory.getbasetemp().parent


@pytest.fixture
def cached(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same for what runs in this process."""
    monkeypatch.setenv("CACHE_DIRECTORY", str(cache))
    return cache


@pytest.fixture(autouse=True)
def english():
    yield
    speak("en")
