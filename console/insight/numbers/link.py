"""Numbers of the two servers together: countdowns, the transfer after a return, updates, clocks, and the risk."""

from dataclasses import dataclass

from console.insight.countdowns import race_margin, safe_period_end, safe_remaining
from console.insight.duplicates import Risk, dup_risk
from console.insight.freshness import clock_offset, on_our_clock
from console.insight.numbers.reading import NOT_SAID, Reading, above, below
from console.insight.verdict import Joint
from console.insight.wording import HOUR, MINUTE, countdown, duration, span, wall
from console.model.picture import ServerPicture, Severity
from console.model.reports import Report
from console.model.states import RECOVERING, State

SAFE_AMBER_SECONDS = 1 * HOUR
SAFE_RED_SECONDS = 15 * MINUTE
SKEW_AMBER_SECONDS, SKEW_RED_SECONDS = 2.0, 5.0
UNACKED_AMBER_SECONDS = 30.0
LEAST_WATCHED_SECONDS = 2.0


def safe_left(both: Joint, server: ServerPicture) -> Reading:
    """What is left of the safe period."""
    report = server.report
    if report is None:
        return NOT_SAID
    if not report.use_safe_period:
        return Reading("off: no takeover by itself")
    left, end = safe_remaining(server, both.now), safe_period_end(server)
    if left is None or end is None:
        return Reading(f"{span(report.safe_period)}, not running")
    lines = (f"{server.name} enters PARTNER-DOWN at {wall(end, both.zone, both.now)}",)
    return Reading(f"{countdown(left)} left", below(left, SAFE_AMBER_SECONDS, SAFE_RED_SECONDS), lines)


def race(both: Joint, server: ServerPicture) -> Reading:
    """The time until the first of two living servers takes over."""
    margin = race_margin(both.pair, both.now)
    if margin is None:
        return Reading("no race")
    left, first = margin
    when = wall(both.now + left, both.zone, both.now)
    severity = max(Severity.WARNING, below(left, SAFE_AMBER_SECONDS, SAFE_RED_SECONDS), key=BADNESS.index)
    return Reading(f"{countdown(left)}, then {first}", severity, (f"{first} is the first, at {when}",))


BADNESS = (Severity.OK, Severity.WARNING, Severity.CRITICAL)


def recover_deadline(server: ServerPicture) -> float | None:
    """Until when a returning server waits, by our clock: what it says, else the time of failure + MCLT (R-125)."""
    report = server.report
    if report is None or report.state not in RECOVERING:
        return None
    if report.recover_deadline is not None:
        return on_our_clock(server, report.recover_deadline)
    failed = report.failover_recover or report.last_contact
    return None if failed is None or report.state is State.RECOVER_DONE else on_our_clock(server, failed + report.mclt)


def recovery(both: Joint, server: ServerPicture) -> Reading:
    """The end of the wait of a server that returned."""
    report = server.report
    if report is None:
        return NOT_SAID
    if report.state not in RECOVERING:
        return Reading("it is not recovering")
    at = recover_deadline(server)
    if at is None:
        return Reading(f"no wait: {report.state}")
    if at <= both.now:
        return Reading("over: it waits for the transfer")
    said = "it says so" if report.recover_deadline is not None else "time of failure + MCLT, reckoned here"
    return Reading(f"{wall(at, both.zone, both.now)}", Severity.WARNING, (f"in {duration(at - both.now)}; {said}",))


@dataclass(frozen=True, slots=True)
class Progress:
    """A transfer of bindings: how many are done of how many (`None`: unknown), bindings a second, seconds to go."""

    done: int
    total: int | None
    per_second: float | None
    eta_seconds: float | None

    @property
    def share(self) -> float | None:
        return min(1.0, self.done / self.total) if self.total else None


def progress(server: ServerPicture, partner: ServerPicture) -> Progress | None:
    """How far the transfer of a server is; its partner's count of the same transfer may know the total."""
    report = server.report
    if report is None or report.resync is None:
        return None
    resync = report.resync
    other = None if partner.report is None else partner.report.resync
    total = resync.total or (other.total if other is not None and other.kind == resync.kind else None)
    rate = None
    if server.resync_began is not None and server.reported_at is not None:
        began, done = server.resync_began
        watched = server.reported_at - began
        if watched >= LEAST_WATCHED_SECONDS:
            rate = (resync.done - done) / watched
    eta = (total - resync.done) / rate if total is not None and rate else None
    return Progress(resync.done, total, rate, None if eta is None else max(0.0, eta))


def resync(both: Joint, server: ServerPicture) -> Reading:
    """The transfer under way: share, rate, and when it is over."""
    report = server.report
    if report is None:
        return NOT_SAID
    found = progress(server, both.pair.partner_of(server.name))
    if found is None or report.resync is None:
        return Reading("none under way")
    of = "" if found.total is None else f" of {found.total:,}"
    rate = "not known yet" if found.per_second is None else f"{found.per_second:,.0f} a second"
    lines = (f"{report.resync.kind}, {report.resync.direction}: {found.done:,}{of}, {rate}",)
    if found.share is None:
        return Reading(f"{found.done:,} so far", Severity.WARNING, (*lines, "the total is not known on this side"))
    eta = "" if found.eta_seconds is None else f", {duration(found.eta_seconds)} to go"
    return Reading(f"{found.share:.0%}{eta}", Severity.WARNING, lines)


def unacked(both: Joint, server: ServerPicture) -> Reading:
    """Updates in flight, of how many, and how old the oldest is."""
    report = server.report
    if report is None:
        return NOT_SAID
    limit = f" of {report.max_unacked_updates:,}" if report.max_unacked_updates else ""
    age = report.oldest_unacked_age
    oldest = "" if age is None else f", oldest {duration(age)}"
    return Reading(
        f"{report.unacked_updates:,}{limit}{oldest}", above(age or 0.0, UNACKED_AMBER_SECONDS), tuple(_counted(report))
    )


def _counted(report: Report) -> list[str]:
    resting = "" if report.updates_resting is None else f", {report.updates_resting:,} refused ones rest"
    lines = [f"{report.updates_pending:,} wait to be sent{resting}"]
    told = report.updates
    if told is not None:
        lines.append(f"since its start: {told.sent:,} sent, {told.acked:,} acknowledged, {told.rejected:,} rejected;")
        lines.append(f"{told.received:,} received, {told.refused:,} refused here")
    return lines


def skew(both: Joint, server: ServerPicture) -> Reading:
    """The partner's clock against this server's, as the link measures it; without one, this server's against ours."""
    report = server.report
    if report is None:
        return NOT_SAID
    offset = clock_offset(server)
    ours = (f"against this host: {offset:+.1f} s" if offset else "against this host: none seen",)
    if report.time_skew is None:
        return Reading(
            f"{offset:+.1f} s to us, no link" if offset else "no link, none seen",
            above(abs(offset), SKEW_AMBER_SECONDS, SKEW_RED_SECONDS),
            ours,
        )
    severity = above(abs(report.time_skew), SKEW_AMBER_SECONDS, SKEW_RED_SECONDS)
    return Reading(f"{report.time_skew:+.1f} s to its partner", severity, ours)


RISKS = {
    Risk.NONE: Severity.OK,
    Risk.POSSIBLE: Severity.CRITICAL,
    Risk.CERTAIN: Severity.CRITICAL,
    Risk.UNKNOWN: Severity.UNKNOWN,
}


def duplicates(both: Joint, server: ServerPicture) -> Reading:
    """Whether one address can be given out twice."""
    found = dup_risk(both)
    return Reading(str(found.risk), RISKS[found.risk], (found.reason,))
