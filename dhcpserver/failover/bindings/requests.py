"""Update requests in both directions: UPDREQ, UPDREQALL and UPDDONE (RFC 8156 sections 8.5.1 to 8.5.3).

Each family has its own messages. A request is sent in every family that both servers exchange, and it is done when
UPDDONE of each has arrived. The answer to requests of both families is one: the leases are in one book and one queue.

The answer to UPDREQ is every lease that is marked as not sent to the partner. For UPDREQALL, all leases that the
partner might need are marked first, so after an interruption a plain UPDREQ continues it. UPDDONE follows when each of
them was acknowledged, whether accepted or rejected. Changes by clients meanwhile are sent too and delay nothing.
"""

from dataclasses import dataclass
from typing import Any

from dhcpserver.contract import messages
from dhcpserver.failover.bindings.outgoing import OutgoingUpdates
from dhcpserver.failover.bindings.sweeps import MarkingRun, Sweeps
from dhcpserver.failover.codec import LONGEST_XID, Encoding, UpdateDone, UpdateRequest, UpdateRequestAll
from dhcpserver.failover.link.session import Session
from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.view import ResyncView
from dhcpserver.leases.book import Book
from dhcpserver.leases.keys import Kind

Request = UpdateRequest | UpdateRequestAll
STALL_SECONDS = 120
"""How long this server's request may be without any answer."""


def families_of(kinds: frozenset[Kind]) -> tuple[int, ...]:
    """Return the families of kinds of leases. DHCPv4 is always one: the relationship is its own."""
    return (4, 6) if kinds - {Kind.ADDRESS4} else (4,)


class PartnerRequest:
    """The partner's request while it is answered.

    Attributes:
        everything: whether it is UPDREQALL.
        xids: its transaction id in each family in which it arrived.
        started: when it arrived.
        total: number of leases to send, None until that is known.
    """

    def __init__(
        self, book: Book, updates: OutgoingUpdates, everything: bool, now: float, *, mark: bool, hold: bool
    ) -> None:
        """`mark`: whether leases are marked first, which a plain request may need too. `hold`: whether they are also
        held for what the partner promised and has no record of (`OutgoingUpdates.hold`)."""
        self._updates = updates
        self._run = MarkingRun(book, updates, now if hold else None) if mark else None
        self.everything = everything
        self.xids: dict[int, int] = {}
        self.started = now
        self.total: int | None = None
        if not mark:
            self.total = updates.set_barrier()

    @property
    def marking(self) -> bool:
        """Whether leases are still to be marked."""
        return self._run is not None

    def step(self, budget: int) -> None:
        """Mark at most `budget` more leases."""
        if self._run is not None and self._run.step(budget):
            self._run = None
            self.total = self._updates.set_barrier()

    @property
    def done(self) -> int:
        """How many leases were acknowledged."""
        return 0 if self.total is None else self.total - self._updates.behind_barrier()

    @property
    def complete(self) -> bool:
        """Whether UPDDONE is due."""
        return self.total is not None and self._updates.behind_barrier() == 0


@dataclass(slots=True)
class OwnRequest:
    """This server's request, until UPDDONE.

    Attributes:
        everything: whether it is UPDREQALL.
        open: the transaction id of each family whose UPDDONE has not arrived; UPDDONE repeats it.
        started, last_answer: when it was sent, and when the last update arrived.
        received: updates received since it was sent.
    """

    everything: bool
    open: dict[int, int]
    started: float
    last_answer: float
    received: int = 0

    def count_update(self, now: float) -> None:
        """Count an update that arrived."""
        self.last_answer = now
        self.received += 1


