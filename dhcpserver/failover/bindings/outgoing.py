"""Lazy updates to the partner: which leases are sent, and what an acknowledgement does (RFC 8156 section 8.4).

A lease that differs from the partner's record has a mark, `needs_update`, which is stored with it. A marked lease is in
exactly one of four places, which are rebuilt from the marks at the start:

    the queue      it waits to be sent
    in flight      it was sent and is not acknowledged
    kept back      the partner of this connection does not exchange its kind
    refused        the partner rejected it; it waits for the next retry

Of one lease, one update is in flight at a time. Changes meanwhile are sent after its acknowledgement. So the partner
receives the changes of a lease in order, and many quick changes as one. The number of updates in flight never exceeds
the window, which the partner sets. Leases of a kind that the partner does not exchange wait in a place of their own
until a connection on which it does.

An address that the main takes back from the backup stays the backup's until the backup agrees. The update has FREE
while the book has BACKUP. After a crash in between, the mark makes the main send BACKUP again, which undoes the
request.
"""

from collections import deque

from dhcpserver.failover.bindings.changenumbers import ChangeNumbers
from dhcpserver.failover.bindings.freeing import free_lease, hold_for_client
from dhcpserver.failover.bindings.sentupdate import SentUpdate
from dhcpserver.failover.codec import BOOTP_FLAG, LONGEST_XID, RESERVED_FLAG, BindingAck, EncodeUpdate, EncodeUpdate6
from dhcpserver.failover.link.startnumber import LAST
from dhcpserver.failover.view import UpdateCounters
from dhcpserver.leases.book import Book
from dhcpserver.leases.keys import LAST_IPV4, Kind
from dhcpserver.leases.lease import FOREVER, PENDING, Lease, Status

UPDATES_PER_TURN = 1000
"""Updates sent in one turn at most; more follow in the next turn."""


