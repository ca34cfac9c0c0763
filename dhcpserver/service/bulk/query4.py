"""Bulk queries of DHCPv4 (RFC 6926): by relay, remote identifier, hardware address or client, or all addresses.

Also by address, as in a query by UDP. Exactly one of them selects; without any, all configured addresses are requested.
`query-start-time` and `query-end-time` restrict the answer to what has changed between them.
"""

import struct
from collections.abc import Callable, Iterator

from dhcpserver.leases.book import Book, operator_state
from dhcpserver.leases.lease import Lease, Status, client_key
from dhcpserver.service.bulk.query import OCTETS_PER_STEP, RECORDS_PER_STEP, all_keys
from dhcpserver.service.leasequery import lease_ended, lease_values
from dhcpserver.service.plan import Plan
from dhcpserver.wire import dhcp4bulk, options4
from dhcpserver.wire.dhcp4 import BOOTREPLY, Packet, encode
from dhcpserver.wire.dhcp4bulk import BulkState, BulkStatus, pack_status4
from dhcpserver.wire.errors import WireError
from dhcpserver.wire.options4 import MessageType

Match = Callable[[Lease], bool]
Part = tuple[int, bytes]

_VSS = 221
_STATES = {
    "available": BulkState.AVAILABLE,
    "other-available": BulkState.REMOTE,
    "unavailable": BulkState.ABANDONED,
    "pending-available": BulkState.TRANSITIONING,
    "offered": BulkState.AVAILABLE,
    "leased": BulkState.EXPIRED,
}
"""The states of addresses without a client that has them now, from those for operators (`book.operator_state`)."""


class QueryError4(Exception):
    """A query that is answered with a status alone."""

    def __init__(self, status: BulkStatus, text: str) -> None:
        super().__init__(text)
        self.status = status


class BulkQuery4:
    """One query; see BulkQuery."""

    __slots__ = (
        "_all",
        "_begin",
        "_book",
        "_end",
        "_identifier",
        "_keys",
        "_main",
        "_match",
        "_plan",
        "_requested",
        "_sent",
        "_xid",
        "done",
    )

    def __init__(self, plan: Plan, book: Book, main: bool, server: int, packet: Packet) -> None:
        """`main`: whether this server is the main of its pair. `server`: its address, as its identifier."""
        self._plan = plan
        self._book = book
        self._main = main
        self._identifier = server.to_bytes(4, "big")
        self._xid = packet.xid
        self._requested = packet.options.get(options4.PARAMETER_REQUEST_LIST)
        self._begin = _time(packet, dhcp4bulk.QUERY_START_TIME)
        self._end = _time(packet, dhcp4bulk.QUERY_END_TIME)
        if self._begin is not None and self._end is not None and self._begin > self._end:
            raise QueryError4(BulkStatus.MALFORMED_QUERY, "query-start-time is after query-end-time")
        if _VSS in packet.options:
            raise QueryError4(BulkStatus.NOT_ALLOWED, "the server has no VPNs")
        self._all = False
        self._match: Match = lambda lease: True
        self._keys = self._select(packet)
        self._sent = False
        self.done = False

    def _select(self, packet: Packet) -> Iterator[int]:
        """Return the addresses that can match. Raises QueryError4."""
        client_id = packet.options.get(options4.CLIENT_IDENTIFIER)
        relay, remote = _of_relay(packet)
        if sum((packet.ciaddr != 0, any(packet.chaddr), client_id is not None, bool(relay), bool(remote))) > 1:
            raise QueryError4(BulkStatus.MALFORMED_QUERY, "the query names more than one thing")
        if packet.ciaddr:
            self._all = self._plan.network_of(packet.ciaddr) is not None
            return iter((packet.ciaddr,))
        if client_id is not None:
            return iter([lease.address for lease in self._book.of_client(client_key(client_id, b""))])
        if any(packet.chaddr):
            hardware = bytes((packet.htype,)) + packet.chaddr
            return iter([lease.address for lease in self._book.of_hardware(hardware)])
        if relay:
            self._match = lambda lease: _sub_option(lease, dhcp4bulk.RELAY_ID) == relay
        elif remote:
            self._match = lambda lease: _sub_option(lease, options4.REMOTE_ID) == remote
        else:
            self._all = True
        return all_keys([plan.pool for plan in self._plan.pools.values()])

    def step(self, now: float) -> list[bytes]:
        """See BulkQuery."""
        found: list[bytes] = []
        octets = 0
        for _ in range(RECORDS_PER_STEP):
            key = next(self._keys, None)
            if key is None:
                self.done = True
                return [*found, self._message(MessageType.LEASEQUERYDONE, 0, b"", [])]
            answer = self._answer(key, now)
            if answer is not None:
                found.append(answer)
                octets += len(answer)
                if octets >= OCTETS_PER_STEP:
                    break
        return found

    def _answer(self, address: int, now: float) -> bytes | None:
        """Return the message about one address, None if the query is not about it."""
        pool = self._book.pool_of(address)
        if pool is None or address not in pool:
            return None
        lease = self._book.get(address)
        if not self._in_time(lease):
            return None
        base = (dhcp4bulk.BASE_TIME, struct.pack("!I", int(now)))
        if lease is not None and lease.status is Status.ACTIVE and not lease_ended(lease, now):
            if not self._match(lease):
                return None
            plan = self._plan.pools[lease.pool.name]
            given = [part for part in lease_values(lease, plan, now) if self._wants(part[0])]
            given += plan.options_of(address, lease.key or b"", lease.hardware, {}).parts(self._requested)
            parts = [base, *self._state(lease, BulkState.ACTIVE, now), *given]
            return self._message(MessageType.LEASEACTIVE, address, lease.hardware, parts)
        if not self._all:
            return None
        record = lease or self._at_rest(address)
        state = _STATES[operator_state(record, self._main, self._book.offer_of(address) is not None)]
        return self._message(MessageType.LEASEUNASSIGNED, address, b"", [base, *self._state(record, state, now)])

    def _at_rest(self, address: int) -> Lease:
        """Return an address without a record as it is at rest; the book does not get one."""
        pool = self._book.pool_of(address)
        assert pool is not None, "the caller has found it"
        lease = Lease(address, pool)
        lease.status = pool.at_rest(address)
        return lease

    def _in_time(self, lease: Lease | None) -> bool:
        changed = 0 if lease is None else max(lease.cltt, lease.sos)
        if self._begin is not None and changed < self._begin:
            return False
        return self._end is None or changed <= self._end

    def _wants(self, code: int) -> bool:
        return self._requested is None or code in self._requested

    def _state(self, lease: Lease, state: BulkState, now: float) -> list[Part]:
        found = []
        if lease.sos and self._wants(dhcp4bulk.START_TIME_OF_STATE):
            found.append((dhcp4bulk.START_TIME_OF_STATE, struct.pack("!I", max(0, int(now - lease.sos)))))
        if self._requested is not None and dhcp4bulk.DHCP_STATE in self._requested:
            found.append((dhcp4bulk.DHCP_STATE, bytes((state,))))
        return found

    def _message(self, kind: MessageType, address: int, hardware: bytes, parts: list[Part]) -> bytes:
        options = [(options4.MESSAGE_TYPE, bytes((kind,)))]
        if not self._sent:
            options.append((options4.SERVER_IDENTIFIER, self._identifier))
            self._sent = True
        return _encode(self._xid, address, hardware, options + parts)

    def terminate(self) -> list[bytes]:
        """See BulkQuery."""
        self.done = True
        status = (dhcp4bulk.STATUS_CODE, pack_status4(BulkStatus.QUERY_TERMINATED))
        return [self._message(MessageType.LEASEQUERYDONE, 0, b"", [status])]


