"""The failover endpoint: one server's side of a pair, without input or output.

Every input is passed in with the time: connections, octets, an operator's command, the clock. The outputs are effects.
Each concern is an object:

    session     link       the connection; returns the events and messages, in order
    contact     state      passes them on; the orderly stop
    machine     state      the endpoint's state and its transitions
    operator    state      the operator's commands
    exchange    bindings   binding updates and update requests
    leasing     bindings   which leases clients may get, by state
    sharing     pools      the division of free addresses
    outbox                 the effects of the turn

`flush` ends a turn. While long work is left (resynchronisation, moving addresses), the next deadline is now.
"""

import random
from dataclasses import replace

from dhcpserver.contract.words import LinkFailureCause
from dhcpserver.failover.bindings.changenumbers import ChangeNumbers
from dhcpserver.failover.bindings.exchange import BindingExchange
from dhcpserver.failover.bindings.leasing import LeaseRules
from dhcpserver.failover.bindings.outgoing import OutgoingUpdates
from dhcpserver.failover.draft12 import DRAFT_12
from dhcpserver.failover.effects import Effect
from dhcpserver.failover.link.session import Session
from dhcpserver.failover.link.startnumber import LARGEST_STEP, StartNumbers, first_number, last_contact, next_start
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.pools.answering import AnswerDecision, MessageKind
from dhcpserver.failover.pools.sharing import PoolSharing
from dhcpserver.failover.rfc8156 import RFC_8156
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.state.contact import PartnerContact
from dhcpserver.failover.state.currentrecord import CurrentRecord
from dhcpserver.failover.state.machine import Machine
from dhcpserver.failover.state.operator import OperatorCommands
from dhcpserver.failover.state.record import FailoverRecord, Store
from dhcpserver.failover.state.startup import StartUp
from dhcpserver.failover.states import State
from dhcpserver.failover.timers import NEVER, Timer
from dhcpserver.failover.view import ConnectionFailure, EndpointView, LinkView, UpdateCounters
from dhcpserver.leases.book import Book
from dhcpserver.leases.freeset import FreeSet
from dhcpserver.leases.lease import Lease
from dhcpserver.leases.pool import Pool


