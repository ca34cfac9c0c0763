"""A server's disk: it has what was committed, and can fail, lose all data, or be restored from an older copy.

How leases and the failover state are stored and read is the product's own code.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.leases.book import Book
from dhcpserver.leases.keys import LAST_IPV4, packed, unpacked
from dhcpserver.leases.lease import Lease, client_key
from dhcpserver.storage.errors import StoreError
from dhcpserver.storage.leasestore import lease6_of, lease_of, row6_of, row_of

Row = tuple[
    int, int, bytes | None, bytes, int, int, int, int, int, int, int, bytes | None, int, int, str, str, int,
    bytes, int,
]  # fmt: skip
"""A stored lease of either family: its key in the book, the columns of the store, `ia` and `preferred`."""


def stored_row(lease: Lease) -> Row:
    """Return what the store keeps of a lease."""
    if lease.address <= LAST_IPV4:
        return (*row_of(lease), b"", 0)
    row = row6_of(lease)
    return (unpacked(row[0], row[1]), *row[2:])


def read_row(row: Row, book: Book) -> Lease | None:
    """Return the lease that the store reads; None if no pool manages its address."""
    if row[0] <= LAST_IPV4:
        return lease_of(row[:17], book)
    return lease6_of((*packed(row[0]), *row[1:]), book)


def client_of(row: Row) -> bytes | None:
    """Return the key of the client of a stored lease, None without one."""
    if row[17]:
        return b"\2" + row[17] + (row[2] or b"")
    return client_key(row[2], row[3]) if row[2] or row[3] else None


class Image(NamedTuple):
    """A copy of a disk; `taken` is its time by the server's clock."""

    taken: int
    uid: bytes
    rows: dict[int, Row]
    record: dict[str, Any] | None


class Written(NamedTuple):
    """One row that was stored, and the row that it replaced."""

    old: Row | None
    new: Row


def _nothing() -> None:
    pass


class Disk:
    """A disk.

    Attributes:
        rows: the stored leases, by address.
        record: the stored failover state.
        uid: the identity of the data directory.
        full: whether writes of leases fail; `stuck`: whether writes of the failover state fail.
        written: the rows stored in the present turn.
        before_record, before_leases: called before each write; they may raise a crash.
    """

    def __init__(self, uid: bytes) -> None:
        self.uid = uid
        self.rows: dict[int, Row] = {}
        self._record: dict[str, Any] | None = None
        self.record: FailoverRecord | None = None
        self.full = False
        self.stuck = False
        self.written: list[Written] = []
        self.before_record: Callable[[], None] = _nothing
        self.before_leases: Callable[[], None] = _nothing

    def write_record(self, record: FailoverRecord) -> None:
        """See DataDirectory.write_record."""
        self.before_record()
        if self.stuck:
            raise StoreError("cannot write state.json: No space left on device")
        self._record = None  # It is converted when a process reads it.
        self.record = record

    def commit(self, leases: Iterable[Lease]) -> None:
        """See LeaseStore.commit: all or none."""
        self.before_leases()
        if self.full:
            raise StoreError("cannot write leases.db: database or disk is full")
        rows = self.rows
        for lease in leases:
            row = stored_row(lease)
            self.written.append(Written(rows.get(lease.address), row))
            rows[lease.address] = row

    def read_record(self) -> FailoverRecord | None:
        """See DataDirectory.read_state."""
        stored = self._stored_record()
        self.record = None if stored is None else FailoverRecord.from_json(stored)
        return self.record

    def _stored_record(self) -> dict[str, Any] | None:
        if self._record is None and self.record is not None:
            self._record = self.record.as_json()
        return self._record

    def load(self, book: Book) -> None:
        """See LeaseStore.load."""
        leases = [read_row(row, book) for row in self.rows.values()]
        book.load([lease for lease in leases if lease is not None])

    def image(self, taken: int) -> Image:
        """Return a copy."""
        return Image(taken, self.uid, dict(self.rows), self._stored_record())

    def restore(self, image: Image) -> None:
        """Restore a copy."""
        self.uid, self._record = image.uid, image.record
        self.rows = dict(image.rows)
        self.record = None

    def lose(self, uid: bytes) -> None:
        """Lose all data. A new data directory has another identity."""
        self.restore(Image(0, uid, {}, None))
