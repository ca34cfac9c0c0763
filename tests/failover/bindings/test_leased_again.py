"""A client that leases its address again while the end of its lease is on its way to the partner."""

import pytest

from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from tests.exhaustive.checks import Violation
from tests.exhaustive.explore import beginning
from tests.exhaustive.moves import Move, apply
from tests.exhaustive.small import Small
from tests.exhaustive.world import World
from tests.failover.bindings.test_outgoing import ack_of, sent
from tests.failover.books import HOUR, NOW, book, bound, outgoing

SMALL = Small("leased again", addresses=1, clients=2, mclt=60, lease_time=120, packetwise=True)


def deliver(world: World) -> None:
    """Let everything on the link arrive."""
    while any(world.wires.waits(index) for index in (0, 1)):
        apply(world, ("deliver", int(world.wires.waits(1))))


def ended() -> World:
    """Return a world in which the main has sent the end of a lease of 120 s, and the backup has freed the address."""
    world = beginning(SMALL)
    moves: tuple[Move, ...] = (("acquire", 0, 0), ("wait",), ("acquire", 0, 0), ("wait",), ("renew", 0, 0))
    for move in moves:
        apply(world, move)
        deliver(world)
    (lease,) = world.servers[0].book.leases.values()
    assert lease.acked_pl > lease.state_exp
    end = lease.state_exp
    while not world.wires.waits(1):
        world.now += 1
        world.work(world.servers[0])
        if lease.status is Status.ACTIVE and world.wires.waits(1):
            deliver(world)
    assert lease.status is Status.EXPIRED
    assert world.clock(world.servers[0]) > end
    apply(world, ("deliver", 1))
    assert world.servers[1].book.leases[lease.address].status is Status.FREE
    return world


@pytest.mark.parametrize("lost", [True, False])
def test_the_former_promise_does_not_count_for_a_lease_after_its_end(lost: bool) -> None:
    """R-127, R-121: the partner has freed the address, whether or not its acknowledgement arrives."""
    world = ended()
    if lost:
        world.wires.cut()
    apply(world, ("acquire", 0, 0))
    assert world.leases[0] is not None
    assert world.leases[0].until == world.now + SMALL.mclt


def test_the_partner_that_takes_over_meets_no_longer_promise() -> None:
    """I1 and R-123: it gives the address to another client MCLT after the takeover."""
    world = ended()
    world.wires.cut()
    apply(world, ("acquire", 0, 0))
    world.now += 2
    apply(world, ("crash", 0))
    apply(world, ("partner down", 1))
    assert world.servers[1].state is State.PARTNER_DOWN
    try:
        for move in (("wait",), ("acquire", 1, 1), ("wait",), ("acquire", 1, 1), ("wait",), ("acquire", 1, 1)):
            apply(world, move)
    except Violation as broken:
        pytest.fail(str(broken))
    assert world.leases[1] is not None


def test_an_acknowledged_end_does_not_raise_the_lead() -> None:
    """R-127: the partner that agrees to an end records no potential expiration; only a lease that it has does."""
    subject = book()
    updates, frames = outgoing(subject, window=10), list[bytes]()
    lease = bound(subject, 0)
    lease.sent_pl = lease.acked_pl = NOW + 2 * HOUR
    lease.recv_pl = NOW + 3 * HOUR
    subject.set_status(lease, Status.EXPIRED, NOW)
    updates.add_new_state(lease)
    assert (lease.acked_pl, lease.recv_pl) == (NOW + 2 * HOUR, NOW + 3 * HOUR), "the partner has not received the end"
    updates.emit(frames, NOW)
    assert (lease.sent_pl, lease.acked_pl, lease.recv_pl) == (NOW + 3 * HOUR, 0, 0), "the partner may have promised it"
    (update,) = sent(frames)
    subject.set_status(lease, Status.ACTIVE, NOW)
    updates.acknowledge(ack_of(update), NOW)
    assert lease.acked_pl == 0
