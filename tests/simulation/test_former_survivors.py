"""Errors that no test found before, each as the shortest run that shows it; see docs/mutation.md."""

from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from dhcpserver.wire import dhcp4, options4
from dhcpserver.wire.dhcp4 import BOOTREQUEST, Packet
from dhcpserver.wire.options4 import MessageType
from tests.simulation.site import SERVERS, Site, arrivals, hardware
from tests.simulation.world import World


def running(site: Site) -> World:
    """Return a pair in NORMAL with all leases acknowledged."""
    world = World(site=site)
    world.start()
    assert world.until_normal()
    world.run(20)
    return world


def test_the_wait_for_mclt_counts_from_when_the_server_last_ran() -> None:
    """R-182: not from its last contact, since it has served alone after that."""
    world = running(Site(mclt=60))
    world.link.cut()
    world.run(200)
    world.main.crash()
    failed = world.timeline.now
    world.run(5)
    assert world.partner_down(world.backup) is None
    world.link.mend()
    world.main.start()
    assert world.run(20, lambda: world.main.state is State.RECOVER_WAIT)
    world.run(failed + 45 - world.timeline.now)
    assert world.main.state is State.RECOVER_WAIT
    assert world.until_normal(60)


def test_a_server_that_ran_when_its_partner_took_over_enters_potential_conflict() -> None:
    """Both have served: the last contact, which was before the takeover, is not the time of the failure."""
    world = running(Site(mclt=60))
    world.link.cut()
    world.run(20)
    assert world.partner_down(world.backup) is None
    world.run(100)
    world.main.crash()
    world.run(5)
    began = world.timeline.now
    world.link.mend()
    world.main.start()
    assert world.until_normal(100)
    assert world.traced("main", since=began)[0] == "POTENTIAL-CONFLICT"


def test_the_partners_share_is_not_given_while_the_partner_rejoins() -> None:
    """R-178: the backup waits for acknowledgements before NORMAL, and gives only its own share meanwhile."""
    site = Site(mclt=30, near=6, far=2, max_unacked=1, lease_time=300)
    world = World(site=site, latency=2.0, clients=20)
    world.start()
    assert world.until_normal()
    world.run(60)
    world.main.crash()
    world.run(20)
    assert world.partner_down(world.backup) is None
    world.run(40)
    pool = world.backup.book.pools["near"]
    for number in range(2, 20, 2):
        if not pool.backup and pool.free.count <= 1:
            break
        world.lease(number)
    assert not pool.backup, "its own share is used up"
    assert pool.free.count >= 1, "an address of its partner's share is left"
    world.main.start()
    assert world.run(200, lambda: world.main.state is State.RECOVER_DONE)
    for client in [client for client in world.clients.all if client.lease is not None][:3]:
        world.clients.restart(client)  # An update of each is to be acknowledged before NORMAL.
    assert world.run(30, lambda: _partner_reported(world, State.RECOVER_DONE))
    assert world.backup.state is State.PARTNER_DOWN
    replies = world.backup.core.counters.sent.get("DHCPOFFER", 0)
    world.clients.restart(world.clients.all[18])
    world.run(0.5)
    assert world.backup.state is State.PARTNER_DOWN, "the wait is over too early for this test"
    assert world.backup.core.counters.sent.get("DHCPOFFER", 0) == replies
    assert world.until_normal()


def _partner_reported(world: World, state: State) -> bool:
    endpoint = world.backup.core.endpoint
    return endpoint is not None and endpoint.view(world.backup.now).partner_state is state


def test_a_release_that_names_the_server_that_is_down_is_accepted() -> None:
    """In PARTNER-DOWN the partner cannot receive it: the lease would last until its end."""
    world = running(Site())
    world.lan.unreachable = {(False, "backup")}
    lease = world.lease(2)
    assert lease is not None
    world.lan.unreachable.clear()
    world.run(5)
    world.main.crash()
    world.run(5)
    world.clients.leave_all()

    def released() -> Status:
        options = {
            options4.MESSAGE_TYPE: bytes((MessageType.RELEASE,)),
            options4.SERVER_IDENTIFIER: SERVERS["main"].to_bytes(4, "big"),
        }
        packet = Packet(BOOTREQUEST, 1, 6, 0, 7, 0, 0, lease.address, 0, 0, 0, hardware(2), options)
        world.backup.packet(dhcp4.encode(packet), arrivals("backup")[1], 1000)
        world.run(1)
        found = world.backup.book.get(lease.address)
        assert found is not None
        return found.status

    assert released() is Status.ACTIVE, "in COMMUNICATIONS-INTERRUPTED the partner may receive it"
    assert world.partner_down(world.backup) is None
    assert released() is not Status.ACTIVE


def test_a_lease_is_not_ended_before_the_slower_clock_has_reached_its_end() -> None:
    """I1: without a grace period, the server with the faster clock would end it five seconds too early."""
    world = running(Site(grace_period=0, lease_time=60, mclt=60, near=2, far=2))
    world.main.error, world.backup.error = 2.5, -2.5
    world.link.cut()
    world.run(5)
    world.lan.unreachable = {(False, "main")}
    held = world.lease(2)
    assert held is not None
    world.lan.unreachable.clear()
    world.link.mend()
    assert world.until_normal(30)
    assert world.lease(4) is not None, "the main's own address is taken"
    world.clients.vanish(world.clients.all[2])
    newcomer = world.clients.all[6]
    while world.timeline.now < held.expires_at + 10:
        if newcomer.lease is None:
            world.clients.restart(newcomer)
        world.run(0.5)
    assert newcomer.lease is None or newcomer.lease.address != held.address or world.timeline.now > held.expires_at
