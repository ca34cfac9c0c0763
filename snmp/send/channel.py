"""`Channel`: one recipient's bounded queue and the thread that sends to it.

A recipient that cannot be reached, or a full queue, is counted and logged once for each outage.
"""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pyasn1.error import PyAsn1Error

from snmp.errors import SnmpError
from snmp.security import enginestate
from snmp.security.enginestate import EngineState
from snmp.send.carriers import Carrier, open_carrier
from snmp.send.recipient import Recipient

LOG = logging.getLogger(__name__)

QUEUE_LIMIT = 1_000

Delivery = Callable[[Carrier], None]
"""Sends one notification with the carrier of the recipient."""


class EngineIdentity:
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


class Channel:
    """One recipient's queue and thread."""

    def __init__(self, recipient: Recipient, sources: Sequence[str], identity: EngineIdentity, limit: int) -> None:
        self.recipient = recipient
        self._sources = tuple(sources)
        self._identity = identity
        self._queue: queue.Queue[Delivery | None] = queue.Queue(limit)
        self._carrier: Carrier | None = None
        self._in_outage = False
        self.sent = self.failed = self.dropped = 0
        self._thread = threading.Thread(target=self._run, name=f"traps-to-{recipient.name}", daemon=True)
        self._thread.start()

    def put(self, queued: Delivery) -> None:
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
                queued(self._carrier)
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
