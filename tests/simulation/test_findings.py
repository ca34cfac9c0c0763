"""Errors that random runs have found, each as the shortest run that shows it. All checks apply to them."""

from dataclasses import replace

import pytest

from dhcpserver.client.effects import State as Client
from dhcpserver.failover.state.record import FailoverRecord
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from tests.simulation.dialects import Dialect
from tests.simulation.host import Host
from tests.simulation.site import NEAR, Site
from tests.simulation.timeline import EPOCH
from tests.simulation.world import World

TINY = Site(near=1, far=2, lease_time=300, mclt=60)
"""One address on the near network, the main's."""


def running(site: Site | None = None) -> World:
    """Return a pair in NORMAL with all leases acknowledged."""
    world = World(site=site)
    world.start()
    assert world.until_normal()
    world.run(20)
    return world


def replace_data(world: World, host: Host) -> None:
    """Lose the host's disk."""
    host.crash()
    host.disk.lose(b"another disk".ljust(16))
    world.checker.data_replaced(host)


def connect_and_cut(world: World, host: Host) -> None:
    """Let a starting host open a connection, and cut it before the partner has sent its state."""
    began = world.timeline.now
    assert world.run(20, lambda: "> CONNECTACK" in world.traced(host.name, since=began, states=False, messages=True))
    world.link.cut()
    world.run(1)
    assert host.state is State.STARTUP
    host.crash()
    world.link.mend()


def test_a_lost_database_is_still_detected_after_a_start_without_contact() -> None:
    """R-195: the second start requests all leases, as the first would have."""
    world = running()
    lease = world.lease(2)
    assert lease is not None
    replace_data(world, world.backup)
    world.backup.start(startup_wait=True)
    connect_and_cut(world, world.backup)
    began = world.timeline.now
    world.backup.start(startup_wait=True)
    assert world.until_normal()
    assert "> UPDREQALL" in world.traced("backup", since=began, states=False, messages=True)
    record = world.backup.book.get(lease.address)
    assert record is not None
    assert record.status is Status.ACTIVE
    world.converge()


def test_a_restored_store_is_refreshed_after_a_start_without_contact() -> None:
    """R-196: failover-recover is used only when STARTUP ends."""
    world = running()
    image = world.backup.disk.image(int(world.backup.now))
    assert world.lease(2) is not None
    world.backup.crash()
    world.backup.disk.restore(image)
    world.checker.data_replaced(world.backup)
    world.backup.start(recover=int(world.backup.now))
    connect_and_cut(world, world.backup)
    began = world.timeline.now
    world.backup.start()
    assert world.until_normal()
    assert world.traced("backup", since=began)[:2] == ["RECOVER", "RECOVER-WAIT"]
    world.converge()


def test_a_connection_may_open_and_close_within_one_turn() -> None:
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


def test_the_main_leaves_conflict_done_if_the_backup_was_normal_first() -> None:
    """R-194: the backup reports NORMAL before the main is in CONFLICT-DONE, and does not repeat it."""
    world = World()
    now = int(EPOCH)
    for host, state in ((world.main, State.CONFLICT_DONE), (world.backup, State.PARTNER_DOWN)):
        host.disk.write_record(
            FailoverRecord(
                state,
                now,
                host.main,
                ever_communicated=True,
                last_contact=now,
                last_operational=now,
                partner_down_time=now if state is State.PARTNER_DOWN else 0,
                mclt=60,
            )
        )
    world.main.start()
    world.run(15)
    world.backup.start()
    assert world.until_normal(60), world.traced("main")


def test_a_restored_backup_receives_which_addresses_it_no_longer_has() -> None:
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
    world.checker.data_replaced(world.backup)
    world.backup.start(recover=int(world.backup.now))
    assert world.until_normal()
    world.converge()


def test_an_unavailable_address_of_a_lost_partner_is_retried() -> None:
    """The partner would have ended its unavailability, but does not run."""
    world = running()
    client = world.clients.all[2]
    lease = world.lease(2)
    assert lease is not None
    world.clients.decline(client)
    world.clients.leave_all()
    world.run(5)
    record = world.backup.book.get(lease.address)
    assert record is not None
    assert record.status is Status.ABANDONED
    assert record.key is None, "neither server has a client for it"
    world.main.crash(vanish=True)
    world.run(120)
    world.partner_down(world.backup)
    world.run(world.site.unavailable_timeout + 60)
    assert Status.ABANDONED not in [found.status for found in world.backup.book.leases.values()]
    assert lease.address in world.backup.book.pools["near"].pending


def test_a_returning_server_accepts_a_lease_of_an_address_that_it_has_as_unavailable() -> None:
    """RESET counts from the end of the unavailability, not from the return."""
    world = running(TINY)
    client = world.clients.all[2]
    lease = world.lease(2)
    assert lease is not None
    world.clients.decline(client)
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
        record = host.book.get(lease.address)
        assert record is not None
        assert (record.status, record.key) == (Status.ACTIVE, world.clients.all[4].key)
    world.converge()


def test_an_offer_of_the_partners_address_ends_with_partner_down() -> None:
    """R-117, I5: the client requests it after the partner has returned."""
    world = running(TINY)
    world.main.crash()
    world.run(40)
    world.partner_down(world.backup)
    world.run(world.site.mclt + 10)
    client = world.clients.all[2]
    world.clients.restart(client)
    assert world.run(5, lambda: client.machine.state is Client.REQUESTING)
    assert world.backup.book.offer_of(NEAR + 10) is not None
    world.lan.unreachable = {(False, "main"), (False, "backup")}
    world.main.start()
    assert world.until_normal(3.5)
    world.lan.unreachable = {(False, "main")}
    assert world.run(10, lambda: client.machine.state is Client.INIT)
    assert client.lease is None
    world.lan.unreachable.clear()
    world.converge()


