"""From datagrams to notifications: who may send, what can be read, what is the same thing said again.

Every datagram ends in exactly one place, and the counters say which: `decoded` begins a notification, `coalesced` adds
to the count of one that is waiting, `rejected` is neither, and says why. A sender in trouble repeats itself a thousand
times; what differs between repetitions is only the request's number and the uptime, so what is left of the message is
its identity. A notification waits for the window from its first arrival, not from its last, so that a storm that does
not end is still told. No socket and no clock: the caller brings both.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from snmp import ber, fallback, standard
from snmp.drain import Datagram
from snmp.errors import MessageError
from snmp.message import INFORM, Message
from snmp.notifications import Notification, notification

MAXIMUM_WAITING = 10_000
"""Notifications that wait for their window; beyond it the oldest go early."""
MAXIMUM_REJECTION_KINDS = 256
FALLBACK_PER_SECOND = 100
"""The general decoder is slow: octets that only it might read are not let to keep the receiver busy."""

_Identity = tuple[object, ...]


class Reason(Enum):
    """Why a datagram was rejected."""

    SOURCE = "its source is not among those allowed"
    COMMUNITY = "its community is not accepted"
    MESSAGE = "it is no SNMPv1 or SNMPv2c trap"


@dataclass(frozen=True, slots=True)
class Rejection:
    """What one source had rejected for one reason."""

    source: str
    reason: Reason
    count: int


@dataclass(slots=True)
class _Waiting:
    message: Message
    source: tuple[str, int]
    received_at: float
    due: float
    count: int


class Intake:
    """The receiver's rules and what it has counted.

    Args:
        communities: those accepted.
        sources: addresses or networks allowed; none given, all are.
        window_seconds: how long a notification waits for repetitions.
    """

    def __init__(self, communities: Iterable[str], sources: Iterable[str], window_seconds: float) -> None:
        self._communities = frozenset(community.encode() for community in communities)
        networks = tuple(ip_network(source, strict=False) for source in sources)
        self._allowed = lru_cache(maxsize=4096)(lambda source: _is_in(source, networks))
        self._window_seconds = window_seconds
        self._waiting: OrderedDict[_Identity, _Waiting] = OrderedDict()
        self._over: list[_Waiting] = []
        self._fallback_second = 0
        self._fallback_spent = 0
        self._rejections: OrderedDict[tuple[str, Reason], int] = OrderedDict()
        self.counts: Counter[str] = Counter()
        """decoded, coalesced and rejected so far."""

    def take(self, datagram: Datagram, now: float) -> bytes | None:
        """Take one datagram at `now`, any monotonic seconds; the answer that its sender waits for, if any."""
        source = datagram.source[0]
        message = self._accepted(datagram, now)
        if isinstance(message, Reason):
            self._reject(source, message)
            return None
        identity = _identity(source, message)
        waiting = self._waiting.get(identity)
        if waiting is not None and now < waiting.due:
            waiting.count += 1
            self.counts["coalesced"] += 1
        else:
            if waiting is not None:  # Its window is over, but nobody has asked for it yet.
                self._over.append(self._waiting.pop(identity))
            self._waiting[identity] = _Waiting(
                message, datagram.source, datagram.received_at, now + self._window_seconds, 1
            )
            self.counts["decoded"] += 1
        return ber.inform_response(datagram.data) if message.pdu == INFORM else None

    def due(self, now: float) -> list[Notification]:
        """The notifications whose window is over at `now`."""
        over, self._over = self._over, []
        while self._waiting:
            identity, first = next(iter(self._waiting.items()))
            if first.due > now and len(self._waiting) <= MAXIMUM_WAITING:
                break
            del self._waiting[identity]
            over.append(first)
        return [notification(one.message, one.source, one.received_at, one.count) for one in over]

    def next_due(self) -> float | None:
        """When the next window is over; None while nothing waits."""
        first = next(iter(self._waiting.values()), None)
        return None if first is None else first.due

    def rejections(self) -> tuple[Rejection, ...]:
        """Who had what rejected, the latest last; the longest unheard of are forgotten."""
        return tuple(Rejection(source, reason, count) for (source, reason), count in self._rejections.items())

    def _accepted(self, datagram: Datagram, now: float) -> Message | Reason:
        """The message, or why it is rejected."""
        if not self._allowed(datagram.source[0]):
            return Reason.SOURCE
        try:
            message = self._decode(datagram.data, now)
        except MessageError:
            return Reason.MESSAGE
        return message if message.community in self._communities else Reason.COMMUNITY

    def _decode(self, data: bytes, now: float) -> Message:
        try:
            return ber.decode(data)
        except MessageError:
            if int(now) != self._fallback_second:
                self._fallback_second, self._fallback_spent = int(now), 0
            if self._fallback_spent >= FALLBACK_PER_SECOND:
                raise
            self._fallback_spent += 1
            return fallback.decode(data)

    def _reject(self, source: str, reason: Reason) -> None:
        self.counts["rejected"] += 1
        key = (source, reason)
        self._rejections[key] = self._rejections.pop(key, 0) + 1
        if len(self._rejections) > MAXIMUM_REJECTION_KINDS:
            self._rejections.popitem(last=False)


def _is_in(source: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return not networks or any(ip_address(source) in network for network in networks)


def _identity(source: str, message: Message) -> _Identity:
    """What is the same in every repetition: all but the request's number and the uptime."""
    header = message.v1
    said = (
        (message.pdu,) if header is None else (header.enterprise, header.agent_address, header.generic, header.specific)
    )
    varbinds = tuple(varbind for varbind in message.varbinds if varbind.oid != standard.UPTIME)
    return (source, message.community, said, varbinds)
