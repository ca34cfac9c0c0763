"""Availability: a pair without faults serves. Four bounds, checked in quiet spells and at the end of each run.

A quiet spell is a time without faults, clients and operators after which both servers agree (I9). Then

    the backup has its share of every pool       within SHARE_SECONDS after NORMAL
    a new client gets an address                 within CLIENT_SECONDS, if a server has one that it may give
    a renewal gets more than MCLT                after the partner has acknowledged the lease
    the servers send few updates                 a bounded number for each change of a lease
"""

from typing import TYPE_CHECKING

from dhcpserver.leases.keys import Kind
from dhcpserver.leases.pool import Pool, Pool6
from tests.simulation import texts
from tests.simulation.checks.base import Violation
from tests.simulation.clients6 import BOTH, address_of
from tests.simulation.lan import PacketFaults

if TYPE_CHECKING:
    from tests.simulation.clients import SimulatedClient
    from tests.simulation.host import Host
    from tests.simulation.world import World

SHARE_SECONDS = 60.0
CLIENT_SECONDS = 40.0
"""A client sends DISCOVER again after 4, 8 and 16 s."""
PREFIX_SHARE = 50
"""Percent of the delegated prefixes that are the backup's, whatever its share of the addresses is."""
UPDATES_PER_CHANGE = 8
"""One update about the lease, and those that move addresses between the shares of its pool."""
UPDATES_PER_LEASE = 2
"""The leases of clients that left, of both families, may end at the same time, each with a move."""


def check_availability(world: "World") -> None:
    """Check a pair that agrees on every lease. Raises Violation. Uses clients that no other part of the run uses."""
    world.lan.packet_faults = PacketFaults()
    world.lan.unreachable.clear()
    _await_recoveries(world)
    _shares(world)
    for far in (False, True):
        if world.site.dynamic_bootp and far:
            continue  # Infinite leases may have every address.
        _client(world, far)
    if len(world.carried) > 1:
        for far in (False, True):
            _client6(world, far)


def _await_recoveries(world: "World") -> None:
    """Wait until MCLT after a failure whose recovery was cut short: until then no new address is given."""
    for host in world.hosts:
        record = host.disk.read_record()
        if record is not None and record.time_of_failure:
            left = min(record.time_of_failure + record.mclt - host.now, record.mclt)
            world.run(max(left, 0.0) + 1.0)


def _shares(world: "World") -> None:
    """The backup has addresses if its share of the free ones is one address or more."""
    main, backup = world.by_role()
    shared = [name for name, pool in main.book.pools.items() if pool.balanced and pool.kind in world.carried]
    wanted = [name for name in shared if _wanted(main, name)]

    def missing() -> list[str]:
        return [name for name in wanted if not _has_share(backup.book.pools[name]) and _wanted(main, name)]

    if not world.run(SHARE_SECONDS, lambda: not missing()):
        raise Violation("A1", f"the backup has no address of {', '.join(missing())} {SHARE_SECONDS:.0f} s after NORMAL")


def _has_share(pool: Pool) -> bool:
    """Whether the backup has an address, also one that is held for a client that lost it in a conflict."""
    return bool(pool.backup.count or pool.held)


def _wanted(main: "Host", name: str) -> bool:
    pool = main.book.pools[name]
    together = pool.free.count + pool.backup.count
    wanted = PREFIX_SHARE if pool.kind is Kind.PREFIX else main.core.wanted_backup_pct(name)
    return together * wanted // 100 >= 1


def _free(host: "Host", pool: Pool) -> int:
    return (pool.free if host.main else pool.backup).count


def _client(world: "World", far: bool) -> None:
    """A new client gets an address, and its renewal gets more than MCLT."""
    client = world.clients.new(far)
    name = world.clients.pool_of(client)
    main, backup = world.by_role()
    if not all(_free(host, host.book.pools[name]) for host in (main, backup)) and world.site.load_balancing:
        return  # The server of the client's bucket may have none.
    if not _free(main, main.book.pools[name]):
        return
    before = _updates(world)
    world.clients.restart(client)
    if not world.run(CLIENT_SECONDS, lambda: client.lease is not None):
        free = {host.name: _free(host, host.book.pools[name]) for host in world.hosts}
        raise Violation("A2", f"a new client on {name} gets no address in {CLIENT_SECONDS:.0f} s; free: {free}")
    world.run(10)
    sent = _updates(world) - before
    if sent > UPDATES_PER_CHANGE + UPDATES_PER_LEASE * len({*world.site.addresses(), *main.book.leases}):
        raise Violation("A4", f"{sent} updates in {CLIENT_SECONDS:.0f} s for one new client")
    _renewal(world, client)
    world.clients.release(client)
    world.run(20)


def _client6(world: "World", far: bool) -> None:
    """A new client gets an address and a prefix, and its renewal gets more than MCLT."""
    names = ("far6", "far-pd") if far else ("near6", "near-pd")
    if not all(_may_give6(host, name) for host in world.hosts for name in names):
        return
    client = world.clients6.new(far, BOTH)
    world.clients6.restart(client)
    if not world.run(CLIENT_SECONDS, client.complete):
        has = ", ".join(texts.dotted(address_of(lease)) for lease in client.leases) or "nothing"
        raise Violation("A2", f"{client.name}, a new client, has {has} in {CLIENT_SECONDS:.0f} s")
    site = world.site
    first = client.leases[0]
    if site.wanted(address_of(first))[1] > site.mclt:

        def longer() -> bool:
            return all(lease.valid_until - lease.asked_at > site.mclt for lease in client.leases)

        if not world.run(first.valid_until - world.timeline.now, longer):
            raise Violation("A3", f"no renewal of {client.name} gets more than {site.mclt} s, which is MCLT")
    world.clients6.release(client)
    world.run(20)


def _may_give6(host: "Host", name: str) -> bool:
    """Whether a server has something for a new client, whichever of the two answers it."""
    pool = host.book.pools[name]
    if isinstance(pool, Pool6):
        full = pool.records >= pool.max_leases + len(pool.reserved)
        return not full and pool.left > 0 and _free(host, pool) > 0
    return _free(host, pool) > 0


def _updates(world: "World") -> int:
    return sum(host.core.endpoint.view(host.now).updates.sent for host in world.hosts if host.core.endpoint is not None)


def _renewal(world: "World", client: "SimulatedClient") -> None:
    """A renewal after the partner acknowledged the lease gets more than MCLT, if the policy has more."""
    site, lease = world.site, client.lease
    assert lease is not None
    if site.lease_time <= site.mclt:
        return
    first = lease.seconds

    def longer() -> bool:
        return client.lease is not None and client.lease.seconds > site.mclt

    if not world.run(first, longer):
        raise Violation("A3", f"no renewal in {first} s gets more than {site.mclt} s, which is MCLT")
