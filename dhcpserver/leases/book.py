"""The lease book: every lease of the server, of both families, by address and by client, and what a turn has changed.

The book makes no decisions. It maintains four indexes while others change leases through it: the record of an address,
the records of a client, the free sets of each pool, and the calendar of ends. An address without a record was
never used and has the status that its pool gives it; so a pool of a million addresses starts at once and takes 125 kB.
An address is a key of `dhcpserver.leases.keys`: of an IPv4 address, an IPv6 address or a prefix.

Changes are collected in `changed` until `take_changes` returns them for the store, so that one turn is one commit.
"""

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from dhcpserver.leases.holders import Holders
from dhcpserver.leases.keys import LAST_IPV4
from dhcpserver.leases.lease import NO_NAMES, PENDING, Lease, Status, client_key
from dhcpserver.leases.pool import Pool

_FREE = (Status.FREE, Status.BACKUP)


class Offer:
    """An address offered to a client that has not requested it yet. In memory only; never sent to the partner."""

    __slots__ = ("address", "counted", "key", "pool", "until")

    def __init__(self, address: int, pool: Pool, key: bytes, until: float, counted: bool) -> None:
        self.address = address
        self.pool = pool
        self.key = key
        self.until = until
        self.counted = counted


class Book:
    """All leases of one server.

    Attributes:
        pools: by the name of the scope or prefix.
        changed: leases changed since the last `take_changes`, by address, in order of first change.
        version: grows with every change.
        former: addresses with a stored lease that no pool manages any more: its client, and its end, 0 if it is over.
        last_number, last_acknowledged, last_received: the greatest `Lease.number`, that of an acknowledged lease, and
            the greatest `Lease.received` of the stored leases at the start.
    """

    def __init__(self, pools: Iterable[Pool]) -> None:
        self.pools = {pool.name: pool for pool in pools}
        self.leases: dict[int, Lease] = {}
        self.changed: dict[int, Lease] = {}
        self.version = 0
        self.last_number = self.last_acknowledged = self.last_received = 0
        self.former: dict[int, tuple[bytes | None, int]] = {}
        self._clients: dict[bytes, Lease] = {}
        self._offers: dict[int, Offer] = {}
        self._offer_of: dict[bytes, Offer] = {}
        self._offers_of_pool: dict[str, dict[int, Offer]] = {name: {} for name in self.pools}
        self._offer_ends: list[tuple[float, int, Offer]] = []
        self._offers_made = 0
        self._calendar: list[tuple[int, int]] = []
        self._by_first = sorted((pool for pool in self.pools.values() if pool.total), key=lambda pool: pool.first)
        self._firsts = [pool.first for pool in self._by_first]
        self._holders: Holders | None = None

    # Lookup

    def get(self, address: int) -> Lease | None:
        """Return the record of an address; None without one (never used, or not managed here)."""
        return self.leases.get(address)

    def pool_of(self, address: int) -> Pool | None:
        """Return the pool that manages the address, or None. Pools do not overlap (checked in the configuration)."""
        lease = self.leases.get(address)
        if lease is not None:
            return lease.pool
        index = bisect_right(self._firsts, address) - 1
        if index >= 0 and address in self._by_first[index]:
            return self._by_first[index]
        return None

    def record(self, address: int) -> Lease | None:
        """Return the record of an address, created at rest if there was none; None if no pool manages the address."""
        lease = self.leases.get(address)
        if lease is None:
            pool = self.pool_of(address)
            if pool is None:
                return None
            lease = self.leases[address] = _at_rest(address, pool)
            pool.counts[lease.status] += 1
            if address > LAST_IPV4:
                pool.note_record(address)
        return lease

    def unrecorded(self, address: int) -> Lease | None:
        """Return what the record of an address would be that has none, without creating it."""
        pool = self.pool_of(address)
        return None if pool is None else _at_rest(address, pool)

    def of_client(self, key: bytes) -> Iterator[Lease]:
        """Iterate over the leases of a client, including past ones until another client gets the address."""
        lease = self._clients.get(key)
        while lease is not None:
            following = lease.sibling
            yield lease
            lease = following

    def index_holders(self) -> None:
        """Start an index by which the leases of a hardware address and of a DUID are found, for lease queries."""
        self._holders = Holders(self.leases.values())

    @property
    def finds_holders(self) -> bool:
        """Whether `of_hardware` finds clients with an identifier too, and `of_duid` anything."""
        return self._holders is not None

    def of_hardware(self, hardware: bytes) -> Iterator[Lease]:
        """Iterate over the leases of a hardware address; those with an identifier only after `index_holders`."""
        yield from self.of_client(client_key(None, hardware))
        if self._holders is not None:
            yield from (self.leases[address] for address in self._holders.of_hardware(hardware))

    def of_duid(self, duid: bytes) -> Iterator[Lease]:
        """Iterate over the leases of a DUID, past ones too; none before `index_holders`."""
        if self._holders is not None:
            yield from (self.leases[address] for address in self._holders.of_duid(duid))

    # Changes

    def touch(self, lease: Lease) -> None:
        """Record that a field of the lease changed, so that it is stored with this turn."""
        self.version += 1
        lease.pool.version = self.version
        self.changed[lease.address] = lease

    def set_status(self, lease: Lease, status: Status, since: int) -> None:
        """Set the status and the start time of the state; move the address between the free sets."""
        pool = lease.pool
        old = lease.status
        address = lease.address
        if old is not status:
            pool.counts[old] -= 1
            pool.counts[status] += 1
            if old is Status.FREE:
                pool.free.discard(address)
            elif old is Status.BACKUP:
                pool.backup.discard(address)
            if pool.held:
                pool.held.discard(address)
            if status is Status.ABANDONED:
                pool.abandoned[address] = None
            elif pool.abandoned:
                pool.abandoned.pop(address, None)
            if old in PENDING and status not in PENDING:
                pool.pending.pop(address, None)
            lease.status = status
            offer = self._offers.get(address)
            if status in PENDING:
                pool.pending[address] = None
            elif offer is None:
                self._set_free(lease)
            if lease.held and status in _FREE:
                self.schedule(lease, lease.held)
            if offer is not None and status is not Status.FREE and status is not Status.BACKUP:
                self.withdraw(offer)  # The address was leased: to this client, or by the partner to another one.
        lease.sos = since
        self.touch(lease)

    def _set_free(self, lease: Lease) -> None:
        """Add the address to the free set of its status, unless it is reserved or held."""
        if lease.reserved:
            return
        if lease.held:
            if lease.status in _FREE:
                lease.pool.held.add(lease.address)
        elif lease.status is Status.FREE:
            lease.pool.free.add(lease.address)
        elif lease.status is Status.BACKUP:
            lease.pool.backup.add(lease.address)

    def hold(self, lease: Lease, until: int) -> None:
        """Give the address to no client before `until`, whatever its status is by then; see `end_hold`."""
        if until <= lease.held:
            return
        lease.held = until
        if lease.status in _FREE:
            pool = lease.pool
            offer = self._offers.get(lease.address)
            if offer is not None:
                self.withdraw(offer)
            pool.free.discard(lease.address)
            pool.backup.discard(lease.address)
            self._set_free(lease)
            self.schedule(lease, until)
        self.touch(lease)

    def end_hold(self, lease: Lease, now: float) -> None:
        """Handle that a free lease is due: end its hold, or schedule the end again."""
        if not lease.held:
            return
        if now < lease.held:
            self.schedule(lease, lease.held)
            return
        lease.held = 0
        lease.pool.held.discard(lease.address)
        if self._offers.get(lease.address) is None:
            self._set_free(lease)
        self.touch(lease)

    def set_client(self, lease: Lease, client_id: bytes | None, hardware: bytes, ia: bytes = b"") -> None:
        """Set the client of the lease; `client_id` None and `hardware` empty: no client."""
        holders = self._holders
        if holders is not None:
            holders.remove(lease)
        key = client_key(client_id, hardware, ia) if client_id or hardware else None
        if key != lease.key:
            self._unlink(lease)
            lease.names, lease.relay_info = NO_NAMES, None  # They are those of the former client.
            lease.reconfigurable = False
            if key is not None:
                lease.key = key
                lease.sibling = self._clients.get(key)
                self._clients[key] = lease
        lease.client_id = client_id
        lease.hardware = hardware
        lease.ia = ia
        if holders is not None:
            holders.add(lease)
        self.touch(lease)

    def _unlink(self, lease: Lease) -> None:
        key = lease.key
        if key is None:
            return
        head = self._clients[key]
        if head is lease:
            if lease.sibling is None:
                del self._clients[key]
            else:
                self._clients[key] = lease.sibling
        else:
            while head.sibling is not lease:
                assert head.sibling is not None
                head = head.sibling
            head.sibling = lease.sibling
        lease.sibling = None
        lease.key = None

    def take_changes(self) -> list[Lease]:
        """Return the leases that changed since the last call, for the store."""
        changes = list(self.changed.values())
        self.changed.clear()
        return changes

    def load(self, leases: Iterable[Lease]) -> None:
        """Add stored leases, each with its fields set. They do not count as changed.

        A pool must manage the address of each of them.
        """
        for lease in leases:
            pool = lease.pool
            address = lease.address
            self.leases[address] = lease
            if lease.number > self.last_number:
                self.last_number = lease.number
            if lease.acknowledged and lease.number > self.last_acknowledged:
                self.last_acknowledged = lease.number
            if lease.received > self.last_received:
                self.last_received = lease.received
            pool.counts[lease.status] += 1
            if not pool.free.discard(address) and not pool.balanced:
                pool.backup.discard(address)
            if address > LAST_IPV4:
                pool.note_record(address)
            lease.reserved = address in pool.reserved
            if lease.status in PENDING:
                pool.pending[address] = None
            else:
                self._set_free(lease)
            if lease.status is Status.ABANDONED:
                pool.abandoned[address] = None
            if lease.key is not None:
                lease.sibling = self._clients.get(lease.key)
                self._clients[lease.key] = lease
            if lease.due:
                self._calendar.append((lease.due, address))
        heapq.heapify(self._calendar)
        for pool in self.pools.values():
            pool.abandoned = dict.fromkeys(sorted(pool.abandoned, key=lambda address: self.leases[address].sos))

    # Offers

    def offer(self, address: int, pool: Pool, key: bytes, until: float) -> Offer:
        """Offer an address: no other client gets it before `until`. An older offer to the same client is withdrawn."""
        old = self._offer_of.get(key)
        if old is not None:
            self.withdraw(old)
        counted = pool.free.discard(address) or pool.backup.discard(address)
        offer = Offer(address, pool, key, until, counted)
        self._offers[address] = offer
        self._offer_of[key] = offer
        if counted:
            self._offers_of_pool[pool.name][address] = offer
        self._offers_made += 1
        heapq.heappush(self._offer_ends, (until, self._offers_made, offer))
        pool.offered += counted
        return offer

    def offered_to(self, key: bytes) -> Offer | None:
        """Return the open offer of a client, or None."""
        return self._offer_of.get(key)

    def offer_of(self, address: int) -> Offer | None:
        """Return the open offer of an address, or None."""
        return self._offers.get(address)

    def oldest_offer(self, pool: Pool) -> Offer | None:
        """Return the oldest open offer of a free address of the pool, or None."""
        return next(iter(self._offers_of_pool[pool.name].values()), None)

    def withdraw(self, offer: Offer) -> None:
        """End an offer; a FREE or BACKUP address returns to its free set."""
        if self._offers.get(offer.address) is not offer:
            return
        del self._offers[offer.address]
        if self._offer_of.get(offer.key) is offer:
            del self._offer_of[offer.key]
        if offer.counted:
            offer.pool.offered -= 1
            del self._offers_of_pool[offer.pool.name][offer.address]
        lease = self.leases.get(offer.address)
        if lease is not None:
            self._set_free(lease)
        elif offer.counted:
            offer.pool.free.add(offer.address)

    def expire_offers(self, now: float) -> None:
        """End the offers whose time has passed."""
        ends = self._offer_ends
        while ends and ends[0][0] <= now:
            offer = heapq.heappop(ends)[2]
            if self._offers.get(offer.address) is offer:
                offer.pool.untaken += 1
                self.withdraw(offer)

    def shift_offers(self, step: float) -> None:
        """Follow a step of the clock by `step` seconds: every offer ends after the same time as without it."""
        for offer in self._offers.values():
            offer.until += step
        # Equal additions keep the order, so the list is still a heap.
        self._offer_ends = [(until + step, number, offer) for until, number, offer in self._offer_ends]

    # The calendar

    def schedule(self, lease: Lease, when: int) -> None:
        """Make `due` return the lease at `when`, or earlier if an earlier time is set already."""
        if lease.due and lease.due <= when:
            return
        lease.due = when
        heapq.heappush(self._calendar, (when, lease.address))

    def next_due(self) -> float | None:
        """Return when `due` or `expire_offers` has work next. It can be too early, never too late. None: never."""
        times: Sequence[float] = [
            *([self._calendar[0][0]] if self._calendar else []),
            *([self._offer_ends[0][0]] if self._offer_ends else []),
        ]
        return min(times, default=None)

    def due(self, now: float, limit: int) -> list[Lease]:
        """Return at most `limit` leases whose time has come. A caller that is not done with one schedules it again."""
        found: list[Lease] = []
        calendar = self._calendar
        while calendar and calendar[0][0] <= now and len(found) < limit:
            when, address = heapq.heappop(calendar)
            lease = self.leases.get(address)
            if lease is not None and lease.due == when:
                lease.due = 0
                found.append(lease)
        return found


def _at_rest(address: int, pool: Pool) -> Lease:
    lease = Lease(address, pool)
    lease.reserved = address in pool.reserved
    lease.status = pool.at_rest(address)
    return lease


def operator_state(lease: Lease, main: bool, offered: bool = False) -> str:
    """Return the state of a lease in the words of the product's documentation, as the main or the backup sees it."""
    if offered:
        return "offered"
    if lease.status is Status.ACTIVE:
        return "leased"
    if lease.status is Status.ABANDONED or (lease.held and lease.status in _FREE):
        return "unavailable"
    if lease.status in PENDING:
        return "pending-available"
    return "available" if (lease.status is Status.FREE) == main else "other-available"
