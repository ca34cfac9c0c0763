"""A running lease of the partner beats an end that was not agreed; a refused one keeps its address from others."""

import pytest

from dhcpserver.failover.errors import OperatorError
from dhcpserver.failover.pools.answering import MessageKind
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import FOREVER, Lease, Status, client_key
from dhcpserver.service.turn import ForceAvailable
from dhcpserver.storage.leasestore import lease_of as read_row
from dhcpserver.storage.leasestore import row_of
from dhcpserver.wire.failover4 import Reject
from dhcpserver.wire.failover4_bindings import BindingUpdate
from tests.failover.books import DAY, FIRST, HOUR, MAC, NOW, book, lease_of
from tests.failover.inputs import OTHER, grant, partner_update, release
from tests.failover.paired import normal
from tests.failover.scripted import Bench, bench_in
from tests.simulation.endpoint_pair import agree, running
from tests.simulation.endpoints import EndpointWorld, both_normal

ENDS = [Status.FREE, Status.BACKUP, Status.EXPIRED, Status.RELEASED, Status.RESET]


def ended(bench: Bench, status: Status, *, agreed: bool, hardware: bytes = OTHER) -> Lease:
    """Return a lease that ended here a minute ago, in a status that the partner has acknowledged or not."""
    lease = lease_of(bench.book)
    bench.book.set_client(lease, None, hardware)
    bench.book.set_status(lease, status, NOW - 60)
    lease.cltt, lease.needs_update = NOW - 60, not agreed
    return lease


def conflicts(bench: Bench) -> int:
    return sum(trap.kind == "address-conflict" for trap in bench.traps)


@pytest.mark.parametrize("main", [True, False])
@pytest.mark.parametrize("status", ENDS)
def test_an_older_running_lease_beats_an_end_that_the_partner_has_not_acknowledged(status: Status, main: bool) -> None:
    bench = bench_in(State.NORMAL, main)
    lease = ended(bench, status, agreed=False)
    ack = bench.update(partner_update(Status.ACTIVE, when=NOW - 5000, end=NOW + DAY))
    assert ack.reject is None
    assert (lease.status, lease.state_exp, lease.hardware) == (Status.ACTIVE, NOW + DAY, MAC)
    assert lease.address not in lease.pool.free
    assert lease.address not in lease.pool.backup


@pytest.mark.parametrize("status", [Status.FREE, Status.BACKUP])
def test_a_lease_that_is_over_does_not(status: Status) -> None:
    bench = bench_in(State.NORMAL)
    lease = ended(bench, status, agreed=False)
    ack = bench.update(partner_update(Status.ACTIVE, when=NOW - 5000, end=NOW - 1))
    assert (ack.reject, lease.status) == (Reject.OUTDATED, status)
    assert not lease.held
    assert not conflicts(bench)


def test_a_release_by_the_same_client_is_compared_by_time() -> None:
    """The client ended the lease by its own act, so no address is held and no conflict is reported."""
    bench = bench_in(State.NORMAL)
    lease = ended(bench, Status.RELEASED, agreed=False, hardware=MAC)
    ack = bench.update(partner_update(Status.ACTIVE, when=NOW - 5000, end=NOW + DAY))
    assert (ack.reject, lease.status, lease.held, conflicts(bench)) == (Reject.OUTDATED, Status.RELEASED, 0, 0)
    ack = bench.update(partner_update(Status.ACTIVE, when=NOW - 10, end=NOW + DAY))
    assert (ack.reject, lease.status) == (None, Status.ACTIVE)


@pytest.mark.parametrize("status", [Status.FREE, Status.BACKUP])
def test_a_refused_running_lease_keeps_its_address_from_all_clients_until_its_end(status: Status) -> None:
    """Refused as older than a FREE that was agreed. The partner's client uses the address all the same."""
    bench = bench_in(State.NORMAL, main=status is Status.FREE)
    lease = ended(bench, status, agreed=True)
    free = lease.pool.free if status is Status.FREE else lease.pool.backup
    assert lease.address in free
    end = NOW + 900
    ack = bench.update(partner_update(Status.ACTIVE, when=NOW - 5000, end=end))
    assert ack.reject == Reject.OUTDATED
    assert lease.status is status
    assert lease.address not in free
    assert lease.pool.unavailable == 1
    assert not bench.core.may_give(lease, client_key(None, OTHER), bench.now)
    assert conflicts(bench) == 1
    assert any(line.id == 18109 and str(end) in line.text for line in bench.log)
    bench.wait(890, alive=True)
    assert lease.address not in free
    bench.wait(20, alive=True)
    assert lease.address in free
    assert lease.pool.unavailable == 0
    assert bench.core.may_give(lease, client_key(None, OTHER), bench.now)


def test_an_operator_can_end_a_hold() -> None:
    """The address is unavailable for operators, like one that a client declined; an infinite lease has no end."""
    site = normal()
    address = 0xC000020A
    lease = site.core.book.record(address)
    assert lease is not None
    site.core.book.hold(lease, FOREVER)
    site.turn()
    assert address not in lease.pool.free
    ((_, answer),) = site.turn(command=ForceAvailable(address, "jo")).answers
    assert answer is None
    assert address in lease.pool.free
    assert lease.held == 0
    ((_, answer),) = site.turn(command=ForceAvailable(address, "jo")).answers
    assert isinstance(answer, OperatorError)


def test_the_end_of_a_hold_is_a_change_of_the_pool() -> None:
    """The main checks the balance again."""
    bench = bench_in(State.NORMAL)
    lease = ended(bench, Status.FREE, agreed=True)
    bench.update(partner_update(Status.ACTIVE, when=NOW - 5000, end=NOW + 900))
    bench.wait(800, alive=True)
    before = lease.pool.version
    bench.wait(120, alive=True)
    assert lease.pool.version > before


