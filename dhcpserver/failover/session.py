"""The connection to the partner: who dials, CONNECT and CONNECTACK, keepalive (draft-12 sections 8 and 10).

The main dials and sends CONNECT as the first message; the backup checks it and answers CONNECTACK. A backup that
speaks draft-12 alone may dial too, and then waits for the main's CONNECT on that connection. After the exchange both
send STATE; the first STATE received makes communications OK, which is the endpoint's business.

A main uses one connection and never opens a second while one lives. A backup that gets a valid CONNECT while it has a
live connection takes the new one, because the main redials only when it has given the old one up.

Each side says how long a silence it takes for death (receive-timer); the other sends something four times as often.
Messages carry the sender's clock. A time ahead of ours beyond the limit is a wrong clock; a time behind may also be a
slow network, so it counts when nothing better was seen for a whole keepalive time.

Nothing here decides about states or leases: `receive` and `tick` return what happened, in order.
"""

import random

from dhcpserver.failover.effects import Close, Dial, Transmit
from dhcpserver.failover.handshake import (
    FOREIGN_SKEW,
    SKEW,
    Peer,
    Refusal,
    check_ack,
    check_connect,
    connect,
    connect_ack,
    introduction,
    mismatches,
    other_buckets,
    peer_of,
)
from dhcpserver.failover.link import Happening, Heard, Link, Lost, Opened, Phase
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.settings import PairSettings
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
    Vendor,
    reason_text,
)
from dhcpserver.wire.framing import Framer

HANDSHAKE_SECONDS = 15.0
CONTACTS_PER_KEEPALIVE = 4
REFUSED_RETRY = 60.0
"""Between attempts after the partner refused or disconnected."""
RETRY_SPREAD = 0.2
NONCE = 16
"""Octets that make the digests of a connection unlike those of any other."""

_ERROR_KINDS = {int(Reject.INVALID_MCLT): "mclt-error", int(Reject.HASH_BUCKETS): "hba-error"}


