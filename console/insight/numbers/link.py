"""Numbers of both servers together: countdowns, recovery and transfer, updates, clocks, risk of duplicate addresses."""

from dataclasses import dataclass

from console.insight.countdowns import cannot_tell, race_margin, takeover, takeover_end, takeover_left, takeover_unknown
from console.insight.duplicates import Risk, dup_risk
from console.insight.freshness import clock_offset, on_our_clock
from console.insight.joint import Joint
from console.insight.limits import (
    SKEW_WARNING_SECONDS,
    TAKEOVER_CRITICAL_SECONDS,
    TAKEOVER_WARNING_SECONDS,
    UNACKED_SECONDS,
    skew_limit,
)
from console.insight.numbers.reading import NOT_KNOWN, Reading, above, below, missing
from console.insight.wording import countdown, duration, span, wall
from console.model.facts import PairFacts, Unit
from console.model.phases import RECOVERING, Phase
from console.model.picture import ServerPicture, Severity
from console.model.profiles import Fact

LEAST_WATCHED_SECONDS = 2.0


def safe_left(both: Joint, server: ServerPicture) -> Reading:
    """The time left of the safe period."""
    facts = server.facts
    if facts is None:
        return missing(server, Fact.TAKEOVER) or NOT_KNOWN
    reported = takeover(facts)
    if reported.automatic is False:
        return Reading("off: no automatic takeover")
    left, end = takeover_left(server, both.now), takeover_end(server)
    if left is None or end is None:
        if reported.unit is Unit.CLIENTS and reported.remaining is not None:
            return Reading(f"{reported.remaining:.0f} clients left", Severity.WARNING)
        lacks = missing(server, Fact.TAKEOVER, Fact.TAKEOVER_LENGTH) or (
            None if takeover_unknown(server) is None else NOT_KNOWN
        )
        return lacks or Reading(f"{span(reported.length or 0)}, not running")
    lines = (f"{server.name} enters PARTNER-DOWN at {wall(end, both.zone, both.now)}",)
    return Reading(f"{countdown(left)} left", below(left, TAKEOVER_WARNING_SECONDS, TAKEOVER_CRITICAL_SECONDS), lines)


def race(both: Joint, server: ServerPicture) -> Reading:
    """The time until the first takeover, while both servers run without contact."""
    margin = race_margin(both.pair, both.now)
    if margin is None:
        unknown = cannot_tell(both.pair, both.now) if both.phases != (None, None) else "neither server is seen"
        return Reading("no race") if unknown is None else Reading("cannot tell", Severity.UNKNOWN, (unknown,))
    left, first = margin
    when = wall(both.now + left, both.zone, both.now)
    severity = max(
        Severity.WARNING, below(left, TAKEOVER_WARNING_SECONDS, TAKEOVER_CRITICAL_SECONDS), key=BADNESS.index
    )
    return Reading(f"{countdown(left)}, then {first}", severity, (f"{first} takes over first, at {when}",))


BADNESS = (Severity.OK, Severity.WARNING, Severity.CRITICAL)


def recover_deadline(server: ServerPicture) -> float | None:
    """When the wait of a returning server ends, on the console's clock: as it reports, else failure + MCLT (R-125)."""
    facts = server.facts
    if facts is None or facts.phase not in RECOVERING:
        return None
    if facts.recover_deadline is not None:
        return on_our_clock(server, facts.recover_deadline)
    failed = facts.recover_from or facts.last_contact
    if failed is None or facts.mclt is None or facts.phase is Phase.RETURNED:
        return None
    return on_our_clock(server, failed + facts.mclt)


def recovery(both: Joint, server: ServerPicture) -> Reading:
    """The end of the wait of a returning server."""
    facts = server.facts
    lacks = missing(server, Fact.STATE)
    if facts is None or lacks is not None:
        return lacks or NOT_KNOWN
    if facts.phase not in RECOVERING:
        return Reading("it is not recovering")
    at = recover_deadline(server)
    if at is None:
        lacks = None if facts.phase is Phase.RETURNED else missing(server, Fact.LAST_CONTACT, Fact.MCLT)
        return lacks or Reading(f"no wait: {facts.word}")
    if at <= both.now:
        return Reading("over: it waits for the transfer")
    source = "reported by the server" if facts.recover_deadline is not None else "calculated: time of failure + MCLT"
    return Reading(f"{wall(at, both.zone, both.now)}", Severity.WARNING, (f"in {duration(at - both.now)}; {source}",))


