"""A snapshot of an endpoint, for the management interface. Times are Unix seconds, None for none."""

from dataclasses import dataclass
from typing import NamedTuple

from dhcpserver.failover.states import State


@dataclass(slots=True)
class UpdateCounters:
    """Numbers of binding updates since the start. The endpoint counts in one object; a view has a copy.

    Attributes:
        sent, acked, rejected: to the partner, and its answers.
        received, refused: from the partner, and those of them that this server refused.
        leases: of those received, the ones of a running lease.
    """

    sent: int = 0
    acked: int = 0
    rejected: int = 0
    received: int = 0
    leases: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class LinkView:
    """The open connection."""

    transport: str
    local: str
    remote: str
    since: float
    partner_vendor: str
    tls: bool = False
    digest: bool = False


@dataclass(frozen=True, slots=True)
class ConnectionFailure:
    """Why the last connection, or attempt to connect, failed."""

    at: float
    text: str
    cause: str


@dataclass(frozen=True, slots=True)
class ResyncView:
    """An open update request; `direction` is `sending` or `receiving`, `total` None while unknown."""

    kind: str
    direction: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of state."""

    at: float
    origin: State
    to: State
    reason: str
    cause: str
    partner_state: State | None


class Skew(NamedTuple):
    """The partner's clock minus this server's, in seconds, and how far that may be wrong.

    0 if the messages do not show a difference.
    """

    seconds: float
    uncertainty: float


@dataclass(frozen=True, slots=True)
class EndpointView:
    """The endpoint. docs/http-api.md explains each field for users."""

    name: str
    role: str
    server_name: str
    partner_name: str
    state: State
    state_since: float
    state_reason: str
    state_cause: str
    previous_state: State | None
    partner_state: State | None
    partner_state_since: float | None
    communications_ok: bool
    start_of_communications_interrupted: float | None
    last_contact: float | None
    ever_communicated: bool
    link: LinkView | None
    last_failure: ConnectionFailure | None
    load_balancing: bool
    use_safe_period: bool
    safe_period: int
    safe_period_remaining: float | None
    safe_period_ends: float | None
    partner_down_time: float | None
    partner_pool_usable_at: float | None
    recover_deadline: float | None
    probe_until: float | None
    skew: Skew | None
    unacked_updates: int
    max_unacked_updates: int
    updates_pending: int
    updates_resting: int
    oldest_unacked_age: float | None
    updates: UpdateCounters
    resync: ResyncView | None
    config_mismatch: tuple[str, ...]
    transitions: tuple[Transition, ...]
