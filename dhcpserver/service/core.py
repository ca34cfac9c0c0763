"""The core: owns the book, the failover endpoint and the services, and takes turns.

    turn(now, inputs) -> outputs

Pure: no clock, no socket, no disk, no randomness of its own. The same core runs under the asyncio shell and under a
simulator. In a turn the link speaks first (what the partner said decides what we may do), then operators, then clients,
then time; the endpoint's queue is flushed last, so that what clients changed in this turn goes to the partner with it.
"""

import random
from dataclasses import replace
from ipaddress import IPv4Address

from dhcpserver.config.objects import Configuration
from dhcpserver.failover.effects import LogLine, SendTrap
from dhcpserver.failover.endpoint import Endpoint
from dhcpserver.failover.errors import OperatorError
from dhcpserver.failover.partnership import Partnership, Standalone
from dhcpserver.failover.state.record import FailoverRecord, Store
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease, Status
from dhcpserver.service.arrivals import Arrivals
from dhcpserver.service.counters import Counters
from dhcpserver.service.dhcp4 import Dhcp4
from dhcpserver.service.heard import Heard
from dhcpserver.service.leads import LeadSampler
from dhcpserver.service.packetlog import PacketLog
from dhcpserver.service.pairing import grace_periods, pair_settings
from dhcpserver.service.plan import Plan
from dhcpserver.service.thresholds import FreeAddressWatch
from dhcpserver.service.traps import TrapOutlet, spec_of
from dhcpserver.service.turn import (
    Command,
    DialFailed,
    ForceAvailable,
    Inputs,
    LinkData,
    LinkDown,
    LinkEvent,
    LinkUp,
    Outputs,
    Rebalance,
    SetPartnerDown,
    SetSafePeriod,
    UseSafePeriod,
)
from snmp.specs import DetectedBy, duplicate_address

LEASES_DUE_PER_TURN = 500
"""Bounds the work of a turn in which many leases end together."""

FREE_ADDRESS_INTERVAL = 1.0
"""Seconds between two looks at the free-address thresholds."""

_LEFT = (
    "Failover is off on this server, which took part in it before: it serves alone from now on. When failover is "
    "enabled again it resumes in PARTNER-DOWN, and the partner is told everything."
)


