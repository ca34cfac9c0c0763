"""The effects of a client: packets to send, and changes of its lease."""

from dataclasses import dataclass
from enum import Enum

from dhcpserver.wire.dhcp4 import Packet


class State(Enum):
    """The states of RFC 2131 figure 5. IDLE: not started, or after a release."""

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
    """An acknowledged lease. Times are in the caller's seconds; `inf` means never."""

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
    """Send the packet to the address `to`, or broadcast it if `to` is 0."""

    packet: Packet
    to: int


@dataclass(frozen=True, slots=True)
class LeaseAcknowledged:
    """A server acknowledged the lease: new, extended or confirmed."""

    lease: Lease
    state: State
    """The client's state when it sent the request."""


@dataclass(frozen=True, slots=True)
class LeaseRefused:
    """A server sent a NAK, and the client no longer has the address."""

    address: int
    server: int


@dataclass(frozen=True, slots=True)
class LeaseExpired:
    """The lease expired without an extension."""

    lease: Lease


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """All requests of the client in this state were unanswered."""

    state: State


Effect = Send | LeaseAcknowledged | LeaseRefused | LeaseExpired | NoAnswer
Effects = tuple[Effect, ...]
