"""Rules of the pair that other tests name in passing: each test here fails when its rule is removed."""

from dataclasses import replace

import pytest

from dhcpserver.contract.words import StateCause
from dhcpserver.failover.states import State
from dhcpserver.leases.lease import Status
from dhcpserver.runtime.logfile import category
from dhcpserver.wire import options4
from dhcpserver.wire.failover4 import PoolRequest
from dhcpserver.wire.options4 import MessageType
from tests.failover.paired import CONFIGURATION, Site, normal
from tests.failover.pools.test_pools import shared
from tests.failover.scripted import Bench, stored_record
from tests.settings import pair_settings
from tests.simulation.endpoint_pair import agree, running
from tests.simulation.endpoints import EndpointServer, EndpointWorld, both_normal

HOUR = 3600


def test_a_server_logs_every_binding_update_unless_told_otherwise() -> None:
    """R-172: the default log settings have failover-detail; with it each update is logged by its message."""
    assert "log-settings" not in CONFIGURATION
    site = normal()
    offer = site.client(1, MessageType.DISCOVER)
    assert offer is not None
    requested = (options4.REQUESTED_ADDRESS, offer.yiaddr.to_bytes(4, "big"))
    server = (54, offer.options[54])
    assert site.client(1, MessageType.REQUEST, requested, server) is not None
    numbers = [line.id for line in site.out.lines]
    updates = site.updates()
    assert (len(updates), numbers.count(18106)) == (1, 1)
    site.acknowledge(updates)
    assert [line.id for line in site.out.lines].count(18107) == 1


def test_the_first_line_of_a_server_has_the_settings_of_failover() -> None:
    """R-074: 04092, Configuration, Info, with every setting of R-074."""
    (line,) = [line for line in Site().out.lines if line.id == 4092]
    assert (line.level, category(line.id)) == ("Info", "Configuration")
    assert line.text == (
        "Failover is enabled server-wide. Main server name: 'a', backup server name: 'b', mclt = 3600, "
        "backup-pct = 20, dynamic-bootp-backup-pct = 60, use-safe-period: enabled, safe-period = 14400."
    )


def test_updates_and_their_acknowledgements_are_logged_by_name() -> None:
    """R-173: the main's log has DHCPBNDUPD and DHCPBNDACK."""
    site = normal()
    lease(site, 1)
    assert any(line.text.startswith("DHCPBNDUPD sent xid") for line in site.out.lines)
    site.acknowledge(site.updates())
    assert any(line.text.startswith("DHCPBNDACK received xid") for line in site.out.lines)


def test_a_backup_logs_why_it_drops_a_request() -> None:
    """R-174: failover is in NORMAL, and this server is the backup."""
    site = Site(CONFIGURATION.replace('name = "a"', 'name = "b"', 1), stored_record(State.NORMAL, False))
    assert site.core.endpoint is not None
    site.core.endpoint._machine.enter(State.NORMAL, site.now, "test", StateCause.START)
    assert site.client(1, MessageType.DISCOVER) is None
    (line,) = [line for line in site.out.lines if line.id == 18110]
    assert line.text == ("Dropped DISCOVER from 00:00:00:00:00:01: failover is in NORMAL state and this is the backup.")


def lease(site: Site, client: int) -> None:
    """Let a client get a lease."""
    offer = site.client(client, MessageType.DISCOVER)
    assert offer is not None
    requested = (options4.REQUESTED_ADDRESS, offer.yiaddr.to_bytes(4, "big"))
    assert site.client(client, MessageType.REQUEST, requested, (54, offer.options[54])) is not None


def test_an_update_has_the_relay_information_of_its_client() -> None:
    """R-203: option 82, so that the backup can answer DHCPLEASEQUERY."""
    site = normal()
    circuit = b"\1\4port"
    offer = site.client(1, MessageType.DISCOVER, (82, circuit))
    assert offer is not None
    requested = (options4.REQUESTED_ADDRESS, offer.yiaddr.to_bytes(4, "big"))
    assert site.client(1, MessageType.REQUEST, requested, (54, offer.options[54]), (82, circuit)) is not None
    assert [update.relay_info for update in site.updates()] == [circuit]


def test_the_backup_asks_for_its_share_as_soon_as_it_is_normal() -> None:
    """R-013, R-190: step 7 of the first contact. The main moves addresses by itself; the backup asks too."""
    bench = Bench(False, stored_record(State.COMMUNICATIONS_INTERRUPTED, False), shared(10, 1))
    bench.connect()
    bench.report(State.COMMUNICATIONS_INTERRUPTED)
    assert bench.state is State.NORMAL
    assert len(bench.take(PoolRequest)) == 1
    bench.wait(HOUR - 20, alive=True)
    assert bench.take(PoolRequest) == []


