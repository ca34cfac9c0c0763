"""The panel of one partner: what it reports about itself and its partner."""

from datetime import tzinfo
from itertools import islice

from textual.content import Content

from console.insight.countdowns import takeover, takeover_left, takeover_unknown
from console.insight.counted_changes import short_words
from console.insight.freshness import age, is_seen, without_answer
from console.insight.numbers.link import progress
from console.insight.wording import countdown, duration, rough, span, wall
from console.model.facts import PairFacts, Resync, Unit
from console.model.phases import MEANINGS, Phase, short
from console.model.picture import ServerPicture
from console.model.profiles import Fact
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
    if server.facts is None and not server.make.polled:
        lines += [[(server.make.title, "")], [("known by traps and logs only", "$stale")]]
        return Content("\n").join(Content.assemble(*line) for line in lines)
    if not seen and (server.unseen_since is not None or server.facts is not None):
        lines.append([(f"{UNSEEN.glyph} cannot see {server.name}", f"bold {UNSEEN.colour}"), (_why(server), "$stale")])
    if server.facts is None:
        lines.append(
            [("waiting for its first answer" if server.error is None else "no answer since the start", "$stale")]
        )
    else:
        lines += _report(server, server.facts, now, zone, seen, partner)
        more = islice(more_lines(server, server.facts, now, zone), max(0, height - len(lines)))
        lines += [[(text, style if seen else "$stale") for text, style in line] for line in more]
    styled = [[(text, style if seen else "$stale") for text, style in line] for line in lines[1:]]
    return Content("\n").join(Content.assemble(*line) for line in [lines[0], *(styled if seen else lines[1:])])


def _title(server: ServerPicture, now: float, seen: bool) -> list[StyledText]:
    seconds = age(server, now)
    if seconds is None:
        words = without_answer(server)
    else:
        words = f"seen {rough(seconds)} ago" if seen else f"LAST KNOWN {rough(seconds)} ago"
    return [(f"{server.role.upper()} ", "bold $primary"), (server.name, "bold"), (f"  {words}", "$stale")]


def _why(server: ServerPicture) -> str:
    return f": {server.error}" if server.error else ""


def _report(
    server: ServerPicture, facts: PairFacts, now: float, zone: tzinfo, seen: bool, partner: ServerPicture | None
) -> list[list[StyledText]]:
    sign = STATES[facts.phase]
    colour = sign.colour if seen else "$stale"
    plain = "" if seen else "$stale"
    lines = [
        [
            (f"{sign.glyph} {short(facts.word)}", f"bold {colour}"),
            (f"  {_serving(facts)}", plain),
        ],
        [(_since(server, facts, now, zone, seen), plain)]
        if facts.counted_changes is None
        else [("seen ", "$stale"), (short_words(facts.counted_changes, zone, now), plain)],
        [
            (f"{'last known' if facts.interrupted else 'partner'} {facts.partner}: ", "$stale"),
            (facts.partner_word or "unknown", plain),
        ],
        [("link ", "$stale"), *_link(facts, seen)],
        _takeover(server, facts, now, seen),
        [(_updates(server, facts), plain)],
    ]
    if facts.serves is False and facts.not_serving_reason:
        lines.append([(facts.not_serving_reason, "$error" if seen else "$stale")])
    if facts.resync is not None:
        lines.append([(_transfer(server, facts.resync, partner), plain)])
    return lines


def _transfer(server: ServerPicture, resync: Resync, partner: ServerPicture | None) -> str:
    """A progress bar if the total is known, and the time left."""
    found = progress(server, partner or server)
    if found is None or found.share is None:
        return f"{resync.kind} {resync.direction}: {resync.done:,}"
    cells = round(found.share * BAR_CELLS)
    end = "" if found.eta_seconds is None else f", {rough(found.eta_seconds)} to go"
    return f"{resync.direction} {'█' * cells}{'·' * (BAR_CELLS - cells)} {found.done:,} of {found.total:,}{end}"


