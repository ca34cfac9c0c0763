"""Effects: what an endpoint asks the core to do. The core takes them once a turn and executes them in order.

The effect that stores the endpoint's record, `Store`, is in `state.record`. It must be durable, like the leases changed
in the same turn, before any `Transmit` of that turn is sent.
"""

from dataclasses import dataclass

from dhcpserver.contract.messages import Message


@dataclass(frozen=True, slots=True)
class Transmit:
    """Send octets on a connection."""

    connection: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Dial:
    """Try to connect to the partner over all transports; the first connection is used.

    The core answers with `link_up` or `dial_failed`.
    """


@dataclass(frozen=True, slots=True)
class Close:
    """Close a connection after everything transmitted on it was sent. The core does not report its end."""

    connection: int


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line for the server's log.

    Attributes:
        id: message id.
        level: Error, Warning, Info or Activity.
        setting: the log setting that controls the line; None if it is always written.
    """

    id: int
    level: str
    text: str
    setting: str | None = None


def log_line(message: Message, **values: object) -> LogLine:
    """Return a line of the catalogue with its values."""
    return LogLine(message.number, message.level, message.text.format_map(values), message.setting)


@dataclass(frozen=True, slots=True)
class SendTrap:
    """A notification. `kind` is other-server-not-responding, other-server-responding, failover-config-mismatch or
    address-conflict."""

    kind: str
    fields: tuple[tuple[str, object], ...]


Effect = Transmit | Dial | Close | LogLine | SendTrap
