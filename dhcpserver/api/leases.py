"""Leases as the API shows them, a page at a time."""

from ipaddress import IPv4Address
from typing import Any

from dhcpserver.api.times import shown
from dhcpserver.leases.book import Book, words
from dhcpserver.leases.lease import FOREVER, Lease
from dhcpserver.leases.pool import Pool

MOST_PER_PAGE = 1000


def lease_document(book: Book, lease: Lease, main: bool) -> dict[str, Any]:
    """One lease with both partners' arithmetic in it."""
    return {
        "address": str(IPv4Address(lease.address)),
        "scope": lease.pool.name,
        "state": words(lease, main, book.offer_of(lease.address) is not None),
        "binding_status": lease.status.name,
        "client_id": None if lease.client_id is None else lease.client_id.hex(":"),
        "hardware": _hardware(lease.hardware),
        "state_expiration": "never" if lease.state_exp == FOREVER else shown(lease.state_exp),
        "potential_sent": shown(lease.sent_pl),
        "potential_acked": shown(lease.acked_pl),
        "potential_received": shown(lease.recv_pl),
        "client_last_transaction": shown(lease.cltt),
        "start_of_state": shown(lease.sos),
        "relay_agent_info": None if lease.relay_info is None else lease.relay_info.hex(":"),
        "reserved": lease.reserved,
        "needs_update": lease.needs_update,
    }


def page(book: Book, pool: Pool, after: int, limit: int, main: bool) -> tuple[list[dict[str, Any]], int | None]:
    """Leases of a pool above the address `after`, in order, and the address to go on after (None at the end).

    Looks at no more than a fixed number of addresses, so that a request stays short in a pool of any size; a page may
    therefore hold fewer than `limit` leases and still not be the last.
    """
    found: list[dict[str, Any]] = []
    looked = 0
    address = max(after + 1, pool.first)
    while address <= pool.last and len(found) < limit and looked < 64 * MOST_PER_PAGE:
        lease = book.get(address)
        if lease is not None:
            found.append(lease_document(book, lease, main))
        address += 1
        looked += 1
    return found, (address - 1 if address <= pool.last else None)


def _hardware(hardware: bytes) -> str | None:
    """`1,6,02:00:00:00:00:01`: htype, length, octets."""
    return f"{hardware[0]},{len(hardware) - 1},{hardware[1:].hex(':')}" if hardware else None
