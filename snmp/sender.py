"""Sending traps without ever holding up the one who has something to say.

`send` puts the trap into a bounded queue and returns; a thread of its own encodes and sends it, one datagram to each
recipient. A recipient that cannot be reached, or a queue that is full, costs a count and a line in the log, nothing
more: a trap is a courtesy, and the server has packets to answer.
"""

import contextlib
import logging
import queue
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Literal

from pyasn1.error import PyAsn1Error

from snmp import encoding
from snmp.specs import TrapSpec

LOG = logging.getLogger(__name__)

QUEUE_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told."""

    name: str
    host: str
    port: int = 162
    community: str = "public"
    version: Literal["v1", "v2c"] = "v2c"


@dataclass(frozen=True, slots=True)
class SentCounters:
    """Datagrams, but for `dropped`, which counts traps."""

    sent: int
    failed: int
    """The recipient's name has no address, there is no way to it, or the trap cannot be encoded."""
    dropped: int
    """The queue was full, or the sender closed before it was empty."""


@dataclass(frozen=True, slots=True)
class _Queued:
    spec: TrapSpec
    uptime_centiseconds: int


class TrapSender:
    """Sends traps to all its recipients. Its uptime, which every trap carries, begins when it is made.

    `sources` are addresses of ours: the first of a recipient's family is what the trap comes from, so that a receiver
    can tell which server speaks when several share a machine.
    """

    def __init__(
        self, recipients: Sequence[Recipient], sources: Sequence[str] = (), queue_limit: int = QUEUE_LIMIT
    ) -> None:
        self._recipients = tuple(recipients)
        self._sources = tuple(sources)
        self._started = time.monotonic()
        self._queue: queue.Queue[_Queued | None] = queue.Queue(queue_limit)
        self._sent = self._failed = self._dropped = 0
        self._told: set[str] = set()
        self._thread = threading.Thread(target=self._run, name="trap-sender", daemon=True)
        self._thread.start()

    def send(self, spec: TrapSpec) -> None:
        """Queue a trap; when the queue is full it is dropped and counted.

        Raises UnknownTrapError for a spec that no MIB table has.
        """
        encoding.objects(spec)
        uptime = int((time.monotonic() - self._started) * 100)
        try:
            self._queue.put_nowait(_Queued(spec, uptime))
        except queue.Full:
            self._dropped += 1

    def counters(self) -> SentCounters:
        """What was counted so far."""
        return SentCounters(self._sent, self._failed, self._dropped)

    def close(self, timeout: float) -> None:
        """Send what is queued, for at most `timeout` seconds; what is then left is dropped and counted."""
        deadline = time.monotonic() + timeout
        with contextlib.suppress(queue.Full):
            self._queue.put(None, timeout=timeout)
        self._thread.join(max(0.0, deadline - time.monotonic()))
        while True:
            try:
                left = self._queue.get_nowait()
            except queue.Empty:
                return
            self._dropped += left is not None

    def _run(self) -> None:
        while (queued := self._queue.get()) is not None:
            for recipient in self._recipients:
                try:
                    self._send(recipient, queued)
                except (OSError, PyAsn1Error) as error:
                    self._failed += 1
                    self._tell_once(recipient, error)
                else:
                    self._sent += 1
                    self._told.discard(recipient.name)

    def _send(self, recipient: Recipient, queued: _Queued) -> None:
        found = socket.getaddrinfo(recipient.host, recipient.port, type=socket.SOCK_DGRAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as sock:
            source = next((text for text in self._sources if (":" in text) == (family == socket.AF_INET6)), None)
            if source is not None:
                sock.bind((source, 0))
            sock.connect(address)
            sock.send(_octets(recipient, queued, sock.getsockname()[0]))

    def _tell_once(self, recipient: Recipient, error: Exception) -> None:
        """A line for the first failure, and for the first after a success."""
        if recipient.name not in self._told:
            self._told.add(recipient.name)
            LOG.warning(
                "cannot send traps to %s (%s port %d): %s",
                recipient.name,
                recipient.host,
                recipient.port,
                error,
            )


def _octets(recipient: Recipient, queued: _Queued, local: str) -> bytes:
    if recipient.version == "v2c":
        return encoding.v2c(queued.spec, recipient.community, queued.uptime_centiseconds)
    agent = IPv4Address(0) if ":" in local else IPv4Address(local)  # An SNMPv1 agent-addr holds nothing else.
    return encoding.v1(queued.spec, recipient.community, queued.uptime_centiseconds, agent)
