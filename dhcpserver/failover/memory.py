"""The record of an endpoint on its way to the disk: whoever changes it replaces it, and `store` hands it out.

Effects leave only after the turn's commit, so that whatever was replaced and stored in a turn is durable before
anything of that turn is told to anybody.

In STARTUP nothing is stored: a server that is stopped there starts the next time from what it started from this time.
What it was about to become, or that it was up, would be taken for what it was (RFC 8156 section 8.3.2, step 1).
"""

from dhcpserver.failover.effects import Store
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.record import FailoverRecord


class Memory:
    """Holds the present record.

    Attributes:
        record: what is, or will be, stored.
        starting: whether the endpoint is still in STARTUP.
    """

    __slots__ = ("_outbox", "record", "starting")

    def __init__(self, record: FailoverRecord, outbox: Outbox) -> None:
        self.record = record
        self.starting = True
        self._outbox = outbox

    def store(self) -> None:
        """Have the record stored with this turn."""
        if not self.starting:
            self._outbox.put(Store(self.record))
