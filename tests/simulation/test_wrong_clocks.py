"""The excuse of I1 for a clock that is wrong: which promises it covers."""

import pytest

from dhcpserver.leases.lease import Status
from tests.simulation.checks.promises import Promise, Promises
from tests.simulation.site import Site
from tests.simulation.test_findings import running
from tests.simulation.world import World


def promise_of(world: World, number: int) -> Promise:
    """Return the promise of a client's lease."""
    lease = world.clients.all[number].lease
    assert lease is not None
    check = next(each for each in world.checks if isinstance(each, Promises))
    (promise,) = check._promises[lease.address].values()
    return promise


@pytest.mark.parametrize(("error", "excused"), [(-3600.0, False), (3600.0, True), (4.0, False)])
def test_only_a_clock_that_is_ahead_ends_a_known_lease_early(error: float, excused: bool) -> None:
    """I1: a server whose clock is behind has its leases for longer, and no excuse to give the address away."""
    world = running(Site(near=12, lease_time=300, mclt=60))
    assert world.lease(2) is not None
    world.run(5)
    assert set(promise_of(world, 2).known) == {"main", "backup"}
    world.patience += 3600
    world.main.error = error
    world.run(20)
    promise = promise_of(world, 2)
    assert (promise.excuse == "the clock of main was ahead") is excused
    assert ("main" in promise.known) is not excused


@pytest.mark.parametrize(("error", "excused"), [(-3600.0, True), (3600.0, False)])
def test_only_a_clock_that_is_behind_excuses_what_is_promised_meanwhile(error: float, excused: bool) -> None:
    """I1: the stored end is too early, which counts when the clock is right again."""
    world = running(Site(near=12, lease_time=300, mclt=60))
    world.patience += 3600
    world.link.cut()
    world.run(1)
    world.main.error = error
    world.run(1)
    assert world.lease(2) is not None
    assert (promise_of(world, 2).excuse == "the clock of main was behind") is excused
    assert ("main" in promise_of(world, 2).known) is not excused


def lease_at(world: World, name: str, number: int) -> int:
    """Let a client on the servers' network start and reach one server only; return its address."""
    other = "backup" if name == "main" else "main"
    world.lan.unreachable.add((False, other))
    lease = world.lease(number)
    world.lan.unreachable.discard((False, other))
    assert lease is not None
    return lease.address


@pytest.mark.parametrize("seconds", [3, 60])
def test_a_clock_that_was_behind_for_a_time_does_not_make_a_lease_look_older(seconds: int) -> None:
    """I1: the client released at the backup, and leased again at the main, before the clock of the main was wrong.

    While it was behind, no time of the main's leases could be later than the present one. When it was right again, the
    release of the backup was later than the lease.
    """
    world = running(Site(near=12, lease_time=300, mclt=120))
    client = world.clients.all[2]
    world.link.cut()
    world.run(1)
    address = lease_at(world, "backup", 2)
    world.link.mend()
    assert world.until_normal()
    world.run(20)
    world.link.cut()
    world.run(1)
    assert world.clients.release(client)
    world.run(20)
    assert lease_at(world, "main", 2) == address
    world.patience += 3600
    world.main.error = -3600.0
    world.run(seconds)
    world.main.error = 0.0
    world.run(2)
    world.link.mend()
    assert world.until_normal()
    world.run(10)
    records = [host.book.get(address) for host in world.hosts]
    assert [record.status for record in records if record is not None] == [Status.ACTIVE] * 2
