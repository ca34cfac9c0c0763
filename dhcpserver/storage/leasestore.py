"""The lease store: SQLite in WAL mode, synchronous=FULL, one transaction a turn.

A turn's leases are on disk when `commit` returns, so they are stored before an ACK is sent. The tables have one row for
each address or prefix, with binding status and times as in the book, so that an operator can read them with `sqlite3`:
`lease` for IPv4, `lease6` for IPv6 addresses (length 0) and delegated prefixes.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from dhcpserver.leases.book import Book
from dhcpserver.leases.keys import LAST_IPV4, packed, unpacked
from dhcpserver.leases.lease import Lease, Status, client_key
from dhcpserver.storage.errors import StoreError
from dhcpserver.wire.clientnames import ClientNames

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS lease (
    address INTEGER PRIMARY KEY,
    status INTEGER NOT NULL,
    client_id BLOB,
    hardware BLOB NOT NULL,
    state_exp INTEGER NOT NULL,
    sent_pl INTEGER NOT NULL,
    acked_pl INTEGER NOT NULL,
    recv_pl INTEGER NOT NULL,
    cltt INTEGER NOT NULL,
    sos INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    relay_info BLOB,
    held INTEGER NOT NULL DEFAULT 0,
    number INTEGER NOT NULL DEFAULT 0,
    host_name TEXT NOT NULL DEFAULT '',
    fqdn TEXT NOT NULL DEFAULT '',
    received INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS lease6 (
    prefix BLOB NOT NULL,
    length INTEGER NOT NULL,
    status INTEGER NOT NULL,
    client_id BLOB,
    hardware BLOB NOT NULL,
    state_exp INTEGER NOT NULL,
    sent_pl INTEGER NOT NULL,
    acked_pl INTEGER NOT NULL,
    recv_pl INTEGER NOT NULL,
    cltt INTEGER NOT NULL,
    sos INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    relay_info BLOB,
    held INTEGER NOT NULL,
    number INTEGER NOT NULL,
    host_name TEXT NOT NULL,
    fqdn TEXT NOT NULL,
    received INTEGER NOT NULL,
    ia BLOB NOT NULL,
    preferred INTEGER NOT NULL,
    PRIMARY KEY (prefix, length)
) WITHOUT ROWID;
"""
_ADDED = {
    "held": "INTEGER NOT NULL DEFAULT 0",
    "number": "INTEGER NOT NULL DEFAULT 0",
    "host_name": "TEXT NOT NULL DEFAULT ''",
    "fqdn": "TEXT NOT NULL DEFAULT ''",
    "received": "INTEGER NOT NULL DEFAULT 0",
}
"""Columns that a store of an earlier version does not have. That version can use a store that has them."""

_FIELDS = (
    "status,client_id,hardware,state_exp,sent_pl,acked_pl,recv_pl,cltt,sos,flags,relay_info,held,number,"
    "host_name,fqdn,received"
)
_COLUMNS = f"address,{_FIELDS}"
_COLUMNS6 = f"prefix,length,{_FIELDS},ia,preferred"
_UPSERT = f"INSERT OR REPLACE INTO lease({_COLUMNS}) VALUES({','.join('?' * 17)})"
_UPSERT6 = f"INSERT OR REPLACE INTO lease6({_COLUMNS6}) VALUES({','.join('?' * 20)})"
_SELECT = f"SELECT {_COLUMNS} FROM lease"
_SELECT6 = f"SELECT {_COLUMNS6} FROM lease6"

_BOOTP = 1
_NEEDS_UPDATE = 2
_RECONFIGURABLE = 4
_ACKNOWLEDGED = 8

_STATUSES = {int(status): status for status in Status}


class LeaseStore:
    """The leases of one server in one file. Methods raise StoreError if the file cannot be read or written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=16)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute("PRAGMA locking_mode=NORMAL")
            self._connection.executescript(_SCHEMA)
            found = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if found > SCHEMA_VERSION:
                raise StoreError(
                    f"{path} was written by a later version (schema {found}; this version supports {SCHEMA_VERSION})"
                )
            present = {column[1] for column in self._connection.execute("PRAGMA table_info(lease)")}
            for name, form in _ADDED.items():
                if name not in present:
                    self._connection.execute(f"ALTER TABLE lease ADD COLUMN {name} {form}")
            self._connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        except sqlite3.Error as error:
            raise StoreError(f"cannot open {path}: {error}") from error

    def commit(self, leases: Iterable[Lease]) -> None:
        """Store the leases as they are at present. On return all of them are durable; after an error none is."""
        rows: list[Row] = []
        rows6: list[Row6] = []
        for lease in leases:
            if lease.address > LAST_IPV4:
                rows6.append(row6_of(lease))
            else:
                rows.append(row_of(lease))
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(_UPSERT, rows)
            if rows6:
                connection.executemany(_UPSERT6, rows6)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise StoreError(f"cannot write {self.path}: {error}") from error
        except BaseException:
            self._roll_back()  # A value that sqlite does not take: the next turn must find no open transaction.
            raise

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            pass  # The connection is closed and opened again before it is used next.

    def load(self, book: Book) -> int:
        """Fill the book with the stored leases. Return the number of skipped rows, whose address no scope manages."""
        left_out = 0
        leases: list[Lease] = []
        try:
            for row in self._connection.execute(_SELECT):
                lease = lease_of(row, book)
                if lease is None:
                    left_out += 1
                    _note_former(book, row, b"")
                else:
                    leases.append(lease)
            for row6 in self._connection.execute(_SELECT6):
                lease = lease6_of(row6, book)
                if lease is None:
                    left_out += 1
                    _note_former(book, *_halves(row6))
                else:
                    leases.append(lease)
        except (sqlite3.Error, KeyError) as error:
            raise StoreError(f"cannot read {self.path}: {error}") from error
        book.load(leases)
        return left_out

    def probe(self) -> None:
        """Write and sync a value without effect, to check whether the disk accepts writes."""
        try:
            self._connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        except sqlite3.Error as error:
            raise StoreError(f"cannot write {self.path}: {error}") from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


Row = tuple[int, int, bytes | None, bytes, int, int, int, int, int, int, int, bytes | None, int, int, str, str, int]
"""A lease as it is stored, in the order of the table's columns."""


