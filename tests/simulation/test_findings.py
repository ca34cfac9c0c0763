"""What random runs have found, each as the shortest story that shows it. The checks of the world watch all of them."""

from dataclasses import replace

import pytest

from dhcpserver.client.effects import State as Client
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from tests.simulation.host import Host
from tests.simulation.site import NEAR, Site
from tests.simulation.timeline import EPOCH
from tests.simulation.world import World

TINY = Site(near=1, far=2, lease_time=300, mclt=60)
"""One address on the near network, the main's."""


def running(site: Site | None = None) -> World:
    """A pair in NORMAL that has nothing to tell."""
    world = World(site=site)
    world.start()
    assert world.until_normal()
    world.run(20)
    return world


def replace_data(world: World, host: Host) -> None:
    """The host's disk is lost."""
    host.crash()
    host.disk.lose(b"another disk".ljust(16))
    world.watch.renewed(host)


def meet_and_part(world: World, host: Host) -> None:
    """Let a host that starts open a connection, and break it before the partner has said its state."""
    began = world.timeline.now
    assert world.run(20, lambda: "> CONNECTACK" in world.traced(host.name, since=began, states=False, messages=True))
    world.link.cut()
    world.run(1)
    assert host.state is State.STARTUP
    host.crash()
    world.link.mend()


def test_a_lost_database_is_not_taken_for_a_past_after_a_start_without_contact() -> None:
    """R-195: the second start asks for everything as the first would have."""
    world = running()
    lease = world.lease(2)
    assert lease is not None
    replace_data(world, world.backup)
    world.backup.start(startup_wait=True)
    meet_and_part(world, world.backup)
    began = world.timeline.now
    world.backup.start(startup_wait=True)
    assert world.until_normal()
    assert "> UPDREQALL" in world.traced("backup", since=began, states=False, messages=True)
    known = world.backup.book.get(lease.address)
    assert known is not None
    assert known.status is Status.ACTIVE
    world.converge()


def test_a_restored_store_is_refreshed_though_the_first_start_had_no_contact() -> None:
    """R-196: failover-recover has not been acted on before STARTUP is over."""
    world = running()
    image = world.backup.disk.image(int(world.backup.now))
    assert world.lease(2) is not None
    world.backup.crash()
    world.backup.disk.restore(image)
    world.watch.renewed(world.backup)
    world.backup.start(recover=int(world.backup.now))
    meet_and_part(world, world.backup)
    began = world.timeline.now
    world.backup.start()
    assert world.until_normal()
    assert world.traced("backup", since=began)[:2] == ["RECOVER", "RECOVER-WAIT"]
    world.converge()


def test_a_partner_may_come_and_go_within_one_turn() -> None:
    """CONNECTACK, STATE and DISCONNECT in one portion of octets."""
    world = World()
    world.main.slowness = 2.0
    world.backup.slowness = 0.5
    world.start()
    assert world.run(20, lambda: "> CONNECT" in world.traced("main", states=False, messages=True))
    world.run(0.1)
    world.backup.stop(long=False)
    world.run(5)
    assert "> DISCONNECT" in world.traced("backup", states=False, messages=True)
    assert world.main.running
    world.backup.start()
    assert world.until_normal()


def test_the_main_leaves_conflict_done_when_the_backup_was_ready_first() -> None:
    """R-194: the backup's NORMAL came before the main was through, and is not said again."""
    world = World()
    now = int(EPOCH)
    for host, state in ((world.main, State.CONFLICT_DONE), (world.backup, State.PARTNER_DOWN)):
        host.disk.write_record(
            FailoverRecord(
                state, now, host.main, ever_communicated=True, last_contact=now, last_operational=now, mclt=60
            )
        )
    world.main.start()
    world.run(15)
    world.backup.start()
    assert world.until_normal(60), world.traced("main")


def test_a_restored_backup_learns_which_addresses_are_no_longer_its_own() -> None:
    """R-196, I3: the main had taken back addresses that never had a client."""
    world = running(Site(near=12, backup_pct=50))
    image = world.backup.disk.image(int(world.backup.now))
    for host in world.hosts:
        host.stop(long=False)
    world.run(1)
    world.configure(replace(world.site, backup_pct=10))
    world.start()
    assert world.until_normal()
    world.run(10)
    world.backup.crash()
    world.backup.disk.restore(image)
    world.watch.renewed(world.backup)
    world.backup.start(recover=int(world.backup.now))
    assert world.until_normal()
    world.converge()


def test_an_address_that_the_lost_partner_found_unavailable_is_tried_again() -> None:
    """The decline was the partner's to end, and the partner is gone."""
    world = running()
    customer = world.clients.all[2]
    lease = world.lease(2)
    assert lease is not None
    world.clients.decline(customer)
    world.clients.leave_all()
    world.run(5)
    record = world.backup.book.get(lease.address)
    assert record is not None
    assert record.status is Status.ABANDONED
    assert record.key is None, "who declined is forgotten on both sides"
    world.main.crash(vanish=True)
    world.run(120)
    world.partner_down(world.backup)
    world.run(world.site.unavailable_timeout + 60)
    assert Status.ABANDONED not in [found.status for found in world.backup.book.leases.values()]
    assert lease.address in world.backup.book.pools["near"].pending


