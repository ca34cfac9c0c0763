"""The shares of free addresses: moved, requested, taken back, and used when the partner is down."""

from collections.abc import Iterable

import pytest

from dhcpserver.failover.errors import CannotRebalance
from dhcpserver.failover.pools.hashing import belongs_to_main
from dhcpserver.failover.settings import PoolSettings
from dhcpserver.failover.states import State
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Status, client_key
from dhcpserver.leases.pool import Pool
from dhcpserver.wire.failover4 import PoolRequest, PoolResponse
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.failover.books import DAY, FIRST, HOUR, MAC, NOW, book, bound, lease_of
from tests.failover.inputs import OTHER, grant, partner_update, release
from tests.failover.scripted import Bench, bench_in, stored_record

NORMAL, INTERRUPTED, DOWN = State.NORMAL, State.COMMUNICATIONS_INTERRUPTED, State.PARTNER_DOWN


def shared(size: int, backup: int) -> Book:
    """Return a scope in which the backup has the `backup` highest addresses."""
    subject = book(size)
    give(subject, range(FIRST + size - backup, FIRST + size))
    return subject


def give(subject: Book, addresses: Iterable[int]) -> None:
    for address in addresses:
        subject.set_status(lease_of(subject, address), Status.BACKUP, NOW)
    subject.take_changes()


def pool_of(bench: Bench) -> Pool:
    return bench.book.pools["scope"]


def shares(bench: Bench) -> tuple[int, int]:
    return pool_of(bench).free.count, pool_of(bench).backup.count


# Moving addresses


def test_a_rebalance_makes_the_shares_exact() -> None:
    """R-110, R-200: a difference below the threshold stays until an operator rebalances."""
    bench = bench_in(NORMAL, subject=shared(100, 45), backup_pct=50)
    bench.acknowledge_all()
    assert shares(bench) == (55, 45), "within ten percent"
    bench.turn(lambda now: bench.core.rebalance(now, operator="jo"))
    bench.acknowledge_all()
    assert shares(bench) == (50, 50)
    assert any(line.id == 18125 and "operator jo: 5 addresses" in line.text for line in bench.log)


@pytest.mark.parametrize(("main", "state"), [(False, NORMAL), (True, INTERRUPTED), (True, DOWN)])
def test_only_the_main_rebalances_and_only_in_normal(main: bool, state: State) -> None:
    """R-110: without contact, the partner's share may have changed."""
    bench = bench_in(state, main, subject=shared(100, 45), backup_pct=50)
    with pytest.raises(CannotRebalance, match="only the main rebalances"):
        bench.core.rebalance(bench.now, operator="jo")
    assert shares(bench) == (55, 45)


def test_the_backup_gets_its_share_on_entry_to_normal_and_on_request() -> None:
    """R-013, R-105, R-190: POOLRESP has the number of addresses, which follow as updates."""
    bench = bench_in(NORMAL, subject=shared(100, 50), backup_pct=50)
    assert shares(bench) == (50, 50)
    return_addresses(bench, 30)
    bench.deliver(PoolRequest(71))
    (response,) = bench.take(PoolResponse)
    assert (response.xid, response.transferred) == (71, 30)
    assert bench.acknowledge_all() == 30
    assert shares(bench) == (50, 50)
    bench.deliver(PoolRequest(72))
    (response,) = bench.take(PoolResponse)
    assert response.transferred == 0, "in balance"


def return_addresses(bench: Bench, count: int) -> None:
    """Make that many of the backup's addresses the main's, without the balancer."""
    for address in list(pool_of(bench).backup)[:count]:
        bench.book.set_status(lease_of(bench.book, address), Status.FREE, NOW)
    bench.book.take_changes()


@pytest.mark.parametrize("state", [INTERRUPTED, DOWN, State.POTENTIAL_CONFLICT, State.RECOVER_DONE])
def test_moves_no_addresses_outside_normal(state: State) -> None:
    """A pool request is answered with 0."""
    bench = bench_in(state, subject=shared(100, 0), backup_pct=50)
    bench.deliver(PoolRequest(71))
    assert [response.transferred for response in bench.take(PoolResponse)] == [0]
    assert shares(bench) == (100, 0)


