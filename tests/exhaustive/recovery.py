"""I9 and availability: from any state, without further faults, the pair recovers and serves.

The link works, both servers run with right clocks, and all clients are silent. Within a bound both servers are NORMAL,
agree on every lease and have their shares. Then a new client gets an address if one is available, a renewal gets more
than MCLT after the partner has acknowledged the lease, and the servers send each other nothing but CONTACT.
"""

from dhcpserver.failover.pools.hashing import belongs_to_main
from dhcpserver.failover.states import State
from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import Lease, Status
from dhcpserver.wire.options4 import MessageType
from tests.exhaustive.checks import Violation
from tests.exhaustive.server import Server, dotted
from tests.exhaustive.small import POOL
from tests.exhaustive.world import World

PATIENCE = 3000
"""Seconds until both servers agree: two waits for MCLT, a refusal of a minute, and retries of rejected updates."""
SHARES_SECONDS = 60
"""Seconds until the backup has its share."""


def recover(world: World) -> None:
    """Let a world recover. Raises Violation."""
    world.tell("all faults end, and the clients are silent")
    for server in world.servers:
        server.error = 0
        if server.running:
            world.turn(server)
        else:
            server.start(world.now)
            world.turn(server)
    world.wires.mend(both_run=True)
    world.leases = [None] * len(world.leases)
    end = world.now + PATIENCE
    while world.now < end and not _agree(world):
        world.run(min(world.now + 20, end))
    _check_agreement(world)
    world.run(world.now + SHARES_SECONDS)
    _check_shares(world)
    _check_service(world)


def _agree(world: World) -> bool:
    if not all(server.communicating and server.state is State.NORMAL for server in world.servers):
        return False
    if any(lease.needs_update for server in world.servers for lease in server.book.leases.values()):
        return False
    return not any(_differs(*records) for records in _pairs(world))


def _pairs(world: World) -> list[tuple[Lease | None, Lease | None]]:
    main, backup = (server.book for server in world.servers)
    return [(_record(main, each), _record(backup, each)) for each in world.small.addresses_of_scope()]


def _record(book: Book, address: int) -> Lease | None:
    return book.get(address) or book.unrecorded(address)


def _facts(lease: Lease | None) -> tuple[Status, bytes | None, int]:
    assert lease is not None
    if lease.status in (Status.FREE, Status.BACKUP):
        return lease.status, None, 0
    return lease.status, lease.key, lease.state_exp


def _differs(ours: Lease | None, theirs: Lease | None) -> bool:
    return _facts(ours) != _facts(theirs)


def _check_agreement(world: World) -> None:
    for server in world.servers:
        if not server.communicating or server.state is not State.NORMAL:
            raise Violation(f"I9: after {PATIENCE} s without faults the {server.name} is in {server.state.value}")
        left = [dotted(lease.address) for lease in server.book.leases.values() if lease.needs_update]
        if left:
            raise Violation(f"I9: after {PATIENCE} s without faults the {server.name} has updates of {left} to send")
    for ours, theirs in _pairs(world):
        if _differs(ours, theirs):
            raise Violation(f"I9: after {PATIENCE} s without faults the main has {ours}, the backup has {theirs}")


def _check_shares(world: World) -> None:
    main, backup = (server.book.pools[POOL] for server in world.servers)
    if not main.balanced:
        return
    together = main.free.count + backup.backup.count
    if together * world.small.backup_pct // 100 and not backup.backup:
        raise Violation(f"availability: the backup has none of {together} free addresses after {SHARES_SECONDS} s")
    if together and not main.free and world.small.backup_pct < 100 and together > 1:
        raise Violation(f"availability: the main has none of {together} free addresses after {SHARES_SECONDS} s")


def _check_service(world: World) -> None:
    main = world.servers[0]
    free = main.book.pools[POOL].free.count
    if not free:
        return
    client = _new_client(world)
    address = _lease(world, main, client)
    sent = [server.endpoint.view(0).updates.sent for server in world.servers]
    world.run(world.now + 10)
    changes = [
        server.endpoint.view(0).updates.sent - before for server, before in zip(world.servers, sent, strict=True)
    ]
    if sum(changes) > 2 + 2 * world.small.addresses:
        raise Violation(f"storm: {changes} updates in 10 s after one lease")
    world.run(world.now + world.small.mclt * 2 // 3 - 10)
    packet = world.small.packets.extend(client, address, main.disk.uid)
    answers = world.turn(main, packet=packet)
    wanted = min(world.small.lease_time, world.small.mclt + 1)
    if not answers or answers[0].seconds < wanted:
        raise Violation(f"availability: a renewal after an acknowledgement gets {answers}, not {wanted} s or more")


def _new_client(world: World) -> int:
    """Return a new client; with load balancing, one that the main serves."""
    client = len(world.leases)
    while world.small.load_balancing and not belongs_to_main(world.small.packets.key_of(client)):
        client += 1
    return client


def _lease(world: World, server: Server, client: int) -> int:
    offers = world.turn(server, packet=world.small.packets.discover(client))
    if not offers:
        raise Violation(f"availability: the {server.name} has a free address and offers a new client none")
    packet = world.small.packets.select(client, offers[0].address, server.index, server.disk.uid)
    answers = world.turn(server, packet=packet)
    if not answers or answers[0].kind != MessageType.ACK:
        raise Violation(f"availability: the {server.name} offers an address and does not acknowledge it")
    world.drain()
    return offers[0].address
