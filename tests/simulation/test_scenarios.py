"""Operation of a pair, as runs of two endpoints on virtual time."""

import pytest

from dhcpserver.failover.errors import CannotSetPartnerDown, DateInFuture, DateTooEarly
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from tests.simulation.endpoint_pair import agree, running
from tests.simulation.endpoints import EndpointWorld, both_normal, pair

STARTUP, NORMAL, INTERRUPTED = State.STARTUP, State.NORMAL, State.COMMUNICATIONS_INTERRUPTED
DOWN, RECOVER, WAIT, DONE = State.PARTNER_DOWN, State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE
CONFLICT, CONFLICT_DONE = State.POTENTIAL_CONFLICT, State.CONFLICT_DONE
HOUR, DAY = 3600, 86400


def test_first_contact_leads_to_normal_with_balanced_pools() -> None:
    """The order of R-013 and R-190: the main serves alone, the backup recovers without a wait, then gets its share."""
    world = EndpointWorld()
    main, backup = pair(world)
    main.start()
    world.run(60)
    assert main.path == [STARTUP, DOWN]
    assert main.request_lease(1) is not None
    backup.start()
    assert world.run(20, both_normal(main, backup))
    world.run(5)
    assert main.path == [STARTUP, DOWN, NORMAL]
    assert backup.path == [STARTUP, RECOVER, WAIT, DONE, NORMAL]
    requests = [line.text for line in backup.log if line.id == 18113]
    assert requests[0] == "Recovery: UPDREQALL started."
    assert requests[1].endswith("1 leases.")
    assert (main.pool.free.count, main.pool.backup.count) == (20, 19)
    assert (backup.pool.free.count, backup.pool.backup.count) == (20, 19)
    assert agree(main, backup)


def test_an_interruption_ends_in_normal() -> None:
    """R-181, R-191, R-192: a notification, service by both servers, then NORMAL without a command."""
    world = EndpointWorld()
    main, backup = running(world)
    assert backup.request_lease(1) is None, "the backup leaves new clients to the main in NORMAL (R-014)"
    world.cut()
    world.run(600)
    assert main.core.state is backup.core.state is INTERRUPTED
    assert main.trap_kinds() == backup.trap_kinds() == ["other-server-not-responding"]
    ours, theirs = main.request_lease(1), backup.request_lease(2)
    assert ours is not None
    assert theirs is not None
    assert ours.address != theirs.address
    world.mend()
    assert world.run(60, both_normal(main, backup))
    world.run(5)
    assert main.path == backup.path == [INTERRUPTED, NORMAL]
    assert main.trap_kinds() == ["other-server-not-responding", "other-server-responding"]
    assert agree(main, backup)


def test_the_safe_period_ends_in_partner_down_and_the_main_returns() -> None:
    """R-139, R-144, R-177, R-193: after four hours; the partner's share at once, and NORMAL without a command."""
    world = EndpointWorld()
    main, backup = running(world)
    world.run(100)
    main.crash()
    world.run(14_390)
    assert backup.core.state is INTERRUPTED
    world.run(20)
    assert backup.core.state is DOWN
    for client in range(1, 25):
        assert backup.request_lease(client) is not None, "the partner's share is usable at once (R-144)"
    assert not backup.pool.backup, "its own share is used first (R-117)"
    main.start()
    assert world.run(30, both_normal(main, backup))
    world.run(5)
    assert main.path == [STARTUP, RECOVER, WAIT, DONE, NORMAL]
    assert backup.path == [INTERRUPTED, DOWN, NORMAL]
    assert agree(main, backup)


def test_without_a_safe_period_no_server_enters_partner_down_automatically() -> None:
    """R-052, R-147: thirty days."""
    world = EndpointWorld()
    main, backup = running(world, use_safe_period=False)
    main.crash()
    world.run(100)
    world.now += 30 * DAY
    world.run(100)
    assert backup.path == [INTERRUPTED]


