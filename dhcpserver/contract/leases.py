"""`GET /api/v1/leases` and `GET /api/v1/leases/ADDRESS`."""

from typing import Literal

from dhcpserver.contract.fields import Document, Time


class LeaseDocument(Document):
    """One lease with the lead-time arithmetic of both partners (R-121 to R-132).

    `state` is a word of LeaseState, `binding_status` the word of the wire. `hardware` is `1,6,02:00:00:00:00:01` (type,
    length, address); `client_id` and `relay_agent_info` are octets in hexadecimal. `state_expiration` is `never` for an
    infinite lease. `association` is the identity association of a DHCPv6 client (`IA_NA 7`), whose DUID is `client_id`;
    `preferred_expiration` is when its preferred lifetime ends. `host_name` and `fqdn` are the names that the client
    sent (options 12 and 81, for DHCPv6 option 39).
    """

    address: str
    scope: str | None = None
    state: str
    binding_status: str | None = None
    client_id: str | None = None
    hardware: str | None = None
    association: str | None = None
    preferred_expiration: Time | Literal["never"] | None = None
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


class LeaseEventDocument(Document):
    """One event of the lease log. `event`: leased, extended, expired, released, declined or reset."""

    at: str
    event: str
    address: str
    scope: str | None = None
    hardware: str | None = None
    client_id: str | None = None
    host_name: str | None = None
    relay_agent_info: str | None = None
    until: str | None = None


class LeaseHistory(Document):
    """Who had an address at a time, by the lease log of the server that answers.

    `holder`: the event by which a client had it; null if no client had it as far as the log shows. `begins`: when the
    log begins: before then nothing is known. `events`: the last events of the address until then, at most 100.
    """

    address: str
    at: str
    begins: str | None
    holder: LeaseEventDocument | None
    events: tuple[LeaseEventDocument, ...]


class LeasePage(Document):
    """A page of leases; `next` is the address to go on after, null at the end."""

    leases: tuple[LeaseDocument, ...]
    next: str | None = None
