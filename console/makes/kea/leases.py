"""Leases of Kea's lease commands (hook library libdhcp_lease_cmds) as lease facts, and the commands that find them."""

import re
from collections.abc import Mapping
from math import inf
from typing import Any

from console.makes.kea.pools import PREFIXES, Subnet
from console.model.leases import Binding, LeaseFacts, LeaseQuery

ENDLESS = 2**32 - 1
STATES: Mapping[int, tuple[str, Binding]] = {
    0: ("assigned", Binding.ACTIVE),
    1: ("declined", Binding.ABANDONED),
    2: ("expired-reclaimed", Binding.FREE),
}
DELEGATED = "IA_PD"
"""The type of a lease of a delegated prefix."""
HARDWARE = re.compile(r"[0-9a-f]{2}(?:[:-]?[0-9a-f]{2}){5}", re.IGNORECASE)
IDENTIFIER = re.compile(r"[0-9a-f]{2}(?:[:-]?[0-9a-f]{2})+", re.IGNORECASE)


def asked(query: LeaseQuery, service: str) -> tuple[str, dict[str, Any]]:
    """The command for a query and its arguments."""
    if service == "dhcp6":
        if query.by_address:
            address, slash, _ = query.words.partition("/")
            return "lease6-get", {"ip-address": address, "type": DELEGATED if slash else "IA_NA"}
        return "lease6-get-by-duid", {"duid": _colons(query.words)}
    if query.by_address:
        return "lease4-get", {"ip-address": query.words}
    if HARDWARE.fullmatch(query.words):
        return "lease4-get-by-hw-address", {"hw-address": _colons(query.words)}
    if IDENTIFIER.fullmatch(query.words):
        return "lease4-get-by-client-id", {"client-id": _colons(query.words)}
    return "lease4-get-by-hostname", {"hostname": query.words.lower()}


def _colons(words: str) -> str:
    digits = words.replace(":", "").replace("-", "").lower()
    return ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))


def lease_facts(raw: Mapping[str, Any], subnets: Mapping[int, Subnet]) -> LeaseFacts | None:
    """The facts of one lease; None without an address."""
    address = raw.get("ip-address")
    if not isinstance(address, str):
        return None
    number = raw.get("state")
    known = STATES.get(number) if isinstance(number, int) else None
    word, binding = known or (f"state {number}", Binding.UNKNOWN)
    begun, length = _count(raw.get("cltt")), _count(raw.get("valid-lft"))
    endless = length == ENDLESS
    subnet = subnets.get(within) if isinstance(within := raw.get("subnet-id"), int) else None
    scope = subnet.name if subnet is not None else f"subnet {within}"
    delegated = raw.get("type") == DELEGATED
    preferred = _count(raw.get("preferred-lft"))
    return LeaseFacts(
        address=f"{address}/{raw.get('prefix-len')}" if delegated else address,
        scope=scope + PREFIXES.suffix if delegated else scope,
        word=word,
        status=binding,
        client_id=_text(raw.get("client-id") or raw.get("duid")),
        hardware=_text(raw.get("hw-address")),
        ends_at=float(begun + length) if begun is not None and length is not None and not endless else None,
        endless=endless,
        last_transaction=None if begun is None else float(begun),
        host_name=_text(raw.get("hostname")),
        association=_association(raw),
        preferred_until=_preferred(begun, preferred),
    )


def _association(raw: Mapping[str, Any]) -> str | None:
    """The identity association of a lease of DHCPv6, `IA_PD 7`."""
    kind, number = raw.get("type"), _count(raw.get("iaid"))
    return f"{kind} {number}" if isinstance(kind, str) and number is not None else None


def _preferred(begun: int | None, length: int | None) -> float | None:
    if begun is None or length is None:
        return None
    return inf if length == ENDLESS else float(begun + length)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**33 else None
