"""UPDREQ, UPDREQALL and UPDDONE, as the one who asks and as the one who answers (RFC 8156 sections 8.5.1 to 8.5.3).

The answer to UPDREQ is every lease whose mark says that the partner does not know it; to UPDREQALL, the marks are set
first on every lease with anything to tell, so that a request cut short is continued by a simple UPDREQ. UPDDONE follows
when each of them has been answered, accepted or not. Changes by clients meanwhile are sent too and delay nothing.
"""

from dataclasses import dataclass

from dhcpserver.failover.updates import Updates
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease, Status


class Marking:
    """Sets the mark on every lease that has anything to tell, a slice at a time."""

    def __init__(self, book: Book, updates: Updates) -> None:
        self._book = book
        self._updates = updates
        self._addresses = list(book.leases)
        self._position = 0

    def step(self, budget: int) -> bool:
        """Look at some more leases; whether that were the last."""
        book, updates = self._book, self._updates
        end = min(self._position + budget, len(self._addresses))
        for address in self._addresses[self._position : end]:
            lease = book.get(address)
            if lease is not None and worth_telling(lease) and not lease.needs_update:
                updates.add(lease)
                book.touch(lease)
        self._position = end
        return end == len(self._addresses)


def worth_telling(lease: Lease) -> bool:
    """Whether a partner might have it otherwise: all but addresses that have been FREE from the beginning.

    One that was the backup's and came back matters as well: the partner's store may be a copy from before.
    """
    return lease.status is not Status.FREE or lease.key is not None or lease.sos > 0


class Serving:
    """The partner's request, being answered.

    Attributes:
        everything: whether it was UPDREQALL. With `mark`, which a plain request may need too, leases are marked first.
        xid: its transaction id.
        started: when it came.
        total: leases to tell, None until that is known.
    """

    def __init__(self, book: Book, updates: Updates, everything: bool, xid: int, now: float, *, mark: bool) -> None:
        self._updates = updates
        self._marking = Marking(book, updates) if mark else None
        self.everything = everything
        self.xid = xid
        self.started = now
        self.total: int | None = None
        if not mark:
            self.total = updates.set_barrier()

    @property
    def marking(self) -> bool:
        """Whether leases are still to be marked."""
        return self._marking is not None

    def step(self, budget: int) -> None:
        """Mark some more."""
        if self._marking is not None and self._marking.step(budget):
            self._marking = None
            self.total = self._updates.set_barrier()

    @property
    def done(self) -> int:
        """How many were answered."""
        return 0 if self.total is None else self.total - self._updates.behind_barrier()

    @property
    def complete(self) -> bool:
        """Whether UPDDONE is due."""
        return self.total is not None and self._updates.behind_barrier() == 0


@dataclass(slots=True)
class Asking:
    """Our own request, under way.

    Attributes:
        everything: whether it was UPDREQALL.
        xid: its transaction id, which UPDDONE repeats.
        started, heard: when it was sent, and when anything of the answer last came.
        received: updates received since.
    """

    everything: bool
    xid: int
    started: float
    heard: float
    received: int = 0


def kind(everything: bool) -> str:
    """What the log calls a request."""
    return "UPDREQALL" if everything else "UPDREQ"
