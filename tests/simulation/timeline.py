"""Virtual time: the queue of events.

Times are seconds since the start of a run, the same for all; a server's own clock adds its error (`host`). Events at
the same time happen in the order in which they were scheduled, so a run is the same every time.
"""

import heapq
from collections.abc import Callable

EPOCH = 1_700_000_000.0
"""The time at the start of a run, Unix seconds."""
MAX_EVENTS_AT_ONCE = 20_000
"""More events than this at one time are an endless loop."""


class NoProgressError(AssertionError):
    """Servers cause events without end while no time passes."""


class Timeline:
    """The clock of a run.

    Attributes:
        now: seconds since the start.
        events: how many events happened.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.events = 0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0
        self._moment = 0.0
        self._at_once = 0

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Schedule an event."""
        self._order += 1
        heapq.heappush(self._queue, (self.now + max(seconds, 0.0), self._order, action))

    def run(self, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """Let time pass. With `until`, stop as soon as it is true; return whether it is true at the end."""
        end = self.now + seconds
        if until is not None and until():
            return True
        queue = self._queue
        while queue and queue[0][0] <= end:
            when, _, action = heapq.heappop(queue)
            self._pass(when)
            action()
            if until is not None and until():
                return True
        self.now = end
        return until is not None and until()

    def _pass(self, when: float) -> None:
        self.events += 1
        if when > self._moment:
            self._moment, self._at_once = when, 0
        self._at_once += 1
        if self._at_once > MAX_EVENTS_AT_ONCE:
            raise NoProgressError(f"{MAX_EVENTS_AT_ONCE} events at one instant")
        self.now = when
