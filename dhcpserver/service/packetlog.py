"""Log lines about single packets, with a limit for busy turns.

A backup in NORMAL drops every DISCOVER and logs it (R-174), which is one line a packet. When many arrive in one turn,
writing the lines would take longer than handling the packets. The lines above the limit are then counted, and one line
a second reports their number.

Options that did not fit into a reply are logged once for each client and kind of reply, and in a limited number of
lines a second, because a client gets the same options each time.
"""

from ipaddress import IPv4Address

from dhcpserver.contract.messages import (
    DROPPED,
    LEASE_LIMITED,
    MORE_DROPPED,
    MORE_OPTIONS_LEFT_OUT,
    OPTIONS_LEFT_OUT,
    Message,
)
from dhcpserver.failover.effects import LogLine, log_line
from dhcpserver.leases.lease import Lease
from dhcpserver.service.query import Query
from dhcpserver.wire.optiontypes.table import OptionTable

BUSY_LINES = 16
"""Further lines in one turn are counted, not written."""

_WITH_LEFT_OUT = {"default", "missing-options"}
"""Log settings with lines about options that were left out."""

LEFT_OUT_LINES = 10
"""Lines about options that were left out in one second; further ones are counted."""
REMEMBERED_CLIENTS = 4096
"""Clients and kinds of reply for which such a line was written."""


class LeftOut:
    """The lines about options that did not fit."""

    __slots__ = ("_lines", "_more", "_named", "_second", "_seen", "_table")

    def __init__(self, table: OptionTable) -> None:
        self._table = table
        self._seen: dict[tuple[bytes, str], None] = {}
        self._lines: list[LogLine] = []
        self._second = 0
        self._named = 0
        self._more = 0

    def add(self, query: Query, reply: str, codes: tuple[int, ...], now: float) -> None:
        """Record a reply whose options did not all fit."""
        key = (query.key, reply)
        if key in self._seen:
            return
        self._begin(now)
        if self._named >= LEFT_OUT_LINES:
            self._more += 1
            return
        if len(self._seen) >= REMEMBERED_CLIENTS:
            self._seen.clear()
        self._seen[key] = None
        self._named += 1
        options = ", ".join(f"{self._table.get(code).name} ({code})" for code in codes)
        client = query.hardware[1:].hex(":")
        self._lines.append(log_line(OPTIONS_LEFT_OUT, reply=reply, client=client, options=options))

    def take(self, now: float) -> list[LogLine]:
        """Return the lines since the last call."""
        if self._named:
            self._begin(now)
        lines, self._lines = self._lines, []
        return lines

    def _begin(self, now: float) -> None:
        """Begin a new second, with a line about those of the last one that were only counted."""
        if int(now) == self._second:
            return
        if self._more:
            self._lines.append(log_line(MORE_OPTIONS_LEFT_OUT, count=self._more))
        self._second, self._named, self._more = int(now), 0, 0


class PacketLog:
    """Collects the lines of a turn."""

    __slots__ = ("_client_detail", "_last_reason", "_left_out", "_next_summary", "_pending", "_quiet", "_unwritten")

    def __init__(self, settings: frozenset[str], table: OptionTable) -> None:
        self._quiet = "no-failover-activity" in settings
        self._client_detail = "client-detail" in settings
        self._pending: list[tuple[Message, Query | tuple[bytes, str], dict[str, object]]] = []
        self._left_out = LeftOut(table) if settings & _WITH_LEFT_OUT else None
        self._unwritten = 0
        self._last_reason = ""
        self._next_summary = 0.0

    def dropped_by_failover(self, query: Query, reason: str) -> None:
        """Record a message that was dropped because of failover."""
        self._dropped(query, reason)

    def dropped6(self, duid: bytes, kind: str, reason: str) -> None:
        """Record the same of DHCPv6, by the DUID and the name of the message."""
        self._dropped((duid, kind), reason)

    def _dropped(self, who: Query | tuple[bytes, str], reason: str) -> None:
        if self._quiet:
            return
        if len(self._pending) < BUSY_LINES:
            self._pending.append((DROPPED, who, {"reason": reason}))
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

    def options_left_out(self, query: Query, reply: str, codes: tuple[int, ...], now: float) -> None:
        """Record a reply whose options did not all fit, with `default` or `missing-options`."""
        if self._left_out is not None:
            self._left_out.add(query, reply, codes, now)

    def shift(self, step: float) -> None:
        """Follow a step of the clock."""
        self._next_summary += step

    def take(self, now: float) -> list[LogLine]:
        """Return the lines since the last call."""
        lines = [self._line(message, who, values) for message, who, values in self._pending]
        self._pending.clear()
        if self._unwritten and now >= self._next_summary:
            lines.append(log_line(MORE_DROPPED, count=self._unwritten, reason=self._last_reason))
            self._unwritten = 0
            self._next_summary = now + 1.0
        if self._left_out is not None:
            lines += self._left_out.take(now)
        return lines

    @staticmethod
    def _line(message: Message, who: Query | tuple[bytes, str], values: dict[str, object]) -> LogLine:
        if isinstance(who, tuple):
            duid, kind = who
            return log_line(message, client=duid.hex(":"), kind=kind, **values)
        query = who
        kind = "DISCOVER" if query.packet.message_type == 1 else f"message type {query.packet.message_type}"
        return log_line(message, client=query.hardware[1:].hex(":"), kind=kind, **values)
