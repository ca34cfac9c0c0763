"""Additional lines of a partner's panel for large screens, the most important first."""

from collections.abc import Iterator
from datetime import tzinfo

from console.insight.countdowns import pool_gain_at
from console.insight.counted_changes import count_words
from console.insight.freshness import on_our_clock
from console.insight.numbers.link import recover_deadline
from console.insight.wording import rough, wall
from console.model.facts import PairFacts
from console.model.phases import short
from console.model.picture import ServerPicture
from console.model.profiles import Fact

TRANSITIONS_SHOWN = 10

Line = list[tuple[str, str]]


def more_lines(server: ServerPicture, facts: PairFacts, now: float, zone: tzinfo) -> Iterator[Line]:
    """Lines of label and text, each with its style."""

    def at(moment: float | None) -> str:
        return "never" if moment is None else wall(on_our_clock(server, moment), zone, now)

    contact = "" if facts.last_contact is None else f" ({rough(now - on_our_clock(server, facts.last_contact))} ago)"
    before = short(facts.previous_word or "")
    if facts.previous_word or facts.reason or Fact.CAUSE in server.make.facts:
        yield [("before that ", "$stale"), (before, ""), ("  because ", "$stale"), (facts.reason or "unknown", "")]
    met = {True: "communicated", False: "never communicated", None: ""}[facts.ever_in_contact]
    last = "unknown" if facts.last_contact is None and facts.ever_in_contact is not False else at(facts.last_contact)
    yield [("last contact ", "$stale"), (f"{last}{contact}  {met}".rstrip(), "")]
    gain, deadline = pool_gain_at(facts), recover_deadline(server)
    if gain is not None:
        words = f"{at(facts.partner_down_time)}, its addresses usable {at(gain)}"
        yield [("partner down ", "$stale"), (words, "")]
    if deadline is not None:
        yield [("recovers until ", "$stale"), (wall(deadline, zone, now), "")]
    for each in facts.transports or ():
        failed = "" if each.error is None else f": {each.error}"
        number = "" if each.errno is None else f" (errno {each.errno})"
        yield [(f"tried {each.name} ", "$stale"), (f"{each.remote} {each.outcome}{failed}{number}", "")]
    if facts.config_mismatch:
        yield [("mismatch ", "$stale"), ("; ".join(facts.config_mismatch), "$warning")]
    if facts.updates is not None:
        count = facts.updates
        words = f"{count.sent:,} sent, {count.acked:,} acked, {count.rejected:,} rejected; {count.received:,} received"
        yield [("updates ", "$stale"), (f"{words}, {count.refused:,} refused", "")]
    if facts.counted_changes is not None:
        yield [("entered since its start ", "$stale"), (count_words(facts.counted_changes), "")]
    balanced = "unknown" if facts.load_balancing is None else "on" if facts.load_balancing else "off"
    share = "unknown" if facts.backup_pct is None else f"{facts.backup_pct:.0f}"
    buckets = "" if facts.buckets is None else f", buckets {facts.buckets[0]}/{facts.buckets[1]}"
    strict = ", strict safe period" if facts.takeover is not None and facts.takeover.strict else ""
    yield [("load balancing ", "$stale"), (f"{balanced}{buckets}; backup-pct {share}{strict}", "")]
    for change in (facts.transitions or ())[: -TRANSITIONS_SHOWN - 1 : -1]:
        names = [short(word) for word in (change.before_word, change.after_word)]
        reason = f"  {change.reason}" if change.reason else ""
        yield [(f"{at(change.at)} ", "$stale"), (f"{names[0]} -> {names[1]}{reason}", "")]
