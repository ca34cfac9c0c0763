"""The picture as monitoring and scripts read it: severity, the plugin's line, and the promised JSON."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import Any

from console.insight.countdowns import race_margin, safe_remaining
from console.insight.freshness import is_seen, live_reports, main_first
from console.insight.verdict import PROTECTED, verdict
from console.model.picture import WORST_FIRST, Alarm, PairPicture, Picture, ServerPicture, Severity
from console.model.reports import Pool, Report
from console.model.times import rfc3339

PLUGIN = {
    Severity.OK: Severity.OK,
    Severity.INFO: Severity.OK,
    Severity.WARNING: Severity.WARNING,
    Severity.MAJOR: Severity.WARNING,
    Severity.CRITICAL: Severity.CRITICAL,
    Severity.UNKNOWN: Severity.UNKNOWN,
}
"""Severities in the four words of monitoring plugins. Major is a warning there: the pair serves, nobody need rise."""
EXIT_STATUS = {Severity.OK: 0, Severity.WARNING: 1, Severity.CRITICAL: 2, Severity.UNKNOWN: 3}
BADNESS = WORST_FIRST[::-1]


def worst(severities: Iterable[Severity]) -> Severity:
    """The worst of several; with none of them, ok. Not knowing is worse than ok and better than known
    trouble."""
    return max(severities, key=BADNESS.index, default=Severity.OK)


def severity(pair: PairPicture, now: float) -> Severity:
    """The pair's severity: unknown when neither server is seen, else the worst alarm that stands."""
    if not live_reports(pair, now):
        return Severity.UNKNOWN
    standing = [alarm.severity for alarm in pair.open_alarms if alarm.kind != "unknown-trap"]
    return worst(each for each in standing if each is not Severity.INFO)


def summary(pair: PairPicture, now: float, zone: tzinfo) -> str:
    """`both NORMAL`, or the verdict without its full stop."""
    sentence = verdict(pair, now, zone)
    return "both NORMAL" if sentence == PROTECTED else sentence.rstrip(".")


def plugin_line(pairs: Iterable[PairPicture], now: float, zone: tzinfo) -> str:
    """One line as monitoring plugins print it: severity, words, then performance data after a bar."""
    pairs = list(pairs)
    overall = PLUGIN[worst(severity(pair, now) for pair in pairs)]
    words = "; ".join(f"{pair.name}: {summary(pair, now, zone)}" for pair in pairs)
    performance = " ".join(datum for pair in pairs for datum in _performance(pair, now))
    return f"{overall.upper()} - {words}".replace("|", "/") + (f" | {performance}" if performance else "")


def _performance(pair: PairPicture, now: float) -> list[str]:
    found = []
    for server, report in live_reports(pair, now):
        label = f"{pair.name}/{server.name}"
        free = sum(pool.available for pool in report.pools)
        total = sum(pool.total for pool in report.pools)
        found += [f"'{label}/free'={free};;;0;{total}", f"'{label}/unacked'={report.unacked_updates};;;0;"]
        left = safe_remaining(server, now)
        if left is not None:
            found.append(f"'{label}/safe_period_remaining'={left:.0f}s;;;0;{report.safe_period:.0f}")
    margin = race_margin(pair, now)
    if margin is not None:
        found.append(f"'{pair.name}/race_margin'={margin[0]:.0f}s;;;0;")
    return found


def status_json(picture: Picture, now: float, zone: tzinfo, only: str | None = None) -> dict[str, Any]:
    """The shape of `pairwatch status --json`, which scripts rely on: extend it, never change it."""
    pairs = [pair for name, pair in picture.pairs.items() if only in (None, name)]
    return {"at": rfc3339(now), "pairs": [_pair_json(pair, now, zone) for pair in pairs]}


def _pair_json(pair: PairPicture, now: float, zone: tzinfo) -> dict[str, Any]:
    return {
        "name": pair.name,
        "severity": str(PLUGIN[severity(pair, now)]),
        "summary": summary(pair, now, zone),
        "servers": [_server_json(server, now) for server in main_first(pair.servers.values())],
        "alarms": [_alarm_json(alarm) for alarm in pair.open_alarms],
    }


def _server_json(server: ServerPicture, now: float) -> dict[str, Any]:
    report = server.report
    return {
        "name": server.name,
        "role": server.role,
        "reachable": is_seen(server, now),
        "error": server.error,
        "reported_at": rfc3339(server.reported_at),
        **(NEVER_ANSWERED if report is None else _report_json(server, report, now)),
    }


def _report_json(server: ServerPicture, report: Report, now: float) -> dict[str, Any]:
    return {
        "state": str(report.state),
        "state_since": rfc3339(report.state_since),
        "partner_state": None if report.partner_state is None else str(report.partner_state),
        "communications": report.communications,
        "start_of_communications_interrupted": rfc3339(report.start_of_communications_interrupted),
        "mclt": report.mclt,
        "backup_pct": report.backup_pct,
        "load_balancing": report.load_balancing,
        "use_safe_period": report.use_safe_period,
        "safe_period": report.safe_period,
        "safe_period_remaining": safe_remaining(server, now),
        "partner_down_time": rfc3339(report.partner_down_time),
        "partner_pool_usable_at": rfc3339(report.partner_pool_usable_at),
        "unacked_updates": report.unacked_updates,
        "updates_pending": report.updates_pending,
        "reload_pending": report.reload_pending,
        "pools": [_pool_json(pool) for pool in report.pools],
    }


NEVER_ANSWERED: dict[str, Any] = {
    "state": None,
    "state_since": None,
    "partner_state": None,
    "communications": None,
    "start_of_communications_interrupted": None,
    "mclt": None,
    "backup_pct": None,
    "load_balancing": None,
    "use_safe_period": None,
    "safe_period": None,
    "safe_period_remaining": None,
    "partner_down_time": None,
    "partner_pool_usable_at": None,
    "unacked_updates": None,
    "updates_pending": None,
    "reload_pending": None,
    "pools": [],
}


def _pool_json(pool: Pool) -> dict[str, Any]:
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
