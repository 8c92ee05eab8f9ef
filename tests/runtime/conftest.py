"""One cache of object files for all tests of the runtime, and small pieces."""
from __future__ import annotations

from pathlib import Path

import pytest

from tests.runtime.house_at_work import Folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache folder; its kernels are those of the sound core's tests."""
    return tmp_path_factory.getbasetemp().parent


@pytest.fixture
def folder(tmp_path: Path, cache: Path) -> Folder:
    """A piece with three scenes: a tone of 400 Hz, another of 800, the idle one of 100."""
    return Folder(tmp_path / "piece", cache)
