"""One failover connection as the session sees it, and what it reports to the endpoint."""

from dataclasses import dataclass, field
from enum import Enum

from dhcpserver.failover.handshake import Peer
from dhcpserver.wire.digest import Seal
from dhcpserver.wire.failover4 import Message
from dhcpserver.wire.framing import Framer


class Phase(Enum):
    """How far a connection is."""

    AWAIT_CONNECT = "waiting for CONNECT"
    AWAIT_ACK = "waiting for CONNECTACK"
    OPEN = "open"


@dataclass(slots=True)
class Link:
    """One connection.

    Attributes:
        connection: its number, given by the transport.
        secured: whether TLS protects it.
        deadline: when CONNECT or CONNECTACK must be there.
        received, sent: when something last came, and went.
        seal: makes and checks digests, None without a shared secret.
        frames: what this turn sends.
        skew: the partner's clock less ours, seconds; `best_skew` the best seen since `skew_until` was last set.
    """

    connection: int
    transport: str
    local: str
    remote: str
    secured: bool
    since: float
    phase: Phase
    deadline: float
    received: float
    sent: float
    seal: Seal | None
    framer: Framer
    skew_until: float
    frames: list[bytes] = field(default_factory=list)
    peer: Peer | None = None
    skew: float | None = None
    best_skew: float | None = None

    def portion(self) -> bytes:
        """The octets of all frames, which are then gone."""
        frames = self.frames if self.seal is None else map(self.seal.close, self.frames)
        octets = b"".join(frames)
        self.frames.clear()
        return octets


@dataclass(frozen=True, slots=True)
class Opened:
    """CONNECT and CONNECTACK were exchanged; STATE is next."""

    link: Link
    peer: Peer


@dataclass(frozen=True, slots=True)
class Lost:
    """The open connection ended."""

    cause: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A message arrived on the open connection."""

    message: Message


Happening = Opened | Lost | Heard
