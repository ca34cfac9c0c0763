"""One address in the records of both partners, and how the records differ."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from console.insight.lease import fields_of
from console.model.leases import Binding, LeaseFacts

UNUSED = frozenset({Binding.FREE, Binding.BACKUP})
"""A server without a record of an address has never leased it, so these do not contradict it."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A server's own time, and when it lost contact with its partner by that clock; None: not known, or not lost."""

    now: float
    contact_lost_at: float | None


@dataclass(frozen=True, slots=True)
class JoinedLease:
    """`records` are those of the servers that were read, by name, None for a server without a record. A server that
    could not be read is in `unread`. `differs` has the names of the fields that contradict each other; it is None where
    they cannot be compared because a server is not read."""

    pair: str
    address: str
    records: Mapping[str, LeaseFacts | None]
    unread: tuple[str, ...]
    differs: tuple[str, ...] | None

    @property
    def latest(self) -> tuple[str, LeaseFacts]:
        """The server with the latest transaction of the client, and its record."""
        known = [(name, each) for name, each in self.records.items() if each is not None]
        return max(known, key=lambda each: (each[1].last_transaction or 0.0, each[1].status is Binding.ACTIVE))


def join(pair: str, read: Mapping[str, Iterable[LeaseFacts] | None]) -> list[JoinedLease]:
    """The leases of both servers in order of addresses. `read`: by server; None for one that could not be read."""
    by_server = {name: {each.address: each for each in leases} for name, leases in read.items() if leases is not None}
    unread = tuple(name for name, leases in read.items() if leases is None)
    addresses = {address for leases in by_server.values() for address in leases}
    found = []
    for address in sorted(addresses, key=_in_order):
        records = {name: leases.get(address) for name, leases in by_server.items()}
        apart = None if unread or len(records) < 2 else differences(*list(records.values())[:2])
        found.append(JoinedLease(pair, address, records, unread, apart))
    return found


def differences(one: LeaseFacts | None, other: LeaseFacts | None) -> tuple[str, ...]:
    """The names of the fields that contradict each other."""
    if one is None or other is None:
        record = one or other
        return () if record is None or record.status in UNUSED else ("state",)
    return tuple(name for name, _, differs in fields_of(one, other) if differs(one, other))


def lead_left(lease: JoinedLease, clocks: Mapping[str, Clock]) -> float | None:
    """Seconds of lead that are left at the server with the latest transaction of the client, 0 for none; None for a
    lease that no client has, and where that server's clock is not known."""
    server, record = lease.latest
    clock = clocks.get(server)
    if record.status is not Binding.ACTIVE or clock is None:
        return None
    return max(0.0, record.lead - clock.now)


def given_alone(lease: JoinedLease, clocks: Mapping[str, Clock]) -> bool:
    """Whether a server has given or extended the lease since it lost contact with its partner."""
    for server, record in lease.records.items():
        clock = clocks.get(server)
        lost = None if clock is None else clock.contact_lost_at
        if (
            record is not None
            and lost is not None
            and record.status is Binding.ACTIVE
            and (record.last_transaction or 0.0) >= lost
        ):
            return True
    return False


def _in_order(address: str) -> tuple[int, int]:
    try:
        if "/" in address:
            prefix = ip_network(address)
            return prefix.version + 1, int(prefix.network_address)  # After the addresses of its family.
        found = ip_address(address)
    except ValueError:
        return 0, 0
    return found.version, int(found)