def test_the_strict_safe_period_counts_mclt_from_its_end() -> None:
    world = EndpointWorld()
    main, backup = running(world, safe_period_strict=True)
    main.crash()
    world.run(14_500)
    assert backup.core.state is DOWN
    usable = backup.core.view(world.now).partner_pool_usable_at
    assert usable is not None
    assert usable > world.now + 3000
    own = backup.pool.backup.count
    assert [backup.request_lease(client) is not None for client in range(1, own + 2)] == [True] * own + [False]


def test_a_lost_database_is_sent_again_and_mclt_follows() -> None:
    """R-195, R-218, R-230: RECOVER, all leases, MCLT, NORMAL."""
    world = EndpointWorld()
    main, backup = running(world)
    for client in range(1, 11):
        assert main.request_lease(client) is not None
    world.run(10)
    backup.crash(lose_disk=True)
    world.run(100)
    backup.start()
    began = world.now
    assert world.run(2 * HOUR, both_normal(main, backup))
    assert HOUR <= world.now - began < HOUR + 60
    world.run(5)
    assert backup.path == [STARTUP, RECOVER, WAIT, DONE, NORMAL]
    assert main.path == [INTERRUPTED, NORMAL]
    assert sum(lease.status is Status.ACTIVE for lease in backup.book.leases.values()) == 10
    assert agree(main, backup)


def test_a_main_that_lost_its_database_does_not_serve() -> None:
    """R-186, C-20: its partner has a record of it, so it recovers and does not start in PARTNER-DOWN."""
    world = EndpointWorld()
    main, backup = running(world)
    assert main.request_lease(1) is not None
    world.run(10)
    main.crash(lose_disk=True)
    world.run(100)
    main.start()
    world.run(60)
    assert main.path == [STARTUP, RECOVER, WAIT]
    assert main.request_lease(2) is None
    assert backup.request_lease(2) is not None
    assert world.run(2 * HOUR, both_normal(main, backup))


def test_restored_lease_data_is_refreshed_in_full() -> None:
    """R-196: failover-recover requests all leases and waits MCLT from the time of the backup."""
    world = EndpointWorld()
    main, backup = running(world)
    saved = world.now
    assert main.request_lease(1) is not None
    world.run(1000)
    backup.crash()
    backup.start(failover_recover=int(saved))
    began = world.now
    assert world.run(2 * HOUR, both_normal(main, backup))
    assert abs(world.now - (saved + HOUR)) < 5
    assert world.now > began
    assert any(line.text == "Recovery: UPDREQALL started." for line in backup.log)
    backup.crash()
    backup.start()
    assert world.run(60, both_normal(main, backup)), "the same value is used once"


def test_the_operator_sets_the_partner_down_with_a_date() -> None:
    """R-148 to R-151: MCLT counts from the date; not before the last contact, never in the future."""
    world = EndpointWorld()
    main, backup = running(world, use_safe_period=False)
    with pytest.raises(DateTooEarly):
        backup.core.set_partner_down(world.now - 60, world.now, operator="jo", expert=False)
    main.crash()
    world.run(1800)
    interrupted = backup.core.view(world.now).start_of_communications_interrupted
    assert interrupted is not None
    with pytest.raises(DateInFuture):
        backup.core.set_partner_down(world.now + 1, world.now, operator="jo", expert=True)
    with pytest.raises(DateTooEarly):
        backup.core.set_partner_down(interrupted - 1, world.now, operator="jo", expert=False)
    assert backup.core.state is INTERRUPTED
    backup.turn(lambda core: core.set_partner_down(interrupted + 600, world.now, operator="jo", expert=False))
    view = backup.core.view(world.now)
    assert (view.state, view.partner_down_time) == (DOWN, interrupted + 600)
    assert view.partner_pool_usable_at == interrupted + 600 + HOUR
    own = backup.pool.backup.count
    for client in range(1, own + 1):
        assert backup.request_lease(client) is not None
    assert backup.request_lease(99) is None
    world.run(interrupted + 600 + HOUR - world.now + 1)
    assert backup.request_lease(99) is not None
    with pytest.raises(CannotSetPartnerDown):
        backup.core.set_partner_down(None, world.now, operator="jo", expert=False)
    assert any(line.id == 18105 and "operator jo" in line.text for line in backup.log)


