"""Leases of dhcpd as lease facts: objects of OMAPI, and entries of the leases file; and what is asked for a query."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address
from math import isinf

from console.makes.isc.leasefile import LeaseEntry
from console.makes.isc.omapi import Values
from console.makes.plausible import LATEST_SECONDS
from console.model.leases import Binding, LeaseFacts, LeaseQuery
from console.model.plain_text import plain

OMAPI_STATES: Mapping[int, str] = {
    1: "free",
    2: "active",
    3: "expired",
    4: "released",
    5: "abandoned",
    6: "reset",
    7: "backup",
}
BINDINGS: Mapping[str, Binding] = {word: Binding(word.upper()) for word in OMAPI_STATES.values()}
HARDWARE = re.compile(r"[0-9a-f]{2}(?:[:-]?[0-9a-f]{2}){5}", re.IGNORECASE)
IDENTIFIER = re.compile(r"[0-9a-f]{2}(?:[:-]?[0-9a-f]{2})+", re.IGNORECASE)
ETHERNET = (1).to_bytes(4)


def asked(query: LeaseQuery) -> dict[str, bytes] | None:
    """The attributes that find the lease by OMAPI; None where OMAPI has no such search."""
    if query.by_address:
        try:
            return {"ip_address": IPv4Address(query.words).packed}
        except ValueError:
            return None
    if HARDWARE.fullmatch(query.words):
        return {"hardware_address": bytes.fromhex(_digits(query.words)), "hardware_type": ETHERNET}
    if IDENTIFIER.fullmatch(query.words):
        return {"dhcp_client_identifier": bytes.fromhex(_digits(query.words))}
    return None


def _digits(words: str) -> str:
    return words.replace(":", "").replace("-", "").lower()


def fits(entry: LeaseEntry, query: LeaseQuery) -> bool:
    """Whether an entry of the file is what the query asks for. A client is one with a lease that is not free."""
    if query.by_address:
        return entry.address == query.words
    if entry.state in ("free", "backup"):
        return False
    words = _digits(query.words)
    return (
        _digits(entry.hardware or "") == words
        or _digits(entry.client_id or "") == words
        or (entry.host_name or "").lower() == query.words.lower()
    )


def from_object(values: Values, scope: str) -> LeaseFacts | None:
    """The facts of a lease object; None without an address."""
    address = values.get("ip-address", b"")
    if len(address) != 4:
        return None
    number = int.from_bytes(values.get("state", b""))
    word = OMAPI_STATES.get(number, f"state {number}")
    hardware = values.get("hardware-address", b"")
    client_id = values.get("dhcp-client-identifier", b"")
    name = values.get("client-hostname", b"")
    ends = values.get("ends", b"") == b"\xff" * 4
    return LeaseFacts(
        address=str(IPv4Address(address)),
        scope=scope,
        word=word,
        status=BINDINGS.get(word, Binding.UNKNOWN),
        client_id=client_id.hex(":") or None,
        hardware=hardware.hex(":") or None,
        ends_at=None if ends else _time(values, "ends"),
        endless=ends,
        sent=_time(values, "tstp"),
        acked=_time(values, "tsfp"),
        received=_time(values, "atsfp"),
        last_transaction=_time(values, "cltt"),
        since=_time(values, "starts"),
        host_name=plain(name.decode("utf-8", "replace")) or None,
    )


def _time(values: Values, name: str) -> float | None:
    number = int.from_bytes(values.get(name, b"")[:8])
    return float(number) if 0 < number < min(LATEST_SECONDS, 0xFFFFFFFF) else None


def from_entry(entry: LeaseEntry, scope: str) -> LeaseFacts:
    """The facts of an entry of the leases file."""
    endless = entry.ends is not None and isinf(entry.ends)
    return LeaseFacts(
        address=entry.address,
        scope=scope,
        word=entry.state,
        status=BINDINGS[entry.state],
        client_id=entry.client_id,
        hardware=entry.hardware,
        ends_at=None if endless else entry.ends,
        endless=endless,
        sent=_finite(entry.announced),
        acked=_finite(entry.acked),
        received=_finite(entry.received),
        last_transaction=_finite(entry.last_transaction),
        since=_finite(entry.starts),
        reserved=entry.reserved,
        host_name=entry.host_name,
    )


def _finite(at: float | None) -> float | None:
    return None if at is None or isinf(at) else at
