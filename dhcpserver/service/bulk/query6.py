"""Bulk queries of DHCPv6 (RFC 5460): by relay, link, remote identifier, client or address.

The first binding is in LEASEQUERY-REPLY, each further one in LEASEQUERY-DATA, and LEASEQUERY-DONE ends the answer. The
bindings of one client on one link are one CLIENT_DATA, unless it has very many. Whether it was sent already needs no
memory: it is sent with the lowest of its addresses.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Final

from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease
from dhcpserver.service.bulk.query import OCTETS_PER_STEP, RECORDS_PER_STEP, all_keys
from dhcpserver.service.v6.clientdata import client_data, is_bound, relays_of
from dhcpserver.service.v6.leasequery import QueryError, find_address, link_of_query, requested_by
from dhcpserver.service.v6.plan import Plan6
from dhcpserver.wire import dhcp6options as o6
from dhcpserver.wire import dhcp6values
from dhcpserver.wire.dhcp6 import Message, encode
from dhcpserver.wire.dhcp6duid import is_duid
from dhcpserver.wire.dhcp6options import MessageType6, StatusCode, first, pack_option, pack_status
from dhcpserver.wire.dhcp6values import LeaseQuery

MOST_TOGETHER: Final = 64
"""Leases of one client that are put into one CLIENT_DATA; a client that has had more gets one for each."""

Match = Callable[[Lease], bool]


class BulkQuery6:
    """One query; see BulkQuery."""

    __slots__ = ("_book", "_identifiers", "_keys", "_link", "_match", "_plan", "_requested", "_sent", "_xid", "done")

    def __init__(self, plan: Plan6, book: Book, server_duid: bytes, message: Message, now: float) -> None:
        """`message`: a LEASEQUERY that is not discarded. Raises QueryError."""
        query = message.lease_query
        if query is None:
            raise QueryError(StatusCode.MALFORMED_QUERY, "the query is cut short")
        self._plan = plan
        self._book = book
        self._xid = message.xid
        self._identifiers = identifiers(server_duid, message)
        self._requested = requested_by(query)
        find = _FINDERS.get(query.type)
        if find is None:
            raise QueryError(StatusCode.UNKNOWN_QUERY_TYPE, f"query type {query.type}")
        self._link = link_of_query(plan, query)
        if query.type == dhcp6values.QUERY_BY_ADDRESS:
            found = find_address(plan, book, query, now)
            self._keys: Iterator[int] = iter(() if found is None else (found.address,))
            self._match: Match = lambda lease: lease is found
        else:
            self._match = find(query)
            self._keys = self._candidates(query)
        self._sent = False
        self.done = False

    def _candidates(self, query: LeaseQuery) -> Iterator[int]:
        """Return the leases that can match: of a client by the index, of a link by its prefixes, else all."""
        if query.type == dhcp6values.QUERY_BY_CLIENT_ID:
            duid = first(query.options, o6.CLIENT_ID) or b""
            return iter([lease.address for lease in self._book.of_duid(duid)])
        prefixes = self._plan.prefixes.values() if self._link is None else self._link.prefixes
        return all_keys([plan.pool for plan in prefixes if plan.pool is not None])

    def step(self, now: float) -> list[bytes]:
        """See BulkQuery."""
        found: list[bytes] = []
        octets = 0
        for _ in range(RECORDS_PER_STEP):
            key = next(self._keys, None)
            if key is None:
                return found + self._end()
            lease = self._book.get(key)
            if lease is None or not self._wanted(lease, now):
                continue
            together = self._together(lease, now)
            if lease.address == min(each.address for each in together):
                found.append(self._data(client_data(self._plan, together, self._requested, now)))
                octets += len(found[-1])
                if octets >= OCTETS_PER_STEP:
                    break
        return found

    def _wanted(self, lease: Lease, now: float) -> bool:
        if not is_bound(lease, now) or not self._match(lease):
            return False
        link = self._plan.link_of_prefix(lease.pool.name)
        return link is not None and self._link in (None, link)

    def _together(self, lease: Lease, now: float) -> list[Lease]:
        """Return the bindings of the lease's client that match and are on its link."""
        leases = list(islice(self._book.of_duid(lease.client_id or b""), MOST_TOGETHER + 1))
        if len(leases) > MOST_TOGETHER:
            return [lease]
        link = self._plan.link_of_prefix(lease.pool.name)
        same = [each for each in leases if self._plan.link_of_prefix(each.pool.name) is link]
        return [each for each in same if self._wanted(each, now)] or [lease]

    def _data(self, data: bytes) -> bytes:
        if self._sent:
            return encode(MessageType6.LEASEQUERY_DATA, self._xid, data)
        self._sent = True
        return encode(MessageType6.LEASEQUERY_REPLY, self._xid, self._identifiers + data)

    def _end(self) -> list[bytes]:
        self.done = True
        if self._sent:
            # The status is optional; a message without options is malformed for some readers.
            return [encode(MessageType6.LEASEQUERY_DONE, self._xid, pack_status(StatusCode.SUCCESS))]
        return [encode(MessageType6.LEASEQUERY_REPLY, self._xid, self._identifiers)]

    def terminate(self) -> list[bytes]:
        """See BulkQuery."""
        self.done = True
        status = pack_status(StatusCode.QUERY_TERMINATED)
        if self._sent:
            return [encode(MessageType6.LEASEQUERY_DONE, self._xid, status)]
        return [encode(MessageType6.LEASEQUERY_REPLY, self._xid, self._identifiers + status)]


