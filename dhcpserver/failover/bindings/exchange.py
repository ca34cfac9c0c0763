"""The exchange of bindings between the two servers, and the bounded work that belongs to it.

Updates are sent in both directions (`outgoing`, `incoming`), and either server may request all of them (`requests`).
At the end of a turn, `work` does a bounded part of the work that is left, and `send` fills the partner's window.

In some states (`SENDING`) updates are sent as leases change. In the others they are sent only after the partner's
request on this connection: a partner that recovers needs the answer to its request first, then the later changes.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dhcpserver.contract import messages
from dhcpserver.failover.bindings.incoming import IncomingUpdates
from dhcpserver.failover.bindings.leasing import LeaseRules
from dhcpserver.failover.bindings.lognames import acknowledgement_name, update_name
from dhcpserver.failover.bindings.outgoing import OutgoingUpdates
from dhcpserver.failover.bindings.requests import STALL_SECONDS, Request, UpdateRequests, families_of
from dhcpserver.failover.bindings.sentupdate import SentUpdate, ack_text
from dhcpserver.failover.bindings.sweeps import Sweeps
from dhcpserver.failover.codec import (
    BindingAck,
    BindingUpdate,
    Encoding,
    Message,
    UpdateDone,
    UpdateRequest,
    UpdateRequestAll,
)
from dhcpserver.failover.link.handshake import Peer
from dhcpserver.failover.link.session import Session
from dhcpserver.failover.link.startnumber import first_number
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.settings import PairSettings
from dhcpserver.failover.states import State
from dhcpserver.failover.timers import Timer, Timers
from dhcpserver.failover.view import UpdateCounters
from dhcpserver.leases.book import Book
from dhcpserver.leases.keys import Kind, text_of
from dhcpserver.leases.lease import Status

SENDING = frozenset((State.NORMAL, State.CONFLICT_DONE, State.RECOVER_DONE))
"""States in which updates are sent without a request."""
RETRY_SECONDS = 600
"""Between attempts with updates that the partner rejected."""
PROGRESS_SECONDS = 10
"""Between reports of progress and checks of the partner's answers."""
ACK_SECONDS = 120
"""How long an acknowledgement may take."""
WORK_PER_TURN = 500
MANY_UPDATES = 1000
"""If more updates wait than this, their number is logged repeatedly: the partner was away for a long time."""


