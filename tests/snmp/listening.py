"""A receiver on loopback, and waiting for what it receives."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from snmp.mib.notification import Notification
from snmp.receive.receiver import Counters, Receiver, ReceiverSettings

TIMEOUT_SECONDS = 10.0


@contextmanager
def receiver(**settings: object) -> Iterator[tuple[Receiver, tuple[str, int]]]:
    """A receiver on a free port of loopback, and its address."""
    listening = Receiver(ReceiverSettings((("127.0.0.1", 0),), **settings))  # type: ignore[arg-type]
    (address,) = listening.start()
    try:
        yield listening, address
    finally:
        listening.close()


def receive_until(listening: Receiver, enough: Callable[[list[Notification]], bool]) -> list[Notification]:
    """Return the received notifications as soon as `enough` is true of them. Fails after TIMEOUT_SECONDS."""
    found: list[Notification] = []
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not enough(found):
        assert time.monotonic() < deadline, f"received only {found}, with the counters {listening.counters()}"
        found += listening.receive(0.1)
    return found


def total(notifications: list[Notification]) -> int:
    """The number of datagrams of the notifications."""
    return sum(seen.count for seen in notifications)


def wait_for_count(listening: Receiver, received: int) -> Counters:
    """Return the counters once so many datagrams were received. Fails after TIMEOUT_SECONDS."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while (counters := listening.counters()).received < received:
        assert time.monotonic() < deadline, f"the counters are {counters}"
        listening.receive(0.05)
    return counters


def adds_up(counters: Counters) -> bool:
    return counters.received == counters.decoded + counters.coalesced + counters.rejected + counters.dropped
