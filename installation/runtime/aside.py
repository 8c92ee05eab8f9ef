"""Work aside: threads that nobody waits for at the end, and work at a pace that survives its own failures.

    loop.set_default_executor(Aside())        run_in_executor takes threads that do not keep the process from ending
    await steadily(0.01, tick, failed)        like clock.every; a call that raises is told once, and once when it works again
    unforeseen(error)                         the Fault that an error of the engine itself is
"""
from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..terms.fault import Fault, Recovery
from ..terms.words import both

PATIENCE = 5.0      # s for which a call may fail at every turn before it is given up


class Aside(concurrent.futures.ThreadPoolExecutor):
    """A thread for each piece of work. Python joins an ordinary executor's threads at its end; a stop must not wait for a disk."""

    def __init__(self) -> None:
        super().__init__(max_workers=1)

    def submit(self, call: Callable, /, *args: Any, **kwargs: Any) -> concurrent.futures.Future:
        future: concurrent.futures.Future = concurrent.futures.Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = call(*args, **kwargs)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        threading.Thread(target=work, name="aside", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nobody is waited for."""


def unforeseen(error: BaseException, doing: str = "") -> Fault:
    """An error of the engine itself, said so that it can be reported: file and line of the engine's own innermost line."""
    if isinstance(error, Fault):
        return error
    package = Path(__file__).resolve().parent.parent
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(package)] or frames
    where = f"{ours[-1].filename}:{ours[-1].lineno}" if ours else doing
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    return Fault(both(f"the engine failed: {what}", f"le moteur a échoué : {what}"), where=where, id="engine.failed",
                 remedy=both("This is a fault of the engine, not of the piece. Please report these lines.",
                             "C'est une faute du moteur, pas de la pièce. Merci de signaler ces lignes."))


async def steadily(seconds: float, call: Callable[[float], Any], tell: Callable[[Fault | Recovery], None], *, vital: bool = False) -> None:
    """Call `call(now)` by deadlines that do not drift, for ever. A call that fails is told when it begins to and when it works again.

    vital   raise the Fault once every call has failed for PATIENCE seconds: a stop and a new start may help
    """
    loop = asyncio.get_running_loop()
    due = loop.time()
    failing: Fault | None = None
    since = 0.0
    while True:
        try:
            call(loop.time())
        except Exception as error:
            if failing is None:
                failing, since = unforeseen(error), loop.time()
                tell(failing)
            elif vital and loop.time() - since > PATIENCE:
                raise failing from error
        else:
            if failing is not None:
                tell(Recovery(both("the engine goes on", "le moteur continue"), failing.where, failing.id))
                failing = None
        due += seconds
        now = loop.time()
        if due < now - 5 * seconds:
            due = now
        await asyncio.sleep(max(0.0, due - now))
