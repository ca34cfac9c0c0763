"""How free addresses are shared out (draft-12 section 5.4; R-104 to R-118, R-163, R-198 to R-202).

At first everything is FREE, the main's. The main gives the backup its percentage of what is available and takes back
when the backup has too much or the main nothing; a difference within the threshold is left alone. A move is a binding
update. Giving takes effect at the main at once, taking only when the backup agrees, so that no address is ever both's.

A foreign partner aims at equal halves and gives away by itself what it has too much of; it is asked, not taken from.

No step looks at more addresses than it moves, and a step moves a bounded number: a pool of any size is worked off over
as many turns as it takes, while clients are served in between. Moves wait while many updates are queued, so that news
of clients never stands behind them for long.
"""

from dataclasses import dataclass

from dhcpserver.failover.hashing import is_mains
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.updates import Updates
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease, Status
from dhcpserver.leases.pool import Pool

QUEUE_LIMIT = 1000
"""Waiting updates above which no more moves are added."""
LOOKAHEAD = 4
"""With load balancing, how many candidates are looked at for one that is moved, for one whose client fits better."""


def plan(available: int, backup: int, share_pct: int, delta_pct: int) -> int:
    """How many addresses to give to the backup; negative: to take from it.

    `available` are the main's, `backup` the backup's; the share and the threshold are percentages of both together.
    """
    together = available + backup
    wanted = together * share_pct // 100
    threshold = max(together * delta_pct // 100, 1)
    if backup < wanted - threshold or (not backup and wanted):
        return wanted - backup
    if backup > wanted + threshold or (not available and backup):
        return min(wanted - backup, 0)
    return 0


def boundary(pool: Pool, configured: int) -> int:
    """Addresses below it go to the backup first; halfway between the first and the last unless configured."""
    if configured:
        return configured
    if not pool.ranges:
        return pool.first
    return (pool.ranges[0][0] + pool.ranges[-1][1] + 1) // 2


def candidates(pool: Pool, below: int, count: int) -> list[int]:
    """Free addresses in the order in which the backup gets them: down from the boundary, then up from it (R-200)."""
    found: list[int] = []
    address = pool.free.highest_below(below)
    while address is not None and len(found) < count:
        found.append(address)
        address = pool.free.highest_below(address)
    if len(found) < count:
        address = pool.free.lowest_from(below)
        while address is not None and len(found) < count:
            found.append(address)
            address = pool.free.lowest_from(address + 1)
    return found


@dataclass(slots=True)
class Job:
    """What is left to move in a pool; negative to take. `cursor` is where taking goes on."""

    pool: Pool
    left: int
    cursor: int = 0


class Balancer:
    """Moves addresses between the two shares.

    Attributes:
        foreign: whether the partner balances by itself and is never taken from.
        wanting: whether a foreign partner should be asked for addresses.
    """

    def __init__(self, settings: PairSettings, book: Book, updates: Updates, outbox: Outbox) -> None:
        self._settings = settings
        self._book = book
        self._updates = updates
        self._outbox = outbox
        self._jobs: dict[str, Job] = {}
        self.foreign = False
        self.wanting = False

    @property
    def busy(self) -> bool:
        """Whether moves are left to do and there is room for them."""
        return bool(self._jobs) and self._updates.pending < QUEUE_LIMIT

    def share_pct(self, pool: Pool) -> int:
        """The backup's share of a scope with this partner."""
        return 50 if self.foreign else self._settings.share_pct(pool)

    def check_all(self) -> int:
        """Plan every pool; how many addresses will be given."""
        return sum(max(self.check(pool), 0) for pool in self._book.pools.values())

    def make_exact(self) -> int:
        """Plan every pool without the threshold; how many addresses will move, one way or the other."""
        return sum(abs(self.check(pool, delta_pct=0)) for pool in self._book.pools.values())

    def check(self, pool: Pool, delta_pct: int | None = None) -> int:
        """Plan one pool; how many addresses will be given, negative: taken. `delta_pct` instead of the threshold."""
        if pool.name in self._jobs:
            return 0
        available, backup = len(pool.free), len(pool.backup)
        if not self._settings.main or self._settings.pool(pool).deactivated:
            return 0
        share = self.share_pct(pool)
        threshold = self._settings.rebalancing_delta_pct if delta_pct is None else delta_pct
        count = plan(available, backup, share, threshold)
        if count < 0 and self.foreign:
            self.wanting = True
            return 0
        if count < 0 and self._updates.taking:
            return 0
        if count:
            self._begin(pool, count, (available + backup) * share // 100)
        return count

    def push(self) -> int:
        """As the backup of a foreign main that asked: give back what exceeds half. How many addresses."""
        total = 0
        for pool in self._book.pools.values():
            excess = (len(pool.backup) - len(pool.free)) // 2
            if excess > 0 and pool.name not in self._jobs:
                self._begin(pool, excess, len(pool.backup) - excess)
                total += excess
        return total

    def _begin(self, pool: Pool, count: int, wanted: int) -> None:
        self._jobs[pool.name] = Job(pool, count, pool.first)
        self._outbox.log(
            18111,
            "Info",
            f"Pool request: scope {pool.name} available {len(pool.free)} other-available {len(pool.backup)} "
            f"wanted {wanted} moved {count}.",
        )

    def stop(self) -> None:
        """Forget what is left to do."""
        self._jobs.clear()
        self.wanting = False

    def step(self, now: float, budget: int) -> None:
        """Move at most `budget` addresses."""
        while budget > 0 and self.busy:
            job = next(iter(self._jobs.values()))
            count = min(abs(job.left), budget)
            if not self._settings.main:
                moved = self._push_some(job, count, now)
            elif job.left > 0:
                moved = self._give(job, count, now)
            else:
                moved = self._take(job, count)
            budget -= max(moved, 1)
            job.left -= moved if job.left > 0 else -moved
            if moved < count or not job.left:
                del self._jobs[job.pool.name]

    def _give(self, job: Job, count: int, now: float) -> int:
        pool = job.pool
        below = boundary(pool, self._settings.pool(pool).boundary)
        if self._settings.load_balancing:
            found = candidates(pool, below, count * LOOKAHEAD)
            found.sort(key=lambda address: not self._belongs(address, mains=False))
            found = found[:count]
        else:
            found = candidates(pool, below, count)
        for address in found:
            self._move(address, Status.BACKUP, now)
        return len(found)

    def _push_some(self, job: Job, count: int, now: float) -> int:
        for moved in range(count):
            address = job.pool.backup.highest()
            if address is None:
                return moved
            self._move(address, Status.FREE, now)
        return count

    def _move(self, address: int, status: Status, now: float) -> None:
        lease = self._book.record(address)
        assert lease is not None, "a free set holds addresses of its pool alone"
        self._book.set_status(lease, status, int(now))
        self._updates.add(lease)

    def _take(self, job: Job, count: int) -> int:
        pool = job.pool
        chosen: list[Lease] = []
        later: list[Lease] = []
        address = pool.backup.lowest_from(job.cursor)
        seen = 0
        while address is not None and len(chosen) < count and seen < count * LOOKAHEAD:
            seen += 1
            lease = self._book.get(address)
            assert lease is not None, "BACKUP is a recorded status"
            if not lease.needs_update:
                fits = not self._settings.load_balancing or self._belongs(address, mains=True)
                (chosen if fits else later).append(lease)
            address = pool.backup.lowest_from(address + 1)
        chosen += later[: count - len(chosen)]
        for lease in chosen:
            self._updates.take_back(lease)
        if address is not None:
            job.cursor = address
        return len(chosen)

    def _belongs(self, address: int, mains: bool) -> bool:
        lease = self._book.get(address)
        return lease is not None and lease.key is not None and is_mains(lease.key) is mains
