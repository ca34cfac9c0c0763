"""The rules for leases under failover: which addresses this server may give, how long a lease may be, what ends when.

The state machine passes its state to this object, so that a question about a lease needs only a few fields.

    NORMAL, COMMUNICATIONS-INTERRUPTED,    own share alone; leases limited by the lead time; expired and released
    RESOLUTION-INTERRUPTED, CONFLICT-DONE  leases wait for the partner's agreement
    RECOVER-DONE                           known clients alone, limited by the lead time
    PARTNER-DOWN                           own share, then the partner's share when that is safe; no limit; an expired
                                           lease is free when the partner's last possible promise has ended
    all others                             no address is given; leases stay as they are

After a recovery that was not completed, because an operator set the partner down or there was a conflict, known clients
alone get addresses in every state until its MCLT is over.

In NORMAL both servers see the end of a lease. The main expires it. The backup does so only if the main did not for a
while, so that there is one update about it and not two that cross.
"""

from dhcpserver.failover.bindings.freeing import free_lease
from dhcpserver.failover.bindings.leadtime import (
    granted_seconds,
    partner_pool_usable_at,
    potential_expiration,
    usable_at,
)
from dhcpserver.failover.bindings.outgoing import OutgoingUpdates
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import State
from dhcpserver.leases.book import Book
from dhcpserver.leases.freeset import FreeSet
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
"""States in which this server gives addresses to new clients."""
MINIMUM_GRACE = 6
"""Seconds between the end of a lease and its expiry at least.

The partner's clock may be five seconds behind, and the end is stored in whole seconds.
"""
BACKUP_DELAY = 60
"""Seconds that the backup waits for the main to expire a lease."""
RECHECK_SECONDS = 30
"""Until a lease is checked again that ended in a state which expires none."""


