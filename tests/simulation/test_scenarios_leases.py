"""Leases and pools of a pair, as runs of two endpoints on virtual time."""

from dhcpserver.failover.pools.answering import MessageKind
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from tests.simulation.endpoint_pair import agree, facts, running
from tests.simulation.endpoints import EPOCH, EndpointWorld, pair

STARTUP, NORMAL, INTERRUPTED = State.STARTUP, State.NORMAL, State.COMMUNICATIONS_INTERRUPTED
DOWN, RECOVER, WAIT, DONE = State.PARTNER_DOWN, State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE
CONFLICT, CONFLICT_DONE = State.POTENTIAL_CONFLICT, State.CONFLICT_DONE
HOUR, DAY = 3600, 86400


def test_a_lease_grows_from_mclt_to_the_desired_time() -> None:
    """The worked example of R-129 to R-131, to the second."""
    world = EndpointWorld()
    main, backup = running(world)
    desired = 3 * DAY
    first = main.request_lease(1, desired)
    assert first is not None
    start = int(first.at)
    assert first.until - first.at == HOUR
    world.run(1)
    partner_record = backup.book.get(first.address)
    assert partner_record is not None
    assert (partner_record.state_exp, partner_record.recv_pl) == (start + 3600, start + 388_800)
    world.run(1799)
    second = main.request_lease(1, desired, MessageKind.RENEWING)
    assert second is not None
    assert second.until - second.at == desired
    world.run(1)
    data_replaced = int(second.at)
    assert (partner_record.state_exp, partner_record.recv_pl) == (data_replaced + desired, data_replaced + 388_800)


def test_extensions_decrease_to_mclt_without_contact() -> None:
    """R-132, R-182: never more than MCLT beyond the partner's record."""
    world = EndpointWorld()
    main, backup = running(world, use_safe_period=False, connect_retry=300)
    first = main.request_lease(1, DAY)
    assert first is not None
    world.run(1)
    acknowledged = int(first.at) + DAY + DAY // 2
    world.cut()
    lengths = []
    for _ in range(6):
        world.run(DAY // 4)
        reply = main.request_lease(1, DAY, MessageKind.RENEWING) or main.request_lease(1, DAY)
        assert reply is not None
        assert reply.until <= max(acknowledged, reply.at) + HOUR + 1
        lengths.append(round(reply.until - reply.at))
    assert lengths[0] == DAY
    assert lengths == sorted(lengths, reverse=True)
    world.run(DAY)
    last = main.request_lease(1, DAY)
    assert last is not None
    assert last.until - last.at == HOUR
    assert backup.core.state is INTERRUPTED


def test_dynamic_bootp_scopes_never_use_the_partners_share() -> None:
    """R-049, R-247: not even in PARTNER-DOWN after MCLT."""
    from dhcpserver.failover.settings import PoolSettings

    world = EndpointWorld()
    main, backup = running(world, pools={"scope": PoolSettings(dynamic_bootp=True)})
    main.crash()
    world.run(5 * HOUR)
    assert backup.core.state is DOWN
    own = backup.pool.backup.count
    assert [backup.request_lease(client) is not None for client in range(1, own + 2)] == [True] * own + [False]


def test_expired_leases_return_to_the_main_with_one_update() -> None:
    """The main sends it; the backup would only if the main did not (R-134)."""
    world = EndpointWorld()
    main, backup = running(world)
    reply = main.request_lease(1, 600)
    assert reply is not None
    world.run(600 + 310)
    world.run(5)
    assert facts(main.book.get(reply.address))[0] is Status.FREE
    assert agree(main, backup)
    assert backup.core.view(world.now).updates.sent == 0


def test_an_expired_lease_is_not_given_to_another_while_interrupted() -> None:
    """R-134, R-182; C-22."""
    world = EndpointWorld()
    main, _ = running(world, size=1, use_safe_period=False, connect_retry=300)
    reply = main.request_lease(1, 600)
    assert reply is not None
    world.run(1)
    world.cut()
    world.run(DAY)
    lease = main.book.get(reply.address)
    assert lease is not None
    assert lease.status is Status.EXPIRED
    assert main.request_lease(2) is None
    again = main.request_lease(1, 600)
    assert again is not None
    assert again.address == reply.address


def test_load_balancing_answers_each_client_once() -> None:
    """R-159 to R-164; in COMMUNICATIONS-INTERRUPTED both answer."""
    world = EndpointWorld()
    main, backup = running(world, size=200, load_balancing=True)
    by_main = 0
    for client in range(1, 101):
        answers = [server.request_lease(client) for server in (main, backup)]
        assert sum(answer is not None for answer in answers) == 1
        by_main += answers[0] is not None
    assert 30 < by_main < 70
    world.cut()
    assert main.request_lease(500) is not None
    assert backup.request_lease(501) is not None


def test_a_main_without_addresses_gets_some_back() -> None:
    """R-016, R-107, R-114: without waiting for the hour."""
    world = EndpointWorld()
    main, backup = running(world)
    for client in range(1, 36):
        assert main.request_lease(client, 2 * DAY) is not None
        world.run(1)
    assert main.pool.free.count + main.pool.backup.count == 5
    assert agree(main, backup)


def test_a_large_pool_is_moved_in_short_turns() -> None:
    """Twenty thousand addresses; the number of waiting moves is bounded."""
    world = EndpointWorld()
    main, backup = pair(world, size=20_000, max_unacked=1000)
    main.start()
    backup.start()
    longest_delay = 0

    def record_longest() -> None:
        nonlocal longest_delay
        longest_delay = max(longest_delay, main.core.view(world.now).updates_pending)

    world.watchers.append(record_longest)
    assert world.run(60, lambda: backup.pool.backup.count == 10_000 if backup.alive else False)
    assert longest_delay <= 2000
    assert world.now < EPOCH + 60
