"""The pools of a status document (`contract.pools.PoolStatus`).

They are built as dictionaries, not as models: with 10,000 pools the models take longer to build than the whole answer
takes otherwise, and JSON numbers stay as the server counts them. The tests validate the dictionaries by the models.
"""

from typing import Any

from dhcpserver.contract.fields import rfc3339
from dhcpserver.contract.words import Family, ThresholdScope
from dhcpserver.leases.keys import Kind
from dhcpserver.leases.pool import Pool
from dhcpserver.service.core import Core
from dhcpserver.service.leads import EDGES
from dhcpserver.service.thresholds import ThresholdLevel
from dhcpserver.service.v6.thresholds import PrefixLevel
from snmp.mib.specs import ThresholdType

_OVER = {
    ThresholdType.SCOPE: ThresholdScope.SCOPE.value,
    ThresholdType.NETWORK: ThresholdScope.NETWORK.value,
    ThresholdType.SELECTION_TAGS: ThresholdScope.SELECTION_TAGS.value,
}


def pool_documents(core: Core, now: float, since: int) -> list[dict[str, Any]]:
    """Return the pools whose version is `since` or later."""
    thresholds: dict[int, dict[str, Any]] = {}
    documents: list[dict[str, Any]] = []
    for pool in core.book.pools.values():
        if pool.version >= since and pool.kind is not Kind.ADDRESS4:
            documents.append(_document6(core, pool, now))
        elif pool.version >= since:
            level = core.watch.thresholds.of_pool(pool.name)
            # Pools that are counted together share a level; it is added up once.
            shown = thresholds.get(id(level)) or thresholds.setdefault(id(level), threshold_document(level))
            documents.append(pool_document(core, pool, shown, now))
    return documents


def pool_document(core: Core, pool: Pool, thresholds: dict[str, Any], now: float) -> dict[str, Any]:
    """Return one pool as this server sees it: `available` is its own share, `other_available` the partner's."""
    free, backup = pool.free.count, pool.backup.count
    own, other = (free, backup) if core.is_main else (backup, free)
    both = free + backup
    plan = core.plan.pools[pool.name]
    return {
        "name": pool.name,
        "family": Family.DHCP4.value,
        "subnet": plan.subnet,
        "total": pool.total,
        "available": own + pool.idle_reserved,
        "other_available": other,
        "leased": pool.leased,
        "offered": pool.offered,
        "pending_available": len(pool.pending),
        "unavailable": pool.unavailable,
        "reserved": len(pool.reserved),
        "backup_pct": core.wanted_backup_pct(pool.name),
        "actual_backup_pct": round(100 * backup / both, 1) if both else 0.0,
        "lease_time": plan.lease_time,
        "new_clients": pool.new_clients,
        "renewals": pool.renewals,
        "leads": _leads(core, pool),
        "new_clients_15m": core.watch.new_clients.recent(pool.name, now),
        "thresholds": thresholds,
        "undivided": None,
        "version": pool.version,
    }


_FAMILIES = {Kind.ADDRESS6: Family.DHCP6_NA, Kind.PREFIX: Family.DHCP6_PD}


def _document6(core: Core, pool: Pool, now: float) -> dict[str, Any]:
    """Return a pool of DHCPv6. IPv6 addresses have no shares that could be counted: parity divides them."""
    own, other = (pool.free, pool.backup) if core.is_main else (pool.backup, pool.free)
    plan = core.plan6.prefixes[pool.name]
    shared = pool.balanced
    both = own.count + other.count
    return {
        "name": pool.name,
        "family": _FAMILIES[pool.kind].value,
        "subnet": plan.network.with_prefixlen,
        "total": pool.total,
        "available": own.count + pool.idle_reserved if shared else None,
        "other_available": other.count if shared else None,
        "undivided": None if shared else pool.left,
        "leased": pool.leased,
        "offered": pool.offered,
        "pending_available": len(pool.pending),
        "unavailable": pool.unavailable,
        "reserved": len(pool.reserved),
        "backup_pct": core.wanted_backup_pct(pool.name) if shared else None,
        "actual_backup_pct": (round(100 * pool.backup.count / both, 1) if both else 0.0) if shared else None,
        "lease_time": plan.valid,
        "new_clients": pool.new_clients,
        "renewals": pool.renewals,
        "new_clients_15m": core.watch.new_clients.recent(pool.name, now),
        "thresholds": threshold_document(core.watch.thresholds6.of_pool(pool.name)),
        "version": pool.version,
    }


def threshold_document(level: ThresholdLevel | PrefixLevel) -> dict[str, Any]:
    """Return the free-address thresholds of one or more pools (`contract.pools.Thresholds`)."""
    return {
        "watched": level.watched,
        "low": level.low,
        "high": level.high,
        "over": _OVER[level.type],
        "value": level.value,
        "free": level.free,
        "configured": level.configured,
        "is_low": level.is_low,
    }


def _leads(core: Core, pool: Pool) -> dict[str, Any] | None:
    sample = core.watch.leads.samples.get(pool.name)
    if sample is None:
        return None
    return {
        "at": rfc3339(sample.at),
        "sampled": sample.sampled,
        "limited": sample.limited,
        "classes": list(sample.classes),
        "edges": list(EDGES),
    }
