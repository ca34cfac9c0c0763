"""`GET /api/v1/status`: all that a dashboard needs, in one document (docs/http-api.md)."""

from collections.abc import Mapping
from dataclasses import asdict
from ipaddress import IPv4Address
from typing import Any, Protocol

from pydantic import BaseModel

from dhcpserver import VERSION
from dhcpserver.api.times import shown
from dhcpserver.config.objects import Configuration
from dhcpserver.failover.link.handshake import assignment
from dhcpserver.failover.view import EndpointView
from dhcpserver.leases.pool import Pool
from dhcpserver.runtime.link import Attempt
from dhcpserver.service.core import Core


class HasUid(Protocol):
    """Where a server's data is: its identity."""

    @property
    def uid(self) -> bytes: ...


class Reported(Protocol):
    """What the document is made from: a running server, or a simulated one."""

    @property
    def core(self) -> Core: ...

    @property
    def configuration(self) -> Configuration: ...

    @property
    def data(self) -> HasUid: ...

    @property
    def started(self) -> float: ...

    @property
    def not_serving_reason(self) -> str | None: ...

    @property
    def reload_pending(self) -> bool: ...

    @property
    def configuration_changed(self) -> float: ...

    @property
    def configuration_read(self) -> float: ...

    @property
    def attempts(self) -> Mapping[str, Attempt]: ...

    def now(self) -> float: ...


class StatusDocument(BaseModel):
    """The shape of the answer; docs/http-api.md says what each attribute means."""

    version: int
    at: str
    server: dict[str, Any]
    pairs: list[dict[str, Any]]


def status_document(server: Reported, since: int) -> dict[str, Any]:
    """The document as of now; with `since`, without the pools that have not changed after that version."""
    core = server.core
    now = server.now()
    pairs = []
    if core.endpoint is not None:
        view = core.endpoint.view(now)
        pools = [pool_document(server, pool, view) for pool in core.book.pools.values() if pool.version >= since]
        pairs.append({**pair_document(server, view, now), "pools": pools})
    reason = server.not_serving_reason
    return {
        "version": core.book.version,
        "at": shown(now),
        "server": {
            "name": server.configuration.server.name,
            "product": f"pairwatch-{VERSION}",
            "started": shown(server.started),
            "uid": server.data.uid.hex(),
            "serving": reason is None,
            "not_serving_reason": reason,
            "reload_pending": server.reload_pending,
            "configuration_changed": shown(server.configuration_changed),
            "configuration_read": shown(server.configuration_read),
            "failover_recover": shown(server.configuration.server.failover_recover),
        },
        "pairs": pairs,
    }


def pair_document(server: Reported, view: EndpointView, now: float) -> dict[str, Any]:
    """A pair as this server sees it, without its pools."""
    return {
        "name": view.name,
        "role": view.role,
        "failover": True,
        "server_name": server.configuration.server.name,
        "partner_name": view.partner_name,
        "state": view.state.value,
        "state_since": shown(view.state_since),
        "state_reason": view.state_reason,
        "previous_state": view.previous_state.value if view.previous_state else None,
        "partner_state": view.partner_state.value if view.partner_state else None,
        "partner_state_since": shown(view.partner_state_since),
        "communications": "ok" if view.communications_ok else "interrupted",
        "start_of_communications_interrupted": shown(view.start_of_communications_interrupted),
        "last_contact": shown(view.last_contact),
        "ever_communicated": view.ever_communicated,
        "link": _link(view),
        "link_failure": _failure(view),
        "mclt": view.mclt,
        "backup_pct": view.backup_pct,
        "load_balancing": view.load_balancing,
        "use_safe_period": view.use_safe_period,
        "safe_period": view.safe_period,
        "safe_period_strict": view.safe_period_strict,
        "safe_period_remaining": None if view.safe_period_ends is None else max(0, round(view.safe_period_ends - now)),
        "safe_period_ends": shown(view.safe_period_ends),
        "partner_down_time": shown(view.partner_down_time),
        "partner_pool_usable_at": shown(view.partner_pool_usable_at),
        "recover_deadline": shown(view.recover_deadline),
        "time_skew": view.time_skew,
        "unacked_updates": view.unacked_updates,
        "max_unacked_updates": view.max_unacked_updates,
        "updates_pending": view.updates_pending,
        "updates_resting": view.updates_resting,
        "oldest_unacked_age": view.oldest_unacked_age,
        "updates": asdict(view.updates),
        "resync": _resync(view),
        "config_mismatch": list(view.config_mismatch),
        "reload_pending": server.reload_pending,
        "buckets": {"main": _mains_buckets(view), "backup": 256 - _mains_buckets(view)},
        "transports": [
            {
                "transport": transport,
                "at": shown(attempt.at),
                "local": attempt.local,
                "remote": attempt.remote,
                "outcome": attempt.outcome,
                "error": attempt.error,
                "errno": attempt.errno,
            }
            for transport, attempt in server.attempts.items()
        ],
        "traffic": _traffic(server, now),
        "transitions": [
            {
                "at": shown(item.at),
                "from": item.origin.value,
                "to": item.to.value,
                "reason": item.reason,
                "partner_state": item.partner_state.value if item.partner_state else None,
            }
            for item in view.transitions
        ],
    }