class Session:
    """All connections of one endpoint; at most one is open.

    Attributes:
        link: the open connection, None without one.
        communicated: whether this server has a record of having talked to the partner; told to it.
        last_contact: when the partner was last heard, 0 for never.
        last_failure: when and why the last attempt or connection failed.
        mismatch: what of the configuration the partner has otherwise.
    """

    def __init__(self, settings: PairSettings, outbox: Outbox, entropy: random.Random) -> None:
        self._settings = settings
        self._outbox = outbox
        self._entropy = entropy
        self._links: dict[int, Link] = {}
        self._xid = 0
        self._dialing = False
        self._dial_at: float | None = None
        self._stopped = False
        self.link: Link | None = None
        self.communicated = False
        self.last_contact = 0.0
        self.last_failure: tuple[float, str] | None = None
        self.mismatch: tuple[str, ...] = ()

    # Connections come and go

    def start(self, now: float) -> None:
        """Begin to look for the partner."""
        if self._settings.main:
            self._dial_at = now

    def link_up(
        self, connection: int, now: float, outbound: bool, transport: str, local: str, remote: str, secured: bool
    ) -> None:
        """A TCP connection is established; `secured` when TLS protects it."""
        main = self._settings.main
        if outbound:
            self._dialing = False
            self._dial_at = None
        busy = self.link is not None or any(link.phase is Phase.AWAIT_ACK for link in self._links.values())
        if self._stopped or (main and busy):
            self._outbox.put(Close(connection))
            return
        secret = self._settings.shared_secret
        seal = Seal(secret, main) if secret else None
        link = Link(
            connection,
            transport,
            local,
            remote,
            secured,
            since=now,
            phase=Phase.AWAIT_ACK if main else Phase.AWAIT_CONNECT,
            deadline=now + HANDSHAKE_SECONDS,
            received=now,
            sent=now,
            seal=seal,
            framer=Framer(None if seal is None else seal.open),
            skew_until=now,
        )
        self._links[connection] = link
        if main:
            self._send(link, connect(self._settings, self.xid(), self._introduction()), now)

    def link_down(self, connection: int, now: float, cause: str) -> list[Happening]:
        """A TCP connection ended."""
        link = self._links.get(connection)
        return [] if link is None else self._drop(link, now, cause, close=False)

    def dial_failed(self, now: float, cause: str) -> None:
        """No TCP connection came about."""
        self._dialing = False
        self.last_failure = (now, cause)
        self._redial(now, self._settings.connect_retry)

    def _redial(self, now: float, after: float) -> None:
        if self._settings.main and not self._stopped:
            self._dial_at = now + after * (1 + RETRY_SPREAD * (2 * self._entropy.random() - 1))

    def _drop(
        self, link: Link, now: float, cause: str, *, close: bool = True, retry: float | None = None
    ) -> list[Happening]:
        del self._links[link.connection]
        if link.frames:
            self._outbox.put(Transmit(link.connection, link.portion()))
        if close:
            self._outbox.put(Close(link.connection))
        self.last_failure = (now, cause)
        if not self._links:
            self._redial(now, self._settings.connect_retry if retry is None else retry)
        if link is self.link:
            self.link = None
            return [Lost(cause)]
        return []

    def disconnect(self, now: float, reason: Reject | None, cause: str, retry: float | None = None) -> list[Happening]:
        """End the open connection from this side."""
        link = self.link
        if link is None:
            return []
        self._send(link, Disconnect(reject=reason, message=cause), now)
        return self._drop(link, now, cause, retry=retry)

    def stop(self, now: float, cause: str) -> None:
        """End everything, for good."""
        self._stopped = True
        self._dial_at = None
        self.disconnect(now, Reject.OTHER, cause)
        for link in list(self._links.values()):
            self._drop(link, now, cause)
        self._dial_at = None

    # Sending

    def send(self, message: Control, now: float) -> None:
        """Send on the open connection, if there is one."""
        if self.link is not None:
            self._send(self.link, message, now)

    def _send(self, link: Link, message: Control, now: float) -> None:
        link.frames.append(failover4.encode(message, int(now)))

    def xid(self) -> int:
        """A fresh transaction id."""
        self._xid = self._xid % 0xFFFFFFFF + 1
        return self._xid

    def flush(self, now: float) -> None:
        """Hand what was sent in this turn to the core, one portion for each connection."""
        for link in self._links.values():
            if link.frames:
                self._outbox.put(Transmit(link.connection, link.portion()))
                link.sent = now

    # Receiving

    def receive(self, connection: int, data: bytes, now: float) -> list[Happening]:
        """Octets arrived on a connection."""
        link = self._links.get(connection)
        if link is None:
            return []
        happenings: list[Happening] = []
        link.received = now
        for message in link.framer.feed(data):
            kind = type(message)
            if link.phase is Phase.OPEN:
                if kind is Disconnect:
                    return happenings + self._disconnected(link, message, now)
                if kind is StateReport or kind is Contact:
                    late = self._clock(link, message, now)
                    if late is not None:
                        return happenings + late
                happenings.append(Heard(message))
            elif kind is Connect and link.phase is Phase.AWAIT_CONNECT:
                happenings += self._connected(link, message, now)
            elif kind is ConnectAck and link.phase is Phase.AWAIT_ACK:
                happenings += self._answered(link, message, now)
            elif kind is Disconnect:
                return happenings + self._disconnected(link, message, now)
            elif kind is not Contact and kind is not StateReport:
                cause = f"{kind.__name__} while {link.phase.value}"
                self._send(link, Disconnect(reject=Reject.OTHER, message=cause), now)
                return happenings + self._drop(link, now, cause)
            if connection not in self._links:
                return happenings
        if link is self.link:
            self.last_contact = now
        if link.framer.error is not None:
            happenings += self._unreadable(link, link.framer.error, now)
        return happenings

    def _unreadable(self, link: Link, error: WireError, now: float) -> list[Happening]:
        """Past such octets nobody knows where a message begins, or who sent them."""
        reason, cause = Reject.OTHER, f"unreadable message: {error}"
        if isinstance(error, DigestError):
            reason, cause = Reject.MISSING_DIGEST if error.missing else Reject.DIGEST_FAILURE, str(error)
            self._refused(reason, cause)
        self._send(link, Disconnect(reject=reason, message=cause[:200]), now)
        return self._drop(link, now, cause, retry=REFUSED_RETRY if isinstance(error, DigestError) else None)

    def _disconnected(self, link: Link, message: Message, now: float) -> list[Happening]:
        assert isinstance(message, Disconnect)
        why = message.message or (reason_text(message.reject) if message.reject else "no reason given")
        return self._drop(link, now, f"partner disconnected: {why}", retry=REFUSED_RETRY)

    def _clock(self, link: Link, message: Message, now: float) -> list[Happening] | None:
        """Watch the partner's clock; what happened when it is too far off."""
        assert isinstance(message, StateReport | Contact)
        assert link.peer is not None
        limit = FOREIGN_SKEW if link.peer.foreign else SKEW
        link.skew = skew = message.time - now
        link.best_skew = skew if link.best_skew is None else max(link.best_skew, skew)
        # A sent time has whole seconds, so that one in the same second looks up to a second old.
        if skew <= limit and not (now >= link.skew_until and link.best_skew < -limit - 1):
            if now >= link.skew_until:
                link.skew_until = now + self._settings.keepalive
                link.best_skew = None
            return None
        cause = f"Time skew {skew:.0f} s exceeds {limit:.0f} s; connection dropped."
        self._outbox.log(18115, "Error", cause)
        return self.disconnect(now, Reject.TIME_MISMATCH, cause, retry=REFUSED_RETRY)

    # The exchange

    def _introduction(self) -> Vendor:
        nonce = self._entropy.randbytes(NONCE) if self._settings.shared_secret else None
        return introduction(self._settings, self.communicated, self.last_contact, nonce)

    def _connected(self, link: Link, request: Message, now: float) -> list[Happening]:
        assert isinstance(request, Connect)
        settings = self._settings
        peer = peer_of(request)
        refusal = self._protection(link, request) or check_connect(settings, request, peer, now)
        ack = connect_ack(settings, request, refusal, None if peer.foreign else self._introduction())
        if refusal is not None:
            self._send(link, ack, now)
            self._refused(*refusal)
            return self._drop(link, now, f"refused the partner: {refusal[1]}")
        happenings: list[Happening] = []
        if self.link is not None:
            happenings += self._drop(self.link, now, "the partner connected anew")
        self._send(link, ack, now)
        uneven = other_buckets(settings, request) if peer.foreign else None
        if uneven is not None:
            self._mismatch(uneven, "hba-error")
        return [*happenings, self._open(link, peer, request.time, now)]

    def _protection(self, link: Link, message: Connect | ConnectAck) -> Refusal | None:
        """Whether TLS and digest are what both want; an absent or wrong digest never gets here."""
        if self._settings.tls and not link.secured:
            return Reject.TLS_REQUIRED, "TLS is required here"
        if message.digest is not None:
            return Reject.DIGEST_UNCONFIGURED, "the partner sends a message digest, and no shared secret is set here"
        return None

    def _answered(self, link: Link, ack: Message, now: float) -> list[Happening]:
        assert isinstance(ack, ConnectAck)
        if ack.reject is not None:
            why = ack.message or reason_text(ack.reject)
            self._refused(ack.reject, f"the partner refused: {why}")
            return self._drop(link, now, f"the partner refused: {why}", retry=REFUSED_RETRY)
        peer = peer_of(ack)
        refusal = self._protection(link, ack) or check_ack(self._settings, ack, peer, now)
        if refusal is not None:
            self._refused(*refusal)
            self._send(link, Disconnect(reject=refusal[0], message=refusal[1]), now)
            return self._drop(link, now, refusal[1], retry=REFUSED_RETRY)
        return [self._open(link, peer, ack.time, now)]

    def _open(self, link: Link, peer: Peer, sent: int, now: float) -> Opened:
        link.peer = peer
        link.phase = Phase.OPEN
        link.skew = sent - now
        link.skew_until = now + self._settings.keepalive
        self.link = link
        self.mismatch = mismatches(self._settings, peer)
        for text in self.mismatch:
            self._mismatch(text, "config-error")
        return Opened(link, peer)

    def _refused(self, reason: int, text: str) -> None:
        if reason == Reject.TIME_MISMATCH:
            self._outbox.log(18115, "Error", f"Failover pair '{self._settings.name}': {text}; connection dropped.")
        else:
            self._mismatch(text, _ERROR_KINDS.get(reason, "config-error"))

    def _mismatch(self, text: str, kind: str) -> None:
        settings = self._settings
        self._outbox.log(
            18103, "Error", f"Failover pair '{settings.name}': configuration mismatch with partner: {kind} ({text})."
        )
        self._outbox.trap(
            "failover-config-mismatch",
            pair=settings.name,
            error=kind,
            text=text,
            partner_name=settings.partner_name,
            partner_address=settings.partner_address,
            partner_address6=settings.partner_address6,
        )

    # Time

    def next_deadline(self) -> float:
        """When `tick` has something to do; infinity for never."""
        times = [] if self._dial_at is None else [self._dial_at]
        for link in self._links.values():
            if link.phase is not Phase.OPEN or link.peer is None:
                times.append(link.deadline)
            else:
                times.append(link.received + self._settings.keepalive)
                times.append(link.sent + self._send_interval(link.peer))
        return min(times, default=float("inf"))

    def _send_interval(self, peer: Peer) -> float:
        return max(peer.receive_timer, 1) / CONTACTS_PER_KEEPALIVE

    def tick(self, now: float) -> list[Happening]:
        """Dial, keep alive, give up: whatever is due."""
        happenings: list[Happening] = []
        for link in list(self._links.values()):
            if link.phase is not Phase.OPEN or link.peer is None:
                if now >= link.deadline:
                    happenings += self._drop(link, now, f"nothing came while {link.phase.value}")
            elif now >= link.received + self._settings.keepalive:
                happenings += self.disconnect(now, Reject.NO_TRAFFIC, "no traffic")
            elif now >= link.sent + self._send_interval(link.peer):
                self._send(link, Contact(xid=self.xid()), now)
                link.sent = now
        if self._dial_at is not None and now >= self._dial_at:
            self._dial_at = None
            if not self._links and not self._dialing:
                self._dialing = True
                self._outbox.put(Dial())
        return happenings