class Endpoint:
    """The facade; implements Partnership for the DHCP service."""

    paired = True

    def __init__(
        self,
        settings: PairSettings,
        book: Book,
        record: FailoverRecord | None,
        now: float,
        entropy: random.Random,
        log_settings: frozenset[str],
    ) -> None:
        """`record`: the record of the last Store effect, None on a first start.

        Of a record of the other role only the number of the start is used (R-205), and that addresses which were the
        partner's may be leased.
        """
        earlier = FailoverRecord(State.RECOVER, 0, settings.main) if record is None else record
        other_role = None
        if record is not None and record.main is not settings.main:
            record, other_role = None, record
        startup = StartUp(settings, record, now, leases=bool(book.leases), other_role=other_role)
        self._settings = settings
        self._now = now
        start = next_start(earlier.start, book.last_number, entropy.randrange(LARGEST_STEP))
        contact = last_contact(earlier.start, (earlier.contact_start, earlier.contact_number), book.last_number)
        numbered = replace(startup.record, start=start, contact_start=contact[0], contact_number=contact[1])
        self._record = current = CurrentRecord(numbered, stored=record)
        numbers = StartNumbers(start, contact[0], first_number(contact[0]) + contact[1])
        acknowledged = max(first_number(earlier.acked_start) + earlier.acked_number, book.last_acknowledged)
        numbers.remember(startup.record.partner_start, startup.record.partner_number, book.last_received)
        self._outbox = outbox = Outbox(log_settings)
        self._session = session = Session(
            settings,
            outbox,
            entropy,
            numbers=numbers,
            communicated=startup.record.ever_communicated,
            last_contact=float(startup.record.last_contact),
        )
        self._counters = counters = UpdateCounters()
        updates = OutgoingUpdates(
            book,
            settings.main,
            settings.mclt,
            DRAFT_12.encode_update,
            RFC_8156.encode_update,
            counters,
            numbers=ChangeNumbers(start, acknowledged),
        )
        self._leasing = leasing = LeaseRules(settings, book, updates)
        self._exchange = exchange = BindingExchange(
            settings, book, updates, leasing, counters, session, outbox, DRAFT_12, RFC_8156, now
        )
        self._sharing = sharing = PoolSharing(
            settings, book, updates, leasing, session, outbox, DRAFT_12, RFC_8156, now
        )
        self._machine = machine = Machine(
            settings, book, startup, current, outbox, session, leasing, exchange, sharing, now
        )
        self._contact = PartnerContact(startup, current, session, exchange, sharing, machine)
        self._operator = OperatorCommands(settings, book, machine, self._contact, session)

    @property
    def state(self) -> State:
        """The endpoint's state."""
        return self._machine.state

    @property
    def communications_ok(self) -> bool:
        """Whether a STATE arrived on the open connection."""
        return self._machine.communications_ok

    @property
    def waiting(self) -> int:
        """Number of octets from the partner that wait to be handled."""
        return self._session.waiting

    @property
    def probe_until(self) -> int:
        """Until when addresses are probed before they are given, Unix seconds; 0 for not at all."""
        return self._record.value.probe_until

    @property
    def stopped(self) -> bool:
        """After `stop`, whether the server can exit."""
        return self._contact.stopped

    # Partnership

    def answers(self, kind: MessageKind, key: bytes) -> AnswerDecision:
        """See Partnership."""
        return self._machine.answering.answers(kind, key)

    def sources(self, pool: Pool, now: float) -> tuple[FreeSet, ...]:
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

    def shift_clock(self, step: float, now: float) -> None:
        """Follow a step of this server's clock by `step` seconds: intervals end after the same time as without it."""
        self._now = now
        self._session.shift_clock(step, now)
        self._exchange.shift_clock(step)
        self._sharing.shift_clock(step)
        self._machine.shift_clock(step, now)

    # Start and stop

    def start(self, now: float) -> None:
        """Enter STARTUP and look for the partner."""
        self._now = now
        self._machine.start(now)

    def stop(self, now: float, *, long: bool, force: bool = True) -> None:
        """Report to the partner that this server stops, for a short time or a long one. `stopped` shows when to exit.

        Raises OperatorError in RECOVER unless `force` is set; nothing is changed then.
        """
        self._now = now
        self._contact.stop(now, long=long, force=force)

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
        """Handle a new TCP connection. `transport` is `ipv4` or `ipv6`; `secured`: whether it uses TLS."""
        self._now = now
        self._session.link_up(connection, now, outbound, transport, local, remote, secured)

    def link_data(self, connection: int, data: bytes, now: float) -> None:
        """Handle octets that arrived."""
        self._now = now
        self._contact.handle(self._session.receive(connection, data, now), now)

    def link_down(self, connection: int, now: float, cause: str) -> None:
        """Handle the end of a TCP connection, except of one that an effect closed."""
        self._now = now
        self._contact.handle(self._session.link_down(connection, now, cause), now)

    def dial_failed(self, now: float, cause: str, failure: LinkFailureCause = LinkFailureCause.UNREACHABLE) -> None:
        """Handle that a Dial has failed. `failure`: the cause as a word."""
        self._now = now
        self._session.dial_failed(now, cause, failure)

    # The operator's commands; see OperatorCommands. They raise OperatorError, and change nothing then.

    def set_partner_down(
        self, date: float | None, now: float, *, operator: str, expert: bool, probe_until: int | None = None
    ) -> None:
        """Enter PARTNER-DOWN. `date`: since when the partner is down; None for since contact was lost.

        `probe_until`: the end of the longest lease that the partner can have given; None if addresses cannot be probed.
        """
        self._now = now
        self._operator.set_partner_down(date, now, operator=operator, expert=expert, probe_until=probe_until)

    def use_safe_period(self, use: bool, now: float, *, operator: str) -> None:
        """Enter PARTNER-DOWN automatically after the safe period, or not; until the next start."""
        self._now = now
        self._operator.use_safe_period(use, operator=operator)

    def set_safe_period(self, seconds: int, now: float, *, operator: str) -> None:
        """Change the length of the safe period, counted from the loss of contact; until the next start."""
        self._now = now
        self._operator.set_safe_period(seconds, now, operator=operator)

    def rebalance(self, now: float, *, operator: str) -> int:
        """Move addresses until all shares are exactly as configured; return how many addresses will move."""
        self._now = now
        self._operator.check_rebalance()
        return self._sharing.rebalance(operator)

    # Time, and the end of a turn

    def next_deadline(self) -> float:
        """Return when `tick` is due at the latest."""
        if self._exchange.working or self._sharing.working:
            return self._now
        return min(
            self._machine.timers.earliest,
            self._exchange.next_deadline(),
            self._sharing.next_deadline(),
            self._session.next_deadline(),
        )

    def tick(self, now: float) -> None:
        """Handle all deadlines that have passed."""
        self._now = now
        self._contact.handle(self._session.tick(now), now)
        cause = self._exchange.tick(now)
        self._sharing.tick(now)
        if cause is not None:
            lost = self._session.disconnect(now, None, cause, failure=LinkFailureCause.ACK_TIMEOUT)
            self._contact.handle(lost, now)
        self._contact.tick(now)

    def flush(self, now: float) -> None:
        """End the turn: bounded work, updates within the window, one portion of octets for each connection."""
        self._now = now
        frames = self._contact.frames
        self._exchange.work(now, connected=frames is not None)
        self._sharing.work(now, connected=frames is not None)
        if frames is not None:
            self._exchange.send(frames, now)
        self._machine.check_progress(now)
        self._session.flush(now)

    def take_effects(self) -> list[Effect | Store]:
        """Return the effects of the turn, in order, and forget them."""
        store = self._record.take_store()
        effects = self._outbox.take()
        return [*effects] if store is None else [store, *effects]

    # For the management interface

    @property
    def both_normal(self) -> bool:
        """Whether both servers are NORMAL and in contact, so that each client has one server that answers it."""
        machine = self._machine
        return (
            machine.communications_ok
            and machine.state is State.NORMAL
            and self._record.value.partner_state is State.NORMAL
        )

    @property
    def partner_leases(self) -> int:
        """How many updates of running leases the partner has sent."""
        return self._counters.leases

    def view(self, now: float) -> EndpointView:
        """Return a snapshot."""
        machine = self._machine
        settings, record, connection = self._settings, machine.record, self._session.connection
        updates, safe_period = self._exchange.updates, machine.safe_period
        ends = safe_period.ends
        down = machine.state is State.PARTNER_DOWN
        usable = self._leasing.partner_pool_usable_at() if down else NEVER
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
            state_cause=machine.cause,
            previous_state=machine.previous,
            partner_state=partner,
            partner_state_since=record.partner_since or None,
            communications_ok=machine.communications_ok,
            start_of_communications_interrupted=record.interrupted_since or None,
            last_contact=self._session.last_contact or None,
            ever_communicated=record.ever_communicated,
            link=None
            if connection is None
            else LinkView(
                connection.transport,
                connection.local,
                connection.remote,
                connection.since,
                connection.peer.vendor_class if connection.peer else "",
                tls=connection.secured,
                digest=connection.seal is not None,
            ),
            last_failure=None if failure is None else ConnectionFailure(*failure),
            load_balancing=settings.load_balancing,
            use_safe_period=safe_period.in_use,
            safe_period=safe_period.seconds,
            safe_period_remaining=None if ends is None else max(ends - now, 0.0),
            safe_period_ends=ends,
            partner_down_time=record.partner_down_time if down else None,
            partner_pool_usable_at=usable if usable < NEVER else None,
            recover_deadline=machine.timers.until(Timer.RECOVER_WAIT),
            probe_until=float(self.probe_until) if self.probe_until else None,
            skew=None if connection is None else connection.clocks.skew(),
            unacked_updates=updates.unacked,
            max_unacked_updates=updates.window or settings.max_unacked,
            updates_pending=updates.pending,
            updates_resting=updates.resting,
            oldest_unacked_age=None if oldest is None else now - oldest,
            updates=replace(self._counters),
            resync=self._exchange.requests.view(),
            config_mismatch=self._session.introduction.mismatch,
            transitions=tuple(machine.transitions),
        )