class BindingExchange:
    """Sends and receives binding updates, and the requests for them.

    Attributes:
        updates: the updates to the partner.
        requests: the update requests in both directions.
        sweeps: long work.
    """

    def __init__(
        self,
        settings: PairSettings,
        book: Book,
        updates: OutgoingUpdates,
        leasing: LeaseRules,
        counters: UpdateCounters,
        session: Session,
        outbox: Outbox,
        encoding: Encoding[Any],
        encoding6: Encoding[Any],
        now: float,
    ) -> None:
        self._outbox = outbox
        self._leasing = leasing
        self._book = book
        self._numbers = session.introduction.numbers
        self._incoming = IncomingUpdates(
            settings, book, updates, leasing, counters, outbox, encoding.encode_ack, encoding6.encode_ack
        )
        self._send_marked = False
        self._state = State.STARTUP
        self._timers = Timers()
        self._timers.set(Timer.RETRY, now + RETRY_SECONDS)
        self.updates = updates
        self.sweeps = Sweeps(book, updates)
        self.requests = UpdateRequests(book, updates, self.sweeps, session, outbox, encoding, encoding6)

    # The connection and the state

    def open(self, peer: Peer, carried: frozenset[Kind]) -> None:
        """Handle a new connection. `carried`: the kinds of leases that both servers exchange."""
        remembered = not peer.foreign and peer.vendor.start is not None
        self.updates.open(peer.max_unacked, carried, remembered=remembered)
        self._incoming.open(peer.foreign)
        self.requests.open(families_of(carried))

    def establish(self, now: float) -> None:
        """Handle that communications became OK."""
        self._timers.set(Timer.PROGRESS, now + PROGRESS_SECONDS)

    def close(self) -> None:
        """Handle the end of the connection."""
        self.updates.close()
        self.requests.close()
        self._send_marked = False
        self._timers.stop(Timer.PROGRESS)

    def enter(self, state: State) -> None:
        """Handle a change of the endpoint's state."""
        self._state = state
        self.requests.enter(normal=state is State.NORMAL)

    def await_acks(self) -> None:
        """Send all marked updates and wait for their acknowledgements; see `acks_arrived`."""
        self._send_marked = True
        self.updates.set_barrier()

    @property
    def acks_arrived(self) -> bool:
        """Whether all updates that `await_acks` waits for are acknowledged."""
        return self.updates.behind_barrier() == 0

    def end_await_acks(self) -> None:
        """Stop waiting."""
        self.updates.lift_barrier()

    # Messages

    def receive(self, message: Message, frames: list[bytes], now: float) -> bool:
        """Handle a message on the open connection, and append the answer to `frames`.

        Messages that are not about bindings are ignored. Returns whether the message is the UPDDONE that answers this
        server's request.
        """
        handler = _HANDLERS.get(type(message))
        return handler is not None and handler(self, message, frames, now)

    def _receive_update(self, update: BindingUpdate, frames: list[bytes], now: float) -> bool:
        own = self.requests.own
        if own is not None:
            own.count_update(now)
        self._incoming.recovering = own is not None and own.everything
        self._incoming.receive(update, now, frames)
        start = self._numbers.partner
        if start and not self._incoming.foreign:
            # The number is stored with the lease, in this turn, whether the update was accepted or refused.
            self._numbers.receive(update.xid)
            book = self._book
            lease = book.leases.get(update.address)
            if lease is not None:
                lease.received = first_number(start) + update.xid
                if update.address not in book.changed:
                    book.touch(lease)
        return False

    def _receive_ack(self, ack: BindingAck, frames: list[bytes], now: float) -> bool:
        sent = self.updates.acknowledge(ack, now)
        if sent is not None and ack.reject is None and sent.lease.status is not Status.ACTIVE:
            self._leasing.touch(sent.lease.pool)  # The acknowledgement may have freed or moved the address.
        if sent is not None and (ack.reject is not None or self._outbox.detail):
            message = messages.UPDATE_ACKNOWLEDGED if ack.reject is None else messages.UPDATE_REFUSED
            self._outbox.log(
                message,
                acknowledgement=acknowledgement_name(ack.address),
                xid=ack.xid,
                address=text_of(ack.address),
                result=ack_text(ack),
            )
        return False

    def _receive_request(self, request: Request, frames: list[bytes], now: float) -> bool:
        self.requests.receive(request, now)
        return False

    def _receive_done(self, done: UpdateDone, frames: list[bytes], now: float) -> bool:
        return self.requests.receive_done(done, now, foreign=self._incoming.foreign)

    # Time

    def shift_clock(self, step: float) -> None:
        """Follow a step of this server's clock."""
        self._timers.shift(step)
        self.updates.shift_clock(step)
        self._incoming.shift_clock(step)
        self.requests.shift_clock(step)
        self.sweeps.follow_clock(step)

    @property
    def working(self) -> bool:
        """Whether work is left that the next turn should do at once."""
        if self.sweeps:
            return True
        if not self._timers.runs(Timer.PROGRESS):
            return False
        return self.requests.marking or (self.updates.ready and self._sending())

    def next_deadline(self) -> float:
        """Return when `tick` is due."""
        return self._timers.earliest

    def tick(self, now: float) -> str | None:
        """Handle the timers that have expired; return why the connection must be closed, None if it must not."""
        cause: str | None = None
        while (timer := self._timers.take(now)) is not None:
            cause = _TIMERS[timer](self, now) or cause
        return cause

    def _retry(self, now: float) -> str | None:
        self._timers.set(Timer.RETRY, now + RETRY_SECONDS)
        self.updates.retry_refused()
        return None

    def _check_progress(self, now: float) -> str | None:
        """Log the progress of long work; return a cause if the partner answers updates or requests too late."""
        self._timers.set(Timer.PROGRESS, now + PROGRESS_SECONDS)
        self._log_progress()
        oldest = self.updates.oldest()
        if oldest is not None and now - oldest > ACK_SECONDS:
            return f"no acknowledgement for {ACK_SECONDS} s"
        if self.requests.stalled(now):
            return f"update request unanswered for {STALL_SECONDS} s"
        return None

    def _log_progress(self) -> None:
        """18113, while a request is open or many updates wait."""
        resync, pending = self.requests.view(), self.updates.pending
        if resync is not None:
            of = "" if resync.total is None else f" of {resync.total}"
            self._outbox.log(
                messages.RECOVERY_PROGRESS, request=resync.kind, direction=resync.direction, done=f"{resync.done}{of}"
            )
        elif pending > MANY_UPDATES:
            self._outbox.log(messages.RECOVERY_LEFT, pending=pending)

    # The end of a turn

    def _sending(self) -> bool:
        return (
            self._state in SENDING or self._send_marked or self.requests.answered or self.requests.partner is not None
        )

    def work(self, now: float, *, connected: bool) -> None:
        """Do a bounded part of the work that is left. `connected`: whether communications are OK."""
        self.sweeps.step(WORK_PER_TURN, now)
        if connected and self.requests.marking:
            self.requests.step(WORK_PER_TURN)

    def send(self, frames: list[bytes], now: float) -> None:
        """Append the updates that fit into the partner's window, and UPDDONE if it is due."""
        if self._sending():
            sent = self.updates.emit(frames, now)
            if self._outbox.detail:
                self._log_sent(sent)
        if self.requests.partner is not None:
            self.requests.send_done(now)

    def _log_sent(self, sent: list[SentUpdate]) -> None:
        for update in sent:
            lease = update.lease
            self._outbox.log(
                messages.UPDATE_SENT,
                update=update_name(lease.address),
                xid=update.xid,
                address=text_of(lease.address),
                status=update.status.name,
                expires=lease.state_exp,
                potential=update.potential,
            )


_HANDLERS: Mapping[type[Message], Callable[..., bool]] = {
    BindingUpdate: BindingExchange._receive_update,
    BindingAck: BindingExchange._receive_ack,
    UpdateRequest: BindingExchange._receive_request,
    UpdateRequestAll: BindingExchange._receive_request,
    UpdateDone: BindingExchange._receive_done,
}

_TIMERS: Mapping[Timer, Callable[[BindingExchange, float], str | None]] = {
    Timer.RETRY: BindingExchange._retry,
    Timer.PROGRESS: BindingExchange._check_progress,
}
