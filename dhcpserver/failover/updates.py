"""Lazy updates: which leases the partner must hear of, and what became of each (RFC 8156 section 8.4).

A lease that the partner does not know carries a mark that is stored with it (`needs_update`). The mark means that the
lease is in exactly one of three places, which are rebuilt from the marks at start: waiting in the queue, in flight, or
refused and resting until the next retry. One update of a lease is in flight at a time; what changes meanwhile is
sent after its acknowledgement, so the partner sees the changes of one lease in order, and a burst of them as one.

Never more are in flight than the partner accepts unacknowledged.

An address that the main takes back from the backup stays the backup's until it agrees. Its update says FREE while the
book says BACKUP; the mark makes a crash in between tell the partner BACKUP again, which undoes it.
"""

from collections import deque
from dataclasses import dataclass

from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import FOREVER, PENDING, Lease, Status
from dhcpserver.wire.failover4 import reason_text
from dhcpserver.wire.failover4_bindings import BOOTP_FLAG, RESERVED_FLAG, BindingAck, encode_update

_LAST_XID = 0xFFFFFFFF


class Flight:
    """One update on its way."""

    __slots__ = ("again", "key", "lease", "potential", "sent_at", "sos", "status", "taken", "void", "xid")

    def __init__(
        self, xid: int, lease: Lease, status: Status, sos: int, potential: int, sent_at: float, taken: bool
    ) -> None:
        self.xid = xid
        self.lease = lease
        self.status = status
        self.sos = sos
        self.key = lease.key
        self.potential = potential
        self.sent_at = sent_at
        self.taken = taken
        self.again = False
        self.void = False


@dataclass(slots=True)
class Counters:
    """What happened to updates since start."""

    sent: int = 0
    acked: int = 0
    rejected: int = 0
    received: int = 0
    refused: int = 0


