"""The first sign of a process's death: a robust lock that the kernel releases."""
from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

from installation.runtime.sound.grip import Grip

HOLDER = "import sys, time; from installation.runtime.sound.grip import Grip; Grip(int(sys.argv[1])).keep(); print('kept', flush=True); {}"


@pytest.mark.parametrize("end", ["time.sleep(60)", "sys.stdin.readline()", "import os; sys.stdin.readline(); os._exit(3)"])
def test_it_loosens_however_the_process_ends(end: str) -> None:
    grip = Grip()
    holder = subprocess.Popen([sys.executable, "-c", HOLDER.format(end), str(grip.fd)], pass_fds=[grip.fd], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    assert holder.stdout and holder.stdout.readline() == "kept\n"
    grip.close()
    if "sleep" in end:
        holder.send_signal(signal.SIGKILL)
    else:
        holder.communicate("\n")
    assert loosens(grip)
    holder.communicate()
    assert loosens(grip)          # and it stays loose


def loosens(grip: Grip) -> bool:
    """Whether waiting comes to an end. In a thread: a lock that the kernel never released could not be interrupted."""
    waiting = threading.Thread(target=grip.wait, daemon=True)
    waiting.start()
    waiting.join(20)
    return not waiting.is_alive()


def test_waiting_for_what_nobody_keeps_returns_at_once() -> None:
    grip = Grip()
    assert loosens(grip) and loosens(grip)
    grip.close()