@pytest.mark.parametrize(
    ("pct", "backup", "moved"),
    [(10, 40, 0), (10, 39, 11), (10, 60, 0), (10, 61, 11), (30, 21, 0), (30, 19, 31), (0, 48, 2), (0, 49, 0)],
)
def test_moves_addresses_only_beyond_the_threshold(pct: int, backup: int, moved: int) -> None:
    """R-107, R-163; C-02: rebalancing-delta-pct of the available addresses, and at least one address."""
    bench = bench_in(NORMAL, subject=shared(100, backup), backup_pct=50, rebalancing_delta_pct=pct)
    assert abs(shares(bench)[1] - backup) == moved


def test_giving_takes_effect_at_once_and_taking_after_agreement() -> None:
    """I3: an address never belongs to both shares; a rejected move changes nothing."""
    giving = bench_in(NORMAL, subject=shared(100, 50), backup_pct=50)
    return_addresses(giving, 20)
    giving.deliver(PoolRequest(1))
    assert pool_of(giving).free.count < 70
    given = giving.take(BindingUpdate)
    assert all(update.status == Status.BACKUP for update in given)
    assert all(update.address not in pool_of(giving).free for update in given)
    stored_now = {lease.address for lease in giving.stored if lease.status is Status.BACKUP}
    assert {update.address for update in given} <= stored_now, "durable with the turn that sends the update"

    taking = Bench(True, stored_record(INTERRUPTED), shared(100, 90), backup_pct=50)
    taking.connect()
    taking.report(NORMAL)
    updates = taking.take(BindingUpdate)
    assert all(update.status == Status.FREE for update in updates)
    assert shares(taking) == (10, 90)
    taking.acknowledge(updates[0], reject=15)
    taking.acknowledge(updates[1])
    assert shares(taking) == (11, 89)
    assert updates[0].address in pool_of(taking).backup


def test_the_main_takes_back_addresses_once_an_hour() -> None:
    """R-016, R-114: if its share is below 100 % minus backup-pct by more than the threshold."""
    bench = bench_in(NORMAL, subject=shared(100, 50), backup_pct=50)
    give(bench.book, list(pool_of(bench).free)[:40])
    bench.wait(HOUR - 100, alive=True)
    assert shares(bench) == (10, 90), "no lease of the scope has changed"
    bench.wait(100, alive=True)
    bench.acknowledge_all()
    assert shares(bench) == (50, 50)


def test_a_main_without_addresses_takes_some_back_at_once() -> None:
    """R-107, R-163: shortly after the last address of a scope is leased."""
    bench = bench_in(NORMAL, subject=shared(10, 5), backup_pct=50, rebalancing_delta_pct=50)
    for number, address in enumerate(list(pool_of(bench).free)):
        grant(bench, address - FIRST, hardware=MAC[:-1] + bytes([number]))
    bench.acknowledge_all()
    assert shares(bench) == (3, 2)


def test_a_backup_requests_addresses_on_entry_hourly_and_when_it_has_none() -> None:
    """R-013, R-190: and again after an answer that announces addresses."""
    bench = bench_in(NORMAL, False, subject=shared(10, 1))
    assert bench.core.state is NORMAL
    bench.sent.clear()
    bench.wait(HOUR - 20, alive=True)
    assert bench.take(PoolRequest) == []
    bench.wait(20, alive=True)
    (request,) = bench.take(PoolRequest)
    bench.deliver(PoolResponse(request.xid, 0, 4))
    bench.wait(11, alive=True)
    (request,) = bench.take(PoolRequest)
    bench.deliver(PoolResponse(request.xid, 0, 0))
    bench.wait(60, alive=True)
    assert bench.take(PoolRequest) == []
    (address,) = pool_of(bench).backup
    grant(bench, address - FIRST)
    bench.acknowledge_all()
    bench.wait(11, alive=True)
    assert len(bench.take(PoolRequest)) == 1


def test_with_load_balancing_addresses_go_to_the_server_of_their_last_client() -> None:
    """R-115: so that a client that returns gets its old address."""
    subject = book(100)
    for number in range(60):
        lease = lease_of(subject, FIRST + number)
        subject.set_client(lease, None, b"\1" + number.to_bytes(6, "big"))
    bench = Bench(True, stored_record(INTERRUPTED), subject, load_balancing=True)
    bench.connect()
    bench.report(NORMAL)
    bench.acknowledge_all()
    assert shares(bench) == (50, 50)
    of_backup = [
        lease.status is Status.BACKUP
        for lease in subject.leases.values()
        if lease.key and not belongs_to_main(lease.key)
    ]
    of_main = [
        lease.status is Status.BACKUP for lease in subject.leases.values() if lease.key and belongs_to_main(lease.key)
    ]
    assert all(of_backup)
    assert sum(of_main) < sum(of_backup)


