"""Additional lines of a partner's panel for large screens, the most important first."""

from collections.abc import Iterator
from datetime import tzinfo

from console.insight.countdowns import pool_gain_at
from console.insight.freshness import on_our_clock
from console.insight.numbers.link import recover_deadline
from console.insight.wording import rough, wall
from console.model.picture import ServerPicture
from console.model.reports import Report
from console.model.states import SHORT

TRANSITIONS_SHOWN = 10

Line = list[tuple[str, str]]


def more_lines(server: ServerPicture, report: Report, now: float, zone: tzinfo) -> Iterator[Line]:
    """Lines of label and text, each with its style."""

    def at(moment: float | None) -> str:
        return "never" if moment is None else wall(on_our_clock(server, moment), zone, now)

    contact = "" if report.last_contact is None else f" ({rough(now - on_our_clock(server, report.last_contact))} ago)"
    before = (
        "unknown" if report.previous_state is None else SHORT.get(report.previous_state, str(report.previous_state))
    )
    reason = report.state_reason or "unknown"
    yield [("before that ", "$stale"), (before, ""), ("  because ", "$stale"), (reason, "")]
    met = {True: "communicated", False: "never communicated", None: ""}[report.ever_communicated]
    yield [("last contact ", "$stale"), (f"{at(report.last_contact)}{contact}  {met}".rstrip(), "")]
    gain, deadline = pool_gain_at(report), recover_deadline(server)
    if gain is not None:
        words = f"{at(report.partner_down_time)}, its addresses usable {at(gain)}"
        yield [("partner down ", "$stale"), (words, "")]
    if deadline is not None:
        yield [("recovers until ", "$stale"), (wall(deadline, zone, now), "")]
    for each in report.transports or ():
        failed = "" if each.error is None else f": {each.error}"
        number = "" if each.errno is None else f" (errno {each.errno})"
        yield [(f"tried {each.name} ", "$stale"), (f"{each.remote} {each.outcome}{failed}{number}", "")]
    if report.config_mismatch:
        yield [("mismatch ", "$stale"), ("; ".join(report.config_mismatch), "$warning")]
    if report.updates is not None:
        count = report.updates
        words = f"{count.sent:,} sent, {count.acked:,} acked, {count.rejected:,} rejected; {count.received:,} received"
        yield [("updates ", "$stale"), (f"{words}, {count.refused:,} refused", "")]
    balanced = "on" if report.load_balancing else "off"
    buckets = "" if report.buckets is None else f", buckets {report.buckets[0]}/{report.buckets[1]}"
    strict = ", strict safe period" if report.safe_period_strict else ""
    yield [("load balancing ", "$stale"), (f"{balanced}{buckets}; backup-pct {report.backup_pct:.0f}{strict}", "")]
    for change in report.transitions[: -TRANSITIONS_SHOWN - 1 : -1]:
        names = [SHORT.get(state, str(state)) for state in (change.before, change.after)]
        reason = f"  {change.reason}" if change.reason else ""
        yield [(f"{at(change.at)} ", "$stale"), (f"{names[0]} -> {names[1]}{reason}", "")]
