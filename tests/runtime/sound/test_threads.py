"""How many threads render: never more than there are cores, and if it is fewer than asked for, that is told."""
from __future__ import annotations

import os

from installation.runtime.sound.threads import threads_for
from installation.terms.fault import Fault, Recovery


def test_as_many_as_are_asked_for_but_no_more_than_there_are_cores(monkeypatch) -> None:
    told: list[Fault | Recovery] = []
    for cores, asked, given in ((4, 1, 1), (4, 3, 3), (4, 4, 4), (1, 1, 1)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: set(range(cores)))
        assert threads_for(asked, told.append) == given and not told
    for cores, asked in ((1, 2), (2, 4), (4, 16)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: set(range(cores)))
        assert threads_for(asked, told.append) == cores
        fault = told.pop()
        assert isinstance(fault, Fault) and fault.id == fault.where == "sound.threads"
        assert f"{asked} threads" in fault.say("en") and f"`threads: {cores}`" in fault.say("fr")
