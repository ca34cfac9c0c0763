"""The address that a client is offered (RFC 2131 section 4.3.1): its own, its last, the requested, or a new one.

A reservation comes first. A new address is found in one step in a pool of any size, without a search through leased
addresses: a free set returns its lowest address, or the next one after the last allocated address.
"""

from dhcpserver.failover.partnership import Partnership
from dhcpserver.leases.addressset import AddressSet
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Status, client_key
from dhcpserver.service.plan import Network, Plan, PoolPlan
from dhcpserver.service.query import Query
from dhcpserver.wire import options4

Candidate = tuple[PoolPlan, int]


class Candidates:
    """Finds addresses for clients."""

    __slots__ = ("_book", "_partnership", "_plan")

    def __init__(self, plan: Plan, book: Book, partnership: Partnership) -> None:
        self._plan = plan
        self._book = book
        self._partnership = partnership

    def find(self, query: Query, network: Network, now: float) -> Candidate | None:
        """Return an address for the client on its network, or None when this server has none to give."""
        reserved = self.reserved(query, network)
        if reserved is not None and self._usable(reserved[1], query.key, now):
            return reserved
        return (
            self._offered(query, network)
            or self._recorded(query, network, now)
            or self._requested(query, network, now)
            or self._new(network, now)
        )

    def bootp(self, query: Query, network: Network, now: float) -> Candidate | None:
        """Return the address for a BOOTP client: its reservation; with `dynamic-bootp` its own or a new one."""
        reserved = self.reserved(query, network)
        if reserved is not None:
            return reserved if reserved[0].bootp and self._usable(reserved[1], query.key, now) else None
        dynamic = Network(tuple(plan for plan in network.pools if plan.bootp and plan.dynamic_bootp))
        if not dynamic.pools:
            return None
        return self._recorded(query, dynamic, now) or self._new(dynamic, now)

    def reserved(self, query: Query, network: Network) -> Candidate | None:
        """Return the address that is reserved for the client here, even if another client holds it at present."""
        reservations = self._plan.reservations
        if not reservations:
            return None
        by_scope = reservations.get(query.key)
        if by_scope is None and query.client_id is not None:
            by_scope = reservations.get(client_key(None, query.hardware))
        if by_scope is not None:
            for plan in network.pools:
                address = by_scope.get(plan.pool.name)
                if address is not None:
                    return plan, address
        return None

    def available(self, plan: PoolPlan, address: int, now: float) -> bool:
        """Whether the address is in a free set that this server may allocate from at present."""
        return any(address in free for free in self._partnership.sources(plan.pool, now))

    def _usable(self, address: int, key: bytes, now: float) -> bool:
        lease = self._book.get(address)
        return lease is None or lease.key == key or self._partnership.may_give(lease, key, now)

    def _offered(self, query: Query, network: Network) -> Candidate | None:
        offer = self._book.offered_to(query.key)
        if offer is None:
            return None
        plan = network.plan_of(offer.address)
        return None if plan is None else (plan, offer.address)

    def _recorded(self, query: Query, network: Network, now: float) -> Candidate | None:
        best: Candidate | None = None
        latest = -1
        for lease in self._book.of_client(query.key):
            plan = network.plan_of(lease.address)
            if plan is None or lease.cltt <= latest or lease.status is Status.ABANDONED:
                continue
            if lease.reserved or self._book.offer_of(lease.address) is not None:
                continue
            if self._partnership.may_give(lease, query.key, now):
                best, latest = (plan, lease.address), lease.cltt
        return best

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
    def _next(plan: PoolPlan, free: AddressSet) -> int | None:
        """Return the next free address after the last allocated one, so that a released address is reused late."""
        address = free.lowest_from(plan.cursor)
        if address is None:
            address = free.lowest()
        if address is not None:
            plan.cursor = address + 1
        return address