def test_a_client_that_released_at_one_server_and_returned_to_the_other_keeps_its_address() -> None:
    """The lease of the second server is later than the release."""
    world = running(replace(TINY, near=2))
    client = world.clients.all[2]
    assert world.lease(2) is not None
    world.clients.renew(client)
    world.run(70)
    lease = client.lease
    assert lease is not None
    assert world.lease(2) is not None
    world.run(10)
    world.link.cut()
    world.run(10)
    world.lan.unreachable = {(False, "main" if world.main.book.get(lease.address) is None else "backup")}
    world.lan.unreachable.clear()
    server = next(host for host in world.hosts if host.name == ("main" if lease.server == NEAR + 2 else "backup"))
    world.clients.release(client)
    world.run(20)
    world.lan.unreachable = {(False, server.name)}
    assert world.lease(2) is not None
    world.lan.unreachable.clear()
    world.link.mend()
    assert world.until_normal()
    for number in (4, 6, 8):
        world.lease(number)
    world.converge()


def test_a_shorter_ack_does_not_shorten_the_lease() -> None:
    """The ACK with the shorter time may be lost, and the client keep the longer one."""
    world = running(Site(allow_override=True, mclt=120))
    client = world.clients.all[2]
    first = world.lease(2)
    assert first is not None
    record = world.main.book.get(first.address)
    assert record is not None
    end = record.state_exp
    client.desired_seconds = 20
    second = world.lease(2)
    assert second is not None
    assert (second.address, second.seconds) == (first.address, 20)
    assert record.state_exp == end


def test_the_start_state_of_a_main_without_data_does_not_change_its_partners_state() -> None:
    """R-186, R-195: both start at the same time. The backup has its data and does not recover."""
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


@pytest.mark.parametrize("reset", [False, True])
def test_a_lease_is_protected_after_the_server_that_extended_it_lost_its_data(reset: bool) -> None:
    """R-195: its client has the address until that server's last possible promise has ended."""
    world = running(replace(TINY, lease_time=200))
    client = world.clients.all[2]
    assert world.lease(2) is not None
    world.run(40)  # The first renewal is granted in full.
    lease = client.lease
    assert lease is not None
    assert lease.seconds == 200
    world.main.crash()
    world.run(100)
    world.clients.rebind(client)  # The backup extends it without contact to the main.
    world.run(1)
    world.clients.vanish(client)
    world.main.start(startup_wait=True)
    world.link.cut()
    replace_data(world, world.backup)
    world.main.crash()
    world.main.start()
    world.backup.start(startup_wait=True)
    world.link.mend()
    world.run(40)
    if reset:
        world.link.reset()
    assert world.until_normal()
    for _ in range(30):
        world.lease(4, 10)
    world.converge()


def test_a_client_that_returns_within_the_clocks_error_keeps_its_address() -> None:
    """Released at the main and leased by the backup: half a second later by true time, earlier by their clocks."""
    world = running(TINY)
    world.main.error, world.backup.error = 2.0, -2.0
    client = world.clients.all[2]
    lease = world.lease(2)
    assert lease is not None
    world.run(10)
    world.link.cut()
    world.clients.release(client)
    world.run(0.5)
    world.lan.unreachable = {(False, "main")}
    held = world.lease(2)
    world.lan.unreachable.clear()
    world.link.mend()
    assert world.until_normal()
    assert held is not None
    world.run(2)
    for host in world.hosts:
        record = host.book.get(lease.address)
        assert record is not None
        assert (record.status, record.key) == (Status.ACTIVE, client.key)
    world.lease(4)
    world.converge()


def test_a_lease_given_after_a_decline_is_not_reset_by_the_other_server() -> None:
    """I1: the client declines at the main and gets the address again from the backup, without contact."""
    world = running(Site(near=1, far=2, lease_time=300, mclt=60, unavailable_timeout=60))
    client = world.clients.all[2]
    lease = world.lease(2)
    assert lease is not None
    world.run(5)
    world.link.cut()
    world.lan.unreachable = {(False, "backup")}
    world.clients.decline(client)
    world.run(1)
    world.lan.unreachable = {(False, "main")}
    again = world.lease(2)
    assert again is not None
    assert again.address == lease.address
    world.lan.unreachable = {(False, "main"), (False, "backup")}
    world.run(100)
    world.lan.unreachable.clear()
    world.link.mend()
    assert world.until_normal()
    world.run(20)
    for host in world.hosts:
        record = host.book.get(lease.address)
        assert record is not None
        assert (record.status, record.key) == (Status.ACTIVE, client.key)
    world.lease(4)
    world.converge()


def test_a_main_without_data_does_not_look_like_a_takeover_in_draft_12() -> None:
    """R-195, I3: both start at the same time, and the backup resumes PARTNER-DOWN."""
    world = World(dialect=Dialect.DRAFT_12)
    world.start()
    assert world.until_normal()
    world.run(20)
    assert world.lease(2) is not None
    replace_data(world, world.main)
    world.run(5)
    assert world.partner_down(world.backup) is None
    world.backup.crash()
    world.run(5)
    began = world.timeline.now
    world.main.start(startup_wait=True)
    world.backup.start(startup_wait=True)
    assert world.until_normal(400)
    assert world.traced("backup", since=began) == ["PARTNER-DOWN", "NORMAL"]
    assert world.traced("main", since=began)[0] == "RECOVER"
    world.converge()
