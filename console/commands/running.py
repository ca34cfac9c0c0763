"""Work that a command does until it is stopped by SIGTERM, SIGINT or a time limit."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine, Iterable
from typing import Any


async def until_stopped(
    work: Iterable[Coroutine[Any, Any, object]], seconds: float | None, stopping: asyncio.Event
) -> None:
    """Run all of them until one ends, `stopping` is set, a signal arrives, or the time is over; then cancel the rest.

    The error of one that failed is raised.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    tasks = [asyncio.create_task(each) for each in work]
    stop = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({stop, *tasks}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (stop, *tasks):
            task.cancel()
        for task in (stop, *tasks):
            with contextlib.suppress(asyncio.CancelledError):
                await task
