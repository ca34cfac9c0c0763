"""`TrapSender`: sends notifications without delaying the caller.

`send` puts the notification into a bounded queue for each recipient and returns. A thread for each recipient encodes
it, sends it and waits for the acknowledgement, so that a recipient that does not answer delays no other one. A
recipient that cannot be reached, or a full queue, is counted and logged once for each outage; the server continues.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from snmp.codec import encoding
from snmp.mib.specs import TrapSpec
from snmp.send.channel import QUEUE_LIMIT, Channel, EngineIdentity
from snmp.send.recipient import Recipient

__all__ = ["QUEUE_LIMIT", "Recipient", "SentCounters", "TrapSender"]


@dataclass(frozen=True, slots=True)
class SentCounters:
    """Counts of notifications; each counts once for each recipient."""

    sent: int
    """Sent; for informs, acknowledged."""
    failed: int
    """Not sent, not acknowledged, or not encodable."""
    dropped: int
    """The queue was full, or the sender was closed before it was sent."""


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
        identity = EngineIdentity(state_directory)
        self._channels = [Channel(recipient, sources, identity, queue_limit) for recipient in recipients]

    def send(self, spec: TrapSpec) -> None:
        """Queue a notification for each recipient; with a full queue it is dropped and counted.

        Raises UnknownTrapError for a spec that is in no MIB table.
        """
        encoding.objects(spec)
        uptime_centiseconds = int((time.monotonic() - self._started) * 100)
        for channel in self._channels:
            channel.put(lambda carrier: carrier.deliver(spec, uptime_centiseconds))

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
