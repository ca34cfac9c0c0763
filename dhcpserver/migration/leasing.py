"""Leases that were found, as leases of this server's book."""

from collections.abc import Iterable
from dataclasses import dataclass

from dhcpserver.config.objects import Configuration
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import FOREVER, ClientNames, Lease, Status, client_key
from dhcpserver.migration.found import FOREVER as ENDLESS
from dhcpserver.migration.found import FoundLease, Lost
from dhcpserver.service.plan import Plan

_LONGEST = 255
_HARDWARE_OCTETS = 17
"""Type and at most 16 octets, as the header of DHCPv4 has them."""


@dataclass(frozen=True, slots=True)
class Carried:
    """The leases to store, and those that are not."""

    leases: tuple[Lease, ...]
    ended: int
    """Leases that had ended: their addresses are free."""
    lost: tuple[Lost, ...]


def carry(found: Iterable[FoundLease], configuration: Configuration, now: float, source: str) -> Carried:
    """Return the leases that run at `now`, as the store has them. The partner has acknowledged none of them."""
    book = Book(plan.pool for plan in Plan(configuration).pools.values())
    leases: list[Lease] = []
    lost: list[Lost] = []
    ended = 0
    for each in found:
        if each.ends <= now and not each.declined:
            ended += 1
            continue
        fault = _fault(each, book)
        if fault is not None:
            lost.append(Lost(source, f"lease {each.address}: {fault}"))
            continue
        leases.append(_lease(each, book, len(leases) + 1, now))
    return Carried(tuple(leases), ended, tuple(lost))


def _fault(found: FoundLease, book: Book) -> str | None:
    if book.pool_of(int(found.address)) is None:
        return "no scope has this address in its ranges or reservations"
    if found.declined:
        return None
    if not found.hardware and not found.client_id:
        return "it has neither a hardware address nor an identifier"
    if len(found.hardware) > _HARDWARE_OCTETS or len(found.client_id or b"") > _LONGEST:
        return "its hardware address or identifier is too long"
    return None


def _lease(found: FoundLease, book: Book, number: int, now: float) -> Lease:
    pool = book.pool_of(int(found.address))
    assert pool is not None
    lease = Lease(int(found.address), pool)
    started = int(min(max(found.starts, 0), now))
    lease.number, lease.needs_update = number, True
    lease.sos = lease.cltt = started
    if found.declined:
        lease.status = Status.ABANDONED
        lease.state_exp = int(max(found.ends if found.ends != ENDLESS else now, now)) + 1
        return lease
    lease.status = Status.ACTIVE
    lease.state_exp = FOREVER if found.ends == ENDLESS else min(int(found.ends), FOREVER - 1)
    lease.client_id, lease.hardware = found.client_id, found.hardware
    lease.key = client_key(found.client_id, found.hardware)
    if found.host_name:
        lease.names = ClientNames(found.host_name[:_LONGEST], "")
    return lease
