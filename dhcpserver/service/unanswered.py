"""Clients that ask again and again while the partner, which should answer them, gives no lease.

In NORMAL a server drops the messages of clients that its partner answers. If several such clients go on asking, with a
growing time in `secs` (RFC 2131 section 2), and the partner sends no update of a running lease meanwhile, the partner
may not receive the packets of its clients: a cable, a filter, or an interface that was made again. Failover itself
shows nothing of that, because its own connection works.
"""

CLIENTS = 3
"""So many clients must wait, so that one that the partner refuses for a reason does not count."""
WAIT_SECONDS = 20.0
"""For how long each of them must have been asking."""
REMEMBERED = 256


class Unanswered:
    """The clients that wait for the partner."""

    __slots__ = ("_clients", "_leases")

    def __init__(self) -> None:
        self._clients: dict[bytes, tuple[float, int, bool]] = {}
        self._leases = 0

    def record(self, key: bytes, secs: int, now: float) -> None:
        """Record a message of a client that this server does not answer."""
        began, first, _ = self._clients.pop(key, (now, secs, False))
        if len(self._clients) >= REMEMBERED:
            del self._clients[next(iter(self._clients))]
        self._clients[key] = began, first, secs > first and now - began >= WAIT_SECONDS

    def waiting(self, leases: int, now: float) -> int:
        """Return how many clients wait in vain; 0 for too few of them. They are forgotten then.

        `leases`: the number of updates of running leases that the partner has sent so far.
        """
        if leases != self._leases:
            self._leases = leases
            self._clients.clear()
            return 0
        count = sum(waits for _, _, waits in self._clients.values())
        if count < CLIENTS:
            return 0
        self._clients.clear()
        return count

    def clear(self) -> None:
        """Forget all clients: the partner does not have to answer them now."""
        self._clients.clear()

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        self._clients = {key: (began + step, first, waits) for key, (began, first, waits) in self._clients.items()}
