"""The connection to the partner: dialling, CONNECT and CONNECTACK, keepalive (draft-12 sections 8 and 10).

The main dials and sends CONNECT as the first message; the backup checks it and answers CONNECTACK. A foreign backup may
dial too, and then waits for the main's CONNECT on that connection. After the exchange both send STATE. The first STATE
received makes communications OK, which the state machine handles.

A main uses one connection and never opens a second one at the same time. A backup that receives a valid CONNECT while
it has an open connection takes the new one, because the main dials again only after it has closed the old one.

Each server sends the silence after which it closes the connection (receive-timer). The other sends a message four times
as often. Messages have the sender's time; see `Connection.excessive_skew`. Nothing here decides about states or leases:
`receive` and `tick` return what happened, in order.
"""

import random

from dhcpserver.contract.messages import TIME_SKEW
from dhcpserver.contract.words import LinkFailureCause
from dhcpserver.failover.effects import Close, Transmit
from dhcpserver.failover.link.connection import (
    Connection,
    ConnectionLost,
    ConnectionOpened,
    ConnectionPhase,
    MessageReceived,
    SessionEvent,
)
from dhcpserver.failover.link.dialling import Dialling
from dhcpserver.failover.link.failures import cause_of
from dhcpserver.failover.link.handshake import FOREIGN_SKEW, SKEW, Peer
from dhcpserver.failover.link.introduction import Introduction
from dhcpserver.failover.link.mismatch import MismatchReports
from dhcpserver.failover.link.skew import SkewMeter
from dhcpserver.failover.link.startnumber import StartNumbers
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import State, by_number
from dhcpserver.failover.timers import NEVER
from dhcpserver.wire import failover4
from dhcpserver.wire.digest import DigestError, Seal
from dhcpserver.wire.errors import WireError
from dhcpserver.wire.failover4 import (
    Connect,
    ConnectAck,
    Contact,
    Control,
    Disconnect,
    Message,
    Reject,
    StateReport,
    reason_text,
)
from dhcpserver.wire.failover4_bindings import BindingUpdate
from dhcpserver.wire.framing import Framer

HANDSHAKE_SECONDS = 15.0
REFUSED_RETRY = 60.0
"""Seconds between attempts after the partner refused or disconnected."""
MAXIMUM_CONNECTIONS = 8
"""Connections at most; a further one replaces the oldest that is not open."""


