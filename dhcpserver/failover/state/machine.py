"""The state of a failover endpoint, and what changes it.

Every change of state is stored, then reported to the partner, then acted on. Effects are executed only after the turn's
commit, so the order inside a turn does not matter, and a server that stops at any point resumes from what it stored.

The transitions are in `tables`, the start state in `startup`, what a state starts and stops in `actions`. `contact`
handles the events of the connection, and `operator` the operator's commands; both change the state through this module.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace

from dhcpserver.contract.words import StateCause
from dhcpserver.failover.bindings.exchange import BindingExchange
from dhcpserver.failover.bindings.leasing import LeaseRules
from dhcpserver.failover.link.connection import Connection
from dhcpserver.failover.link.handshake import Peer
from dhcpserver.failover.link.session import Session
from dhcpserver.failover.link.startnumber import LAST, start_of
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.pools.answering import AnswerRules
from dhcpserver.failover.pools.sharing import PoolSharing
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.state.actions import StateActions
from dhcpserver.failover.state.copies import Copies
from dhcpserver.failover.state.currentrecord import CurrentRecord
from dhcpserver.failover.state.notices import Notices
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.state.report import state_report
from dhcpserver.failover.state.safeperiod import SafePeriod
from dhcpserver.failover.state.startup import StartUp
from dhcpserver.failover.state.tables import StartReason, StateEvent, on_event, on_report, start_cause
from dhcpserver.failover.states import State
from dhcpserver.failover.timers import NEVER, Timer, Timers
from dhcpserver.failover.view import Transition
from dhcpserver.leases.book import Book

HEARTBEAT_SECONDS = 10
TRANSITIONS_KEPT = 50


class Machine:
    """The state machine of one endpoint.

    Attributes:
        state, since, reason, previous: the state, since when (Unix seconds) and why, and the state before it.
        cause: why, as a word.
        timers: its timers.
        safe_period, notices, actions, copies: see their modules.
        answering: which clients this server answers in this state.
        communications_ok: whether a STATE arrived on the open connection.
        partner_starting: whether the partner's last STATE had the STARTUP flag.
        transitions: the last changes of state.
    """

    def __init__(
        self,
        settings: PairSettings,
        book: Book,
        startup: StartUp,
        record: CurrentRecord,
        outbox: Outbox,
        session: Session,
        leasing: LeaseRules,
        exchange: BindingExchange,
        sharing: PoolSharing,
        now: float,
    ) -> None:
        self._settings = settings
        self._startup = startup
        self._record = record
        self._session = session
        self._leasing = leasing
        self._exchange = exchange
        self._sharing = sharing
        self._book = book
        self._rejoining = False
        self._since_of_earlier_life = False
        self.copies = Copies(settings, record, exchange, session.introduction.numbers)
        self.timers = Timers()
        self.safe_period = SafePeriod(settings, self.timers)
        self.notices = Notices(settings, self.safe_period, outbox)
        self.actions = StateActions(
            settings, book, record, self.timers, self.safe_period, leasing, exchange, self.notices
        )
        self.transitions: deque[Transition] = deque(maxlen=TRANSITIONS_KEPT)
        self.state = State.STARTUP
        self.since = now
        self.reason = "server start"
        self.cause: str = StateCause.START
        self.previous: State | None = startup.previous
        self.partner_starting = False
        self.communications_ok = False
        self.answering = AnswerRules(State.STARTUP, settings.main, settings.load_balancing)

    @property
    def record(self) -> FailoverRecord:
        """The endpoint's record."""
        return self._record.value

    def following(self, event: StateEvent) -> State | None:
        """Return the state that an event leads to; None if the state stays."""
        return on_event(self.state, event, self._settings.main)

    def start(self, now: float) -> None:
        """Enter STARTUP and look for the partner."""
        settings = self._settings
        self.notices.started()
        if not settings.startup_wait:
            self.timers.set(Timer.STARTUP, now + settings.startup_time)
        if self.record.remark:
            self._exchange.sweeps.mark_all()
        if any(lease.sos > now or lease.cltt > now for lease in self._book.leases.values()):
            self._exchange.sweeps.correct_times()
        self._session.start(now)

    # The partner

    def open(self, peer: Peer, now: float) -> None:
        """Handle that a connection is established: send STATE."""
        self._exchange.open(peer, peer.carried(self._settings.kinds))
        self._sharing.open(peer.foreign, peer.carried(self._settings.kinds))
        if self.copies.compare(peer, now, announced=self._startup.reason is StartReason.FAILOVER_RECOVER):
            self.recover_older_copy(now, announce=False)
        self._send_state(now)

    def recover_older_copy(self, now: float, *, announce: bool) -> None:
        """Enter RECOVER, in STARTUP when that ends. The record has it at once, before anything is sent."""
        self.notices.older_copy()
        self._record.set(self._startup.put_back(self.record, now))
        if self.state is State.STARTUP:
            previous = self._startup.previous or State.RECOVER
            self._record.enter(State.RECOVER, int(now), previous, StateCause.RESTORED_COPY)
        else:
            reason = StartReason.RESTORED_COPY.value
            self.enter(State.RECOVER, now, reason, StateCause.RESTORED_COPY, announce=announce)

    def receive_report(self, connection: Connection, partner: State, since: int, now: float, *, starting: bool) -> None:
        """Record the state that the partner reported. After its first report, communications are OK.

        `starting`: whether the report has the STARTUP flag.
        """
        self.partner_starting = starting
        self._record.set(replace(self.record, partner_state=partner, partner_since=since, last_contact=int(now)))
        if connection.peer is not None:
            self._session.introduction.numbers.report(connection.peer.vendor.start)
            self._record_numbers()
        if self.communications_ok:
            return
        self.communications_ok = True
        self.notices.contact_established(connection, now)
        self.copies.served = True
        self._session.establish()
        self._exchange.establish(now)
        self._sharing.establish()
        self.safe_period.stop()
        self._record.set(replace(self.record, ever_communicated=True, interrupted_since=0))

    def _record_numbers(self) -> None:
        """Record the partner's start number, and the last update received from it."""
        numbers = self._session.introduction.numbers
        acknowledged = self._exchange.updates.numbers.acknowledged
        self._record.set(
            replace(
                self.record,
                partner_start=numbers.partner,
                partner_number=numbers.received,
                acked_start=start_of(acknowledged),
                acked_number=acknowledged & LAST,
            )
        )

    def close(self) -> None:
        """Handle that the connection has ended, without a change of state."""
        self._record_numbers()
        self.communications_ok = False
        self._exchange.close()
        self._sharing.close()
        if self._rejoining:
            self._rejoining = False
            self._update_leasing()

    def lose_contact(self, cause: str, now: float) -> None:
        """Handle that the connection has ended, and that contact with the partner is lost."""
        was_ok = self.communications_ok
        self.close()
        self._record.set(replace(self.record, last_contact=int(self._session.last_contact)))
        following = self.following(StateEvent.COMMUNICATIONS_FAILED)
        if was_ok:
            self.actions.record_interruption(cause, following or self.state, now)
        if following is not None:
            self.enter(following, now, cause, StateCause.CONTACT_LOST)
        self.actions.start_safe_period(self.state, self.communications_ok, now)

    # States

    def enter(self, state: State, now: float, reason: str, cause: StateCause, *, announce: bool = True) -> None:
        """Enter a state. `reason` is for people, `cause` for rules.

        `announce`: whether to report it to the partner. A state that is only passed through is not reported: the
        partner would follow it, and both would repeat their changes without end.
        """
        old = self.state
        self.previous = old
        self.state = state
        resumed = old is State.STARTUP and state is State.PARTNER_DOWN and self.record.state is state
        # The partner compares when this server took over with the time of its own failure; a restart changes neither.
        self.since = float(self.record.since) if resumed else now
        self._since_of_earlier_life = resumed and self._startup.previous is not None
        self._rejoining = False
        self.reason = reason
        if resumed and self._startup.previous is not None:
            stored = self.record.cause or (StateCause.SAFE_PERIOD if self.record.automatic else cause)
            self.cause = stored
        else:
            self.cause = cause
        self.transitions.append(Transition(now, old, state, reason, self.cause, self.record.partner_state))
        settings = self._settings
        self.notices.state_changed(old, state, reason, self.record.partner_state)
        if state not in (State.STARTUP, State.PAUSED, State.SHUTDOWN):
            self._record.enter(state, int(self.since), old, self.cause)
        self.actions.leave(old, state)
        self.answering = AnswerRules(state, settings.main, settings.load_balancing)
        if old is State.STARTUP:
            self.timers.stop(Timer.STARTUP)
            self.timers.set(Timer.HEARTBEAT, now + HEARTBEAT_SECONDS)
            self._record.set(replace(self.record, last_operational=int(now)))
        self._exchange.enter(state)
        self._sharing.enter(state, now)
        self.actions.enter(state, self.communications_ok, now)
        self._update_leasing()
        if announce and self._session.connection is not None:
            self._send_state(now)
        if state is State.NORMAL and self.record.exchanged and self._settings.main:
            self._exchange.requests.send(False, now)

    def _update_leasing(self) -> None:
        record = self.record
        down_time = NEVER if self._rejoining else record.partner_down_time
        self._leasing.enter(
            self.state,
            down_time,
            record.partner_down_entered,
            record.mclt,
            time_of_failure=record.time_of_failure,
            exchanged=record.exchanged,
        )

    def _send_state(self, now: float) -> None:
        starting = self.state is State.STARTUP
        connection = self._session.connection
        foreign = connection is not None and connection.peer is not None and connection.peer.foreign
        report = state_report(
            self._session.next_xid(),
            self._startup.reported(foreign=foreign) if starting else self.state,
            min(self.record.since if starting else int(self.since), int(now)),
            starting=starting,
            peer=None if connection is None else connection.peer,
            record=self.record,
            last_contact=self._session.last_contact,
            older_copy=self.copies.partner_older and not self.communications_ok,
        )
        self._session.send(report, now)

    def apply_report(self, partner: State, now: float) -> None:
        """Apply the transition rule for the state that the partner reported."""
        main = self._settings.main
        self._rejoining = False
        rule = on_report(self.state, partner)
        reason = f"partner is {partner.value}"
        if rule.via:
            interrupted = self.following(StateEvent.COMMUNICATIONS_FAILED)
            if interrupted is not None:
                self.enter(interrupted, now, reason, StateCause.PARTNER_STATE, announce=False)
            rule = on_report(self.state, partner)
        if self.state is State.PARTNER_DOWN and rule.to is State.NORMAL:
            self._rejoin(now)
        elif rule.to is not None:
            if rule.to is State.PARTNER_DOWN:
                self.actions.set_partner_down_time(self.record.partner_since or now, now)
            self.enter(rule.to, now, reason, StateCause.PARTNER_STATE)
            rule = on_report(self.state, partner)
        if rule.requester.includes(main):
            self._exchange.requests.send(self.state is State.RECOVER and self.record.recover_all, now)

    def _rejoin(self, now: float) -> None:
        """Leave PARTNER-DOWN for NORMAL after the partner has acknowledged which of its addresses are leased (R-178).

        From now on its addresses are not given out. Those given out before are in the updates that are waited for.
        """
        self._rejoining = True
        self._exchange.await_acks()
        self._update_leasing()
        self.check_progress(now)

    def check_progress(self, now: float) -> None:
        """Enter NORMAL if the awaited acknowledgements have arrived; record it when all leases are marked."""
        if self._rejoining and self._exchange.acks_arrived:
            self._rejoining = False
            self._exchange.end_await_acks()
            self.enter(State.NORMAL, now, "partner is RECOVER-DONE", StateCause.PARTNER_STATE)
        if self.record.remark and not self._exchange.sweeps.marking:
            self._record.set(replace(self.record, remark=False))
        if self.record.exchanged and not self._settings.main and self.state is State.NORMAL:
            self._confirm_shares()

    def _confirm_shares(self) -> None:
        """Use this backup's own share when the partner has acknowledged everything since the roles were exchanged."""
        updates = self._exchange.updates
        if not (updates.unacked or updates.pending or self._exchange.sweeps.marking):
            self._record.set(replace(self.record, exchanged=False))
            self._update_leasing()

    def finish_update(self, now: float) -> None:
        """Handle that the partner has answered this server's update request (UPDDONE)."""
        if self.state is State.NORMAL and self.record.exchanged and self._settings.main:
            self._record.set(replace(self.record, time_of_failure=0, exchanged=False))
            self._update_leasing()
        following = self.following(StateEvent.UPDATE_DONE)
        if following is not None:
            self.enter(following, now, StateEvent.UPDATE_DONE.value, StateCause.UPDATES_DONE)
        if following is State.CONFLICT_DONE:
            self.apply_last_report(now)

    def apply_last_report(self, now: float) -> None:
        """Apply the partner's last report, which changed nothing when it arrived; the partner does not repeat it."""
        partner = self.record.partner_state
        if self.communications_ok and not self.partner_starting and partner is not None:
            self.apply_report(partner, now)

    # Time

    def shift_clock(self, step: float, now: float) -> None:
        """Follow a step of this server's clock. What the record has to count MCLT from is in `currentrecord`."""
        self.timers.shift(step)
        self.safe_period.shift_clock(step)
        if not self._since_of_earlier_life:
            self.since += step
        self.transitions = deque(
            (replace(each, at=each.at + step) for each in self.transitions), maxlen=TRANSITIONS_KEPT
        )
        self._record.shift_clock(step, now)
        self.actions.schedule_recover_wait(self.state, now)
        self._update_leasing()

    def tick(self, now: float) -> bool:
        """Handle the timers that have expired; return whether the wait for the partner at a stop is over."""
        while (timer := self.timers.take(now)) is not None:
            if timer is Timer.STOP:
                return True
            _TIMERS[timer](self, now)
        return False

    def _startup_over(self, now: float) -> None:
        if self.state is State.STARTUP:
            record, reason = self._startup.without_contact(self.record)
            self._record.set(record)
            if record.exchanged and self._settings.main:
                self.notices.exchanged(record.time_of_failure + record.mclt - now)
            self.enter(self._startup.state, now, reason, start_cause(self._startup.reason, contact=False))

    def _safe_period_over(self, now: float) -> None:
        following = self.following(StateEvent.SAFE_PERIOD_OVER)
        if following is None or self.communications_ok:
            return
        down = self.safe_period.partner_down_time(self.record.interrupted_since, now)
        self.actions.set_partner_down_time(down, now, automatic=True)
        self.enter(following, now, StateEvent.SAFE_PERIOD_OVER.value, StateCause.SAFE_PERIOD)
        self.notices.safe_period_over(self._leasing.partner_pool_usable_at() - now)

    def _wait_over(self, now: float) -> None:
        following = self.following(StateEvent.WAIT_OVER)
        if following is not None:
            self._record.set(replace(self.record, time_of_failure=0))
            self.enter(following, now, StateEvent.WAIT_OVER.value, StateCause.WAIT_OVER)
            self.apply_last_report(now)

    def _heartbeat(self, now: float) -> None:
        self.timers.set(Timer.HEARTBEAT, now + HEARTBEAT_SECONDS)
        contact = int(self._session.last_contact)
        self._record.set(replace(self.record, last_operational=int(now), last_contact=contact))
        self._record_numbers()
        self.actions.forget_old_mclt(now)
        self._update_leasing()


_TIMERS: Mapping[Timer, Callable[[Machine, float], None]] = {
    Timer.STARTUP: Machine._startup_over,
    Timer.SAFE_PERIOD: Machine._safe_period_over,
    Timer.RECOVER_WAIT: Machine._wait_over,
    Timer.HEARTBEAT: Machine._heartbeat,
}
