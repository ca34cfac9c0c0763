"""Danger banners: warnings about what can go wrong. A table, worst first; several can be shown at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from console.insight.countdowns import race_margin
from console.insight.freshness import clock_offset, on_our_clock
from console.insight.joint import Joint, joint
from console.insight.limits import skew_limit
from console.insight.wording import countdown, wall
from console.model.facts import LinkRefusal
from console.model.phases import INTERRUPTED, SERVING, Cause, Phase
from console.model.picture import PairPicture, ServerPicture, Severity
from console.model.profiles import Can


@dataclass(frozen=True, slots=True)
class Banner:
    """One line across the screen: warning (amber) or critical (red)."""

    kind: str
    severity: Severity
    text: str


UNDER_A_TAKEOVER = SERVING - {Phase.TAKEN_OVER, Phase.RETURNED}
"""While its partner is PARTNER-DOWN, a server in one of these leases addresses that the partner may lease too."""


def _both_down(both: Joint) -> str | None:
    if both.phases == (Phase.TAKEN_OVER, Phase.TAKEN_OVER):
        return "BOTH servers are PARTNER-DOWN: duplicate addresses are likely. Stop one server."
    return None


def _duplicates_now(both: Joint) -> str | None:
    for server, other in both.each_way:
        partner = both.phase(other)
        if both.phase(server) is Phase.TAKEN_OVER and partner in UNDER_A_TAKEOVER:
            return (
                f"{server.name} is PARTNER-DOWN while {other.name} serves: duplicate addresses are possible NOW. "
                f"Stop {other.name}."
            )
    return None


def _race(both: Joint) -> str | None:
    margin = race_margin(both.pair, both.now)
    if margin is None:
        return None
    left, first = margin
    deadline = wall(both.now + left, both.zone, both.now)
    return (
        f"Both servers run, but the link between them is lost. In {countdown(left)} (at {deadline}) {first} enters "
        "PARTNER-DOWN, and duplicate addresses become possible. Repair the link, stop one server, or switch the "
        "safe period off on BOTH."
    )


def clocks_apart(both: Joint) -> float | None:
    """The difference of the servers' clocks (s) while they refuse the link because of it; `None` when they do not.
    0: they do, and the difference is not known.

    The limit is the servers' own, else 5 s. Without a link the console measures each server's clock against its own.
    """
    alone = [each for each in (both.main, both.backup) if both.phase(each) in INTERRUPTED and each.facts is not None]
    if not alone or any(each.facts is not None and each.facts.link is not None for each in alone):
        return None
    if both.seen(both.main) and both.seen(both.backup):
        # Both clocks are measured here. A message that waited in a link that was cut looks like a clock that is late.
        apart = abs(clock_offset(both.main) - clock_offset(both.backup))
        return apart if apart > skew_limit(both.known) else None
    for each in alone:
        if each.facts is not None and each.facts.link_refusal is LinkRefusal.CLOCKS:
            return abs(each.facts.time_skew or 0.0)
    return None


def _clock(both: Joint) -> str | None:
    apart = clocks_apart(both)
    if apart is None:
        return None
    words = f" by {apart:.0f} s" if apart else ""
    times = [
        f"{each.name} {wall(each.facts.at + both.now - each.reported_at, both.zone)}"
        for each in (both.main, both.backup)
        if each.facts is not None and each.reported_at is not None and both.seen(each)
    ]
    clocks = f" ({', '.join(times)})" if apart and times else ""
    return (
        f"CLOCK: the servers' clocks differ{words}{clocks}, so they refuse the link. The safe period runs. Repair NTP."
    )


def _no_service(both: Joint) -> str | None:
    if both.phases == (Phase.CONFLICT, Phase.CONFLICT):
        return "NO SERVICE while both servers resolve conflicts. It ends without help. Do not restart either server."
    return None


def early_date_until(both: Joint, server: ServerPicture) -> float | None:
    """Until when, on the console's clock, addresses may be leased twice after a takeover with a date before the last
    contact: MCLT after that contact. `None` without such a date, or when the time is over."""
    facts = server.facts
    if both.phase(server) is not Phase.TAKEN_OVER or facts is None:
        return None
    if facts.partner_down_time is None or facts.last_contact is None or facts.mclt is None:
        return None
    until = on_our_clock(server, facts.last_contact + facts.mclt)
    return until if facts.partner_down_time < facts.last_contact - 1 and both.now < until else None


def automatic_until(both: Joint, server: ServerPicture) -> float | None:
    """Until when, on the console's clock, an automatic takeover has a risk of duplicate addresses: entry + MCLT. `None`
    where an operator decided the takeover, or where the cause is not known."""
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
            return (
                f"{server.name} took over with a date before its last contact: duplicate addresses are possible "
                f"until {when}."
            )
    return None


def _automatic(both: Joint) -> str | None:
    for server, other in both.each_way:
        until = automatic_until(both, server)
        if until is not None:
            when = wall(until, both.zone, both.now)
            return (
                f"{server.name} took over automatically; it is not proven that {other.name} had stopped. "
                f"Duplicate addresses are possible until {when}."
            )
    return None


def _keep_off(both: Joint) -> str | None:
    """For the next shift: a partner that was declared down may start only where it can reach the other server."""
    for server, other in both.each_way:
        if both.phase(server) is Phase.TAKEN_OVER and not both.seen(other):
            return f"Do not start {other.name} unless it can reach {server.name}: clients could get one address twice."
    return None


def _unknown_partner(both: Joint) -> str | None:
    for server, other in both.each_way:
        if both.phase(server) in INTERRUPTED and not both.seen(other):
            before = "use Set Partner Down" if Can.SET_PARTNER_DOWN in server.make.can else "act"
            return f"{other.name} is down or cut off: cannot tell which. Check it before you {before}."
    return None


def _waiting(both: Joint) -> str | None:
    for server in (both.main, both.backup):
        if both.phase(server) is Phase.RETURN_WAIT:
            return f"{server.name} waits for MCLT before it serves clients: this is normal. Do not restart it."
    return None


BANNERS: tuple[tuple[str, Severity, Callable[[Joint], str | None]], ...] = (
    ("both-partner-down", Severity.CRITICAL, _both_down),
    ("duplicates-now", Severity.CRITICAL, _duplicates_now),
    ("no-service", Severity.CRITICAL, _no_service),
    ("race", Severity.CRITICAL, _race),
    ("clock", Severity.CRITICAL, _clock),
    ("date-before-contact", Severity.CRITICAL, _date_before_contact),
    ("automatic-takeover", Severity.WARNING, _automatic),
    ("keep-off", Severity.WARNING, _keep_off),
    ("partner-unknown", Severity.WARNING, _unknown_partner),
    ("recover-wait", Severity.WARNING, _waiting),
)


def banners(pair: PairPicture, now: float, zone: tzinfo) -> tuple[Banner, ...]:
    """Every banner whose condition holds, worst first; empty when there is no danger."""
    both = joint(pair, now, zone)
    found = []
    for kind, severity, rule in BANNERS:
        text = rule(both)
        if text is not None:
            found.append(Banner(kind, severity, text))
    return tuple(found)