def test_a_server_that_was_away_does_not_take_an_address_for_unavailable_that_was_given_since() -> None:
    """RESET counts from the end of the time, not from the return."""
    world = running(TINY)
    customer = world.clients.all[2]
    lease = world.lease(2)
    assert lease is not None
    world.clients.decline(customer)
    world.clients.leave_all()
    world.run(1)
    world.main.crash()
    world.run(60)
    world.partner_down(world.backup)
    world.run(world.site.unavailable_timeout + 500)
    other = world.lease(4)
    assert other is not None
    assert other.address == lease.address
    world.run(10)
    world.main.start()
    assert world.until_normal()
    for host in world.hosts:
        known = host.book.get(lease.address)
        assert known is not None
        assert (known.status, known.key) == (Status.ACTIVE, world.clients.all[4].key)
    world.converge()


def test_an_offer_of_the_partners_address_ends_with_partner_down() -> None:
    """R-117, I5: the client asks when the partner is back already."""
    world = running(TINY)
    world.main.crash()
    world.run(40)
    world.partner_down(world.backup)
    world.run(world.site.mclt + 10)
    customer = world.clients.all[2]
    world.clients.restart(customer)
    assert world.run(5, lambda: customer.machine.state is Client.REQUESTING)
    assert world.backup.book.offer_of(NEAR + 10) is not None
    world.lan.unreachable = {(False, "main"), (False, "backup")}
    world.main.start()
    assert world.until_normal(3.5)
    world.lan.unreachable = {(False, "main")}
    assert world.run(10, lambda: customer.machine.state is Client.INIT)
    assert customer.lease is None
    world.lan.unreachable.clear()
    world.converge()


def test_a_client_that_released_at_one_server_and_returned_to_the_other_keeps_its_address() -> None:
    """What the second server told it is later than the release."""
    world = running(replace(TINY, near=2))
    customer = world.clients.all[2]
    assert world.lease(2) is not None
    world.clients.renew(customer)
    world.run(70)
    lease = customer.lease
    assert lease is not None
    assert world.lease(2) is not None
    world.run(10)
    world.link.cut()
    world.run(10)
    world.lan.unreachable = {(False, "main" if world.main.book.get(lease.address) is None else "backup")}
    world.lan.unreachable.clear()
    server = next(host for host in world.hosts if host.name == ("main" if lease.server == NEAR + 2 else "backup"))
    world.clients.release(customer)
    world.run(20)
    world.lan.unreachable = {(False, server.name)}
    assert world.lease(2) is not None
    world.lan.unreachable.clear()
    world.link.mend()
    assert world.until_normal()
    for number in (4, 6, 8):
        world.lease(number)
    world.converge()


def test_a_shorter_ack_does_not_shorten_what_the_client_may_still_believe() -> None:
    """The ACK for the shorter time may be lost."""
    world = running(Site(allow_override=True, mclt=120))
    customer = world.clients.all[2]
    first = world.lease(2)
    assert first is not None
    known = world.main.book.get(first.address)
    assert known is not None
    end = known.state_exp
    customer.wants = 20
    second = world.lease(2)
    assert second is not None
    assert (second.address, second.seconds) == (first.address, 20)
    assert known.state_exp == end


def test_what_a_main_without_data_would_be_alone_moves_no_partner() -> None:
    """R-186, R-195: both start at the same moment; the backup has its data and does not recover from nothing."""
    world = running()
    assert world.lease(2) is not None
    world.backup.crash()
    replace_data(world, world.main)
    began = world.timeline.now
    world.main.start(startup_wait=True)
    world.backup.start()
    assert world.until_normal()
    assert world.traced("backup", since=began) == ["COMMUNICATIONS-INTERRUPTED", "NORMAL"]
    assert world.traced("main", since=began) == ["RECOVER", "RECOVER-WAIT", "RECOVER-DONE", "NORMAL"]
    world.converge()


@pytest.mark.parametrize("reconnects", [False, True])
def test_a_lease_outlives_the_memory_of_the_server_that_extended_it(reconnects: bool) -> None:
    """R-195: the client of a server that lost its data has its address until that server's last possible promise."""
    world = running(replace(TINY, lease_time=200))
    customer = world.clients.all[2]
    assert world.lease(2) is not None
    world.run(40)  # The first renewal is granted in full.
    lease = customer.lease
    assert lease is not None
    assert lease.seconds == 200
    world.main.crash()
    world.run(100)
    world.clients.rebind(customer)  # The backup extends it, and nobody else hears of that.
    world.run(1)
    world.clients.vanish(customer)
    world.main.start(startup_wait=True)
    world.link.cut()
    replace_data(world, world.backup)
    world.main.crash()
    world.main.start()
    world.backup.start(startup_wait=True)
    world.link.mend()
    world.run(40)
    if reconnects:
        world.link.reset()
    assert world.until_normal()
    for _ in range(30):
        world.lease(4, 10)
    world.converge()


def test_a_client_that_returns_within_the_clocks_error_keeps_its_address() -> None:
    """Released at the main and given by the backup: half a second later by true time, and earlier by the clocks."""
    world = running(TINY)
    world.main.error, world.backup.error = 2.0, -2.0
    customer = world.clients.all[2]
    lease = world.lease(2)
    assert lease is not None
    world.run(10)
    world.link.cut()
    world.clients.release(customer)
    world.run(0.5)
    world.lan.unreachable = {(False, "main")}
    held = world.lease(2)
    world.lan.unreachable.clear()
    world.link.mend()
    assert world.until_normal()
    assert held is not None
    world.run(2)
    for host in world.hosts:
        known = host.book.get(lease.address)
        assert known is not None
        assert (known.status, known.key) == (Status.ACTIVE, customer.key)
    world.lease(4)
    world.converge()
