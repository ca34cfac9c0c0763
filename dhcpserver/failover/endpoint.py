"""The failover endpoint: one server's side of a pair, without input or output.

Whatever happens is handed in with the time (a connection, octets, an operator's word, the clock), and what should be
done comes out as effects. Inside, each concern is an object of its own:

    session    the connection; gives what was heard, in order
    machine    the endpoint's state, and what moves it
    exchange   what the servers tell each other about leases
    leasing    what clients may have, by state
    outbox     the effects of the turn

`flush` ends a turn. While long work is left (resynchronisation, moving addresses), the next deadline is now.
"""

import random
from dataclasses import replace

from dhcpserver.failover.effects import Effect
from dhcpserver.failover.exchange import Exchange
from dhcpserver.failover.gate import MessageKind, Verdict
from dhcpserver.failover.leasing import Leasing
from dhcpserver.failover.machine import Machine
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.record import FailoverRecord
from dhcpserver.failover.session import Session
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import State
from dhcpserver.failover.timers import Timer
from dhcpserver.failover.updates import Updates
from dhcpserver.failover.view import EndpointView, Failure, LinkView
from dhcpserver.leases.addressset import AddressSet
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease
from dhcpserver.leases.pool import Pool


class Endpoint:
    """See the module; implements Partnership for the DHCP service."""

    def __init__(
        self,
        settings: PairSettings,
        book: Book,
        record: FailoverRecord | None,
        now: float,
        entropy: random.Random,
        log_settings: frozenset[str],
    ) -> None:
        """`record` is what the last Store effect gave, None on a first start; one of the other role is void (R-205)."""
        if record is not None and record.main is not settings.main:
            record = None
        self._settings = settings
        self._now = now
        self._outbox = outbox = Outbox(log_settings)
        self._session = session = Session(settings, outbox, entropy)
        updates = Updates(book, settings.main, settings.mclt)
        self._leasing = leasing = Leasing(settings, book, updates)
        self._exchange = exchange = Exchange(settings, book, updates, leasing, session, outbox, now)
        self._machine = Machine(settings, book, record, now, outbox, session, leasing, exchange)

    @property
    def state(self) -> State:
        """Where the endpoint is."""
        return self._machine.state

    @property
    def communications_ok(self) -> bool:
        """Whether a STATE arrived on the open connection."""
        return self._machine.communications_ok

    @property
    def stopped(self) -> bool:
        """After `stop`, whether nothing more is to be waited for."""
        return self._machine.stopped

    # Partnership

    def answers(self, kind: MessageKind, key: bytes) -> Verdict:
        """See Partnership."""
        return self._machine.gate.answers(kind, key)

    def sources(self, pool: Pool, now: float) -> tuple[AddressSet, ...]:
        """See Partnership."""
        return self._leasing.sources(pool, now)

    def may_give(self, lease: Lease, key: bytes, now: float) -> bool:
        """See Partnership."""
        return self._leasing.may_give(lease, key, now)

    def lease_seconds(self, lease: Lease | None, desired: int, now: float) -> int:
        """See Partnership."""
        return self._leasing.lease_seconds(lease, desired, now)

    def granted(self, lease: Lease, desired: int, now: float) -> None:
        """See Partnership."""
        self._leasing.granted(lease, desired, now)

    def changed(self, lease: Lease, now: float) -> None:
        """See Partnership."""
        self._leasing.changed(lease, now)

    def due(self, lease: Lease, now: float) -> None:
        """See Partnership."""
        self._leasing.due(lease, now)

    # Start and stop

    def start(self, now: float) -> None:
        """Begin: STARTUP, looking for the partner."""
        self._now = now
        self._machine.start(now)

    def stop(self, now: float, *, long: bool, force: bool = True) -> None:
        """Tell the partner that this server goes: for a short while, or for long. `stopped` says when to leave.

        Raises OperatorError in RECOVER unless it is forced, and then changes nothing.
        """
        self._now = now
        self._machine.stop(now, long=long, force=force)

    # The connection

    def link_up(
        self,
        connection: int,
        now: float,
        *,
        outbound: bool,
        transport: str,
        local: str,
        remote: str,
        secured: bool = False,
    ) -> None:
        """A TCP connection is there; `transport` is `ipv4` or `ipv6`, `secured` whether TLS protects it."""
        self._now = now
        self._session.link_up(connection, now, outbound, transport, local, remote, secured)

    def link_data(self, connection: int, data: bytes, now: float) -> None:
        """Octets arrived."""
        self._now = now
        self._machine.handle(self._session.receive(connection, data, now), now)

    def link_down(self, connection: int, now: float, cause: str) -> None:
        """A TCP connection ended; not for those closed by an effect."""
        self._now = now
        self._machine.handle(self._session.link_down(connection, now, cause), now)

    def dial_failed(self, now: float, cause: str) -> None:
        """A Dial came to nothing."""
        self._now = now
        self._session.dial_failed(now, cause)

    # The operator

    def set_partner_down(self, date: float | None, now: float, *, operator: str, expert: bool) -> None:
        """The operator's word that the partner is down, since `date` (None: since contact was lost).

        Raises OperatorError, and then changes nothing.
        """
        self._now = now
        self._machine.set_partner_down(date, now, operator=operator, expert=expert)

    def use_safe_period(self, use: bool, now: float, *, operator: str) -> None:
        """Let PARTNER-DOWN come by itself after the safe period, or not; until the next start."""
        self._now = now
        self._machine.use_safe_period(use, now, operator=operator)

    def set_safe_period(self, seconds: int, now: float, *, operator: str) -> None:
        """Have the safe period last so long, counted from the loss of contact, until the next start.

        Raises OperatorError, and then changes nothing.
        """
        self._now = now
        self._machine.set_safe_period(seconds, now, operator=operator)

    def rebalance(self, now: float, *, operator: str) -> int:
        """Make every scope's shares what is configured, however small the difference; how many addresses will move.

        Raises OperatorError where nothing may move: only the main, NORMAL and in contact, shares out.
        """
        self._now = now
        self._machine.may_rebalance()
        return self._exchange.rebalance(operator)

    # Time, and the end of a turn

    def next_deadline(self) -> float:
        """When `tick` should be called at the latest."""
        if self._exchange.working:
            return self._now
        return min(self._machine.timers.next(), self._exchange.next_deadline(), self._session.next_deadline())

    def tick(self, now: float) -> None:
        """Do what is due."""
        self._now = now
        self._machine.handle(self._session.tick(now), now)
        given_up = self._exchange.tick(now)
        if given_up is not None:
            self._machine.handle(self._session.disconnect(now, None, given_up), now)
        self._machine.tick(now)

    def flush(self, now: float) -> None:
        """End the turn: bounded work, updates within the window, one portion of octets for each connection."""
        self._now = now
        self._exchange.flush(now, self._session.link if self.communications_ok else None)
        self._machine.settled(now)
        self._session.flush(now)

    def take_effects(self) -> list[Effect]:
        """What is to be done, in order; forgets it."""
        return self._outbox.take()

    # For the management interface

    def view(self, now: float) -> EndpointView:
        """A snapshot."""
        machine = self._machine
        settings, record, link = self._settings, machine.record, self._session.link
        updates = self._exchange.updates
        ends = machine.timers.until(Timer.SAFE_PERIOD)
        down = machine.state is State.PARTNER_DOWN
        usable = self._leasing.others_usable_at() if down else float("inf")
        oldest = updates.oldest()
        failure = self._session.last_failure
        partner = State.STARTUP if machine.partner_starting else record.partner_state
        return EndpointView(
            name=settings.name,
            role=settings.role,
            server_name=settings.local_name,
            partner_name=settings.partner_name,
            state=machine.state,
            state_since=machine.since,
            state_reason=machine.reason,
            previous_state=machine.previous,
            partner_state=partner,
            partner_state_since=record.partner_since or None,
            communications_ok=machine.communications_ok,
            start_of_communications_interrupted=record.interrupted_since or None,
            last_contact=self._session.last_contact or None,
            ever_communicated=record.ever_communicated,
            link=None
            if link is None
            else LinkView(
                link.transport,
                link.local,
                link.remote,
                link.since,
                link.peer.vendor_class if link.peer else "",
                tls=link.secured,
                digest=link.seal is not None,
            ),
            last_failure=None if failure is None else Failure(*failure),
            mclt=settings.mclt,
            backup_pct=settings.backup_pct,
            load_balancing=settings.load_balancing,
            use_safe_period=machine.actions.use_safe_period,
            safe_period=machine.actions.safe_period,
            safe_period_strict=settings.safe_period_strict,
            safe_period_remaining=None if ends is None else max(ends - now, 0.0),
            safe_period_ends=ends,
            partner_down_time=record.partner_down_time if down else None,
            partner_pool_usable_at=usable if usable < float("inf") else None,
            recover_deadline=machine.timers.until(Timer.RECOVER_WAIT),
            time_skew=None if link is None else link.skew,
            unacked_updates=updates.unacked,
            max_unacked_updates=updates.window or settings.max_unacked,
            updates_pending=updates.pending,
            updates_resting=updates.resting,
            oldest_unacked_age=None if oldest is None else now - oldest,
            updates=replace(updates.counters),
            resync=self._exchange.resync(),
            config_mismatch=self._session.mismatch,
            transitions=tuple(machine.transitions),
        )
