"""What a client has to do and to tell, as values."""

from dataclasses import dataclass
from enum import Enum

from dhcpserver.wire.dhcp4 import Packet


class State(Enum):
    """Figure 5 of RFC 2131; IDLE is before it and after a release."""

    IDLE = "IDLE"
    INIT = "INIT"
    SELECTING = "SELECTING"
    REQUESTING = "REQUESTING"
    BOUND = "BOUND"
    RENEWING = "RENEWING"
    REBINDING = "REBINDING"
    REBOOTING = "REBOOTING"


@dataclass(frozen=True, slots=True)
class Lease:
    """What a server acknowledged; times in the caller's seconds, `inf` for never."""

    address: int
    server: int
    """Option 54."""
    asked_at: float
    seconds: int
    """Option 51."""
    renew_at: float
    rebind_at: float
    expires_at: float


@dataclass(frozen=True, slots=True)
class Send:
    """Send this packet: to that address, or broadcast when it is 0."""

    packet: Packet
    to: int


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A server acknowledged the lease: new, extended or confirmed."""

    lease: Lease
    state: State
    """That the client was in when it asked."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A server said no, and the client gave up what it had."""

    address: int
    server: int


@dataclass(frozen=True, slots=True)
class Expired:
    """The lease ran out, and nobody had extended it."""

    lease: Lease


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The client gave up asking in this state."""

    state: State


Effect = Send | Acknowledged | Refused | Expired | Unanswered
Effects = tuple[Effect, ...]