def two(main_pct: int, backup_pct: int) -> tuple[EndpointServer, EndpointServer]:
    """A pair in NORMAL whose servers have different percentages."""
    world = EndpointWorld()
    common = pair_settings(name="pair", main=True, local_name="m", partner_name="b")
    main = EndpointServer(world, replace(common, backup_pct=main_pct, server_uid=b"m" * 16), 40)
    backup = EndpointServer(
        world,
        replace(common, main=False, backup_pct=backup_pct, server_uid=b"b" * 16, local_name="b", partner_name="m"),
        40,
    )
    main.start()
    backup.start()
    assert world.run(20, both_normal(main, backup))
    world.run(2 * 3600)
    return main, backup


@pytest.mark.parametrize(("main_pct", "backup_pct"), [(25, 25), (25, 75), (25, 0), (75, 25), (0, 50)])
def test_the_percentage_of_the_backup_has_no_effect(main_pct: int, backup_pct: int) -> None:
    """R-047: it is set on the main, and ignored on the backup, so that a configuration can be copied."""
    main, backup = two(main_pct, backup_pct)
    share = 40 * main_pct // 100
    assert (main.pool.free.count, main.pool.backup.count) == (40 - share, share)
    assert agree(main, backup)


def test_each_side_of_a_cut_serves_the_clients_that_it_sees() -> None:
    """R-012: neither server can tell a dead partner from a cut link; both serve, and no address is given twice."""
    world = EndpointWorld()
    main, backup = running(world)
    first = main.request_lease(1)
    assert first is not None
    world.run(10)
    world.cut()
    world.run(100)
    given: dict[int, int] = {}
    for client in range(10, 70):
        server = main if client % 2 else backup
        lease = server.request_lease(client)
        if lease is not None:
            assert lease.address not in given, "an address is given twice"
            given[lease.address] = client
    assert first.address not in given
    assert len(given) > 20
    renewed = backup.request_lease(1)
    assert renewed is not None
    assert renewed.address == first.address, "a client that moves to the other side keeps its address (R-140)"
    world.mend()
    assert world.run(60, both_normal(main, backup))
    world.run(60)
    assert agree(main, backup)
    assert {address: lease.status for address, lease in main.book.leases.items() if address in given} == dict.fromkeys(
        given, Status.ACTIVE
    )


def test_a_duplicate_is_possible_after_the_safe_period_and_not_before() -> None:
    """R-140: the partner may still run when PARTNER-DOWN begins, and then both can give one address."""
    world = EndpointWorld()
    main, backup = running(world)
    world.cut()
    world.run(14_000)
    own: dict[str, set[int]] = {"main": set(), "backup": set()}
    for client in range(100, 160):
        server = main if client % 2 else backup
        lease = server.request_lease(client)
        if lease is not None:
            own[server.settings.role].add(lease.address)
    assert not own["main"] & own["backup"], "before the end of the safe period"
    assert backup.path == [State.COMMUNICATIONS_INTERRUPTED]
    world.run(1_000)
    assert backup.path == [State.COMMUNICATIONS_INTERRUPTED, State.PARTNER_DOWN]
    late: dict[str, set[int]] = {"main": set(), "backup": set()}
    for client in range(200, 260):
        server = main if client % 2 else backup
        lease = server.request_lease(client)
        if lease is not None:
            late[server.settings.role].add(lease.address)
    assert (own["main"] | late["main"]) & (own["backup"] | late["backup"]), "the race that the operator must prevent"


def test_a_request_for_a_subnet_gets_an_address_and_no_subnet() -> None:
    """R-006: option 220 is not answered, and each binding update has one address of a scope."""
    site = normal()
    wanted = (220, bytes((0, 1, 24)))
    offer = site.client(1, MessageType.DISCOVER, wanted)
    assert offer is not None
    assert 220 not in offer.options
    requested = (options4.REQUESTED_ADDRESS, offer.yiaddr.to_bytes(4, "big"))
    ack = site.client(1, MessageType.REQUEST, wanted, requested, (54, offer.options[54]))
    assert ack is not None
    assert 220 not in ack.options
    assert [update.address for update in site.updates()] == [offer.yiaddr]


def test_a_pair_has_a_configuration_and_a_state_that_is_kept() -> None:
    """R-030: its name, its role and the address of the partner are configured; the state is stored by the server."""
    site = normal()
    pair = site.core.configuration.failover_pair[0]
    assert (pair.name, pair.main, pair.backup) == ("example", "a", "b")
    endpoint = site.core.endpoint
    assert endpoint is not None
    view = endpoint.view(site.now)
    assert (view.name, view.partner_name, site.core.is_main) == ("example", "b", True)
    record = stored_record(State.PARTNER_DOWN)
    again = Site(CONFIGURATION, record)
    assert again.core.endpoint is not None
    again.now += 60
    again.turn()
    assert again.core.endpoint.view(again.now).state is State.PARTNER_DOWN
