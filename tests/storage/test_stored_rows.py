"""Rows of the lease store: any facts of a lease are read as they were written, and a wrong row is refused."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dhcpserver.leases.book import Book
from dhcpserver.leases.keys import read_key, value_of
from dhcpserver.leases.lease import FOREVER, ClientNames, Lease, Status, client_key
from dhcpserver.leases.pool import Pool4, Pool6, PrefixPool
from dhcpserver.storage.errors import StoreError
from dhcpserver.storage.leasestore import SCHEMA_VERSION, LeaseStore, lease6_of, lease_of, row6_of, row_of
from tests.storage.durability import descriptors

FIRST = 0x0A000001
FIELDS = tuple(name for name in Lease.__slots__ if name not in ("pool", "sibling", "due"))


def book() -> Book:
    return Book([Pool4("s", 0x0A000000, 0xFFFFFF00, [(FIRST, FIRST + 9)])])


ADDRESS6 = read_key("2001:db8:1::9")
PREFIX = read_key("2001:db8:8000::/56")


def book6() -> Book:
    network, delegated = value_of(ADDRESS6) - 9, value_of(PREFIX)
    return Book([*book().pools.values(), Pool6("na", network, 64), PrefixPool("pd", delegated, 48, 56)])


TIMES = st.integers(0, FOREVER)
CLIENTS = st.sampled_from(
    [(None, b""), (b"\1id", b""), (None, b"\1\2\0\0\0\0\1"), (b"\1id", b"\1\2\0\0\0\0\1"), (b"\0" * 9, b"")]
)


NUMBERS = st.integers(0, (1 << 63) - 1)
NAMES = ("", "host", "h\N{LATIN SMALL LETTER U WITH DIAERESIS}ll.example.org.")


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
    lease.reconfigurable, lease.acknowledged = draw(st.booleans()), draw(st.booleans())
    lease.names = ClientNames(draw(st.sampled_from(NAMES)), draw(st.sampled_from(NAMES)))
    lease.relay_info = draw(st.none() | st.binary(max_size=40))
    return lease


@st.composite
def leases6(draw: st.DrawFn) -> Lease:
    """A lease of an IPv6 address or a prefix with any facts."""
    name, key = draw(st.sampled_from([("na", ADDRESS6), ("pd", PREFIX)]))
    lease = Lease(key, book6().pools[name])
    lease.status = draw(st.sampled_from(list(Status)))
    if draw(st.booleans()):
        lease.client_id, lease.ia = draw(st.binary(min_size=1, max_size=130)), draw(st.binary(min_size=5, max_size=5))
        lease.key = client_key(lease.client_id, b"", lease.ia)
    for field in ("state_exp", "preferred", "sent_pl", "acked_pl", "recv_pl", "cltt", "sos", "held"):
        setattr(lease, field, draw(TIMES))
    lease.number, lease.received = draw(NUMBERS), draw(NUMBERS)
    lease.needs_update, lease.reconfigurable = draw(st.booleans()), draw(st.booleans())
    lease.acknowledged = draw(st.booleans())
    lease.names = ClientNames(draw(st.sampled_from(NAMES)), draw(st.sampled_from(NAMES)))
    lease.relay_info = draw(st.none() | st.binary(max_size=40))
    return lease


@given(leases6())
def test_every_fact_of_dhcpv6_is_read_as_it_was_written(lease: Lease) -> None:
    """R-031, with the identity association and both lifetimes."""
    again = lease6_of(row6_of(lease), book6())
    assert again is not None
    assert {name: getattr(again, name) for name in FIELDS} == {name: getattr(lease, name) for name in FIELDS}


def test_all_kinds_are_in_one_store(tmp_path: Path) -> None:
    """R-003: one transaction, and one file that an operator can open; what no prefix manages is left out and noted."""
    store, full = LeaseStore(tmp_path / "leases.db"), book6()
    written = [full.record(key) for key in (FIRST, ADDRESS6, PREFIX)]
    for lease in written:
        assert lease is not None
        full.set_client(lease, b"\0\1x", b"", b"" if lease.address == FIRST else b"\3\0\0\0\1")
        full.set_status(lease, Status.ACTIVE, 1000)
        lease.state_exp, lease.number = 5000, 77
    store.commit(full.take_changes())
    with closing(sqlite3.connect(tmp_path / "leases.db")) as reader:
        assert reader.execute("SELECT hex(prefix), length FROM lease6 ORDER BY length").fetchall() == [
            ("20010DB8000100000000000000000009", 0),
            ("20010DB8800000000000000000000000", 56),
        ]
    again = book6()
    assert store.load(again) == 0
    assert sorted(again.leases) == sorted((FIRST, ADDRESS6, PREFIX))
    assert [lease.address for lease in again.of_client(client_key(b"\0\1x", b"", b"\3\0\0\0\1"))] != []
    smaller = book()
    assert store.load(smaller) == 2
    assert smaller.last_number == 77
    assert smaller.former == {key: (client_key(b"\0\1x", b"", b"\3\0\0\0\1"), 5000) for key in (ADDRESS6, PREFIX)}
    store.close()


def test_a_store_of_an_earlier_version_gets_the_table_of_dhcpv6(tmp_path: Path) -> None:
    """An existing store opens: nothing of it is lost, and leases of DHCPv6 can be stored beside it."""
    path = tmp_path / "leases.db"
    store, old = LeaseStore(path), book6()
    lease = old.record(FIRST)
    assert lease is not None
    old.set_client(lease, None, b"\1\2\0\0\0\0\1")
    old.set_status(lease, Status.ACTIVE, 1000)
    store.commit(old.take_changes())
    store.close()
    with closing(sqlite3.connect(path)) as former:
        former.execute("DROP TABLE lease6")
    store, again = LeaseStore(path), book6()
    assert store.load(again) == 0
    assert again.leases[FIRST].status is Status.ACTIVE
    added = again.record(PREFIX)
    assert added is not None
    again.touch(added)
    store.commit(again.take_changes())
    assert store.load(last := book6()) == 0
    assert sorted(last.leases) == [FIRST, PREFIX]
    store.close()


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


ELSEWHERE = 0x0B000001
"""An address that no scope has any more."""


@pytest.mark.parametrize("six", [False, True])
def test_a_lease_whose_scope_was_removed_leaves_its_client_its_end_and_its_numbers(tmp_path: Path, six: bool) -> None:
    """Its address is not given to another client before that end, and no number is used twice."""
    former = Book([Pool4("old", 0x0B000000, 0xFFFFFF00, [(ELSEWHERE, ELSEWHERE + 9)]), *book6().pools.values()])
    key = PREFIX if six else ELSEWHERE
    lease = former.record(key)
    assert lease is not None
    former.set_client(lease, b"\1id", b"", b"\0\0\0\0\1" if six else b"")
    former.set_status(lease, Status.ACTIVE, 1_000)
    lease.state_exp, lease.number, lease.received, lease.acknowledged = 5_000, 70, 60, True
    older = former.record(key + 1 if not six else ADDRESS6)
    assert older is not None
    former.set_client(older, None, b"\1\2\0\0\0\0\1")
    former.set_status(older, Status.EXPIRED, 900)
    older.state_exp, older.number, older.received, older.acknowledged = 4_000, 80, 50, False
    store = LeaseStore(tmp_path / "leases.db")
    store.commit([lease, older])
    bare = Book([])
    assert store.load(bare) == 2
    store.close()
    assert bare.former[key] == (lease.key, 5_000)
    assert bare.former[older.address] == (older.key, 0), "an ended lease holds nothing"
    assert (bare.last_number, bare.last_acknowledged, bare.last_received) == (80, 70, 60)


@pytest.mark.parametrize("reason", ["a value", "the disk"])
def test_a_turn_that_cannot_be_stored_leaves_no_row_and_the_store_works_on(tmp_path: Path, reason: str) -> None:
    """R-031: one row of a turn is refused; the next turn is stored."""
    target = book()
    first, second = target.record(FIRST), target.record(FIRST + 1)
    assert first is not None
    assert second is not None
    store = LeaseStore(tmp_path / "leases.db")
    if reason == "a value":
        second.number = 1 << 70
    else:
        when = f"WHEN new.address = {FIRST + 1} BEGIN SELECT RAISE(ABORT, 'refused'); END"
        store._connection.execute(f"CREATE TEMP TRIGGER refusing BEFORE INSERT ON main.lease {when}")
    with pytest.raises(OverflowError if reason == "a value" else StoreError):
        store.commit([first, second])
    second.number = 1
    store._connection.execute("DROP TRIGGER IF EXISTS refusing")
    store.commit([second])
    again = book()
    store.load(again)
    assert sorted(again.leases) == [FIRST + 1]
    store.close()


def test_the_greatest_ipv4_address_is_one(tmp_path: Path) -> None:
    last = 0xFFFFFFFF
    target = Book([Pool4("s", 0xFFFFFF00, 0xFFFFFF00, [(last, last)])])
    lease = target.record(last)
    assert lease is not None
    store = LeaseStore(tmp_path / "leases.db")
    store.commit([lease])
    again = Book([Pool4("s", 0xFFFFFF00, 0xFFFFFF00, [(last, last)])])
    assert store.load(again) == 0
    assert list(again.leases) == [last]
    store.close()


def test_every_commit_is_synchronised_and_the_file_is_closed(tmp_path: Path) -> None:
    """R-031: a lease is on the disk before its client is answered."""
    before = descriptors()
    store = LeaseStore(tmp_path / "leases.db")
    assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    store.close()
    assert descriptors() == before
    with closing(sqlite3.connect(tmp_path / "leases.db")) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
