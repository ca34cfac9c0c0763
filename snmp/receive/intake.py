"""From datagrams to notifications: who may send, what can be read, what is the same thing said again.

Every datagram ends in exactly one place, and the counters say which: `decoded` begins a notification, `coalesced` adds
to the count of one that is waiting or acknowledges an inform once more, `rejected` is neither and says why, `dropped`
is one too many from its source. A sender in trouble repeats itself a thousand times; what differs between repetitions
is only the request's number and the uptime, so what is left of the message is its identity. A notification waits for
the window from its first arrival, not from its last, so that a storm that does not end is still told.

An inform that is not acknowledged comes again as it was, long after the window: by the number of its request it is
known, acknowledged once more, and not told again. No socket and no clock: the caller brings both.
"""

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from snmp.codec import ber, fallback, v3header
from snmp.codec.ber import Outer
from snmp.codec.message import INFORM, V3, Message
from snmp.codec.translation import notification
from snmp.errors import MessageError
from snmp.mib import standard
from snmp.mib.notification import Notification
from snmp.receive import repetition
from snmp.receive.drain import Datagram
from snmp.receive.fairqueue import kind
from snmp.receive.ratelimit import RateLimit
from snmp.receive.reasons import DROPPED_RATE, Reason, Rejection
from snmp.receive.repetition import Walked
from snmp.receive.usm import UsmIntake
from snmp.security.access import Community, Networks

MAXIMUM_WAITING = 10_000
"""Notifications that wait for their window; beyond it the oldest go early."""
MAXIMUM_REJECTION_KINDS = 256
FALLBACK_PER_SECOND = 100
"""The general decoder is slow: octets that only it might read are not let to keep the receiver busy."""
MAXIMUM_REMEMBERED = 8_192
RETRANSMISSION_SECONDS = 300.0
"""For so long an inform with the same number and contents is the one that was told already, and the same octets of
SNMPv3, which no sender makes twice, are a copy."""

_Identity = tuple[object, ...]


@dataclass(slots=True)
class _Waiting:
    message: Message
    source: tuple[str, int]
    received_at: float
    due: float
    count: int


class _Remembered:
    """Things met lately, in a bounded table."""

    def __init__(self) -> None:
        self._until: OrderedDict[object, float] = OrderedDict()

    def has(self, key: object, now: float) -> bool:
        """Whether `key` was met, and lately."""
        return self._until.get(key, 0.0) > now

    def add(self, key: object, now: float) -> None:
        self._until.pop(key, None)
        self._until[key] = now + RETRANSMISSION_SECONDS
        if len(self._until) > MAXIMUM_REMEMBERED:
            self._until.popitem(last=False)


