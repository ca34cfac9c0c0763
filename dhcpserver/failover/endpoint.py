"""The failover endpoint: one server's side of a pair, as a state machine without input or output.

Whatever happens is handed in with the time (a connection, octets, an operator's word, the clock), and what should be
done comes out as effects. Inside, each concern is an object of its own, and this one only moves the state:

    session    the connection          gives what was heard, in order
    updates    what the partner must be told      incoming   what it tells
    resync     whole-database exchanges           balance    the shares of free addresses
    leasing    what clients may have, by state    gate       which clients are answered

Every change of state is stored, then told to the partner, then acted on; because effects leave only after the turn's
commit, the order inside a turn does not matter, and a server that stops at any point resumes from what it stored.

`flush` ends a turn: a bounded share of long work (resynchronisation, balancing, marking) is done, updates fill the
partner's window, and all frames of a connection leave as one portion. While work is left, the next deadline is now.
"""

import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum

from dhcpserver.failover import states
from dhcpserver.failover.balance import Balancer
from dhcpserver.failover.effects import Effect, Store
from dhcpserver.failover.errors import CannotSetPartnerDown, DateInFuture, DateTooEarly
from dhcpserver.failover.gate import Gate, MessageKind, Verdict
from dhcpserver.failover.incoming import Incoming, dotted
from dhcpserver.failover.leasing import Leasing
from dhcpserver.failover.outbox import DETAIL, Outbox
from dhcpserver.failover.record import FailoverRecord
from dhcpserver.failover.resync import Asking, Marking, Serving, kind
from dhcpserver.failover.session import Happening, Heard, Lost, Opened, Session
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import Event, Origin, State
from dhcpserver.failover.updates import Updates, describe
from dhcpserver.failover.view import EndpointView, Failure, LinkView, ResyncView, Transition
from dhcpserver.leases.addressset import AddressSet
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease
from dhcpserver.leases.pool import Pool
from dhcpserver.wire import failover4
from dhcpserver.wire.failover4 import (
    Message,
    PoolRequest,
    PoolResponse,
    StateReport,
    UpdateDone,
    UpdateRequest,
    UpdateRequestAll,
    Vendor,
)
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate

HEARTBEAT_SECONDS = 10
BALANCE_SECONDS = 3600
RETRY_SECONDS = 600
"""Between attempts with updates that the partner refused."""
POOL_REQUEST_SECONDS = 10
"""Between pool requests at least."""
ACK_SECONDS = 120
STALL_SECONDS = 120
SHUTDOWN_SECONDS = 3
RESTORED_SECONDS = 60
"""A record of the last contact that is older than the partner's by more than this comes from a restored backup."""
WORK_PER_TURN = 500
TRANSITIONS_KEPT = 50

FLOWS = frozenset((State.NORMAL, State.CONFLICT_DONE, State.RECOVER_DONE))
"""States in which news flows to the partner unasked."""
NEVER = float("inf")


class Timer(Enum):
    """What the endpoint waits for, beside its connection's deadlines."""

    STARTUP = "startup"
    SAFE_PERIOD = "safe period"
    RECOVER_WAIT = "recover wait"
    HEARTBEAT = "heartbeat"
    RETRY = "retry"
    BALANCE = "balance"
    POOL_REQUEST = "pool request"
    WATCH = "watch"
    STOP = "stop"


