"""The shared secret and TLS as both endpoints see them: they agree, or say why not, and lose nothing."""

from dhcpserver.failover.states import State
from tests.simulation.endpoints import Server, World, both_normal, pair

SECRET = b"a secret of both servers"


def started(**of_backup: object) -> tuple[World, Server, Server]:
    world = World()
    main, backup = pair(world, shared_secret=SECRET, startup_time=5)
    main.start()
    backup.start(**of_backup)
    return world, main, backup


def said(server: Server) -> str:
    return "\n".join(line.text for line in server.log)


def test_a_pair_with_the_same_secret_works_as_without() -> None:
    world, main, backup = started()
    assert world.run(60, both_normal(main, backup))
    world.run(30)
    assert main.ask(1) is not None
    world.run(5)
    assert backup.book.leases[main.world.replies[0].address].status.name == "ACTIVE"
    main.crash()
    world.run(60)
    main.start()
    assert world.run(60, both_normal(main, backup))


def test_another_secret_is_said_on_both_sides() -> None:
    world, main, backup = started(shared_secret=SECRET[::-1])
    world.run(60)
    assert not main.core.communications_ok
    assert "digest is wrong" in said(backup)
    assert "failover-config-mismatch" in backup.trap_kinds()
    failure = main.core.view(world.now).last_failure
    assert failure is not None
    assert "digest" in failure.text


def test_a_secret_on_the_main_alone_is_refused_with_the_reason() -> None:
    world, main, backup = started(shared_secret=b"")
    world.run(60)
    assert not main.core.communications_ok
    assert "no shared secret is set here" in said(backup)
    assert "digest" in said(main)


def test_a_secret_on_the_backup_alone_is_refused_with_the_reason() -> None:
    world = World()
    main, backup = pair(world, shared_secret=SECRET, startup_time=5)
    main.start(shared_secret=b"")
    backup.start()
    world.run(60)
    assert not backup.core.communications_ok
    assert "no message digest" in said(backup)
    failure = main.core.view(world.now).last_failure
    assert failure is not None
    assert "digest" in failure.text


def test_a_server_that_requires_tls_refuses_a_connection_without() -> None:
    world, main, backup = started(tls=True)
    world.run(60)
    assert backup.core.state is not State.NORMAL
    assert "TLS is required here" in said(backup)
    assert "TLS is required here" in said(main)
    assert "failover-config-mismatch" in main.trap_kinds()


def test_an_intruder_does_not_take_the_live_connection_away() -> None:
    """A CONNECT without the secret comes on a second connection from the partner's address."""
    world, main, backup = started()
    assert world.run(60, both_normal(main, backup))
    world.run(30)
    stranger = pair(World(), shared_secret=SECRET[::-1])[0]
    stranger.start()
    stranger.core.link_up(1, world.now, outbound=True, transport="ipv4", local="a", remote="b")
    stranger.core.flush(world.now)
    octets = b"".join(effect.data for effect in stranger.core.take_effects() if hasattr(effect, "data"))
    assert octets
    backup.link_up(99, outbound=False)
    backup.turn(lambda core: core.link_data(99, octets, world.now))
    world.run(30)
    assert both_normal(main, backup)()
