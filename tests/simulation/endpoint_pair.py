"""A pair of endpoints that has come to rest, and whether its servers agree."""

from dhcpserver.leases.lease import Lease, Status
from tests.simulation.endpoints import FIRST, Server, World, both_normal, pair

_FREE = (Status.FREE, Status.BACKUP)


def running(world: World, size: int = 40, **settings: object) -> tuple[Server, Server]:
    """A pair in NORMAL, its pools balanced, and its past forgotten."""
    main, backup = pair(world, size, **settings)
    main.start()
    backup.start()
    assert world.run(20, both_normal(main, backup))
    world.run(30)
    for server in (main, backup):
        server.path, server.log, server.traps = [], [], []
    return main, backup


def agree(main: Server, backup: Server) -> bool:
    return all(
        facts(main.book.get(address)) == facts(backup.book.get(address)) for address in range(FIRST, FIRST + main.size)
    )


def facts(lease: Lease | None) -> tuple[Status, bytes | None, int]:
    """What both servers must agree on."""
    if lease is None or lease.status in _FREE:
        return (Status.FREE if lease is None else lease.status, None, 0)
    return (lease.status, lease.key, lease.state_exp)
