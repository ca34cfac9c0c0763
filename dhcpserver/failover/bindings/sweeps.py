"""Long work on many leases, done in slices so that clients are served in between."""

from collections.abc import Callable
from dataclasses import dataclass

from dhcpserver.failover.bindings.outgoing import OutgoingUpdates
from dhcpserver.failover.link.handshake import SKEW
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease

Sweep = Callable[[int, float], bool]
"""Does at most so many steps at a time (Unix seconds), and returns whether it is finished."""


_MARKING = "marking"


class MarkingRun:
    """Marks every lease that the partner might need, a slice at a time."""

    def __init__(
        self, book: Book, updates: OutgoingUpdates, hold_from: float | None = None, after: int | None = None
    ) -> None:
        """`hold_from`: when a partner without records requested all leases, which are held then; else None.

        See `OutgoingUpdates.hold`. `after`: mark only leases whose number is greater.
        """
        self._book = book
        self._updates = updates
        self._hold_from = hold_from
        self._after = after
        self._addresses = list(book.leases)
        self._position = 0

    def step(self, budget: int) -> bool:
        """Check at most `budget` more leases; return whether these were the last."""
        book, updates = self._book, self._updates
        end = min(self._position + budget, len(self._addresses))
        for address in self._addresses[self._position : end]:
            lease = book.get(address)
            if lease is None or not worth_sending(lease):
                continue
            if self._after is not None and lease.number <= self._after:
                continue
            if self._hold_from is not None:
                updates.hold(lease, self._hold_from)
            if not lease.needs_update or self._hold_from is not None:
                updates.add(lease)
                book.touch(lease)
        self._position = end
        return end == len(self._addresses)


def worth_sending(lease: Lease) -> bool:
    """Return whether the partner's record of a lease might differ: false only if it was at rest from the beginning.

    An address that the backup had and gave back is sent too, because the partner's store may be an older copy.
    """
    return lease.status is not lease.pool.at_rest(lease.address) or lease.key is not None or lease.sos > 0


@dataclass(frozen=True, slots=True)
class _Lowered:
    """Times of a lease before the clock was set back, and the time that took the place of those that were later."""

    sos: int
    cltt: int
    low: int


class Sweeps:
    """A queue of long work; the first in it is worked on. Of each kind, at most one is in it: a new one replaces it."""

    def __init__(self, book: Book, updates: OutgoingUpdates) -> None:
        self._book = book
        self._updates = updates
        self._queue: dict[str, Sweep] = {}
        self._lowered: dict[int, _Lowered] = {}
        self._behind = 0.0
        """By how many seconds the clock is behind the time that it had before it was set back."""

    def __bool__(self) -> bool:
        return bool(self._queue)

    @property
    def marking(self) -> bool:
        """Whether a `mark_all` is not finished."""
        return _MARKING in self._queue

    def add(self, kind: str, work: Sweep) -> None:
        """Do this work after what is queued already, and instead of earlier work of the same kind."""
        self._queue.pop(kind, None)
        self._queue[kind] = work

    def mark_all(self) -> None:
        """Mark all leases: the partner is another server, or has older records than this server assumed."""
        self._mark(MarkingRun(self._book, self._updates))

    def mark_after(self, number: int) -> None:
        """Mark the leases whose change has a greater number: the partner has none of these in its store."""
        if self.marking:
            self.mark_all()
        elif self._updates.numbers.last(self._book) > number:
            self._mark(MarkingRun(self._book, self._updates, after=number))

    def _mark(self, run: MarkingRun) -> None:
        self.add(_MARKING, lambda budget, now: run.step(budget))

    def follow_clock(self, step: float) -> None:
        """Handle a step of the clock by `step` seconds.

        After a step back the clock either was ahead before, or is behind now. A later step forward by as much shows
        that it was behind: then the leases get back the times that `correct_times` took from them.
        """
        self._behind -= step
        if step < 0:
            self.correct_times()
        elif self._lowered and self._behind <= SKEW:
            self._put_back()

    def _put_back(self) -> None:
        """Give the leases back the times that they had before the clock was behind, unless they changed since."""
        self._behind = 0.0
        lowered, self._lowered = self._lowered, {}

        def work(budget: int, now: float) -> bool:
            at = int(now)
            for _ in range(min(budget, len(lowered))):
                address, before = lowered.popitem()
                lease = self._book.leases[address]
                if lease.sos == before.low:
                    lease.sos = min(before.sos, at)
                if lease.cltt == before.low:
                    lease.cltt = min(before.cltt, at)
                self._book.touch(lease)
            return not lowered

        self.add("times put back", work)

    def correct_times(self) -> None:
        """Correct the times that a clock which was ahead has left in the leases.

        A start of a state or a transaction in the future would be later than all that the partner sends. Rechecks that
        were set for the former time are set again.
        """
        addresses = list(self._book.leases)

        def work(budget: int, now: float) -> bool:
            at = int(now)
            for address in addresses[-budget:]:
                lease = self._book.leases[address]
                if lease.sos > at or lease.cltt > at:
                    self._lower(lease, at)
                    lease.sos, lease.cltt = min(lease.sos, at), min(lease.cltt, at)
                    self._book.touch(lease)
                if lease.due and lease.state_exp < lease.due:
                    self._book.schedule(lease, max(lease.state_exp, int(now)))
            del addresses[-budget:]
            return not addresses

        self.add("times", work)

    def _lower(self, lease: Lease, at: int) -> None:
        """Remember the times of a lease that are later than `at`, for the case that the clock is behind."""
        before = self._lowered.get(lease.address)
        sos, cltt = lease.sos, lease.cltt
        if before is not None:
            sos, cltt = (old if time == before.low else time for old, time in ((before.sos, sos), (before.cltt, cltt)))
        self._lowered[lease.address] = _Lowered(sos, cltt, at)

    def step(self, budget: int, now: float) -> None:
        """Do at most `budget` steps."""
        for kind, work in self._queue.items():
            if work(budget, now):
                del self._queue[kind]
            return
