"""I9: without disturbance, both servers enter NORMAL, acknowledge all updates, and agree on every lease."""

from operator import or_
from typing import TYPE_CHECKING

from dhcpserver.leases.book import Book
from dhcpserver.leases.lease import PENDING, Lease, Status
from tests.simulation import texts
from tests.simulation.checks.base import Violation

if TYPE_CHECKING:
    from tests.simulation.host import Host
    from tests.simulation.world import World

PATIENCE = 3000.0
"""Seconds: for a wait for MCLT on each server, retries of rejected updates, and a connection refused for a minute."""
SETTLING = 20.0
"""Seconds: two clocks may reach the end of a lease at different times."""

_FREE = (Status.FREE, Status.BACKUP)


def converge(world: "World", patience: float = PATIENCE) -> None:
    """Wait until both servers agree. Raises Violation.

    The cable must work, both servers must run, and no client may be active.
    """
    world.run(patience, world.in_sync)
    world.run(SETTLING, lambda: world.in_sync() and not differences(world))
    if not world.in_sync() or not differences(world, waiting=False):
        world.run(patience, lambda: world.in_sync() and not differences(world))
    for host in world.hosts:
        if not world.both_normal():
            raise Violation("I9", f"{host.name} is in {host.state.value}, communications {host.communicating}")
        left = [texts.dotted(lease.address) for lease in _exchanged(world, host) if lease.needs_update]
        if left:
            raise Violation(
                "I9",
                f"{host.name} has unsent updates of {', '.join(sorted(left))}",
            )
    found = differences(world)
    if found:
        raise Violation("I9", f"the servers do not agree: {'; '.join(found)}")


def differences(world: "World", *, waiting: bool = True) -> list[str]:
    """Return the differences between the leases of the two servers, as texts.

    A lease to whose end a partner without records agreed is kept until every promise has ended, and only one server has
    it. The backup expires an ended lease some time after the main. Without `waiting`, both kinds are ignored.
    """
    found = []
    for address in sorted({lease.address for host in world.hosts for lease in _exchanged(world, host)}):
        ours, theirs = (facts(host.book, address) for host in world.hosts)
        now = max(host.now for host in world.hosts)
        ended = [known[0] in PENDING or (known[0] is Status.ACTIVE and known[2] < now) for known in (ours, theirs)]
        free = [known[0] in _FREE for known in (ours, theirs)]
        passing = all(map(or_, ended, free)) and any(ended)
        if ours != theirs and (waiting or not passing):
            found.append(f"{texts.dotted(address)}: main {_sent(ours)}, backup {_sent(theirs)}")
    return found


Facts = tuple[Status, bytes | None, int]


def _exchanged(world: "World", host: "Host") -> list[Lease]:
    """Return the leases of the kinds that the servers exchange."""
    carried = world.carried
    return [lease for lease in host.book.leases.values() if lease.pool.kind in carried]


def facts(book: Book, address: int) -> Facts:
    """Return what both servers must agree on: status, client, end."""
    lease = book.get(address)
    if lease is None:
        pool = book.pool_of(address)
        at_rest = Status.FREE if pool is None or address in pool.reserved else pool.at_rest(address)
        return (at_rest, None, 0)
    if lease.status in _FREE:
        return (Status.FREE if lease.reserved else lease.status, None, 0)
    return (lease.status, lease.key, lease.state_exp)


def _sent(known: Facts) -> str:
    status, key, end = known
    return status.name + (f" of {texts.client(key)} until {texts.moment(end)}" if key else "")
