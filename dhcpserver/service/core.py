"""The core: owns the book, the failover endpoint and the services, and takes turns.

    turn(moment, inputs) -> outputs

Pure: it has no clock, no socket, no disk and no random numbers of its own. The same core runs under the asyncio shell
and under a simulator. A turn handles the failover link first, because the partner's messages decide what this server
may do; then the operators' commands, the clients' packets, and what is due by time. It flushes the endpoint's queue
last, so that lease changes of this turn are sent to the partner with it.
"""

import hashlib
import random
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address

from dhcpserver.config.objects import Configuration
from dhcpserver.contract import messages
from dhcpserver.failover.effects import LogLine, SendTrap, log_line
from dhcpserver.failover.endpoint import Endpoint
from dhcpserver.failover.errors import OperatorError
from dhcpserver.failover.partnership import Partnership, Standalone
from dhcpserver.failover.state.record import FailoverRecord, Store
from dhcpserver.leases.book import Book
from dhcpserver.leases.keys import text_of
from dhcpserver.leases.lease import Status
from dhcpserver.service.bulk.session import BulkSession, session4, session6
from dhcpserver.service.clients import Clients
from dhcpserver.service.clock import REPORTED_STEP, Clock
from dhcpserver.service.counters import Counters
from dhcpserver.service.dhcp4 import Dhcp4
from dhcpserver.service.dns.follower import DnsFollower
from dhcpserver.service.guidance import NO_GUIDANCE, Guidance
from dhcpserver.service.linkevents import deliver
from dhcpserver.service.notices import Notices
from dhcpserver.service.outside import Outside
from dhcpserver.service.packetlog import PacketLog
from dhcpserver.service.pairing import grace_periods, pair_settings
from dhcpserver.service.plan import Plan
from dhcpserver.service.poolwatch import PoolWatch
from dhcpserver.service.probing import Probing
from dhcpserver.service.query import Arrival, Reply
from dhcpserver.service.relays import Relays
from dhcpserver.service.traps import TrapFilter, spec_of
from dhcpserver.service.turn import (
    Command,
    ForceAvailable,
    Inputs,
    Moment,
    Outputs,
    Rebalance,
    Reconfigure,
    SetPartnerDown,
    SetSafePeriod,
    UseSafePeriod,
)
from dhcpserver.service.unavailable import Unavailable
from dhcpserver.service.v6.dhcp6 import Dhcp6
from dhcpserver.service.v6.plan import Plan6
from dhcpserver.service.v6.query import Arrival6
from dhcpserver.wire.dhcp6duid import from_uuid
from snmp.mib.specs import DetectedBy, duplicate_address

LEASES_DUE_PER_TURN = 500
"""Limits the work of a turn in which many leases end together."""


