"""The failover pair of a status document: the endpoint of the server that answers (RFC 8156 section 8).

A field without a default was in the first version of the document, and every server sends it.
"""

from collections.abc import Mapping

from pydantic import Field

from dhcpserver.contract.fields import Count, Document, Percent, Seconds, Time
from dhcpserver.contract.pools import PoolStatus


class Failure(Document):
    """Why the last failover connection, or the last attempt to connect, failed. `cause`: a word of LinkFailureCause."""

    at: Time | None = None
    text: str
    cause: str | None = None


class Connection(Document):
    """The open failover connection. `transport` is `ipv4` or `ipv6`; `local` and `remote` are address:port."""

    transport: str
    local: str = ""
    remote: str
    since: Time | None = None
    partner_vendor: str = ""
    tls: bool = False
    digest: bool = False
    last_failure: Failure | None = None


class ConnectAttempt(Document):
    """The last attempt to connect over one transport. `outcome`: connected, failed, overtaken or trying."""

    transport: str
    at: Time | None = None
    local: str | None = None
    remote: str | None = None
    outcome: str
    error: str | None = None
    errno: int | None = None


class Resync(Document):
    """An update request in progress. `direction`: sending or receiving; `total` is null while it is not known."""

    kind: str
    direction: str
    done: Count
    total: Count | None


class UpdateCounters(Document):
    """Binding updates since the server started. `leases`: of those received, the ones of a running lease."""

    sent: Count
    acked: Count
    rejected: Count
    received: Count
    refused: Count
    leases: Count | None = None


class Buckets(Document):
    """How many of the 256 hash buckets of RFC 3074 each server answers while both are NORMAL."""

    main: Count
    backup: Count


class RelayTraffic(Document):
    """A relay that sent requests; `address` is null for clients without a relay."""

    address: str | None = None
    last: Time | None = None
    clients_5m: Count


class Traffic(Document):
    """Requests since the server started; `no_address`: of new clients for which no address was available.

    `requests` and `no_address` are those of DHCPv4, `requests6` those of DHCPv6.
    """

    since: Time | None = None
    requests: Count
    no_address: Count
    requests6: Count | None = None
    relays: tuple[RelayTraffic, ...]


class Transition(Document):
    """One change of state. `cause`: a word of StateCause; `reason` is for people."""

    at: Time
    origin: str = Field(alias="from")
    to: str
    reason: str | None = None
    cause: str | None = None
    partner_state: str | None = None


class Limits(Document):
    """Limits that the server applies to the pair.

    `clock_skew`: seconds between the clocks of the partners beyond which a connection is refused.
    """

    clock_skew: Seconds


class PairStatus(Document):
    """One failover pair as the server that answers sees it.

    States are words of RFC 8156 (`STARTUP`, `NORMAL`, ...), `role` is a word of PairRole, `communications` of
    Communications, `state_cause` of StateCause. Durations are seconds. null: there is no such thing at present.
    `time_skew`: the partner's clock minus this server's, 0 if the messages show no difference.
    """

    name: str
    role: str
    failover: bool = True
    server_name: str
    partner_name: str
    state: str
    state_since: Time | None
    state_reason: str | None = None
    state_cause: str | None = None
    previous_state: str | None = None
    partner_state: str | None
    partner_state_since: Time | None = None
    communications: str
    start_of_communications_interrupted: Time | None
    last_contact: Time | None = None
    ever_communicated: bool | None = None
    link: Connection | None = None
    link_failure: Failure | None = None
    mclt: Seconds
    backup_pct: Percent
    load_balancing: bool
    use_safe_period: bool
    safe_period: Seconds
    safe_period_strict: bool | None = None
    safe_period_remaining: Seconds | None
    safe_period_ends: Time | None = None
    partner_down_time: Time | None = None
    partner_pool_usable_at: Time | None = None
    recover_deadline: Time | None = None
    probe_until: Time | None = None
    time_skew: float | None = None
    time_skew_uncertainty: Seconds | None = None
    unacked_updates: Count
    max_unacked_updates: Count | None = None
    updates_pending: Count
    updates_resting: Count | None = None
    oldest_unacked_age: Seconds | None = None
    updates: UpdateCounters | None = None
    resync: Resync | None = None
    config_mismatch: tuple[str | Mapping[str, str | int | float | bool | None], ...] | None = None
    reload_pending: bool | None = None
    buckets: Buckets | None = None
    transports: tuple[ConnectAttempt, ...] | None = None
    traffic: Traffic | None = None
    transitions: tuple[Transition, ...] | None = None
    limits: Limits | None = None
    pools: tuple[PoolStatus, ...]
