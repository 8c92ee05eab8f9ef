"""Stands in for sounddevice in a player: one card, "Hung", which plays like the silent clock and hangs where HANGS_AT says, for ever.

    HANGS_AT=list | open | start | close, or nothing; a file's name in HANGS_WHILE: only as long as that file is there
"""
from __future__ import annotations

import ctypes
import os
from typing import Any

from _sounddevice import ffi as _ffi

from installation.runtime.sound.silent_clock import SilentClock


class PortAudioError(Exception):
    """As sounddevice's."""


def _here(place: str) -> None:
    """Never come back, as in a driver: the interpreter is held, and no signal is looked at."""
    if os.environ.get("HANGS_AT") == place and os.path.exists(os.environ.get("HANGS_WHILE", "/")):
        while True:
            ctypes.PyDLL(None).pause()


def query_hostapis() -> list[dict[str, Any]]:
    _here("list")
    return [{"name": "ALSA", "default_output_device": 0}]


def query_devices() -> list[dict[str, Any]]:
    return [{"hostapi": 0, "name": "Hung: USB Audio (hw:7,0)", "max_output_channels": 8, "max_input_channels": 2, "default_samplerate": 48_000.0}]


class _StreamBase:
    def __init__(self, *, samplerate: int, channels: Any, blocksize: int, callback: Any, userdata: Any, **_: Any) -> None:
        _here("open")
        inputs, outputs = channels if isinstance(channels, tuple) else (0, channels)
        self._clock = SilentClock(rate=samplerate, outputs=outputs, inputs=inputs, block=blocksize, callback=int(_ffi.cast("intptr_t", callback)),
                                  userdata=int(_ffi.cast("intptr_t", userdata)))
        self.latency = 0.01
        self.samplerate = samplerate

    def start(self) -> None:
        _here("start")
        self._clock.start()

    @property
    def active(self) -> bool:
        return self._clock.active

    def abort(self, ignore_errors: bool = True) -> None:
        _here("close")
        self._clock.close()

    def close(self, ignore_errors: bool = True) -> None:
        """Nothing is left."""
