"""What follows from switching the safe period, or from making it longer."""

from datetime import tzinfo

from console.insight.countdowns import safe_period_end
from console.insight.forecast import worst_forecast
from console.insight.freshness import is_seen
from console.insight.guards.attempt import Attempt
from console.insight.wording import both_clocks, countdown, duration, plural, rough, span, wall
from console.model.picture import ServerPicture

BOTH = "Both servers must be changed (R-141); on each it holds until that server starts again."


def of_switch(attempt: Attempt) -> tuple[str, ...]:
    """No automatic takeover any more, or one again; what the worst pool has; what the other server does meanwhile."""
    if attempt.choice == "on":
        lines = ["Takeover comes by itself again, when the safe period ends.", *_end(attempt)]
    else:
        lines = ["No automatic takeover from now on: a server alone stays so until somebody acts."]
    return (*lines, *_worst_pool(attempt), BOTH)


def of_extension(attempt: Attempt) -> tuple[str, ...]:
    """When the takeover would come now."""
    return (*_end(attempt), *_worst_pool(attempt), BOTH)


def not_yet(server: ServerPicture, now: float, zone: tzinfo) -> str | None:
    """What happens at a server that is not done: it goes PARTNER-DOWN by itself. None where it does not."""
    end = safe_period_end(server)
    if end is None or end <= now:
        return None
    known = "" if is_seen(server, now) else " (last known)"
    return f"{server.name} NOT YET: PARTNER-DOWN at {wall(end, zone, now)}, in {countdown(end - now)}{known}"


def _end(attempt: Attempt) -> list[str]:
    report, lost = attempt.report, attempt.earliest
    if report is None:
        return []
    length = report.safe_period if attempt.seconds is None else attempt.seconds
    if lost is None or not report.interrupted:
        return [f"After contact is lost {attempt.server} waits {span(length)} before it takes over."]
    end = lost + length
    return [
        f"{attempt.server} goes PARTNER-DOWN at {both_clocks(end, attempt.zone)}, "
        f"in {duration(end - attempt.now)}: {span(length)} after contact was lost."
    ]


def _worst_pool(attempt: Attempt) -> list[str]:
    report = attempt.report
    if report is None or not report.pools:
        return []
    worst = worst_forecast(attempt.pair, attempt.now)
    if worst is not None and worst.at is not None and worst.server == attempt.server:
        left = rough(worst.at - attempt.now)
        return [f"{attempt.server} runs out of free addresses in {worst.pool} in about {left}."]
    poorest = min(report.pools, key=lambda pool: pool.available)
    free = plural(poorest.available, "free address", "free addresses")
    return [f"{attempt.server} has {free} in its worst scope, {poorest.name}; no end is in sight."]
