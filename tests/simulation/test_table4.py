"""The integration processes of the seed's Table 4, one test each: states and messages of both servers, step by step."""

import random

import pytest

from dhcpserver.leases.lease import Status
from dhcpserver.service.core import Core
from dhcpserver.service.turn import Inputs, store_outputs
from tests.simulation.flows import assert_follows, flow, lines
from tests.simulation.host import Host
from tests.simulation.site import Site
from tests.simulation.timeline import EPOCH
from tests.simulation.world import World

MCLT = 60


def running() -> World:
    """Return a pair in NORMAL that has a few leases, all acknowledged."""
    world = World(site=Site(mclt=MCLT))
    world.start()
    assert world.until_normal()
    for number in (2, 3):
        assert world.lease(number) is not None
    world.run(20, world.in_sync)
    return world


def lose_data(world: World, host: Host) -> None:
    """Lose the server's data."""
    host.crash()
    host.disk.lose(b"another disk".ljust(16))
    world.checker.data_replaced(host)


def recovery_flow(role: str, partner: str, request: str) -> list[str]:
    """Return the flow of a server that requests updates and returns to NORMAL."""
    return lines(
        f"""
        {role} = RECOVER
        {role} > {request}
        {partner} > BNDUPD
        {role} > BNDACK
        {partner} > UPDDONE
        {role} = RECOVER-WAIT
        {role} = RECOVER-DONE
        {partner} = NORMAL
        {role} = NORMAL
        """
    )


def time_of(world: World, server: str, state: str, since: float) -> float:
    """Return when a server entered a state, seconds since the start of the run."""
    return next(each.at for each in world.trace if each.server == server and each.what == state and each.at >= since)


def test_normal_after_the_first_contact_of_the_backup_with_the_main() -> None:
    """R-190; C-09."""
    world = World(site=Site(mclt=MCLT))
    world.main.start()
    assert world.run(60, lambda: world.lease(2) is not None), "the main starts in PARTNER-DOWN and serves"
    world.backup.start()
    assert world.until_normal()
    world.run(20, world.in_sync)
    assert_follows(
        flow(world),
        lines(
            """
            main = PARTNER-DOWN
            backup = RECOVER
            backup > UPDREQALL
            main > BNDUPD
            backup > BNDACK
            main > UPDDONE
            backup = RECOVER-DONE
            main = NORMAL
            main > BNDUPD
            backup = NORMAL
            backup > BNDACK
            backup > POOLREQ
            main > POOLRESP
            """
        ),
    )  # The main does not wait for the request: it moves addresses as soon as it is NORMAL.
    for pool in world.main.book.pools.values():
        available = pool.free.count + pool.backup.count
        assert abs(pool.backup.count * 2 - available) <= 2, "backup-pct is 50"
    world.converge()


def test_normal_after_communications_interrupted() -> None:
    """R-191: the returning server enters the same state and then NORMAL, and so does its partner."""
    world = running()
    began = world.timeline.now
    world.backup.crash()
    assert world.run(100, lambda: world.main.state.value == "COMMUNICATIONS-INTERRUPTED")
    world.backup.start()
    assert world.until_normal()
    assert_follows(
        flow(world, began),
        lines(
            """
            main = COMMUNICATIONS-INTERRUPTED
            backup > STATE COMMUNICATIONS-INTERRUPTED
            backup = COMMUNICATIONS-INTERRUPTED
            backup = NORMAL
            """
        ),
    )
    assert "main = NORMAL" in flow(world, began)
    assert not {line.split()[-1] for line in flow(world, began)} & {"UPDREQ", "UPDREQALL", "RECOVER"}
    world.converge()


@pytest.mark.parametrize("role", ["main", "backup"])
def test_normal_after_partner_down_of_a_server_that_had_failed_before(role: str) -> None:
    """R-193; C-10: it requests what it missed, and waits for MCLT from its failure if that has not passed."""
    world = running()
    failed, survivor = (world.main, world.backup) if role == "main" else (world.backup, world.main)
    partner = survivor.name
    began = world.timeline.now
    failed.crash()
    world.run(5)
    assert world.partner_down(survivor) is None
    assert world.lease(4) is not None, "granted while the partner is away"
    failed.start()
    assert world.until_normal()
    assert_follows(flow(world, began), [f"{partner} = PARTNER-DOWN", *recovery_flow(role, partner, "UPDREQ")])
    waited = time_of(world, role, "RECOVER-DONE", began) - began
    assert MCLT <= waited + 10 <= MCLT + 20, "MCLT counts from the last time at which it certainly ran"
    world.converge()


