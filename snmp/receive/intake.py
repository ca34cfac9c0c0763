"""Datagrams to notifications: the access rules, decoding, and coalescing of repetitions.

Every datagram is counted once. `decoded`: it starts a notification. `coalesced`: it adds to the count of a pending
notification, or is an inform that is acknowledged again. `rejected`: it is not accepted, for one of `reasons`.
`dropped`: its source exceeded the rate limit. A sender in trouble repeats a trap a thousand times. Repetitions differ
only in request ID and uptime, so the rest of the message is its identity. A notification is pending for one window from
its first arrival, not from the last, so that an endless storm is still reported.

An inform that was not acknowledged is sent again unchanged, possibly long after the window. It is recognised by its
request ID, acknowledged again, and not reported again. No socket and no clock: the caller passes datagrams and times.
"""

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from snmp.codec import ber, fallback, relay, v3header
from snmp.codec.ber import Outer
from snmp.codec.message import INFORM, V3, Message
from snmp.codec.translation import translate
from snmp.errors import MessageError
from snmp.mib import standard
from snmp.mib.notification import Notification
from snmp.modules.tables import NO_TABLES, ModuleTables
from snmp.receive import repetition
from snmp.receive.datagram import Datagram
from snmp.receive.fairqueue import kind
from snmp.receive.ratelimit import RateLimit
from snmp.receive.reasons import DROPPED_RATE, MENDED, Reason, Rejection
from snmp.receive.repetition import Outline
from snmp.receive.usmresult import UsmHandler
from snmp.security.access import Community, Networks

MAXIMUM_PENDING = 10_000
"""Most pending notifications; with more, the oldest are reported before their window ends."""
MAXIMUM_REJECTION_KINDS = 256
FALLBACK_PER_SECOND = 100
"""Limit for the general decoder, which is slow, so that malformed traps cannot keep the receiver busy."""
MAXIMUM_RECENT = 8_192
RETRANSMISSION_SECONDS = 300.0
"""Within this time, an inform with the same request ID and contents is a retransmission, and identical octets of SNMPv3
are a copy: no sender produces them twice."""

_Identity = tuple[object, ...]


@dataclass(slots=True)
class _Pending:
    """A notification that waits for the end of its window."""

    message: Message
    source: tuple[str, int]
    received_at: float
    due: float
    count: int
    octets: bytes

    def notification(self, modules: ModuleTables) -> Notification:
        found = translate(self.message, self.source, self.received_at, self.count, modules)
        if not self.octets:
            return found
        bindings = relay.variable_bindings(self.message, self.source[0])
        return replace(found, octets=self.octets, bindings=bindings)


class _RecentKeys:
    """Keys that were added recently, in a bounded table."""

    def __init__(self) -> None:
        self._until: OrderedDict[object, float] = OrderedDict()

    def has(self, key: object, now: float) -> bool:
        """Whether `key` was added recently."""
        return self._until.get(key, 0.0) > now

    def add(self, key: object, now: float) -> None:
        self._until.pop(key, None)
        self._until[key] = now + RETRANSMISSION_SECONDS
        if len(self._until) > MAXIMUM_RECENT:
            self._until.popitem(last=False)


