"""The state of a failover endpoint, and what moves it (`states` has the tables).

Every change of state is stored, then told to the partner, then acted on; because effects leave only after the turn's
commit, the order inside a turn does not matter, and a server that stops at any point resumes from what it stored.

STARTUP ends when the partner answers or its time is over. What the stored state was, who knows whom, and who failed
first decide what follows (`states.resume`). A server without a record whose partner has one lost its database: it asks
for everything and waits for MCLT. If it finds that out only after it began to serve alone, both resolve a conflict.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum

from dhcpserver.failover import states
from dhcpserver.failover.effects import Store
from dhcpserver.failover.errors import CannotSetPartnerDown, DateInFuture, DateTooEarly
from dhcpserver.failover.exchange import Exchange
from dhcpserver.failover.gate import Gate
from dhcpserver.failover.leasing import Leasing
from dhcpserver.failover.notices import Notices
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.record import FailoverRecord
from dhcpserver.failover.session import Happening, Heard, Link, Lost, Opened, Session
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import Event, Origin, State
from dhcpserver.failover.view import Transition
from dhcpserver.leases.book import Book
from dhcpserver.wire import failover4
from dhcpserver.wire.failover4 import (
    StateReport,
    Vendor,
)

HEARTBEAT_SECONDS = 10
SHUTDOWN_SECONDS = 3
RESTORED_SECONDS = 60
"""A record of the last contact that is older than the partner's by more than this comes from a restored backup."""
TRANSITIONS_KEPT = 50

NEVER = float("inf")


class Timer(Enum):
    """What the endpoint waits for, beside its connection's deadlines."""

    STARTUP = "startup"
    SAFE_PERIOD = "safe period"
    RECOVER_WAIT = "recover wait"
    HEARTBEAT = "heartbeat"
    STOP = "stop"