Row6 = tuple[
    bytes, int, int, bytes | None, bytes, int, int, int, int, int, int, int, bytes | None, int, int, str, str, int,
    bytes, int,
]  # fmt: skip
"""The same of an IPv6 address or a prefix."""


def row_of(lease: Lease) -> Row:
    """Return the stored row of a lease of an IPv4 address."""
    return (
        lease.address,
        int(lease.status),  # For an enumeration member, sqlite3 would search an adapter for every row.
        lease.client_id,
        lease.hardware,
        lease.state_exp,
        lease.sent_pl,
        lease.acked_pl,
        lease.recv_pl,
        lease.cltt,
        lease.sos,
        _flags(lease),
        lease.relay_info,
        lease.held,
        lease.number,
        *lease.names,
        lease.received,
    )


def _flags(lease: Lease) -> int:
    return (
        lease.bootp * _BOOTP
        | lease.needs_update * _NEEDS_UPDATE
        | lease.reconfigurable * _RECONFIGURABLE
        | lease.acknowledged * _ACKNOWLEDGED
    )


def row6_of(lease: Lease) -> Row6:
    """Return the stored row of a lease of an IPv6 address or a prefix."""
    return (*packed(lease.address), *row_of(lease)[1:], lease.ia, lease.preferred)


def lease6_of(row: Row6, book: Book) -> Lease | None:
    """Return the lease of a row, as `lease_of`."""
    plain, ia = _halves(row)
    lease = lease_of(plain, book)
    if lease is not None:
        lease.ia, lease.preferred = ia, row[19]
        if lease.key is not None:
            lease.key = client_key(lease.client_id, lease.hardware, ia)
    return lease


def _halves(row: Row6) -> tuple[Row, bytes]:
    """Return the row as one of `lease`, with the key of the book, and the identity association."""
    return (unpacked(row[0], row[1]), *row[2:18]), row[18]


def _note_former(book: Book, row: Row, ia: bytes) -> None:
    """Note a stored lease that no scope manages."""
    book.last_number = max(book.last_number, row[13])
    if row[10] & _ACKNOWLEDGED:
        book.last_acknowledged = max(book.last_acknowledged, row[13])
    book.last_received = max(book.last_received, row[16])
    end = row[4] if row[1] == Status.ACTIVE else 0
    book.former[row[0]] = (client_key(row[2], row[3], ia) if row[2] or row[3] else None, end)


def lease_of(row: Row, book: Book) -> Lease | None:
    """Return the lease of a row, for `Book.load`; None if no scope manages its address. Wrong status: KeyError."""
    pool = book.pool_of(row[0])
    if pool is None:
        return None
    lease = Lease(row[0], pool)
    lease.status = _STATUSES[row[1]]
    lease.client_id = row[2]
    lease.hardware = row[3]
    if row[2] or row[3]:
        lease.key = client_key(row[2], row[3])
    lease.state_exp, lease.sent_pl, lease.acked_pl, lease.recv_pl, lease.cltt, lease.sos = row[4:10]
    lease.bootp = bool(row[10] & _BOOTP)
    lease.needs_update = bool(row[10] & _NEEDS_UPDATE)
    lease.reconfigurable = bool(row[10] & _RECONFIGURABLE)
    lease.acknowledged = bool(row[10] & _ACKNOWLEDGED)
    lease.relay_info = row[11]
    lease.held, lease.number = row[12:14]
    lease.received = row[16]
    if row[14] or row[15]:
        lease.names = ClientNames(row[14], row[15])
    if lease.status not in _AT_REST:
        lease.due = max(lease.state_exp, 1)
    elif lease.held:
        lease.due = lease.held
    return lease


_AT_REST = (Status.FREE, Status.BACKUP)
"""Statuses that do not end by time. Leases with any other status are added to the book's calendar."""
