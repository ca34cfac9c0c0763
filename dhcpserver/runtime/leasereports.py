"""Who gets the events of leases: the lease log, webhooks, syslog receivers. An event is made once for all of them."""

import asyncio
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from dhcpserver.config.leaseevents import SYSLOG, WEBHOOKS, Target, target
from dhcpserver.config.objects import Configuration
from dhcpserver.contract import messages
from dhcpserver.failover.effects import LogLine, log_line
from dhcpserver.leases.lease import Lease
from dhcpserver.runtime.leaselog import LeaseLog
from dhcpserver.runtime.outlet import Carrier, Change, Outlet, OutletStatus
from dhcpserver.runtime.sockets import ListenerError
from dhcpserver.runtime.syslog import Syslog
from dhcpserver.runtime.webhook import Webhook
from dhcpserver.service.leaseevents import LeaseEvents, shown
from dhcpserver.service.notices import Notices

END_SECONDS = 2.0
"""Time to send what waits when the server stops."""


class LeaseReports:
    """The receivers of one server. `log` writes lines into its log, in the event loop.

    Raises ListenerError if the file of trusted certificates cannot be used.
    """

    def __init__(self, configuration: Configuration, logs: Path, log: Callable[[float, list[LogLine]], None]) -> None:
        settings = configuration.server
        self._file = LeaseLog(
            logs, settings.name, settings.lease_log, settings.lease_log_size, settings.lease_log_count
        )
        self._events = LeaseEvents()
        self._log = log
        self._notices = Notices()
        self._loop = asyncio.get_running_loop()
        wanted = configuration.lease_events
        self._outlets = [
            Outlet(text, carrier, wanted.queue, wanted.batch, self._report)
            for text, carrier in _carriers(configuration)
        ]

    def write(self, now: float, changes: Iterable[Lease]) -> None:
        """Pass on the events of the leases that a turn has changed and stored. Waits for no receiver."""
        if not (self._outlets or self._file.wanted):
            return
        events = self._events.of(changes, now)
        if not events:
            return
        self._file.write(now, events)
        for outlet in self._outlets:
            outlet.put(events)

    def status(self) -> list[OutletStatus]:
        """Return what became of the events for each webhook and syslog receiver."""
        return [outlet.status() for outlet in self._outlets]

    async def close(self) -> None:
        """Send what waits for at most END_SECONDS, and close everything. What is lost is logged."""
        for outlet in self._outlets:
            outlet.request_end(END_SECONDS)
        for outlet in self._outlets:
            lost = await asyncio.to_thread(outlet.join)
            if lost:
                to = outlet.status().to
                self._log(time.time(), [log_line(messages.EVENTS_DROPPED, to=to, count=lost, more="")])
        self._file.close()

    def _report(self, change: Change) -> None:
        """Log a change, from the thread of an outlet."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._write_change, change)

    def _write_change(self, change: Change) -> None:
        steady = time.monotonic()
        if change.dropped:
            self._notices.tell(messages.EVENTS_DROPPED, change.to, steady, to=change.to, count=change.dropped)
        if change.again:
            self._notices.tell(messages.EVENTS_SENT_AGAIN, change.to, steady, to=change.to)
        if change.fault is not None:
            about = (change.to, change.fault)
            self._notices.tell(messages.EVENTS_NOT_SENT, about, steady, to=change.to, reason=change.fault)
        lines = self._notices.take()
        if lines:
            self._log(time.time(), lines)


def _carriers(configuration: Configuration) -> Iterator[tuple[str, Carrier]]:
    wanted, server = configuration.lease_events, configuration.server.name
    started = shown(time.time())
    secret = wanted.webhook_secret.get_secret_value()
    for text in wanted.webhooks:
        at = target(text, WEBHOOKS)
        yield text, Webhook(at, _context(at, wanted.ca), wanted.webhook_header, secret, server, started)
    for text in wanted.syslog:
        at = target(text, SYSLOG)
        yield text, Syslog(at, _context(at, wanted.ca), server, wanted.syslog_facility)


def _context(at: Target, authority: str | None) -> ssl.SSLContext | None:
    """Return the TLS context for a receiver: with the system's authorities, or with those of a file."""
    if at.scheme not in ("https", "tls"):
        return None
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise ListenerError(f"lease-events ca: cannot use {authority}: {error.strerror or error}") from None
