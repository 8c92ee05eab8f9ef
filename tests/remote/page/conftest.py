"""One browser for all tests of the page; a room for each file of them."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .standin import StandIn

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OFFERS = ("midi.learn", "light.identify", "light.blackout", "sound.identify")


@pytest.fixture(scope="package")                  # its library keeps an event loop running, under which no other test's could
def browser() -> Iterator[Browser]:
    from .browser import launched

    with launched() as browser:
        yield browser


@pytest.fixture
def room() -> Iterator[StandIn]:
    with StandIn(offers=OFFERS) as room:
        yield room


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go, to be looked at."""
    return tmp_path_factory.mktemp("pictures")
