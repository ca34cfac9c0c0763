"""The rules for leases under failover: whose address it is, how long a lease may be, what ends when.

The endpoint tells this object its state; what a packet asks is then answered from a few fields.

    NORMAL, COMMUNICATIONS-INTERRUPTED,    own share alone; leases limited by the lead time; what expires or is
    RESOLUTION-INTERRUPTED, CONFLICT-DONE  released waits for the partner's agreement
    RECOVER-DONE                           known clients alone, limited
    PARTNER-DOWN                           own share, then the partner's once that is safe; no limit; what expires
                                           is free when the partner's last possible promise has run out
    all others                             nothing is given; leases rest as they are

In NORMAL both servers see a lease end. The main acts; the backup acts only when the main did not for a while, so that
there is one update about it and not two that cross.
"""

from dhcpserver.failover.leadtime import granted_seconds, others_usable_at, potential, usable_at
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import State
from dhcpserver.failover.updates import Updates, free
from dhcpserver.leases.addressset import AddressSet
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import FOREVER, PENDING, Lease, Status
from dhcpserver.leases.pool import Pool

ALLOCATES = frozenset(
    (
        State.NORMAL,
        State.COMMUNICATIONS_INTERRUPTED,
        State.PARTNER_DOWN,
        State.RESOLUTION_INTERRUPTED,
        State.CONFLICT_DONE,
    )
)
SERVES = ALLOCATES | {State.RECOVER_DONE}
MINIMUM_GRACE = 5
"""Seconds that a lease outlives its end at least: the other server's clock may be that much behind."""
BACKUP_DELAY = 60
"""Seconds for which the backup leaves the end of a lease to the main."""
REST = 30
"""Seconds until a lease that ended in a state that ends none is looked at again."""