class OutgoingUpdates:
    """The updates of one endpoint to its partner.

    Attributes:
        window: how many updates the partner accepts without acknowledgement.
        numbers: the numbers of its changes.
    """

    def __init__(
        self,
        book: Book,
        main: bool,
        mclt: int,
        encode: EncodeUpdate,
        encode6: EncodeUpdate6,
        counters: UpdateCounters,
        *,
        numbers: ChangeNumbers,
    ) -> None:
        """`encode`, `encode6`: encode an update of DHCPv4 and of DHCPv6. `mclt`: see `use_mclt`."""
        self._book = book
        self._main = main
        self._mclt = mclt
        self._encode_update = encode
        self._encode_update6 = encode6
        self._carried: frozenset[Kind] = frozenset()
        self._kept_back: dict[int, Lease] = {}
        self._counters = counters
        self._queue: deque[Lease] = deque()
        self._queued: set[int] = set()
        self._sent: dict[int, SentUpdate] = {}
        self._in_flight: dict[int, SentUpdate] = {}
        self._refused: dict[int, Lease] = {}
        self._takes: dict[int, Lease] = {}
        self._taken = 0
        self.numbers = numbers
        self._barrier: int | None = None
        self._barrier_xids: set[int] = set()
        self._ended_sent: set[int] = set()
        self.window = 0
        for lease in book.leases.values():
            if lease.needs_update:
                self._put(lease)
            if lease.status in PENDING:
                self._ended_sent.add(lease.address)

    # The connection and the lead time

    def open(
        self, window: int, carried: frozenset[Kind] = frozenset({Kind.ADDRESS4}), *, remembered: bool = True
    ) -> None:
        """Handle a new connection.

        `window`: how many updates the partner accepts without acknowledgement. `carried`: the kinds that it exchanges.
        `remembered`: see ChangeNumbers.
        """
        self.window = window
        self.numbers.open(remembered=remembered)
        self._carried = carried
        kept = list(self._kept_back.values())
        self._kept_back.clear()
        for lease in kept:
            self._put(lease)

    def close(self) -> None:
        """Handle the end of the connection: updates in flight may not have arrived, so they are queued again."""
        lost = list(self._sent.values())
        self._sent.clear()
        self._in_flight.clear()
        self._taken = 0
        self._barrier_xids.clear()
        self._barrier = None
        for lease in self._takes.values():
            self._put(lease)
        self._takes.clear()
        for update in lost:
            if update.lease.needs_update:
                self._put(update.lease)

    def use_mclt(self, mclt: int) -> None:
        """Use the largest MCLT of leases that may still be active, in seconds."""
        self._mclt = mclt

    # What waits

    @property
    def unacked(self) -> int:
        """Updates in flight."""
        return len(self._sent)

    @property
    def pending(self) -> int:
        """Updates that wait to be sent, without those in flight and the refused ones."""
        return len(self._queued) + len(self._takes)

    @property
    def taking(self) -> bool:
        """Whether the backup was asked for addresses and has not agreed yet."""
        return bool(self._takes) or self._taken > 0

    @property
    def resting(self) -> int:
        """Refused updates that wait for the next retry."""
        return len(self._refused)

    @property
    def ready(self) -> bool:
        """Whether an update could be sent now."""
        return bool(self._queue or self._takes) and len(self._sent) < self.window

    def oldest(self) -> float | None:
        """Return when the oldest update in flight was sent; None if none is in flight."""
        for update in self._sent.values():
            return update.sent_at
        return None

    def shift_clock(self, step: float) -> None:
        """Follow a step of this server's clock."""
        for update in self._sent.values():
            update.sent_at += step

    def add(self, lease: Lease) -> None:
        """Mark a lease and queue its update. The caller touches the lease in the book."""
        lease.needs_update = True
        address = lease.address
        if address not in self._queued or self.numbers.sent(lease):
            self.numbers.assign(lease)
        update = self._in_flight.get(address)
        if update is not None and not update.void:
            update.again = True
            return
        self._refused.pop(address, None)
        self._kept_back.pop(address, None)
        self._put(lease)

    def add_new_state(self, lease: Lease) -> None:
        """Mark and queue a lease whose status has changed here: no update with this status was sent yet."""
        self._ended_sent.discard(lease.address)
        self.add(lease)

    def end_sent(self, lease: Lease) -> bool:
        """Return whether an update with the end of this lease was sent: the partner may have freed the lease."""
        return lease.address in self._ended_sent

    def _put(self, lease: Lease) -> None:
        if lease.address not in self._queued:
            self._queued.add(lease.address)
            self._queue.append(lease)

    def take_back(self, lease: Lease) -> None:
        """Ask the backup for an address of its share."""
        lease.needs_update = True
        self.numbers.assign(lease)
        self._takes[lease.address] = lease
        self._book.touch(lease)

    def end_in_flight(self, lease: Lease) -> bool:
        """Return whether an update with an end of this lease is in flight, which the partner may accept."""
        update = self._in_flight.get(lease.address)
        return update is not None and not update.taken and not update.void and update.status is not Status.ACTIVE

    def settle(self, lease: Lease) -> None:
        """Remove the mark: the partner has sent the binding that this server has, so no update is needed."""
        address = lease.address
        lease.needs_update = False
        self._queued.discard(address)
        self._refused.pop(address, None)
        self._kept_back.pop(address, None)
        self._takes.pop(address, None)
        self._ended_sent.discard(address)
        update = self._in_flight.get(address)
        if update is not None:
            update.void = True

    # Sending

    def emit(self, frames: list[bytes], now: float) -> list[SentUpdate]:
        """Append the frames of the updates that fit into the window; return these updates, in order."""
        room = min(self.window - len(self._sent), UPDATES_PER_TURN)
        if room <= 0 or not (self._queue or self._takes):
            return []
        sent: list[SentUpdate] = []
        queue = self._queue
        while room > 0 and queue:
            lease = queue.popleft()
            address = lease.address
            requested = bool(self._barrier)
            if self._barrier:
                self._barrier -= 1
            if address not in self._queued:
                continue
            self._queued.discard(address)
            if lease.pool.kind not in self._carried:
                self._kept_back[address] = lease
                continue
            update = self._in_flight.get(address)
            if update is not None:
                update.again = True
                continue
            sent.append(self._send(frames, lease, lease.status, lease.sos, now, taken=False))
            if requested:
                self._barrier_xids.add(sent[-1].xid)
            room -= 1
        while room > 0 and self._takes:
            address, lease = self._takes.popitem()
            if lease.status is Status.BACKUP and address not in self._in_flight:
                sent.append(self._send(frames, lease, Status.FREE, int(now), now, taken=True))
                self._taken += 1
                room -= 1
        return sent

    def _send(self, frames: list[bytes], lease: Lease, status: Status, sos: int, now: float, taken: bool) -> SentUpdate:
        if self.numbers.sent(lease):
            self.numbers.assign(lease)  # Of an earlier start, or later in the queue than greater numbers.
            self._book.touch(lease)
        self.numbers.send(lease)
        xid = lease.number & LAST
        client_id, hardware = lease.client_id, lease.hardware
        flags = BOOTP_FLAG if lease.bootp else 0
        announced = status
        if status is Status.ACTIVE:
            if lease.sent_pl < lease.state_exp:
                later = lease.state_exp + max(lease.state_exp - (lease.cltt or int(now)), 0) // 2
                lease.sent_pl = min(later, FOREVER)
                self._book.touch(lease)
        elif status is Status.ABANDONED:
            client_id, hardware = None, b""
        elif status in PENDING:
            # The partner frees it as soon as it has the update, and its acknowledgement may get lost. So its record
            # does not count if the client leases the address again; what it may have promised before still does.
            self._ended_sent.add(lease.address)
            lease.sent_pl = max(lease.sent_pl, lease.acked_pl, lease.recv_pl)
            lease.acked_pl = lease.recv_pl = 0
            self._book.touch(lease)
        if lease.reserved:
            flags |= RESERVED_FLAG
            if status is Status.FREE:
                announced = Status.BACKUP if self._main else Status.FREE
        # A time of this server may be ahead after its clock was wrong. The partner refuses such a time.
        at = int(now)
        sos, cltt = min(sos, at), min(lease.cltt, at)
        address = lease.address
        state_exp, potential, relay_info, names = lease.state_exp, lease.sent_pl, lease.relay_info, lease.names
        if address <= LAST_IPV4:
            frame = self._encode_update(
                xid,
                at,
                address,
                announced,
                client_id,
                hardware,
                state_exp,
                potential,
                sos,
                cltt,
                flags,
                relay_info,
                names,
            )
        else:
            ia = lease.ia if client_id is not None else b""
            more = (ia, lease.preferred, lease.recv_pl if status is Status.ACTIVE else 0)
            frame = self._encode_update6(
                *(xid, at, address, announced, client_id, hardware, state_exp, potential, sos, cltt, flags, relay_info),
                *(names, *more),
            )
        frames.append(frame)
        update = SentUpdate(xid, lease, status, sos, lease.sent_pl, now, taken)
        self._sent[xid] = update
        self._in_flight[lease.address] = update
        self._counters.sent += 1
        return update

    # Acknowledgements

    def acknowledge(self, ack: BindingAck, now: float) -> SentUpdate | None:
        """Handle an acknowledgement; return its update, None if there is no such update in flight."""
        if ack.address > LAST_IPV4:  # RFC 8156 has only a part of the number.
            update = self._in_flight.get(ack.address)
            if update is None or (update.xid ^ ack.xid) & LONGEST_XID:
                return None
        else:
            update = self._sent.get(ack.xid)
            if update is None or update.lease.address != ack.address:
                return None
        del self._sent[update.xid]
        self._taken -= update.taken
        self._barrier_xids.discard(update.xid)
        lease = update.lease
        if self._in_flight.get(lease.address) is update:
            del self._in_flight[lease.address]
        if ack.reject is None:
            self._counters.acked += 1
            self.numbers.acknowledge(lease, update.xid)
            self._accept(update, lease, now)
        else:
            self._counters.rejected += 1
            if update.again:
                self._put(lease)
            elif update.taken and not update.void:
                lease.needs_update = False
                self._book.touch(lease)
            elif not update.void:
                self._refused[lease.address] = lease
        return update

    def _accept(self, update: SentUpdate, lease: Lease, now: float) -> None:
        book = self._book
        if lease.key == update.key and lease.status is update.status is Status.ACTIVE:
            lease.acked_pl = max(lease.acked_pl, update.potential)
        book.touch(lease)
        if update.again:
            self._put(lease)
            return
        if update.void and not update.taken:
            return
        lease.needs_update = False
        if update.taken:
            # Any update that the backup sent before it agreed is older: it has given the address up now.
            if lease.status is Status.BACKUP:
                book.set_status(lease, Status.FREE, update.sos)
        elif lease.status in PENDING and lease.status is update.status:
            if now >= lease.state_exp:
                free_lease(book, lease, update.sos)
                self._ended_sent.discard(lease.address)
            elif lease.state_exp < FOREVER:
                book.schedule(lease, lease.state_exp + 1)

    def hold(self, lease: Lease, now: float) -> None:
        """Keep the address of a lease for its client, because the partner lost its record of the lease."""
        hold_for_client(self._book, lease, self._mclt, now)

    def retry_refused(self) -> int:
        """Queue the refused updates again; return how many."""
        refused = list(self._refused.values())
        self._refused.clear()
        for lease in refused:
            self._put(lease)
        return len(refused)

    # The barrier: the updates that the answer to an update request consists of

    def set_barrier(self) -> int:
        """Remember the updates that are queued or in flight now; return their number. See `behind_barrier`."""
        self.retry_refused()
        self._barrier = len(self._queue)
        self._barrier_xids = set(self._sent)
        return self._barrier + len(self._barrier_xids)

    def behind_barrier(self) -> int:
        """Return how many of the remembered updates are not yet acknowledged."""
        return (self._barrier or 0) + len(self._barrier_xids)

    def lift_barrier(self) -> None:
        """Forget the remembered updates."""
        self._barrier = None
        self._barrier_xids.clear()
