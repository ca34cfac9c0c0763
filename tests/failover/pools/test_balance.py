"""A move of addresses, and changes of its pool while it is pending."""

from dhcpserver.failover.outbox import Outbox
from dhcpserver.failover.pools.balance import Balancer
from dhcpserver.failover.states import State
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Status
from dhcpserver.leases.pool import Pool
from tests.failover.books import FIRST, MAC, NOW, book, lease_of, outgoing
from tests.failover.inputs import grant, release
from tests.failover.scripted import bench_in
from tests.settings import pair_settings


def balancer(subject: Book) -> Balancer:
    """A main that shares a pool equally, without a threshold."""
    settings = pair_settings("pair", True, backup_pct=50, rebalancing_delta_pct=0)
    return Balancer(settings, subject, outgoing(subject), Outbox(frozenset()))


def with_a_take(subject: Book) -> tuple[Balancer, Pool]:
    """A move that takes the only available address of two, which the backup has."""
    pool = subject.pools["scope"]
    subject.set_status(lease_of(subject, FIRST), Status.BACKUP, NOW)
    subject.set_status(lease_of(subject, FIRST + 1), Status.ACTIVE, NOW)
    balance = balancer(subject)
    assert balance.check(pool) == -1
    return balance, pool


def test_a_pool_that_changes_while_a_move_is_pending_is_checked_after_it() -> None:
    """R-107: the backup's updates freed both addresses at the main, so nothing was left to take.

    The change that had freed them was forgotten, and the backup had no address until the hourly check.
    """
    subject = book(2)
    balance, pool = with_a_take(subject)
    for address in (FIRST, FIRST + 1):
        subject.set_status(lease_of(subject, address), Status.FREE, NOW)
    assert balance.check(pool) == 0, "a move is pending"
    assert balance.step(NOW, 100) == [pool]
    assert balance.check(pool) == 1


def test_a_pool_that_did_not_change_is_not_checked_again() -> None:
    """Otherwise a move that finds nothing would be planned again in every turn."""
    subject = book(2)
    lease_of(subject, FIRST).needs_update = True
    balance, _ = with_a_take(subject)
    assert balance.step(NOW, 100) == []
    assert not balance.busy


def test_an_acknowledgement_that_frees_the_last_address_is_a_change_of_the_pool() -> None:
    """The main had no address left. It checks the balance when the acknowledgement frees one, not an hour later."""
    bench = bench_in(State.NORMAL, subject=book(2), backup_pct=50)
    bench.acknowledge_all()
    leases = [grant(bench, number, hardware=MAC[:-1] + bytes([number])) for number in range(2)]
    bench.acknowledge_all()
    for lease in leases:
        release(bench, lease)
    bench.acknowledge_all()
    pool = bench.book.pools["scope"]
    assert (pool.free.count, pool.backup.count) == (1, 1)
