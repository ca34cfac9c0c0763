"""The subnets of a Kea server as pools: addresses from `stat-lease4-get`, names and shares from `config-get`.

Kea counts by subnet. It does not count by pool and partner, so the free addresses of a subnet whose pools are divided
between the partners (client classes `HA_NAME`) are counted together, and only while both must have some.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from console.makes.documents import Misfits
from console.makes.kea.documents import objects
from console.makes.kea.relationships import Relationship
from console.model.facts import PoolFacts


@dataclass(frozen=True, slots=True)
class Kind:
    """What a subnet leases: its family, and the columns of its counts. `declined` is empty where none can be declined;
    `suffix` distinguishes its pool from the pool of addresses of the same subnet."""

    family: str
    total: str
    assigned: str
    declined: str = ""
    suffix: str = ""


PREFIXES = Kind("dhcp6-pd", "total-pds", "assigned-pds", suffix=" prefixes")
KINDS: Mapping[str, tuple[Kind, ...]] = {
    "dhcp4": (Kind("dhcp4", "total-addresses", "assigned-addresses", "declined-addresses"),),
    "dhcp6": (Kind("dhcp6-na", "total-nas", "assigned-nas", "declined-nas"), PREFIXES),
}
"""By service, addresses first."""
RENAMED = {"dhcp4": {}, "dhcp6": {"declined-addresses": "declined-nas"}}
"""Statistics whose name is not that of the column, by service."""

STATISTIC = re.compile(r"subnet\[(?P<subnet>\d{1,9})\]\.(?P<name>[a-z-]+)")


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet of the configuration. `shares`: addresses by client class, under "" those without one; `prefixes`:
    delegated prefixes in the same way."""

    number: int
    name: str
    lifetime: float | None
    shares: Mapping[str, int] = field(default_factory=dict)
    prefixes: Mapping[str, int] = field(default_factory=dict)


def subnets(configuration: Mapping[str, Any], service: str) -> dict[int, Subnet]:
    """The subnets of a `config-get` answer by number, those of shared networks too."""
    daemon = configuration.get("Dhcp4" if service == "dhcp4" else "Dhcp6")
    kind = "subnet4" if service == "dhcp4" else "subnet6"
    found = [*objects(daemon, kind)]
    for network in objects(daemon, "shared-networks"):
        found += objects(network, kind)
    return {each.number: each for each in map(_subnet, found) if each is not None}


def _subnet(raw: Mapping[str, Any]) -> Subnet | None:
    number, name, lifetime = raw.get("id"), raw.get("subnet"), raw.get("valid-lifetime")
    if not isinstance(number, int) or not isinstance(name, str):
        return None
    shares = _by_class((pool, _size(str(pool.get("pool")))) for pool in objects(raw, "pools"))
    prefixes = _by_class((pool, _prefixes(pool)) for pool in objects(raw, "pd-pools"))
    seconds = float(lifetime) if isinstance(lifetime, int) and 0 < lifetime < 2**32 - 1 else None
    return Subnet(number, name, seconds, shares, prefixes)