class Updates:
    """The updates of one endpoint towards its partner.

    Attributes:
        window: how many the partner accepts unacknowledged.
        counters: see Counters.
        mclt: the largest MCLT under which leases were given that may still run.
        told: addresses EXPIRED, RELEASED or RESET of which the partner may have heard, so that it may have freed them.
    """

    def __init__(self, book: Book, main: bool, mclt: int) -> None:
        self._book = book
        self._main = main
        self.mclt = mclt
        self._queue: deque[Lease] = deque()
        self._queued: set[int] = set()
        self._flights: dict[int, Flight] = {}
        self._in_flight: dict[int, Flight] = {}
        self._refused: dict[int, Lease] = {}
        self._takes: dict[int, Lease] = {}
        self._taken = 0
        self._xid = 0
        self._barrier: int | None = None
        self._barrier_flights: set[int] = set()
        self.window = 0
        self.counters = Counters()
        self.told: set[int] = set()
        for lease in book.leases.values():
            if lease.needs_update:
                self._put(lease)
            if lease.status in PENDING:
                self.told.add(lease.address)

    # What waits

    @property
    def unacked(self) -> int:
        """Updates in flight."""
        return len(self._flights)

    @property
    def pending(self) -> int:
        """Updates waiting to be sent, those in flight and refused ones not counted."""
        return len(self._queued) + len(self._takes)

    @property
    def taking(self) -> bool:
        """Whether addresses are being taken back that the backup has not given up yet."""
        return bool(self._takes) or self._taken > 0

    @property
    def resting(self) -> int:
        """Refused updates that wait for the next retry."""
        return len(self._refused)

    @property
    def ready(self) -> bool:
        """Whether something could be sent now."""
        return bool(self._queue or self._takes) and len(self._flights) < self.window

    def oldest(self) -> float | None:
        """When the oldest update in flight was sent."""
        for flight in self._flights.values():
            return flight.sent_at
        return None

    def add(self, lease: Lease) -> None:
        """The partner must hear of this lease. The caller has touched it in the book, or does."""
        lease.needs_update = True
        address = lease.address
        flight = self._in_flight.get(address)
        if flight is not None and not flight.void:
            flight.again = True
            return
        self._refused.pop(address, None)
        self._put(lease)

    def _put(self, lease: Lease) -> None:
        if lease.address not in self._queued:
            self._queued.add(lease.address)
            self._queue.append(lease)

    def take_back(self, lease: Lease) -> None:
        """Ask the backup for an address of its share."""
        lease.needs_update = True
        self._takes[lease.address] = lease
        self._book.touch(lease)

    def settle(self, lease: Lease) -> None:
        """The partner's record of a lease now is ours: nothing is left to tell, whatever was under way."""
        address = lease.address
        lease.needs_update = False
        self._queued.discard(address)
        self._refused.pop(address, None)
        self._takes.pop(address, None)
        self.told.discard(address)
        flight = self._in_flight.get(address)
        if flight is not None:
            flight.void = True

    # Sending

    def emit(self, frames: list[bytes], now: float) -> list[Flight]:
        """Append the frames of what the window has room for; what was sent, in order."""
        room = self.window - len(self._flights)
        if room <= 0 or not (self._queue or self._takes):
            return []
        sent: list[Flight] = []
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
            flight = self._in_flight.get(address)
            if flight is not None:
                flight.again = True
                continue
            sent.append(self._send(frames, lease, lease.status, lease.sos, now, taken=False))
            if requested:
                self._barrier_flights.add(self._xid)
            room -= 1
        while room > 0 and self._takes:
            address, lease = self._takes.popitem()
            if lease.status is Status.BACKUP and address not in self._in_flight:
                sent.append(self._send(frames, lease, Status.FREE, int(now), now, taken=True))
                self._taken += 1
                room -= 1
        return sent

    def _send(self, frames: list[bytes], lease: Lease, status: Status, sos: int, now: float, taken: bool) -> Flight:
        self._xid = xid = self._xid + 1 if self._xid < _LAST_XID else 1
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
            self.told.add(lease.address)
        if lease.reserved:
            flags |= RESERVED_FLAG
            if status is Status.FREE:
                announced = Status.BACKUP if self._main else Status.FREE
        frames.append(
            encode_update(
                xid,
                int(now),
                lease.address,
                announced,
                client_id,
                hardware,
                lease.state_exp,
                lease.sent_pl,
                sos,
                lease.cltt,
                flags,
                lease.relay_info,
            )
        )
        flight = Flight(xid, lease, status, sos, lease.sent_pl, now, taken)
        self._flights[xid] = flight
        self._in_flight[lease.address] = flight
        self.counters.sent += 1
        return flight

    # Hearing back

    def acknowledged(self, ack: BindingAck, now: float) -> Flight | None:
        """What an acknowledgement does; the update it belongs to, None when it belongs to none."""
        flight = self._flights.get(ack.xid)
        if flight is None or flight.lease.address != ack.address:
            return None
        del self._flights[ack.xid]
        self._taken -= flight.taken
        self._barrier_flights.discard(ack.xid)
        lease = flight.lease
        if self._in_flight.get(lease.address) is flight:
            del self._in_flight[lease.address]
        if ack.reject is None:
            self.counters.acked += 1
            self._accepted(flight, lease, now)
        else:
            self.counters.rejected += 1
            if flight.again:
                self._put(lease)
            elif flight.taken and not flight.void:
                lease.needs_update = False
                self._book.touch(lease)
            elif not flight.void:
                self._refused[lease.address] = lease
        return flight

    def _accepted(self, flight: Flight, lease: Lease, now: float) -> None:
        book = self._book
        if lease.key == flight.key and lease.status is not Status.FREE and lease.status is not Status.BACKUP:
            lease.acked_pl = max(lease.acked_pl, flight.potential)
        book.touch(lease)
        if flight.again:
            self._put(lease)
            return
        if flight.void and not flight.taken:
            return
        lease.needs_update = False
        if flight.taken:
            # Whatever the backup said before it agreed, it has given the address up now.
            if lease.status is Status.BACKUP:
                book.set_status(lease, Status.FREE, flight.sos)
        elif lease.status in PENDING and lease.status is flight.status:
            if now >= lease.state_exp:
                free(book, lease, flight.sos)
                self.told.discard(lease.address)
            elif lease.state_exp < FOREVER:
                book.schedule(lease, lease.state_exp + 1)

    def hold(self, lease: Lease, now: float) -> None:
        """The partner asks for everything: what it gave lately, and no longer knows, keeps the address for the client.

        It may have promised MCLT beyond what either told the other, and beyond now; before that its agreement that a
        lease is over is worth nothing. A lease that it was never told of, and told nothing of, it cannot have extended.
        """
        latest = max(lease.sent_pl, lease.acked_pl, lease.recv_pl)
        if latest and (lease.status is Status.ACTIVE or lease.status in PENDING):
            end = min(self.mclt + max(latest, int(now)), FOREVER)
            if end > lease.state_exp:
                lease.state_exp = end
                lease.sent_pl = max(lease.sent_pl, end)
                self._book.schedule(lease, end)

    def retry_refused(self) -> int:
        """Queue what was refused once more; how many."""
        refused = list(self._refused.values())
        self._refused.clear()
        for lease in refused:
            self._put(lease)
        return len(refused)

    def connection_lost(self) -> None:
        """Whatever was in flight may or may not have arrived: it waits again."""
        flights = list(self._flights.values())
        self._flights.clear()
        self._in_flight.clear()
        self._taken = 0
        self._barrier_flights.clear()
        self._barrier = None
        for lease in self._takes.values():
            self._put(lease)
        self._takes.clear()
        for flight in flights:
            if flight.lease.needs_update:
                self._put(flight.lease)

    # An update request's share

    def set_barrier(self) -> int:
        """Remember what is to be told now; `barrier_passed` once all of it was answered. How many that are."""
        self.retry_refused()
        self._barrier = len(self._queue)
        self._barrier_flights = set(self._flights)
        return self._barrier + len(self._barrier_flights)

    def behind_barrier(self) -> int:
        """How many of them are not yet answered."""
        return (self._barrier or 0) + len(self._barrier_flights)

    def lift_barrier(self) -> None:
        """Forget it."""
        self._barrier = None
        self._barrier_flights.clear()


def free(book: Book, lease: Lease, since: int) -> None:
    """An address that both servers agree is nobody's: it returns to the main, and promises about it are void.

    The last client stays on record, so that it gets its old address when it comes back.
    """
    lease.state_exp = lease.sent_pl = lease.acked_pl = lease.recv_pl = 0
    book.set_status(lease, Status.FREE, since)


def describe(flight: Flight, ack: BindingAck) -> str:
    """How the log words an acknowledgement."""
    if ack.reject is None:
        return "accepted"
    return f"rejected {ack.reject} {ack.message or reason_text(ack.reject)}"