def test_does_not_move_addresses_that_are_reserved_or_of_a_deactivated_scope() -> None:
    """No new client can get them, so they are in neither share."""
    closed = {"scope": PoolSettings(deactivated=True)}
    assert shares(bench_in(NORMAL, subject=shared(100, 0), backup_pct=50, pools=closed)) == (100, 0)
    reserved = frozenset(range(FIRST, FIRST + 40))
    assert shares(bench_in(NORMAL, subject=book(100, reserved), backup_pct=50)) == (30, 30)


# Which server gives which addresses


@pytest.mark.parametrize("main", [True, False])
@pytest.mark.parametrize("state", [NORMAL, INTERRUPTED, State.RESOLUTION_INTERRUPTED])
def test_gives_addresses_of_its_own_share_only(state: State, main: bool) -> None:
    """R-009, R-105, R-106, R-168: also while it does not know whether its partner runs."""
    bench = bench_in(state, main, subject=shared(10, 4), backup_pct=40)
    pool = pool_of(bench)
    own, other = (pool.free, pool.backup) if main else (pool.backup, pool.free)
    assert bench.core.sources(pool, bench.now) == (own,)
    of_backup = other.lowest()
    assert of_backup is not None
    assert not bench.core.may_give(lease_of(bench.book, of_backup), b"\0\1new", bench.now)


@pytest.mark.parametrize("main", [True, False])
def test_in_partner_down_uses_its_own_share_then_the_partners_then_ended_leases(main: bool) -> None:
    """R-117, R-123, R-151: each from its own time on."""
    subject = shared(10, 4)
    ended = bound(subject, 0)
    ended.sent_pl = ended.acked_pl = NOW + 3 * HOUR
    subject.schedule(ended, ended.state_exp)
    bench = bench_in(NORMAL, main, subject=subject, use_safe_period=False)
    bench.lose_connection()
    bench.wait(600)
    bench.turn(lambda now: bench.core.set_partner_down(None, now, operator="jo", expert=False))
    pool = pool_of(bench)
    own, other = (pool.free, pool.backup) if main else (pool.backup, pool.free)
    assert bench.core.sources(pool, bench.now) == (own,)
    assert bench.core.view(bench.now).partner_pool_usable_at == NOW + HOUR
    bench.wait(NOW + HOUR - bench.now - 1)
    assert bench.core.sources(pool, bench.now) == (own,)
    bench.wait(1)
    assert bench.core.sources(pool, bench.now) == (own, other)
    bench.wait(NOW + 3 * HOUR + HOUR - bench.now - 1)
    statuses = [ended.status]
    assert not bench.core.may_give(ended, b"\0\1new", bench.now)
    assert bench.core.may_give(ended, ended.key or b"", bench.now), "its own client at any time"
    bench.wait(3)
    assert [*statuses, ended.status] == [Status.EXPIRED, Status.FREE]


def test_a_lease_first_granted_in_partner_down_is_free_at_its_end() -> None:
    """The partner cannot have extended a lease of which it received no update."""
    bench = bench_in(DOWN, subject=book())
    bench.lose_connection()
    lease = grant(bench, 3, desired=HOUR, hardware=OTHER)
    assert lease.sent_pl == 0
    bench.wait(HOUR + 299)
    statuses = [lease.status]
    bench.wait(3)
    assert [*statuses, lease.status] == [Status.ACTIVE, Status.FREE]


def test_the_strict_safe_period_waits_mclt_from_its_end() -> None:
    """By default the partner's addresses are usable at once (R-144), with safe-period-strict after MCLT."""
    for strict, usable in ((False, 14_400), (True, 14_400 + HOUR)):
        bench = bench_in(NORMAL, subject=shared(10, 4), safe_period_strict=strict)
        bench.lose_connection()
        bench.wait(14_401)
        view = bench.core.view(bench.now)
        assert view.state is DOWN
        assert view.partner_pool_usable_at == NOW + usable
        assert (len(bench.core.sources(pool_of(bench), bench.now)) == 2) is not strict