def _by_class(pools: Iterable[tuple[Mapping[str, Any], int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for pool, size in pools:
        classes = str(pool.get("client-class") or next(iter(pool.get("client-classes") or ()), ""))
        found[classes] = found.get(classes, 0) + size
    return found


def _prefixes(pool: Mapping[str, Any]) -> int:
    """The prefixes of a pool of delegated prefixes; 0 if it cannot be read."""
    length, delegated = pool.get("prefix-len"), pool.get("delegated-len")
    if not isinstance(length, int) or not isinstance(delegated, int) or not 0 <= length <= delegated <= 128:
        return 0
    return int(2 ** (delegated - length))


def _size(pool: str) -> int:
    """The addresses of `FIRST - LAST` or of a network; 0 if it cannot be read."""
    first, dash, last = pool.partition("-")
    try:
        if not dash:
            return ip_network(pool.strip(), strict=False).num_addresses
        return max(0, int(ip_address(last.strip())) - int(ip_address(first.strip())) + 1)
    except ValueError:
        return 0


def pool_facts(
    statistics: Mapping[str, Any],
    known: Mapping[int, Subnet],
    relationship: Relationship | None,
    service: str,
    active: bool | None,
    misfits: Misfits,
) -> tuple[PoolFacts, ...] | None:
    """The pools; None if the statistics cannot be read. `active`: whether this server answers clients now."""
    rows = list(_rows(statistics, KINDS[service][0], misfits))
    if not rows:
        return None
    found: list[PoolFacts] = []
    for number, counts in rows:
        subnet = known.get(number) or Subnet(number, f"subnet {number}", None)
        for kind in KINDS[service]:
            total = counts.get(kind.total, 0)
            # A subnet that only delegates prefixes has no addresses, and most subnets have no prefixes.
            if total or (kind is not PREFIXES and not counts.get(PREFIXES.total)):
                shares = subnet.prefixes if kind is PREFIXES else subnet.shares
                found.append(_pool(subnet, kind, counts, _Sharing(relationship, shares, active), misfits))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Sharing:
    """What decides to whom the free addresses of a subnet belong."""

    relationship: Relationship | None
    shares: Mapping[str, int]
    active: bool | None


def _pool(subnet: Subnet, kind: Kind, counts: Mapping[str, int], sharing: _Sharing, misfits: Misfits) -> PoolFacts:
    name = subnet.name + kind.suffix
    total, assigned, declined = counts.get(kind.total, 0), counts.get(kind.assigned, 0), counts.get(kind.declined, 0)
    if assigned > total or declined > assigned:
        misfits.append(f"{name} has {total} in total, {assigned} assigned and {declined} declined")
        return PoolFacts(name, kind.family, lease_time=subnet.lifetime)
    own, other, undivided = _free(total - assigned, assigned, sharing)
    return PoolFacts(
        name=name,
        family=kind.family,
        total=total,
        available=own,
        other_available=other,
        undivided=undivided,
        leased=assigned - declined,
        unavailable=declined,
        lease_time=subnet.lifetime,
    )


def result_set(every: Mapping[str, Any], service: str) -> dict[str, Any]:
    """The answer to `statistic-get-all` in the form of `stat-lease4-get`. A statistic is a list with the newest value
    first, each with its time."""
    columns = [each for kind in KINDS[service] for each in (kind.total, kind.assigned, kind.declined) if each]
    rows: dict[int, list[Any]] = {}
    for name, values in every.items():
        found = STATISTIC.fullmatch(name)
        column = None if found is None else RENAMED[service].get(found["name"], found["name"])
        if found is not None and column in columns:
            row = rows.setdefault(int(found["subnet"]), [int(found["subnet"]), *([None] * len(columns))])
            newest = values[0] if isinstance(values, list) and values else None
            row[1 + columns.index(column)] = newest[0] if isinstance(newest, list) and newest else None
    return {"result-set": {"columns": ["subnet-id", *columns], "rows": list(rows.values())}}


def _free(free: int, assigned: int, sharing: _Sharing) -> tuple[int | None, int | None, int | None]:
    """Free addresses of this server, of its partner, and those that are not divided between them."""
    relationship, active = sharing.relationship, sharing.active
    if relationship is None or active is None:
        return None, None, None
    if relationship.mode != "load-balancing":
        return (free, 0, None) if active else (0, free, None)
    shares = [sharing.shares.get(relationship.scopes_of(each.name), 0) for each in relationship.peers]
    divided = [each for each in shares if each]
    if not divided:
        return None, None, free
    if free == 0:
        return 0, 0, None
    # Each share is larger than all leases together: no server can be without a free address.
    return None, None, free if assigned < min(divided) and len(divided) == len(shares) else None


def _rows(statistics: Mapping[str, Any], addresses: Kind, misfits: Misfits) -> Iterator[tuple[int, Mapping[str, int]]]:
    """The counts of each subnet by column. The columns of addresses must be there; those of prefixes may be."""
    table = statistics.get("result-set")
    columns = table.get("columns") if isinstance(table, Mapping) else None
    rows = table.get("rows") if isinstance(table, Mapping) else None
    if not isinstance(columns, list) or not isinstance(rows, list):
        misfits.append("the statistics of the subnets cannot be read")
        return
    needed = ("subnet-id", addresses.total, addresses.assigned, addresses.declined)
    if not {*needed} <= {each for each in columns if isinstance(each, str)}:
        misfits.append("the statistics of the subnets lack a column")
        return
    for row in rows:
        values = dict(zip(columns, row, strict=False)) if isinstance(row, list) else {}
        counts = {
            name: each
            for name, each in values.items()
            if isinstance(name, str) and isinstance(each, int) and not isinstance(each, bool) and 0 <= each < 2**128
        }
        if not {*needed} <= counts.keys():
            misfits.add("a row of the statistics", row, "not four counts")
            continue
        yield counts["subnet-id"], counts