class Endpoint:
    """See the module; implements Partnership for the DHCP service.

    Attributes:
        state: where the endpoint is.
        communications_ok: whether a STATE arrived on the open connection.
        stopped: after `stop`, whether nothing more is to be waited for.
    """

    def __init__(
        self,
        settings: PairSettings,
        book: Book,
        record: FailoverRecord | None,
        now: float,
        entropy: random.Random,
        log_settings: frozenset[str],
    ) -> None:
        if record is not None and record.main is not settings.main:
            record = None
        self._settings = settings
        self._book = book
        self._outbox = Outbox(log_settings)
        self._session = Session(settings, self._outbox, entropy)
        self._updates = Updates(book, settings.main, settings.mclt)
        self._leasing = Leasing(settings, book, self._updates)
        self._incoming = Incoming(settings, book, self._updates, self._leasing, self._outbox)
        self._balancer = Balancer(settings, book, self._updates, self._outbox)
        self._serving: Serving | None = None
        self._served = False
        self._asking: Asking | None = None
        self._sweeps: deque[Callable[[int], bool]] = deque()
        self._timers: dict[Timer, float] = {}
        self._transitions: deque[Transition] = deque(maxlen=TRANSITIONS_KEPT)
        self._now = now
        self._peer_communicated = False
        self._alarmed = False
        self._partner_starting = False
        recover = settings.failover_recover
        restored = bool(recover) and (record is None or record.waited_for != recover)
        self._start_state, self._origin = states.candidate(record.state if record else None, settings.main, restored)
        self._time_of_failure = float(recover) if restored else float(record.last_operational if record else 0)
        self._record = record or FailoverRecord(
            self._start_state, int(now), settings.main, last_operational=0, mclt=settings.mclt
        )
        if restored:
            self._record = replace(self._record, recover_all=True, waited_for=recover, time_of_failure=recover)
        self._session.communicated = self._record.ever_communicated
        self._session.last_contact = float(self._record.last_contact)
        self.state = State.STARTUP
        self._since = now
        self._reason = "server start"
        self._previous: State | None = self._record.state if record else None
        self.communications_ok = False
        self.stopped = False
        self._gate = Gate(State.STARTUP, settings.main, settings.load_balancing)

    # Partnership

    def answers(self, kind: MessageKind, key: bytes) -> Verdict:
        """See Partnership."""
        return self._gate.answers(kind, key)

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
        settings = self._settings
        main, backup = settings.local_name, settings.partner_name
        if not settings.main:
            main, backup = backup, main
        self._outbox.log(
            4092,
            "Info",
            f"Failover is enabled server-wide. Main server name: '{main}', backup server name: '{backup}', "
            f"mclt = {settings.mclt}, backup-pct = {settings.backup_pct}, "
            f"dynamic-bootp-backup-pct = {settings.dynamic_bootp_backup_pct}, "
            f"use-safe-period: {'enabled' if settings.use_safe_period else 'disabled'}, "
            f"safe-period = {settings.safe_period}.",
        )
        self._timers[Timer.RETRY] = now + RETRY_SECONDS
        self._timers[Timer.BALANCE] = now + BALANCE_SECONDS
        if not settings.startup_wait:
            self._timers[Timer.STARTUP] = now + settings.startup_time
        self._session.start(now)

    def stop(self, now: float, *, long: bool) -> None:
        """Tell the partner that this server goes: for a short while, or for long. `stopped` says when to leave."""
        self._now = now
        if self.stopped or self.state in (State.PAUSED, State.SHUTDOWN):
            return
        event = Event.STOP_LONG if long else Event.STOP_SHORT
        following = states.on_event(self.state, event, self._settings.main)
        assert following is not None, "every running state can be stopped"
        self._record = replace(self._record, last_operational=int(now))
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

    def link_up(self, connection: int, now: float, *, outbound: bool, transport: str, local: str, remote: str) -> None:
        """A TCP connection is there; `transport` is `ipv4` or `ipv6`."""
        self._now = now
        self._session.link_up(connection, now, outbound, transport, local, remote)

    def link_data(self, connection: int, data: bytes, now: float) -> None:
        """Octets arrived."""
        self._now = now
        self._handle(self._session.receive(connection, data, now), now)

    def link_down(self, connection: int, now: float, cause: str) -> None:
        """A TCP connection ended; not for those closed by an effect."""
        self._now = now
        self._handle(self._session.link_down(connection, now, cause), now)

    def dial_failed(self, now: float, cause: str) -> None:
        """A Dial came to nothing."""
        self._now = now
        self._session.dial_failed(now, cause)

    def _handle(self, happenings: list[Happening], now: float) -> None:
        for happening in happenings:
            if isinstance(happening, Heard):
                message = happening.message
                handler = _HANDLERS.get(type(message))
                if handler is not None:
                    handler(self, message, now)
            elif isinstance(happening, Opened):
                self._opened(happening, now)
            else:
                self._lost(happening, now)

    def _opened(self, opened: Opened, now: float) -> None:
        peer = opened.peer
        self._updates.window = peer.max_unacked
        self._incoming.foreign = self._balancer.foreign = peer.foreign
        self._peer_communicated = bool(peer.vendor.communicated)
        uid = peer.vendor.uid or b""
        stale = bool(self._record.partner_uid and uid != self._record.partner_uid) or (
            self._record.ever_communicated
            and not peer.foreign
            and (peer.vendor.last_contact or 0) < self._record.last_contact - RESTORED_SECONDS
        )
        if stale:
            self._sweeps.append(Marking(self._book, self._updates).step)
        if (
            self._record.ever_communicated
            and (peer.vendor.last_contact or 0) > self._record.last_contact + RESTORED_SECONDS
        ):
            self._record = replace(self._record, recover_all=True)
        self._record = replace(self._record, partner_uid=uid)
        self._send_state(now)

    def _lost(self, lost: Lost, now: float) -> None:
        was_ok = self.communications_ok
        self._connection_over()
        if self.state in (State.PAUSED, State.SHUTDOWN):
            self._end(now)
            return
        self._record = replace(self._record, last_contact=int(self._session.last_contact))
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
        self._updates.connection_lost()
        self._balancer.stop()
        self._serving = self._asking = None
        self._served = False
        self._timers.pop(Timer.WATCH, None)
        self._timers.pop(Timer.POOL_REQUEST, None)

    def _interrupted(self, cause: str, now: float) -> None:
        """Contact was lost, or did not come about at start: once for each interruption."""
        self._record = replace(self._record, interrupted_since=int(now))
        settings = self._settings
        ends = "is not used"
        if settings.use_safe_period:
            ends = f"ends in {settings.safe_period} s"
        partner = settings.partner_name or str(settings.partner_address or settings.partner_address6 or "")
        self._outbox.log(
            18101,
            "Warning",
            f"Failover pair '{settings.name}': contact with partner {partner} lost ({cause}); safe period {ends}.",
        )
        if not self._alarmed:
            self._alarmed = True
            self._trap("other-server-not-responding")

    def _trap(self, name: str) -> None:
        settings = self._settings
        self._outbox.trap(
            name,
            pair=settings.name,
            role=settings.role,
            partner_name=settings.partner_name,
            partner_address=settings.partner_address,
            partner_address6=settings.partner_address6,
        )

    # States

    def _enter(self, state: State, now: float, reason: str, *, announce: bool = True) -> None:
        """Go to a state. One that is only passed through is not announced: the partner would follow it in a circle."""
        old = self.state
        self._transitions.append(Transition(now, old, state, reason, self._record.partner_state))
        self._previous = old
        self.state = state
        self._since = now
        self._reason = reason
        self._asking = None
        settings = self._settings
        partner = self._record.partner_state
        self._outbox.log(
            18100,
            "Info",
            f"Failover pair '{settings.name}' ({settings.role}): state {old.value} -> {state.value}, reason {reason}, "
            f"partner state {partner.value if partner else 'unknown'}.",
        )
        if state not in (State.STARTUP, State.PAUSED, State.SHUTDOWN):
            self._record = replace(self._record, state=state, since=int(now), previous=old)
        leaving = _LEAVE.get(old)
        if leaving is not None:
            leaving(self, now)
        self._gate = Gate(state, settings.main, settings.load_balancing)
        if old is State.STARTUP:
            self._timers.pop(Timer.STARTUP, None)
            self._timers[Timer.HEARTBEAT] = now + HEARTBEAT_SECONDS
            self._record = replace(self._record, last_operational=int(now))
        action = _ENTER.get(state)
        if action is not None:
            action(self, now)
        self._tell_leasing()
        self._store()
        if announce and self._session.link is not None:
            self._send_state(now)

    def _tell_leasing(self) -> None:
        record = self._record
        self._leasing.enter(self.state, record.partner_down_time, record.partner_down_entered, record.mclt)

    def _store(self) -> None:
        self._outbox.put(Store(self._record))

    def _send_state(self, now: float) -> None:
        starting = self.state is State.STARTUP
        state = self._start_state if starting else self.state
        link = self._session.link
        vendor = None
        if link is not None and link.peer is not None and not link.peer.foreign:
            vendor = Vendor(
                communicated=int(self._record.ever_communicated),
                last_contact=int(self._session.last_contact),
                partner_down_time=self._record.partner_down_time if state is State.PARTNER_DOWN else None,
            )
        since = self._record.since if starting else int(self._since)
        report = StateReport(
            self._session.xid(), 0, state.number, failover4.STARTUP_FLAG if starting else 0, since, vendor
        )
        self._session.send(report, now)

    def _heard_state(self, report: StateReport, now: float) -> None:
        partner = states.by_number(report.state)
        if partner is None:
            return
        starting = bool((report.flags or 0) & failover4.STARTUP_FLAG)
        self._partner_starting = starting
        first = not self.communications_ok
        strangers = not self._record.ever_communicated
        self.communications_ok = True
        self._record = replace(
            self._record, partner_state=partner, partner_since=report.since or 0, last_contact=int(now)
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
                self._record = replace(
                    self._record, state=State.RECOVER, since=int(now), time_of_failure=int(now), recover_all=False
                )
                self._store()
                self._end(now)
        elif not starting:
            self._apply(partner, now)

    def _contact(self, now: float) -> None:
        """Communications became OK."""
        settings = self._settings
        link = self._session.link
        assert link is not None
        family = "IPv6" if link.transport == "ipv6" else "IPv4"
        self._outbox.log(
            18102,
            "Info",
            f"Failover pair '{settings.name}': contact with partner established over {family} from {link.local} to "
            f"{link.remote} in {1000 * (now - link.since):.0f} ms.",
        )
        self._timers.pop(Timer.SAFE_PERIOD, None)
        self._timers[Timer.WATCH] = now + HEARTBEAT_SECONDS
        self._record = replace(self._record, ever_communicated=True, interrupted_since=0)
        if self._alarmed:
            self._alarmed = False
            self._trap("other-server-responding")

    def _leave_startup(self, partner: State, since: int, now: float) -> None:
        link = self._session.link
        foreign = link is not None and link.peer is not None and link.peer.foreign
        knows = partner not in _FRESH if foreign else self._peer_communicated
        state, origin = states.resume(
            self._start_state,
            self._origin,
            partner=partner,
            partner_since=since,
            partner_knows_us=knows,
            time_of_failure=self._time_of_failure,
        )
        if state is State.RECOVER:
            failed = self._record.time_of_failure
            if origin is Origin.LOST_DATABASE or (foreign and origin is Origin.FIRST_START):
                failed = int(now)
            elif origin is Origin.PARTNER_TOOK_OVER:
                failed = int(self._time_of_failure)
            everything = origin in (Origin.LOST_DATABASE, Origin.FIRST_START) or self._record.recover_all
            self._record = replace(self._record, time_of_failure=failed, recover_all=everything)
        self._session.communicated = True
        self._enter(state, now, origin.value)

    def _apply(self, partner: State, now: float) -> None:
        """Take the cell of the table for what the partner reports."""
        main = self._settings.main
        move = states.on_report(self.state, partner)
        reason = f"partner is {partner.value}"
        if move.via:
            failed = states.on_event(self.state, Event.COMMUNICATIONS_FAILED, main)
            if failed is not None:
                self._enter(failed, now, reason, announce=False)
            move = states.on_report(self.state, partner)
        if move.to is not None:
            if move.to is State.PARTNER_DOWN:
                self._set_down_time(self._record.partner_since or now, now)
            self._enter(move.to, now, reason)
            move = states.on_report(self.state, partner)
        if move.ask.concerns(main) and self._asking is None:
            self._ask(now)

    def _ask(self, now: float) -> None:
        everything = self.state is State.RECOVER and self._record.recover_all
        request = UpdateRequestAll if everything else UpdateRequest
        xid = self._session.xid()
        self._asking = Asking(everything, xid, now, now)
        self._session.send(request(xid), now)
        self._outbox.log(18113, "Info", f"Recovery: {kind(everything)} started.")

    # What states set in motion

    def _entered_normal(self, now: float) -> None:
        self._asking = None
        self._updates.unremembering = False
        self._timers[Timer.BALANCE] = now + BALANCE_SECONDS
        self._record = replace(self._record, recover_all=False, time_of_failure=0, mclt=self._settings.mclt)
        if self._settings.main:
            self._balancer.check_all()
        else:
            self._timers[Timer.POOL_REQUEST] = now

    def _left_normal(self, now: float) -> None:
        self._balancer.stop()
        self._timers.pop(Timer.POOL_REQUEST, None)

    def _entered_interrupted(self, now: float) -> None:
        if not self.communications_ok and not self._record.interrupted_since:
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
            self._timers[Timer.SAFE_PERIOD] = (self._record.interrupted_since or now) + settings.safe_period

    def _left_interrupted(self, now: float) -> None:
        self._timers.pop(Timer.SAFE_PERIOD, None)

    def _entered_partner_down(self, now: float) -> None:
        if not self._record.partner_down_entered:
            self._set_down_time(now, now)
        waiting = deque(lease for pool in self._book.pools.values() for lease in pool.pending.values())

        def step(budget: int) -> bool:
            for _ in range(min(budget, len(waiting))):
                self._leasing.due(waiting.popleft(), self._now)
            return not waiting

        self._sweeps.append(step)

    def _set_down_time(self, down: float, now: float) -> None:
        self._record = replace(self._record, partner_down_time=int(down), partner_down_entered=int(now))

    def _left_partner_down(self, now: float) -> None:
        self._record = replace(self._record, partner_down_time=0, partner_down_entered=0)

    def _entered_recover_wait(self, now: float) -> None:
        failed = self._record.time_of_failure
        until = failed + self._settings.mclt if failed else now
        self._timers[Timer.RECOVER_WAIT] = until
        if until > now:
            self._outbox.log(
                18114,
                "Info",
                f"Waiting MCLT: {until - now:.0f} s left (time of failure {failed} + {self._settings.mclt}).",
            )

    def _left_recover_wait(self, now: float) -> None:
        self._timers.pop(Timer.RECOVER_WAIT, None)

    # Messages on the open connection

    def _heard_update(self, update: BindingUpdate, now: float) -> None:
        link = self._session.link
        if link is None:
            return
        if self._asking is not None:
            self._asking.heard = now
            self._asking.received += 1
        self._incoming.receive(update, now, link.frames)

    def _heard_ack(self, ack: BindingAck, now: float) -> None:
        flight = self._updates.acknowledged(ack, now)
        if flight is None:
            return
        if ack.reject is not None or self._outbox.detail:
            self._outbox.log(
                18107,
                "Warning" if ack.reject is not None else "Activity",
                f"DHCPBNDACK received xid {ack.xid} lease {dotted(ack.address)} ({describe(flight, ack)}).",
                None if ack.reject is not None else DETAIL,
            )

    def _heard_request(self, request: UpdateRequest | UpdateRequestAll, now: float) -> None:
        everything = isinstance(request, UpdateRequestAll)
        if everything:
            self._updates.unremembering = True
        self._serving = Serving(
            self._book, self._updates, everything, request.xid, now, mark=everything or bool(self._sweeps)
        )
        self._outbox.log(18113, "Info", f"Recovery: the partner's {kind(everything)} started.")

    def _heard_done(self, done: UpdateDone, now: float) -> None:
        asking = self._asking
        if asking is None or (done.xid != asking.xid and not self._incoming.foreign):
            return
        self._asking = None
        self._outbox.log(
            18113,
            "Info",
            f"Recovery: {kind(asking.everything)} done in {now - asking.started:.0f} s, {asking.received} leases.",
        )
        following = states.on_event(self.state, Event.UPDATE_DONE, self._settings.main)
        if following is not None:
            self._enter(following, now, Event.UPDATE_DONE.value)

    def _heard_pool_request(self, request: PoolRequest, now: float) -> None:
        transferred = 0
        if self.state is State.NORMAL:
            if self._settings.main:
                transferred = self._balancer.check_all()
            elif self._balancer.foreign:
                transferred = self._balancer.push()
        self._session.send(PoolResponse(request.xid, 0, transferred), now)

    def _heard_pool_response(self, response: PoolResponse, now: float) -> None:
        if response.transferred and self.state is State.NORMAL:
            self._timers[Timer.POOL_REQUEST] = now + POOL_REQUEST_SECONDS

    # The operator

    def set_partner_down(self, date: float | None, now: float, *, operator: str, expert: bool) -> None:
        """The operator's word that the partner is down, since `date` (None: since contact was lost).

        Raises OperatorError, and then changes nothing.
        """
        self._now = now
        following = states.on_event(self.state, Event.OPERATOR_PARTNER_DOWN, self._settings.main)
        if following is None:
            raise CannotSetPartnerDown(self.state)
        earliest = float(self._record.interrupted_since or int(now))
        down = earliest if date is None else date
        if down > now:
            raise DateInFuture(down, now)
        if down < earliest and not expert:
            raise DateTooEarly(down, earliest)
        self._handle(self._session.disconnect(now, None, "partner set down by operator"), now)
        self._set_down_time(down, now)
        source = "start of communications interrupted" if date is None else "given by the operator"
        self._outbox.log(
            18105,
            "Warning",
            f"Failover pair '{self._settings.name}' entered PARTNER-DOWN by operator {operator}, partner last "
            f"operational {int(down)} ({source}).",
        )
        self._enter(following, now, f"set by operator {operator}")

    # Time

    def next_deadline(self) -> float:
        """When `tick` should be called at the latest."""
        if self._sweeps or (self.communications_ok and (self._working() or self._can_send())):
            return self._now
        return min(min(self._timers.values(), default=NEVER), self._session.next_deadline())

    def tick(self, now: float) -> None:
        """Do what is due."""
        self._now = now
        self._handle(self._session.tick(now), now)
        for timer, when in list(self._timers.items()):
            if when <= now and self._timers.get(timer) == when:
                del self._timers[timer]
                _TIMERS[timer](self, now)

    def _startup_over(self, now: float) -> None:
        if self.state is State.STARTUP:
            record = self._record
            if self._start_state is State.RECOVER and self._origin is Origin.FIRST_START:
                self._record = replace(record, recover_all=True)
            self._record = replace(self._record, interrupted_since=0)
            self._enter(self._start_state, now, f"{self._origin.value}; no contact in STARTUP")

    def _safe_period_over(self, now: float) -> None:
        following = states.on_event(self.state, Event.SAFE_PERIOD_OVER, self._settings.main)
        if following is None or self.communications_ok:
            return
        settings = self._settings
        down = now if settings.safe_period_strict else self._record.interrupted_since
        self._set_down_time(down, now)
        self._enter(following, now, Event.SAFE_PERIOD_OVER.value)
        self._outbox.log(
            18104,
            "Warning",
            f"Failover pair '{settings.name}' entered PARTNER-DOWN automatically after safe period "
            f"{settings.safe_period} s; partner pool usable in {self._leasing.others_usable_at() - now:.0f} s.",
        )

    def _wait_over(self, now: float) -> None:
        following = states.on_event(self.state, Event.WAIT_OVER, self._settings.main)
        if following is not None:
            self._enter(following, now, Event.WAIT_OVER.value)

    def _heartbeat(self, now: float) -> None:
        self._timers[Timer.HEARTBEAT] = now + HEARTBEAT_SECONDS
        self._record = replace(self._record, last_operational=int(now), last_contact=int(self._session.last_contact))
        self._store()

    def _retry(self, now: float) -> None:
        self._timers[Timer.RETRY] = now + RETRY_SECONDS
        self._updates.retry_refused()

    def _balance(self, now: float) -> None:
        self._timers[Timer.BALANCE] = now + BALANCE_SECONDS
        if self.state is State.NORMAL:
            if self._settings.main:
                self._balancer.check_all()
            else:
                self._request_pool(now)

    def _request_pool(self, now: float) -> None:
        if self.state is State.NORMAL and self.communications_ok:
            self._session.send(PoolRequest(self._session.xid()), now)

    def _watch(self, now: float) -> None:
        """Give up on a partner that answers nothing that matters."""
        self._timers[Timer.WATCH] = now + HEARTBEAT_SECONDS
        oldest = self._updates.oldest()
        if oldest is not None and now - oldest > ACK_SECONDS:
            self._handle(self._session.disconnect(now, None, f"no acknowledgement for {ACK_SECONDS} s"), now)
        elif self._asking is not None and now - self._asking.heard > STALL_SECONDS:
            self._handle(self._session.disconnect(now, None, f"update request unanswered for {STALL_SECONDS} s"), now)

    # The end of a turn

    def _working(self) -> bool:
        return (self._serving is not None and self._serving.marking) or self._balancer.busy

    def _can_send(self) -> bool:
        return self._updates.ready and self._flowing()

    def _flowing(self) -> bool:
        """Whether the partner is told news: always in some states, in the others once it asked."""
        return self.state in FLOWS or self._served or self._serving is not None

    def flush(self, now: float) -> None:
        """End the turn: bounded work, updates within the window, one portion of octets for each connection."""
        self._now = now
        if self._sweeps and self._sweeps[0](WORK_PER_TURN):
            self._sweeps.popleft()
        link = self._session.link
        if link is not None and self.communications_ok:
            self._work(now)
            sent = self._updates.emit(link.frames, now) if self._flowing() else []
            if self._outbox.detail:
                for flight in sent:
                    lease = flight.lease
                    self._outbox.log(
                        18106,
                        "Activity",
                        f"DHCPBNDUPD sent xid {flight.xid} lease {dotted(lease.address)} status {flight.status.name} "
                        f"expires {lease.state_exp} potential {flight.potential}.",
                        DETAIL,
                    )
            serving = self._serving
            if serving is not None and serving.complete:
                self._serving = None
                self._served = True
                self._updates.lift_barrier()
                self._session.send(UpdateDone(serving.xid), now)
                self._outbox.log(
                    18113,
                    "Info",
                    f"Recovery: the partner's {kind(serving.everything)} {serving.total} of {serving.total} done in "
                    f"{now - serving.started:.0f} s.",
                )
        self._leasing.touched.clear()
        self._session.flush(now)

    def _work(self, now: float) -> None:
        if self._serving is not None and self._serving.marking:
            self._serving.step(WORK_PER_TURN)
        if self.state is not State.NORMAL:
            return
        touched = self._leasing.touched
        if self._settings.main:
            for pool in touched:
                self._balancer.check(pool)
        elif Timer.POOL_REQUEST not in self._timers and any(not pool.backup and pool.free for pool in touched):
            self._timers[Timer.POOL_REQUEST] = now + POOL_REQUEST_SECONDS
        if self._balancer.busy:
            self._balancer.step(now, WORK_PER_TURN)
        if self._balancer.wanting and Timer.POOL_REQUEST not in self._timers:
            self._balancer.wanting = False
            self._timers[Timer.POOL_REQUEST] = now + POOL_REQUEST_SECONDS

    def take_effects(self) -> list[Effect]:
        """What is to be done, in order; forgets it."""
        return self._outbox.take()

    # For the management interface

    def view(self, now: float) -> EndpointView:
        """A snapshot."""
        settings, record, link, updates = self._settings, self._record, self._session.link, self._updates
        ends = self._timers.get(Timer.SAFE_PERIOD)
        down = self.state is State.PARTNER_DOWN
        oldest = updates.oldest()
        failure = self._session.last_failure
        partner = State.STARTUP if self._partner_starting else record.partner_state
        return EndpointView(
            name=settings.name,
            role=settings.role,
            server_name=settings.local_name,
            partner_name=settings.partner_name,
            state=self.state,
            state_since=self._since,
            state_reason=self._reason,
            previous_state=self._previous,
            partner_state=partner,
            partner_state_since=record.partner_since or None,
            communications_ok=self.communications_ok,
            start_of_communications_interrupted=record.interrupted_since or None,
            last_contact=self._session.last_contact or None,
            ever_communicated=record.ever_communicated,
            link=None
            if link is None
            else LinkView(
                link.transport, link.local, link.remote, link.since, link.peer.vendor_class if link.peer else ""
            ),
            last_failure=None if failure is None else Failure(*failure),
            mclt=settings.mclt,
            backup_pct=settings.backup_pct,
            load_balancing=settings.load_balancing,
            use_safe_period=settings.use_safe_period,
            safe_period=settings.safe_period,
            safe_period_remaining=None if ends is None else max(ends - now, 0.0),
            safe_period_ends=ends,
            partner_down_time=record.partner_down_time if down else None,
            partner_pool_usable_at=self._leasing.others_usable_at() if down else None,
            recover_deadline=self._timers.get(Timer.RECOVER_WAIT),
            time_skew=None if link is None else link.skew,
            unacked_updates=updates.unacked,
            max_unacked_updates=updates.window or settings.max_unacked,
            updates_pending=updates.pending,
            updates_resting=updates.resting,
            oldest_unacked_age=None if oldest is None else now - oldest,
            updates=replace(updates.counters),
            resync=self._resync(),
            config_mismatch=self._session.mismatch,
            transitions=tuple(self._transitions),
        )

    def _resync(self) -> ResyncView | None:
        if self._asking is not None:
            return ResyncView(_RESYNC[self._asking.everything], "receiving", self._asking.received, None)
        if self._serving is not None:
            return ResyncView(_RESYNC[self._serving.everything], "sending", self._serving.done, self._serving.total)
        return None


_RESYNC = {True: "update-request-all", False: "update-request"}
_FRESH = frozenset((State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE, State.STARTUP))
"""What a partner that never talked to this server reports."""

_HANDLERS: Mapping[type[Message], Callable[..., None]] = {
    BindingUpdate: Endpoint._heard_update,
    BindingAck: Endpoint._heard_ack,
    StateReport: Endpoint._heard_state,
    UpdateRequest: Endpoint._heard_request,
    UpdateRequestAll: Endpoint._heard_request,
    UpdateDone: Endpoint._heard_done,
    PoolRequest: Endpoint._heard_pool_request,
    PoolResponse: Endpoint._heard_pool_response,
}
"""What a message does; CONTACT has done its work by arriving."""

_ENTER: Mapping[State, Callable[[Endpoint, float], None]] = {
    State.NORMAL: Endpoint._entered_normal,
    State.COMMUNICATIONS_INTERRUPTED: Endpoint._entered_interrupted,
    State.PARTNER_DOWN: Endpoint._entered_partner_down,
    State.RECOVER_WAIT: Endpoint._entered_recover_wait,
}

_LEAVE: Mapping[State, Callable[[Endpoint, float], None]] = {
    State.NORMAL: Endpoint._left_normal,
    State.COMMUNICATIONS_INTERRUPTED: Endpoint._left_interrupted,
    State.PARTNER_DOWN: Endpoint._left_partner_down,
    State.RECOVER_WAIT: Endpoint._left_recover_wait,
}

_TIMERS: Mapping[Timer, Callable[[Endpoint, float], None]] = {
    Timer.STARTUP: Endpoint._startup_over,
    Timer.SAFE_PERIOD: Endpoint._safe_period_over,
    Timer.RECOVER_WAIT: Endpoint._wait_over,
    Timer.HEARTBEAT: Endpoint._heartbeat,
    Timer.RETRY: Endpoint._retry,
    Timer.BALANCE: Endpoint._balance,
    Timer.POOL_REQUEST: Endpoint._request_pool,
    Timer.WATCH: Endpoint._watch,
    Timer.STOP: Endpoint._end,
}