def test_the_hold_survives_a_restart() -> None:
    bench = bench_in(State.NORMAL)
    ended(bench, Status.FREE, agreed=True)
    bench.update(partner_update(Status.ACTIVE, when=NOW - 5000, end=NOW + 900))
    (stored,) = [lease for lease in bench.stored if lease.address == FIRST]
    again = book()
    read = read_row(row_of(stored), again)
    assert read is not None
    again.load([read])
    assert FIRST not in again.pools["scope"].free
    assert again.pools["scope"].unavailable == 1
    assert again.next_due() == NOW + 900


def test_the_address_of_a_refused_client_is_held_after_the_lease_of_our_own() -> None:
    """Both servers leased the address. The main keeps its client; that one leaves before the other's lease ends."""
    bench = bench_in(State.NORMAL)
    lease = grant(bench)
    bench.acknowledge_all()
    ack = bench.update(partner_update(Status.ACTIVE, when=NOW - 60, hardware=OTHER, end=NOW + 900))
    assert ack.reject == Reject.FATAL_CONFLICT
    assert bench.core.may_give(lease, client_key(None, MAC), bench.now), "its own client goes on"
    bench.wait(100, alive=True)
    release(bench, lease)
    bench.acknowledge_all()
    assert lease.status is Status.FREE
    assert lease.address not in lease.pool.free
    assert not bench.core.may_give(lease, client_key(None, MAC), bench.now)
    bench.wait(801, alive=True)
    assert lease.address in lease.pool.free


@pytest.mark.parametrize("main", [True, False])
def test_a_lease_that_has_ended_does_not_replace_a_running_one_of_another_client(main: bool) -> None:
    """Although its client was in contact after the start of the lease here (the lease here was renewed since)."""
    bench = bench_in(State.NORMAL, main)
    lease = grant(bench)
    bench.acknowledge_all()
    lease.sos = NOW - 180
    for end in (NOW - 1, NOW):
        ack = bench.update(partner_update(Status.ACTIVE, when=NOW - 60, hardware=OTHER, end=end))
        assert ack.reject == Reject.OUTDATED
    assert (lease.status, lease.hardware) == (Status.ACTIVE, MAC)


def test_the_loser_of_a_conflict_keeps_the_address_from_third_clients_until_its_end() -> None:
    """The partner's client keeps the address; the client here was told that it has it for longer."""
    bench = bench_in(State.NORMAL, main=False)
    lease = grant(bench)
    bench.acknowledge_all()
    end = lease.state_exp
    assert bench.update(partner_update(Status.ACTIVE, when=NOW, hardware=OTHER, end=NOW + 60)).reject is None
    assert lease.hardware == OTHER
    bench.wait(100, alive=True)
    update = partner_update(Status.RELEASED, when=int(bench.now), hardware=OTHER)
    assert bench.update(update).reject is None
    assert bench.update(partner_update(Status.BACKUP, when=int(bench.now), hardware=b"")).reject is None
    assert lease.status is Status.BACKUP
    assert lease.address not in lease.pool.backup
    bench.wait(end - bench.now + 1, alive=True)
    assert lease.address in lease.pool.backup


def test_a_release_of_another_client_does_not_end_a_running_lease() -> None:
    """The partner's client released the address after this server had given it to another client."""
    bench = bench_in(State.NORMAL)
    lease = grant(bench)
    bench.acknowledge_all()
    ack = bench.update(partner_update(Status.RELEASED, when=NOW + 4, hardware=OTHER))
    assert ack.reject == Reject.OUTDATED
    assert (lease.status, lease.hardware) == (Status.ACTIVE, MAC)


def test_a_lease_that_beats_a_reset_in_flight_is_sent_again() -> None:
    """The partner accepts the reset, which is later. It receives the lease again after that."""
    bench = bench_in(State.NORMAL)
    lease = ended(bench, Status.ABANDONED, agreed=True)

    def force_available(now: float) -> None:
        bench.book.set_status(lease, Status.RESET, int(now))
        bench.core.changed(lease, now)

    bench.turn(force_available)
    (reset,) = bench.take(BindingUpdate)
    assert bench.update(partner_update(Status.ACTIVE, when=NOW - 500, end=NOW + HOUR)).reject is None
    bench.acknowledge(reset)
    (update,) = bench.take(BindingUpdate)
    assert (update.status, lease.status) == (Status.ACTIVE, Status.ACTIVE)


@pytest.mark.parametrize("renews_at_main", [True, False])
def test_no_address_is_given_twice_after_both_servers_took_over(renews_at_main: bool) -> None:
    """The link was cut for longer than the safe period; one server freed an address that the other extended."""
    world = EndpointWorld()
    main, backup = running(world, 20, use_safe_period=True, safe_period=600, mclt=300)
    one, other = (main, backup) if renews_at_main else (backup, main)
    lease = main.request_lease(1, 600)
    assert lease is not None
    world.run(30)
    world.cut()
    assert world.run(900, lambda: main.core.state is backup.core.state is State.PARTNER_DOWN)
    assert one.request_lease(1, DAY, MessageKind.RENEWING) is not None
    world.run(4000)
    freed = other.book.get(lease.address)
    assert freed is not None
    assert freed.status is Status.FREE
    world.mend()
    assert world.run(300, both_normal(main, backup))
    for server in (main, backup):
        record = server.book.get(lease.address)
        assert record is not None
        assert record.status is Status.ACTIVE
    given = [server.request_lease(number) for number in range(10, 40) for server in (main, backup)]
    assert lease.address not in [reply.address for reply in given if reply is not None]
    world.run(60)
    assert agree(main, backup)
