"""A receiver on loopback and what it hears."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from snmp.mib.notification import Notification
from snmp.receive.receiver import Counters, Receiver, ReceiverSettings

PATIENCE_SECONDS = 10.0


@contextmanager
def receiver(**settings: object) -> Iterator[tuple[Receiver, tuple[str, int]]]:
    """A receiver on a free port of loopback, and its address."""
    listening = Receiver(ReceiverSettings((("127.0.0.1", 0),), **settings))  # type: ignore[arg-type]
    (address,) = listening.start()
    try:
        yield listening, address
    finally:
        listening.close()


def heard(listening: Receiver, enough: Callable[[list[Notification]], bool]) -> list[Notification]:
    """What the receiver hears until it is enough; a failure when it never is."""
    found: list[Notification] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not enough(found):
        assert time.monotonic() < deadline, f"heard only {found} and counted {listening.counters()}"
        found += listening.receive(0.1)
    return found


def total(notifications: list[Notification]) -> int:
    """How many datagrams they stand for."""
    return sum(seen.count for seen in notifications)


def counted(listening: Receiver, received: int) -> Counters:
    """The counters once so many datagrams were received; a failure when they never are."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (counters := listening.counters()).received < received:
        assert time.monotonic() < deadline, f"counted {counters}"
        listening.receive(0.05)
    return counters


def adds_up(counters: Counters) -> bool:
    return counters.received == counters.decoded + counters.coalesced + counters.rejected + counters.dropped