class Core:
    """One server's decisions.

    Attributes:
        book: all leases; filled by the caller (`Book.load`) before the first turn.
        plan, plan6: the configuration, prepared for packets of each family.
        endpoint: the failover endpoint, None while failover is disabled.
        partnership: the endpoint, or its replacement while failover is disabled.
        counters, counters6: of the services of each family.
        relays: the relays from which requests arrived recently.
        watch: what is measured of the pools from time to time.
        probing: the probes of addresses before they are given.
        outside: what is asked outside of the core.
        can_probe: whether the shell can send ICMP echo requests; it sets this.
    """

    def __init__(self, configuration: Configuration, server_uid: bytes, version: str, secret: bytes = b"") -> None:
        """`secret`: octets that no client has; without them they follow from the identifier, which clients have."""
        self.configuration = configuration
        self.plan = Plan(configuration)
        self.plan6 = Plan6(configuration)
        self.book = Book([*(plan.pool for plan in self.plan.pools.values()), *self.plan6.pools])
        self._unavailable = Unavailable(self.plan, self.plan6, self.book)
        self.counters = Counters()
        self.counters6 = Counters()
        self._duid = from_uuid(server_uid)
        self._secret = secret or hashlib.sha256(b"addresses" + server_uid).digest()
        self.relays = Relays()
        self.watch = PoolWatch(configuration.addr_trap, self.plan, self.plan6)
        self.endpoint: Endpoint | None = None
        self.partnership: Partnership = Standalone(self.book, grace_periods(configuration))
        self._settings = pair_settings(configuration, server_uid, version)
        self.can_probe = False
        self._clock = Clock()
        self._ended_record: FailoverRecord | None = None
        """A record to store: of a relationship that the configuration has ended."""
        self._trap_filter = TrapFilter(frozenset(configuration.server.traps_enabled))
        self._notices = Notices()
        self.probing = Probing(self.counters, self._notices)
        self._clients = Clients(configuration)
        self._dns = DnsFollower(self.plan.dns_settings | self.plan6.dns_settings)
        self.outside = Outside(configuration, self._clients, self._notices)
        self._packet_log = PacketLog(frozenset(configuration.server.log_settings), self.plan.table)
        self._dhcp4 = self._service()
        self._dhcp6 = self._service6()

    def _service6(self) -> Dhcp6:
        log, notices = self._packet_log, self._notices
        return Dhcp6(
            self.plan6,
            self.book,
            self.partnership,
            self.counters6,
            notices,
            log,
            self._duid,
            self._secret,
            self._clients,
            self._dns,
        )

    def _service(self) -> Dhcp4:
        log, notices = self._packet_log, self._notices
        return Dhcp4(
            self.plan,
            self.book,
            self.partnership,
            self.counters,
            log,
            self.relays,
            notices,
            self.probing,
            self._clients,
            self._dns,
        )

    def start(self, record: FailoverRecord | None, moment: Moment, entropy: random.Random) -> None:
        """Start with the stored failover state, if there is one. The book must be loaded."""
        now = moment.wall
        self._clock.read(moment)
        settings = self._settings
        if self._clients.counts.active:
            self._clients.counts.follow(self.book.leases.values())
        if self.configuration.server.leasequery:
            self.book.index_holders()
        if settings is not None:
            log_settings = frozenset(self.configuration.server.log_settings)
            self.endpoint = Endpoint(settings, self.book, record, now, entropy, log_settings)
            self.partnership = self.endpoint
            self._dhcp4 = self._service()
            self._dhcp6 = self._service6()
            self.endpoint.start(now)
            self.probing.until = float(self.endpoint.probe_until)
        elif record is not None and not record.out_of_relationship:
            self._ended_record = replace(record, out_of_relationship=int(now))

    def turn(self, moment: Moment, inputs: Inputs) -> Outputs:
        """Decide about everything that arrived. Bounded work for bounded inputs; no input from a peer raises."""
        now = moment.wall
        outputs = Outputs()
        step = self._clock.read(moment)
        if step:
            self._follow_clock(step, now, outputs)
        endpoint = self.endpoint
        if endpoint is not None:
            for event in inputs.link:
                deliver(endpoint, event, now)
        for ticket, command in inputs.commands:
            outputs.answers.append((ticket, self._command(command, now)))
        if endpoint is not None:
            self.probing.until = float(endpoint.probe_until)
            self._dhcp6.wait_for_new_clients(self.probing.until)
        for address in inputs.unprobed:
            self._offer(address, self.probing.unprobed(address, now), outputs)
        for address in inputs.echoes:
            self._in_use(address, now, outputs)
        book = self.book
        book.expire_offers(now)
        if self.outside.active:
            for octets, at, guidance in self.outside.ready(inputs, now):
                self._handle(octets, at, guidance, now, outputs)
            outputs.questions = self.outside.take()
        else:
            for octets, arrival in inputs.packets:
                self._handle(octets, arrival, NO_GUIDANCE, now, outputs)
            for octets, arrival6 in inputs.packets6:
                self._handle(octets, arrival6, NO_GUIDANCE, now, outputs)
        outputs.replies6 += self._dhcp6.reconfigurations.due(now)
        for address, offer in self.probing.due(now):
            self._offer(address, offer, outputs)
        outputs.probes, self.probing.requests = self.probing.requests, []
        if endpoint is not None:
            self._watch_partner(endpoint, now)
        outputs.lines += self._packet_log.take(now)
        outputs.lines += self._notices.take()
        for lease in book.due(now, LEASES_DUE_PER_TURN):
            if lease.status is Status.ABANDONED:
                self._unavailable.due(lease, self.partnership, now)
            else:
                self._dns.due(lease, self.partnership, now)
        if endpoint is not None:
            endpoint.tick(now)
            endpoint.flush(now)
            self._effects(endpoint, outputs)
        elif self._ended_record is not None:
            outputs.record, self._ended_record = self._ended_record, None
            outputs.lines.append(log_line(messages.FAILOVER_DISABLED))
        self._traps(outputs, now)
        outputs.changes = book.take_changes()
        outputs.dns = self._dns.take()
        if self._clients.counts.active:
            self._clients.counts.follow(outputs.changes)
        return outputs

    def _handle(
        self, octets: bytes, arrival: Arrival | Arrival6, guidance: Guidance, now: float, outputs: Outputs
    ) -> None:
        """Handle one message."""
        if isinstance(arrival, Arrival):
            reply = self._dhcp4.handle(octets, arrival, now, guidance)
            if reply is not None:
                outputs.replies.append(reply)
        else:
            reply6 = self._dhcp6.handle(octets, arrival, now, guidance)
            if reply6 is not None:
                outputs.replies6.append(reply6)

    def _offer(self, address: int, offer: Reply | None, outputs: Outputs) -> None:
        """Send an offer that waited for a probe, unless the address is no longer offered."""
        if offer is None:
            return
        if self.book.offer_of(address) is None:
            self.counters.drop("offer-withdrawn")
            return
        outputs.replies.append(offer)
        self.counters.send("DHCPOFFER")

    def _watch_partner(self, endpoint: Endpoint, now: float) -> None:
        """Report that the partner seems not to receive the packets of its clients."""
        if not endpoint.both_normal:
            self._dhcp4.unanswered.clear()
            return
        count = self._dhcp4.unanswered.waiting(endpoint.partner_leases, now)
        if count:
            self._notices.tell(messages.CLIENTS_IN_VAIN, None, now, pair=self.pair_name, count=count)

    def _in_use(self, address: int, now: float, outputs: Outputs) -> None:
        """Handle that a probed address answered: a client uses it that this server does not know."""
        lease = self.book.record(address) if self.probing.forget(address) else None
        if lease is None or lease.status is Status.ACTIVE:
            return
        self._unavailable.begin(lease, self.partnership, now)
        outputs.lines.append(log_line(messages.ADDRESS_IN_USE, address=IPv4Address(address)))
        outputs.traps.append(duplicate_address(IPv4Address(address), 0, b"", DetectedBy.DHCP_SERVER))

    def _follow_clock(self, step: float, now: float, outputs: Outputs) -> None:
        """Move every interval that runs by a step of the wall clock; see `clock`."""
        if abs(step) > REPORTED_STEP:
            outputs.lines.append(
                log_line(messages.CLOCK_STEP, direction="forward" if step > 0 else "back", seconds=abs(step))
            )
        self.watch.shift(step)
        self.book.shift_offers(step)
        self.relays.shift(step)
        self._trap_filter.shift(step)
        self._packet_log.shift(step)
        self._dhcp4.shift(step)
        self._dhcp6.shift(step)
        self._notices.shift(step)
        self.probing.shift(step)
        self.outside.shift(step)
        if self.endpoint is not None:
            self.endpoint.shift_clock(step, now)

    def deadline(self) -> float | None:
        """Return when a turn is due even if nothing arrives, in steady time; None for never."""
        times = [
            time
            for time in (
                self.book.next_due(),
                self.endpoint.next_deadline() if self.endpoint else None,
                self.probing.next_deadline(),
                self.outside.next_deadline(),
                self._dhcp6.reconfigurations.next_deadline(),
            )
            if time is not None
        ]
        return self._clock.steady(min(times)) if times else None

    @property
    def waiting_octets(self) -> int:
        """Number of octets from the partner that wait for the next turns."""
        return 0 if self.endpoint is None else self.endpoint.waiting

    @property
    def is_main(self) -> bool:
        """Whether this server is the main of its pair, or has no pair."""
        return self._settings is None or self._settings.main

    @property
    def reconfigure_paths(self) -> Mapping[int | bytes, Arrival6]:
        """Where messages of DHCPv6 relays and clients arrived; see Reconfigurations."""
        return self._dhcp6.reconfigurations.paths

    @property
    def pair_name(self) -> str | None:
        """The name of the failover pair, None without a pair or while failover is disabled."""
        return None if self._settings is None else self._settings.name

    def wanted_backup_pct(self, pool: str) -> int:
        """Return the configured share of the backup of the available addresses, in percent (R-111, R-112)."""
        return 0 if self._settings is None else self._settings.share_pct(self.book.pools[pool])

    def bulk_session(self, family: int, server: int) -> BulkSession:
        """Return the session of a requester that is connected to an address of this server; `family`: 4 or 6.

        It reads the book between turns, when everything in it is stored, and changes nothing.
        """
        if family == 4:
            return session4(self.plan, self.book, self.partnership, self.is_main, server)
        return session6(self.plan6, self.book, self.partnership, self._duid)

    def _command(self, command: Command, now: float) -> Exception | None:
        try:
            if isinstance(command, SetPartnerDown):
                endpoint = self._endpoint_of(command.pair)
                longest = max(self.plan.longest, self.plan6.longest)
                probe_until = int(now) + longest if self.can_probe else None
                endpoint.set_partner_down(
                    command.date, now, operator=command.operator, expert=command.expert, probe_until=probe_until
                )
            elif isinstance(command, UseSafePeriod):
                self._endpoint_of(command.pair).use_safe_period(command.use, now, operator=command.operator)
            elif isinstance(command, SetSafePeriod):
                self._endpoint_of(command.pair).set_safe_period(command.seconds, now, operator=command.operator)
            elif isinstance(command, Rebalance):
                self._endpoint_of(command.pair).rebalance(now, operator=command.operator)
            elif isinstance(command, ForceAvailable):
                self._unavailable.force_available(command.address, self.partnership, now)
            elif isinstance(command, Reconfigure):
                self._reconfigure(command, now)
            elif self.endpoint is not None:
                self.endpoint.stop(now, long=command.long, force=command.force)
        except OperatorError as error:
            return error
        return None

    def _reconfigure(self, command: Reconfigure, now: float) -> None:
        started = self._dhcp6.reconfigurations
        started.continue_with(command.paths or {})
        if isinstance(command.target, int):
            started.start_lease(command.target, command.kind, now)
        else:
            started.start_prefix(command.target, command.kind, patient=command.patient)
        whom = text_of(command.target) if isinstance(command.target, int) else f"prefix {command.target!r}"
        self._notices.tell(
            messages.RECONFIGURING, command.target, now, whom=whom, kind=command.kind.name, operator=command.operator
        )

    def _endpoint_of(self, pair: str) -> Endpoint:
        if self.endpoint is None or self.pair_name != pair:
            raise OperatorError(f"this server has no failover pair {pair!r}")
        return self.endpoint

    def _effects(self, endpoint: Endpoint, outputs: Outputs) -> None:
        for effect in endpoint.take_effects():
            if isinstance(effect, Store):
                outputs.record = effect.record
            elif isinstance(effect, LogLine):
                outputs.lines.append(effect)
            elif isinstance(effect, SendTrap):
                assert self._settings is not None
                spec = spec_of(effect, self._settings)
                if spec is not None:
                    outputs.traps.append(spec)
            else:
                outputs.link.append(effect)

    def _traps(self, outputs: Outputs, now: float) -> None:
        for address, hardware in self._dhcp4.declined:
            detected = duplicate_address(IPv4Address(address), hardware[0], hardware[1:], DetectedBy.DHCP_CLIENT)
            outputs.traps.append(detected)
        self._dhcp4.declined.clear()
        self.watch.check(self.book, self._notices, outputs, now)
        outputs.traps = self._trap_filter.apply(outputs.traps, now)