def test_normal_after_partner_down_of_a_server_that_was_still_running() -> None:
    """R-194; C-11: both resolve the conflict, the main first."""
    world = running()
    began = world.timeline.now
    world.link.cut()
    world.run(5)
    assert world.lease(4) is not None
    assert world.partner_down(world.backup) is None
    assert world.lease(5) is not None
    world.link.mend()
    assert world.until_normal()
    assert_follows(
        flow(world, began),
        lines(
            """
            backup = PARTNER-DOWN
            main = POTENTIAL-CONFLICT
            backup = POTENTIAL-CONFLICT
            main > UPDREQ
            backup > BNDUPD
            main > BNDACK
            backup > UPDDONE
            main = CONFLICT-DONE
            backup > UPDREQ
            main > UPDDONE
            backup = NORMAL
            backup > STATE NORMAL
            main = NORMAL
            """
        ),
    )
    world.converge()


@pytest.mark.parametrize("partner_down", [False, True])
@pytest.mark.parametrize("role", ["main", "backup"])
def test_normal_after_a_server_lost_its_lease_database(role: str, partner_down: bool) -> None:
    """R-195: all leases are sent again, and the server waits for MCLT from its start before it serves."""
    world = running()
    failed, survivor = (world.main, world.backup) if role == "main" else (world.backup, world.main)
    partner = survivor.name
    lose_data(world, failed)
    if partner_down:
        world.run(5)
        assert world.partner_down(survivor) is None
    world.run(30)
    began = world.timeline.now
    failed.start(startup_wait=True)
    assert world.until_normal()
    assert_follows(flow(world, began), recovery_flow(role, partner, "UPDREQALL"))
    requested = time_of(world, role, "RECOVER", began)
    assert time_of(world, role, "RECOVER-DONE", began) - requested >= MCLT - 1
    assert {lease.address for lease in failed.book.leases.values() if lease.status is Status.ACTIVE}
    world.converge()


def test_normal_after_the_lease_database_was_restored_from_a_copy() -> None:
    """R-196: failover-recover is the time of the copy; MCLT counts from there."""
    world = running()
    world.backup.crash()
    saved = world.backup.disk.image(int(EPOCH + world.timeline.now))
    copied = world.timeline.now
    world.backup.start()
    assert world.until_normal()
    assert world.lease(4) is not None
    world.run(20)
    world.backup.crash()
    world.backup.disk.restore(saved)
    world.checker.data_replaced(world.backup)
    began = world.timeline.now
    world.backup.start(recover=int(EPOCH + copied))
    assert world.until_normal()
    assert_follows(flow(world, began), recovery_flow("backup", "main", "UPDREQALL"))
    done = time_of(world, "backup", "RECOVER-DONE", began)
    assert abs(done - (copied + MCLT)) <= 2, "from the time of the copy, not from the return"
    world.converge()


def serve_without_failover(host: Host) -> None:
    """Run the server with `failover = false` until it has recorded that."""
    configuration = host.site.configuration(host.main)
    pairs = tuple(pair.model_copy(update={"failover": False}) for pair in configuration.failover_pair)
    core = Core(configuration.model_copy(update={"failover_pair": pairs}), host.disk.uid, "simulated")
    host.disk.load(core.book)
    core.start(host.disk.read_record(), host.moment, random.Random(1))
    outputs = core.turn(host.moment, Inputs())
    assert core.endpoint is None
    store_outputs(outputs, host.disk, host.disk)


def test_normal_after_failover_was_disabled_on_the_operational_server() -> None:
    """R-197: a new backup with failover-recover = now - MCLT requests all leases and skips the wait for MCLT."""
    world = running()
    lose_data(world, world.backup)
    world.main.crash()
    serve_without_failover(world.main)
    world.run(2 * MCLT)
    world.main.start()
    world.run(20)
    assert world.traced("main")[-1] == "PARTNER-DOWN", "it is the operational server"
    began = world.timeline.now
    world.backup.start(recover=int(EPOCH + began - MCLT))
    assert world.until_normal()
    assert_follows(flow(world, began), recovery_flow("backup", "main", "UPDREQALL"))
    assert time_of(world, "backup", "RECOVER-DONE", began) - time_of(world, "backup", "RECOVER", began) < 5
    world.converge()