def test_a_short_safe_period_still_waits_for_mclt() -> None:
    """R-144; C-05: the later of the entry and MCLT after the loss of contact."""
    bench = bench_in(NORMAL, subject=shared(10, 4), safe_period=600)
    bench.lose_connection()
    bench.wait(601)
    assert bench.state is DOWN
    assert bench.core.view(bench.now).partner_pool_usable_at == NOW + HOUR


def test_an_outage_within_the_safe_period_needs_no_operator() -> None:
    """R-010, R-143, R-168: after fifty-five minutes it returns to NORMAL automatically."""
    bench = bench_in(NORMAL, subject=shared(10, 4))
    bench.lose_connection()
    bench.wait(55 * 60)
    assert bench.state is INTERRUPTED
    assert bench.core.sources(pool_of(bench), bench.now)[0]
    bench.connect()
    bench.report(INTERRUPTED)
    assert bench.state is NORMAL


# Reserved addresses


@pytest.mark.parametrize("main", [True, False])
def test_either_server_serves_the_client_of_a_reservation(main: bool) -> None:
    """Whichever share the address is in; no other client gets it."""
    bench = bench_in(INTERRUPTED, main, subject=book(reserved=frozenset({FIRST})))
    lease = lease_of(bench.book)
    pool = pool_of(bench)
    assert FIRST not in pool.free
    assert FIRST not in pool.backup
    assert bench.core.may_give(lease, client_key(None, MAC), bench.now)


def test_the_client_of_a_reservation_does_not_wait_for_the_partners_agreement() -> None:
    """It released the address and requests it again; no other client could get it meanwhile."""
    for reserved, expected in ((frozenset({FIRST}), True), (frozenset[int](), False)):
        bench = bench_in(NORMAL, False, subject=book(reserved=reserved))
        lease = grant(bench)
        bench.acknowledge_all()
        release(bench, lease)
        assert len(bench.take(BindingUpdate)) == 1
        assert lease.status is Status.RELEASED
        assert bench.core.may_give(lease, lease.key or b"", bench.now) is expected


def test_a_new_reservation_waits_for_the_end_of_the_last_clients_promises() -> None:
    """I5: the partner may have renewed the lease of the client that had the address before."""
    subject = book(reserved=frozenset({FIRST}))
    bench = bench_in(INTERRUPTED, subject=subject, use_safe_period=False)
    lease = bound(subject, 0)
    subject.set_status(lease, Status.EXPIRED, NOW + HOUR)
    key = client_key(None, OTHER)
    assert not bench.core.may_give(lease, key, NOW + 2 * HOUR)
    assert bench.core.may_give(lease, lease.key or b"", NOW + 2 * HOUR)
    bench.turn(lambda now: bench.core.set_partner_down(None, now, operator="jo", expert=False))
    assert not bench.core.may_give(lease, key, NOW + 3 * HOUR - 1)
    assert bench.core.may_give(lease, key, NOW + 3 * HOUR)


def test_reserves_an_ended_lease_for_its_client_while_the_partner_is_away() -> None:
    """R-134, R-182, R-184; C-22: in both roles. The client may return, no other gets it, and it is not freed."""
    for main in (True, False):
        subject = book()
        lease = bound(subject, 0)
        bench = bench_in(NORMAL, main, subject=subject, use_safe_period=False)
        bench.update(partner_update(Status.ACTIVE, hardware=lease.hardware, end=NOW + 60))
        bench.lose_connection()
        bench.wait(DAY)
        assert lease.status is Status.EXPIRED
        assert lease.address in pool_of(bench).pending
        assert not bench.core.may_give(lease, client_key(None, OTHER), bench.now)
        assert bench.core.may_give(lease, lease.key or b"", bench.now)


def test_a_server_in_recover_frees_no_lease() -> None:
    """R-178: the partner may have renewed a lease that has ended here; its update would then be outdated."""
    subject = book()
    lease = bound(subject, 0)
    subject.set_status(lease, Status.EXPIRED, NOW - DAY)
    lease.cltt = lease.state_exp = lease.sent_pl = NOW - DAY
    subject.schedule(lease, NOW)
    bench = bench_in(State.RECOVER, subject=subject)
    bench.wait(50)
    assert lease.status is Status.EXPIRED
    bench.report(INTERRUPTED)
    assert (
        bench.update(partner_update(Status.ACTIVE, when=NOW - HOUR, hardware=lease.hardware, end=NOW + DAY)).reject
        is None
    )
