"""How much lead the leases of a pool have left: how many would get no more than MCLT at their next renewal.

The lead of a lease is how far the partner's word reaches beyond now: max(acknowledged, received) - now. While the
partners talk it is renewed with every update; without contact it runs out, and renewals shrink towards MCLT.

Looking at every lease would hold packets up, so each pool is sampled: once a minute at most, at addresses spread evenly
over it, and all pools together within a fixed number of look-ups a second.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import FOREVER, Lease, Status
from dhcpserver.leases.pool import Pool

EDGES = (0, 900, 3600, 14_400, 86_400)
"""Seconds of lead between which leases are counted; one more class lies beyond the last."""
ADDRESSES_PER_POOL = 512
ADDRESSES_PER_LOOK = 512
"""Half a millisecond or so: nobody's packet waits for longer."""
EVERY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Leads:
    """A pool's sample: how many leases were looked at, how many of them will be limited, and all by lead left."""

    at: float
    sampled: int
    limited: int
    classes: tuple[int, ...]


class LeadSampler:
    """Keeps the latest sample of each pool."""

    def __init__(self, pools: Iterable[Pool]) -> None:
        self._waiting = deque((0.0, pool) for pool in pools)
        self.found: dict[str, Leads] = {}

    def look(self, book: Book, now: float) -> None:
        """Sample the pools that are due, within the bounds; to be called about once a second."""
        budget = ADDRESSES_PER_LOOK
        waiting = self._waiting
        while waiting and waiting[0][0] <= now and budget > 0:
            _, pool = waiting.popleft()
            budget -= ADDRESSES_PER_POOL
            before, after = self.found.get(pool.name), sampled(book, pool, now)
            if before is None or (before.limited, before.classes) != (after.limited, after.classes):
                # Who asks only for pools that changed must be told of this one.
                book.version += 1
                pool.version = book.version
            self.found[pool.name] = after
            waiting.append((now + EVERY_SECONDS, pool))


def sampled(book: Book, pool: Pool, now: float) -> Leads:
    """A sample of the pool's active leases as of now."""
    width = pool.last - pool.first + 1
    step = -(-width // ADDRESSES_PER_POOL)
    classes = [0] * (len(EDGES) + 1)
    limited = 0
    for address in range(pool.first, pool.last + 1, step):
        lease = book.get(address)
        if lease is not None and lease.status is Status.ACTIVE:
            lead = max(lease.acked_pl, lease.recv_pl)
            limited += lead <= _renewal(lease, now)
            left = lead - now
            classes[sum(left >= edge for edge in EDGES)] += 1
    return Leads(now, sum(classes), limited, tuple(classes))


def _renewal(lease: Lease, now: float) -> float:
    """When the client renews next: half-way through what it was given (RFC 2131, T1), or soon if that has passed."""
    if lease.state_exp == FOREVER:
        return -1.0  # Never, and nothing limits it.
    return max(now, (lease.cltt + lease.state_exp) / 2)
