"""The record of an endpoint on its way to the disk: whoever changes it replaces it, and `store` hands it out.

Effects leave only after the turn's commit, so that whatever was replaced and stored in a turn is durable before
anything of that turn is told to anybody.
"""

from dhcpserver.failover.effects import Store
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.record import FailoverRecord


class Memory:
    """Holds the present record.

    Attributes:
        record: what is, or will be, stored.
    """

    __slots__ = ("_outbox", "record")

    def __init__(self, record: FailoverRecord, outbox: Outbox) -> None:
        self.record = record
        self._outbox = outbox

    def store(self) -> None:
        """Have the record stored with this turn."""
        self._outbox.put(Store(self.record))
