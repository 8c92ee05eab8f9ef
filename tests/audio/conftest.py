"""One cache of object files for all tests of the sound core, and sessions on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from installation.audio.offline import Session


@pytest.fixture(scope="session")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the cache."""
    return tmp_path_factory.getbasetemp().parent / "kernels"


@pytest.fixture
def session(kernels: Path) -> Callable[..., Session]:
    """Makes sessions: an arena, a stage and an engine in this process."""
    return lambda **options: Session(kernels, **options)
