"""One lease as one server has it, in the words of no make. Times are by that server's clock, None where missing."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf


class Binding(StrEnum):
    """The binding status of a lease, as the failover protocol has it (draft-ietf-dhc-failover-12 section 5.7)."""

    FREE = "FREE"
    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    RELEASED = "RELEASED"
    ABANDONED = "ABANDONED"
    RESET = "RESET"
    BACKUP = "BACKUP"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class LeaseFacts:
    """A server's record of an address or a delegated prefix. `word` is the server's own word for its state.

    `endless`: the lease has no end; `ends_at` is its end otherwise. `sent`, `acked` and `received` are potential
    expiry times (R-121). `reserved` and `needs_update` are None where they are not known. `host_name` and
    `fqdn` are the names that the client sent (options 12 and 81). `association` is the identity association of a DHCPv6
    client, `preferred_until` the end of its preferred lifetime.
    """

    address: str
    scope: str
    word: str
    status: Binding
    client_id: str | None = None
    hardware: str | None = None
    ends_at: float | None = None
    endless: bool = False
    sent: float | None = None
    acked: float | None = None
    received: float | None = None
    last_transaction: float | None = None
    since: float | None = None
    relay_info: str | None = None
    reserved: bool | None = None
    needs_update: bool | None = None
    host_name: str | None = None
    fqdn: str | None = None
    association: str | None = None
    preferred_until: float | None = None

    @property
    def end(self) -> float | None:
        """The end; infinite for a lease without an end."""
        return inf if self.endless else self.ends_at

    @property
    def lead(self) -> float:
        """The latest time that the partner acknowledged or announced; 0 for none."""
        return max(self.acked or 0.0, self.received or 0.0)


@dataclass(frozen=True, slots=True)
class LeaseQuery:
    """What to ask a server for: the lease of one address, or all leases of a client. `words` is what is shown."""

    words: str
    by_address: bool
