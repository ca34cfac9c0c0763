"""The replies of a turn; those that could not be sent are counted by reason, and logged once a minute for each."""

import time

from dhcpserver.contract.messages import NOT_SENT
from dhcpserver.failover.effects import LogLine
from dhcpserver.leases.keys import address6, text_of
from dhcpserver.runtime.listeners import Listeners
from dhcpserver.runtime.sockets6 import Listeners6
from dhcpserver.service.notices import Notices
from dhcpserver.service.query import Reply
from dhcpserver.service.turn import Outputs
from dhcpserver.service.v6.query import Reply6


class Unsent:
    """The replies of one server that could not be sent.

    Attributes:
        counts: their number by reason, since start.
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self._notices = Notices()

    def send(self, outputs: Outputs, listeners: Listeners, listeners6: Listeners6) -> list[LogLine]:
        """Send the replies of a turn; return the lines to log."""
        lines: list[LogLine] = []
        for reply in outputs.replies:
            failure = listeners[reply.listener].send(reply)
            if failure is not None:
                lines += self.lines(reply, failure, time.monotonic())
        for reply6 in outputs.replies6:
            failure = listeners6.send(reply6)
            if failure is not None:
                lines += self.lines(reply6, failure, time.monotonic())
        return lines

    def lines(self, reply: Reply | Reply6, failure: OSError, steady: float) -> list[LogLine]:
        """Count a reply; return the lines to log. `steady`: a clock that is never set, in seconds."""
        to = text_of(reply.address if isinstance(reply, Reply) else address6(reply.address))
        reason = failure.strerror or str(failure)
        self.counts[reason] = self.counts.get(reason, 0) + 1
        self._notices.tell(NOT_SENT, reason, steady, to=to, reason=reason)
        return self._notices.take()
