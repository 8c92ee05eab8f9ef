"""The bench: what tests need from the machine, and waiting for real processes without guessing how long.

A missing component skips a test on a laptop and fails it where CI=true.
"""
from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from typing import NoReturn

import pytest


def need(program: str) -> str:
    """The path of a program; skip, or fail under CI, if it is not installed."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin:/usr/bin:/bin")
    if path:
        return path
    return lack(f"{program} is not installed")


def lack(reason: str) -> NoReturn:
    """Skip on a laptop, fail where CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def wait_until(true: Callable[[], object], within: float = 20.0, what: str = "") -> object:
    """Poll a real process until the call gives something true; fail the test after `within` seconds."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        got = true()
        if got:
            return got
        time.sleep(0.005)
    pytest.fail(f"waited {within} s for {what or true}")
