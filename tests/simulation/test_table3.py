"""The rows of the seed's Table 3, one test or more each: the server's behaviour in a state, and what ends the state."""

import pytest

from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from tests.simulation.flows import assert_follows, flow, lines
from tests.simulation.site import Site
from tests.simulation.world import World

MCLT = 60


def running(*, use_safe_period: bool = False) -> World:
    """Return a pair in NORMAL with all leases acknowledged."""
    world = World(site=Site(mclt=MCLT, use_safe_period=use_safe_period))
    world.start()
    assert world.until_normal()
    world.run(20, world.in_sync)
    return world


def test_startup_ends_with_the_partners_report_or_after_some_seconds() -> None:
    """R-179: it tries to contact the partner, answers no client, and serves alone after a short time."""
    world = World(site=Site(mclt=MCLT, startup_time=10))
    world.main.start()
    assert world.lease(2, seconds=9) is None
    assert world.traced("main") == []
    world.run(2)
    assert world.traced("main") == ["PARTNER-DOWN"]
    world.main.crash()
    began = world.timeline.now
    world.main.start()
    world.backup.start()
    world.run(3)
    assert world.traced("main", since=began), "it ended as soon as the partner reported its state"


def test_in_normal_the_main_answers_all_clients_and_the_backup_renews() -> None:
    """R-180: the backup renews the leases that it granted, and has a pool that it requested."""
    world = running()
    assert_follows(flow(world), lines("backup > POOLREQ\nmain > POOLRESP"))
    assert any(pool.backup for pool in world.backup.book.pools.values())
    before = world.backup.core.counters.sent.get("DHCPOFFER", 0)
    assert world.lease(2) is not None
    assert world.backup.core.counters.sent.get("DHCPOFFER", 0) == before, "new clients are the main's"
    world.run(200)
    assert world.main.core.counters.sent["DHCPACK"] > 1, "renewed before its end"
    world.converge()


def test_communications_interrupted_alternates_with_normal_without_duplicates() -> None:
    """R-181: as the connection fails and recovers; the checks of the world detect duplicates."""
    world = running()
    began = world.timeline.now
    for number in range(3):
        world.link.cut()
        assert world.run(100, lambda: world.main.state is State.COMMUNICATIONS_INTERRUPTED)
        assert world.lease(2 + number) is not None
        world.link.mend()
        assert world.until_normal()
    states = [line for line in flow(world, began) if line.startswith("main =")]
    assert states == ["main = COMMUNICATIONS-INTERRUPTED", "main = NORMAL"] * 3
    world.converge()


def test_communications_interrupted_limits_lease_times_addresses_and_reuse() -> None:
    """R-182: MCLT for new clients, addresses of its own share, and no expired address for another client."""
    world = World(site=Site(mclt=MCLT, lease_time=300, near=2, far=2))
    world.start()
    assert world.until_normal()
    world.run(20, world.in_sync)
    world.main.crash()
    assert world.run(100, lambda: world.backup.state is State.COMMUNICATIONS_INTERRUPTED)
    own = {address for pool in world.backup.book.pools.values() for address in pool.backup}
    granted = {}
    for number in range(2, 9):
        lease = world.lease(number)
        if lease is not None:
            granted[number] = lease
    assert granted
    assert {int(lease.address) for lease in granted.values()} <= own
    assert len(granted) < 7, "it ran out"
    for record in world.backup.book.leases.values():
        if record.status is Status.ACTIVE:
            assert record.state_exp - record.cltt <= MCLT
    world.clients.leave_all()
    world.run(10 * MCLT)
    records = world.backup.book.leases.values()
    ended = {record.address for record in records if record.status is Status.EXPIRED}
    assert ended, "they wait for the partner's agreement"
    newcomer = world.lease(10)
    assert newcomer is None or int(newcomer.address) not in ended


@pytest.mark.parametrize("cause", ["shutdown", "operator", "safe period"])
def test_partner_down_has_three_causes(cause: str) -> None:
    """R-183: the partner's shutdown, an operator, or the end of the safe period."""
    world = running(use_safe_period=cause == "safe period")
    if cause == "shutdown":
        world.main.stop(long=True)
        world.run(10)
    else:
        world.main.crash()
        world.run(5)
        if cause == "operator":
            assert world.partner_down(world.backup) is None
        else:
            assert world.backup.state is State.COMMUNICATIONS_INTERRUPTED
            assert world.run(420, lambda: world.backup.state is State.PARTNER_DOWN)
    assert world.backup.state is State.PARTNER_DOWN
    assert world.lease(4) is not None, "it serves new clients in place of its partner"