class Intake:
    """The receiver's rules and counters.

    Args:
        communities: the accepted communities, each with its networks.
        usm: decides about SNMPv3; None: all SNMPv3 messages are rejected.
        sources: addresses or networks that may send anything; empty: all.
        window_seconds: how long a notification waits for its repetitions.
        per_second: notifications per second from one source, without repetitions; 0: no limit.
        keeps_octets: whether notifications have the octets that forwarding needs.
        modules: the definitions of loaded MIB modules.
    """

    def __init__(
        self,
        communities: Iterable[Community],
        sources: Iterable[str],
        window_seconds: float,
        usm: UsmHandler | None = None,
        per_second: float = 0.0,
        keeps_octets: bool = False,
        modules: ModuleTables = NO_TABLES,
    ) -> None:
        self._communities = {each.name.encode(): Networks(each.networks) for each in communities}
        self._sources = Networks(sources)
        self._window_seconds = window_seconds
        self._usm = usm
        self._rate = RateLimit(per_second)
        self._keeps_octets = keeps_octets
        self._modules = modules
        self._pending: OrderedDict[_Identity, _Pending] = OrderedDict()
        self._closed: list[_Pending] = []
        self._informs = _RecentKeys()
        self._copies = _RecentKeys()
        self._fallback_second = 0
        self._fallback_spent = 0
        self._rejections: OrderedDict[tuple[str, str], int] = OrderedDict()
        self.counts: Counter[str] = Counter()
        """Decoded, coalesced, rejected and dropped datagrams so far."""
        self.causes: Counter[str] = Counter()
        """Rejected and dropped datagrams by cause; under MENDED those that were accepted although encoded wrongly."""

    def handle(self, datagram: Datagram, now: float) -> tuple[bytes, ...]:
        """Handle one datagram at `now`, monotonic seconds; return the answers to its sender."""
        host, data = datagram.host, datagram.data
        if host not in self._sources:
            return self._reject(host, Reason.SOURCE)
        outline = repetition.outline(data)
        if outline is not None:
            waiting = self._pending.get((host, outline.identity))
            if waiting is not None and now < waiting.due:
                waiting.count += 1
                self.counts["coalesced"] += 1
                if waiting.message.pdu != INFORM:
                    return ()
                return _acknowledgement(data)
        elif v3header.version_of(data) == V3:
            return self._handle_v3(datagram, now)
        return self._handle_community(datagram, outline, now)

    def due(self, now: float, most: int = MAXIMUM_PENDING) -> list[Notification]:
        """Remove and return at most `most` notifications whose window has ended at `now`."""
        over, self._closed = self._closed[:most], self._closed[most:]
        while self._pending and len(over) < most:
            identity, first = next(iter(self._pending.items()))
            if first.due > now and len(self._pending) <= MAXIMUM_PENDING:
                break
            del self._pending[identity]
            over.append(first)
        return [one.notification(self._modules) for one in over]

    def next_due(self) -> float | None:
        """Return when the next window ends; None while nothing is pending."""
        if self._closed:
            return 0.0
        first = next(iter(self._pending.values()), None)
        return None if first is None else first.due

    def is_due(self, now: float) -> bool:
        """Whether `due` would return a notification."""
        due = self.next_due()
        return due is not None and due <= now

    @property
    def pending(self) -> int:
        """Number of notifications that `due` has not returned yet."""
        return len(self._pending) + len(self._closed)

    def rejections(self) -> tuple[Rejection, ...]:
        """Return the rejections by source and reason, the latest last; the oldest are removed from a full table."""
        return tuple(Rejection(source, reason, count) for (source, reason), count in self._rejections.items())

    def _handle_community(self, datagram: Datagram, outline: Outline | None, now: float) -> tuple[bytes, ...]:
        host, data = datagram.host, datagram.data
        try:
            message = self._decode(data, outline and outline.outer, now)
        except MessageError:
            unused = self._usm is None and v3header.version_of(data) == V3
            return self._reject(host, Reason.VERSION if unused else Reason.MESSAGE)
        networks = self._communities.get(message.community)
        if networks is None:
            return self._reject(host, Reason.COMMUNITY)
        if host not in networks:
            return self._reject(host, Reason.NETWORK)
        identity = (host, outline.identity) if outline is not None else _identity(host, message)
        if not self._start(identity, message, datagram, now):
            return ()
        return _acknowledgement(data) if message.pdu == INFORM else ()

    def _handle_v3(self, datagram: Datagram, now: float) -> tuple[bytes, ...]:
        host, data = datagram.host, datagram.data
        if self._usm is None:
            return self._reject(host, Reason.VERSION)
        copy = (host, hashlib.blake2b(data, digest_size=16).digest())
        if self._copies.has(copy, now):
            self.counts["coalesced"] += 1
            return ()
        result = self._usm.handle(data, host, datagram.arrived)
        message = result.message
        if message is None:
            self._reject(host, result.reason or Reason.MESSAGE)
            return result.answers
        if result.mended:
            self.causes[MENDED] += 1
        if message.pdu != INFORM:
            self._copies.add(copy, now)
        identity = _identity(host, message)
        waiting = self._pending.get(identity)
        if waiting is not None and now < waiting.due:
            waiting.count += 1
            self.counts["coalesced"] += 1
            return result.answers
        return result.answers if self._start(identity, message, datagram, now) else ()

    def _start(self, identity: _Identity, message: Message, datagram: Datagram, now: float) -> bool:
        """Start a pending notification, unless it is a retransmitted inform; False if it exceeds the rate limit."""
        if message.pdu == INFORM:
            key = (datagram.source, message.request_id, _identity(datagram.host, message))
            if self._informs.has(key, now):
                self.counts["coalesced"] += 1
                return True
        if not self._rate.allows(datagram.host, kind(datagram.data), now):
            self.counts["dropped"] += 1
            self._note(datagram.host, DROPPED_RATE)
            return False
        if message.pdu == INFORM:
            self._informs.add(key, now)
        waiting = self._pending.pop(identity, None)
        if waiting is not None:  # Its window has ended, but `due` was not called since.
            self._closed.append(waiting)
        octets = datagram.data if self._keeps_octets else b""
        self._pending[identity] = _Pending(
            message, datagram.source, datagram.received_at, now + self._window_seconds, 1, octets
        )
        self.counts["decoded"] += 1
        return True

    def _decode(self, data: bytes, outer: Outer | None, now: float) -> Message:
        try:
            return ber.decode(data) if outer is None else ber.decode_rest(data, outer)
        except MessageError:
            try:
                message = ber.decode(data, lenient=True)
            except MessageError:
                pass
            else:
                self.causes[MENDED] += 1
                return message
            if int(now) != self._fallback_second:
                self._fallback_second, self._fallback_spent = int(now), 0
            if self._fallback_spent >= FALLBACK_PER_SECOND:
                raise
            self._fallback_spent += 1
            return fallback.decode(data)

    def _reject(self, source: str, reason: Reason) -> tuple[bytes, ...]:
        self.counts["rejected"] += 1
        self._note(source, reason.word)
        return ()

    def _note(self, source: str, cause: str) -> None:
        self.causes[cause] += 1
        key = (source, cause)
        self._rejections[key] = self._rejections.pop(key, 0) + 1
        if len(self._rejections) > MAXIMUM_REJECTION_KINDS:
            self._rejections.popitem(last=False)


def _acknowledgement(data: bytes) -> tuple[bytes, ...]:
    answer = ber.inform_response(data)
    return () if answer is None else (answer,)


def _identity(source: str, message: Message) -> _Identity:
    """Return what is equal in every repetition: everything but the request ID and the uptime."""
    header = message.v1
    head = (
        (message.pdu,) if header is None else (header.enterprise, header.agent_address, header.generic, header.specific)
    )
    varbinds = tuple(varbind for varbind in message.varbinds if varbind.oid != standard.UPTIME)
    return (source, message.version, message.community, message.engine_id, head, varbinds)
