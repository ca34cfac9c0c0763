"""Log lines about single packets, with a limit for busy turns.

A backup in NORMAL drops every DISCOVER and logs it (R-174), which is one line a packet. When many arrive in one turn,
writing the lines would take longer than handling the packets. The lines above the limit are then counted, and one line
a second reports their number.
"""

from ipaddress import IPv4Address

from dhcpserver.contract.messages import DROPPED, LEASE_LIMITED, MORE_DROPPED, Message
from dhcpserver.failover.effects import LogLine, log_line
from dhcpserver.leases.lease import Lease
from dhcpserver.service.query import Query

BUSY_LINES = 16
"""Further lines in one turn are counted, not written."""


class PacketLog:
    """Collects the lines of a turn."""

    __slots__ = ("_client_detail", "_last_reason", "_next_summary", "_pending", "_quiet", "_unwritten")

    def __init__(self, settings: frozenset[str]) -> None:
        self._quiet = "no-failover-activity" in settings
        self._client_detail = "client-detail" in settings
        self._pending: list[tuple[Message, Query, dict[str, object]]] = []
        self._unwritten = 0
        self._last_reason = ""
        self._next_summary = 0.0

    def dropped_by_failover(self, query: Query, reason: str) -> None:
        """Record a message that was dropped because of failover."""
        if self._quiet:
            return
        if len(self._pending) < BUSY_LINES:
            self._pending.append((DROPPED, query, {"reason": reason}))
        else:
            self._unwritten += 1
            self._last_reason = reason

    def lease_limited(self, query: Query, lease: Lease, seconds: int, desired: int) -> None:
        """Record a lease that is shorter than the lease time of the policy (R-120)."""
        if self._client_detail and len(self._pending) < BUSY_LINES:
            cause = "new lease" if not lease.acked_pl else "partner not communicating"
            address = IPv4Address(lease.address)
            values = {"address": address, "seconds": seconds, "desired": desired, "cause": cause}
            self._pending.append((LEASE_LIMITED, query, values))

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        self._next_summary += step

    def take(self, now: float) -> list[LogLine]:
        """Return the lines since the last call."""
        lines = [self._line(message, query, values) for message, query, values in self._pending]
        self._pending.clear()
        if self._unwritten and now >= self._next_summary:
            lines.append(log_line(MORE_DROPPED, count=self._unwritten, reason=self._last_reason))
            self._unwritten = 0
            self._next_summary = now + 1.0
        return lines

    @staticmethod
    def _line(message: Message, query: Query, values: dict[str, object]) -> LogLine:
        kind = "DISCOVER" if query.packet.message_type == 1 else f"message type {query.packet.message_type}"
        return log_line(message, client=query.hardware[1:].hex(":"), kind=kind, **values)
