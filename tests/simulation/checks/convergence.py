"""I9: left alone, both come to NORMAL, have nothing left to tell, and agree on every lease."""

from operator import or_
from typing import TYPE_CHECKING

from dhcpserver.leases.lease import PENDING, Lease, Status
from tests.simulation import words
from tests.simulation.checks.base import Violation

if TYPE_CHECKING:
    from tests.simulation.world import World

PATIENCE = 3000.0
"""Seconds: for a wait for MCLT on each side, retries of refused updates, and a connection refused for a minute."""
SETTLING = 20.0
"""Seconds: for two clocks that see a lease end at different times."""

_FREE = (Status.FREE, Status.BACKUP)


def converge(world: "World") -> None:
    """Wait until both agree. The cable must be whole, both servers started, and nobody else there. Raises Violation."""
    world.run(PATIENCE, world.nothing_to_tell)
    world.run(SETTLING, lambda: world.nothing_to_tell() and not differences(world))
    if not world.nothing_to_tell() or not differences(world, waiting=False):
        world.run(PATIENCE, lambda: world.nothing_to_tell() and not differences(world))
    for host in world.hosts:
        if not world.both_normal():
            raise Violation("I9", f"{host.name} is in {host.state.value}, communications {host.communicating}")
        left = [words.dotted(lease.address) for lease in host.book.leases.values() if lease.needs_update]
        if left:
            raise Violation("I9", f"{host.name} has news left of {', '.join(sorted(left))}")
    found = differences(world)
    if found:
        raise Violation("I9", f"the servers do not agree: {'; '.join(found)}")


def differences(world: "World", *, waiting: bool = True) -> list[str]:
    """Where the two servers' leases differ, in words.

    One that had the agreement of a partner without memory waits until every promise has run out, and is the only one
    to know. A lease that has ended is looked at by the backup some time later. Without `waiting` both are left
    out.
    """
    found = []
    for address in world.site.addresses():
        ours, theirs = (facts(host.book.get(address)) for host in world.hosts)
        now = max(host.now for host in world.hosts)
        ended = [known[0] in PENDING or (known[0] is Status.ACTIVE and known[2] < now) for known in (ours, theirs)]
        free = [known[0] in _FREE for known in (ours, theirs)]
        passing = all(map(or_, ended, free)) and any(ended)
        if ours != theirs and (waiting or not passing):
            found.append(f"{words.dotted(address)}: main {_said(ours)}, backup {_said(theirs)}")
    return found


Facts = tuple[Status, bytes | None, int]


def facts(lease: Lease | None) -> Facts:
    """What both servers must agree on: status, client, end."""
    if lease is None:
        return (Status.FREE, None, 0)
    if lease.status in _FREE:
        return (Status.FREE if lease.reserved else lease.status, None, 0)
    return (lease.status, lease.key, lease.state_exp)


def _said(known: Facts) -> str:
    status, key, end = known
    return status.name + (f" of {words.client(key)} until {words.moment(end)}" if key else "")
