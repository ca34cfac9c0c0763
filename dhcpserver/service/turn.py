"""The inputs and outputs of a turn of the core. The shell collects the inputs and carries out the outputs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from dhcpserver.contract.words import LinkFailureCause
from dhcpserver.failover.effects import Close, Dial, LogLine, Transmit
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.leases.lease import Lease
from dhcpserver.service.consulting import Finding, Question
from dhcpserver.service.dns.follower import DnsChange
from dhcpserver.service.query import Arrival, Reply
from dhcpserver.service.v6.query import Arrival6, Reply6
from dhcpserver.wire.dhcp6options import MessageType6
from snmp.mib.specs import TrapSpec


class Moment(NamedTuple):
    """The time of a turn.

    Attributes:
        wall: Unix seconds; the clock may be set.
        steady: seconds since any moment before the start of this process; never set. See `service.clock`.
    """

    wall: float
    steady: float


class LinkUp(NamedTuple):
    """A failover connection was opened by this server (`outbound`) or accepted; `secured`: TLS protects it."""

    connection: int
    outbound: bool
    transport: str
    local: str
    remote: str
    secured: bool = False


class LinkData(NamedTuple):
    """Octets received on a failover connection, in chunks of any size."""

    connection: int
    octets: bytes


class LinkDown(NamedTuple):
    """A failover connection was closed."""

    connection: int
    cause: str


class DialFailed(NamedTuple):
    """An attempt to connect to the partner failed; `cause` is for people, `failure` for rules."""

    cause: str
    failure: LinkFailureCause = LinkFailureCause.UNREACHABLE


LinkEvent = LinkUp | LinkData | LinkDown | DialFailed


class SetPartnerDown(NamedTuple):
    """The partner has been down since `date` (Unix seconds; None: since contact was lost)."""

    pair: str
    date: float | None
    expert: bool
    operator: str


class UseSafePeriod(NamedTuple):
    """Whether PARTNER-DOWN follows automatically after the safe period; valid until the next start."""

    pair: str
    use: bool
    operator: str


class SetSafePeriod(NamedTuple):
    """The safe period is `seconds` from the loss of contact; valid until the next start."""

    pair: str
    seconds: int
    operator: str


class Rebalance(NamedTuple):
    """The main moves free addresses until both shares are as configured."""

    pair: str
    operator: str


class ForceAvailable(NamedTuple):
    """An unavailable address can be used again."""

    address: int
    operator: str


class Reconfigure(NamedTuple):
    """DHCPv6 clients are asked to renew: the one of a lease (`key`), or those of a prefix (its name).

    `kind`: what they are to send, a number of MessageType6. `patient`: also when this server begins to serve clients
    only later. `paths`: where messages arrived before a reload.
    """

    target: int | str
    kind: MessageType6
    operator: str
    patient: bool = False
    paths: Mapping[int | bytes, Arrival6] | None = None


class Stop(NamedTuple):
    """The server stops. With `long` the partner takes over (SHUTDOWN), otherwise it waits (PAUSED).

    In RECOVER it is refused unless `force` is set.
    """

    long: bool
    force: bool = True


Command = SetPartnerDown | UseSafePeriod | SetSafePeriod | Rebalance | ForceAvailable | Reconfigure | Stop


@dataclass(slots=True)
class Inputs:
    """What arrived since the last turn.

    Attributes:
        packets: DHCPv4 datagrams and where they arrived.
        packets6: the same of DHCPv6.
        link: events of failover connections, in order.
        commands: (ticket, command); the answer has the same ticket.
        echoes: addresses that answered an ICMP echo request.
        unprobed: addresses to which no echo request could be sent.
        findings: answers to questions of earlier turns.
    """

    packets: list[tuple[bytes, Arrival]] = field(default_factory=list)
    link: list[LinkEvent] = field(default_factory=list)
    commands: list[tuple[int, Command]] = field(default_factory=list)
    echoes: list[int] = field(default_factory=list)
    unprobed: list[int] = field(default_factory=list)
    packets6: list[tuple[bytes, Arrival6]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def __bool__(self) -> bool:
        packets = self.packets or self.packets6
        return bool(packets or self.link or self.commands or self.echoes or self.unprobed or self.findings)


@dataclass(slots=True)
class Outputs:
    """What the core decided. `changes` and `record` must be durable before anything else of it is sent.

    Attributes:
        changes: leases to store.
        record: the failover state to store, None if it did not change.
        replies: to DHCPv4 clients.
        replies6: to DHCPv6 clients and relays.
        link: for the failover link, in order.
        lines: for the log.
        traps: to send.
        answers: (ticket, None or the exception that refuses the command).
        probes: addresses to send an ICMP echo request to.
        questions: to be answered outside of the core.
        dns: DNS records to add and remove.
    """

    changes: list[Lease] = field(default_factory=list)
    record: FailoverRecord | None = None
    replies: list[Reply] = field(default_factory=list)
    link: list[Transmit | Dial | Close] = field(default_factory=list)
    lines: list[LogLine] = field(default_factory=list)
    traps: list[TrapSpec] = field(default_factory=list)
    answers: list[tuple[int, Exception | None]] = field(default_factory=list)
    probes: list[int] = field(default_factory=list)
    replies6: list[Reply6] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    dns: list[DnsChange] = field(default_factory=list)


class StateStorage(Protocol):
    """Stores the failover state."""

    def write_record(self, record: FailoverRecord) -> None:
        """Store the record; it is durable on return. Raises StoreError."""


class LeaseStorage(Protocol):
    """Stores leases."""

    def commit(self, leases: Iterable[Lease]) -> None:
        """Store the leases; all of them are durable on return, or none. Raises StoreError."""


def store_outputs(outputs: Outputs, state: StateStorage, leases: LeaseStorage) -> None:
    """Store what a turn decided. Nothing of the turn may be sent before this returns. Raises StoreError.

    The shell and the simulator both call it, so that the order that the simulation tests is the order of the server.
    """
    if outputs.record is not None:
        state.write_record(outputs.record)
    if outputs.changes:
        leases.commit(outputs.changes)
