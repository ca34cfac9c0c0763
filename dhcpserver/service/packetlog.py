"""What single packets have to say in the log, and when it is too much.

A backup in NORMAL drops every DISCOVER and says so (R-174), which is one line a packet. When many arrive in one turn
the lines would cost more than the packets; they are then counted, and one line a second says how many there were.
"""

from ipaddress import IPv4Address

from dhcpserver.failover.effects import LogLine
from dhcpserver.leases.lease import Lease
from dhcpserver.service.query import Query

BUSY_LINES = 16
"""More lines than this in one turn are counted, not written."""

_GATED, _LIMITED = 18110, 18116


class PacketLog:
    """Collects the lines of a turn."""

    __slots__ = ("_client_detail", "_dropped", "_last", "_next_summary", "_pending", "_quiet")

    def __init__(self, settings: frozenset[str]) -> None:
        self._quiet = "no-failover-activity" in settings
        self._client_detail = "client-detail" in settings
        self._pending: list[tuple[int, Query, str]] = []
        self._dropped = 0
        self._last = ""
        self._next_summary = 0.0

    def gated(self, query: Query, reason: str) -> None:
        """A message was dropped because of failover."""
        if self._quiet:
            return
        if len(self._pending) < BUSY_LINES:
            self._pending.append((_GATED, query, reason))
        else:
            self._dropped += 1
            self._last = reason

    def limited(self, query: Query, lease: Lease, seconds: int, desired: int) -> None:
        """A lease is shorter than the policy has it (R-120)."""
        if self._client_detail and len(self._pending) < BUSY_LINES:
            cause = "new lease" if not lease.acked_pl else "partner not communicating"
            text = f"of {IPv4Address(lease.address)} limited to {seconds} s (wanted {desired}): {cause}."
            self._pending.append((_LIMITED, query, text))

    def take(self, now: float) -> list[LogLine]:
        """The lines since the last call."""
        lines = [self._line(number, query, text) for number, query, text in self._pending]
        self._pending.clear()
        if self._dropped and now >= self._next_summary:
            text = f"Dropped {self._dropped} more client messages without a line each, being busy: {self._last}."
            lines.append(LogLine(_GATED, "Activity", text))
            self._dropped = 0
            self._next_summary = now + 1.0
        return lines

    @staticmethod
    def _line(number: int, query: Query, text: str) -> LogLine:
        client = query.hardware[1:].hex(":")
        if number == _GATED:
            kind = "DISCOVER" if query.packet.message_type == 1 else f"message type {query.packet.message_type}"
            return LogLine(number, "Activity", f"Dropped {kind} from {client}: {text}.")
        return LogLine(number, "Warning", f"Lease for {client} {text}")
