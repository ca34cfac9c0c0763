"""The trap receiver: sockets, a child process that empties them, and another that decides and decodes.

    kernel -> `drain`: bounded, fair queue -> pipe -> `worker`: access, decoding, coalescing -> pipe -> `receive`

So a storm costs whoever uses this no more than what is told of it. The counters add up: received = decoded + coalesced
+ rejected + dropped, at every moment that they can be read. What the kernel dropped before anybody could read it is
counted apart, by the kernel. The parent keeps the sockets too: children that die are replaced without losing what the
kernel holds, and what they held themselves is the only thing that no counter has.
"""

import logging
import socket
import time
from dataclasses import dataclass

from snmp.errors import EngineStateError, ReceiverError
from snmp.mib.notification import Notification
from snmp.receive import handover, listeners
from snmp.receive.children import Children
from snmp.receive.handover import Counts, Report
from snmp.receive.reasons import Rejection
from snmp.receive.settings import ReceiverSettings
from snmp.security import access, enginestate
from snmp.security.enginestate import EngineState

__all__ = ["Counters", "Receiver", "ReceiverSettings"]

LOG = logging.getLogger(__name__)

_CLOSE_SECONDS = 5.0
_CHILDREN_LIVE_SECONDS = 1.0
"""Children that live shorter than this are not replaced."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Datagrams: received = decoded + coalesced + rejected + dropped."""

    received: int
    decoded: int
    coalesced: int
    """Repetitions, and informs and copies that came again."""
    rejected: int
    dropped: int
    """By us: the queue was full, or the source had more than its rate."""
    kernel_drops: int
    """By the kernel, before we could receive them: not among `received`."""


class Receiver:
    """Listens for traps. `receive` is for one thread; `counters`, `causes` and `rejections` are for any."""

    def __init__(self, settings: ReceiverSettings) -> None:
        self._settings = settings
        self._sockets: list[socket.socket] = []
        self._state: EngineState | None = None
        self._children: Children | None = None
        self._unread = bytearray()
        self._before = Counts()
        self._causes_before: dict[str, int] = {}
        self._report = Report([], Counts(), {}, ())
        self._kernel_drops = 0

    def start(self) -> tuple[tuple[str, int], ...]:
        """Bind and begin to receive; the addresses and ports that it listens on. Raises ReceiverError."""
        settings = self._settings
        for user in settings.users:
            if (fault := access.fault_of(user)) is not None:
                raise ReceiverError(f"user {user.name!r}: {fault[0]}: {fault[1]}")
        wanted = None
        if settings.engine_id is not None and (wanted := access.engine_id(settings.engine_id)) is None:
            raise ReceiverError(f"{settings.engine_id!r} is no engine ID: 5 to 32 octets in hexadecimal")
        self._sockets = listeners.open_all(settings.listen, settings.buffer_octets)
        try:
            if settings.users:
                self._state = enginestate.boot(settings.state_directory, wanted)
            self._spawn()
        except (EngineStateError, OSError) as error:
            self._close_sockets()
            raise ReceiverError(f"cannot receive traps: {error}") from error
        return tuple((name[0], name[1]) for name in (sock.getsockname() for sock in self._sockets))

    @property
    def engine_id(self) -> bytes | None:
        """Of our SNMPv3 engine, which senders of informs discover; None without users."""
        return None if self._state is None else self._state.engine_id

    def receive(self, timeout: float) -> list[Notification]:
        """The notifications that are due, waiting for them up to `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            children = self._children
            if children is None:
                raise ReceiverError("the trap receiver is not running: call start first")
            left = deadline - time.monotonic()
            if children.has_more(max(0.0, left)):
                octets = children.read()
                told = self._take_in(octets)
                if not octets:
                    self._replace(children)
                if told:
                    return told
            if left <= 0:
                return []

    def counters(self) -> Counters:
        """What was counted, as of the last report that `receive` took in."""
        totals = Counts(*(before + now for before, now in zip(self._before, self._report.counts, strict=True)))
        if self._sockets:
            self._kernel_drops = listeners.kernel_drops(self._sockets)
        return Counters(*totals, self._kernel_drops)

    def causes(self) -> dict[str, int]:
        """rejected and dropped by cause (`reasons`); the sum is that of the two."""
        return _sum(self._causes_before, self._report.causes)

    def rejections(self) -> tuple[Rejection, ...]:
        """Who had what rejected or dropped, the latest last; a bounded table."""
        return self._report.rejections

    def close(self) -> list[Notification]:
        """Stop; the notifications that were still on their way."""
        children, told = self._children, []
        if children is not None:
            children.stop()
            deadline = time.monotonic() + _CLOSE_SECONDS
            while (left := deadline - time.monotonic()) > 0:
                if children.has_more(left):
                    octets = children.read()
                    if not octets:
                        break
                    told += self._take_in(octets)
            children.kill()
            self._children = None
        self.counters()
        self._close_sockets()
        return told

    def _close_sockets(self) -> None:
        for sock in self._sockets:
            sock.close()
        self._sockets = []

    def _spawn(self) -> None:
        self._unread.clear()
        self._children = Children(self._settings, self._state, [sock.fileno() for sock in self._sockets])

    def _take_in(self, octets: bytes) -> list[Notification]:
        """Take in every frame that is whole."""
        self._unread += octets
        position, header = 0, handover.FRAME.size
        told: list[Notification] = []
        while len(self._unread) - position >= header:
            (length,) = handover.FRAME.unpack_from(self._unread, position)
            end = position + header + length
            if len(self._unread) < end:
                break
            report = handover.unpack(bytes(self._unread[position + header : end]))
            told += report.notifications
            self._report = report._replace(notifications=[])
            position = end
        del self._unread[:position]
        return told

    def _replace(self, children: Children) -> None:
        """Start others in the place of children that ended by themselves."""
        lived = time.monotonic() - children.started
        ends = children.kill()
        self._before = Counts(*(before + now for before, now in zip(self._before, self._report.counts, strict=True)))
        self._causes_before = self.causes()
        self._report = Report([], Counts(), {}, self._report.rejections)
        if lived < _CHILDREN_LIVE_SECONDS:
            self._children = None
            raise ReceiverError(f"the trap receiver's processes ended after {lived:.1f} s with {ends}")
        LOG.warning("the trap receiver's processes ended with %s; starting others", ends)
        self._spawn()


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {cause: one.get(cause, 0) + other.get(cause, 0) for cause in (*one, *(other.keys() - one.keys()))}