class Session:
    """All connections of one endpoint; at most one is open.

    Attributes:
        connection: the open connection, None without one.
        introduction: CONNECT and CONNECTACK, and what the partner sent in them.
        last_failure: when and why the last attempt or connection failed, for people and as a word.
    """

    def __init__(
        self,
        settings: PairSettings,
        outbox: Outbox,
        entropy: random.Random,
        *,
        numbers: StartNumbers | None = None,
        communicated: bool = False,
        last_contact: float = 0.0,
    ) -> None:
        """`communicated`: whether the record shows earlier communications with the partner; sent to the partner."""
        self._settings = settings
        self._outbox = outbox
        self._reports = MismatchReports(settings, outbox)
        numbers = numbers or StartNumbers(1, 0, 0)
        self.introduction = Introduction(settings, entropy, self._reports, numbers, communicated, last_contact)
        self._connections: dict[int, Connection] = {}
        self._xid = 0
        self._dialling = Dialling(settings, outbox, entropy)
        self._stopped = False
        self.connection: Connection | None = None
        self._contact_in_this_life = False
        self.last_failure: tuple[float, str, LinkFailureCause] | None = None

    @property
    def last_contact(self) -> float:
        """When the last message of the partner arrived, 0 for never."""
        return self.introduction.last_contact

    # Begin and end of connections

    def start(self, now: float) -> None:
        """Begin to dial, as the main; the backup waits."""
        self._dialling.start(now)

    def shift_clock(self, step: float, now: float) -> None:
        """Follow a step of this server's clock."""
        for connection in self._connections.values():
            connection.shift(step)
        if self.last_failure is not None:
            self.last_failure = (self.last_failure[0] + step, *self.last_failure[1:])
        if self._contact_in_this_life:
            self.introduction.last_contact += step
        self._dialling.shift_clock(step, now)

    def link_up(
        self, number: int, now: float, outbound: bool, transport: str, local: str, remote: str, secured: bool
    ) -> None:
        """Handle an established TCP connection. `secured`: whether it uses TLS."""
        main = self._settings.main
        if outbound:
            self._dialling.connected()
        busy = self.connection is not None or any(
            connection.phase is ConnectionPhase.AWAIT_ACK for connection in self._connections.values()
        )
        if self._stopped or (main and busy):
            self._outbox.put(Close(number))
            return
        if len(self._connections) >= MAXIMUM_CONNECTIONS:
            oldest = next(each for each in self._connections.values() if each is not self.connection)
            self._drop(oldest, now, "too many connections", LinkFailureCause.PROTOCOL)
        secret = self._settings.shared_secret
        seal = Seal(secret, main) if secret else None
        connection = Connection(
            number,
            transport,
            local,
            remote,
            secured,
            since=now,
            phase=ConnectionPhase.AWAIT_ACK if main else ConnectionPhase.AWAIT_CONNECT,
            deadline=now + HANDSHAKE_SECONDS,
            received=now,
            sent=now,
            seal=seal,
            framer=Framer(None if seal is None else seal.open),
            clocks=SkewMeter(now),
        )
        self._connections[number] = connection
        if main:
            self._send(connection, self.introduction.connect(self.next_xid()), now)
            connection.clocks.asked(now)

    def link_down(self, number: int, now: float, cause: str) -> list[SessionEvent]:
        """Handle the end of a TCP connection."""
        connection = self._connections.get(number)
        if connection is None:
            return []
        failure = LinkFailureCause.PARTNER_STOPPED if connection.partner_stops else LinkFailureCause.CLOSED
        return self._drop(connection, now, cause, failure, close=False)

    def dial_failed(self, now: float, cause: str, failure: LinkFailureCause) -> None:
        """Handle that no TCP connection was established."""
        self.last_failure = (now, cause, failure)
        self._dialling.failed(now)

    def establish(self) -> None:
        """Handle that communications became OK. Later connections send that the two servers have communicated."""
        self.introduction.communicated = True

    def _drop(
        self,
        connection: Connection,
        now: float,
        cause: str,
        failure: LinkFailureCause,
        *,
        close: bool = True,
        retry: float | None = None,
        report: bool = True,
    ) -> list[SessionEvent]:
        """Forget a connection, after its frames are sent.

        `retry`: seconds until the next attempt. `report`: whether to log it, if the connection was not open.
        """
        del self._connections[connection.number]
        if connection.frames:
            self._outbox.put(Transmit(connection.number, connection.take_octets()))
        if close:
            self._outbox.put(Close(connection.number))
        self.last_failure = (now, cause, failure)
        if not self._connections:
            self._dialling.retry(now, retry)
        if connection is self.connection:
            self.connection = None
            return [ConnectionLost(cause)]
        if report:
            self._reports.closed_early(connection.remote, cause, now)
        return []

    def disconnect(
        self,
        now: float,
        reason: Reject | None,
        cause: str,
        retry: float | None = None,
        failure: LinkFailureCause | None = None,
    ) -> list[SessionEvent]:
        """Send DISCONNECT on the open connection and close it. `failure`: None for that of the reason."""
        connection = self.connection
        if connection is None:
            return []
        self._send(connection, Disconnect(reject=reason, message=cause), now)
        return self._drop(connection, now, cause, failure or cause_of(reason), retry=retry)

    def stop(self, now: float, cause: str) -> None:
        """Close all connections, and make and accept no more."""
        self._stopped = True
        self._dialling.stop()
        self.disconnect(now, Reject.OTHER, cause, failure=LinkFailureCause.STOPPED)
        for connection in list(self._connections.values()):
            self._drop(connection, now, cause, LinkFailureCause.STOPPED)

    # Sending

    def send(self, message: Control, now: float) -> None:
        """Send a message on the open connection, if there is one."""
        if self.connection is not None:
            self._send(self.connection, message, now)

    def send_frame(self, frame: bytes) -> None:
        """Send an encoded message on the open connection, if there is one."""
        if self.connection is not None:
            self.connection.frames.append(frame)

    def _send(self, connection: Connection, message: Control, now: float) -> None:
        connection.frames.append(failover4.encode(message, int(now)))

    def next_xid(self) -> int:
        """Return a new transaction id."""
        self._xid = self._xid % 0xFFFFFFFF + 1
        return self._xid

    def flush(self, now: float) -> None:
        """Pass the frames of this turn to the core, as one effect for each connection."""
        for connection in self._connections.values():
            if connection.frames:
                self._outbox.put(Transmit(connection.number, connection.take_octets()))
                connection.sent = now
            connection.end_turn()

    # Receiving

    def receive(self, number: int, data: bytes, now: float) -> list[SessionEvent]:
        """Handle octets that arrived on a connection."""
        events: list[SessionEvent] = []
        connection = self._connections.get(number)
        if connection is None:
            return events
        connection.received = now if data else connection.received
        messages = connection.framer.feed(data, connection.allowance)
        connection.allowance -= len(messages)
        for message in messages:
            kind = type(message)
            if connection.phase is ConnectionPhase.OPEN:
                if kind is Disconnect:
                    return events + self._receive_disconnect(connection, message, now)
                if isinstance(message, StateReport):
                    connection.clocks.answered(now)
                    connection.partner_stops = by_number(message.state) in (State.PAUSED, State.SHUTDOWN)
                check = self._count_update if kind is BindingUpdate else self._check_clock
                lost = check(connection, message, now)
                if lost is not None:
                    return events + lost
                events.append(MessageReceived(message))
            elif kind is Connect and connection.phase is ConnectionPhase.AWAIT_CONNECT:
                events += self._receive_connect(connection, message, now)
            elif kind is ConnectAck and connection.phase is ConnectionPhase.AWAIT_ACK:
                events += self._receive_ack(connection, message, now)
            elif kind is Disconnect:
                return events + self._receive_disconnect(connection, message, now)
            elif kind is not Contact and kind is not StateReport:
                cause = f"{kind.__name__} while {connection.phase.value}"
                self._send(connection, Disconnect(reject=Reject.OTHER, message=cause), now)
                return events + self._drop(connection, now, cause, LinkFailureCause.PROTOCOL)
            if number not in self._connections:
                return events
        if connection is self.connection:
            self.introduction.last_contact = now
            self._contact_in_this_life = True
        if connection.framer.error is not None:
            events += self._receive_unreadable(connection, connection.framer.error, now)
        return events

    def _receive_unreadable(self, connection: Connection, error: WireError, now: float) -> list[SessionEvent]:
        """Close a connection after octets that are not a message: it is not known where the next message begins."""
        reason, cause, failure = Reject.OTHER, f"unreadable message: {error}", LinkFailureCause.PROTOCOL
        if isinstance(error, DigestError):
            reason, cause = Reject.MISSING_DIGEST if error.missing else Reject.DIGEST_FAILURE, str(error)
            failure = LinkFailureCause.DIGEST
            self._reports.refused(reason, cause)
        self._send(connection, Disconnect(reject=reason, message=cause[:200]), now)
        retry = REFUSED_RETRY if isinstance(error, DigestError) else None
        return self._drop(connection, now, cause, failure, retry=retry)

    def _receive_disconnect(self, connection: Connection, message: Message, now: float) -> list[SessionEvent]:
        assert isinstance(message, Disconnect)
        why = message.message or (reason_text(message.reject) if message.reject else "no reason given")
        failure = LinkFailureCause.PARTNER_STOPPED if connection.partner_stops else cause_of(message.reject)
        retry = None if connection.partner_stops else REFUSED_RETRY
        return self._drop(connection, now, f"partner disconnected: {why}", failure, retry=retry)

    def _count_update(self, connection: Connection, message: Message, now: float) -> list[SessionEvent] | None:
        """Disconnect if the partner sends more updates than it may (R-155); return the events then, else None."""
        connection.unanswered += 1
        most = self._settings.max_unacked
        if connection.unanswered <= most:
            return None
        cause = f"more than {most} updates without acknowledgement"
        return self.disconnect(now, Reject.OTHER, cause, failure=LinkFailureCause.PROTOCOL)

    def _check_clock(self, connection: Connection, message: Message, now: float) -> list[SessionEvent] | None:
        """Disconnect if a time of the partner is wrong; return the events then, None if it is not wrong."""
        limit = FOREIGN_SKEW if connection.peer is not None and connection.peer.foreign else SKEW
        skew = connection.wrong_time(message, now, limit, self._settings.keepalive)
        if skew is None:
            return None
        cause = f"Time skew {skew:.0f} s exceeds {limit:.0f} s"
        self._outbox.log(TIME_SKEW, pair=self._settings.name, difference=cause)
        return self.disconnect(now, Reject.TIME_MISMATCH, cause, retry=REFUSED_RETRY)

    # CONNECT and CONNECTACK

    def _receive_connect(self, connection: Connection, request: Message, now: float) -> list[SessionEvent]:
        assert isinstance(request, Connect)
        ack, refusal, peer = self.introduction.answer(request, connection.secured, now)
        if refusal is not None:
            self._send(connection, ack, now)
            self._reports.refused(*refusal)
            cause = f"refused the partner: {refusal[1]}"
            return self._drop(connection, now, cause, cause_of(refusal[0]), report=False)
        events: list[SessionEvent] = []
        if self.connection is not None:
            events += self._drop(self.connection, now, "the partner opened a new connection", LinkFailureCause.REPLACED)
        self._send(connection, ack, now)
        connection.clocks.asked(now)
        return [*events, self._open(connection, peer, request.time, now)]

    def _receive_ack(self, connection: Connection, ack: Message, now: float) -> list[SessionEvent]:
        assert isinstance(ack, ConnectAck)
        connection.clocks.answered(now)
        if ack.reject is not None:
            cause = f"the partner refused: {ack.message or reason_text(ack.reject)}"
            self._reports.refused(ack.reject, cause)
            return self._drop(connection, now, cause, cause_of(ack.reject), retry=REFUSED_RETRY, report=False)
        refusal, peer = self.introduction.judge(ack, connection.secured, now)
        if refusal is not None:
            self._reports.refused(*refusal)
            self._send(connection, Disconnect(reject=refusal[0], message=refusal[1]), now)
            return self._drop(connection, now, refusal[1], cause_of(refusal[0]), retry=REFUSED_RETRY, report=False)
        return [self._open(connection, peer, ack.time, now)]

    def _open(self, connection: Connection, peer: Peer, time: int, now: float) -> ConnectionOpened:
        connection.open(peer, time, now, self._settings.keepalive)
        self.connection = connection
        self.introduction.report_mismatches(peer)
        return ConnectionOpened(connection, peer)

    # Time

    @property
    def waiting(self) -> int:
        """Number of octets that arrived and were not handled yet."""
        return sum(connection.framer.waiting for connection in self._connections.values())

    def next_deadline(self) -> float:
        """Return when `tick` is due; NEVER if nothing is."""
        times = [] if self._dialling.at is None else [self._dialling.at]
        times += [connection.next_deadline(self._settings.keepalive) for connection in self._connections.values()]
        return min(times, default=NEVER)

    def tick(self, now: float) -> list[SessionEvent]:
        """Dial, send CONTACT, close silent connections, if it is time, and go on with messages that wait."""
        events: list[SessionEvent] = []
        for connection in list(self._connections.values()):
            if connection.framer.more and connection.allowance:
                events += self.receive(connection.number, b"", now)
        for connection in list(self._connections.values()):
            if connection.phase is not ConnectionPhase.OPEN or connection.peer is None:
                if now >= connection.deadline:
                    cause = f"no message while {connection.phase.value}"
                    events += self._drop(connection, now, cause, LinkFailureCause.TIMEOUT)
            elif now >= connection.received + self._settings.keepalive:
                events += self.disconnect(now, Reject.NO_TRAFFIC, "no traffic")
            elif now >= connection.sent + connection.peer.send_interval:
                self._send(connection, Contact(xid=self.next_xid()), now)
                connection.sent = now
        self._dialling.tick(now, connected=bool(self._connections))
        return events
