"""The shell: collects inputs, lets the core take a turn, commits once, and only then sends the outputs.

    gather -> decide (core) -> commit (durable) -> emit

A turn that cannot be committed sends nothing. The server then stops serving, logs the reason, closes the failover link
and tries to open its store again. After that it serves from what it read, so that changes that were not stored have no
effect.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import asdict

from dhcpserver import VERSION
from dhcpserver.config.objects import Configuration
from dhcpserver.contract import messages
from dhcpserver.failover.effects import Close, Dial, Transmit, log_line
from dhcpserver.failover.errors import OperatorError
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.runtime.clocks import read_clocks
from dhcpserver.runtime.configfile import ConfigurationFile
from dhcpserver.runtime.configuration import Copies
from dhcpserver.runtime.datadir import DataDirectory
from dhcpserver.runtime.exposure import exposed
from dhcpserver.runtime.leasereports import LeaseReports
from dhcpserver.runtime.link import Attempt, FailoverLinks
from dhcpserver.runtime.linktls import link_tls
from dhcpserver.runtime.logfile import LogFile
from dhcpserver.runtime.opening import open_store
from dhcpserver.runtime.prober import Prober
from dhcpserver.runtime.reception import Reception
from dhcpserver.runtime.recipients import own_addresses, recipient_of
from dhcpserver.runtime.sockets import DhcpSocket
from dhcpserver.runtime.sockets6 import Socket6
from dhcpserver.runtime.tickets import NotServingError, Tickets
from dhcpserver.runtime.unsent import Unsent
from dhcpserver.runtime.workers import Workers
from dhcpserver.service.consulting import Finding
from dhcpserver.service.pairing import local_link_addresses
from dhcpserver.service.turn import Command, Inputs, LinkEvent, Outputs, Reconfigure, Stop, store_outputs
from dhcpserver.service.v6.query import Arrival6
from dhcpserver.storage.errors import StoreError
from dhcpserver.wire.dhcp6options import MessageType6
from snmp.mib.specs import TrapSpec, server_start, server_stop
from snmp.send.sender import TrapSender

REOPEN_INTERVAL = 5.0
"""Seconds between two attempts to open a store that failed."""

REOPEN_AFTER_EXCEPTION = 0.1
"""Seconds until the store is read again after an unexpected exception."""

FAREWELL_SECONDS = 4.0
"""Slightly longer than the endpoint waits for the partner's answer after SHUTDOWN."""

LOG = logging.getLogger(__name__)

MAXIMUM_WAITING = 65_536
"""Octets of the partner that wait to be handled, from which no more are read."""