class Core:
    """One server's decisions.

    Attributes:
        book: all leases; filled by the caller (`Book.load`) before the first turn.
        plan: the configuration as packets need it.
        endpoint: the failover endpoint, None while failover is off.
        partnership: the endpoint, or what stands in for it.
        counters: of the DHCPv4 service.
        arrivals: new clients lately, by pool.
        heard: relays heard lately.
        leads: how much lead the leases of each pool have left.
    """

    def __init__(self, configuration: Configuration, server_uid: bytes, version: str) -> None:
        self.configuration = configuration
        self.plan = Plan(configuration)
        self.book = Book(plan.pool for plan in self.plan.pools.values())
        self.counters = Counters()
        self.arrivals = Arrivals()
        self.heard = Heard()
        self.leads = LeadSampler(plan.pool for plan in self.plan.pools.values())
        self.endpoint: Endpoint | None = None
        self.partnership: Partnership = Standalone(self.book, grace_periods(configuration))
        self._settings = pair_settings(configuration, server_uid, version)
        self._watch = FreeAddressWatch(configuration.addr_trap, self.plan.pools.values())
        self._next_look = 0.0
        self._left: FailoverRecord | None = None
        """To be stored: the record of a relationship that the configuration has ended."""
        self._outlet = TrapOutlet(frozenset(configuration.server.traps_enabled))
        self._packet_log = PacketLog(frozenset(configuration.server.log_settings))
        self._dhcp4 = Dhcp4(self.plan, self.book, self.partnership, self.counters, self._packet_log, self.heard)

    def start(self, record: FailoverRecord | None, now: float, entropy: random.Random) -> None:
        """Begin: with the failover state that was stored, if there was one. The book must be loaded."""
        settings = self._settings
        if self.configuration.server.leasequery:
            self.book.index_hardware()
        if settings is not None:
            log_settings = frozenset(self.configuration.server.log_settings)
            self.endpoint = Endpoint(settings, self.book, record, now, entropy, log_settings)
            self.partnership = self.endpoint
            self._dhcp4 = Dhcp4(self.plan, self.book, self.partnership, self.counters, self._packet_log, self.heard)
            self.endpoint.start(now)
        elif record is not None and not record.out_of_relationship:
            self._left = replace(record, out_of_relationship=int(now))

    def turn(self, now: float, inputs: Inputs) -> Outputs:
        """Decide on everything that arrived. Bounded work for bounded inputs; never raises for what a peer sent."""
        outputs = Outputs()
        endpoint = self.endpoint
        if endpoint is not None:
            for event in inputs.link:
                self._link(endpoint, event, now)
        for ticket, command in inputs.commands:
            outputs.answers.append((ticket, self._command(command, now)))
        book = self.book
        book.expire_offers(now)
        handle = self._dhcp4.handle
        replies = outputs.replies
        for octets, arrival in inputs.packets:
            reply = handle(octets, arrival, now)
            if reply is not None:
                replies.append(reply)
        outputs.lines = self._packet_log.take(now)
        for lease in book.due(now, LEASES_DUE_PER_TURN):
            if lease.status is Status.ABANDONED:
                self._unavailable(lease, now)
            else:
                self.partnership.due(lease, now)
        if endpoint is not None:
            endpoint.tick(now)
            endpoint.flush(now)
            self._effects(endpoint, outputs)
        elif self._left is not None:
            outputs.record, self._left = self._left, None
            outputs.lines.append(LogLine(18122, "Warning", _LEFT))
        self._traps(outputs, now)
        outputs.changes = book.take_changes()
        return outputs

    def _unavailable(self, lease: Lease, now: float) -> None:
        """An abandoned address is tried again when its time is over (`unavailable-timeout`).

        Since then, not since now: a server that was away must not take its RESET for later than what its partner,
        which saw the end of the time, has done with the address since.
        """
        # A partner that speaks draft-12 alone does not say until when.
        until = lease.state_exp or lease.sos + self.plan.pools[lease.pool.name].unavailable_timeout
        if now < until:
            self.book.schedule(lease, until)
            return
        self.book.set_status(lease, Status.RESET, until)
        self.partnership.changed(lease, now)

    def deadline(self) -> float | None:
        """When a turn is due even if nothing arrives; None for never."""
        times = [
            time
            for time in (self.book.next_due(), self.endpoint.next_deadline() if self.endpoint else None)
            if time is not None
        ]
        return min(times, default=None)

    @property
    def is_main(self) -> bool:
        """Whether this server is its pair's main; one without a pair counts as one."""
        return self._settings is None or self._settings.main

    @property
    def pair_name(self) -> str | None:
        """The name of the failover pair, None without one or while failover is off."""
        return None if self._settings is None else self._settings.name

    def wanted_backup_pct(self, pool: str) -> int:
        """The backup's share of the available addresses that the configuration asks for (R-111, R-112)."""
        return 0 if self._settings is None else self._settings.share_pct(self.book.pools[pool])

    @staticmethod
    def _link(endpoint: Endpoint, event: LinkEvent, now: float) -> None:
        if isinstance(event, LinkData):
            endpoint.link_data(event.connection, event.octets, now)
        elif isinstance(event, LinkUp):
            endpoint.link_up(
                event.connection,
                now,
                outbound=event.outbound,
                transport=event.transport,
                local=event.local,
                remote=event.remote,
                secured=event.secured,
            )
        elif isinstance(event, LinkDown):
            endpoint.link_down(event.connection, now, event.cause)
        elif isinstance(event, DialFailed):
            endpoint.dial_failed(now, event.cause)

    def _command(self, command: Command, now: float) -> Exception | None:
        try:
            if isinstance(command, SetPartnerDown):
                endpoint = self._endpoint_of(command.pair)
                endpoint.set_partner_down(command.date, now, operator=command.operator, expert=command.expert)
            elif isinstance(command, UseSafePeriod):
                self._endpoint_of(command.pair).use_safe_period(command.use, now, operator=command.operator)
            elif isinstance(command, SetSafePeriod):
                self._endpoint_of(command.pair).set_safe_period(command.seconds, now, operator=command.operator)
            elif isinstance(command, Rebalance):
                self._endpoint_of(command.pair).rebalance(now, operator=command.operator)
            elif isinstance(command, ForceAvailable):
                self._force_available(command.address, now)
            elif self.endpoint is not None:
                self.endpoint.stop(now, long=command.long, force=command.force)
        except OperatorError as error:
            return error
        return None

    def _endpoint_of(self, pair: str) -> Endpoint:
        if self.endpoint is None or self.pair_name != pair:
            raise OperatorError(f"this server has no failover pair {pair!r}")
        return self.endpoint

    def _force_available(self, address: int, now: float) -> None:
        lease = self.book.get(address)
        if lease is None or lease.status is not Status.ABANDONED:
            raise OperatorError(f"{IPv4Address(address)} is not unavailable here")
        lease.state_exp = int(now)
        self.book.set_status(lease, Status.RESET, int(now))
        self.partnership.changed(lease, now)

    def _effects(self, endpoint: Endpoint, outputs: Outputs) -> None:
        for effect in endpoint.take_effects():
            if isinstance(effect, Store):
                outputs.record = effect.record
            elif isinstance(effect, LogLine):
                outputs.lines.append(effect)
            elif isinstance(effect, SendTrap):
                assert self._settings is not None
                outputs.traps.append(spec_of(effect, self._settings))
            else:
                outputs.link.append(effect)

    def _traps(self, outputs: Outputs, now: float) -> None:
        for address, hardware in self._dhcp4.declined:
            detected = duplicate_address(IPv4Address(address), hardware[0], hardware[1:], DetectedBy.DHCP_CLIENT)
            outputs.traps.append(detected)
        self._dhcp4.declined.clear()
        if now >= self._next_look:
            self._next_look = now + FREE_ADDRESS_INTERVAL
            for plan in self.plan.pools.values():
                self.arrivals.note(plan.pool.name, plan.pool.newcomers, now)
            self.leads.look(self.book, now)
            outputs.traps.extend(self._watch.look())
        outputs.traps = self._outlet.let_out(outputs.traps, now)
