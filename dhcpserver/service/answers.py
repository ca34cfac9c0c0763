"""Whether this server answers a message, and what became of each: the counters of the DHCPv4 service."""

from dhcpserver.failover.partnership import Partnership
from dhcpserver.failover.pools.answering import AnswerDecision, MessageKind
from dhcpserver.service.counters import Counters
from dhcpserver.service.packetlog import PacketLog
from dhcpserver.service.query import Query, Reply


class Answers:
    """Counts the messages that are answered and those that are not.

    Attributes:
        last: the name of the last reply.
    """

    def __init__(self, partnership: Partnership, counters: Counters, log: PacketLog) -> None:
        self._partnership = partnership
        self._counters = counters
        self._log = log
        self.last = ""

    def decision(self, kind: MessageKind, query: Query) -> AnswerDecision:
        """Return whether failover allows this server to answer, and whom; a refusal is counted and logged.

        Only `answer` counts for kinds of message that no state restricts to known clients.
        """
        decision = self._partnership.answers(kind, query.key)
        if not decision.answer:
            self._counters.drop("failover")
            self._log.dropped_by_failover(query, decision.reason)
        return decision

    def silent(self, reason: str) -> Reply | None:
        """Count a message that gets no reply; the result is that reply."""
        self._counters.drop(reason)
        return None

    def sent(self, name: str, reply: Reply) -> Reply:
        """Count a reply; the result is that reply."""
        self._counters.send(name)
        self.last = name
        return reply