class UpdateRequests:
    """The requests in both directions; at most one of each.

    Attributes:
        own: this server's request, None without one.
        partner: the partner's request, None without one.
        answered: whether a request of the partner was answered on this connection.
    """

    def __init__(
        self,
        book: Book,
        updates: OutgoingUpdates,
        sweeps: Sweeps,
        session: Session,
        outbox: Outbox,
        encoding: Encoding[Any],
        encoding6: Encoding[Any],
    ) -> None:
        self._book = book
        self._updates = updates
        self._sweeps = sweeps
        self._session = session
        self._outbox = outbox
        self._encodings = {4: encoding, 6: encoding6}
        self._families: tuple[int, ...] = (4,)
        self._held = False
        self.own: OwnRequest | None = None
        self.partner: PartnerRequest | None = None
        self.answered = False

    def open(self, families: tuple[int, ...]) -> None:
        """Handle a new connection, on which these families are exchanged."""
        self._families = families

    def enter(self, *, normal: bool) -> None:
        """Handle a change of state, which ends this server's request; `normal`: whether the state is NORMAL."""
        self.own = None
        if normal:
            self._held = False

    def close(self) -> None:
        """Handle the end of the connection."""
        if self.marking and not self._sweeps.marking:
            self._sweeps.mark_all()  # A later plain UPDREQ then continues the UPDREQALL.
        self.own = self.partner = None
        self.answered = False

    def shift_clock(self, step: float) -> None:
        """Follow a step of this server's clock."""
        if self.own is not None:
            self.own.started += step
            self.own.last_answer += step
        if self.partner is not None:
            self.partner.started += step

    def send(self, everything: bool, now: float) -> None:
        """Send a request, unless one is open."""
        if self.own is not None:
            return
        at = int(now)
        self.own = own = OwnRequest(everything, {}, now, now)
        for family in self._families:
            xid = own.open[family] = self._session.next_xid() & LONGEST_XID
            request = UpdateRequestAll(xid) if everything else UpdateRequest(xid)
            self._session.send_frame(self._encodings[family].encode(request, at))
        self._outbox.log(messages.RECOVERY_STARTED, request=_kind(everything))

    def receive(self, request: Request, now: float) -> None:
        """Begin to answer the partner's request.

        A request that arrives while one is answered is answered together with it: its UPDDONE has the last transaction
        id. Only a request for all leases replaces the answer to a request for the marked ones.
        """
        everything = isinstance(request, UpdateRequestAll)
        family = request.family
        if self.partner is not None and self.partner.everything >= everything:
            self.partner.xids[family] = request.xid
            return
        xids = {} if self.partner is None else self.partner.xids
        mark = everything or self._sweeps.marking
        hold = everything and not self._held
        self._held |= everything
        self.partner = PartnerRequest(self._book, self._updates, everything, now, mark=mark, hold=hold)
        self.partner.xids = {**xids, family: request.xid}
        self._outbox.log(messages.RECOVERY_ASKED, request=_kind(everything))

    def receive_done(self, done: UpdateDone, now: float, *, foreign: bool) -> bool:
        """Return whether this UPDDONE completes the answer to this server's request.

        A foreign partner may send another xid.
        """
        own = self.own
        family = done.family
        if own is None or family not in own.open or (done.xid != own.open[family] and not foreign):
            return False
        own.last_answer = now
        del own.open[family]
        if own.open:
            return False
        self.own = None
        self._outbox.log(
            messages.RECOVERY_DONE,
            request=_kind(own.everything),
            seconds=now - own.started,
            leases=own.received,
        )
        return True

    @property
    def marking(self) -> bool:
        """Whether leases are being marked for the partner's request."""
        return self.partner is not None and self.partner.marking

    def step(self, budget: int) -> None:
        """Mark at most `budget` more leases for the partner's request."""
        if self.partner is not None:
            self.partner.step(budget)

    def send_done(self, now: float) -> None:
        """Send UPDDONE if it is due."""
        request = self.partner
        if request is None or not request.complete:
            return
        self.partner = None
        self.answered = True
        self._updates.lift_barrier()
        for family, xid in request.xids.items():
            self._session.send_frame(self._encodings[family].encode(UpdateDone(xid), int(now)))
        self._outbox.log(
            messages.RECOVERY_ANSWERED,
            request=_kind(request.everything),
            total=request.total,
            seconds=now - request.started,
        )

    def stalled(self, now: float) -> bool:
        """Return whether this server's request is without an answer for too long."""
        return self.own is not None and now - self.own.last_answer > STALL_SECONDS

    def view(self) -> ResyncView | None:
        """Return the open request, this server's first; None without one."""
        if self.own is not None:
            return ResyncView(_VIEW_KIND[self.own.everything], "receiving", self.own.received, None)
        if self.partner is not None:
            return ResyncView(_VIEW_KIND[self.partner.everything], "sending", self.partner.done, self.partner.total)
        return None


_VIEW_KIND = {True: "update-request-all", False: "update-request"}


def _kind(everything: bool) -> str:
    return "UPDREQALL" if everything else "UPDREQ"
