"""`GET /api/v1/leases` and `GET /api/v1/leases/ADDRESS`."""

from typing import Literal

from dhcpserver.contract.fields import Document, Time


class LeaseDocument(Document):
    """One lease with the lead-time arithmetic of both partners (R-121 to R-132).

    `state` is a word of LeaseState, `binding_status` the word of the wire. `hardware` is `1,6,02:00:00:00:00:01` (type,
    length, address); `client_id` and `relay_agent_info` are octets in hexadecimal. `state_expiration` is `never` for an
    infinite lease. `host_name` and `fqdn` are the names that the client sent (options 12 and 81).
    """

    address: str
    scope: str | None = None
    state: str
    binding_status: str | None = None
    client_id: str | None = None
    hardware: str | None = None
    state_expiration: Time | Literal["never"] | None = None
    potential_sent: Time | None = None
    potential_acked: Time | None = None
    potential_received: Time | None = None
    client_last_transaction: Time | None = None
    start_of_state: Time | None = None
    relay_agent_info: str | None = None
    host_name: str | None = None
    fqdn: str | None = None
    reserved: bool | None = None
    needs_update: bool | None = None


class LeasePage(Document):
    """A page of leases; `next` is the address to go on after, null at the end."""

    leases: tuple[LeaseDocument, ...]
    next: str | None = None