def _link(view: EndpointView) -> dict[str, Any] | None:
    link = view.link
    if link is None:
        return None
    return {
        "transport": link.transport,
        "local": link.local,
        "remote": link.remote,
        "since": shown(link.since),
        "partner_vendor": link.partner_vendor,
        "tls": link.tls,
        "digest": link.digest,
        "last_failure": _failure(view),
    }


def _mains_buckets(view: EndpointView) -> int:
    """How many of the 256 hash buckets of RFC 3074 are the main's to answer while both work."""
    return sum(octet.bit_count() for octet in assignment(view.load_balancing))


def _traffic(server: Reported, now: float) -> dict[str, Any]:
    """Who was heard, answered or not, since the start of this process."""
    core = server.core
    return {
        "since": shown(server.started),
        "requests": sum(core.counters.received.values()),
        "no_address": core.counters.dropped.get("no-address", 0),
        "relays": [
            {
                "address": str(IPv4Address(heard.address)) if heard.address else None,
                "last": shown(heard.last),
                "clients_5m": heard.clients,
            }
            for heard in core.heard.lately(now)
        ],
    }


def _failure(view: EndpointView) -> dict[str, Any] | None:
    failure = view.last_failure
    return None if failure is None else {"at": shown(failure.at), "text": failure.text}


def _resync(view: EndpointView) -> dict[str, Any] | None:
    resync = view.resync
    if resync is None:
        return None
    return {"kind": resync.kind, "direction": resync.direction, "done": resync.done, "total": resync.total}


def pool_document(server: Reported, pool: Pool, view: EndpointView) -> dict[str, Any]:
    """A pool as seen from this server: available is ours to give, other-available the partner's."""
    free, backup = len(pool.free), len(pool.backup)
    ours, theirs = (free, backup) if view.role == "main" else (backup, free)
    both = free + backup
    return {
        "name": pool.name,
        "family": "dhcp4",
        "subnet": server.core.plan.pools[pool.name].scope.subnet.with_prefixlen,
        "total": pool.total,
        "available": ours + pool.idle_reserved,
        "other_available": theirs,
        "leased": pool.leased,
        "offered": pool.offered,
        "pending_available": len(pool.pending),
        "unavailable": pool.unavailable,
        "reserved": len(pool.reserved),
        "backup_pct": server.core.wanted_backup_pct(pool.name),
        "actual_backup_pct": round(100 * backup / both, 1) if both else 0.0,
        "lease_time": server.core.plan.pools[pool.name].lease_time,
        "new_clients": pool.newcomers,
        "renewals": pool.renewals,
        "leads": _leads(server, pool),
        "new_clients_15m": server.core.arrivals.recent(pool.name, server.now()),
        "version": pool.version,
    }


def _leads(server: Reported, pool: Pool) -> dict[str, Any] | None:
    found = server.core.leads.found.get(pool.name)
    if found is None:
        return None
    classes = list(found.classes)
    return {"at": shown(found.at), "sampled": found.sampled, "limited": found.limited, "classes": classes}