def test_partner_down_uses_all_addresses_that_are_certainly_free() -> None:
    """R-183, R-184: its own share first, the partner's after MCLT; leases as long as the policy has them."""
    world = World(site=Site(mclt=MCLT, near=1, far=2))
    world.start()
    assert world.until_normal()
    world.run(20, world.in_sync)
    world.main.crash()
    world.run(5)
    assert world.partner_down(world.backup) is None
    assert world.lease(2) is None, "the only near address is in the main's share, and not usable yet"
    world.run(MCLT + 30)
    client = world.clients.all[2]
    assert world.run(60, lambda: client.lease is not None), "now it is"
    assert client.lease is not None
    lease = world.backup.book.get(int(client.lease.address))
    assert lease is not None
    assert lease.state_exp - lease.cltt == 300


def test_potential_conflict_answers_no_client_until_it_is_resolved() -> None:
    """R-185: two clients may have one address; both servers resolve that, and then are NORMAL."""
    world = running()
    world.link.cut()
    world.run(5)
    for host in world.hosts:
        world.partner_down(host)
    world.run(2 * MCLT)
    for number in (2, 3, 4):
        world.lease(number)
    world.link.mend()
    states: set[State] = set()

    def over() -> bool:
        states.update(host.state for host in world.hosts)
        return world.both_normal()

    assert world.run(300, over)
    assert State.POTENTIAL_CONFLICT in states
    world.converge()


def test_recover_answers_no_client_and_refreshes_its_store() -> None:
    """R-186: a main in RECOVER does not serve."""
    world = running()
    assert world.lease(2) is not None
    world.main.crash()
    world.run(5)
    assert world.partner_down(world.backup) is None
    world.main.start()
    assert world.run(30, lambda: world.main.state in (State.RECOVER, State.RECOVER_WAIT))
    sent = dict(world.main.core.counters.sent)
    assert world.run(MCLT + 60, lambda: world.main.state is State.RECOVER_DONE or world.both_normal())
    assert dict(world.main.core.counters.sent) == sent, "no answer to a client meanwhile"
    assert world.until_normal()
    world.converge()


def test_recover_done_is_an_interlock_before_normal() -> None:
    """R-187; C-08: the partner, which served alone, enters NORMAL first, then this server."""
    world = running()
    began = world.timeline.now
    world.backup.crash()
    world.run(5)
    assert world.partner_down(world.main) is None
    world.backup.start()
    assert world.until_normal()
    assert_follows(
        flow(world, began),
        lines(
            """
            backup = RECOVER-DONE
            backup > STATE RECOVER-DONE
            main = NORMAL
            main > STATE NORMAL
            backup = NORMAL
            """
        ),
    )


def test_paused_reports_a_short_absence() -> None:
    """R-188: the partner serves in COMMUNICATIONS-INTERRUPTED; the returning server requests no updates."""
    world = running()
    began = world.timeline.now
    world.main.stop(long=False)
    world.run(2)
    assert_follows(flow(world, began), lines("main > STATE PAUSED\nbackup = COMMUNICATIONS-INTERRUPTED"))
    assert world.lease(4) is not None, "it serves new clients in place of its partner"
    world.main.start()
    assert world.until_normal()
    assert "main > UPDREQ" not in flow(world, began)
    world.converge()


def test_shutdown_reports_a_long_absence() -> None:
    """R-189: the partner enters PARTNER-DOWN and reports it; the server recovers when it returns."""
    world = running()
    began = world.timeline.now
    world.main.stop(long=True)
    world.run(5)
    assert world.lease(4) is not None, "it serves new clients in place of its partner"
    world.main.start()
    assert world.until_normal()
    assert_follows(
        flow(world, began),
        lines(
            """
            main = SHUTDOWN
            main > STATE SHUTDOWN
            backup = PARTNER-DOWN
            backup > STATE PARTNER-DOWN
            main = RECOVER
            main > UPDREQ
            backup > UPDDONE
            main = RECOVER-DONE
            backup = NORMAL
            main = NORMAL
            """
        ),
    )
    world.converge()
