"""What the two servers exchange about leases while they communicate, and the bounded work that goes with it.

Updates flow in both directions (`updates`, `incoming`), either side may ask for all of them (`resync`), and free
addresses move between the shares (`balance`). `flush` does, at the end of a turn, a bounded part of whatever is under
way and fills the partner's window; `working` says whether anything is left to do at once.

News flows unasked in some states (`FLOWS`), in the others once the partner has asked on this connection: a partner that
is recovering wants the answer to its request first, and then whatever follows it.
"""

from collections import deque
from collections.abc import Callable, Mapping
from enum import Enum

from dhcpserver.failover.balance import Balancer
from dhcpserver.failover.incoming import Incoming, dotted
from dhcpserver.failover.leasing import Leasing
from dhcpserver.failover.link import Link
from dhcpserver.failover.outbox import DETAIL, Outbox
from dhcpserver.failover.resync import Asking, Marking, Serving, kind
from dhcpserver.failover.session import Session
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import State
from dhcpserver.failover.updates import Flight, Updates, describe
from dhcpserver.failover.view import ResyncView
from dhcpserver.leases.book import Book
from dhcpserver.wire.failover4 import (
    Message,
    PoolRequest,
    PoolResponse,
    UpdateDone,
    UpdateRequest,
    UpdateRequestAll,
)
from dhcpserver.wire.failover4_bindings import BindingAck, BindingUpdate

FLOWS = frozenset((State.NORMAL, State.CONFLICT_DONE, State.RECOVER_DONE))
"""States in which news flows to the partner unasked."""
BALANCE_SECONDS = 3600
RETRY_SECONDS = 600
"""Between attempts with updates that the partner refused."""
POOL_REQUEST_SECONDS = 10
"""Between pool requests at least."""
WATCH_SECONDS = 10
ACK_SECONDS = 120
STALL_SECONDS = 120
WORK_PER_TURN = 500
MANY_UPDATES = 1000
"""So many that wait are said from time to time: the partner was away for long."""
NEVER = float("inf")

Sweep = Callable[[int, float], bool]
"""Long work: does at most so much of it at a time, and says whether that was the last."""


class Timer(Enum):
    """What the exchange waits for."""

    RETRY = "retry"
    BALANCE = "balance"
    POOL_REQUEST = "pool request"
    WATCH = "watch"


