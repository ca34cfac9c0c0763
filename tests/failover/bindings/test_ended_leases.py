"""Which client may get an address whose lease has ended, before the partner has agreed."""

import pytest

from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status, client_key
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.failover.books import HOUR, MAC, NOW, lease_of
from tests.failover.inputs import OTHER, partner_update
from tests.failover.scripted import Bench, bench_in


def status_of(bench: Bench) -> Status:
    return lease_of(bench.book).status


def test_in_partner_down_another_client_waits_for_the_partners_last_possible_promise() -> None:
    """R-123: the same client may have the address at any time."""
    bench = bench_in(State.NORMAL, mclt=HOUR)
    update = partner_update(Status.ACTIVE, end=NOW + 60)
    update.potential = NOW + 600
    assert bench.update(update).reject is None
    bench.lose_connection()
    bench.turn(lambda now: bench.core.set_partner_down(None, now, operator="jo", expert=False))
    assert bench.state is State.PARTNER_DOWN
    bench.wait(1000)
    lease = lease_of(bench.book)
    assert lease.status.name == "EXPIRED"
    usable = NOW + 600 + HOUR
    assert bench.core.may_give(lease, client_key(None, MAC), bench.now)
    assert not bench.core.may_give(lease, client_key(None, OTHER), usable - 1)
    assert bench.core.may_give(lease, client_key(None, OTHER), usable)


def test_without_the_partners_agreement_no_other_client_gets_it_outside_partner_down() -> None:
    """R-123: however long ago the lease has ended."""
    bench = bench_in(State.NORMAL, mclt=HOUR)
    assert bench.update(partner_update(Status.ACTIVE, end=NOW + 60)).reject is None
    bench.lose_connection()
    bench.wait(1000)
    lease = lease_of(bench.book)
    assert lease.status.name == "EXPIRED"
    assert not bench.core.may_give(lease, client_key(None, OTHER), NOW + 1000 * HOUR)


def test_in_partner_down_an_ended_lease_is_pending_until_the_last_possible_promise_has_ended() -> None:
    """R-184: in no share before, and in the main's share after it."""
    bench = bench_in(State.NORMAL, mclt=HOUR)
    update = partner_update(Status.ACTIVE, end=NOW + 60)
    update.potential = NOW + 600
    assert bench.update(update).reject is None
    bench.lose_connection()
    bench.turn(lambda now: bench.core.set_partner_down(None, now, operator="jo", expert=False))
    lease, usable = lease_of(bench.book), NOW + 600 + HOUR
    bench.wait(usable - 5 - bench.now)
    assert status_of(bench) is Status.EXPIRED
    assert lease.address in lease.pool.pending
    assert lease.address not in lease.pool.free
    bench.wait(10)
    assert status_of(bench) is Status.FREE
    assert lease.address in lease.pool.free


@pytest.mark.parametrize("main", [True, False])
def test_with_contact_an_ended_lease_is_pending_until_the_partner_agrees(main: bool) -> None:
    """R-184: in no share while the update about its end is on the way, however long that takes."""
    bench = bench_in(State.NORMAL, main, mclt=HOUR)
    assert bench.update(partner_update(Status.ACTIVE, end=NOW + 30)).reject is None
    bench.wait(400, alive=True)
    lease = lease_of(bench.book)
    (sent,) = bench.take(BindingUpdate)
    assert sent.status == Status.EXPIRED
    assert status_of(bench) is Status.EXPIRED
    assert lease.address in lease.pool.pending
    assert lease.address not in lease.pool.free
    bench.acknowledge(sent)
    assert status_of(bench) in (Status.FREE, Status.BACKUP)
    assert lease.address not in lease.pool.pending
