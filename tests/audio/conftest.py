"""One cache of object files for all tests of the sound core, and sessions on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from installation.audio.offline import Session


@pytest.fixture(scope="session")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the cache."""
    return tmp_path_factory.getbasetemp().parent / "kernels"


@pytest.fixture
def session(kernels: Path) -> Iterator[Callable[..., Session]]:
    """Makes sessions: an arena, a stage and an engine in this process. Their memory is given back after the test: all of them are gigabytes."""
    made: list[Session] = []

    def make(**options: Any) -> Session:
        made.append(Session(kernels, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()
