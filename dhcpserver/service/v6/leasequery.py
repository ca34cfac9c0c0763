"""LEASEQUERY: a relay or an access device requests the bindings of an address or of a client (RFC 5007).

A query is answered from this server's book, which has the partner's bindings too. What a query costs does not depend on
the number of leases: an address is looked up, with the delegated prefix around it, and a client is found by an index of
DUIDs. A client with more bindings than fit into a datagram is referred to a bulk query.

Only requesters of `leasequery-relays6` get an answer; other ones get NotAllowed, in a limited number. Of a query that
was relayed, the sender and its relay must be listed both: a client can put any sender into a message of its own, and a
relay forwards the queries of any client.
"""

from ipaddress import IPv6Address

from dhcpserver.contract import messages
from dhcpserver.leases import keys
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease
from dhcpserver.leases.pool import PrefixPool
from dhcpserver.service.notices import Notices
from dhcpserver.service.portlimit import LEASE_QUERIES, PortLimit
from dhcpserver.service.v6.clientdata import client_data, is_bound, pack_links
from dhcpserver.service.v6.plan import Link6, Plan6
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire import dhcp6values
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6duid import is_duid
from dhcpserver.wire.dhcp6ia import read_address
from dhcpserver.wire.dhcp6options import StatusCode, first, pack_status
from dhcpserver.wire.dhcp6values import LeaseQuery
from dhcpserver.wire.errors import WireError

MOST_BINDINGS = 500
"""Leases of one client, past ones too, that are looked at for one answer; they have about 30 octets each."""


class QueryError(Exception):
    """A query that is answered with a status."""

    def __init__(self, status: StatusCode, text: str) -> None:
        super().__init__(text)
        self.status = status


class LeaseQuery6:
    """Answers lease queries from the book, which has the index of DUIDs (`Book.index_holders`)."""

    def __init__(self, plan: Plan6, book: Book, notices: Notices) -> None:
        self._plan = plan
        self._book = book
        self._notices = notices
        self._limit = PortLimit(LEASE_QUERIES)

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        self._limit.shift(step)

    def refusal(self, source: int, now: float) -> str | None:
        """Return why a query gets no answer at all; None if it gets one."""
        if not self._plan.answers_queries:
            return "leasequery-off"
        if self._limit.allows((source, None), now):
            return None
        limit, relay = self._limit.most, IPv6Address(source)
        self._notices.tell(messages.QUERIES_LIMITED, source, now, relay=relay, limit=limit)
        return "leasequery-limit"

    def answer(self, requester: int, message: Message, now: float) -> bytes:
        """Return the packed options of LEASEQUERY-REPLY, without the identifiers.

        `requester`: where the datagram came from.
        """
        senders = (requester, message.peer_address) if message.relays else (requester,)
        if not all(self._plan.leasequery_from(sender) for sender in senders):
            return pack_status(StatusCode.NOT_ALLOWED)
        query = message.lease_query
        try:
            if query is None:
                raise QueryError(StatusCode.MALFORMED_QUERY, "the query is cut short")
            if query.type == dhcp6values.QUERY_BY_ADDRESS:
                return self._by_address(query, now)
            if query.type == dhcp6values.QUERY_BY_CLIENT_ID:
                return self._by_client(query, now)
            raise QueryError(StatusCode.UNKNOWN_QUERY_TYPE, f"query type {query.type}")
        except QueryError as error:
            return pack_status(error.status, str(error))

    def _by_address(self, query: LeaseQuery, now: float) -> bytes:
        found = find_address(self._plan, self._book, query, now)
        return b"" if found is None else client_data(self._plan, [found], requested_by(query), now)

    def _by_client(self, query: LeaseQuery, now: float) -> bytes:
        by_link = bindings_by_link(self._plan, self._book, query, now)
        if len(by_link) > 1:
            return pack_links(link for link, _ in by_link)
        if not by_link:
            return b""
        return client_data(self._plan, by_link[0][1], requested_by(query), now)


def requested_by(query: LeaseQuery) -> tuple[int, ...]:
    """Return the codes that a query requests."""
    return dhcp6values.codes(first(query.options, o6.OPTION_REQUEST))


def link_of_query(plan: Plan6, query: LeaseQuery) -> Link6 | None:
    """Return the link that a query is restricted to, None for all. Raises QueryError for an unknown one."""
    if not query.link_address:
        return None
    link = plan.link_of(query.link_address)
    if link is None:
        delegation = plan.delegation_of(query.link_address)
        link = None if delegation is None else plan.link_of_prefix(delegation.name)
    if link is None:
        raise QueryError(StatusCode.NOT_CONFIGURED, "no prefix has the link-address")
    return link


def find_address(plan: Plan6, book: Book, query: LeaseQuery, now: float) -> Lease | None:
    """Return the binding of an address, or of the delegated prefix that has it; None without one. Raises QueryError."""
    try:
        address = read_address(first(query.options, o6.IA_ADDRESS) or b"").address
    except WireError:
        raise QueryError(StatusCode.MALFORMED_QUERY, "the query has no address") from None
    link = link_of_query(plan, query)
    delegation = plan.delegation_of(address)
    if plan.link_of(address) is None and delegation is None:
        raise QueryError(StatusCode.NOT_CONFIGURED, "no prefix has the address")
    lease = book.get(keys.address6(address))
    if (lease is None or not is_bound(lease, now)) and delegation is not None:
        pool = delegation.pool
        if isinstance(pool, PrefixPool):
            lease = book.get(keys.prefix(address >> pool.shift << pool.shift, pool.delegated))
    if lease is None or not is_bound(lease, now):
        return None
    return lease if link is None or plan.link_of_prefix(lease.pool.name) is link else None


def bindings_by_link(plan: Plan6, book: Book, query: LeaseQuery, now: float) -> list[tuple[Link6, list[Lease]]]:
    """Return the bindings of a client for each link that it has some on. Raises QueryError."""
    duid = first(query.options, o6.CLIENT_ID) or b""
    if not is_duid(duid):
        raise QueryError(StatusCode.MALFORMED_QUERY, "the query has no client identifier")
    wanted = link_of_query(plan, query)
    found: dict[int, tuple[Link6, list[Lease]]] = {}
    for number, lease in enumerate(book.of_duid(duid)):
        if number >= MOST_BINDINGS:
            raise QueryError(StatusCode.UNSPEC_FAIL, f"the client has had over {number} leases: use a bulk query")
        link = plan.link_of_prefix(lease.pool.name)
        if link is not None and is_bound(lease, now) and wanted in (None, link):
            found.setdefault(id(link), (link, []))[1].append(lease)
    return list(found.values())
