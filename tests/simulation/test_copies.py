"""Old copies of a store that silently take the place of a server's data."""

from dataclasses import replace

import pytest

from dhcpserver.failover.link.startnumber import LAST
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from tests.simulation.checks.base import Violation
from tests.simulation.disk import Image
from tests.simulation.host import Host
from tests.simulation.site import Site
from tests.simulation.test_findings import replace_data, running
from tests.simulation.world import World


def put_back_silently(world: World, host: Host, image: Image, copied: float) -> None:
    """Put the host's data back to a copy."""
    host.crash()
    host.disk.restore(image)
    host.copied_at = copied
    world.checker.data_replaced(host)
    host.copied_at = None


@pytest.mark.parametrize("main_lost_its_data", [False, True])
def test_an_old_copy_does_not_bring_back_addresses_that_were_taken_back(main_lost_its_data: bool) -> None:
    """I3, R-196: by its times the main's record is an hour older than the copy, because its clock was wrong for a time.

    A main that lost its data since the copy was made is another server by its identity, and not a new partner.
    """
    world = running(Site(near=12, backup_pct=50))
    image, copied = world.backup.disk.image(int(world.backup.now)), world.timeline.now
    if main_lost_its_data:
        replace_data(world, world.main)
        world.main.start(startup_wait=True)
        assert world.until_normal(400)
        world.run(20)
    for host in world.hosts:
        host.stop(long=False)
    world.run(1)
    world.configure(replace(world.site, backup_pct=10))
    world.start()
    assert world.until_normal()
    world.run(10)
    put_back_silently(world, world.backup, image, copied)
    world.patience += 3600
    world.main.error = -3600.0
    world.run(10)
    world.main.error = 0.0
    world.run(5)
    world.backup.start()
    assert world.run(60, lambda: world.backup.state is State.RECOVER_WAIT)
    mine = {address for address, lease in world.backup.book.leases.items() if lease.status is Status.BACKUP}
    assert mine <= {address for address, lease in world.main.book.leases.items() if lease.status is Status.BACKUP}
    assert world.until_normal()
    world.converge()


@pytest.mark.parametrize("recognised", [True, False])
def test_a_copy_put_back_silently_is_excused_until_contact(recognised: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """I3: both may give what the copy brought back. No server can tell before contact, and the backup must after it."""
    world = running(Site(near=12, backup_pct=50, max_unacked=1))
    image, copied = world.backup.disk.image(int(world.backup.now)), world.timeline.now
    for host in world.hosts:
        host.stop(long=False)
    world.run(1)
    world.configure(replace(world.site, backup_pct=10))
    world.start()
    assert world.until_normal()
    world.run(10)
    world.link.cut()
    put_back_silently(world, world.backup, image, copied)
    world.backup.start()
    world.run(30)
    assert world.backup.state is State.COMMUNICATIONS_INTERRUPTED
    assert world.copies.unaware("backup")
    world.link.mend()
    if recognised:
        assert world.run(60, lambda: world.backup.communicating)
        assert not world.copies.unaware("backup")
        assert world.until_normal()
        world.converge()
    else:
        monkeypatch.setattr("dhcpserver.failover.state.copies.is_older_copy", lambda *_: False)
        monkeypatch.setattr("dhcpserver.failover.state.copies.lost_acknowledged", lambda *_: False)
        with pytest.raises(Violation, match="both may give"):
            world.run(60)


@pytest.mark.parametrize("name", ["main", "backup"])
def test_a_copy_is_recognised_although_the_partner_crashed_at_once(name: str) -> None:
    """I3, R-196: the partner stores the number of an update with its lease, and not only later with its state."""
    world = running(Site(near=12, backup_pct=50, load_balancing=True))
    host = world.main if name == "main" else world.backup
    other = world.partner(host)
    image, copied = host.disk.image(int(host.now)), world.timeline.now
    for number in range(4):
        assert world.lease(number) is not None
    world.run(0.3)
    record = other.disk.record
    assert record is not None
    changes = [lease for lease in host.book.leases.values() if lease.number & LAST > record.partner_number]
    assert changes, "the partner's state has not the last number"
    assert not any(lease.needs_update for lease in changes), "and it acknowledged the updates"
    other.crash()
    put_back_silently(world, host, image, copied)
    other.start()
    host.start()
    assert world.run(60, lambda: host.state in (State.RECOVER, State.RECOVER_WAIT))
    assert world.until_normal(400)
    world.converge()


def sent_by(host: Host) -> int:
    """Return how many updates a host has sent since its start."""
    assert host.core.endpoint is not None
    return host.core.endpoint.view(host.now).updates.sent


def only_the_partner_sends(world: World, host: Host) -> tuple[Image, float]:
    """Return a copy of the host's data, after which the partner has sent updates and the host has sent none."""
    other = world.partner(host)
    silenced = {(relayed, host.name) for relayed in (False, True)}
    world.lan.unreachable |= silenced
    image, copied = host.disk.image(int(host.now)), world.timeline.now
    before = sent_by(host)
    assert any(world.lease(number, 3) for number in range(12)), "the half of the clients is the partner's"
    world.run(1)
    world.lan.unreachable -= silenced
    assert sent_by(host) == before
    assert any(lease.acknowledged for lease in other.book.leases.values())
    return image, copied


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("name", ["main", "backup"])
def test_a_copy_is_recognised_by_what_it_had_acknowledged(name: str, restarted: bool) -> None:
    """I3, R-196: since the copy was made its server has sent nothing, and only acknowledged. Its partner reports it.

    The partner knows it after a crash too, since it stores what was acknowledged with the leases.
    """
    world = running(Site(near=12, backup_pct=50, load_balancing=True))
    host = world.main if name == "main" else world.backup
    other = world.partner(host)
    image, copied = only_the_partner_sends(world, host)
    if restarted:
        other.crash()
    put_back_silently(world, host, image, copied)
    if restarted:
        other.start()
    host.start()
    assert world.run(60, lambda: host.state in (State.RECOVER, State.RECOVER_WAIT))
    assert other.state is not State.NORMAL
    assert world.until_normal(400)
    world.converge()


@pytest.mark.parametrize("name", ["main", "backup"])
def test_a_server_that_acknowledged_everything_in_its_store_is_no_copy(name: str) -> None:
    """A crash is no older copy: what was acknowledged was stored before."""
    world = running(Site(near=12, backup_pct=50, load_balancing=True))
    host = world.main if name == "main" else world.backup
    only_the_partner_sends(world, host)
    began = world.timeline.now
    for each in world.hosts:
        each.crash()
    for each in world.hosts:
        each.start()
    assert world.until_normal(60)
    assert "RECOVER" not in world.traced(name, since=began)


@pytest.mark.parametrize("name", ["main", "backup"])
def test_a_copy_is_recognised_after_starts_without_contact(name: str) -> None:
    """I9, R-196: leases that were given since the copy was put back have greater numbers than the partner remembers."""
    world = running(Site(near=12, backup_pct=50))
    host = world.main if name == "main" else world.backup
    image, copied = host.disk.image(int(host.now)), world.timeline.now
    for number in range(6):
        assert world.lease(number) is not None
    world.run(1)
    world.link.cut()
    put_back_silently(world, host, image, copied)
    for number in (6, 7):
        host.start()
        world.run(20)
        assert world.lease(number) is not None
        host.crash()
    host.start()
    world.run(20)
    world.link.mend()
    assert world.run(60, lambda: host.state in (State.RECOVER, State.RECOVER_WAIT))
    assert world.until_normal(600)
    world.converge()
