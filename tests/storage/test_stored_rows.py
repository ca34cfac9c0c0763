"""Rows of the lease store: any facts of a lease are read as they were written, and a wrong row is refused."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import FOREVER, Lease, Status, client_key
from dhcpserver.leases.pool import Pool4
from dhcpserver.storage.errors import StoreError
from dhcpserver.storage.leasestore import SCHEMA_VERSION, LeaseStore, lease_of, row_of

FIRST = 0x0A000001
FIELDS = tuple(name for name in Lease.__slots__ if name not in ("pool", "sibling", "due"))


def book() -> Book:
    return Book([Pool4("s", 0x0A000000, 0xFFFFFF00, [(FIRST, FIRST + 9)])])


TIMES = st.integers(0, FOREVER)
CLIENTS = st.sampled_from(
    [(None, b""), (b"\1id", b""), (None, b"\1\2\0\0\0\0\1"), (b"\1id", b"\1\2\0\0\0\0\1"), (b"\0" * 9, b"")]
)


NUMBERS = st.integers(0, (1 << 63) - 1)


@st.composite
def leases(draw: st.DrawFn) -> Lease:
    """A lease with any facts."""
    lease = Lease(FIRST, book().pools["s"])
    lease.status = draw(st.sampled_from(list(Status)))
    lease.client_id, lease.hardware = draw(CLIENTS)
    if lease.client_id or lease.hardware:
        lease.key = client_key(lease.client_id, lease.hardware)
    for name in ("state_exp", "sent_pl", "acked_pl", "recv_pl", "cltt", "sos", "held"):
        setattr(lease, name, draw(TIMES))
    lease.number, lease.received = draw(NUMBERS), draw(NUMBERS)
    lease.bootp, lease.needs_update = draw(st.booleans()), draw(st.booleans())
    lease.relay_info = draw(st.none() | st.binary(max_size=40))
    return lease


@given(leases())
def test_every_fact_is_read_as_it_was_written(lease: Lease) -> None:
    """R-031. What ends by time is in the calendar after a restart, at once if its end is unknown."""
    again = lease_of(row_of(lease), book())
    assert again is not None
    assert {name: getattr(again, name) for name in FIELDS} == {name: getattr(lease, name) for name in FIELDS}
    if lease.status in (Status.FREE, Status.BACKUP):
        assert again.due == lease.held
    else:
        assert again.due == (lease.state_exp or 1)


@contextmanager
def store(path: Path) -> Iterator[LeaseStore]:
    with closing(LeaseStore(path)) as opened:
        yield opened


def changed(path: Path, statement: str) -> None:
    """Store a lease, and change the file behind the store's back."""
    subject = book()
    lease = subject.record(FIRST)
    assert lease is not None
    subject.set_client(lease, b"\1id", b"\1\2\0\0\0\0\1")
    subject.set_status(lease, Status.ACTIVE, 1_000)
    with store(path) as opened:
        opened.commit(subject.take_changes())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize("statement", ["UPDATE lease SET status = 77", "DROP TABLE lease"])
def test_a_store_with_wrong_contents_cannot_be_read(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "leases.db"
    changed(path, statement)
    with store(path) as opened:
        if statement.startswith("DROP"):
            opened._connection.execute("DROP TABLE lease")
        with pytest.raises(StoreError, match="cannot read"):
            opened.load(book())


def test_a_store_of_a_later_version_is_refused(tmp_path: Path) -> None:
    """It may have facts that this version would lose."""
    path = tmp_path / "leases.db"
    changed(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(StoreError, match=f"schema {SCHEMA_VERSION + 1}; this version supports {SCHEMA_VERSION}"):
        LeaseStore(path)


def test_a_store_that_cannot_be_written_fails_the_probe(tmp_path: Path) -> None:
    """The server serves again only when the probe succeeds."""
    path = tmp_path / "leases.db"
    with store(path) as opened:
        opened.probe()
        opened._connection.execute("PRAGMA query_only = 1")
        with pytest.raises(StoreError, match="cannot write"):
            opened.probe()


def test_a_commit_after_a_failed_one_succeeds(tmp_path: Path) -> None:
    """The failed transaction is rolled back, so the next one can begin."""
    path = tmp_path / "leases.db"
    subject = book()
    lease = subject.record(FIRST)
    assert lease is not None
    subject.set_status(lease, Status.ACTIVE, 1_000)
    with store(path) as opened:
        opened._connection.execute("PRAGMA query_only = 1")
        with pytest.raises(StoreError, match="cannot write"):
            opened.commit([lease])
        opened._connection.execute("PRAGMA query_only = 0")
        opened.commit([lease])
    with store(path) as opened:
        again = book()
        assert opened.load(again) == 0
    assert list(again.leases) == [FIRST]


@pytest.mark.parametrize("managed", [True, False])
def test_the_greatest_numbers_count_although_no_scope_manages_the_address(tmp_path: Path, managed: bool) -> None:
    """R-196: they show after a start how new the store is."""
    path = tmp_path / "leases.db"
    subject = book()
    lease = subject.record(FIRST)
    assert lease is not None
    subject.set_status(lease, Status.ACTIVE, 1_000)
    lease.number, lease.received = 7, 9
    with store(path) as opened:
        opened.commit(subject.take_changes())
        again = book() if managed else Book([])
        assert opened.load(again) == (not managed)
    assert (again.last_number, again.last_received) == (7, 9)


def test_a_store_of_an_earlier_version_gets_the_new_columns(tmp_path: Path) -> None:
    path = tmp_path / "leases.db"
    changed(path, "ALTER TABLE lease DROP COLUMN received")
    with store(path) as opened:
        again = book()
        assert opened.load(again) == 0
    assert again.last_received == 0
    assert list(again.leases) == [FIRST]
