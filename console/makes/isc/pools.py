"""The pools of a dhcpd, from its leases file with its configuration, or from the last balance in its log.

`free` addresses are the primary's share and `backup` addresses the secondary's.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address

from console.makes.isc.balance import Balance
from console.makes.isc.configfile import Subnet
from console.makes.isc.leasefile import LeaseEntry
from console.model.facts import PoolFacts
from console.model.traffic import Leads

FAMILY = "v4"
WHOLE_FILE = "leases"
"""The name of the pool with all addresses of a leases file, where the names of the subnets are not known."""
PENDING = frozenset({"expired", "released", "reset"})
"""States of addresses that neither server may lease yet."""


class Places:
    """Which subnet an address is in."""

    def __init__(self, subnets: Iterable[Subnet]) -> None:
        self._ranges = sorted((first, last, subnet.name) for subnet in subnets for first, last in subnet.ranges)
        self._firsts = [first for first, _, _ in self._ranges]

    def name(self, address: str) -> str | None:
        """The name of its subnet; None if no range under failover has it."""
        if not self._ranges:
            return WHOLE_FILE
        number = int(IPv4Address(address))
        place = bisect_right(self._firsts, number) - 1
        if place < 0 or number > self._ranges[place][1]:
            return None
        return self._ranges[place][2]


def from_leases(
    entries: Mapping[str, LeaseEntry], subnets: tuple[Subnet, ...], role: str, now: float
) -> tuple[PoolFacts, ...]:
    """The pools of a leases file. An address that the file does not have was never leased: it is the primary's."""
    places = Places(subnets)
    by_pool: dict[str, list[LeaseEntry]] = {subnet.name: [] for subnet in subnets} or {WHOLE_FILE: []}
    for address, entry in entries.items():
        name = places.name(address)
        if name is not None:
            by_pool[name].append(entry)
    totals = {subnet.name: subnet.total for subnet in subnets}
    return tuple(_pool(name, found, totals.get(name, len(found)), role, now) for name, found in by_pool.items())


def _pool(name: str, entries: list[LeaseEntry], total: int, role: str, now: float) -> PoolFacts:
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry.state] = counts.get(entry.state, 0) + 1
    free, backup = counts.get("free", 0) + total - len(entries), counts.get("backup", 0)
    own, other = (free, backup) if role == "main" else (backup, free)
    return PoolFacts(
        name=name,
        family=FAMILY,
        total=total,
        available=own if role else None,
        other_available=other if role else None,
        leased=counts.get("active", 0),
        pending_available=sum(counts.get(each, 0) for each in PENDING),
        unavailable=counts.get("abandoned", 0),
        leads=_leads(entries, now),
    )


def _leads(entries: Iterable[LeaseEntry], now: float) -> Leads:
    """How many active leases would get no more than MCLT at their next renewal, at half of their time: those for which
    the partner has acknowledged and sent no later end."""
    sampled = limited = 0
    for entry in entries:
        if entry.state != "active" or entry.starts is None or entry.ends is None or entry.ends <= now:
            continue
        sampled += 1
        limited += entry.lead <= (entry.starts + min(entry.ends, entry.starts + 2**32)) / 2
    return Leads(sampled, limited, ())


def from_balances(balances: Iterable[Balance], role: str) -> tuple[PoolFacts, ...]:
    """The pools of the last balance, added up by subnet. The rest of the addresses is leased, or waits."""
    added: dict[str, list[int]] = {}
    for each in balances:
        sums = added.setdefault(each.name, [0, 0, 0])
        for place, value in enumerate((each.total, each.free, each.backup)):
            sums[place] += value
    return tuple(
        PoolFacts(
            name=name,
            family=FAMILY,
            total=total,
            available=(free if role == "main" else backup) if role else None,
            other_available=(backup if role == "main" else free) if role else None,
        )
        for name, (total, free, backup) in added.items()
    )