class Intake:
    """The receiver's rules and what it has counted.

    Args:
        communities: those accepted, each from its networks.
        usm: decides on SNMPv3; None, and all of it is rejected.
        sources: addresses or networks that may send anything at all; none given, all may.
        window_seconds: how long a notification waits for repetitions.
        per_second: notifications a second from one source, repetitions not counted; 0, as many as come.
    """

    def __init__(
        self,
        communities: Iterable[Community],
        sources: Iterable[str],
        window_seconds: float,
        usm: UsmIntake | None = None,
        per_second: float = 0.0,
    ) -> None:
        self._communities = {each.name.encode(): Networks(each.networks) for each in communities}
        self._sources = Networks(sources)
        self._window_seconds = window_seconds
        self._usm = usm
        self._rate = RateLimit(per_second)
        self._waiting: OrderedDict[_Identity, _Waiting] = OrderedDict()
        self._over: list[_Waiting] = []
        self._informs = _Remembered()
        self._copies = _Remembered()
        self._fallback_second = 0
        self._fallback_spent = 0
        self._rejections: OrderedDict[tuple[str, str], int] = OrderedDict()
        self.counts: Counter[str] = Counter()
        """decoded, coalesced, rejected and dropped so far."""
        self.causes: Counter[str] = Counter()
        """rejected and dropped by their cause."""

    def take(self, datagram: Datagram, now: float) -> tuple[bytes, ...]:
        """Take one datagram at `now`, any monotonic seconds; the answers that its sender waits for."""
        host, data = datagram.host, datagram.data
        if host not in self._sources:
            return self._reject(host, Reason.SOURCE)
        walked = repetition.walk(data)
        if walked is not None:
            waiting = self._waiting.get((host, walked.identity))
            if waiting is not None and now < waiting.due:
                waiting.count += 1
                self.counts["coalesced"] += 1
                if waiting.message.pdu != INFORM:
                    return ()
                return _acknowledgement(data)
        elif v3header.version_of(data) == V3:
            return self._take_v3(datagram, now)
        return self._take_community(datagram, walked, now)

    def due(self, now: float, most: int = MAXIMUM_WAITING) -> list[Notification]:
        """The notifications whose window is over at `now`, at most so many."""
        over, self._over = self._over[:most], self._over[most:]
        while self._waiting and len(over) < most:
            identity, first = next(iter(self._waiting.items()))
            if first.due > now and len(self._waiting) <= MAXIMUM_WAITING:
                break
            del self._waiting[identity]
            over.append(first)
        return [notification(one.message, one.source, one.received_at, one.count) for one in over]

    def next_due(self) -> float | None:
        """When the next window is over; None while nothing waits."""
        if self._over:
            return 0.0
        first = next(iter(self._waiting.values()), None)
        return None if first is None else first.due

    def is_due(self, now: float) -> bool:
        """Whether `due` has something to tell."""
        due = self.next_due()
        return due is not None and due <= now

    @property
    def waiting(self) -> int:
        """Notifications that were taken and not yet told."""
        return len(self._waiting) + len(self._over)

    def rejections(self) -> tuple[Rejection, ...]:
        """Who had what rejected, the latest last; the longest unheard of are forgotten."""
        return tuple(Rejection(source, reason, count) for (source, reason), count in self._rejections.items())

    def _take_community(self, datagram: Datagram, walked: Walked | None, now: float) -> tuple[bytes, ...]:
        host, data = datagram.host, datagram.data
        try:
            message = self._decode(data, walked and walked.outer, now)
        except MessageError:
            unused = self._usm is None and v3header.version_of(data) == V3
            return self._reject(host, Reason.VERSION if unused else Reason.MESSAGE)
        networks = self._communities.get(message.community)
        if networks is None:
            return self._reject(host, Reason.COMMUNITY)
        if host not in networks:
            return self._reject(host, Reason.NETWORK)
        identity = (host, walked.identity) if walked is not None else _identity(host, message)
        if not self._begin(identity, message, datagram, now):
            return ()
        return _acknowledgement(data) if message.pdu == INFORM else ()

    def _take_v3(self, datagram: Datagram, now: float) -> tuple[bytes, ...]:
        host, data = datagram.host, datagram.data
        if self._usm is None:
            return self._reject(host, Reason.VERSION)
        copy = (host, hashlib.blake2b(data, digest_size=16).digest())
        if self._copies.has(copy, now):
            self.counts["coalesced"] += 1
            return ()
        taken = self._usm.take(data, host, datagram.arrived)
        message = taken.message
        if message is None:
            self._reject(host, taken.reason or Reason.MESSAGE)
            return taken.answers
        if message.pdu != INFORM:
            self._copies.add(copy, now)
        identity = _identity(host, message)
        waiting = self._waiting.get(identity)
        if waiting is not None and now < waiting.due:
            waiting.count += 1
            self.counts["coalesced"] += 1
            return taken.answers
        return taken.answers if self._begin(identity, message, datagram, now) else ()

    def _begin(self, identity: _Identity, message: Message, datagram: Datagram, now: float) -> bool:
        """Let a notification wait for its window, or know it for one that was told; False when it is one too many."""
        if message.pdu == INFORM:
            told = (datagram.source, message.request_id, _identity(datagram.host, message))
            if self._informs.has(told, now):
                self.counts["coalesced"] += 1
                return True
        if not self._rate.allows(datagram.host, kind(datagram.data), now):
            self.counts["dropped"] += 1
            self._note(datagram.host, DROPPED_RATE)
            return False
        if message.pdu == INFORM:
            self._informs.add(told, now)
        waiting = self._waiting.pop(identity, None)
        if waiting is not None:  # Its window is over, but nobody has asked for it yet.
            self._over.append(waiting)
        self._waiting[identity] = _Waiting(
            message, datagram.source, datagram.received_at, now + self._window_seconds, 1
        )
        self.counts["decoded"] += 1
        return True

    def _decode(self, data: bytes, outer: Outer | None, now: float) -> Message:
        try:
            return ber.decode(data) if outer is None else ber.decode_rest(data, outer)
        except MessageError:
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
    """What is the same in every repetition: all but the request's number and the uptime."""
    header = message.v1
    said = (
        (message.pdu,) if header is None else (header.enterprise, header.agent_address, header.generic, header.specific)
    )
    varbinds = tuple(varbind for varbind in message.varbinds if varbind.oid != standard.UPTIME)
    return (source, message.version, message.community, message.engine_id, said, varbinds)
