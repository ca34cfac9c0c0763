"""The lead that the leases of a pool have left, and how many would get at most MCLT at their next renewal.

The lead of a lease is how far its greatest potential expiration lies ahead: max(acknowledged, received) - now. With
communications every update extends it. Without communications it runs out, and then renewals shrink to MCLT.

Looking at every lease would delay packets. So each pool is sampled at evenly spread addresses, once a minute at most,
and one call looks up a limited number of addresses for all pools together.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import FOREVER, Lease, Status
from dhcpserver.leases.pool import Pool
from dhcpserver.service.renewal import renewal_times

EDGES = (0, 900, 3600, 14_400, 86_400)
"""Lower ends in seconds of the lead classes after the first; the first class has no lead left."""
ADDRESSES_PER_POOL = 512
ADDRESSES_PER_CALL = 512
"""About half a millisecond, which is the longest that a packet waits for it."""
INTERVAL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class LeadSample:
    """A sample of one pool.

    Attributes:
        at: when it was taken, Unix seconds.
        sampled: number of active leases in the sample.
        limited: how many of them would get at most MCLT at their next renewal.
        classes: how many have no lead, and how many a lead from each of EDGES on.
    """

    at: float
    sampled: int
    limited: int
    classes: tuple[int, ...]


class LeadSampler:
    """Takes the samples. `samples` has the latest one of each pool by name."""

    def __init__(self, pools: Iterable[Pool], jitter: Mapping[str, int] | None = None) -> None:
        """`jitter` is the `renewal-jitter` by pool, in percent; 0 for pools without one."""
        self._jitter = jitter or {}
        self._queue = deque((0.0, pool) for pool in pools)
        self.samples: dict[str, LeadSample] = {}

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        self._queue = deque((due + step, pool) for due, pool in self._queue)

    def sample_due_pools(self, book: Book, now: float) -> None:
        """Sample the pools that are due, up to the limit of one call. Call it about once a second."""
        budget = ADDRESSES_PER_CALL
        queue = self._queue
        while queue and queue[0][0] <= now and budget > 0:
            _, pool = queue.popleft()
            budget -= ADDRESSES_PER_POOL
            before, after = self.samples.get(pool.name), sample_pool(book, pool, now, self._jitter.get(pool.name, 0))
            if before is None or (before.limited, before.classes) != (after.limited, after.classes):
                # The sample is part of what the API shows of the pool, so this is a change of the pool.
                book.version += 1
                pool.version = book.version
            self.samples[pool.name] = after
            queue.append((now + INTERVAL_SECONDS, pool))


def sample_pool(book: Book, pool: Pool, now: float, jitter: int = 0) -> LeadSample:
    """Return a sample of the pool's active leases; `jitter` is the `renewal-jitter` of the pool, in percent."""
    width = pool.last - pool.first + 1
    step = -(-width // ADDRESSES_PER_POOL)
    classes = [0] * (len(EDGES) + 1)
    limited = 0
    for address in range(pool.first, pool.last + 1, step):
        lease = book.get(address)
        if lease is not None and lease.status is Status.ACTIVE:
            lead = max(lease.acked_pl, lease.recv_pl)
            limited += lead <= _next_renewal(lease, now, jitter)
            left = lead - now
            classes[sum(left >= edge for edge in EDGES)] += 1
    return LeadSample(now, sum(classes), limited, tuple(classes))


def _next_renewal(lease: Lease, now: float, jitter: int) -> float:
    """Return when the client renews next: T1 of the lease (`renewal`), or now if T1 has passed.

    -1 for an infinite lease, which is never renewed and never limited.
    """
    if lease.state_exp == FOREVER:
        return -1.0
    t1, _ = renewal_times(max(lease.state_exp - lease.cltt, 0), jitter, lease.key or b"")
    return max(now, lease.cltt + t1)
