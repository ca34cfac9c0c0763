"""The subnets of a Kea server as pools: addresses from `stat-lease4-get`, names and shares from `config-get`.

Kea counts by subnet. It does not count by pool and partner, so the free addresses of a subnet whose pools are divided
between the partners (client classes `HA_NAME`) are counted together, and only while both must have some.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from console.makes.documents import Misfits
from console.makes.kea.documents import objects
from console.makes.kea.relationships import Relationship
from console.model.facts import PoolFacts

FAMILIES = {"dhcp4": "v4", "dhcp6": "v6"}
COLUMNS = {
    "dhcp4": ("total-addresses", "assigned-addresses", "declined-addresses"),
    "dhcp6": ("total-nas", "assigned-nas", "declined-addresses"),
}

STATISTIC = re.compile(r"subnet\[(?P<subnet>\d{1,9})\]\.(?P<name>[a-z-]+)")


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet of the configuration. `shares`: addresses by client class, under "" those without one."""

    number: int
    name: str
    lifetime: float | None
    shares: Mapping[str, int] = field(default_factory=dict)


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
    shares: dict[str, int] = {}
    for pool in objects(raw, "pools"):
        classes = pool.get("client-class") or next(iter(pool.get("client-classes") or ()), "")
        shares[str(classes)] = shares.get(str(classes), 0) + _size(str(pool.get("pool")))
    seconds = float(lifetime) if isinstance(lifetime, int) and 0 < lifetime < 2**32 - 1 else None
    return Subnet(number, name, seconds, shares)


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
    rows = list(_rows(statistics, COLUMNS[service], misfits))
    if not rows:
        return None
    found = []
    for number, (total, assigned, declined) in rows:
        subnet = known.get(number) or Subnet(number, f"subnet {number}", None)
        if assigned > total or declined > assigned:
            misfits.append(f"subnet {number} has {total} addresses, {assigned} assigned and {declined} declined")
            found.append(PoolFacts(subnet.name, FAMILIES[service], lease_time=subnet.lifetime))
            continue
        own, other, undivided = _free(total - assigned, assigned, subnet, relationship, active)
        found.append(
            PoolFacts(
                name=subnet.name,
                family=FAMILIES[service],
                total=total,
                available=own,
                other_available=other,
                undivided=undivided,
                leased=assigned - declined,
                unavailable=declined,
                lease_time=subnet.lifetime,
            )
        )
    return tuple(found)


def result_set(every: Mapping[str, Any], service: str) -> dict[str, Any]:
    """The answer to `statistic-get-all` in the form of `stat-lease4-get`. A statistic is a list with the newest value
    first, each with its time."""
    rows: dict[int, list[Any]] = {}
    for name, values in every.items():
        found = STATISTIC.fullmatch(name)
        if found is not None and found["name"] in COLUMNS[service]:
            row = rows.setdefault(int(found["subnet"]), [int(found["subnet"]), None, None, None])
            newest = values[0] if isinstance(values, list) and values else None
            place = 1 + COLUMNS[service].index(found["name"])
            row[place] = newest[0] if isinstance(newest, list) and newest else None
    return {"result-set": {"columns": ["subnet-id", *COLUMNS[service]], "rows": list(rows.values())}}


def _free(
    free: int, assigned: int, subnet: Subnet, relationship: Relationship | None, active: bool | None
) -> tuple[int | None, int | None, int | None]:
    """Free addresses of this server, of its partner, and those that are not divided between them."""
    if relationship is None or active is None:
        return None, None, None
    if relationship.mode != "load-balancing":
        return (free, 0, None) if active else (0, free, None)
    shares = [subnet.shares.get(relationship.scopes_of(each.name), 0) for each in relationship.peers]
    divided = [each for each in shares if each]
    if not divided:
        return None, None, free
    if free == 0:
        return 0, 0, None
    # Each share is larger than all leases together: no server can be without a free address.
    return None, None, free if assigned < min(divided) and len(divided) == len(shares) else None


def _rows(
    statistics: Mapping[str, Any], wanted: tuple[str, str, str], misfits: Misfits
) -> Iterator[tuple[int, tuple[int, int, int]]]:
    table = statistics.get("result-set")
    columns = table.get("columns") if isinstance(table, Mapping) else None
    rows = table.get("rows") if isinstance(table, Mapping) else None
    if not isinstance(columns, list) or not isinstance(rows, list):
        misfits.append("the statistics of the subnets cannot be read")
        return
    try:
        places = [columns.index(name) for name in ("subnet-id", *wanted)]
    except ValueError:
        misfits.append("the statistics of the subnets lack a column")
        return
    for row in rows:
        values = [row[place] if isinstance(row, list) and place < len(row) else None for place in places]
        counts = [
            each for each in values if isinstance(each, int) and not isinstance(each, bool) and 0 <= each < 2**128
        ]
        if len(counts) != len(places):
            misfits.add("a row of the statistics", row, "not four counts")
            continue
        yield counts[0], (counts[1], counts[2], counts[3])