class Server:
    """One running server.

    Attributes:
        core: makes the decisions; the API reads it between turns and never changes it.
        log: the log file.
        lease_reports: passes on the events of leases.
        started, configuration_read: Unix seconds.
        not_serving_reason: why no packet is answered at present; None while the server is serving.
        dns_updates: what sends DNS updates.
        pair: the failover pair; None without one, or while failover is off.
        copies: the copies of the configuration.
        turns, committed: turns and stored leases, for the metrics.
    """

    def __init__(self, configuration: Configuration, data: DataDirectory, copies: Copies) -> None:
        self.configuration = configuration
        self.data = data
        self.copies = copies
        self._file = ConfigurationFile(copies.path)
        self.configuration_read = time.time()
        self.started = time.time()
        self.not_serving_reason: str | None = "starting"
        self.turns = 0
        self.committed = 0
        settings = configuration.server
        self.log = LogFile(data.logs, settings.name, settings.log_file_size, settings.log_file_count)
        self.lease_reports = LeaseReports(configuration, data.logs, self.log.write)
        self._inputs = Inputs()
        self.reception = Reception(
            self._readable,
            self._readable6,
            self._listeners_changed,
            lambda: self.not_serving_reason or self.core,
            self.write_log,
            self.now,
        )
        self.listeners = self.reception.v4
        self._scheduled = False
        self._turned = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._tickets = Tickets()
        self._loop = asyncio.get_running_loop()
        pair = self.pair = next((pair for pair in configuration.failover_pair if pair.failover), None)
        self._links = (
            FailoverLinks(local_link_addresses(configuration, pair), self._link_event, link_tls(pair))
            if pair
            else FailoverLinks((), self._link_event)
        )
        self._traps = TrapSender(
            [recipient_of(item) for item in configuration.trap_recipient],
            own_addresses(configuration),
            state_directory=data.path,
        )
        self.unsent = Unsent()
        self._prober = Prober(self._answered, self._unprobed)
        self._workers = Workers(configuration, copies.path.parent, self._found, self.log.write)
        self.dns_updates = self._workers.dns
        self._store, self.core = open_store(self.configuration, self.data, self.write_log)

    # Start and stop

    async def start(self) -> None:
        """Open every socket and start serving. Raises ListenerError or OSError if one cannot be opened."""
        await self.reception.open(self.configuration, self.core)
        await self._links.listen()
        self._prober.open(required=self.core.plan.probes)
        await self._workers.open()
        self.write_log(messages.STARTED, name=self.configuration.server.name, version=VERSION)
        self.log.write(time.time(), list(exposed(self.configuration, self._file.path)))
        self._start_core()

    def _start_core(self) -> None:
        """Start the core, at the start or after the store was opened again."""
        self.not_serving_reason = None
        self.core.can_probe = self._prober.available
        self.core.outside.can_ask = True
        self.core.start(self._stored_record(), read_clocks(), random.SystemRandom())
        self._send_traps([server_start()])
        self._schedule()

    def _stored_record(self) -> FailoverRecord | None:
        """Return the failover state to resume; RECOVER if the stored one cannot be read."""
        if self.data.unreadable is None or self.pair is None:
            return self.data.record
        self.write_log(messages.STATE_UNREADABLE, reason=self.data.unreadable)
        return FailoverRecord.recovering(self.pair.main == self.configuration.server.name, int(time.time()))

    async def stop(self, long: bool = False) -> None:
        """Stop: notify the partner (PAUSED, or SHUTDOWN with `long`), store, and close everything."""
        if self.not_serving_reason is None:
            with contextlib.suppress(NotServingError):
                await self.submit(Stop(long))
                await self._wait_for_partner()
            self.write_log(messages.STOPPED, name=self.configuration.server.name)
            self._send_traps([server_stop()])
        self.not_serving_reason = "stopping"
        self.reception.close()
        if self._timer is not None:
            self._timer.cancel()
        self._prober.close()
        await self._workers.close()
        await self._links.shut()
        await asyncio.to_thread(self._traps.close, 2.0)
        self._store.close()
        await self.lease_reports.close()
        self.log.close()
        self.data.close()

    async def _wait_for_partner(self) -> None:
        """Take turns until the endpoint waits for nothing more.

        After SHUTDOWN the partner can report PARTNER-DOWN, which must be stored.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                while self.core.endpoint is not None and not self.core.endpoint.stopped:
                    self._turned.clear()
                    await self._turned.wait()

    # Inputs

    def _readable(self, opened: DhcpSocket) -> None:
        opened.drain(self._inputs.packets)
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._turn)

    def _readable6(self, opened: Socket6) -> None:
        opened.drain(self._inputs.packets6)
        self._schedule()

    def _answered(self, address: int) -> None:
        """Handle that an address answered an echo request."""
        self._inputs.echoes.append(address)
        self._schedule()

    def _unprobed(self, address: int) -> None:
        """Handle that no echo request could be sent to an address."""
        self._inputs.unprobed.append(address)
        self._schedule()

    def _found(self, finding: Finding) -> None:
        """Handle the answer to a question of an earlier turn."""
        self._inputs.findings.append(finding)
        self._schedule()

    def _link_event(self, event: LinkEvent) -> None:
        self._inputs.link.append(event)
        self._schedule()

    @property
    def attempts(self) -> Mapping[str, Attempt]:
        """The last attempt to connect to the partner, by transport."""
        return self._links.attempts

    def submit(self, command: Command) -> Awaitable[None]:
        """Pass a command to the next turn. The result is done when the turn is stored; it raises a refusal."""
        if self.not_serving_reason is not None:
            return self._tickets.refused(self.not_serving_reason)
        ticket, future = self._tickets.new()
        self._inputs.commands.append((ticket, command))
        self._schedule()
        return future

    async def reconfigure(self, prefixes: Iterable[str], paths: Mapping[int | bytes, Arrival6]) -> None:
        """Have the clients of prefixes renew: a reload has changed their options. `paths`: see the core."""
        for name in prefixes:
            command = Reconfigure(name, MessageType6.RENEW, "reload", True, paths)
            with contextlib.suppress(NotServingError, OperatorError):
                await self.submit(command)

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._turn)

    # The turn

    def _turn(self) -> None:
        self._scheduled = False
        inputs, self._inputs = self._inputs, Inputs()
        if self.not_serving_reason is not None:
            self._tickets.refuse(inputs.commands, self.not_serving_reason)
            return
        moment = read_clocks()
        try:
            outputs = self.core.turn(moment, inputs)
            store_outputs(outputs, self.data, self._store)
        except StoreError as error:
            self._fail(str(error), inputs, REOPEN_INTERVAL)
            return
        except Exception as error:
            # A bug must not stop the service. The stored state is consistent, so start again from it.
            LOG.exception("a turn failed")
            self._fail(f"internal error: {error!r}", inputs, REOPEN_AFTER_EXCEPTION)
            return
        self.turns += 1
        self.committed += len(outputs.changes)
        self._emit(moment.wall, outputs)
        self._links.read(self.core.waiting_octets < MAXIMUM_WAITING)
        self._set_timer(moment.steady)

    def _emit(self, now: float, outputs: Outputs) -> None:
        unsent = self.unsent.send(outputs, self.listeners, self.reception.v6)
        if unsent:
            self.log.write(now, unsent)
        for effect in outputs.link:
            if isinstance(effect, Transmit):
                self._links.transmit(effect.connection, effect.data)
            elif isinstance(effect, Dial):
                self._links.dial()
            elif isinstance(effect, Close):
                self._links.close(effect.connection)
        self._prober.send(outputs.probes)
        self._workers.ask(outputs.questions, outputs.dns)
        if outputs.lines:
            self.log.write(now, outputs.lines)
        if outputs.changes:
            self.lease_reports.write(now, outputs.changes)
        if outputs.traps:
            self._send_traps(outputs.traps)
        self._tickets.answer(outputs.answers)

    def _set_timer(self, now: float) -> None:
        """Set the timer for a turn at the core's deadline, unless it is set for an earlier one; in steady time."""
        deadline = self.core.deadline()
        if deadline is None:
            return
        deadline = max(deadline, now)
        if self._timer is not None:
            if self._timer_at <= deadline:
                return
            self._timer.cancel()
        self._timer_at = deadline
        self._timer = self._loop.call_later(deadline - now, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._schedule()

    # When the disk fails

    def _fail(self, reason: str, inputs: Inputs, interval: float) -> None:
        self.not_serving_reason = reason
        self.write_log(messages.NOT_SERVING, reason=reason)
        self._send_traps([server_stop()])
        self._links.close_all()
        self.reception.queries.close_connections()
        self._store.close()
        self._tickets.refuse(inputs.commands, reason)
        self._loop.call_later(interval, self._reopen)

    def _reopen(self) -> None:
        if self.not_serving_reason in (None, "stopping"):
            return
        fault = self.listeners.no_reception
        if fault is not None:
            self.not_serving_reason = fault
            self._loop.call_later(REOPEN_INTERVAL, self._reopen)
            return
        try:
            self.data.read_state()
            self._store, self.core = open_store(self.configuration, self.data, self.write_log)
            self._store.probe()
        except StoreError as error:
            self.not_serving_reason = str(error)
            self._loop.call_later(REOPEN_INTERVAL, self._reopen)
            return
        self.write_log(messages.SERVING_AGAIN, leases=len(self.core.book.leases))
        self._start_core()

    # When no packet can be received

    def _listeners_changed(self, changes: Mapping[str, str | None]) -> None:
        """Report which listeners receive nothing. If none receives anything, stop serving.

        That closes the failover link: as long as it is open, the partner leaves this server's clients to it.
        """
        for name, reason in changes.items():
            message = messages.RECEIVES_AGAIN if reason is None else messages.CANNOT_RECEIVE
            self.write_log(message, listener=name, reason=reason)
        fault = self.listeners.no_reception
        if fault is None:
            self._reopen()
        elif self.not_serving_reason is None:
            inputs, self._inputs = self._inputs, Inputs()
            self._fail(fault, inputs, REOPEN_INTERVAL)

    # Log and traps

    def write_log(self, message: messages.Message, **values: object) -> None:
        """Write a line of the server itself to the log."""
        self.log.write(time.time(), [log_line(message, **values)])

    def _send_traps(self, specs: list[TrapSpec]) -> None:
        for spec in specs:
            self._traps.send(spec)

    def trap_counters(self) -> dict[str, int]:
        """Return the counters of the sent traps."""
        return asdict(self._traps.counters())

    @property
    def configuration_changed(self) -> float:
        """When the configuration file was last changed, whether or not it was read since; 0 if it does not exist."""
        return self._file.changed

    @property
    def reload_pending(self) -> bool:
        """Whether the configuration file was changed after this server read it."""
        return self._file.pending

    def mark_reload_pending(self) -> None:
        """Note that the running configuration is not the one in the file."""
        self._file.pending_always()

    @staticmethod
    def now() -> float:
        """The server's clock, Unix seconds."""
        return time.time()
