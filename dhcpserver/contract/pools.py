"""The pools of a status document: one scope or prefix, as counted by the server that answers."""

from dhcpserver.contract.fields import Count, Document, Percent, Seconds, Time


class Leads(Document):
    """A sample of a pool's leases by lead time (R-121).

    `limited` of the `sampled` would get no more than MCLT at their next renewal if nothing more was acknowledged.
    `classes` counts them by the lead that is left; `edges` are the lower ends of the classes after the first, seconds.
    """

    at: Time | None = None
    sampled: Count
    limited: Count
    classes: tuple[Count, ...]
    edges: tuple[Count, ...] = ()


class Thresholds(Document):
    """The free-address thresholds that the server applies to a pool (cnrNotifDHCPThreshold*).

    `watched`: whether it sends traps by them. `low` and `high`: percent of the configured addresses. `over`: what is
    counted (a word of ThresholdScope), `value` names it. `free` of `configured` is the present level; `is_low`: it was
    at or below `low`, and has not been at `high` again.
    """

    watched: bool = True
    low: Percent
    high: Percent
    over: str
    value: str = ""
    free: Count | None = None
    configured: Count | None = None
    is_low: bool | None = None


class PoolStatus(Document):
    """One pool. `available` is the answering server's own share, `other_available` its partner's.

    Addresses that are not divided by moving them, because a rule has the owner of each (IPv6 addresses by parity), are
    `undivided`: how many more leases there can be. The two shares and the percentages are null then.

    `total` is the sum of available, other_available, leased, offered, pending_available and unavailable. `family` is a
    word of Family. `actual_backup_pct` is the backup's share of all available addresses. `lease_time` is the policy's.
    `new_clients` and `renewals` count since the server started. `version` is the status version of its last change.
    """

    name: str
    family: str
    subnet: str | None = None
    total: Count
    available: Count | None
    other_available: Count | None
    leased: Count
    offered: Count = 0
    pending_available: Count = 0
    unavailable: Count
    reserved: Count | None = None
    backup_pct: Percent | None
    actual_backup_pct: Percent | None = None
    lease_time: Seconds | None = None
    new_clients: Count | None = None
    renewals: Count | None = None
    new_clients_15m: Count | None = None
    leads: Leads | None = None
    thresholds: Thresholds | None = None
    undivided: Count | None = None
    version: Count | None = None
