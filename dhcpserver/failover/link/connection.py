"""One connection to the partner, and the events that the session reports about it."""

from dataclasses import dataclass, field
from enum import Enum

from dhcpserver.failover.link.handshake import Peer
from dhcpserver.failover.link.skew import SkewMeter
from dhcpserver.wire.digest import Seal
from dhcpserver.wire.failover4 import Contact, Message, StateReport, Unsupported
from dhcpserver.wire.framing import Framer

MESSAGES_PER_TURN = 1000
"""Messages of one connection handled in one turn at most; more wait for the next turn."""


class ConnectionPhase(Enum):
    """The phase of a connection. The value is used in texts."""

    AWAIT_CONNECT = "waiting for CONNECT"
    AWAIT_ACK = "waiting for CONNECTACK"
    OPEN = "open"


@dataclass(slots=True)
class Connection:
    """One connection.

    Attributes:
        number: its number, given by the transport.
        transport: `ipv4` or `ipv6`; `local`, `remote`: the addresses, for texts.
        secured: whether it uses TLS.
        since: when it was established, Unix seconds.
        deadline: when CONNECT or CONNECTACK must have arrived.
        received, sent: when something was last received and sent.
        seal: makes and checks digests, None without a shared secret.
        frames: the frames that this turn sends.
        partner_stops: whether the partner's last STATE was PAUSED or SHUTDOWN.
        unanswered: updates that arrived in this turn, which sends their acknowledgements at its end.
        allowance: how many more messages are handled in this turn.
        peer: what the partner sent about itself; None before CONNECT or CONNECTACK.
        clocks: measures the skew of the partner's clock.
    """

    number: int
    transport: str
    local: str
    remote: str
    secured: bool
    since: float
    phase: ConnectionPhase
    deadline: float
    received: float
    sent: float
    seal: Seal | None
    framer: Framer
    clocks: SkewMeter
    frames: list[bytes] = field(default_factory=list)
    partner_stops: bool = False
    unanswered: int = 0
    allowance: int = MESSAGES_PER_TURN
    peer: Peer | None = None

    def shift(self, step: float) -> None:
        """Follow a step of this server's clock.

        After a step forward, CONTACT is sent at once. The machine may have been suspended, and the partner may have
        closed the connection long ago; the answer to CONTACT shows that.
        """
        self.since += step
        self.deadline += step
        self.received += step
        self.sent = self.sent + step if step < 0 else 0.0
        self.clocks.shift(step)

    def end_turn(self) -> None:
        """Handle the end of a turn: all updates are acknowledged."""
        self.unanswered = 0
        self.allowance = MESSAGES_PER_TURN

    def take_octets(self) -> bytes:
        """Return the octets of all frames, and remove the frames."""
        frames = self.frames if self.seal is None else map(self.seal.close, self.frames)
        octets = b"".join(frames)
        self.frames.clear()
        return octets

    def open(self, peer: Peer, time: int, now: float, keepalive: float) -> None:
        """Handle that CONNECT and CONNECTACK were exchanged; `time` is that of the partner's message."""
        self.peer = peer
        self.phase = ConnectionPhase.OPEN
        self.clocks.open(time, now, keepalive)

    def next_deadline(self, keepalive: float) -> float:
        """Return when something is due: the end of the handshake, of the partner's silence, or the next CONTACT.

        0, so at once, if messages wait.
        """
        if self.framer.more:
            return 0.0
        if self.phase is not ConnectionPhase.OPEN or self.peer is None:
            return self.deadline
        return min(self.received + keepalive, self.sent + self.peer.send_interval)

    def wrong_time(self, message: Message, now: float, limit: float, keepalive: float) -> float | None:
        """Return by how much a time of a message is wrong; None if it is not.

        STATE and CONTACT are sent when they are due, so they show the skew of the clocks (`excessive_skew`). Of the
        other messages, only a time that is ahead shows anything.
        """
        if isinstance(message, Unsupported):
            return None
        if isinstance(message, StateReport | Contact):
            skew = self.excessive_skew(message.time, now, limit, keepalive)
            if skew is not None or isinstance(message, Contact):
                return skew
            ahead = (message.since or 0) - now
        else:
            ahead = self.clocks.take(message.time, now)
        return ahead if ahead > limit else None

    def excessive_skew(self, time: int, now: float, limit: float, keepalive: float) -> float | None:
        """Take the time of a message; return the skew if the partner's clock is wrong, None if it is not.

        A time ahead by more than `limit` seconds is wrong. A time behind may be due to a slow network, so it is wrong
        only if no better time arrived for `keepalive` seconds.
        """
        skew = self.clocks.take(time, now)
        return skew if skew > limit or self.clocks.behind(now, limit, keepalive) else None


@dataclass(frozen=True, slots=True)
class ConnectionOpened:
    """CONNECT and CONNECTACK were exchanged; STATE is next."""

    connection: Connection
    peer: Peer


@dataclass(frozen=True, slots=True)
class ConnectionLost:
    """The open connection ended."""

    cause: str


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A message arrived on the open connection."""

    message: Message


SessionEvent = ConnectionOpened | ConnectionLost | MessageReceived
