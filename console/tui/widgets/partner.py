"""The panel of one partner: what it reports about itself and its partner."""

from datetime import tzinfo
from itertools import islice

from textual.content import Content

from console.insight.countdowns import safe_remaining
from console.insight.freshness import age, is_seen
from console.insight.numbers.link import progress
from console.insight.wording import countdown, duration, rough, span, wall
from console.model.picture import ServerPicture
from console.model.reports import Report, Resync
from console.model.states import SHORT
from console.tui.widgets.panel import Panel
from console.tui.widgets.partner_more import more_lines
from console.tui.widgets.signs import SERVING_WORDS, STATES, UNSEEN

BAR_CELLS = 12

StyledText = tuple[str, str]
"""A text and its style."""


class PartnerPanel(Panel):
    """Name, state, age, partner state, link, safe period and updates. Dimmed if these are last known values."""

    DEFAULT_CSS = """
    PartnerPanel {
        width: 1fr; height: 7; padding: 0 1; background: $surface; text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def show(self, server: ServerPicture, partner: ServerPicture, now: float, zone: tzinfo) -> None:
        self.put(partner_text(server, now, zone, partner, self.size.height))


def partner_text(
    server: ServerPicture, now: float, zone: tzinfo, partner: ServerPicture | None = None, height: int = 0
) -> Content:
    """The text of the panel: the important lines, then additional ones up to `height` lines."""
    seen = is_seen(server, now)
    lines = [_title(server, now, seen)]
    if not seen and (server.unseen_since is not None or server.report is not None):
        lines.append([(f"{UNSEEN.glyph} cannot see {server.name}", f"bold {UNSEEN.colour}"), (_why(server), "$stale")])
    if server.report is None:
        lines.append(
            [("waiting for its first answer" if server.error is None else "no answer since the start", "$stale")]
        )
    else:
        lines += _report(server, server.report, now, zone, seen, partner)
        more = islice(more_lines(server, server.report, now, zone), max(0, height - len(lines)))
        lines += [[(text, style if seen else "$stale") for text, style in line] for line in more]
    styled = [[(text, style if seen else "$stale") for text, style in line] for line in lines[1:]]
    return Content("\n").join(Content.assemble(*line) for line in [lines[0], *(styled if seen else lines[1:])])


def _title(server: ServerPicture, now: float, seen: bool) -> list[StyledText]:
    seconds = age(server, now)
    if seconds is None:
        words = "no answer yet"
    else:
        words = f"seen {rough(seconds)} ago" if seen else f"LAST KNOWN {rough(seconds)} ago"
    return [(f"{server.role.upper()} ", "bold $primary"), (server.name, "bold"), (f"  {words}", "$stale")]


def _why(server: ServerPicture) -> str:
    return f": {server.error}" if server.error else ""


def _report(
    server: ServerPicture, report: Report, now: float, zone: tzinfo, seen: bool, partner: ServerPicture | None
) -> list[list[StyledText]]:
    sign = STATES[report.state]
    colour = sign.colour if seen else "$stale"
    plain = "" if seen else "$stale"
    serving = SERVING_WORDS.get(report.state, "silent to clients") if report.serving else "DOES NOT SERVE"
    lines = [
        [
            (f"{sign.glyph} {SHORT.get(report.state, report.state)}", f"bold {colour}"),
            (f"  {serving}", plain),
        ],
        [(_since(report, now, zone, seen), plain)],
        [
            (f"{'last known' if report.interrupted else 'partner'} {report.partner_name}: ", "$stale"),
            (str(report.partner_state or "unknown"), plain),
        ],
        [("link ", "$stale"), *_link(report, seen)],
        [("safe period ", "$stale"), *_safe_period(server, report, now, seen)],
        [(_updates(report), plain)],
    ]
    if not report.serving and report.not_serving_reason:
        lines.append([(report.not_serving_reason, "$error" if seen else "$stale")])
    if report.resync is not None:
        lines.append([(_transfer(server, report.resync, partner), plain)])
    return lines


def _transfer(server: ServerPicture, resync: Resync, partner: ServerPicture | None) -> str:
    """A progress bar if the total is known, and the time left."""
    found = progress(server, partner or server)
    if found is None or found.share is None:
        return f"{resync.kind} {resync.direction}: {resync.done:,}"
    cells = round(found.share * BAR_CELLS)
    end = "" if found.eta_seconds is None else f", {rough(found.eta_seconds)} to go"
    return f"{resync.direction} {'█' * cells}{'·' * (BAR_CELLS - cells)} {found.done:,} of {found.total:,}{end}"


def _since(report: Report, now: float, zone: tzinfo, seen: bool) -> str:
    """Since when the server has its state. If it does not answer, no duration is shown, because it may have ended."""
    if report.state_since is None:
        return "since an unknown time"
    if not seen:
        return f"since {wall(report.state_since, zone, now)}, as last seen"
    return f"for {duration(now - report.state_since)}, since {wall(report.state_since, zone, now)}"


def _link(report: Report, seen: bool) -> list[StyledText]:
    if report.link is not None:
        return [(f"up, {report.link}", "" if seen else "$stale")]
    return [(f"DOWN{': ' + report.link_failure if report.link_failure else ''}", "$warning" if seen else "$stale")]


def _safe_period(server: ServerPicture, report: Report, now: float, seen: bool) -> list[StyledText]:
    if not report.use_safe_period:
        return [("OFF: no automatic takeover", "" if seen else "$stale")]
    left = safe_remaining(server, now)
    if left is None:
        return [(f"{span(report.safe_period)}, not running", "" if seen else "$stale")]
    return [(f"{countdown(left)} left of {span(report.safe_period)}", "bold $warning" if seen else "$stale")]


def _updates(report: Report) -> str:
    """The counts of updates, the most important first: the end is cut if there is no room."""
    limit = f"/{report.max_unacked_updates}" if report.unacked_updates and report.max_unacked_updates else ""
    waiting = f"  waiting {report.updates_pending}" if report.updates_pending else ""
    skew = "" if report.time_skew is None else f"  skew {report.time_skew:.1f} s"
    reload = "RELOAD PENDING  " if report.reload_pending else ""
    return f"{reload}unacked {report.unacked_updates}{limit}{waiting}{skew}  MCLT {span(report.mclt)}"
