"""The status answers of a site, with all fields of docs/http-api.md and counts that change every second.

A tenth of the pools change each second, so that an answer to `since` is neither empty nor complete.
"""

from datetime import UTC, datetime
from typing import Any

from benchmarks.console.site import POOLS, Endpoint

TOTAL = 4096
LOOKED_AT = "2026-07-15T03:00:00Z"


def rfc3339(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def status(server: Endpoint, began: float, now: float, since: int = 0) -> dict[str, Any]:
    """The answer of a server at `now`, at a site that started at `began`, without pools that have not changed since the
    version `since`."""
    second = int(now - began)
    return {
        "version": second + 1,
        "at": rfc3339(now),
        "server": {
            "name": server.name,
            "product": "benchmark",
            "started": rfc3339(began),
            "uid": f"uid-{server.number}",
            "serving": True,
            "not_serving_reason": None,
            "reload_pending": False,
            "failover_recover": None,
        },
        "pairs": [_pair(server, began, now, second, since)],
    }


def _pair(server: Endpoint, began: float, now: float, second: int, since: int) -> dict[str, Any]:
    changed = [(number, second - (second + number + server.number) % 10) for number in range(POOLS)]
    return {
        "name": server.pair,
        "role": server.role,
        "failover": True,
        "server_name": server.name,
        "partner_name": server.partner.name,
        "state": "NORMAL",
        "state_since": rfc3339(began),
        "state_reason": "partner is NORMAL",
        "previous_state": "STARTUP",
        "partner_state": "NORMAL",
        "partner_state_since": rfc3339(began),
        "communications": "ok",
        "start_of_communications_interrupted": None,
        "last_contact": rfc3339(now),
        "ever_communicated": True,
        "link": {
            "transport": "ipv4",
            "local": f"{server.address}:40112",
            "remote": f"{server.partner.address}:647",
            "since": rfc3339(began),
            "partner_vendor": "benchmark",
            "last_failure": None,
        },
        "link_failure": None,
        "mclt": 3600,
        "backup_pct": 50,
        "load_balancing": False,
        "use_safe_period": True,
        "safe_period": 14400,
        "safe_period_strict": False,
        "safe_period_remaining": None,
        "safe_period_ends": None,
        "partner_down_time": None,
        "partner_pool_usable_at": None,
        "recover_deadline": None,
        "time_skew": 0.01,
        "unacked_updates": second % 5,
        "max_unacked_updates": 100,
        "updates_pending": 0,
        "updates_resting": 0,
        "buckets": {"main": 256, "backup": 0},
        "transports": [],
        "traffic": {
            "since": rfc3339(began),
            "requests": 40 * second,
            "no_address": 0,
            "relays": [
                {"address": f"10.{number}.0.1", "last": rfc3339(now), "clients_5m": 100 + number} for number in range(4)
            ],
        },
        "oldest_unacked_age": 0.05,
        "updates": {"sent": 10 * second, "acked": 10 * second, "rejected": 0, "received": 3 * second, "refused": 0},
        "resync": None,
        "config_mismatch": [],
        "reload_pending": False,
        "transitions": [],
        "pools": [_pool(number, at) for number, at in changed if at + 1 > since],
    }


def _pool(number: int, at: int) -> dict[str, Any]:
    taken = 200 + max(0, at) % 1500
    half = (TOTAL - taken) // 2
    return {
        "name": f"scope-{number}",
        "family": "dhcp4",
        "subnet": f"10.{number}.0.0/20",
        "total": TOTAL,
        "available": half,
        "other_available": TOTAL - taken - half,
        "leased": taken,
        "offered": 0,
        "pending_available": 0,
        "unavailable": 0,
        "reserved": 0,
        "backup_pct": 50,
        "actual_backup_pct": 50.0,
        "lease_time": 604800,
        "new_clients": max(0, at) // 8,
        "renewals": max(0, at),
        "leads": {"at": LOOKED_AT, "sampled": 100, "limited": 3, "classes": [0, 0, 0, 3, 9, 88]},
        "new_clients_15m": 120,
        "version": max(0, at) + 1,
    }
