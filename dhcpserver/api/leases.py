"""Leases in the API: one lease as a document, pages of a scope, and the leases of one client."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from dhcpserver.contract.fields import rfc3339
from dhcpserver.leases.book import Book, operator_state
from dhcpserver.leases.keys import Kind, text_of
from dhcpserver.leases.lease import FOREVER, Lease, client_key
from dhcpserver.leases.pool import Pool
from dhcpserver.limits import MAXIMUM_CLIENT_ID, PAGE_ITEMS

ADDRESSES_PER_REQUEST = 16_384
"""Addresses that one request goes through for a client that is in no index, so that it stays short."""
_ADDRESSES_PER_PAGE = 64 * PAGE_ITEMS

ETHERNET = 1
HARDWARE = re.compile(r"(?P<htype>\d{1,3}),(?P<length>\d{1,3}),(?P<octets>[0-9a-f:.-]+)", re.IGNORECASE)
OCTETS = re.compile(r"[0-9a-f]{2}([:.-]?[0-9a-f]{2})*", re.IGNORECASE)
CLIENT_FORMS = "1,6,02:00:00:00:00:01 (hardware), 02:00:00:00:00:01 (the same) or a client identifier in hexadecimal"


class ClientError(ValueError):
    """The text is not the name of a client."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client by its hardware address (htype octet and address) or by its identifier; the other one is empty."""

    hardware: bytes
    client_id: bytes

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The keys of the book under which the client's leases can be.

        They include the identifier that most clients with that hardware address send (RFC 2132 section 9.14).
        """
        if self.client_id:
            return (client_key(self.client_id, b""),)
        return client_key(None, self.hardware), client_key(self.hardware, b"")

    def has(self, lease: Lease) -> bool:
        """Whether the lease is or was this client's."""
        return lease.hardware == self.hardware if self.hardware else lease.client_id == self.client_id


def read_client(text: str) -> Client:
    """Return the client that a text names. Six octets are an Ethernet address. Raises ClientError."""
    word = text.strip()
    parts = HARDWARE.fullmatch(word)
    octets = _octets(parts["octets"] if parts else word)
    if octets is None or len(octets) > MAXIMUM_CLIENT_ID:
        raise ClientError(f"{text!r} is not a hardware address or client identifier")
    if parts is None:
        return Client(bytes((ETHERNET,)) + octets, b"") if len(octets) == 6 else Client(b"", octets)
    if int(parts["htype"]) > 255 or int(parts["length"]) != len(octets):
        raise ClientError(f"{text!r} is not a hardware address: the length must be that of the address, in octets")
    return Client(bytes((int(parts["htype"]),)) + octets, b"")


def _octets(text: str) -> bytes | None:
    return bytes.fromhex(re.sub("[:.-]", "", text)) if OCTETS.fullmatch(text) else None


def of_client(book: Book, client: Client, main: bool) -> tuple[list[dict[str, Any]], int | None]:
    """Return the leases of a client that an index has, and the address after which `scan` starts.

    That address is None if the indexes have all of them. It is 0 in a book without the index of lease queries: a lease
    with an unusual client identifier, and a lease of DHCPv6 by its DUID, is then found by `scan` only.
    """
    found = {lease.address: lease for key in client.keys for lease in book.of_client(key)}
    found.update({lease.address: lease for lease in book.of_hardware(client.hardware)} if client.hardware else {})
    found.update({lease.address: lease for lease in book.of_duid(client.client_id)} if client.client_id else {})
    documents = [lease_document(book, found[address], main) for address in sorted(found)[:PAGE_ITEMS]]
    only_ipv4 = all(pool.kind is Kind.ADDRESS4 for pool in book.pools.values())
    complete = book.finds_holders or (only_ipv4 and not client.hardware)
    return documents, (None if complete else 0)


def scan(book: Book, client: Client, after: int, main: bool) -> tuple[list[dict[str, Any]], int | None]:
    """Return leases of a client above the address `after`, and the address to continue after (None at the end).

    One call goes through ADDRESSES_PER_REQUEST addresses at most.
    """
    found: list[dict[str, Any]] = []
    left = ADDRESSES_PER_REQUEST
    for pool in sorted(book.pools.values(), key=lambda each: each.first):
        keys = pool.recorded()
        start = bisect_right(keys, after)
        for address in keys[start : start + left]:
            lease = book.get(address)
            if lease is not None and client.has(lease):
                found.append(lease_document(book, lease, main))
        count = min(len(keys) - start, left)
        left -= count
        if left == 0:
            return found, keys[start + count - 1]
    return found, None


def lease_document(book: Book, lease: Lease, main: bool) -> dict[str, Any]:
    """Return one lease with the lead-time arithmetic of both partners (`contract.leases.LeaseDocument`)."""
    return {
        "address": text_of(lease.address),
        "scope": lease.pool.name,
        "state": operator_state(lease, main, book.offer_of(lease.address) is not None),
        "binding_status": lease.status.name,
        "client_id": None if lease.client_id is None else lease.client_id.hex(":"),
        "hardware": _hardware(lease.hardware),
        "association": association_text(lease.ia),
        "preferred_expiration": "never" if lease.preferred == FOREVER else rfc3339(lease.preferred),
        "state_expiration": "never" if lease.state_exp == FOREVER else rfc3339(lease.state_exp),
        "potential_sent": rfc3339(lease.sent_pl),
        "potential_acked": rfc3339(lease.acked_pl),
        "potential_received": rfc3339(lease.recv_pl),
        "client_last_transaction": rfc3339(lease.cltt),
        "start_of_state": rfc3339(lease.sos),
        "relay_agent_info": None if lease.relay_info is None else lease.relay_info.hex(":"),
        "host_name": lease.names.host_name or None,
        "fqdn": lease.names.fqdn or None,
        "reserved": lease.reserved,
        "needs_update": lease.needs_update,
    }


def page(book: Book, pool: Pool, after: int, limit: int, main: bool) -> tuple[list[dict[str, Any]], int | None]:
    """Return leases of a pool above the address `after`, ascending, and the address to continue after (None: the end).

    One call goes through a fixed number of addresses at most, so that it stays short in a pool of any size. A page can
    therefore have fewer than `limit` leases and not be the last one.
    """
    found: list[dict[str, Any]] = []
    keys = pool.recorded()
    start = place = bisect_right(keys, after)
    while place < len(keys) and len(found) < limit and place - start < _ADDRESSES_PER_PAGE:
        lease = book.get(keys[place])
        if lease is not None:
            found.append(lease_document(book, lease, main))
        place += 1
    return found, (keys[place - 1] if place < len(keys) else None)


def page_cursor(address: int | None) -> str | None:
    """Return the `next` of a page: the address to continue after."""
    return None if address is None else text_of(address)


def association_text(ia: bytes) -> str | None:
    """Return `IA_NA 7`, the kind and the IAID of an identity association; None for DHCPv4."""
    return f"IA_{_KINDS.get(ia[0], ia[0])} {int.from_bytes(ia[1:], 'big')}" if ia else None


_KINDS = {3: "NA", 4: "TA", 25: "PD"}


def _hardware(hardware: bytes) -> str | None:
    """Return `1,6,02:00:00:00:00:01`: htype, length, octets."""
    return f"{hardware[0]},{len(hardware) - 1},{hardware[1:].hex(':')}" if hardware else None