class Exchange:
    """See the module.

    Attributes:
        updates: what the partner must be told.
        asking: our own update request, None without one.
        finished: whether an UPDDONE answered it; the endpoint takes note and sets it back.
    """

    def __init__(
        self,
        settings: PairSettings,
        book: Book,
        updates: Updates,
        leasing: Leasing,
        session: Session,
        outbox: Outbox,
        now: float,
    ) -> None:
        self._settings = settings
        self._book = book
        self._leasing = leasing
        self._session = session
        self._outbox = outbox
        self._incoming = Incoming(settings, book, updates, leasing, outbox)
        self._balancer = Balancer(settings, book, updates, outbox)
        self._serving: Serving | None = None
        self._served = False
        self._held = False
        self._sweeps: deque[Sweep] = deque()
        self._markings = 0
        self._state = State.STARTUP
        self._timers = {Timer.RETRY: now + RETRY_SECONDS, Timer.BALANCE: now + BALANCE_SECONDS}
        self.updates = updates
        self.asking: Asking | None = None
        self.finished = False

    # The connection and the state

    def opened(self, window: int, foreign: bool) -> None:
        """A connection is open; what the partner accepts unacknowledged, and whether it speaks draft-12 alone."""
        self.updates.window = window
        self._incoming.foreign = self._balancer.foreign = foreign

    def established(self, now: float) -> None:
        """Communications are OK."""
        self._timers[Timer.WATCH] = now + WATCH_SECONDS

    def closed(self) -> None:
        """The connection is over."""
        self.updates.connection_lost()
        self._balancer.stop()
        if self._serving is not None and self._serving.marking and not self.marking:
            self.mark_all()  # A later request, for what is new alone, then continues the one for everything.
        self._serving = self.asking = None
        self._served = False
        self._timers.pop(Timer.WATCH, None)
        self._timers.pop(Timer.POOL_REQUEST, None)

    def enter(self, state: State, now: float) -> None:
        """The endpoint's state. A request of our own belonged to the state before."""
        if self._state is State.NORMAL:
            self._balancer.stop()
            self._timers.pop(Timer.POOL_REQUEST, None)
        self._state = state
        self.asking = None
        if state is State.NORMAL:
            self._held = False
            self._timers[Timer.BALANCE] = now + BALANCE_SECONDS
            if self._settings.main:
                self._balancer.check_all()
            else:
                self._timers[Timer.POOL_REQUEST] = now

    def rebalance(self, operator: str) -> int:
        """Make the shares exact, at an operator's word; how many addresses will move."""
        moves = self._balancer.make_exact()
        self._outbox.log(18125, "Info", f"Rebalancing by operator {operator}: {moves} addresses move.")
        return moves

    def mark_all(self) -> None:
        """The partner is another one, or knows less than we thought: tell it everything, in time."""
        marking = Marking(self._book, self.updates)
        self._markings += 1

        def work(budget: int, now: float) -> bool:
            done = marking.step(budget)
            self._markings -= done
            return done

        self.sweep(work)

    @property
    def marking(self) -> bool:
        """Whether `mark_all` is not yet through."""
        return self._markings > 0

    def sweep(self, work: Sweep) -> None:
        """Do long work in slices, after what is under way already."""
        self._sweeps.append(work)

    def ask(self, everything: bool, now: float) -> None:
        """Send an update request, unless one is under way."""
        if self.asking is not None:
            return
        request = UpdateRequestAll if everything else UpdateRequest
        xid = self._session.xid()
        self.asking = Asking(everything, xid, now, now)
        self._session.send(request(xid), now)
        self._outbox.log(18113, "Info", f"Recovery: {kind(everything)} started.")

    def settle(self) -> None:
        """Begin to wait until the partner has answered all that it is not told yet; see `settled`."""
        self._served = True
        self.updates.set_barrier()

    @property
    def settled(self) -> bool:
        """Whether it has."""
        return self.updates.behind_barrier() == 0

    def unsettle(self) -> None:
        """Wait no longer."""
        self.updates.lift_barrier()

    # Messages

    def heard(self, message: Message, now: float) -> None:
        """A message on the open connection; those that are not about leases are ignored."""
        handler = _HANDLERS.get(type(message))
        if handler is not None:
            handler(self, message, now)

    def _heard_update(self, update: BindingUpdate, now: float) -> None:
        link = self._session.link
        if link is None:
            return
        if self.asking is not None:
            self.asking.heard = now
            self.asking.received += 1
        self._incoming.receive(update, now, link.frames)

    def _heard_ack(self, ack: BindingAck, now: float) -> None:
        flight = self.updates.acknowledged(ack, now)
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
        mark = everything or bool(self._sweeps)
        hold = everything and not self._held
        self._held |= everything
        self._serving = Serving(self._book, self.updates, everything, request.xid, now, mark=mark, forgotten=hold)
        self._outbox.log(18113, "Info", f"Recovery: the partner's {kind(everything)} started.")

    def _heard_done(self, done: UpdateDone, now: float) -> None:
        asking = self.asking
        if asking is None or (done.xid != asking.xid and not self._incoming.foreign):
            return
        self.asking = None
        self.finished = True
        self._outbox.log(
            18113,
            "Info",
            f"Recovery: {kind(asking.everything)} done in {now - asking.started:.0f} s, {asking.received} leases.",
        )

    def _heard_pool_request(self, request: PoolRequest, now: float) -> None:
        transferred = 0
        if self._state is State.NORMAL:
            if self._settings.main:
                transferred = self._balancer.check_all()
            elif self._balancer.foreign:
                transferred = self._balancer.push()
        self._session.send(PoolResponse(request.xid, 0, transferred), now)

    def _heard_pool_response(self, response: PoolResponse, now: float) -> None:
        if response.transferred and self._state is State.NORMAL:
            self._timers[Timer.POOL_REQUEST] = now + POOL_REQUEST_SECONDS

    # Time

    @property
    def working(self) -> bool:
        """Whether something is to be done at once, in another turn."""
        if self._sweeps:
            return True
        if not self._timers.get(Timer.WATCH):
            return False
        marking = self._serving is not None and self._serving.marking
        return marking or self._balancer.busy or (self.updates.ready and self._flowing())

    def next_deadline(self) -> float:
        """When `tick` has something to do."""
        return min(self._timers.values(), default=NEVER)

    def tick(self, now: float) -> str | None:
        """Do what is due; why the connection should be given up, None when it should not."""
        cause: str | None = None
        for timer, when in list(self._timers.items()):
            if when <= now:
                del self._timers[timer]
                cause = _TIMERS[timer](self, now) or cause
        return cause

    def _retry(self, now: float) -> str | None:
        self._timers[Timer.RETRY] = now + RETRY_SECONDS
        self.updates.retry_refused()
        return None

    def _balance(self, now: float) -> str | None:
        self._timers[Timer.BALANCE] = now + BALANCE_SECONDS
        if self._state is State.NORMAL:
            if self._settings.main:
                self._balancer.check_all()
            else:
                self._request_pool(now)
        return None

    def _request_pool(self, now: float) -> str | None:
        if self._state is State.NORMAL:
            self._session.send(PoolRequest(self._session.xid()), now)
        return None

    def _watch(self, now: float) -> str | None:
        """Say how far long work is; give up a partner that keeps the connection up but answers nothing that matters."""
        self._timers[Timer.WATCH] = now + WATCH_SECONDS
        self._progress()
        oldest = self.updates.oldest()
        if oldest is not None and now - oldest > ACK_SECONDS:
            return f"no acknowledgement for {ACK_SECONDS} s"
        if self.asking is not None and now - self.asking.heard > STALL_SECONDS:
            return f"update request unanswered for {STALL_SECONDS} s"
        return None

    def _progress(self) -> None:
        """18113, while a request is under way or much is left to tell."""
        resync, pending = self.resync(), self.updates.pending
        if resync is not None:
            of = "" if resync.total is None else f" of {resync.total}"
            self._outbox.log(18113, "Info", f"Recovery: {resync.kind} {resync.direction}, {resync.done}{of} leases.")
        elif pending > MANY_UPDATES:
            self._outbox.log(18113, "Info", f"Recovery: {pending} updates left for the partner.")

    # The end of a turn

    def _flowing(self) -> bool:
        return self._state in FLOWS or self._served or self._serving is not None

    def flush(self, now: float, link: Link | None) -> None:
        """A bounded part of what is under way; `link` is the connection when communications are OK, else None."""
        if self._sweeps and self._sweeps[0](WORK_PER_TURN, now):
            self._sweeps.popleft()
        if link is not None:
            if self._serving is not None and self._serving.marking:
                self._serving.step(WORK_PER_TURN)
            if self._state is State.NORMAL:
                self._share_out(now)
            if self._flowing():
                sent = self.updates.emit(link.frames, now)
                if self._outbox.detail:
                    self._log_sent(sent)
            if self._serving is not None and self._serving.complete:
                self._done(self._serving, now)
        self._leasing.touched.clear()

    def _share_out(self, now: float) -> None:
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

    def _done(self, serving: Serving, now: float) -> None:
        self._serving = None
        self._served = True
        self.updates.lift_barrier()
        self._session.send(UpdateDone(serving.xid), now)
        self._outbox.log(
            18113,
            "Info",
            f"Recovery: the partner's {kind(serving.everything)} {serving.total} of {serving.total} done in "
            f"{now - serving.started:.0f} s.",
        )

    def _log_sent(self, sent: list[Flight]) -> None:
        for flight in sent:
            lease = flight.lease
            self._outbox.log(
                18106,
                "Activity",
                f"DHCPBNDUPD sent xid {flight.xid} lease {dotted(lease.address)} status {flight.status.name} "
                f"expires {lease.state_exp} potential {flight.potential}.",
                DETAIL,
            )

    def resync(self) -> ResyncView | None:
        """The update request under way."""
        if self.asking is not None:
            return ResyncView(_RESYNC[self.asking.everything], "receiving", self.asking.received, None)
        serving = self._serving
        if serving is not None:
            return ResyncView(_RESYNC[serving.everything], "sending", serving.done, serving.total)
        return None


_RESYNC = {True: "update-request-all", False: "update-request"}

_HANDLERS: Mapping[type[Message], Callable[..., None]] = {
    BindingUpdate: Exchange._heard_update,
    BindingAck: Exchange._heard_ack,
    UpdateRequest: Exchange._heard_request,
    UpdateRequestAll: Exchange._heard_request,
    UpdateDone: Exchange._heard_done,
    PoolRequest: Exchange._heard_pool_request,
    PoolResponse: Exchange._heard_pool_response,
}

_TIMERS: Mapping[Timer, Callable[[Exchange, float], str | None]] = {
    Timer.RETRY: Exchange._retry,
    Timer.BALANCE: Exchange._balance,
    Timer.POOL_REQUEST: Exchange._request_pool,
    Timer.WATCH: Exchange._watch,
}
