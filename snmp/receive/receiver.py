"""The trap receiver: the sockets, a child process that reads them, and a second one that decides and decodes.

    kernel -> `drain`: bounded, fair queue -> pipe -> `worker`: access, decoding, coalescing -> pipe -> `receive`

So a storm costs the caller only the notifications that are left after coalescing. The counters add up at every moment:
received = decoded + coalesced + rejected + dropped. The kernel counts the datagrams that it dropped itself. The parent
process keeps the sockets open too, so that child processes that die can be replaced without losing the datagrams in the
kernel. Only the datagrams inside a child that died are in no counter.
"""

import logging
import socket
import time
from dataclasses import dataclass

from snmp.errors import EngineStateError, ReceiverError
from snmp.mib.notification import Notification
from snmp.receive import listeners, report
from snmp.receive.children import Children
from snmp.receive.reasons import Rejection
from snmp.receive.report import Counts, Report
from snmp.receive.settings import ReceiverSettings
from snmp.security import access, enginestate
from snmp.security.enginestate import EngineState

__all__ = ["Counters", "Receiver", "ReceiverSettings"]

LOG = logging.getLogger(__name__)

_CLOSE_SECONDS = 5.0
_MINIMUM_LIFETIME_SECONDS = 1.0
"""Child processes that end sooner are not replaced."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Datagrams: received = decoded + coalesced + rejected + dropped."""

    received: int
    decoded: int
    coalesced: int
    """Repetitions, retransmitted informs, and copies."""
    rejected: int
    dropped: int
    """Dropped here: the queue was full, or the source exceeded its rate."""
    kernel_drops: int
    """Dropped by the kernel; not in `received`."""


class Receiver:
    """Listens for traps. Call `receive` from one thread only; `counters`, `causes` and `rejections` from any."""

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
        """Bind the sockets and start to receive; return the addresses and ports. Raises ReceiverError."""
        settings = self._settings
        for user in settings.users:
            if (fault := access.fault_of(user)) is not None:
                raise ReceiverError(f"user {user.name!r}: {fault[0]}: {fault[1]}")
        wanted = None
        if settings.engine_id is not None and (wanted := access.engine_id(settings.engine_id)) is None:
            raise ReceiverError(f"{settings.engine_id!r} is not a valid engine ID: 5 to 32 octets in hexadecimal")
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
        """Engine ID of the receiver, which senders of informs discover; None without users."""
        return None if self._state is None else self._state.engine_id

    def receive(self, timeout: float) -> list[Notification]:
        """Return the notifications that are due; wait up to `timeout` seconds for the first."""
        deadline = time.monotonic() + timeout
        while True:
            children = self._children
            if children is None:
                raise ReceiverError("the trap receiver is not running: call start first")
            left = deadline - time.monotonic()
            if children.has_more(max(0.0, left)):
                octets = children.read()
                found = self._read_reports(octets)
                if not octets:
                    self._restart(children)
                if found:
                    return found
            if left <= 0:
                return []

    def counters(self) -> Counters:
        """Return the counters as of the last report that `receive` read."""
        totals = Counts(*(before + now for before, now in zip(self._before, self._report.counts, strict=True)))
        if self._sockets:
            self._kernel_drops = listeners.kernel_drops(self._sockets)
        return Counters(*totals, self._kernel_drops)

    def causes(self) -> dict[str, int]:
        """Return the rejected and dropped datagrams by cause (`reasons`)."""
        return _sum(self._causes_before, self._report.causes)

    def rejections(self) -> tuple[Rejection, ...]:
        """Return the rejections by source and reason, the latest last; a bounded table."""
        return self._report.rejections

    def faults(self) -> tuple[str, ...]:
        """Return the faults of MIB modules, a line for each."""
        return self._report.faults

    def close(self) -> list[Notification]:
        """Stop, and return the notifications that the child processes still had."""
        children, found = self._children, []
        if children is not None:
            children.stop()
            deadline = time.monotonic() + _CLOSE_SECONDS
            while (left := deadline - time.monotonic()) > 0:
                if children.has_more(left):
                    octets = children.read()
                    if not octets:
                        break
                    found += self._read_reports(octets)
            children.kill()
            self._children = None
        self.counters()
        self._close_sockets()
        return found

    def _close_sockets(self) -> None:
        for sock in self._sockets:
            sock.close()
        self._sockets = []

    def _spawn(self) -> None:
        self._unread.clear()
        self._children = Children(self._settings, self._state, [sock.fileno() for sock in self._sockets])

    def _read_reports(self, octets: bytes) -> list[Notification]:
        """Read every complete frame and return its notifications."""
        self._unread += octets
        position, header = 0, report.FRAME.size
        found: list[Notification] = []
        while len(self._unread) - position >= header:
            (length,) = report.FRAME.unpack_from(self._unread, position)
            end = position + header + length
            if len(self._unread) < end:
                break
            latest = report.unpack(bytes(self._unread[position + header : end]))
            found += latest.notifications
            self._report = latest._replace(notifications=[])
            position = end
        del self._unread[:position]
        return found

    def _restart(self, children: Children) -> None:
        """Start new child processes after the present ones ended unexpectedly."""
        lifetime = time.monotonic() - children.started
        result = children.kill()
        self._before = Counts(*(before + now for before, now in zip(self._before, self._report.counts, strict=True)))
        self._causes_before = self.causes()
        self._report = Report([], Counts(), {}, self._report.rejections, self._report.faults)
        if lifetime < _MINIMUM_LIFETIME_SECONDS:
            self._children = None
            raise ReceiverError(f"the trap receiver's processes ended after {lifetime:.1f} s with {result}")
        LOG.warning("the trap receiver's processes ended with %s; starting new ones", result)
        self._spawn()


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {cause: one.get(cause, 0) + other.get(cause, 0) for cause in (*one, *(other.keys() - one.keys()))}