class Machine:
    """See the module.

    Attributes:
        state, since, reason, previous: where the endpoint is, since when and why, and where it was.
        record: what is stored of it.
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
        self._book = book
        self._outbox = outbox
        self._session = session
        self._leasing = leasing
        self._exchange = exchange
        self._notices = Notices(settings, outbox)
        self._timers: dict[Timer, float] = {}
        self.transitions: deque[Transition] = deque(maxlen=TRANSITIONS_KEPT)
        self._link: Link | None = None
        self._peer_communicated = False
        self.partner_starting = False
        self._rejoining = False
        recover = settings.failover_recover
        restored = bool(recover) and (record is None or record.waited_for != recover)
        self._start_state, self._origin = states.candidate(record.state if record else None, settings.main, restored)
        self._time_of_failure = float(recover) if restored else float(record.last_operational if record else 0)
        self.record = record or FailoverRecord(
            self._start_state, int(now), settings.main, last_operational=0, mclt=settings.mclt
        )
        if restored:
            self.record = replace(self.record, recover_all=True, waited_for=recover, time_of_failure=recover)
        self._session.communicated = self.record.ever_communicated
        self._session.last_contact = float(self.record.last_contact)
        self.state = State.STARTUP
        self.since = now
        self.reason = "server start"
        self.previous: State | None = self.record.state if record else None
        self.communications_ok = False
        self.stopped = False
        self._has_past = record is not None and not restored
        self.gate = Gate(State.STARTUP, settings.main, settings.load_balancing)

    # Start and stop

    def start(self, now: float) -> None:
        """Begin: STARTUP, looking for the partner."""
        settings = self._settings
        self._notices.started()
        if not settings.startup_wait:
            self._timers[Timer.STARTUP] = now + settings.startup_time
        self._session.start(now)

    def stop(self, now: float, *, long: bool) -> None:
        """Tell the partner that this server goes: for a short while, or for long. `stopped` says when to leave."""
        if self.stopped or self.state in (State.PAUSED, State.SHUTDOWN):
            return
        event = Event.STOP_LONG if long else Event.STOP_SHORT
        following = states.on_event(self.state, event, self._settings.main)
        assert following is not None, "every running state can be stopped"
        self.record = replace(self.record, last_operational=int(now))
        self._enter(following, now, event.value)
        self._timers = {Timer.STOP: now + SHUTDOWN_SECONDS} if long and self.communications_ok else {}
        if not self._timers:
            self._end(now)

    def _end(self, now: float) -> None:
        self._timers.clear()
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
        self._peer_communicated = bool(peer.vendor.communicated)
        uid = peer.vendor.uid or b""
        stale = bool(self.record.partner_uid and uid != self.record.partner_uid) or (
            self.record.ever_communicated
            and not peer.foreign
            and (peer.vendor.last_contact or 0) < self.record.last_contact - RESTORED_SECONDS
        )
        if stale:
            self._exchange.mark_all()
        if (
            self.record.ever_communicated
            and (peer.vendor.last_contact or 0) > self.record.last_contact + RESTORED_SECONDS
        ):
            self.record = replace(self.record, recover_all=True)
        self.record = replace(self.record, partner_uid=uid)
        self._send_state(now)

    def _lost(self, lost: Lost, now: float) -> None:
        was_ok = self.communications_ok
        self._connection_over()
        if self.state in (State.PAUSED, State.SHUTDOWN):
            self._end(now)
            return
        self.record = replace(self.record, last_contact=int(self._session.last_contact))
        if was_ok:
            self._interrupted(lost.cause, now)
        following = states.on_event(self.state, Event.COMMUNICATIONS_FAILED, self._settings.main)
        if following is not None:
            self._enter(following, now, lost.cause)
        else:
            self._store()
        self._arm_safe_period(now)

    def _connection_over(self) -> None:
        self.communications_ok = False
        self._link = None
        self._exchange.closed()
        if self._rejoining:
            self._rejoining = False
            self._tell_leasing()

    def _interrupted(self, cause: str, now: float) -> None:
        """Contact was lost, or did not come about at start: once for each interruption."""
        self.record = replace(self.record, interrupted_since=int(now))
        self._notices.lost(cause)

    # States

    def _enter(self, state: State, now: float, reason: str, *, announce: bool = True) -> None:
        """Go to a state. One that is only passed through is not announced: the partner would follow it in a circle."""
        old = self.state
        self.transitions.append(Transition(now, old, state, reason, self.record.partner_state))
        self.previous = old
        self.state = state
        self.since = now
        self._rejoining = False
        self.reason = reason
        settings = self._settings
        self._notices.moved(old, state, reason, self.record.partner_state)
        if state not in (State.STARTUP, State.PAUSED, State.SHUTDOWN):
            self.record = replace(self.record, state=state, since=int(now), previous=old)
            self._has_past = True
        leaving = _LEAVE.get(old)
        if leaving is not None:
            leaving(self, now)
        self.gate = Gate(state, settings.main, settings.load_balancing)
        if old is State.STARTUP:
            self._timers.pop(Timer.STARTUP, None)
            self._timers[Timer.HEARTBEAT] = now + HEARTBEAT_SECONDS
            self.record = replace(self.record, last_operational=int(now))
        self._exchange.enter(state, now)
        action = _ENTER.get(state)
        if action is not None:
            action(self, now)
        self._tell_leasing()
        self._store()
        if announce and self._session.link is not None:
            self._send_state(now)

    def _tell_leasing(self) -> None:
        record = self.record
        down_time = NEVER if self._rejoining else record.partner_down_time
        self._leasing.enter(self.state, down_time, record.partner_down_entered, record.mclt)

    def _store(self) -> None:
        """Keep the record; after a first start or a restore only when STARTUP has ended: it begins a past then."""
        if self._has_past:
            self._outbox.put(Store(self.record))

    def _send_state(self, now: float) -> None:
        starting = self.state is State.STARTUP
        state = self._start_state if starting else self.state
        link = self._session.link
        vendor = None
        if link is not None and link.peer is not None and not link.peer.foreign:
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
        if partner is None:
            return
        starting = bool((report.flags or 0) & failover4.STARTUP_FLAG)
        self.partner_starting = starting
        first = not self.communications_ok
        strangers = not self.record.ever_communicated
        self.communications_ok = True
        self.record = replace(
            self.record, partner_state=partner, partner_since=report.since or 0, last_contact=int(now)
        )
        if first:
            self._contact(now)
        if self.state is State.STARTUP:
            self._leave_startup(partner, report.since or 0, now)
        elif strangers and self._peer_communicated and self.state is State.PARTNER_DOWN:
            # A main that lost its database while its partner was away has served without knowing the leases.
            self._enter(State.POTENTIAL_CONFLICT, now, Origin.LOST_DATABASE.value)
        self._store()
        if self.state is State.SHUTDOWN:
            if partner is State.PARTNER_DOWN:
                self.record = replace(
                    self.record, state=State.RECOVER, since=int(now), time_of_failure=int(now), recover_all=False
                )
                self._store()
                self._end(now)
        elif not starting:
            self._apply(partner, now)

    def _contact(self, now: float) -> None:
        """Communications became OK."""
        assert self._link is not None
        self._notices.found(self._link, now)
        self._session.communicated = True
        self._exchange.established(now)
        self._timers.pop(Timer.SAFE_PERIOD, None)
        self.record = replace(self.record, ever_communicated=True, interrupted_since=0)

    def _leave_startup(self, partner: State, since: int, now: float) -> None:
        link = self._link
        foreign = link is not None and link.peer is not None and link.peer.foreign
        knows = partner not in _FRESH if foreign else self._peer_communicated
        if self.partner_starting and not foreign and not knows:
            partner = State.RECOVER  # It has no past with us, so that what it would start with alone means nothing.
        state, origin = states.resume(
            self._start_state,
            self._origin,
            partner=partner,
            partner_since=since,
            partner_knows_us=knows,
            time_of_failure=self._time_of_failure,
        )
        if state is State.RECOVER:
            failed = self.record.time_of_failure
            if origin is Origin.LOST_DATABASE or (foreign and origin is Origin.FIRST_START):
                failed = int(now)
            elif origin is Origin.PARTNER_TOOK_OVER:
                failed = int(self._time_of_failure)
            everything = origin in (Origin.LOST_DATABASE, Origin.FIRST_START) or self.record.recover_all
            self.record = replace(self.record, time_of_failure=failed, recover_all=everything)
        self._enter(state, now, origin.value)

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
                self._set_down_time(self.record.partner_since or now, now)
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

    def _updates_done(self, now: float) -> None:
        following = states.on_event(self.state, Event.UPDATE_DONE, self._settings.main)
        if following is not None:
            self._enter(following, now, Event.UPDATE_DONE.value)
        if following is State.CONFLICT_DONE and self.record.partner_state is not None:
            # A backup that had everything already has said NORMAL before, and will not say it again.
            self._apply(self.record.partner_state, now)

    # What states set in motion

    def _entered_normal(self, now: float) -> None:
        self.record = replace(self.record, recover_all=False, time_of_failure=0, mclt=self._settings.mclt)

    def _entered_interrupted(self, now: float) -> None:
        if not self.communications_ok and not self.record.interrupted_since:
            self._interrupted("no contact since start", now)
        self._arm_safe_period(now)

    def _arm_safe_period(self, now: float) -> None:
        settings = self._settings
        if (
            self.state is State.COMMUNICATIONS_INTERRUPTED
            and not self.communications_ok
            and settings.use_safe_period
            and Timer.SAFE_PERIOD not in self._timers
        ):
            self._timers[Timer.SAFE_PERIOD] = (self.record.interrupted_since or now) + settings.safe_period

    def _left_interrupted(self, now: float) -> None:
        self._timers.pop(Timer.SAFE_PERIOD, None)

    def _entered_partner_down(self, now: float) -> None:
        if not self.record.partner_down_entered:
            self._set_down_time(now, now)
        waiting = deque(lease for pool in self._book.pools.values() for lease in pool.pending.values())

        def free_what_is_over(budget: int, now: float) -> bool:
            for _ in range(min(budget, len(waiting))):
                self._leasing.due(waiting.popleft(), now)
            return not waiting

        self._exchange.sweep(free_what_is_over)

    def _set_down_time(self, down: float, now: float) -> None:
        self.record = replace(self.record, partner_down_time=int(down), partner_down_entered=int(now))

    def _left_partner_down(self, now: float) -> None:
        self.record = replace(self.record, partner_down_time=0, partner_down_entered=0)

    def _entered_recover_wait(self, now: float) -> None:
        failed = self.record.time_of_failure
        until = failed + self._settings.mclt if failed else now
        self._timers[Timer.RECOVER_WAIT] = until
        if until > now:
            self._notices.waiting(until - now, failed)

    def _left_recover_wait(self, now: float) -> None:
        self._timers.pop(Timer.RECOVER_WAIT, None)

    # The operator

    def set_partner_down(self, date: float | None, now: float, *, operator: str, expert: bool) -> None:
        """The operator's word that the partner is down, since `date` (None: since contact was lost).

        Raises OperatorError, and then changes nothing.
        """
        following = states.on_event(self.state, Event.OPERATOR_PARTNER_DOWN, self._settings.main)
        if following is None:
            raise CannotSetPartnerDown(self.state)
        earliest = float(self.record.interrupted_since or int(now))
        down = earliest if date is None else date
        if down > now:
            raise DateInFuture(down, now)
        if down < earliest and not expert:
            raise DateTooEarly(down, earliest)
        self.handle(self._session.disconnect(now, None, "partner set down by operator"), now)
        self._set_down_time(down, now)
        source = "start of communications interrupted" if date is None else "given by the operator"
        self._notices.set_down(operator, down, source)
        self._enter(following, now, f"set by operator {operator}")

    # Time

    def waits_until(self, timer: Timer) -> float | None:
        """When a timer runs out; None when it does not run."""
        return self._timers.get(timer)

    def next_deadline(self) -> float:
        """When `tick` should be called at the latest."""
        return min(self._timers.values(), default=NEVER)

    def tick(self, now: float) -> None:
        """Do what is due."""
        for timer, when in list(self._timers.items()):
            if when <= now and self._timers.get(timer) == when:
                del self._timers[timer]
                _TIMERS[timer](self, now)

    def _startup_over(self, now: float) -> None:
        if self.state is State.STARTUP:
            record = self.record
            if self._start_state is State.RECOVER and self._origin is Origin.FIRST_START:
                self.record = replace(record, recover_all=True)
            self.record = replace(self.record, interrupted_since=0)
            self._enter(self._start_state, now, f"{self._origin.value}; no contact in STARTUP")

    def _safe_period_over(self, now: float) -> None:
        following = states.on_event(self.state, Event.SAFE_PERIOD_OVER, self._settings.main)
        if following is None or self.communications_ok:
            return
        settings = self._settings
        down = now if settings.safe_period_strict else self.record.interrupted_since
        self._set_down_time(down, now)
        self._enter(following, now, Event.SAFE_PERIOD_OVER.value)
        self._notices.safe_period_over(self._leasing.others_usable_at() - now)

    def _wait_over(self, now: float) -> None:
        following = states.on_event(self.state, Event.WAIT_OVER, self._settings.main)
        if following is not None:
            self._enter(following, now, Event.WAIT_OVER.value)

    def _heartbeat(self, now: float) -> None:
        self._timers[Timer.HEARTBEAT] = now + HEARTBEAT_SECONDS
        self.record = replace(self.record, last_operational=int(now), last_contact=int(self._session.last_contact))
        self._store()


_FRESH = frozenset((State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE, State.STARTUP))
"""What a partner that never talked to this server reports."""

_ENTER: Mapping[State, Callable[[Machine, float], None]] = {
    State.NORMAL: Machine._entered_normal,
    State.COMMUNICATIONS_INTERRUPTED: Machine._entered_interrupted,
    State.PARTNER_DOWN: Machine._entered_partner_down,
    State.RECOVER_WAIT: Machine._entered_recover_wait,
}

_LEAVE: Mapping[State, Callable[[Machine, float], None]] = {
    State.COMMUNICATIONS_INTERRUPTED: Machine._left_interrupted,
    State.PARTNER_DOWN: Machine._left_partner_down,
    State.RECOVER_WAIT: Machine._left_recover_wait,
}

_TIMERS: Mapping[Timer, Callable[[Machine, float], None]] = {
    Timer.STARTUP: Machine._startup_over,
    Timer.SAFE_PERIOD: Machine._safe_period_over,
    Timer.RECOVER_WAIT: Machine._wait_over,
    Timer.HEARTBEAT: Machine._heartbeat,
    Timer.STOP: Machine._end,
}
