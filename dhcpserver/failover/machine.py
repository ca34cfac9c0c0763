"""The state of a failover endpoint, and what moves it (`states` has the tables).

Every change of state is stored, then told to the partner, then acted on; because effects leave only after the turn's
commit, the order inside a turn does not matter, and a server that stops at any point resumes from what it stored.

Where STARTUP leads is the business of `resumption`, what a state sets in motion that of `actions`.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace

from dhcpserver.failover import states
from dhcpserver.failover.actions import Actions
from dhcpserver.failover.errors import CannotRebalance, CannotSetPartnerDown, SafePeriodOver, StillRecovering, down_date
from dhcpserver.failover.exchange import Exchange
from dhcpserver.failover.gate import Gate
from dhcpserver.failover.leasing import Leasing
from dhcpserver.failover.link import Happening, Heard, Link, Lost, Opened
from dhcpserver.failover.memory import Memory
from dhcpserver.failover.notices import Notices
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.record import FailoverRecord
from dhcpserver.failover.resumption import Resumption, introduced
from dhcpserver.failover.session import Session
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import Event, Origin, State
from dhcpserver.failover.timers import NEVER, Timer, Timers
from dhcpserver.failover.view import Transition
from dhcpserver.leases.book import Book
from dhcpserver.wire import failover4
from dhcpserver.wire.failover4 import StateReport, Vendor

HEARTBEAT_SECONDS = 10
SHUTDOWN_SECONDS = 3
TRANSITIONS_KEPT = 50


class Machine:
    """See the module.

    Attributes:
        state, since, reason, previous: where the endpoint is, since when and why, and where it was.
        timers: what it waits for.
        actions: what states set in motion.
        gate: which clients are answered.
        communications_ok: whether a STATE arrived on the open connection.
        partner_starting: whether the partner said that it is in STARTUP.
        stopped: after `stop`, whether nothing more is to be waited for.
        transitions: the last changes of state.
    """

    def __init__(
        self,
        settings: PairSettings,
        book: Book,
        record: FailoverRecord | None,
        now: float,
        outbox: Outbox,
        session: Session,
        leasing: Leasing,
        exchange: Exchange,
    ) -> None:
        self._settings = settings
        self._session = session
        self._leasing = leasing
        self._exchange = exchange
        self._notices = Notices(settings, outbox)
        self._resumption = Resumption(settings, record, now, leases=bool(book.leases))
        self._memory = Memory(self._resumption.record, outbox)
        self._session.communicated = self.record.ever_communicated
        self._session.last_contact = float(self.record.last_contact)
        self._rejoining = False
        self._link: Link | None = None
        self.timers = Timers()
        self.actions = Actions(settings, book, self._memory, self.timers, leasing, exchange, self._notices)
        self.transitions: deque[Transition] = deque(maxlen=TRANSITIONS_KEPT)
        self.state = State.STARTUP
        self.since = now
        self.reason = "server start"
        self.previous: State | None = self._resumption.previous
        self.partner_starting = False
        self.communications_ok = False
        self.stopped = False
        self.gate = Gate(State.STARTUP, settings.main, settings.load_balancing)

    @property
    def record(self) -> FailoverRecord:
        """What is remembered over a restart."""
        return self._memory.record

    # Start and stop

    def start(self, now: float) -> None:
        """Begin: STARTUP, looking for the partner."""
        settings = self._settings
        self._notices.started()
        if not settings.startup_wait:
            self.timers.set(Timer.STARTUP, now + settings.startup_time)
        if self.record.remark:
            self._exchange.mark_all()
        self._session.start(now)

    def stop(self, now: float, *, long: bool, force: bool) -> None:
        """Tell the partner that this server goes: for a short while, or for long. `stopped` says when to leave.

        Raises StillRecovering in RECOVER unless it is forced (R-186), and then changes nothing.
        """
        if self.stopped or self.state in (State.PAUSED, State.SHUTDOWN):
            return
        if self.state is State.RECOVER:
            if not force:
                raise StillRecovering
            self._notices.stopped_recovering()
        event = Event.STOP_LONG if long else Event.STOP_SHORT
        following = states.on_event(self.state, event, self._settings.main)
        assert following is not None, "every running state can be stopped"
        self._memory.record = replace(self.record, last_operational=int(now))
        self._enter(following, now, event.value)
        self.timers.clear()
        if long and self.communications_ok:
            self.timers.set(Timer.STOP, now + SHUTDOWN_SECONDS)
        else:
            self._end(now)

    def _end(self, now: float) -> None:
        self.timers.clear()
        self._session.stop(now, "server paused" if self.state is State.PAUSED else "server shut down")
        self._connection_over()
        self.stopped = True

    # The connection

    def handle(self, happenings: list[Happening], now: float) -> None:
        """What happened on the connection, in order."""
        for happening in happenings:
            if isinstance(happening, Heard):
                if self._link is None:
                    continue  # We have ended it while reading what came with it.
                if isinstance(happening.message, StateReport):
                    self._heard_state(happening.message, now)
                else:
                    self._exchange.heard(happening.message, now)
                    if self._exchange.finished:
                        self._exchange.finished = False
                        self._updates_done(now)
            elif isinstance(happening, Opened):
                self._opened(happening, now)
            else:
                self._lost(happening, now)

    def _opened(self, opened: Opened, now: float) -> None:
        peer = opened.peer
        self._link = opened.link
        self._exchange.opened(peer.max_unacked, peer.foreign)
        self._memory.record, stale = introduced(self.record, peer)
        if stale:
            self._memory.record = replace(self.record, remark=True)
            self._memory.store()
            self._exchange.mark_all()
        self._send_state(now)

    def _lost(self, lost: Lost, now: float) -> None:
        was_ok = self.communications_ok
        self._connection_over()
        if self.state in (State.PAUSED, State.SHUTDOWN):
            self._end(now)
            return
        self._memory.record = replace(self.record, last_contact=int(self._session.last_contact))
        if was_ok:
            self.actions.interrupted(lost.cause, now)
        following = states.on_event(self.state, Event.COMMUNICATIONS_FAILED, self._settings.main)
        if following is not None:
            self._enter(following, now, lost.cause)
        else:
            self._memory.store()
        self.actions.arm_safe_period(self.state, self.communications_ok, now)

    def _connection_over(self) -> None:
        self.communications_ok = False
        self._link = None
        self._exchange.closed()
        if self._rejoining:
            self._rejoining = False
            self._tell_leasing()

    # States

    def _enter(self, state: State, now: float, reason: str, *, announce: bool = True) -> None:
        """Go to a state. One that is only passed through is not announced: the partner would follow it in a circle."""
        old = self.state
        self.transitions.append(Transition(now, old, state, reason, self.record.partner_state))
        self.previous = old
        self.state = state
        resumed = old is State.STARTUP and state is State.PARTNER_DOWN and self.record.state is state
        # The partner compares when this server took over with when it failed itself; a restart changes neither.
        self.since = float(self.record.since) if resumed else now
        self._rejoining = False
        self.reason = reason
        settings = self._settings
        self._notices.moved(old, state, reason, self.record.partner_state)
        if state not in (State.STARTUP, State.PAUSED, State.SHUTDOWN):
            self._memory.starting = False
            self._memory.record = replace(self.record, state=state, since=int(self.since), previous=old)
        self.actions.left(old)
        self.gate = Gate(state, settings.main, settings.load_balancing)
        if old is State.STARTUP:
            self.timers.stop(Timer.STARTUP)
            self.timers.set(Timer.HEARTBEAT, now + HEARTBEAT_SECONDS)
            self._memory.record = replace(self.record, last_operational=int(now))
        self._exchange.enter(state, now)
        self.actions.entered(state, self.communications_ok, now)
        self._tell_leasing()
        self._memory.store()
        if announce and self._session.link is not None:
            self._send_state(now)

    def _tell_leasing(self) -> None:
        record = self.record
        down_time = NEVER if self._rejoining else record.partner_down_time
        self._leasing.enter(self.state, down_time, record.partner_down_entered, record.mclt)

    def _send_state(self, now: float) -> None:
        starting = self.state is State.STARTUP
        state = self._resumption.state if starting else self.state
        peer = self._session.link.peer if self._session.link else None
        vendor = None
        if peer is not None and not peer.foreign:
            vendor = Vendor(
                communicated=int(self.record.ever_communicated),
                last_contact=int(self._session.last_contact),
                partner_down_time=self.record.partner_down_time if state is State.PARTNER_DOWN else None,
            )
        since = self.record.since if starting else int(self.since)
        report = StateReport(
            self._session.xid(), 0, state.number, failover4.STARTUP_FLAG if starting else 0, since, vendor
        )
        self._session.send(report, now)

    def _heard_state(self, report: StateReport, now: float) -> None:
        partner = states.by_number(report.state)
        link = self._link
        if partner is None or link is None or link.peer is None:
            return
        starting = bool((report.flags or 0) & failover4.STARTUP_FLAG)
        self.partner_starting = starting
        first = not self.communications_ok
        strangers = not self.record.ever_communicated
        self.communications_ok = True
        since = report.since or 0
        self._memory.record = replace(self.record, partner_state=partner, partner_since=since, last_contact=int(now))
        if first:
            self._contact(link, now)
        if self.state is State.STARTUP:
            answer = self._resumption.answered(self.record, link.peer, partner, since, now, starting=starting)
            state, origin, self._memory.record = answer
            self._enter(state, now, origin.value)
        elif strangers and link.peer.vendor.communicated and self.state is State.PARTNER_DOWN:
            # A main that lost its database while its partner was away has served without knowing the leases.
            self._enter(State.POTENTIAL_CONFLICT, now, Origin.LOST_DATABASE.value)
        self._memory.store()
        if self.state is State.SHUTDOWN:
            if partner is State.PARTNER_DOWN:
                self._memory.record = replace(
                    self.record, state=State.RECOVER, since=int(now), time_of_failure=int(now), recover_all=False
                )
                self._memory.store()
                self._end(now)
        elif not starting:
            self._apply(partner, now)

    def _contact(self, link: Link, now: float) -> None:
        """Communications became OK."""
        self._notices.found(link, now)
        self._session.communicated = True
        self._exchange.established(now)
        self.timers.stop(Timer.SAFE_PERIOD)
        self._memory.record = replace(self.record, ever_communicated=True, interrupted_since=0)

    def _apply(self, partner: State, now: float) -> None:
        """Take the cell of the table for what the partner reports."""
        main = self._settings.main
        self._rejoining = False
        move = states.on_report(self.state, partner)
        reason = f"partner is {partner.value}"
        if move.via:
            failed = states.on_event(self.state, Event.COMMUNICATIONS_FAILED, main)
            if failed is not None:
                self._enter(failed, now, reason, announce=False)
            move = states.on_report(self.state, partner)
        if self.state is State.PARTNER_DOWN and move.to is State.NORMAL:
            self._rejoin(now)
        elif move.to is not None:
            if move.to is State.PARTNER_DOWN:
                self.actions.set_down_time(self.record.partner_since or now, now)
            self._enter(move.to, now, reason)
            move = states.on_report(self.state, partner)
        if move.ask.concerns(main):
            self._exchange.ask(self.state is State.RECOVER and self.record.recover_all, now)

    def _rejoin(self, now: float) -> None:
        """Leave PARTNER-DOWN for NORMAL, once the partner knows which of its addresses were given away (R-178).

        From here on its share is left alone; what was given before is in the updates that are waited for.
        """
        self._rejoining = True
        self._exchange.settle()
        self._tell_leasing()
        self.settled(now)

    def settled(self, now: float) -> None:
        """Look whether what was waited for has been answered."""
        if self._rejoining and self._exchange.settled:
            self._rejoining = False
            self._exchange.unsettle()
            self._enter(State.NORMAL, now, "partner is RECOVER-DONE")
        if self.record.remark and not self._exchange.marking:
            self._memory.record = replace(self.record, remark=False)
            self._memory.store()

    def _updates_done(self, now: float) -> None:
        following = states.on_event(self.state, Event.UPDATE_DONE, self._settings.main)
        if following is not None:
            self._enter(following, now, Event.UPDATE_DONE.value)
        if following is State.CONFLICT_DONE:
            self._recall(now)

    def _recall(self, now: float) -> None:
        """Take up what the partner said when it moved nothing yet; it has no reason to say it again."""
        partner = self.record.partner_state
        if self.communications_ok and not self.partner_starting and partner is not None:
            self._apply(partner, now)

    # The operator

    def set_partner_down(self, date: float | None, now: float, *, operator: str, expert: bool) -> None:
        """The operator's word that the partner is down, since `date` (None: since contact was lost).

        Raises OperatorError, and then changes nothing.
        """
        following = states.on_event(self.state, Event.OPERATOR_PARTNER_DOWN, self._settings.main)
        if following is None:
            raise CannotSetPartnerDown(self.state)
        down = down_date(date, float(self.record.interrupted_since or int(now)), now, expert=expert)
        self.handle(self._session.disconnect(now, None, "partner set down by operator"), now)
        self.actions.set_down_time(down, now)
        source = "start of communications interrupted" if date is None else "given by the operator"
        self._notices.set_down(operator, down, source)
        self._enter(following, now, f"set by operator {operator}")

    def use_safe_period(self, use: bool, now: float, *, operator: str) -> None:
        """Switch the safe period on or off until the next start; a running one ends, or begins where it would be."""
        self._notices.safe_period_switched(use, operator)
        self.actions.switch_safe_period(use, self.state, self.communications_ok, now)

    def set_safe_period(self, seconds: int, now: float, *, operator: str) -> None:
        """Have the safe period last `seconds` until the next start. Raises SafePeriodOver when that is over already:
        PARTNER-DOWN at once is for `set_partner_down`, and its date, to say."""
        since = self.record.interrupted_since
        if self.state is State.COMMUNICATIONS_INTERRUPTED and not self.communications_ok and since + seconds <= now:
            raise SafePeriodOver(seconds, now - since)
        self._notices.safe_period_set(seconds, operator)
        self.actions.lengthen_safe_period(seconds, self.state, self.communications_ok, now)

    def may_rebalance(self) -> None:
        """Raises CannotRebalance unless this is the main, NORMAL and in contact."""
        if not (self._settings.main and self.state is State.NORMAL and self.communications_ok):
            raise CannotRebalance(self._settings.role, self.state)

    # Time

    def tick(self, now: float) -> None:
        """Do what is due."""
        while (timer := self.timers.take(now)) is not None:
            _TIMERS[timer](self, now)

    def _startup_over(self, now: float) -> None:
        if self.state is State.STARTUP:
            self._memory.record, reason = self._resumption.alone(self.record)
            self._enter(self._resumption.state, now, reason)

    def _safe_period_over(self, now: float) -> None:
        following = states.on_event(self.state, Event.SAFE_PERIOD_OVER, self._settings.main)
        if following is None or self.communications_ok:
            return
        settings = self._settings
        down = now if settings.safe_period_strict else self.record.interrupted_since
        self.actions.set_down_time(down, now, automatic=True)
        self._enter(following, now, Event.SAFE_PERIOD_OVER.value)
        self._notices.safe_period_over(self._leasing.others_usable_at() - now)

    def _wait_over(self, now: float) -> None:
        following = states.on_event(self.state, Event.WAIT_OVER, self._settings.main)
        if following is not None:
            self._enter(following, now, Event.WAIT_OVER.value)
            self._recall(now)

    def _heartbeat(self, now: float) -> None:
        self.timers.set(Timer.HEARTBEAT, now + HEARTBEAT_SECONDS)
        contact = int(self._session.last_contact)
        self._memory.record = replace(self.record, last_operational=int(now), last_contact=contact)
        self.actions.forget_old_mclt(now)
        self._tell_leasing()
        self._memory.store()


_TIMERS: Mapping[Timer, Callable[[Machine, float], None]] = {
    Timer.STARTUP: Machine._startup_over,
    Timer.SAFE_PERIOD: Machine._safe_period_over,
    Timer.RECOVER_WAIT: Machine._wait_over,
    Timer.HEARTBEAT: Machine._heartbeat,
    Timer.STOP: Machine._end,
}
