"""A running pair of endpoints, and whether its servers agree."""

from dhcpserver.leases.lease import Lease, Status
from tests.simulation.endpoints import FIRST, EndpointServer, EndpointWorld, both_normal, pair

_FREE = (Status.FREE, Status.BACKUP)


def running(world: EndpointWorld, size: int = 40, **settings: object) -> tuple[EndpointServer, EndpointServer]:
    """Return a pair in NORMAL with balanced pools, and with empty logs."""
    main, backup = pair(world, size, **settings)
    main.start()
    backup.start()
    assert world.run(20, both_normal(main, backup))
    world.run(30)
    for server in (main, backup):
        server.path, server.log, server.traps = [], [], []
    return main, backup


def agree(main: EndpointServer, backup: EndpointServer) -> bool:
    return all(
        facts(main.book.get(address)) == facts(backup.book.get(address)) for address in range(FIRST, FIRST + main.size)
    )


def facts(lease: Lease | None) -> tuple[Status, bytes | None, int]:
    """Return what both servers must agree on."""
    if lease is None or lease.status in _FREE:
        return (Status.FREE if lease is None else lease.status, None, 0)
    return (lease.status, lease.key, lease.state_exp)