class Leasing:
    """See the module.

    Attributes:
        touched: pools whose balance may have changed since the endpoint last looked, in order, as the keys.
    """

    def __init__(self, settings: PairSettings, book: Book, updates: Updates) -> None:
        self._settings = settings
        self._book = book
        self._updates = updates
        self._main = settings.main
        self._own = Status.FREE if settings.main else Status.BACKUP
        self._mclt = settings.mclt
        self._grace = {pool.name: max(settings.grace(pool), MINIMUM_GRACE) for pool in book.pools.values()}
        self._state = State.STARTUP
        self._alone = False
        self._allocates = False
        self._down_time = 0.0
        self._down_entered = 0.0
        self._wait_mclt = settings.mclt
        self.touched: dict[Pool, None] = {}

    def enter(self, state: State, down_time: float, down_entered: float, mclt: int) -> None:
        """The endpoint's state. `mclt` is the largest under which leases were given that may still run."""
        self._state = state
        self._alone = state is State.PARTNER_DOWN
        self._allocates = state in ALLOCATES
        self._down_time = down_time
        self._down_entered = down_entered
        self._wait_mclt = self._updates.mclt = max(mclt, self._settings.mclt)

    def latest_promise(self, now: int) -> int:
        """The latest time that either server told a client or the other of, infinite leases left aside."""
        latest = now
        for lease in self._book.leases.values():
            for time in (lease.state_exp, lease.sent_pl, lease.acked_pl, lease.recv_pl):
                if latest < time < FOREVER:
                    latest = time
        return latest

    def sources(self, pool: Pool, now: float) -> tuple[AddressSet, ...]:
        """See Partnership."""
        if not self._allocates:
            return ()
        own, other = (pool.free, pool.backup) if self._main else (pool.backup, pool.free)
        if self._alone and self._others_usable(pool, now):
            return (own, other)
        return (own,)

    def _others_usable(self, pool: Pool, now: float) -> bool:
        if self._settings.pool(pool).dynamic_bootp:
            return False
        return now >= self.others_usable_at()

    def others_usable_at(self) -> float:
        """In PARTNER-DOWN, when the partner's share may be used."""
        return others_usable_at(self._down_entered, self._down_time, self._wait_mclt)

    def may_give(self, lease: Lease, key: bytes, now: float) -> bool:
        """See Partnership."""
        status = lease.status
        if status is Status.ACTIVE:
            return lease.key == key
        if status is Status.FREE or status is Status.BACKUP:
            return status is self._own or lease.reserved or (self._alone and self._others_usable(lease.pool, now))
        if status is Status.ABANDONED or status is Status.RESET:
            return False
        if lease.key == key:
            return lease.reserved or self._main or self._alone or lease.address not in self._updates.told
        return self._alone and now >= usable_at(lease, self._down_time, self._wait_mclt)

    def lease_seconds(self, lease: Lease | None, desired: int, now: float) -> int:
        """See Partnership."""
        if self._alone:
            return desired
        if lease is None:
            return min(desired, self._mclt)
        return granted_seconds(desired, lease.acked_pl, lease.recv_pl, now, self._mclt)

    def granted(self, lease: Lease, desired: int, now: float) -> None:
        """See Partnership. In PARTNER-DOWN nothing is promised to a partner until an update really leaves."""
        end = lease.state_exp
        if end > FOREVER:
            end = lease.state_exp = FOREVER
        if not self._alone:
            announced = potential(now, desired)
            if announced > lease.sent_pl:
                lease.sent_pl = announced
        self._book.changed[lease.address] = lease
        if end != FOREVER:
            over = end + self._grace[lease.pool.name]
            if not 0 < lease.due <= over:
                self._book.schedule(lease, over)
        self._updates.add(lease)
        self.touched[lease.pool] = None

    def changed(self, lease: Lease, now: float) -> None:
        """See Partnership."""
        self._updates.told.discard(lease.address)
        self._updates.add(lease)
        self._book.touch(lease)
        self.touched[lease.pool] = None
        if self._alone and lease.status in PENDING:
            self.due(lease, now)

    def due(self, lease: Lease, now: float) -> None:
        """See Partnership."""
        status = lease.status
        if status is Status.ACTIVE:
            self._ended(lease, now)
        elif status in PENDING and not self._allocates:
            self._book.schedule(lease, int(now) + REST)
        elif status in PENDING and (self._alone or not lease.needs_update):
            # The partner agreed, but had lost its record; or there is none to agree.
            when = usable_at(lease, self._down_time if self._alone else 0, self._wait_mclt)
            if now >= when:
                free(self._book, lease, int(now))
                self._updates.told.discard(lease.address)
                self._updates.add(lease)
            elif when < FOREVER:
                self._book.schedule(lease, int(when) + 1)
            elif self._down_time > FOREVER:
                self._book.schedule(lease, int(now) + REST)  # The partner is about to be back; see then.

    def _ended(self, lease: Lease, now: float) -> None:
        if lease.state_exp == FOREVER:
            return
        when = lease.state_exp + self._grace[lease.pool.name]
        if self._state is State.NORMAL and not self._main:
            when += BACKUP_DELAY
        elif not self._allocates:
            when = max(when, int(now) + REST)
        if now < when:
            self._book.schedule(lease, when)
            return
        self._book.set_status(lease, Status.EXPIRED, lease.state_exp)
        self._updates.told.discard(lease.address)
        self._updates.add(lease)
        if self._alone:
            self.due(lease, now)

    def schedule(self, lease: Lease) -> None:
        """Wait for the end of what the partner told of: a lease, or an address that is unavailable for a time.

        The latter is the partner's to end, and ours when it did not.
        """
        if lease.status is Status.ACTIVE and lease.state_exp != FOREVER:
            self._book.schedule(lease, lease.state_exp + self._grace[lease.pool.name])
        elif lease.status is Status.ABANDONED and 0 < lease.state_exp < FOREVER:
            self._book.schedule(lease, lease.state_exp + BACKUP_DELAY)
