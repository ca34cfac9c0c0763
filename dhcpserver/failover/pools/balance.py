"""Moving free addresses between the two shares (draft-12 section 5.4; R-104 to R-118, R-163, R-198 to R-202).

The main gives the backup its percentage of the available addresses. It takes addresses back if the backup has too many
or the main has none. A difference within the threshold is ignored. A move is a binding update. Giving takes effect at
the main at once, taking only after the backup has agreed, so an address never belongs to both.

A foreign partner balances to equal halves and gives away by itself what it has too much of. It is asked for addresses;
they are not taken from it.

No step checks many more addresses than it moves, and a step moves a bounded number. So a pool of any size is moved over
as many turns as it takes, while clients are served in between. Moves wait while many updates are queued, so that
updates about clients are never delayed for long.
"""

from dataclasses import dataclass

from dhcpserver.contract.messages import ADDRESSES_MOVED
from dhcpserver.failover.bindings.outgoing import OutgoingUpdates
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.pools.hashing import belongs_to_main
from dhcpserver.failover.pools.shares import addresses_to_give, addresses_to_move, allocation_boundary
from dhcpserver.failover.settings import PairSettings
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease, Status
from dhcpserver.leases.pool import Pool

QUEUE_LIMIT = 1000
"""Number of waiting updates from which no more moves are added."""
LOOKAHEAD = 4
"""With load balancing, how many addresses are checked for each that is moved, to find one whose client fits."""


@dataclass(slots=True)
class PoolMove:
    """The addresses left to move in a pool.

    Attributes:
        left: how many are to be given to the partner; negative: taken from the backup.
        cursor: the address where taking continues.
        version: of the pool when the move was planned.
    """

    pool: Pool
    left: int
    cursor: int = 0
    version: int = 0


class Balancer:
    """Moves addresses between the two shares."""

    def __init__(self, settings: PairSettings, book: Book, updates: OutgoingUpdates, outbox: Outbox) -> None:
        self._settings = settings
        self._book = book
        self._updates = updates
        self._outbox = outbox
        self._moves: dict[str, PoolMove] = {}
        self._foreign = False

    def open(self, foreign: bool) -> None:
        """Handle a new connection. `foreign`: whether the partner uses draft-12 without Pairwatch's extensions."""
        self._foreign = foreign

    def stop(self) -> None:
        """Forget the moves that are left."""
        self._moves.clear()

    @property
    def foreign(self) -> bool:
        """Whether the partner balances by itself."""
        return self._foreign

    @property
    def busy(self) -> bool:
        """Whether moves are left and the queue of updates has room for them."""
        return bool(self._moves) and self._updates.pending < QUEUE_LIMIT

    def share_pct(self, pool: Pool) -> int:
        """Return the backup's percentage of a pool with this partner."""
        return 50 if self._foreign else self._settings.share_pct(pool)

    def check(self, pool: Pool, delta_pct: int | None = None) -> int:
        """Plan the moves of one pool; return how many addresses will be given, negative: taken.

        With a foreign partner, a negative number is how many addresses it should be asked for; nothing is planned.
        `delta_pct` replaces the configured threshold.
        """
        if pool.name in self._moves:
            return 0
        available, backup = pool.free.count, pool.backup.count
        if not pool.balanced or not self._settings.main or self._settings.pool(pool).deactivated:
            return 0
        share = self.share_pct(pool)
        threshold = self._settings.rebalancing_delta_pct if delta_pct is None else delta_pct
        count = addresses_to_move(available, backup, share, threshold)
        if count < 0 and self._foreign:
            return count
        if count < 0 and self._updates.taking:
            return 0
        if count:
            self._begin(pool, count, (available + backup) * share // 100)
        return count

    def give_excess(self) -> int:
        """Plan, as the backup of a foreign main that asked, to give back the addresses above half; return how many."""
        total = 0
        for pool in self._book.pools.values():
            if not pool.balanced:
                continue
            excess = (pool.backup.count - pool.free.count) // 2
            if excess > 0 and pool.name not in self._moves:
                self._begin(pool, excess, pool.backup.count - excess)
                total += excess
        return total

    def _begin(self, pool: Pool, count: int, wanted: int) -> None:
        self._moves[pool.name] = PoolMove(pool, count, pool.first, pool.version)
        self._outbox.log(
            ADDRESSES_MOVED,
            scope=pool.name,
            available=pool.free.count,
            other=pool.backup.count,
            wanted=wanted,
            moved=count,
        )

    def step(self, now: float, budget: int) -> list[Pool]:
        """Move at most `budget` addresses. Return the pools whose moves have ended and that changed meanwhile.

        While a move was pending, `check` planned nothing for its pool: such a pool must be checked again.
        """
        ended: list[Pool] = []
        while budget > 0 and self.busy:
            move = next(iter(self._moves.values()))
            count = min(abs(move.left), budget)
            if not self._settings.main:
                moved = self._give_back(move, count, now)
            elif move.left > 0:
                moved = self._give(move, count, now)
            else:
                moved = self._take(move, count)
            budget -= max(moved, 1)
            move.left -= moved if move.left > 0 else -moved
            if moved < count or not move.left:
                del self._moves[move.pool.name]
                if move.pool.version != move.version:
                    ended.append(move.pool)
        return ended

    def _give(self, move: PoolMove, count: int, now: float) -> int:
        pool = move.pool
        boundary = allocation_boundary(pool, self._settings.pool(pool).boundary)
        if self._settings.load_balancing:
            found = addresses_to_give(pool, boundary, count * LOOKAHEAD)
            found.sort(key=lambda address: not self._last_client_belongs(address, to_main=False))
            found = found[:count]
        else:
            found = addresses_to_give(pool, boundary, count)
        for address in found:
            self._move(address, Status.BACKUP, now)
        return len(found)

    def _give_back(self, move: PoolMove, count: int, now: float) -> int:
        for moved in range(count):
            address = move.pool.backup.highest()
            if address is None:
                return moved
            self._move(address, Status.FREE, now)
        return count

    def _move(self, address: int, status: Status, now: float) -> None:
        lease = self._book.record(address)
        assert lease is not None, "a free set holds only addresses of its pool"
        self._book.set_status(lease, status, int(now))
        self._updates.add(lease)

    def _take(self, move: PoolMove, count: int) -> int:
        pool = move.pool
        chosen: list[Lease] = []
        later: list[Lease] = []
        address = pool.backup.lowest_from(move.cursor)
        seen = 0
        while address is not None and len(chosen) < count and seen < count * LOOKAHEAD:
            seen += 1
            lease = self._book.get(address)
            assert lease is not None, "an address in BACKUP has a record"
            if not lease.needs_update:
                fits = not self._settings.load_balancing or self._last_client_belongs(address, to_main=True)
                (chosen if fits else later).append(lease)
            address = pool.backup.lowest_from(address + 1)
        chosen += later[: count - len(chosen)]
        for lease in chosen:
            self._updates.take_back(lease)
        if address is not None:
            move.cursor = address
        return len(chosen)

    def _last_client_belongs(self, address: int, to_main: bool) -> bool:
        lease = self._book.get(address)
        return lease is not None and lease.key is not None and belongs_to_main(lease.key) is to_main
