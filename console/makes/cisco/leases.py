"""A Lease object of a Cisco server as lease facts. Its keys are the attributes of a lease in camel case."""

from collections.abc import Mapping
from typing import Any

from console.makes.cisco.values import moment, text
from console.model.leases import Binding, LeaseFacts

STATES: Mapping[str, Binding] = {
    "available": Binding.FREE,
    "other-available": Binding.BACKUP,
    "pending-available": Binding.RESET,
    "leased": Binding.ACTIVE,
    "expired": Binding.EXPIRED,
    "released": Binding.RELEASED,
    "unavailable": Binding.ABANDONED,
}
"""Its words for the states of a lease. An offered one has no binding status yet."""


def lease_facts(raw: Mapping[str, Any]) -> LeaseFacts | None:
    """The facts; None without an address."""
    address = text(raw, "address")
    if address is None:
        return None
    word = (text(raw, "state") or "").lower()
    return LeaseFacts(
        address=address,
        scope=text(raw, "scopeName") or "",
        word=word,
        status=STATES.get(word, Binding.UNKNOWN),
        client_id=text(raw, "clientId"),
        hardware=_hardware(text(raw, "clientMacAddr")),
        ends_at=moment(raw, "expiration"),
        last_transaction=moment(raw, "clientLastTransactionTime"),
        since=moment(raw, "startTimeOfState"),
        host_name=text(raw, "clientHostName"),
    )


def _hardware(value: str | None) -> str | None:
    """`1,6,02:00:...` has the type and the length before the address."""
    return None if value is None else value.rpartition(",")[2]
