"""Sending notifications without ever holding up the one who has something to say.

`send` puts the notification into a bounded queue for each recipient and returns; a thread for each encodes, sends, and
waits for acknowledgements, so that one who is silent delays nobody else's. A recipient that cannot be reached, or a
queue that is full, costs a count and a line in the log for each outage, nothing more: a trap is a courtesy, and the
server has packets to answer.
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
    """Notifications, one for each recipient that should have had it."""

    sent: int
    """On their way; of informs, acknowledged."""
    failed: int
    """No address, no way, no acknowledgement, or it cannot be encoded."""
    dropped: int
    """The queue was full, or the sender closed before it was empty."""


@dataclass(frozen=True, slots=True)
class _Queued:
    spec: TrapSpec
    uptime_centiseconds: int


class _Identity:
    """Our engine's ID and boots, for all recipients the same; read, and counted up, when first asked for."""

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

    def __init__(self, recipient: Recipient, sources: Sequence[str], identity: _Identity, limit: int) -> None:
        self.recipient = recipient
        self._sources = tuple(sources)
        self._identity = identity
        self._queue: queue.Queue[_Queued | None] = queue.Queue(limit)
        self._carrier: Carrier | None = None
        self._in_outage = False
        self.sent = self.failed = self.dropped = 0
        self._thread = threading.Thread(target=self._run, name=f"traps-to-{recipient.name}", daemon=True)
        self._thread.start()

    def put(self, queued: _Queued) -> None:
        try:
            self._queue.put_nowait(queued)
        except queue.Full:
            self.dropped += 1

    def ask_to_end(self) -> None:
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(None)

    def end(self, timeout: float) -> None:
        """Wait for what is queued, for at most `timeout` seconds; what is then left is dropped and counted."""
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
                self._fails(error)
            except Exception as error:
                # The SNMP stack's own mistakes, over what a recipient answers, must not end what tells of ours.
                self.failed += 1
                self._fails(error)
            else:
                self.sent += 1
                self._works()
        self._close_carrier()

    def _close_carrier(self) -> None:
        if self._carrier is not None:
            self._carrier.close()
            self._carrier = None

    def _fails(self, error: Exception) -> None:
        """A line for the first failure, and for the first after a success."""
        if not self._in_outage:
            self._in_outage = True
            self._close_carrier()  # Who comes back may be another, and what was discovered of it no longer true.
            recipient = self.recipient
            words = str(error) or type(error).__name__
            LOG.warning(
                "cannot send traps to %s (%s port %d): %s", recipient.name, recipient.host, recipient.port, words
            )

    def _works(self) -> None:
        if self._in_outage:
            self._in_outage = False
            LOG.warning("traps reach %s again; %d did not so far", self.recipient.name, self.failed)


class TrapSender:
    """Sends to all its recipients. Its uptime, which every notification carries, begins when it is made.

    `sources` are addresses of ours: the first of a recipient's family is what a notification comes from, so that a
    receiver can tell which server speaks when several share a machine. `state_directory` is where the identity of the
    SNMPv3 engine is kept; it is needed with recipients of SNMPv3 alone, who know a sender by it.
    """

    def __init__(
        self,
        recipients: Sequence[Recipient],
        sources: Sequence[str] = (),
        queue_limit: int = QUEUE_LIMIT,
        state_directory: Path | None = None,
    ) -> None:
        self._started = time.monotonic()
        identity = _Identity(state_directory)
        self._channels = [_Channel(recipient, sources, identity, queue_limit) for recipient in recipients]

    def send(self, spec: TrapSpec) -> None:
        """Queue a notification; where the queue is full it is dropped and counted.

        Raises UnknownTrapError for a spec that no MIB table has.
        """
        encoding.objects(spec)
        queued = _Queued(spec, int((time.monotonic() - self._started) * 100))
        for channel in self._channels:
            channel.put(queued)

    def counters(self) -> SentCounters:
        """What was counted so far, over all recipients."""
        each = self.by_recipient().values()
        return SentCounters(
            sum(one.sent for one in each), sum(one.failed for one in each), sum(one.dropped for one in each)
        )

    def by_recipient(self) -> dict[str, SentCounters]:
        """What was counted so far, by the recipient's name."""
        return {one.recipient.name: SentCounters(one.sent, one.failed, one.dropped) for one in self._channels}

    def close(self, timeout: float) -> None:
        """Send what is queued, for at most `timeout` seconds; what is then left is dropped and counted."""
        deadline = time.monotonic() + timeout
        for channel in self._channels:
            channel.ask_to_end()
        for channel in self._channels:
            channel.end(max(0.0, deadline - time.monotonic()))
