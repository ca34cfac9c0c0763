"""Danger banners: what can go wrong, said before it does. A table, worst first; several may hold at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from console.insight.countdowns import race_margin
from console.insight.freshness import clock_offset, on_our_clock
from console.insight.limits import skew_limit
from console.insight.verdict import Joint, joint
from console.insight.wording import countdown, wall
from console.model.facts import LinkRefusal
from console.model.phases import INTERRUPTED, SERVING, Cause, Phase
from console.model.picture import PairPicture, ServerPicture, Severity


@dataclass(frozen=True, slots=True)
class Banner:
    """One line across the screen: warning (amber) or critical (red)."""

    kind: str
    severity: Severity
    text: str


UNDER_A_TAKEOVER = SERVING - {Phase.TAKEN_OVER, Phase.RETURNED}
"""A partner in one of these gives out addresses that the other one may give out too."""


def _both_down(both: Joint) -> str | None:
    if both.phases == (Phase.TAKEN_OVER, Phase.TAKEN_OVER):
        return "BOTH PARTNER-DOWN: duplicate allocation likely. Stop one server."
    return None


def _duplicates_now(both: Joint) -> str | None:
    for server, other in both.each_way:
        partner = both.phase(other)
        if both.phase(server) is Phase.TAKEN_OVER and partner in UNDER_A_TAKEOVER:
            return f"{server.name} PARTNER-DOWN while {other.name} serves: duplicates possible NOW. Stop {other.name}."
    return None


def _race(both: Joint) -> str | None:
    margin = race_margin(both.pair, both.now)
    if margin is None:
        return None
    left, first = margin
    deadline = wall(both.now + left, both.zone, both.now)
    return (
        f"Both alive, link between them lost. In {countdown(left)} (at {deadline}) {first} goes "
        "PARTNER-DOWN and duplicates become possible. Repair the link, stop one server, or switch the safe "
        "period off on BOTH."
    )


def clocks_apart(both: Joint) -> float | None:
    """By how much the servers' clocks differ (s) while they refuse each other for it; `None` when they do not. 0: they
    do, and by how much is not known.

    The limit is the servers' own, else 5 s. What we see counts where no link measures: each server's clock against
    ours.
    """
    alone = [each for each in (both.main, both.backup) if both.phase(each) in INTERRUPTED and each.facts is not None]
    if not alone or any(each.facts is not None and each.facts.link is not None for each in alone):
        return None
    if both.seen(both.main) and both.seen(both.backup):
        apart = abs(clock_offset(both.main) - clock_offset(both.backup))
        if apart > skew_limit(both.known):
            return apart
    for each in alone:
        if each.facts is not None and each.facts.link_refusal is LinkRefusal.CLOCKS:
            return abs(each.facts.time_skew or 0.0)
    return None


def _clock(both: Joint) -> str | None:
    apart = clocks_apart(both)
    if apart is None:
        return None
    words = f" by {apart:.0f} s" if apart else ""
    told = [
        f"{each.name} says {wall(each.facts.at + both.now - each.reported_at, both.zone)}"
        for each in (both.main, both.backup)
        if each.facts is not None and each.reported_at is not None and both.seen(each)
    ]
    clocks = f" ({', '.join(told)})" if apart and told else ""
    return (
        f"CLOCK: the servers' clocks differ{words}{clocks}, so they refuse each other. Repair NTP: the countdown runs."
    )


def _no_service(both: Joint) -> str | None:
    if both.phases == (Phase.CONFLICT, Phase.CONFLICT):
        return "NO SERVICE while both resolve conflicts. It ends by itself; do not restart either."
    return None


def early_date_until(both: Joint, server: ServerPicture) -> float | None:
    """Until when, by our clock, a takeover under a date before the last contact can give addresses out twice: MCLT
    after that contact. `None` when the server was given no such date, or the time is over."""
    facts = server.facts
    if both.phase(server) is not Phase.TAKEN_OVER or facts is None:
        return None
    if facts.partner_down_time is None or facts.last_contact is None or facts.mclt is None:
        return None
    until = on_our_clock(server, facts.last_contact + facts.mclt)
    return until if facts.partner_down_time < facts.last_contact - 1 and both.now < until else None


def automatic_until(both: Joint, server: ServerPicture) -> float | None:
    """Until when, by our clock, a takeover that nobody decided wants care: entry + MCLT. `None` where a person did, or
    where the cause is not known."""
    facts = server.facts
    if both.phase(server) is not Phase.TAKEN_OVER or facts is None or facts.since is None or facts.mclt is None:
        return None
    if facts.cause is not Cause.TIMER:
        return None
    until = on_our_clock(server, facts.since + facts.mclt)
    return until if both.now < until else None


def _date_before_contact(both: Joint) -> str | None:
    for server in (both.main, both.backup):
        until = early_date_until(both, server)
        if until is not None:
            when = wall(until, both.zone, both.now)
            return f"{server.name}: date before its last contact was used. Duplicates possible until {when}."
    return None


def _automatic(both: Joint) -> str | None:
    for server, other in both.each_way:
        until = automatic_until(both, server)
        if until is not None:
            when = wall(until, both.zone, both.now)
            return (
                f"{server.name} took over by itself; nobody proved that {other.name} stopped. It may have "
                f"served after contact was lost. Careful until {when}."
            )
    return None


def _unknown_partner(both: Joint) -> str | None:
    for server, other in both.each_way:
        if both.phase(server) in INTERRUPTED and not both.seen(other):
            return f"{other.name} is down or cut off: unknown. Look at it before you declare it down."
    return None


def _waiting(both: Joint) -> str | None:
    for server in (both.main, both.backup):
        if both.phase(server) is Phase.RETURN_WAIT:
            return f"{server.name} waits for MCLT before it serves: this is normal, leave it alone."
    return None


BANNERS: tuple[tuple[str, Severity, Callable[[Joint], str | None]], ...] = (
    ("both-partner-down", Severity.CRITICAL, _both_down),
    ("duplicates-now", Severity.CRITICAL, _duplicates_now),
    ("no-service", Severity.CRITICAL, _no_service),
    ("race", Severity.CRITICAL, _race),
    ("clock", Severity.CRITICAL, _clock),
    ("date-before-contact", Severity.CRITICAL, _date_before_contact),
    ("automatic-takeover", Severity.WARNING, _automatic),
    ("partner-unknown", Severity.WARNING, _unknown_partner),
    ("recover-wait", Severity.WARNING, _waiting),
)


def banners(pair: PairPicture, now: float, zone: tzinfo) -> tuple[Banner, ...]:
    """Every banner that holds, worst first; none when there is no danger."""
    both = joint(pair, now, zone)
    found = []
    for kind, severity, rule in BANNERS:
        text = rule(both)
        if text is not None:
            found.append(Banner(kind, severity, text))
    return tuple(found)
