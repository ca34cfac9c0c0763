"""The address that a client is offered (RFC 2131 section 4.3.1): its own, its last, the requested, or a new one.

A reservation comes first. A new address is found in one step in a pool of any size, without a search through leased
addresses: a free set returns its lowest address, or the next one after the last allocated address.

An offer is not a lease. When no address is free, an offer that its client did not request within OFFER_SECONDS yields
to the next client, the oldest first, so that messages of invented clients cannot hold a pool for the offer-timeout.
"""

from dhcpserver.failover.partnership import Partnership
from dhcpserver.leases.book import Book
from dhcpserver.leases.freeset import FreeSet
from dhcpserver.leases.keys import Kind
from dhcpserver.leases.lease import Status
from dhcpserver.service.plan import Network, PoolPlan
from dhcpserver.service.query import Query
from dhcpserver.service.reservations import Reservations
from dhcpserver.wire import options4

Candidate = tuple[PoolPlan, int]

OFFER_SECONDS = 1.0
"""A client requests an address within this time after the offer, unless it does not want it, or a message was lost."""


class Candidates:
    """Finds addresses for clients.

    Attributes:
        yielded: the pool of the last offer that yielded to another client; the caller reports and clears it.
    """

    __slots__ = ("_book", "_partnership", "_reservations", "yielded")

    def __init__(self, reservations: Reservations, book: Book, partnership: Partnership) -> None:
        self._reservations = reservations
        self._book = book
        self._partnership = partnership
        self.yielded: str | None = None

    def find(self, query: Query, network: Network, now: float) -> Candidate | None:
        """Return an address for the client on its network, or None when this server has none to give."""
        reserved = self._reservations.of(query, network)
        if reserved is not None and self._reservations.usable(reserved, query, now):
            return reserved.plan, reserved.address
        return (
            self._offered(query, network)
            or self._recorded(query, network, now)
            or self._supplied(query, network, now)
            or self._requested(query, network, now)
            or self._new(network, now)
            or self._yielded(network, now)
        )

    def bootp(self, query: Query, network: Network, now: float) -> Candidate | None:
        """Return the address for a BOOTP client: its reservation; with `dynamic-bootp` its own or a new one."""
        reserved = self._reservations.of(query, network)
        if reserved is not None:
            usable = reserved.plan.bootp and self._reservations.usable(reserved, query, now)
            return (reserved.plan, reserved.address) if usable else None
        dynamic = Network(tuple(plan for plan in network.pools if plan.bootp and plan.dynamic_bootp))
        if not dynamic.pools:
            return None
        return (
            self._offered_still(query, dynamic, now) or self._recorded(query, dynamic, now) or self._new(dynamic, now)
        )

    def available(self, plan: PoolPlan, address: int, now: float) -> bool:
        """Whether the address is in a free set that this server may allocate from at present."""
        return any(address in free for free in self._partnership.sources(plan.pool, now))

    def _offered(self, query: Query, network: Network) -> Candidate | None:
        offer = self._book.offered_to(query.key)
        if offer is None:
            return None
        plan = network.plan_of(offer.address)
        return None if plan is None else (plan, offer.address)

    def _offered_still(self, query: Query, network: Network, now: float) -> Candidate | None:
        """Return the address that is offered to the client, if this server may still give it."""
        found = self._offered(query, network)
        lease = None if found is None else self._book.record(found[1])
        return found if lease is not None and self._partnership.may_give(lease, query.key, now) else None

    def _recorded(self, query: Query, network: Network, now: float) -> Candidate | None:
        best: Candidate | None = None
        latest = -1
        for lease in self._book.of_client(query.key):
            plan = network.plan_of(lease.address)
            if plan is None or lease.cltt <= latest or lease.status is Status.ABANDONED:
                continue
            if lease.reserved or not self._free_of_offers(plan, lease.address, now):
                continue
            if self._partnership.may_give(lease, query.key, now):
                best, latest = (plan, lease.address), lease.cltt
        if best is not None:
            self._take_back(best[0], best[1])
        return best

    def _free_of_offers(self, plan: PoolPlan, address: int, now: float) -> bool:
        """Whether the address is not offered to another client, or that offer yields."""
        offer = self._book.offer_of(address)
        return offer is None or now - (offer.until - plan.offer_timeout) >= OFFER_SECONDS

    def _take_back(self, plan: PoolPlan, address: int) -> None:
        offer = self._book.offer_of(address)
        if offer is not None:
            self._book.withdraw(offer)
            self.yielded = plan.pool.name

    def _yielded(self, network: Network, now: float) -> Candidate | None:
        """Return the address of the oldest offer that yields, if this server may give it."""
        for plan in network.pools:
            while (offer := self._book.oldest_offer(plan.pool)) is not None:
                if not self._free_of_offers(plan, offer.address, now):
                    break
                self._take_back(plan, offer.address)
                if self.available(plan, offer.address, now):
                    return plan, offer.address
        return None

    def _supplied(self, query: Query, network: Network, now: float) -> Candidate | None:
        """Return the address that an extension chose, if this server may give it."""
        address = query.guidance.addresses.get(Kind.ADDRESS4)
        plan = None if address is None else network.plan_of(address)
        if plan is None or address is None or not self.available(plan, address, now):
            return None
        return plan, address

    def _requested(self, query: Query, network: Network, now: float) -> Candidate | None:
        address = query.packet.address(options4.REQUESTED_ADDRESS)
        if not address:
            return None
        plan = network.plan_of(address)
        if plan is None or not self.available(plan, address, now):
            return None
        return plan, address

    def _new(self, network: Network, now: float) -> Candidate | None:
        for plan in network.pools:
            for free in self._partnership.sources(plan.pool, now):
                address = free.lowest() if plan.first_available else self._next(plan, free)
                if address is not None:
                    return plan, address
        return None

    @staticmethod
    def _next(plan: PoolPlan, free: FreeSet) -> int | None:
        """Return the next free address after the last allocated one, so that a released address is reused late."""
        address = free.lowest_from(plan.base.cursor)
        if address is None:
            address = free.lowest()
        if address is not None:
            plan.base.cursor = address + 1
        return address
