"""What an endpoint wants done. The core takes these once a turn and carries them out in order.

`Store`, like the leases changed in the same turn, must be durable before any `Transmit` of that turn leaves.
"""

from dataclasses import dataclass

from dhcpserver.failover.record import FailoverRecord


@dataclass(frozen=True, slots=True)
class Transmit:
    """Send octets on a connection."""

    connection: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Dial:
    """Try to connect to the partner, over whichever transport comes first; answered by link_up or dial_failed."""


@dataclass(frozen=True, slots=True)
class Close:
    """Close a connection once what was transmitted has left; its end is not reported back."""

    connection: int


@dataclass(frozen=True, slots=True)
class Store:
    """Keep this record in place of the last one."""

    record: FailoverRecord


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line for the server's log.

    Attributes:
        id: message id.
        level: Error, Warning, Info or Activity.
        setting: the log setting that the line depends on; None for always.
    """

    id: int
    level: str
    text: str
    setting: str | None = None


@dataclass(frozen=True, slots=True)
class SendTrap:
    """A notification: other-server-not-responding, other-server-responding, failover-config-mismatch or
    address-conflict."""

    kind: str
    fields: tuple[tuple[str, object], ...]


Effect = Transmit | Dial | Close | Store | LogLine | SendTrap
