"""Committed leases are restored after a crash of the process or an error of the disk."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Status
from dhcpserver.leases.pool import Pool4
from dhcpserver.storage.errors import StoreError
from dhcpserver.storage.leasestore import LeaseStore

FIRST, LAST = 0x0A000001, 0x0A0000FE


def book() -> Book:
    return Book([Pool4("s", 0x0A000000, 0xFFFFFF00, [(FIRST, LAST)])])


def leased(target: Book, address: int) -> None:
    lease = target.record(address)
    assert lease is not None
    target.set_client(lease, b"\1client", bytes((1, 2, 0, 0, 0, 0, address & 255)))
    target.set_status(lease, Status.ACTIVE, 1_000)
    lease.state_exp, lease.sent_pl, lease.acked_pl, lease.recv_pl, lease.cltt = 5_000, 6_000, 5_500, 5_600, 1_000
    lease.relay_info, lease.needs_update, lease.held = b"\1\4port", True, 7_000


def test_every_field_is_restored(tmp_path: Path) -> None:
    """R-031: state is processed from the stored data."""
    first = book()
    leased(first, FIRST)
    store = LeaseStore(tmp_path / "leases.db")
    store.commit(first.take_changes())
    store.close()
    again = book()
    store = LeaseStore(tmp_path / "leases.db")
    assert store.load(again) == 0
    store.close()
    old, new = first.get(FIRST), again.get(FIRST)
    assert old is not None
    assert new is not None
    names = set(type(old).__slots__) - {"pool", "sibling", "due"}
    assert {name: getattr(new, name) for name in names} == {name: getattr(old, name) for name in names}
    assert next(again.of_client(new.key or b"")) is new
    assert again.next_due() == 5_000


def test_a_store_without_the_column_for_holds_is_opened_and_gets_it(tmp_path: Path) -> None:
    """A store of an earlier version."""
    path = tmp_path / "leases.db"
    first = book()
    leased(first, FIRST)
    store = LeaseStore(path)
    store.commit(first.take_changes())
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE lease DROP COLUMN held")
        connection.execute("ALTER TABLE lease DROP COLUMN host_name")
        connection.execute("ALTER TABLE lease DROP COLUMN fqdn")
    connection.close()
    again = book()
    store = LeaseStore(path)
    assert store.load(again) == 0
    lease = again.get(FIRST)
    assert lease is not None
    assert (lease.state_exp, lease.held) == (5_000, 0)
    again.hold(lease, 9_000)
    store.commit(again.take_changes())
    store.close()
    once_more = book()
    store = LeaseStore(path)
    store.load(once_more)
    store.close()
    held = once_more.get(FIRST)
    assert held is not None
    assert held.held == 9_000


def test_leases_without_a_scope_stay_in_the_store_and_are_not_used(tmp_path: Path) -> None:
    """R-228: a scope that was removed from the configuration by mistake can be restored."""
    first = book()
    leased(first, FIRST)
    leased(first, LAST)
    store = LeaseStore(tmp_path / "leases.db")
    store.commit(first.take_changes())
    smaller = Book([Pool4("s", 0x0A000000, 0xFFFFFF00, [(FIRST, FIRST + 5)])])
    assert store.load(smaller) == 1
    assert len(smaller.leases) == 1
    whole = book()
    assert store.load(whole) == 0
    store.close()


def test_a_failed_write_raises_and_keeps_the_stored_leases(tmp_path: Path) -> None:
    first = book()
    leased(first, FIRST)
    store = LeaseStore(tmp_path / "leases.db")
    store.commit(first.take_changes())
    store._connection.execute("PRAGMA max_page_count=1")
    for address in range(FIRST, LAST):
        leased(first, address)
    with pytest.raises(StoreError, match="cannot write"):
        store.commit(first.take_changes())
    store.close()
    store, again = LeaseStore(tmp_path / "leases.db"), book()
    store.load(again)
    store.close()
    assert list(again.leases) == [FIRST]


def test_a_file_that_is_not_a_lease_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "leases.db").write_bytes(b"not a database, and long enough to be taken for one" * 50)
    with pytest.raises(StoreError, match="cannot open"):
        LeaseStore(tmp_path / "leases.db")


WRITER = """
import sys
from pathlib import Path
from tests.storage.test_leasestore import FIRST, book, leased
from dhcpserver.storage.leasestore import LeaseStore
target, store = book(), LeaseStore(Path(sys.argv[1]))
for address in range(FIRST, FIRST + 200):
    leased(target, address)
    store.commit(target.take_changes())
    print(address, flush=True)
"""


def test_a_kill_at_any_time_loses_no_committed_lease(tmp_path: Path) -> None:
    """R-128: a lease is on disk before it is sent to the client."""
    path = tmp_path / "leases.db"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        committed = [int(process.stdout.readline()) for _ in range(20)]
        os.kill(process.pid, signal.SIGKILL)
        committed += [int(line) for line in process.stdout.read().split()]
    again, store = book(), LeaseStore(path)
    store.load(again)
    store.close()
    assert set(committed) <= set(again.leases)
