"""Guards and sentences of both actions on the safe period: to switch it off or on, and to extend it."""

from console.insight.countdowns import takeover
from console.insight.forecast import cannot_forecast, worst_forecast
from console.insight.freshness import is_seen, last_word
from console.insight.guarded.attempt import Attempt
from console.insight.guarded.row import Guard
from console.insight.guarded.shared_guards import acting_phase
from console.insight.reasons import CannotTell
from console.insight.shares import nouns, own
from console.insight.wording import both_clocks, duration, plural, rough, span
from console.model.phases import Phase

BOTH = "Change both servers (R-141). On each server the change lasts until it restarts."


def _not_at_once(attempt: Attempt) -> str | None:
    facts, lost = attempt.facts, attempt.earliest
    if attempt.choice == "off" or (facts is not None and facts.phase not in (Phase.ALONE, Phase.UNKNOWN)):
        return None
    length = None if facts is None else takeover(facts).length if attempt.seconds is None else attempt.seconds
    if facts is None or facts.phase is Phase.UNKNOWN or lost is None or length is None:
        return CannotTell(
            f"cannot tell whether {attempt.server} would enter PARTNER-DOWN at once: it does not report enough"
        )
    if lost + length > attempt.now:
        return None
    gone = duration(attempt.now - lost)
    return f"contact was lost {gone} ago: {attempt.server} would enter PARTNER-DOWN at once. Use Set Partner Down"


def _alone(attempt: Attempt) -> str | None:
    phase = acting_phase(attempt, "is COMMUNICATIONS-INTERRUPTED")
    if isinstance(phase, CannotTell) or phase is Phase.ALONE:
        return phase if isinstance(phase, CannotTell) else None
    return f"{attempt.server} is {last_word(attempt.acting)}: the safe period does not run now"


def _other_reached(attempt: Attempt) -> str | None:
    partner = attempt.partner
    if is_seen(partner, attempt.now):
        return None
    facts = partner.facts
    ends = None if facts is None else takeover(facts).due_at
    when = "" if ends is None else f"; if it runs, it enters PARTNER-DOWN at {both_clocks(ends, attempt.zone)}"
    return f"cannot see {partner.name}: the safe period is not changed there{when}"


NOT_AT_ONCE = Guard("not-at-once", True, "the safe period does not end at once", _not_at_once)
ALONE = Guard("alone", False, "the server is COMMUNICATIONS-INTERRUPTED", _alone)
OTHER_REACHED = Guard("other-reached", False, "the other server can be changed too", _other_reached)


def end(attempt: Attempt) -> list[str]:
    """When the takeover would happen."""
    facts, lost = attempt.facts, attempt.earliest
    if facts is None:
        return []
    length = takeover(facts).length if attempt.seconds is None else attempt.seconds
    if length is None:
        return [f"Cannot tell when {attempt.server} would take over: it does not report the length of its safe period."]
    if lost is None or not facts.interrupted:
        return [f"If contact is lost, {attempt.server} waits {span(length)} before it takes over."]
    due = lost + length
    return [
        f"{attempt.server} enters PARTNER-DOWN at {both_clocks(due, attempt.zone)}, "
        f"in {duration(due - attempt.now)}: {span(length)} after contact was lost."
    ]


def worst_pool(attempt: Attempt) -> list[str]:
    """The free addresses of the pool that runs out first, and when it does."""
    facts = attempt.facts
    if facts is None or facts.pools == ():
        return []
    worst = worst_forecast(attempt.pair, attempt.now)
    if worst is not None and worst.at is not None and worst.server == attempt.server:
        left = rough(worst.at - attempt.now)
        return [f"{attempt.server} runs out of free {worst.nouns[1]} in {worst.pool} in about {left}."]
    known = [(number, pool.name, nouns(pool)) for pool in facts.pools or () if (number := own(pool)) is not None]
    if not known or len(known) < len(facts.pools or ()):
        return [f"Cannot tell how many free addresses {attempt.server} has in each scope."]
    count, name, (one, many) = min(known, key=lambda each: each[0])
    free = plural(count, f"free {one}", f"free {many}")
    known_rate = cannot_forecast(attempt.pair, attempt.now) is None
    lasting = "they last more than a day" if known_rate else "cannot tell how long they last"
    return [f"{attempt.server} has {free} in its worst scope, {name}; {lasting}."]
