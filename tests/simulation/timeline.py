"""Virtual time: what happens next, and when.

Seconds since the start of a run, the same for everybody; a server's own clock is this time and an error (`host`).
Things due at the same instant happen in the order in which they were planned, so a run is the same every time.
"""

import heapq
from collections.abc import Callable

EPOCH = 1_700_000_000.0
"""What a right clock shows at the start of a run, Unix seconds."""
MOST_AT_ONCE = 20_000
"""More than this without time passing is a loop that does not come to rest."""


class RestlessError(AssertionError):
    """Servers keep each other busy without time passing."""


class Timeline:
    """The clock of a run.

    Attributes:
        now: seconds since the start.
        events: how many things happened.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.events = 0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0
        self._moment = 0.0
        self._at_once = 0

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Plan something."""
        self._order += 1
        heapq.heappush(self._queue, (self.now + max(seconds, 0.0), self._order, action))

    def run(self, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """Let time pass; with `until`, stop as soon as it holds. Whether it holds at the end."""
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
        if self._at_once > MOST_AT_ONCE:
            raise RestlessError(f"{MOST_AT_ONCE} events at one instant")
        self.now = when
