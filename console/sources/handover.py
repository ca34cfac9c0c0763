"""From a thread to the event loop, a few observations at a time, so that keys are handled between them.

After each part the loop has as much time for other work as the part took. In a storm the rest waits at its origin,
whose queue is bounded and counted.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")

BUDGET_SECONDS = 0.004
"""What one visit to the loop may take, beyond its last item: a quarter of a frame."""
WAIT_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 0.5


class Handover(Generic[Item]):
    """Calls `emit` on the loop. `stopping` ends a hand-over that waits."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, emit: Callable[[Item], None], stopping: threading.Event
    ) -> None:
        self._loop = loop
        self._emit = emit
        self._stopping = stopping
        self._done = threading.Event()
        self._spent = 0.0
        self._position = 0

    def tell(self, batch: Sequence[Item]) -> None:
        """Hand a batch over; returns when the loop has had all of it. From one thread that is not the loop's."""
        self._position = 0
        while self._position < len(batch) and not self._stopping.is_set():
            self._done.clear()
            self._loop.call_soon_threadsafe(self._some, batch)
            while not self._done.wait(WAIT_SECONDS):
                if self._stopping.is_set():
                    return
            self._stopping.wait(min(self._spent, LONGEST_PAUSE_SECONDS))

    def _some(self, batch: Sequence[Item]) -> None:
        began = time.monotonic()
        try:
            while self._position < len(batch) and time.monotonic() - began < BUDGET_SECONDS:
                item = batch[self._position]
                self._position += 1
                self._emit(item)
        finally:
            self._spent = time.monotonic() - began
            self._done.set()
