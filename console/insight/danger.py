"""Danger banners: what can go wrong, said before it does. A table, worst first; several may hold at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from console.insight.countdowns import race_margin
from console.insight.sight import on_our_clock
from console.insight.verdict import Joint, joint
from console.insight.wording import countdown, wall
from console.model.picture import PairPicture, Severity
from console.model.states import ALONE, SERVING, State


@dataclass(frozen=True, slots=True)
class Banner:
    """One line across the screen: warning (amber) or critical (red)."""

    kind: str
    severity: Severity
    text: str


UNDER_A_TAKEOVER = SERVING - {State.PARTNER_DOWN, State.RECOVER_DONE}
"""A partner in one of these gives out addresses that the other one may give out too."""


def _both_down(both: Joint) -> str | None:
    if both.states == (State.PARTNER_DOWN, State.PARTNER_DOWN):
        return "BOTH PARTNER-DOWN: duplicate allocation likely. Stop one server."
    return None


def _duplicates_now(both: Joint) -> str | None:
    for server, other in ((both.main, both.backup), (both.backup, both.main)):
        partner = both.state(other)
        if both.state(server) is State.PARTNER_DOWN and partner in UNDER_A_TAKEOVER:
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


def _no_service(both: Joint) -> str | None:
    if both.states == (State.POTENTIAL_CONFLICT, State.POTENTIAL_CONFLICT):
        return "NO SERVICE while both resolve conflicts. It ends by itself; do not restart either."
    return None


def _date_before_contact(both: Joint) -> str | None:
    for server in (both.main, both.backup):
        report = server.report
        if both.state(server) is not State.PARTNER_DOWN or report is None:
            continue
        if report.partner_down_time is None or report.last_contact is None:
            continue
        until = on_our_clock(server, report.last_contact + report.mclt)
        if report.partner_down_time < report.last_contact - 1 and both.now < until:
            when = wall(until, both.zone, both.now)
            return f"{server.name}: date before its last contact was used. Duplicates possible until {when}."
    return None


def _automatic(both: Joint) -> str | None:
    for server, other in ((both.main, both.backup), (both.backup, both.main)):
        report = server.report
        if both.state(server) is not State.PARTNER_DOWN or report is None or report.state_since is None:
            continue
        if "safe" not in report.state_reason.lower():
            continue
        until = on_our_clock(server, report.state_since + report.mclt)
        if both.now < until:
            when = wall(until, both.zone, both.now)
            return (
                f"{server.name} took over by itself; nobody proved that {other.name} stopped. It may have "
                f"served after contact was lost. Careful until {when}."
            )
    return None


def _unknown_partner(both: Joint) -> str | None:
    for server, other in ((both.main, both.backup), (both.backup, both.main)):
        if both.state(server) in ALONE and not both.seen(other):
            return f"{other.name} is down or cut off: unknown. Look at it before you declare it down."
    return None


def _waiting(both: Joint) -> str | None:
    for server in (both.main, both.backup):
        if both.state(server) is State.RECOVER_WAIT:
            return f"{server.name} waits for MCLT before it serves: this is normal, leave it alone."
    return None


BANNERS: tuple[tuple[str, Severity, Callable[[Joint], str | None]], ...] = (
    ("both-partner-down", Severity.CRITICAL, _both_down),
    ("duplicates-now", Severity.CRITICAL, _duplicates_now),
    ("no-service", Severity.CRITICAL, _no_service),
    ("race", Severity.CRITICAL, _race),
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
