"""DNS updates of leases (RFC 2136) to the DNS servers of the configuration, each from a thread of its own.

A change waits in a bounded queue until its DNS server has accepted it. What a server already has is not sent to it
again while this process runs, so that a renewal costs nothing; after a start, the first renewal of each client sends
its records once more. So a change that was lost is repaired by the next renewal.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from dhcpserver.config.objects import Configuration
from dhcpserver.contract import messages
from dhcpserver.failover.effects import LogLine
from dhcpserver.runtime.dnscarrier import DnsCarrier
from dhcpserver.runtime.outlet import Change, Outlet, OutletStatus
from dhcpserver.service.dns.follower import DnsChange
from dhcpserver.service.notices import Notices

QUEUE = 50_000
"""Changes that wait for a DNS server at most; then the oldest are dropped."""
BATCH = 1
END_SECONDS = 2.0
"""Time to send what waits when the server stops."""

_Record = tuple[bool, str]
"""What is known of: whether a PTR record, and the address."""


class DnsUpdates:
    """The DNS updates of one server. `log` writes lines into its log, in the event loop."""

    def __init__(self, configuration: Configuration, log: Callable[[float, list[LogLine]], None]) -> None:
        self._log = log
        self._notices = Notices()
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._there: dict[_Record, str] = {}
        """The names of records that a DNS server has accepted."""
        keys = {each.name: each for each in configuration.key}
        timeout = configuration.server.dns_timeout / 1000
        self._outlets: dict[str, Outlet] = {}
        for each in configuration.dns_update_config:
            carrier = DnsCarrier(each, keys.get(each.server_key or ""), timeout, self._accepted, self._conflict)
            self._outlets[each.name] = Outlet(each.name, carrier, QUEUE, BATCH, self._report, "DNS updates")

    def send(self, changes: Iterable[DnsChange]) -> None:
        """Queue the changes of a turn that was stored. Waits for no DNS server."""
        for change in changes:
            with self._lock:
                if change.add and self._there.get((change.reverse, change.address)) == change.name:
                    continue
                if not change.add:
                    self._there.pop((change.reverse, change.address), None)
            event: dict[str, Any] = change._asdict()
            self._outlets[change.config].put([event])

    def status(self) -> list[OutletStatus]:
        """Return what became of the updates of each DNS server."""
        return [outlet.status() for outlet in self._outlets.values()]

    async def close(self) -> None:
        """Send what waits for at most END_SECONDS. The partner or the next renewal repairs what is lost."""
        for outlet in self._outlets.values():
            outlet.request_end(END_SECONDS)
        for outlet in self._outlets.values():
            lost = await asyncio.to_thread(outlet.join)
            if lost:
                line = messages.DNS_DROPPED
                self._notices.tell(line, outlet.status().to, time.monotonic(), to=outlet.status().to, count=lost)
        self._write()

    # In the threads

    def _accepted(self, change: DnsChange) -> None:
        if change.add:
            with self._lock:
                self._there[change.reverse, change.address] = change.name

    def _conflict(self, change: DnsChange) -> None:
        self._in_loop(
            lambda: self._notices.tell(
                messages.DNS_CONFLICT, change.name, time.monotonic(), name=change.name, address=change.address
            )
        )

    def _report(self, change: Change) -> None:
        self._in_loop(lambda: self._tell(change))

    def _in_loop(self, tell: Callable[[], None]) -> None:
        def write() -> None:
            tell()
            self._write()

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(write)

    # In the loop

    def _tell(self, change: Change) -> None:
        steady = time.monotonic()
        if change.dropped:
            self._notices.tell(messages.DNS_DROPPED, change.to, steady, to=change.to, count=change.dropped)
        if change.again:
            self._notices.tell(messages.DNS_UPDATED_AGAIN, change.to, steady, to=change.to)
        if change.fault is not None:
            about = (change.to, change.fault)
            self._notices.tell(messages.DNS_NOT_UPDATED, about, steady, to=change.to, reason=change.fault)

    def _write(self) -> None:
        lines = self._notices.take()
        if lines:
            self._log(time.time(), lines)
