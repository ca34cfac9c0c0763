"""Leases as the API shows them, a page at a time, and those of one client."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from dhcpserver.api.times import shown
from dhcpserver.leases.book import Book, words
from dhcpserver.leases.lease import FOREVER, Lease, client_key
from dhcpserver.leases.pool import Pool

MOST_PER_PAGE = 1000
ADDRESSES_PER_REQUEST = 16_384
"""How many addresses are looked at for a client that no index finds: a request stays short in a book of any size."""

ETHERNET = 1
HARDWARE = re.compile(r"(?P<htype>\d{1,3}),(?P<length>\d{1,3}),(?P<octets>[0-9a-f:.-]+)", re.IGNORECASE)
OCTETS = re.compile(r"[0-9a-f]{2}([:.-]?[0-9a-f]{2})*", re.IGNORECASE)
CLIENT_WORDS = "1,6,02:00:00:00:00:01 (hardware), 02:00:00:00:00:01 (the same) or a client identifier in hexadecimal"


class ClientError(ValueError):
    """A text that names no client; it says what would."""


@dataclass(frozen=True, slots=True)
class Client:
    """Whom a text names: a hardware address (htype octet and address), or an identifier; the other one is empty."""

    hardware: bytes
    client_id: bytes

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The keys in the book under which its leases may be: also the identifier that most clients with that hardware
        address send (RFC 2132 section 9.14)."""
        if self.client_id:
            return (client_key(self.client_id, b""),)
        return client_key(None, self.hardware), client_key(self.hardware, b"")

    def has(self, lease: Lease) -> bool:
        """Whether the lease is, or was, this client's."""
        return lease.hardware == self.hardware if self.hardware else lease.client_id == self.client_id


def read_client(text: str) -> Client:
    """The client that a text names. Six octets are an Ethernet address. Raises ClientError."""
    word = text.strip()
    parts = HARDWARE.fullmatch(word)
    octets = _octets(parts["octets"] if parts else word)
    if octets is None or len(octets) > 255:
        raise ClientError(f"{text!r} names no client")
    if parts is None:
        return Client(bytes((ETHERNET,)) + octets, b"") if len(octets) == 6 else Client(b"", octets)
    if int(parts["htype"]) > 255 or int(parts["length"]) != len(octets):
        raise ClientError(f"{text!r} names no client: the length is that of the address, in octets")
    return Client(bytes((int(parts["htype"]),)) + octets, b"")


def _octets(text: str) -> bytes | None:
    return bytes.fromhex(re.sub("[:.-]", "", text)) if OCTETS.fullmatch(text) else None


def of_client(book: Book, client: Client, main: bool) -> tuple[list[dict[str, Any]], int | None]:
    """Leases that an index finds at once; and, where a lease with an identifier could be found by its hardware address
    alone and the book keeps no index of those, the address before which `scan` begins."""
    found = {lease.address: lease for key in client.keys for lease in book.of_client(key)}
    found.update({lease.address: lease for lease in book.of_hardware(client.hardware)} if client.hardware else {})
    documents = [lease_document(book, found[address], main) for address in sorted(found)[:MOST_PER_PAGE]]
    return documents, (0 if client.hardware and not book.finds_hardware else None)


def scan(book: Book, client: Client, after: int, main: bool) -> tuple[list[dict[str, Any]], int | None]:
    """Leases of a client above the address `after` among a bounded number of addresses, and where to go on."""
    found: list[dict[str, Any]] = []
    left = ADDRESSES_PER_REQUEST
    for pool in sorted(book.pools.values(), key=lambda each: each.first):
        first = max(after + 1, pool.first)
        for address in range(first, min(pool.last, first + left - 1) + 1):
            lease = book.get(address)
            if lease is not None and client.has(lease):
                found.append(lease_document(book, lease, main))
        looked = min(pool.last - first + 1, left)
        if looked > 0:
            left -= looked
            if left == 0:
                return found, first + looked - 1
    return found, None


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
