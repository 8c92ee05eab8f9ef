"""What is said: each fault once when it begins and once when it is over; a terminal that goes away stops nothing."""
from __future__ import annotations

import io
import threading

import pytest

from installation.runtime.notices import Notices
from installation.terms.fault import Fault, Faults, Recovery
from installation.terms.words import both, speak


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    monkeypatch.delenv("INVOCATION_ID", raising=False)
    yield
    speak(None)


def test_begin_and_end_are_said_and_counted() -> None:
    out, time = io.StringIO(), [0.0]
    notices = Notices(lambda: time[0], out)
    lost = Fault(both("the cable is out", "le câble est débranché"), where="plinth", id="serial.lost", remedy=both("Put it in.", "Branchez-le."))
    notices.tell(lost)
    notices.tell(lost)                       # at once again: counted, not said
    assert out.getvalue() == "plinth: the cable is out\n  Put it in.\n" and notices.count() == 1 and notices.lasting() == [lost]
    notices.tell(Recovery(both("it is back", "il est revenu"), "plinth", "serial.lost"))
    assert out.getvalue().endswith("plinth: it is back\n") and notices.count() == 0 and notices.counts["serial.lost"] == 3
    time[0] = 5.0
    notices.tell(lost)
    notices.tell(Recovery(both("", ""), "plinth", "serial.lost"))
    assert notices.count() == 0 and out.getvalue().count("\n") == 5


def test_several_faults_are_told_each_and_in_the_language_that_is_spoken() -> None:
    out = io.StringIO()
    notices = Notices(lambda: 0.0, out)
    speak("fr")
    notices.tell(Faults([Fault(both("one", "un"), id="a"), Fault(both("two", "deux"), id="b")]))
    assert out.getvalue() == "un\ndeux\n" and notices.count() == 2


def test_under_a_service_manager_each_line_has_its_priority(monkeypatch) -> None:
    monkeypatch.setenv("INVOCATION_ID", "x")
    out = io.StringIO()
    notices = Notices(lambda: 0.0, out)
    notices.tell(Fault("broken", remedy="mend it"))
    notices.note("plays")
    assert out.getvalue() == "<4>broken\n<4>  mend it\n<6>plays\n"


def test_a_status_line_is_cleared_before_a_line_and_a_lost_terminal_stops_nothing() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    cleared = []
    notices = Notices(lambda: 0.0, Gone())
    notices.before_line = lambda: cleared.append(1)
    notices.note("one")
    notices.note("two")
    assert len(cleared) == 2 and [notice.text for notice in notices.history] == ["one", "two"]


def test_any_thread_may_tell() -> None:
    notices = Notices(lambda: 0.0, io.StringIO())
    threads = [threading.Thread(target=lambda n=n: [notices.tell(Fault(f"{n}.{i}", id=f"{n}.{i}")) for i in range(200)]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert notices.count() == 800