class LeaseRules:
    """The rules, for the endpoint's present state."""

    def __init__(self, settings: PairSettings, book: Book, updates: OutgoingUpdates) -> None:
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
        self._own_usable_at = 0.0
        self._wait_mclt = settings.mclt
        self._exchanged = False
        self._touched: dict[Pool, None] = {}

    def enter(
        self,
        state: State,
        down_time: float,
        down_entered: float,
        mclt: int,
        *,
        time_of_failure: float = 0.0,
        exchanged: bool = False,
    ) -> None:
        """Use the rules of a state.

        `down_time`, `down_entered`: in PARTNER-DOWN, the time from which MCLT counts, and when it was entered.
        `mclt`: the largest MCLT of leases that may still be active, in seconds. `time_of_failure`: of a recovery that
        was not completed, 0 for none. What this server promised before and has no record of ends MCLT later.
        `exchanged`: whether this server had the other role before. The free addresses of a main were the partner's,
        which may have given them without this server's knowledge; the infinite leases of a dynamic BOOTP scope do not
        end with MCLT. Those of a backup are what it gave away as the main. Where the partner, now the main, has not
        acknowledged that, they are the partner's own.
        """
        self._state = state
        self._alone = state is State.PARTNER_DOWN
        self._allocates = state in ALLOCATES
        self._down_time = down_time
        self._down_entered = down_entered
        self._wait_mclt = max(mclt, self._settings.mclt)
        self._own_usable_at = time_of_failure + self._wait_mclt if time_of_failure else 0.0
        self._exchanged = exchanged
        self._updates.use_mclt(self._wait_mclt)

    def touch(self, pool: Pool) -> None:
        """Note that the balance of a pool may have changed."""
        self._touched[pool] = None

    def take_touched(self) -> tuple[Pool, ...]:
        """Return the pools whose balance may have changed since the last call, in order."""
        if not self._touched:
            return ()
        pools = tuple(self._touched)
        self._touched.clear()
        return pools

    def latest_promise(self, now: int) -> int:
        """Return the latest time that either server sent to a client or to its partner, without infinite leases."""
        latest = now
        for lease in self._book.leases.values():
            for time in (lease.state_exp, lease.sent_pl, lease.acked_pl, lease.recv_pl):
                if latest < time < FOREVER:
                    latest = time
        return latest

    def sources(self, pool: Pool, now: float) -> tuple[FreeSet, ...]:
        """See Partnership."""
        if not self._allocates or now < self._own_usable_at or self._infinite_leases_unknown(pool):
            return ()
        own, other = (pool.free, pool.backup) if self._main else (pool.backup, pool.free)
        if self._alone and self._partner_pool_usable(pool, now):
            return (own, other)
        return () if self._share_unconfirmed else (own,)

    @property
    def _share_unconfirmed(self) -> bool:
        return self._exchanged and not self._main

    def _infinite_leases_unknown(self, pool: Pool) -> bool:
        return self._exchanged and self._main and self._settings.pool(pool).dynamic_bootp

    def _partner_pool_usable(self, pool: Pool, now: float) -> bool:
        if not pool.balanced:
            return False  # The partner's parity is never used (RFC 8156 section 4.2.2.2).
        if self._settings.pool(pool).dynamic_bootp:
            return False
        return now >= self.partner_pool_usable_at()

    def partner_pool_usable_at(self) -> float:
        """Return when the partner's share may be used in PARTNER-DOWN, Unix seconds."""
        usable = partner_pool_usable_at(self._down_entered, self._down_time, self._wait_mclt)
        return max(usable, self._own_usable_at)

    def may_give(self, lease: Lease, key: bytes, now: float) -> bool:
        """See Partnership."""
        status = lease.status
        if status is Status.ACTIVE:
            return lease.key == key
        if lease.held > now:
            return False
        if now < self._own_usable_at and not lease.reserved:
            return status in PENDING and lease.key == key
        if status is Status.FREE or status is Status.BACKUP:
            if lease.pool.for_both(lease.address):
                return True
            if status is self._own and not (self._share_unconfirmed or self._infinite_leases_unknown(lease.pool)):
                return True
            return lease.reserved or (self._alone and self._partner_pool_usable(lease.pool, now))
        if status is Status.ABANDONED or status is Status.RESET:
            return False
        if lease.key == key:
            # The partner may have freed it. It is then this server's again, or the partner has given it away.
            own = lease.pool.at_rest(lease.address) is self._own
            return own or lease.reserved or self._alone or not self._updates.end_sent(lease)
        return self._alone and now >= usable_at(lease, self._down_time, self._wait_mclt)

    def lease_seconds(self, lease: Lease | None, desired: int, now: float) -> int:
        """See Partnership."""
        if self._alone:
            return desired
        if lease is None:
            return min(desired, self._mclt)
        return granted_seconds(desired, lease.acked_pl, lease.recv_pl, now, self._mclt)

    def granted(self, lease: Lease, desired: int, now: float) -> None:
        """See Partnership. In PARTNER-DOWN no potential expiration is recorded until an update is really sent."""
        end = lease.state_exp
        if end > FOREVER:
            end = lease.state_exp = FOREVER
        if not self._alone:
            announced = potential_expiration(now, desired)
            if announced > lease.sent_pl:
                lease.sent_pl = announced
        self._book.changed[lease.address] = lease
        if end != FOREVER:
            over = end + self._grace[lease.pool.name]
            if not 0 < lease.due <= over:
                self._book.schedule(lease, over)
        self._updates.add(lease)
        self._touched[lease.pool] = None

    def changed(self, lease: Lease, now: float) -> None:
        """See Partnership."""
        self._updates.add_new_state(lease)
        self._book.touch(lease)
        self._touched[lease.pool] = None
        if self._alone and lease.status in PENDING:
            self.due(lease, now)

    def due(self, lease: Lease, now: float) -> None:
        """See Partnership."""
        status = lease.status
        if status is Status.ACTIVE:
            self._ended(lease, now)
        elif status is Status.FREE or status is Status.BACKUP:
            self._book.end_hold(lease, now)
            self._touched[lease.pool] = None
        elif status in PENDING and not self._allocates:
            self._book.schedule(lease, int(now) + RECHECK_SECONDS)
        elif status in PENDING and (self._alone or not lease.needs_update):
            # The partner agreed, but has lost its record since; or the partner is down, so it cannot agree.
            when = usable_at(lease, self._down_time if self._alone else 0, self._wait_mclt)
            if now >= when:
                free_lease(self._book, lease, int(now))
                self._updates.add_new_state(lease)
            elif when < FOREVER:
                self._book.schedule(lease, int(when) + 1)
            elif self._down_time > FOREVER:
                self._book.schedule(
                    lease, int(now) + RECHECK_SECONDS
                )  # The partner is about to rejoin; check again then.

    def _ended(self, lease: Lease, now: float) -> None:
        if lease.state_exp == FOREVER:
            return
        when = lease.state_exp + self._grace[lease.pool.name]
        if self._state is State.NORMAL and not self._main:
            when += BACKUP_DELAY
        elif not self._allocates:
            when = max(when, int(now) + RECHECK_SECONDS)
        if now < when:
            self._book.schedule(lease, when)
            return
        self._book.set_status(lease, Status.EXPIRED, lease.state_exp)
        self._updates.add_new_state(lease)
        if self._alone:
            self.due(lease, now)

    def schedule(self, lease: Lease) -> None:
        """Schedule the end of a binding that the partner sent: a lease, or an address unavailable for a time.

        The partner ends the second kind. This server does if the partner did not.
        """
        if lease.status is Status.ACTIVE and lease.state_exp != FOREVER:
            self._book.schedule(lease, lease.state_exp + self._grace[lease.pool.name])
        elif lease.status is Status.ABANDONED and 0 < lease.state_exp < FOREVER:
            self._book.schedule(lease, lease.state_exp + BACKUP_DELAY)
