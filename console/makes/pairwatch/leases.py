"""Lease documents of the HTTP API as lease facts."""

from collections.abc import Mapping
from math import inf
from typing import Any

from pydantic import ValidationError

from console.errors import Unreadable
from console.model.leases import Binding, LeaseFacts
from dhcpserver.contract.leases import LeaseDocument

ENDLESS = "never"


def lease_facts(raw: Mapping[str, Any]) -> LeaseFacts:
    """The facts of one lease. Raises Unreadable."""
    try:
        lease = LeaseDocument.model_validate(raw)
    except ValidationError as wrong:
        where = ".".join(str(part) for part in wrong.errors()[0]["loc"])
        raise Unreadable(f"the lease cannot be read: {where}: {wrong.errors()[0]['msg']}") from wrong
    endless = lease.state_expiration == ENDLESS
    return LeaseFacts(
        address=lease.address,
        scope=lease.scope or "",
        word=lease.state,
        status=_binding(lease.binding_status),
        client_id=lease.client_id,
        hardware=lease.hardware,
        ends_at=lease.state_expiration if isinstance(lease.state_expiration, float) else None,
        endless=endless,
        sent=lease.potential_sent,
        acked=lease.potential_acked,
        received=lease.potential_received,
        last_transaction=lease.client_last_transaction,
        since=lease.start_of_state,
        relay_info=lease.relay_agent_info,
        reserved=lease.reserved,
        needs_update=lease.needs_update,
        host_name=lease.host_name,
        fqdn=lease.fqdn,
        association=lease.association,
        preferred_until=_preferred(lease.preferred_expiration),
    )


def _preferred(value: float | str | None) -> float | None:
    return inf if value == ENDLESS else value if isinstance(value, float) else None


def _binding(word: str | None) -> Binding:
    try:
        return Binding(word or "")
    except ValueError:
        return Binding.UNKNOWN
