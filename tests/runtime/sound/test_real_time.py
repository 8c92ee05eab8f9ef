"""The policy that is asked for is the one that is read back, within the limit."""
from __future__ import annotations

import os
import resource
import threading

from installation.runtime.sound.real_time import follow, policy, raise_to_real_time
from tests.bench import wait_until


def test_a_thread_is_raised_where_the_limit_allows_and_the_policy_is_read_back() -> None:
    begun, ended = threading.Event(), threading.Event()

    def live() -> None:
        begun.set()
        ended.wait()

    thread = threading.Thread(target=live)
    thread.start()
    begun.wait()
    identity = thread.native_id
    assert identity is not None
    assert policy(identity).startswith("SCHED_OTHER")
    raised = raise_to_real_time(identity)
    assert policy(identity).startswith("SCHED_FIFO") == raised
    beside = threading.Thread(target=ended.wait)
    beside.start()
    follow(beside.native_id, identity)
    assert policy(beside.native_id) == ("SCHED_FIFO 69" if raised else policy(identity))
    follow(beside.native_id, 0)
    assert policy(beside.native_id) == "SCHED_OTHER 0"
    if os.geteuid() == 0:
        assert raised
    elif resource.getrlimit(resource.RLIMIT_RTPRIO)[0] == 0:
        assert not raised
    ended.set()
    thread.join()
    beside.join()
    wait_until(lambda: policy(identity) == "", 10)
