"""What goes into a turn of the core and what comes out of it; the shell fills the one and carries out the other."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from dhcpserver.failover.effects import Close, Dial, LogLine, Transmit
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.leases.lease import Lease
from dhcpserver.service.query import Arrival, Reply
from snmp.specs import TrapSpec


class LinkUp(NamedTuple):
    """A failover connection is there, dialled by us (`outbound`) or accepted; `secured` when TLS protects it."""

    connection: int
    outbound: bool
    transport: str
    local: str
    remote: str
    secured: bool = False


class LinkData(NamedTuple):
    """Octets of the failover connection, in any chunks."""

    connection: int
    octets: bytes


class LinkDown(NamedTuple):
    """A failover connection is gone."""

    connection: int
    cause: str


class DialFailed(NamedTuple):
    """No connection to the partner could be made."""

    cause: str


LinkEvent = LinkUp | LinkData | LinkDown | DialFailed


class SetPartnerDown(NamedTuple):
    """An operator says that the partner has been down since `date` (Unix seconds; None: since contact was lost)."""

    pair: str
    date: float | None
    expert: bool
    operator: str


class UseSafePeriod(NamedTuple):
    """An operator lets PARTNER-DOWN come by itself after the safe period, or not; until the next start."""

    pair: str
    use: bool
    operator: str


class SetSafePeriod(NamedTuple):
    """An operator has the safe period last `seconds` from the loss of contact; until the next start."""

    pair: str
    seconds: int
    operator: str


class Rebalance(NamedTuple):
    """An operator has the main make the shares of free addresses what is configured, now."""

    pair: str
    operator: str


class ForceAvailable(NamedTuple):
    """An operator says that an unavailable address can be used again."""

    address: int
    operator: str


class Stop(NamedTuple):
    """The server is about to end; `long` tells the partner to take over (SHUTDOWN), else to wait (PAUSED).

    In RECOVER it is refused unless it is forced.
    """

    long: bool
    force: bool = True


Command = SetPartnerDown | UseSafePeriod | SetSafePeriod | Rebalance | ForceAvailable | Stop


@dataclass(slots=True)
class Inputs:
    """What arrived since the last turn.

    Attributes:
        packets: DHCPv4 datagrams and where they came in.
        link: what happened on failover connections, in order.
        commands: (ticket, command); the ticket comes back with the answer.
    """

    packets: list[tuple[bytes, Arrival]] = field(default_factory=list)
    link: list[LinkEvent] = field(default_factory=list)
    commands: list[tuple[int, Command]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.packets or self.link or self.commands)


@dataclass(slots=True)
class Outputs:
    """What the core decided. `changes` and `record` must be durable before anything else of it leaves.

    Attributes:
        changes: leases to store.
        record: the failover state to store, None when it did not change.
        replies: to DHCP clients.
        link: for the failover link, in order.
        lines: for the log.
        traps: to send.
        answers: (ticket, None or the exception that refuses it).
    """

    changes: list[Lease] = field(default_factory=list)
    record: FailoverRecord | None = None
    replies: list[Reply] = field(default_factory=list)
    link: list[Transmit | Dial | Close] = field(default_factory=list)
    lines: list[LogLine] = field(default_factory=list)
    traps: list[TrapSpec] = field(default_factory=list)
    answers: list[tuple[int, Exception | None]] = field(default_factory=list)


class StateStore(Protocol):
    """Where the failover state is kept."""

    def write_record(self, record: FailoverRecord) -> None:
        """Durable on return. Raises StoreError."""


class LeaseKeeper(Protocol):
    """Where leases are kept."""

    def commit(self, leases: Iterable[Lease]) -> None:
        """All of them durable on return, or none. Raises StoreError."""


def keep(outputs: Outputs, state: StateStore, leases: LeaseKeeper) -> None:
    """Store what a turn decided; only when this returns may anything of the turn leave. Raises StoreError.

    The shell and the simulator both keep a turn by this, so that what is proven of the one holds for the other.
    """
    if outputs.record is not None:
        state.write_record(outputs.record)
    if outputs.changes:
        leases.commit(outputs.changes)
