"""Changes of roles: the operator exchanges main and backup, on both servers or on one only."""

import random

import pytest

from dhcpserver.failover.states import State
from tests.simulation.operator import Operator
from tests.simulation.roles import RoleChanges
from tests.simulation.site import Site
from tests.simulation.world import World


def running(site: Site | None = None) -> World:
    """Return a pair in NORMAL with all leases acknowledged."""
    world = World(site=site)
    world.start()
    assert world.until_normal()
    world.run(20)
    return world


def exchange(world: World, *names: str) -> None:
    """Stop servers, exchange their roles, and start them in this order."""
    hosts = [next(host for host in world.hosts if host.name == name) for name in names]
    for host in hosts:
        host.stop(long=False)
    world.run(3)
    for host in hosts:
        host.main = not host.main
        host.start()


@pytest.mark.parametrize("order", [("main", "backup"), ("backup", "main")])
def test_the_roles_of_both_are_exchanged_and_new_clients_are_served_soon(order: tuple[str, str]) -> None:
    """R-205, R-227: the new main has all leases as soon as the new backup has answered its request."""
    world = running(Site(mclt=120))
    lease = world.lease(2)
    assert lease is not None
    world.run(10)
    exchange(world, *order)
    assert world.until_normal(60)
    new = world.lease(4, 40)
    assert new is not None
    assert new.address != lease.address
    for host in world.hosts:
        record = host.book.get(lease.address)
        assert record is not None
        assert record.key == world.clients.all[2].key
    world.converge()
    assert world.main.book.pools["near"].backup.count


@pytest.mark.parametrize("mclt", [40, 100])
def test_a_new_main_alone_waits_for_the_leases_of_its_partner(mclt: int) -> None:
    """I1, R-205: the old main gave an address after the backup had stopped. The new main has it in its own share."""
    world = running(Site(near=1, far=2, mclt=mclt))
    world.backup.stop(long=False)
    world.run(3)
    assert world.lease(2) is not None
    world.clients.vanish(world.clients.all[2])
    world.main.crash(vanish=True)
    world.backup.main = True
    world.backup.start()
    began = world.timeline.now
    world.run(12)
    assert world.backup.state is State.PARTNER_DOWN
    assert world.lease(4, mclt - 15) is None
    assert any("new clients" in line for line in world.log.lines())
    world.run(began + mclt + 1 - world.timeline.now)
    client = world.clients.all[4]
    assert client.lease is not None or world.lease(4) is not None
    world.main.main = False
    world.clients.leave_all()
    world.main.start()
    assert world.until_normal(200)
    world.converge()


@pytest.mark.parametrize("name", ["main", "backup"])
def test_two_servers_with_one_role_refuse_each_other_until_it_is_put_right(name: str) -> None:
    world = running()
    assert world.lease(2) is not None
    exchange(world, name)
    world.run(60)
    assert not any(host.communicating for host in world.hosts)
    roles = RoleChanges(world, Operator(world, random.Random(1)), random.Random(1))
    assert not roles.exchange_one()
    assert roles.put_right()
    assert world.until_normal(600)
    world.converge()


@pytest.mark.parametrize("restarted", [False, True])
def test_a_new_main_gives_nothing_of_a_scope_whose_leases_may_never_end(restarted: bool) -> None:
    """I1, R-205: the old main gave an infinite lease to a BOOTP client after the backup had stopped."""
    world = running(Site(near=4, far=4, mclt=40, dynamic_bootp=True))
    world.backup.stop(long=False)
    world.run(3)
    number = next(each.number for each in world.clients.all if each.far)
    assert world.clients.bootp(number)
    world.run(2)
    world.main.crash(vanish=True)
    world.backup.main = True
    world.backup.start()
    world.run(60)
    if restarted:
        world.backup.crash()
        world.backup.start()
        world.run(60)
    assert world.backup.state is State.PARTNER_DOWN
    pool = world.backup.book.pools["far"]
    assert not world.backup.core.partnership.sources(pool, world.backup.now)
    assert world.backup.core.partnership.sources(world.backup.book.pools["near"], world.backup.now)
    world.main.main = False
    world.main.start()
    assert world.until_normal(200)
    world.run(10)
    assert world.backup.core.partnership.sources(pool, world.backup.now)
    world.converge()
