"""`TrapSender`: sends notifications without delaying the caller.

`send` puts the notification into a bounded queue for each recipient and returns. A thread for each recipient encodes
it, sends it and waits for the acknowledgement, so that a recipient that does not answer delays no other one. A
recipient that cannot be reached, or a full queue, is counted and logged once for each outage; the server continues.
"""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyasn1.error import PyAsn1Error

from snmp.codec import encoding
from snmp.errors import SnmpError
from snmp.mib.specs import TrapSpec
from snmp.security import enginestate
from snmp.security.enginestate import EngineState
from snmp.send.carriers import Carrier, open_carrier
from snmp.send.recipient import Recipient

__all__ = ["Recipient", "SentCounters", "TrapSender"]

LOG = logging.getLogger(__name__)

QUEUE_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class SentCounters:
    """Counts of notifications; each counts once for each recipient."""

    sent: int
    """Sent; for informs, acknowledged."""
    failed: int
    """Not sent, not acknowledged, or not encodable."""
    dropped: int
    """The queue was full, or the sender was closed before it was sent."""


@dataclass(frozen=True, slots=True)
class _QueueItem:
    spec: TrapSpec
    uptime_centiseconds: int


class _EngineIdentity:
    """The local engine's ID and boots for all recipients. The first call reads the state and counts the start."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._state: EngineState | None = None

    def __call__(self) -> EngineState:
        with self._lock:
            if self._state is None:
                self._state = enginestate.boot(self._directory)
            return self._state


class _Channel:
    """One recipient's queue and thread."""

    def __init__(self, recipient: Recipient, sources: Sequence[str], identity: _EngineIdentity, limit: int) -> None:
        self.recipient = recipient
        self._sources = tuple(sources)
        self._identity = identity
        self._queue: queue.Queue[_QueueItem | None] = queue.Queue(limit)
        self._carrier: Carrier | None = None
        self._in_outage = False
        self.sent = self.failed = self.dropped = 0
        self._thread = threading.Thread(target=self._run, name=f"traps-to-{recipient.name}", daemon=True)
        self._thread.start()

    def put(self, queued: _QueueItem) -> None:
        try:
            self._queue.put_nowait(queued)
        except queue.Full:
            self.dropped += 1

    def request_end(self) -> None:
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(None)

    def end(self, timeout: float) -> None:
        """Wait at most `timeout` seconds until the queue is empty. What is left is dropped and counted."""
        deadline = time.monotonic() + timeout
        with contextlib.suppress(queue.Full):
            self._queue.put(None, timeout=timeout)
        self._thread.join(max(0.0, deadline - time.monotonic()))
        while True:
            try:
                left = self._queue.get_nowait()
            except queue.Empty:
                return
            self.dropped += left is not None

    def _run(self) -> None:
        while (queued := self._queue.get()) is not None:
            try:
                if self._carrier is None:
                    self._carrier = open_carrier(self.recipient, self._sources, self._identity)
                self._carrier.deliver(queued.spec, queued.uptime_centiseconds)
            except (OSError, PyAsn1Error, SnmpError) as error:
                self.failed += 1
                self._record_failure(error)
            except Exception as error:
                # pysnmp can raise any exception for an answer of a recipient; none of them may end the thread.
                self.failed += 1
                self._record_failure(error)
            else:
                self.sent += 1
                self._record_success()
        self._close_carrier()

    def _close_carrier(self) -> None:
        if self._carrier is not None:
            self._carrier.close()
            self._carrier = None

    def _record_failure(self, error: Exception) -> None:
        """Log the first failure of an outage."""
        if not self._in_outage:
            self._in_outage = True
            self._close_carrier()  # After the outage the recipient must be discovered again: it can be another one.
            recipient = self.recipient
            words = str(error) or type(error).__name__
            LOG.warning(
                "cannot send traps to %s (%s port %d): %s", recipient.name, recipient.host, recipient.port, words
            )

    def _record_success(self) -> None:
        if self._in_outage:
            self._in_outage = False
            LOG.warning("traps to %s are delivered again; %d failed so far", self.recipient.name, self.failed)


class TrapSender:
    """Sends notifications to all recipients. The uptime in them starts when the object is created.

    `sources` are local addresses. Notifications are sent from the first one with the recipient's address family, so
    that a receiver can tell servers on one machine apart. `state_directory` has the identity of the SNMPv3 engine; it
    is needed for SNMPv3 recipients only.
    """

    def __init__(
        self,
        recipients: Sequence[Recipient],
        sources: Sequence[str] = (),
        queue_limit: int = QUEUE_LIMIT,
        state_directory: Path | None = None,
    ) -> None:
        self._started = time.monotonic()
        identity = _EngineIdentity(state_directory)
        self._channels = [_Channel(recipient, sources, identity, queue_limit) for recipient in recipients]

    def send(self, spec: TrapSpec) -> None:
        """Queue a notification for each recipient; with a full queue it is dropped and counted.

        Raises UnknownTrapError for a spec that is in no MIB table.
        """
        encoding.objects(spec)
        queued = _QueueItem(spec, int((time.monotonic() - self._started) * 100))
        for channel in self._channels:
            channel.put(queued)

    def counters(self) -> SentCounters:
        """Return the counters over all recipients."""
        each = self.by_recipient().values()
        return SentCounters(
            sum(one.sent for one in each), sum(one.failed for one in each), sum(one.dropped for one in each)
        )

    def by_recipient(self) -> dict[str, SentCounters]:
        """Return the counters by the recipient's name."""
        return {one.recipient.name: SentCounters(one.sent, one.failed, one.dropped) for one in self._channels}

    def close(self, timeout: float) -> None:
        """Send what is queued for at most `timeout` seconds. What is left is dropped and counted."""
        deadline = time.monotonic() + timeout
        for channel in self._channels:
            channel.request_end()
        for channel in self._channels:
            channel.end(max(0.0, deadline - time.monotonic()))
