"""Replies that could not be sent: counted by reason, and logged once a minute for each."""

from ipaddress import IPv4Address

from dhcpserver.contract.messages import NOT_SENT
from dhcpserver.failover.effects import LogLine
from dhcpserver.service.notices import Notices
from dhcpserver.service.query import Reply


class Unsent:
    """The replies of one server that could not be sent.

    Attributes:
        counts: their number by reason, since start.
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._notices = Notices()

    def lines(self, reply: Reply, failure: OSError, steady: float) -> list[LogLine]:
        """Count a reply; return the lines to log. `steady`: a clock that is never set, in seconds."""
        reason = failure.strerror or str(failure)
        self.counts[reason] = self.counts.get(reason, 0) + 1
        self._notices.tell(NOT_SENT, reason, steady, to=IPv4Address(reply.address), reason=reason)
        return self._notices.take()
