"""DHCPv6 messages that get no answer: counted by reason, and logged by client and reason.

What failover leaves to the partner is a line for each message, as for DHCPv4 (`service.packetlog`), with its limit for
busy turns. Everything else is one line a minute for each reason and link, which names the last client.
"""

from ipaddress import IPv6Address

from dhcpserver.contract import messages
from dhcpserver.service.counters import Counters
from dhcpserver.service.notices import Notices
from dhcpserver.service.packetlog import PacketLog
from dhcpserver.service.v6.query import Arrival6, Query6
from dhcpserver.wire.dhcp6 import Message
from dhcpserver.wire.dhcp6options import MessageType6
from dhcpserver.wire.dhcp6refusal import Discard

_NAMES = {int(kind): kind.name for kind in MessageType6}


def name_of(kind: int) -> str:
    """Return the name of a message type."""
    return _NAMES.get(kind, "UNKNOWN")


class Drops:
    """Counts and logs the dropped messages of one server."""

    __slots__ = ("_counters", "_log", "_notices")

    def __init__(self, counters: Counters, notices: Notices, log: PacketLog) -> None:
        self._counters = counters
        self._notices = notices
        self._log = log

    def malformed(self, arrival: Arrival6, reason: str, now: float) -> None:
        """Record octets that are not a message."""
        self._counters.drop("malformed")
        source = IPv6Address(arrival.source)
        self._notices.tell(
            messages.DROPPED6, ("malformed", source), now, kind="A message", client=source, reason=reason
        )

    def discard(self, message: Message, arrival: Arrival6, discard: Discard, now: float) -> None:
        """Record a message that breaks a rule of the protocol. That one is for another server is usual."""
        self._counters.drop(discard.name.lower().replace("_", "-"))
        if discard is not Discard.OTHER_SERVER:
            self._tell(message, arrival, discard.value, now)

    def drop(self, query: Query6, reason: str, text: str, now: float) -> None:
        """Record a message that is not answered, with the word for the counter and the reason for the log."""
        self._counters.drop(reason)
        self._tell(query.message, query.arrival, text, now)

    def left_to_partner(self, query: Query6, reason: str) -> None:
        """Record a message that failover does not let this server answer."""
        self._counters.drop("failover")
        self._log.dropped6(query.duid, name_of(query.message.type), reason)

    def _tell(self, message: Message, arrival: Arrival6, reason: str, now: float) -> None:
        subject = (reason, message.link_address or arrival.link or arrival.address)
        client = (message.client_id or b"").hex(":") or IPv6Address(message.peer_address or arrival.source)
        self._notices.tell(messages.DROPPED6, subject, now, kind=name_of(message.type), client=client, reason=reason)
