"""A pair whose configuration reserves an address that a client has: the holder moves, and the other client gets it."""

from dataclasses import dataclass

import pytest

from dhcpserver.leases.lease import Status
from tests.simulation.site import NEAR, RESERVATIONS, RESERVED, Site
from tests.simulation.world import World

HOLDER, OWNER = 4, 6
LATER = NEAR + 16
"""Two clients on the network of the servers, and the first address that the main gives there."""


@dataclass(frozen=True, slots=True)
class Reserving(Site):
    """A site with one more reservation: the address of the holder, for the owner."""

    def reservations(self) -> dict[int, int]:
        return {RESERVED: RESERVATIONS[RESERVED], LATER: OWNER}


@pytest.mark.parametrize("stopped", [False, True])
def test_the_client_of_a_later_reservation_gets_its_address(stopped: bool) -> None:
    """By both servers together, and by the backup alone while the main is stopped."""
    settings = {"first_available": True, "lease_time": 3600, "mclt": 600}
    world = World(site=Site(**settings), checks=())  # type: ignore[arg-type]
    world.start()
    assert world.until_normal()
    world.run(60)
    held = world.lease(HOLDER)
    assert held is not None
    assert int(held.address) == LATER
    world.configure(Reserving(**settings))  # type: ignore[arg-type]
    for host in world.hosts:
        host.stop(long=False)
        assert world.run(30, lambda host=host: not host.running)  # type: ignore[misc]
        host.start()
        assert world.until_normal()
    if stopped:
        world.main.stop(long=True)
        assert world.run(60, lambda: not world.main.running)
        world.run(5)
    holder = world.clients.all[HOLDER]
    assert (world.clients.rebind if stopped else world.clients.renew)(holder)
    assert world.run(60, lambda: holder.lease is not None and int(holder.lease.address) != LATER)
    world.run(30)
    taken = world.lease(OWNER)
    assert taken is not None
    owner = world.clients.all[OWNER]
    if stopped:
        assert int(taken.address) != LATER, "the main may have extended the former lease, which MCLT limits"
        assert world.run(8000, lambda: owner.lease is not None and int(owner.lease.address) == LATER)
    else:
        assert int(taken.address) == LATER, "it need not wait for the end of the former lease"
    world.run(5)
    lease = world.backup.book.get(LATER)
    assert lease is not None
    assert lease.status is Status.ACTIVE
