"""The picture for monitoring and scripts: severity, the line of the monitoring plugin, and the JSON of `status`."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import Any

from console.insight.countdowns import race_margin, takeover, takeover_left
from console.insight.freshness import is_seen, live_facts, main_first
from console.insight.shares import shared_addresses
from console.insight.situations import GOOD, PROTECTED
from console.insight.verdict import BADNESS, severity, verdict
from console.model.facts import PairFacts, PoolFacts, Unit
from console.model.phases import Phase, Service
from console.model.picture import Alarm, PairPicture, Picture, ServerPicture, Severity
from console.model.times import rfc3339

PLUGIN = {
    Severity.OK: Severity.OK,
    Severity.INFO: Severity.OK,
    Severity.WARNING: Severity.WARNING,
    Severity.MAJOR: Severity.WARNING,
    Severity.CRITICAL: Severity.CRITICAL,
    Severity.UNKNOWN: Severity.UNKNOWN,
}
"""The severities as the four states of monitoring plugins. Major is a warning there, because clients are served."""
EXIT_STATUS = {Severity.OK: 0, Severity.WARNING: 1, Severity.CRITICAL: 2, Severity.UNKNOWN: 3}


def worst(severities: Iterable[Severity]) -> Severity:
    """The worst of several severities; ok without any. Unknown is worse than ok and better than a known problem."""
    return max(severities, key=BADNESS.index, default=Severity.OK)


def summary(pair: PairPicture, now: float, zone: tzinfo) -> str:
    """`both NORMAL` for a healthy pair, else the verdict without its full stop."""
    sentence = verdict(pair, now, zone)
    return "both NORMAL" if sentence == PROTECTED else sentence.removeprefix(GOOD).rstrip(".")


def plugin_line(pairs: Iterable[PairPicture], now: float, zone: tzinfo, least: Severity = Severity.OK) -> str:
    """The line of a monitoring plugin: severity, text, then performance data after a bar.

    `least`: the severity is not better than this.
    """
    pairs = list(pairs)
    overall = PLUGIN[worst([least, *(severity(pair, now, zone) for pair in pairs)])]
    words = "; ".join(f"{pair.name}: {summary(pair, now, zone)}" for pair in pairs)
    performance = " ".join(datum for pair in pairs for datum in _performance(pair, now))
    return f"{overall.upper()} - {words}".replace("|", "/") + (f" | {performance}" if performance else "")


def _performance(pair: PairPicture, now: float) -> list[str]:
    found = []
    for server, facts in live_facts(pair, now):
        label = f"{pair.name}/{server.name}"
        free, total = shared_addresses(facts)
        if free is not None:
            found.append(f"'{label}/free'={free};;;0;{'' if total is None else total}")
        if facts.unacked_updates is not None:
            found.append(f"'{label}/unacked'={facts.unacked_updates};;;0;")
        left, length = takeover_left(server, now), takeover(facts).length
        if left is not None:
            most = "" if length is None else f"{length:.0f}"
            found.append(f"'{label}/safe_period_remaining'={left:.0f}s;;;0;{most}")
    margin = race_margin(pair, now)
    if margin is not None:
        found.append(f"'{pair.name}/race_margin'={margin[0]:.0f}s;;;0;")
    return found


def status_json(picture: Picture, now: float, zone: tzinfo, only: str | None = None) -> dict[str, Any]:
    """The document of `pairwatch status --json`. Scripts depend on its shape: extend it, never change it."""
    pairs = [pair for name, pair in picture.pairs.items() if only in (None, name)]
    return {"at": rfc3339(now), "pairs": [_pair_json(pair, now, zone) for pair in pairs]}


def _pair_json(pair: PairPicture, now: float, zone: tzinfo) -> dict[str, Any]:
    return {
        "name": pair.name,
        "severity": str(PLUGIN[severity(pair, now, zone)]),
        "summary": summary(pair, now, zone),
        "servers": [_server_json(server, now) for server in main_first(pair.servers.values())],
        "alarms": [_alarm_json(alarm) for alarm in pair.open_alarms],
    }


def _server_json(server: ServerPicture, now: float) -> dict[str, Any]:
    facts = server.facts
    return {
        "name": server.name,
        "role": server.role,
        "make": server.make.name,
        "reachable": is_seen(server, now),
        "service": str(facts.service) if facts is not None and is_seen(server, now) else str(Service.UNKNOWN),
        "error": server.error,
        "reported_at": rfc3339(server.reported_at),
        **(_NEVER_ANSWERED if facts is None else _facts_json(server, facts, now)),
    }


def _facts_json(server: ServerPicture, facts: PairFacts, now: float) -> dict[str, Any]:
    return {
        "state": facts.word or None,
        "state_since": rfc3339(facts.since),
        "partner_state": facts.partner_word,
        "communications": None if facts.contact is None else "ok" if facts.contact else "interrupted",
        "start_of_communications_interrupted": rfc3339(facts.contact_lost_at),
        "mclt": facts.mclt,
        "backup_pct": facts.backup_pct,
        "load_balancing": facts.load_balancing,
        "use_safe_period": takeover(facts).automatic,
        "safe_period": takeover(facts).length if takeover(facts).unit is Unit.SECONDS else None,
        "safe_period_remaining": takeover_left(server, now),
        "partner_down_time": rfc3339(facts.partner_down_time),
        "partner_pool_usable_at": rfc3339(facts.partner_pool_usable_at),
        "unacked_updates": facts.unacked_updates,
        "updates_pending": facts.updates_pending,
        "reload_pending": facts.reload_pending,
        "pools": [_pool_json(pool) for pool in facts.pools or ()],
    }


_NEVER_ANSWERED: dict[str, Any] = {
    name: [] if name == "pools" else None
    for name in _facts_json(ServerPicture("", ""), PairFacts(0.0, "", "", "", Phase.UNKNOWN, ""), 0.0)
}


def _pool_json(pool: PoolFacts) -> dict[str, Any]:
    return {
        "name": pool.name,
        "family": pool.family,
        "total": pool.total,
        "available": pool.available,
        "other_available": pool.other_available,
        "leased": pool.leased,
        "unavailable": pool.unavailable,
        "backup_pct": pool.backup_pct,
        "actual_backup_pct": pool.actual_backup_pct,
    }


def _alarm_json(alarm: Alarm) -> dict[str, Any]:
    return {
        "id": alarm.id,
        "kind": alarm.kind,
        "severity": str(PLUGIN[alarm.severity]),
        "level": str(alarm.severity),
        "since": rfc3339(alarm.since),
        "last": rfc3339(alarm.last),
        "count": alarm.count,
        "acknowledged": alarm.acknowledged_by is not None,
        "owner": alarm.acknowledged_by,
        "comment": alarm.comment,
        "suppressed_until": rfc3339(alarm.suppressed_until),
        "cleared": rfc3339(alarm.cleared),
        "cleared_by": alarm.cleared_by,
        "text": alarm.text,
        "sources": list(alarm.sources),
    }
