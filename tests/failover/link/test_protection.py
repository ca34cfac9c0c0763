"""The shared secret and TLS, at two endpoints: they connect, or both log the reason."""

from dhcpserver.failover.states import State
from tests.simulation.endpoints import EndpointServer, EndpointWorld, both_normal, pair

SECRET = b"a secret of both servers"


def started(**backup_settings: object) -> tuple[EndpointWorld, EndpointServer, EndpointServer]:
    world = EndpointWorld()
    main, backup = pair(world, shared_secret=SECRET, startup_time=5)
    main.start()
    backup.start(**backup_settings)
    return world, main, backup


def log_text(server: EndpointServer) -> str:
    return "\n".join(line.text for line in server.log)


def test_a_pair_with_the_same_secret_works_like_one_without() -> None:
    world, main, backup = started()
    assert world.run(60, both_normal(main, backup))
    world.run(30)
    assert main.request_lease(1) is not None
    world.run(5)
    assert backup.book.leases[main.world.replies[0].address].status.name == "ACTIVE"
    main.crash()
    world.run(60)
    main.start()
    assert world.run(60, both_normal(main, backup))


def test_both_servers_report_a_different_secret() -> None:
    world, main, backup = started(shared_secret=SECRET[::-1])
    world.run(60)
    assert not main.core.communications_ok
    assert "digest is wrong" in log_text(backup)
    assert "failover-config-mismatch" in backup.trap_kinds()
    failure = main.core.view(world.now).last_failure
    assert failure is not None
    assert "digest" in failure.text


def test_refuses_a_secret_that_only_the_main_has() -> None:
    world, main, backup = started(shared_secret=b"")
    world.run(60)
    assert not main.core.communications_ok
    assert "no shared secret is set here" in log_text(backup)
    assert "digest" in log_text(main)


def test_refuses_a_secret_that_only_the_backup_has() -> None:
    world = EndpointWorld()
    main, backup = pair(world, shared_secret=SECRET, startup_time=5)
    main.start(shared_secret=b"")
    backup.start()
    world.run(60)
    assert not backup.core.communications_ok
    assert "no message digest" in log_text(backup)
    failure = main.core.view(world.now).last_failure
    assert failure is not None
    assert "digest" in failure.text


def test_a_server_that_requires_tls_refuses_a_connection_without_it() -> None:
    world, main, backup = started(tls=True)
    world.run(60)
    assert backup.core.state is not State.NORMAL
    assert "TLS is required here" in log_text(backup)
    assert "TLS is required here" in log_text(main)
    assert "failover-config-mismatch" in main.trap_kinds()


def test_an_intruder_does_not_close_the_open_connection() -> None:
    """A CONNECT without the secret arrives on a second connection from the partner's address."""
    world, main, backup = started()
    assert world.run(60, both_normal(main, backup))
    world.run(30)
    intruder = pair(EndpointWorld(), shared_secret=SECRET[::-1])[0]
    intruder.start()
    intruder.core.link_up(1, world.now, outbound=True, transport="ipv4", local="a", remote="b")
    intruder.core.flush(world.now)
    octets = b"".join(effect.data for effect in intruder.core.take_effects() if hasattr(effect, "data"))
    assert octets
    backup.link_up(99, outbound=False)
    backup.turn(lambda core: core.link_data(99, octets, world.now))
    world.run(30)
    assert both_normal(main, backup)()
