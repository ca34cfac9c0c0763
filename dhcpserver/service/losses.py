"""The leases that a server forgets when it is started with another configuration (R-228)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dhcpserver.config.objects import Configuration
from dhcpserver.leases.book import Book
from dhcpserver.leases.keys import is_ipv4
from dhcpserver.leases.lease import Lease
from dhcpserver.leases.status import Status
from dhcpserver.service.plan import Plan
from dhcpserver.service.v6.plan import Plan6

_AT_REST = (Status.FREE, Status.BACKUP)


@dataclass(frozen=True, slots=True)
class Loss:
    """What one scope or prefix loses: `leases` with a state of their own, and how many of them are `active`."""

    of: str
    name: str
    leases: int
    active: int


def losses(leases: Iterable[Lease], configuration: Configuration) -> tuple[Loss, ...]:
    """Return what is lost: leases of addresses that no scope or prefix of the configuration manages."""
    pools = [*(plan.pool for plan in Plan(configuration).pools.values()), *Plan6(configuration).pools]
    managed = Book(pools)
    lost: Counter[tuple[str, str]] = Counter()
    active: Counter[tuple[str, str]] = Counter()
    for lease in leases:
        if lease.status not in _AT_REST and managed.pool_of(lease.address) is None:
            place = ("scope" if is_ipv4(lease.address) else "prefix", lease.pool.name)
            lost[place] += 1
            active[place] += lease.status is Status.ACTIVE
    return tuple(Loss(of, name, count, active[of, name]) for (of, name), count in sorted(lost.items()))
