"""`GET /api/v1/status`: everything that a dashboard needs, in one document (`contract.status.StatusDocument`)."""

from dataclasses import asdict
from typing import Any

from dhcpserver import VERSION
from dhcpserver.api.pair import pair_document
from dhcpserver.api.pools import pool_documents
from dhcpserver.api.source import StatusSource
from dhcpserver.contract.fields import rfc3339


def status_document(server: StatusSource, since: int) -> dict[str, Any]:
    """Return the present status, ready for JSON. Pools that did not change after version `since` are left out."""
    core = server.core
    now = server.now()
    pairs = []
    if core.endpoint is not None:
        pair = pair_document(server, core.endpoint.view(now), now)
        pairs.append({**pair, "pools": pool_documents(core, now, since)})
    return {"version": core.book.version, "at": rfc3339(now), "server": server_document(server), "pairs": pairs}


def server_document(server: StatusSource) -> dict[str, Any]:
    """Return the server process (`contract.status.ServerStatus`)."""
    reason = server.not_serving_reason
    return {
        "name": server.configuration.server.name,
        "product": f"pairwatch-{VERSION}",
        "started": rfc3339(server.started),
        "uid": server.data.uid.hex(),
        "serving": reason is None,
        "not_serving_reason": reason,
        "reload_pending": server.reload_pending,
        "configuration_changed": rfc3339(server.configuration_changed),
        "configuration_read": rfc3339(server.configuration_read),
        "failover_recover": rfc3339(server.configuration.server.failover_recover),
        "deaf_listeners": server.listeners.faults(),
        "lease_receivers": [asdict(each) for each in server.lease_reports.status()],
        "dhcp4_messages": asdict(server.core.counters),
        "dhcp6_messages": asdict(server.core.counters6),
        "dns_updates": [asdict(each) for each in server.dns_updates.status()],
        "extensions": server.core.outside.extending.counts,
        "ldap": server.core.outside.directory.counts,
    }