def refuse4(server: int, packet: Packet, error: QueryError4) -> bytes:
    """Return DHCPLEASEQUERYDONE with the status of a query that cannot be answered."""
    options = [
        (options4.MESSAGE_TYPE, bytes((MessageType.LEASEQUERYDONE,))),
        (options4.SERVER_IDENTIFIER, server.to_bytes(4, "big")),
        (dhcp4bulk.STATUS_CODE, pack_status4(error.status, str(error))),
    ]
    return _encode(packet.xid, 0, b"", options)


def _encode(xid: int, address: int, hardware: bytes, options: list[Part]) -> bytes:
    kind = hardware[0] if hardware else 0
    head = Packet(BOOTREPLY, kind, max(len(hardware) - 1, 0), 0, xid, 0, 0, address, 0, 0, 0, hardware[1:], {})
    return encode(head, options)


def _time(packet: Packet, code: int) -> int | None:
    data = packet.options.get(code)
    if data is None:
        return None
    if len(data) != 4:
        raise QueryError4(BulkStatus.MALFORMED_QUERY, f"option {code} has {len(data)} octets instead of 4")
    return int.from_bytes(data, "big")


def _of_relay(packet: Packet) -> tuple[bytes, bytes]:
    """Return the relay identifier and the remote identifier of a query, empty without one. Raises QueryError4."""
    data = packet.options.get(options4.RELAY_AGENT_INFORMATION, b"")
    try:
        found = options4.sub_options(data)
    except WireError:
        raise QueryError4(BulkStatus.MALFORMED_QUERY, "option 82 is cut short") from None
    return found.get(dhcp4bulk.RELAY_ID, b""), found.get(options4.REMOTE_ID, b"")


def _sub_option(lease: Lease, code: int) -> bytes | None:
    if lease.relay_info is None:
        return None
    try:
        return options4.sub_options(lease.relay_info).get(code)
    except WireError:
        return None