def test_without_a_date_mclt_counts_from_the_loss_of_contact() -> None:
    """R-151, C-06."""
    world = EndpointWorld()
    main, backup = running(world, use_safe_period=False)
    main.crash()
    world.run(1800)
    view = backup.core.view(world.now)
    backup.turn(lambda core: core.set_partner_down(None, world.now, operator="jo", expert=False))
    assert backup.core.view(world.now).partner_down_time == view.start_of_communications_interrupted


def test_two_servers_that_both_took_over_resolve_their_conflict() -> None:
    """R-145, R-185, R-194: both in PARTNER-DOWN after the safe period, then POTENTIAL-CONFLICT, then NORMAL."""
    world = EndpointWorld()
    main, backup = running(world)
    world.cut()
    world.run(15_000)
    assert main.core.state is backup.core.state is DOWN
    world.mend()
    assert world.run(300, both_normal(main, backup))
    assert main.path == [INTERRUPTED, DOWN, CONFLICT, CONFLICT_DONE, NORMAL]
    assert backup.path == [INTERRUPTED, DOWN, CONFLICT, NORMAL]


def test_a_short_stop_pauses_and_a_shutdown_leads_the_partner_to_partner_down() -> None:
    """R-188, R-189: after PAUSED the partner serves, after SHUTDOWN it enters PARTNER-DOWN at once."""
    world = EndpointWorld()
    main, backup = running(world)
    main.turn(lambda core: core.stop(world.now, long=False))
    assert main.core.stopped
    world.run(1)
    assert backup.core.state is INTERRUPTED
    main.crash()
    main.start()
    assert world.run(100, both_normal(main, backup))
    main.turn(lambda core: core.stop(world.now, long=True))
    world.run(1)
    assert main.core.stopped
    assert backup.core.state is DOWN
    main.crash()
    world.run(100)
    main.start()
    assert world.run(2 * HOUR, both_normal(main, backup))
    assert main.path[:2] == [STARTUP, RECOVER]


def test_a_crash_loses_no_lease_that_was_sent() -> None:
    """R-031, I6: every lease that was sent to a client or to the partner is in the store."""
    world = EndpointWorld()
    main, backup = running(world)
    replies = [main.request_lease(client) for client in range(1, 6)]
    world.run(1)
    main.crash()
    backup.crash()
    main.start()
    backup.start()
    for server in (main, backup):
        for reply in replies:
            assert reply is not None
            lease = server.book.get(reply.address)
            assert lease is not None
            assert lease.key == reply.key
            assert lease.state_exp == int(reply.at) + HOUR
    assert world.run(60, both_normal(main, backup))
    assert main.path == [STARTUP, INTERRUPTED, NORMAL]


def test_refuses_and_reports_a_different_mclt() -> None:
    """R-046, R-242, C-19."""
    world = EndpointWorld()
    main, backup = pair(world)
    main.start()
    backup.start(mclt=1800)
    world.run(30)
    assert not main.core.communications_ok
    assert "failover-config-mismatch" in main.trap_kinds()
    assert any("mclt" in line.text for line in backup.log if line.id == 18103)


def test_refuses_a_partner_with_a_wrong_clock() -> None:
    """The clocks differ by more than five seconds."""
    world = EndpointWorld()
    main, backup = pair(world)
    main.start()
    backup.start()
    link_data = backup.core.link_data
    backup.core.link_data = lambda connection, data, now: link_data(connection, data, now + 30)  # type: ignore[method-assign]
    world.run(9)
    assert backup.core.state is STARTUP
    assert any(line.id == 18115 for line in backup.log)


def test_detects_a_silent_partner_within_the_keepalive_time() -> None:
    """R-176: contact is lost after a minute without octets."""
    world = EndpointWorld()
    main, backup = running(world)
    world.connected = False
    began = world.now
    assert world.run(120, lambda: main.core.state is INTERRUPTED and backup.core.state is INTERRUPTED)
    assert 15 <= world.now - began <= 61