def _since(server: ServerPicture, facts: PairFacts, now: float, zone: tzinfo, seen: bool) -> str:
    """Since when the server has its state. If it does not answer, no duration is shown, because it may have ended."""
    if facts.since is None:
        if Fact.STATE_SINCE in server.make.facts or server.phase_seen_at is None:
            return "since an unknown time"
        return f"seen so since {wall(server.phase_seen_at, zone, now)}"
    if not seen:
        return f"since {wall(facts.since, zone, now)}, as last seen"
    return f"for {duration(now - facts.since)}, since {wall(facts.since, zone, now)}"


def _serving(facts: PairFacts) -> str:
    """The service to clients, in a few words."""
    if facts.serves is False:
        return "DOES NOT SERVE"
    if MEANINGS[facts.phase].serves is False:
        return "silent to clients"
    if facts.serves is None or facts.phase is Phase.UNKNOWN:
        return "cannot tell whether it serves"
    return SERVING_WORDS[facts.phase]


def _link(facts: PairFacts, seen: bool) -> list[StyledText]:
    if facts.link is not None:
        return [(f"up, {facts.link}", "" if seen else "$stale")]
    if facts.contact is not False:
        return [("up" if facts.contact else "unknown", "" if seen and facts.contact else "$stale")]
    return [(f"DOWN{': ' + facts.link_failure if facts.link_failure else ''}", "$warning" if seen else "$stale")]


def _takeover(server: ServerPicture, facts: PairFacts, now: float, seen: bool) -> list[StyledText]:
    """When the server takes over automatically: after the safe period, or after clients without an answer."""
    if takeover(facts).unit is Unit.CLIENTS:
        return [("takeover ", "$stale"), *_by_clients(facts, seen)]
    return [("safe period ", "$stale"), *_safe_period(server, facts, now, seen)]


def _by_clients(facts: PairFacts, seen: bool) -> list[StyledText]:
    plain, found = "" if seen else "$stale", takeover(facts)
    if found.automatic is False:
        return [("OFF: no automatic takeover", plain)]
    if found.automatic is None or found.length is None:
        return [("unknown", "$stale")]
    if found.remaining is not None:
        words = f"after {found.remaining:.0f} more clients unanswered"
        return [(words, "bold $warning" if seen else "$stale")]
    return [(f"after {found.length:.0f} clients unanswered", plain)]


def _safe_period(server: ServerPicture, facts: PairFacts, now: float, seen: bool) -> list[StyledText]:
    plain, period, left = "" if seen else "$stale", takeover(facts), takeover_left(server, now)
    if period.automatic is False:
        return [("OFF: no automatic takeover", plain)]
    length = "" if period.length is None else span(period.length)
    if left is not None:
        of = f" of {length}" if length else ""
        return [(f"{countdown(left)} left{of}", "bold $warning" if seen else "$stale")]
    if period.automatic is None or period.length is None or takeover_unknown(server) is not None:
        return [("unknown", "$stale")]
    return [(f"{length}, not running", plain)]


def _updates(server: ServerPicture, facts: PairFacts) -> str:
    """The counts of updates, the most important first: the end is cut if there is no room. What this make does not
    report is left out."""
    limit = f"/{facts.max_unacked_updates}" if facts.unacked_updates and facts.max_unacked_updates else ""
    parts = ["RELOAD PENDING"] if facts.reload_pending else []
    if facts.unacked_updates is not None or Fact.UNACKED in server.make.facts:
        parts.append(f"unacked {'unknown' if facts.unacked_updates is None else facts.unacked_updates}{limit}")
    if facts.updates_pending:
        parts.append(f"waiting {facts.updates_pending}")
    if facts.time_skew is not None:
        parts.append(f"skew {facts.time_skew:.1f} s")
    if facts.mclt is not None or Fact.MCLT in server.make.facts:
        parts.append(f"MCLT {'unknown' if facts.mclt is None else span(facts.mclt)}")
    return "  ".join(parts)
