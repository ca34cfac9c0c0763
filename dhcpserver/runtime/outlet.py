"""A receiver of lease events or of DNS updates: a bounded queue, and a thread that sends what is in it.

A receiver that is slow or away delays neither a turn nor another receiver. Events that could not be sent are sent
again, after 1 s and then after longer times. When the queue is full, the oldest events are dropped and counted: the
newest ones show who has an address now. The lease log is the complete record.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, Protocol

Event = dict[str, Any]

LONGEST_RETRY_SECONDS = 60.0
GATHER_SECONDS = 0.2
"""Time that events are gathered for one batch, counted from the first one."""

LOG = logging.getLogger(__name__)


class Batch(NamedTuple):
    """Events to send together; `first`: the number of the first one, counted from 1 since the start of the server.

    `dropped`: events before the first one that were never sent to this receiver.
    """

    first: int
    dropped: int
    events: Sequence[Event]


class NotDeliveredError(Exception):
    """A batch was not received; the text is the reason. `refused`: the receiver does not want it, now or later."""

    def __init__(self, reason: str, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.refused = refused


class Carrier(Protocol):
    """Sends batches to one receiver. All its methods run in the outlet's thread."""

    def send(self, batch: Batch) -> None:
        """Send a batch. Raises NotDeliveredError."""

    def close(self) -> None:
        """Close the connection, if there is one."""


class Change(NamedTuple):
    """Something to be logged: why nothing is received (`fault`), that it is received `again`, or what was dropped."""

    to: str
    fault: str | None
    again: bool
    dropped: int


@dataclass(frozen=True, slots=True)
class OutletStatus:
    """What became of the events for one receiver, since start. `fault`: why the last attempt failed, if it did."""

    to: str
    sent: int
    dropped: int
    waiting: int
    fault: str | None


class Outlet:
    """One receiver. `changed` is called in the thread when sending fails or succeeds again, or when events are lost."""

    def __init__(
        self,
        to: str,
        carrier: Carrier,
        limit: int,
        batch: int,
        changed: Callable[[Change], None],
        about: str = "lease events",
    ) -> None:
        self._to = to
        self._carrier = carrier
        self._limit = limit
        self._batch = batch
        self._changed = changed
        self._waiting: deque[Event] = deque()
        self._condition = threading.Condition()
        self._taken = 0
        self._sent = 0
        self._dropped = 0
        self._reported = 0
        self._fault: str | None = None
        self._end: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"{about} to {to}", daemon=True)
        self._thread.start()

    def put(self, events: Sequence[Event]) -> None:
        """Queue events. Returns at once."""
        with self._condition:
            if self._end is not None:
                self._dropped += len(events)
                return
            self._waiting.extend(events)
            while len(self._waiting) > self._limit:
                self._waiting.popleft()
                self._taken += 1
                self._dropped += 1
            self._condition.notify()

    def status(self) -> OutletStatus:
        """Return the counters and the present fault."""
        with self._condition:
            return OutletStatus(self._to, self._sent, self._dropped, len(self._waiting), self._fault)

    def request_end(self, seconds: float) -> None:
        """Send what waits for at most so many seconds, and then end. No event is accepted any more."""
        with self._condition:
            self._end = time.monotonic() + seconds
            self._condition.notify()

    def join(self) -> int:
        """Wait for the end; return the number of events that were dropped since the last report."""
        with self._condition:
            end = self._end or time.monotonic()
        self._thread.join(max(0.0, end - time.monotonic()) + 0.5)
        with self._condition:
            self._dropped += len(self._waiting)
            self._waiting.clear()
            return self._dropped - self._reported

    # In the thread

    def _run(self) -> None:
        pause = 1.0
        while self._wait_for_events():
            batch = self._next()
            try:
                self._carrier.send(batch)
            except NotDeliveredError as error:
                self._failed(batch, str(error), refused=error.refused)
                if error.refused:
                    continue
                if not self._pause(pause):
                    break
                pause = min(pause * 2, LONGEST_RETRY_SECONDS)
            except Exception as error:
                LOG.exception("lease events to %s", self._to)
                self._failed(batch, f"internal error: {error!r}", refused=True)
            else:
                pause = 1.0
                self._succeeded(batch)
        self._carrier.close()

    def _wait_for_events(self) -> bool:
        """Wait until a batch should be sent; False at the end."""
        with self._condition:
            while not self._waiting:
                if self._end is not None:
                    return False
                self._condition.wait()
            gathered = time.monotonic() + GATHER_SECONDS
            while self._end is None and len(self._waiting) < self._batch:
                left = gathered - time.monotonic()
                if left <= 0:
                    break
                self._condition.wait(left)
            return self._end is None or time.monotonic() < self._end

    def _next(self) -> Batch:
        with self._condition:
            return Batch(self._taken + 1, self._dropped, list(islice(self._waiting, self._batch)))

    def _remove(self, batch: Batch) -> int:
        """Remove the events of a batch that are still in the queue; return their number."""
        count = max(0, batch.first - 1 + len(batch.events) - self._taken)
        for _ in range(count):
            self._waiting.popleft()
        self._taken += count
        return count

    def _succeeded(self, batch: Batch) -> None:
        with self._condition:
            removed = self._remove(batch)
            self._dropped -= len(batch.events) - removed  # The queue was full while they were sent.
            self._sent += len(batch.events)
            change = Change(self._to, None, self._fault is not None, self._dropped - self._reported)
            self._fault, self._reported = None, self._dropped
        if change.again or change.dropped:
            self._changed(change)

    def _failed(self, batch: Batch, reason: str, *, refused: bool) -> None:
        with self._condition:
            if refused:
                self._dropped += self._remove(batch)
            change = Change(self._to, reason, False, self._dropped - self._reported)
            news = self._fault != reason or change.dropped > 0
            self._fault, self._reported = reason, self._dropped
        if news:
            self._changed(change)

    def _pause(self, seconds: float) -> bool:
        """Wait before the next attempt; False if there is none: at the end, one attempt is made at once."""
        with self._condition:
            if self._end is not None:
                return False
            self._condition.wait_for(lambda: self._end is not None, seconds)
            return True