@dataclass(frozen=True, slots=True)
class Progress:
    """A transfer of bindings: the number done, the total (`None`: unknown), bindings a second, seconds left."""

    done: int
    total: int | None
    per_second: float | None
    eta_seconds: float | None

    @property
    def share(self) -> float | None:
        """The part that is done, 0 to 1; None without a total."""
        return min(1.0, self.done / self.total) if self.total else None


def progress(server: ServerPicture, partner: ServerPicture) -> Progress | None:
    """The progress of a server's transfer; None without one. The total may come from its partner's count."""
    facts = server.facts
    if facts is None or facts.resync is None:
        return None
    resync = facts.resync
    other = None if partner.facts is None else partner.facts.resync
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
    """The transfer that is under way: share, rate, and time left."""
    facts = server.facts
    lacks = missing(server, Fact.RESYNC)
    if facts is None or lacks is not None:
        return lacks or NOT_KNOWN
    found = progress(server, both.pair.partner_of(server.name))
    if found is None or facts.resync is None:
        return Reading("no transfer")
    of = "" if found.total is None else f" of {found.total:,}"
    rate = "not known yet" if found.per_second is None else f"{found.per_second:,.0f} a second"
    lines = (f"{facts.resync.kind}, {facts.resync.direction}: {found.done:,}{of}, {rate}",)
    if found.share is None:
        return Reading(f"{found.done:,} so far", Severity.WARNING, (*lines, "the total is not known on this side"))
    eta = "" if found.eta_seconds is None else f", {duration(found.eta_seconds)} left"
    return Reading(f"{found.share:.0%}{eta}", Severity.WARNING, lines)


def unacked(both: Joint, server: ServerPicture) -> Reading:
    """Unacknowledged updates, the limit, and the age of the oldest."""
    facts = server.facts
    lacks = missing(server, Fact.UNACKED)
    if facts is None or facts.unacked_updates is None or lacks is not None:
        return lacks or NOT_KNOWN
    limit = f" of {facts.max_unacked_updates:,}" if facts.max_unacked_updates else ""
    age = facts.oldest_unacked_age
    oldest = "" if age is None else f", oldest {duration(age)}"
    severity = above(age or 0.0, UNACKED_SECONDS)
    if age is None and facts.unacked_updates:
        severity, oldest = Severity.UNKNOWN, ", age not known"
    return Reading(f"{facts.unacked_updates:,}{limit}{oldest}", severity, tuple(_counted(facts)))


def _counted(facts: PairFacts) -> list[str]:
    resting = "" if facts.updates_resting is None else f", {facts.updates_resting:,} rejected updates on hold"
    waiting = "an unknown number of" if facts.updates_pending is None else f"{facts.updates_pending:,}"
    lines = [f"{waiting} updates waiting to be sent{resting}"]
    counts = facts.updates
    if counts is not None:
        sent = f"{counts.sent:,} sent, {counts.acked:,} acknowledged, {counts.rejected:,} rejected"
        lines.append(f"since its start: {sent};")
        lines.append(f"{counts.received:,} received, {counts.refused:,} rejected by this server")
    return lines


def skew(both: Joint, server: ServerPicture) -> Reading:
    """The partner's clock against this server's, as measured on the link; without a link, this server's against the
    console's."""
    facts = server.facts
    lacks = missing(server, Fact.SKEW)
    if facts is None or lacks is not None:
        return lacks or NOT_KNOWN
    offset, limit = clock_offset(server), skew_limit([facts])
    ours = (f"against this host: {offset:+.1f} s" if offset else "against this host: no difference",)
    if facts.time_skew is None:
        return Reading(
            f"{offset:+.1f} s to this host, no link" if offset else "no link, no difference",
            above(abs(offset), SKEW_WARNING_SECONDS, limit),
            ours,
        )
    severity = above(abs(facts.time_skew), SKEW_WARNING_SECONDS, limit)
    margin = "" if facts.time_skew_uncertainty is None else f" ±{facts.time_skew_uncertainty:.1f}"
    measured = f"{facts.time_skew:+.1f}" if facts.time_skew else "0"
    return Reading(f"{measured}{margin} s to its partner", severity, ours)


RISKS = {
    Risk.NONE: Severity.OK,
    Risk.POSSIBLE: Severity.CRITICAL,
    Risk.CERTAIN: Severity.CRITICAL,
    Risk.UNKNOWN: Severity.UNKNOWN,
}


def duplicates(both: Joint, server: ServerPicture) -> Reading:
    """Whether two clients can have the same address."""
    found = dup_risk(both)
    return Reading(str(found.risk), RISKS[found.risk], (found.reason,))
