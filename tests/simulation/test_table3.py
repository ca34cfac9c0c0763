"""The rows of the seed's Table 3, one test or more each: what a server does in a state, and what moves it out of it."""

import pytest

from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from tests.simulation.flows import flow, follows, lines
from tests.simulation.site import Site
from tests.simulation.world import World

MCLT = 60


def running(*, use_safe_period: bool = False) -> World:
    """A pair in NORMAL with nothing to tell."""
    world = World(site=Site(mclt=MCLT, use_safe_period=use_safe_period))
    world.start()
    assert world.until_normal()
    world.run(20, world.nothing_to_tell)
    return world


def test_startup_learns_the_partners_state_and_ends_after_seconds() -> None:
    """R-179: it tries to contact the partner, answers no client, and goes on alone after a short time."""
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
    assert world.traced("main", since=began), "it ended as soon as the partner answered"


def test_normal_the_main_answers_all_and_the_backup_renews() -> None:
    """R-180: the backup answers what is a renewal of a lease that it gave, and has a pool that it asked for."""
    world = running()
    follows(flow(world), lines("backup > POOLREQ\nmain > POOLRESP"))
    assert any(pool.backup for pool in world.backup.book.pools.values())
    before = world.backup.core.counters.sent.get("DHCPOFFER", 0)
    assert world.lease(2) is not None
    assert world.backup.core.counters.sent.get("DHCPOFFER", 0) == before, "new clients are the main's"
    world.run(200)
    assert world.main.core.counters.sent["DHCPACK"] > 1, "renewed before its end"
    world.converge()


def test_communications_interrupted_cycles_with_normal_and_gives_no_duplicates() -> None:
    """R-181: as the connection fails and recovers; the checks of the world watch for duplicates all the while."""
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


def test_communications_interrupted_limits_time_addresses_and_reuse() -> None:
    """R-182: MCLT for new clients, its own addresses alone, and no expired address for another client."""
    world = World(site=Site(mclt=MCLT, lease_time=300, near=2, far=2))
    world.start()
    assert world.until_normal()
    world.run(20, world.nothing_to_tell)
    world.main.crash()
    assert world.run(100, lambda: world.backup.state is State.COMMUNICATIONS_INTERRUPTED)
    own = {address for pool in world.backup.book.pools.values() for address in pool.backup}
    given = {}
    for number in range(2, 9):
        lease = world.lease(number)
        if lease is not None:
            given[number] = lease
    assert given
    assert {int(lease.address) for lease in given.values()} <= own
    assert len(given) < 7, "it ran out"
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


@pytest.mark.parametrize("why", ["shutdown", "operator", "safe period"])
def test_partner_down_for_one_of_three_reasons(why: str) -> None:
    """R-183: the partner announced its shutdown, an administrator said so, or the safe period expired."""
    world = running(use_safe_period=why == "safe period")
    if why == "shutdown":
        world.main.stop(long=True)
        world.run(10)
    else:
        world.main.crash()
        world.run(5)
        if why == "operator":
            assert world.partner_down(world.backup) is None
        else:
            assert world.backup.state is State.COMMUNICATIONS_INTERRUPTED
            assert world.run(420, lambda: world.backup.state is State.PARTNER_DOWN)
    assert world.backup.state is State.PARTNER_DOWN
    assert world.lease(4) is not None, "it serves new clients, and its partner is not there"


def test_partner_down_controls_all_addresses_when_they_are_sure_to_be_free() -> None:
    """R-183, R-184: its own first, the partner's after MCLT; leases as long as the policy wants."""
    world = World(site=Site(mclt=MCLT, near=1, far=2))
    world.start()
    assert world.until_normal()
    world.run(20, world.nothing_to_tell)
    world.main.crash()
    world.run(5)
    assert world.partner_down(world.backup) is None
    assert world.lease(2) is None, "the only near address is the main's, and not yet usable"
    world.run(MCLT + 30)
    customer = world.clients.all[2]
    assert world.run(60, lambda: customer.lease is not None), "now it is"
    assert customer.lease is not None
    lease = world.backup.book.get(int(customer.lease.address))
    assert lease is not None
    assert lease.state_exp - lease.cltt == 300


def test_potential_conflict_serves_nobody_until_it_is_resolved() -> None:
    """R-185: two clients may have one address; it tries to resolve that, and then both are NORMAL."""
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


def test_recover_serves_nobody_and_refreshes_its_storage() -> None:
    """R-186: a main in it does not serve leases again at once."""
    world = running()
    assert world.lease(2) is not None
    world.main.crash()
    world.run(5)
    assert world.partner_down(world.backup) is None
    world.main.start()
    assert world.run(30, lambda: world.main.state in (State.RECOVER, State.RECOVER_WAIT))
    sent = dict(world.main.core.counters.sent)
    assert world.run(MCLT + 60, lambda: world.main.state is State.RECOVER_DONE or world.both_normal())
    assert dict(world.main.core.counters.sent) == sent, "not one answer to a client meanwhile"
    assert world.until_normal()
    world.converge()


def test_recover_done_is_an_interlock_before_normal() -> None:
    """R-187; C-08: the partner, alone until now, enters NORMAL first, and this server after it."""
    world = running()
    began = world.timeline.now
    world.backup.crash()
    world.run(5)
    assert world.partner_down(world.main) is None
    world.backup.start()
    assert world.until_normal()
    follows(
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


def test_paused_tells_the_partner_of_a_short_absence() -> None:
    """R-188: the partner serves in COMMUNICATIONS-INTERRUPTED; nothing is asked for when the server is back."""
    world = running()
    began = world.timeline.now
    world.main.stop(long=False)
    world.run(2)
    follows(flow(world, began), lines("main > STATE PAUSED\nbackup = COMMUNICATIONS-INTERRUPTED"))
    assert world.lease(4) is not None, "it serves new clients, and its partner is not there"
    world.main.start()
    assert world.until_normal()
    assert "main > UPDREQ" not in flow(world, began)
    world.converge()


def test_shutdown_tells_the_partner_of_a_long_absence() -> None:
    """R-189: the partner takes over completely, says so, and the server recovers when it is back."""
    world = running()
    began = world.timeline.now
    world.main.stop(long=True)
    world.run(5)
    assert world.lease(4) is not None, "it serves new clients, and its partner is not there"
    world.main.start()
    assert world.until_normal()
    follows(
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