def identifiers(server_duid: bytes, message: Message) -> bytes:
    """Return the packed identifiers of LEASEQUERY-REPLY."""
    return pack_option(o6.SERVER_ID, server_duid) + pack_option(o6.CLIENT_ID, message.client_id or b"")


def refuse(server_duid: bytes, message: Message, error: QueryError) -> bytes:
    """Return LEASEQUERY-REPLY with the status of a query that cannot be answered."""
    packed = identifiers(server_duid, message) + pack_status(error.status, str(error))
    return encode(MessageType6.LEASEQUERY_REPLY, message.xid, packed)


def _by_client(query: LeaseQuery) -> Match:
    duid = first(query.options, o6.CLIENT_ID) or b""
    if not is_duid(duid):
        raise QueryError(StatusCode.MALFORMED_QUERY, "the query has no client identifier")
    return lambda lease: lease.client_id == duid


def _by_relay(query: LeaseQuery) -> Match:
    relay = first(query.options, o6.RELAY_ID) or b""
    if not is_duid(relay):
        raise QueryError(StatusCode.MALFORMED_QUERY, "the query has no relay identifier")
    return lambda lease: any(hop.relay_id == relay for hop in relays_of(lease))


def _by_link(query: LeaseQuery) -> Match:
    if not query.link_address:
        raise QueryError(StatusCode.MALFORMED_QUERY, "the query has no link-address")
    return lambda lease: True


def _by_remote(query: LeaseQuery) -> Match:
    remote = first(query.options, o6.REMOTE_ID)
    if remote is None or len(remote) < 4:
        raise QueryError(StatusCode.MALFORMED_QUERY, "the query has no remote identifier")
    return lambda lease: any(hop.get(o6.REMOTE_ID) == remote for hop in relays_of(lease))


def _by_address(query: LeaseQuery) -> Match:
    raise AssertionError("an address is looked up")


_FINDERS: Mapping[int, Callable[[LeaseQuery], Match]] = {
    dhcp6values.QUERY_BY_ADDRESS: _by_address,
    dhcp6values.QUERY_BY_CLIENT_ID: _by_client,
    dhcp6values.QUERY_BY_RELAY_ID: _by_relay,
    dhcp6values.QUERY_BY_LINK_ADDRESS: _by_link,
    dhcp6values.QUERY_BY_REMOTE_ID: _by_remote,
}
