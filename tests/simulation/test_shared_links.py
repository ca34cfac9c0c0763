"""A pair with two subnets on one link: each partner gives its own share of both, and no address twice (issue 15)."""

from dataclasses import dataclass
from ipaddress import IPv4Network

from dhcpserver.config.objects import Configuration
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from tests.simulation.host import Host
from tests.simulation.site import NEAR, THIRD, Site
from tests.simulation.world import World

SIZE = 6


@dataclass(frozen=True, slots=True)
class SharedLink(Site):
    """The third network is a secondary subnet on the link of the first one."""

    def configuration(self, main: bool, *, recover: int = 0, startup_wait: bool = False) -> Configuration:
        plain = Site.configuration(self, main, recover=recover, startup_wait=startup_wait)
        near, far, third = plain.scope
        shared = third.model_copy(update={"primary_subnet": IPv4Network((NEAR, 24))})
        return plain.model_copy(update={"scope": (near, far, shared)})


def running() -> World:
    """Return a pair in NORMAL whose shares are balanced. The clients with even numbers are on the link."""
    site = SharedLink(near=SIZE, far=2, third=SIZE, first_available=True, lease_time=3600)
    world = World(site=site, clients=4 * SIZE + 4, checks=())
    world.start()
    assert world.until_normal()
    world.run(120)
    return world


def leased(world: World, count: int) -> list[int]:
    """Let new clients on the link get leases; return their addresses, 0 for a client without one."""
    found = []
    for number in range(2, 2 + 2 * count, 2):
        lease = world.lease(number)
        found.append(0 if lease is None else int(lease.address))
    return found


def own_share(host: Host, scope: str) -> set[int]:
    """Return the free addresses that a server may give alone."""
    pool = host.book.pools[scope]
    return set(pool.free if host.main else pool.backup)


def test_each_scope_of_a_link_has_shares_of_its_own() -> None:
    """The half of each scope is the backup's, however the link is used."""
    world = running()
    for host in world.hosts:
        for scope in ("near", "third"):
            pool = host.book.pools[scope]
            assert (pool.free.count, pool.backup.count) == (SIZE // 2, SIZE // 2), (host.name, scope)


def test_both_partners_alone_give_all_addresses_of_the_link_and_none_twice() -> None:
    """Without contact each has its half of both subnets, and uses the primary one first."""
    world = running()
    world.link.cut()
    assert world.run(300, lambda: all(host.state is State.COMMUNICATIONS_INTERRUPTED for host in world.hosts))
    shares = {host.name: [own_share(host, scope) for scope in ("near", "third")] for host in world.hosts}
    found = leased(world, 2 * SIZE + 1)
    addresses = [address for address in found if address]
    everything = {network + 10 + number for network in (NEAR, THIRD) for number in range(SIZE)}
    assert set(addresses) == everything, "all addresses of both subnets"
    assert len(addresses) == 2 * SIZE, "none twice, and no client more gets one"
    for host in world.hosts:
        primary, secondary = shares[host.name]
        given = [each for each in addresses if each in primary | secondary]
        assert [each in primary for each in given] == [True] * (SIZE // 2) + [False] * (SIZE // 2)
    world.link.mend()
    assert world.run(600, world.in_sync)
    for host in world.hosts:
        active = {each.address for each in host.book.leases.values() if each.status is Status.ACTIVE}
        assert everything <= active
