"""The effects of a DHCPv6 client: messages to send, and changes of its leases."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from dhcpserver.client.ledger import Why
from dhcpserver.wire.dhcp6ia import IA, IAKind
from dhcpserver.wire.dhcp6options import MessageType6, Options, StatusCode


class State6(Enum):
    """What a client does. IDLE: not started, or after a release. CONFIGURED: a stateless client with an answer."""

    IDLE = "IDLE"
    SOLICITING = "SOLICITING"
    REQUESTING = "REQUESTING"
    CONFIRMING = "CONFIRMING"
    BOUND = "BOUND"
    RENEWING = "RENEWING"
    REBINDING = "REBINDING"
    RELEASING = "RELEASING"
    DECLINING = "DECLINING"
    INFORMING = "INFORMING"
    CONFIGURED = "CONFIGURED"


@dataclass(frozen=True, slots=True)
class Lease6:
    """One address or prefix of a client. Times are in the caller's seconds; `inf` means never."""

    kind: IAKind
    iaid: int
    address: int
    length: int
    """128 for an address."""
    asked_at: float
    preferred_until: float
    valid_until: float


@dataclass(frozen=True, slots=True)
class Send6:
    """Send a message to all servers and relays (ff02::1:2)."""

    type: MessageType6
    octets: bytes


@dataclass(frozen=True, slots=True)
class LeaseGranted6:
    """A server granted a lease, or extended it."""

    lease: Lease6
    server: bytes
    """Its DUID."""
    state: State6
    """The client's state when it sent the request."""


@dataclass(frozen=True, slots=True)
class LeasesConfirmed6:
    """A server confirmed that the addresses are right on this link."""

    server: bytes


@dataclass(frozen=True, slots=True)
class LeaseEnded6:
    """The client no longer has a lease."""

    lease: Lease6
    why: Why


@dataclass(frozen=True, slots=True)
class Unavailable6:
    """A server gave nothing in one identity association, with the status code."""

    kind: IAKind
    iaid: int
    status: int


@dataclass(frozen=True, slots=True)
class Configured6:
    """A server answered with configuration only."""

    options: Options


@dataclass(frozen=True, slots=True)
class NoAnswer6:
    """All transmissions of the client in this state were unanswered."""

    state: State6


Effect6 = Send6 | LeaseGranted6 | LeasesConfirmed6 | LeaseEnded6 | Unavailable6 | Configured6 | NoAnswer6
Effects6 = tuple[Effect6, ...]


def unavailable(ias: Iterable[IA]) -> list[Effect6]:
    """Return an effect for each association in which a server gave nothing."""
    return [
        Unavailable6(ia.kind, ia.iaid, ia.status.code)
        for ia in ias
        if not ia.leases and ia.status is not None and ia.status.code != StatusCode.SUCCESS
    ]
