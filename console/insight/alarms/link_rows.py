"""Alarms about the two servers together: contact, takeover, clocks, updates."""

from collections.abc import Iterator

from console.insight.alarms.keys import PAIR
from console.insight.alarms.row import AlarmRow, Fault, at_once, seen_again
from console.insight.countdowns import takeover, takeover_end, takeover_unknown
from console.insight.freshness import clock_offset, last_phase, live, live_facts
from console.insight.limits import (
    DISAGREE_SECONDS,
    SKEW_WARNING_SECONDS,
    TAKEOVER_CRITICAL_SECONDS,
    UNACKED_SECONDS,
    skew_limit,
)
from console.model.alarm_kinds import AlarmKind
from console.model.facts import Unit
from console.model.phases import INTERRUPTED, Phase
from console.model.picture import PairPicture, Severity
from console.model.profiles import Fact

CONTACT = AlarmKind.OTHER_SERVER_NOT_RESPONDING
LINK_LOST = (
    AlarmKind.SERVER_STOP,
    AlarmKind.SERVER_UNREACHABLE,
    AlarmKind.CLOCK_SKEW,
    AlarmKind.FAILOVER_CONFIG_MISMATCH,
)


def contact_lost(pair: PairPicture, now: float) -> Iterator[Fault]:
    alone = [(server, facts) for server, facts in live_facts(pair, now) if facts.phase in INTERRUPTED]
    if not alone:
        return
    words = " and ".join(f"{server.name} has no contact with {facts.partner}" for server, facts in alone)
    acts = "take one server offline, or switch use-safe-period off on BOTH servers"
    if any(takeover_end(server) is not None for server, _ in alone):
        text = f"{words}; before the safe period ends: {acts}"
    elif any(takeover_unknown(server) is not None for server, _ in alone):
        text = f"{words}; cannot tell whether one of them takes over by itself"
    else:
        text = f"{words}; no safe period runs"
    yield Fault(CONTACT, PAIR, Severity.CRITICAL, text)


def contact_settled(pair: PairPicture, now: float, entity: str) -> bool:
    """Both seen NORMAL: a clearing trap that was lost is not waited for. Of other servers polls tell nothing."""
    return entity == PAIR and all(
        facts is not None and facts.phase is Phase.NORMAL
        for facts in (live(server, now) for server in pair.servers.values())
    )


def both_alone(pair: PairPicture, now: float) -> Iterator[Fault]:
    if sum(facts.phase in INTERRUPTED for _, facts in live_facts(pair, now)) == 2:
        text = "both servers are alive and have lost each other: a race to PARTNER-DOWN when a safe period runs"
        yield Fault(AlarmKind.BOTH_ALIVE_INTERRUPTED, PAIR, Severity.CRITICAL, text)


def takeover_ending(pair: PairPicture, now: float) -> Iterator[Fault]:
    for server, facts in live_facts(pair, now):
        told = takeover(facts)
        end = takeover_end(server)
        left = None if end is None else max(0.0, end - now)
        if told.unit is Unit.CLIENTS and facts.phase is Phase.ALONE:
            left = told.remaining
        if left is None or (told.length is not None and left >= told.length / 2):
            continue
        urgent = told.unit is Unit.SECONDS and left < TAKEOVER_CRITICAL_SECONDS
        if told.length is None and not urgent:
            continue
        part = "15 minutes" if urgent else "half"
        text = f"less than {part} of the safe period left on {server.name}, then PARTNER-DOWN by itself"
        severity = Severity.CRITICAL if urgent else Severity.WARNING
        yield Fault(AlarmKind.SAFE_PERIOD_ENDING, server.name, severity, text)


def partner_down(pair: PairPicture, now: float) -> Iterator[Fault]:
    for server, facts in live_facts(pair, now):
        if facts.phase is Phase.TAKEN_OVER:
            text = f"{server.name} treats {facts.partner} as down ({facts.reason or 'no reason given'})"
            yield Fault(AlarmKind.PARTNER_DOWN, server.name, Severity.CRITICAL, text)


def both_partner_down(pair: PairPicture, now: float) -> Iterator[Fault]:
    if pair.servers and all(last_phase(server) is Phase.TAKEN_OVER for server in pair.servers.values()):
        text = "both servers are PARTNER-DOWN: duplicate addresses are likely, stop one"
        yield Fault(AlarmKind.BOTH_PARTNER_DOWN, PAIR, Severity.CRITICAL, text)


def disagree(pair: PairPicture, now: float) -> Iterator[Fault]:
    """One NORMAL and one alone is a matter of a moment; when it lasts, one of them is wrong about the link."""
    live_now = live_facts(pair, now)
    phases = {facts.phase for _, facts in live_now}
    since = [facts.since for _, facts in live_now if facts.since is not None]
    lasting = bool(since) and now - max(since) > DISAGREE_SECONDS
    if len(live_now) == 2 and lasting and Phase.NORMAL in phases and phases & INTERRUPTED:
        words = ", ".join(f"{server.name} {facts.word}" for server, facts in live_now)
        text = f"the servers disagree about the link: {words}"
        yield Fault(AlarmKind.STATES_DISAGREE, PAIR, Severity.WARNING, text)


def takeover_differs(pair: PairPicture, now: float) -> Iterator[Fault]:
    told = [(server, takeover(facts).automatic) for server, facts in live_facts(pair, now)]
    if {True, False} <= {automatic for _, automatic in told}:
        on = next(server.name for server, automatic in told if automatic)
        text = f"use-safe-period is on at {on} only: change BOTH or none"
        yield Fault(AlarmKind.SAFE_PERIOD_DIFFERS, PAIR, Severity.WARNING, text)


def skew(pair: PairPicture, now: float) -> Iterator[Fault]:
    live_now = live_facts(pair, now)
    told = [abs(facts.time_skew) for _, facts in live_now if facts.time_skew is not None]
    seen = [clock_offset(server) for server, _ in live_now]
    worst = max([*told, max(seen) - min(seen) if len(seen) == 2 else 0.0], default=0.0)
    limit = skew_limit(facts for _, facts in live_now)
    if worst > SKEW_WARNING_SECONDS:
        refused = worst > limit
        text = "the servers' clocks are more than "
        text += f"{limit:.0f} s apart: the link is refused, repair NTP" if refused else "2 s apart: look at NTP"
        yield Fault(AlarmKind.CLOCK_SKEW, PAIR, Severity.CRITICAL if refused else Severity.WARNING, text)


def unacked(pair: PairPicture, now: float) -> Iterator[Fault]:
    for server, facts in live_facts(pair, now):
        if facts.oldest_unacked_age is not None and facts.oldest_unacked_age > UNACKED_SECONDS:
            text = f"updates of {server.name} stay unacknowledged for more than {UNACKED_SECONDS:.0f} s"
            yield Fault(AlarmKind.UNACKED_UPDATES_STUCK, server.name, Severity.WARNING, text)


LINK_ROWS: tuple[AlarmRow, ...] = (
    AlarmRow(
        AlarmKind.OTHER_SERVER_NOT_RESPONDING,
        Severity.CRITICAL,
        "traps 13 and 6; log 18101; a poll in COMMUNICATIONS-INTERRUPTED. Of another related server: major",
        "traps 14 and 9; log 18102; both seen NORMAL",
        "find out whether the partner is down or cut off; before the safe period ends take one server offline, or "
        "switch use-safe-period off on both",
        follows=LINK_LOST,
        find=contact_lost,
        settled=contact_settled,
        needs=(Fact.STATE,),
    ),
    AlarmRow(
        AlarmKind.BOTH_ALIVE_INTERRUPTED,
        Severity.CRITICAL,
        "polls: both answer, both have lost the other",
        "polls: not so any more",
        "repair the link between them; do not set either partner down while both run",
        follows=(AlarmKind.CLOCK_SKEW, AlarmKind.FAILOVER_CONFIG_MISMATCH),
        find=both_alone,
        settled=at_once,
        needs=(Fact.STATE,),
    ),
    AlarmRow(
        AlarmKind.BOTH_PARTNER_DOWN,
        Severity.CRITICAL,
        "polls: both said PARTNER-DOWN last",
        "polls: one is seen in another state",
        "stop one server: both may give out the same address",
        find=both_partner_down,
        settled=seen_again,
        needs=(Fact.STATE,),
    ),
    AlarmRow(
        AlarmKind.PARTNER_DOWN,
        Severity.CRITICAL,
        "polls: a server in PARTNER-DOWN; log 18104, 18105",
        "polls: it is in another state",
        "see that the partner stays off until it can reach this server",
        follows=(AlarmKind.OTHER_SERVER_NOT_RESPONDING, AlarmKind.SERVER_STOP),
        find=partner_down,
        settled=seen_again,
        needs=(Fact.STATE,),
    ),
    AlarmRow(
        AlarmKind.SAFE_PERIOD_ENDING,
        Severity.CRITICAL,
        "polls: less than 15 minutes are left; less than half: warning",
        "polls: contact is back, or it is switched off",
        "act before it ends: then the server takes its partner for down by itself",
        follows=(AlarmKind.OTHER_SERVER_NOT_RESPONDING,),
        find=takeover_ending,
        settled=seen_again,
        needs=(
            Fact.STATE,
            Fact.TAKEOVER,
            Fact.TAKEOVER_LENGTH,
            Fact.CONTACT_LOST,
        ),
    ),
    AlarmRow(
        AlarmKind.STATES_DISAGREE,
        Severity.WARNING,
        "polls: one NORMAL, one without contact, for a minute",
        "polls: they agree",
        "look at the link of both",
        find=disagree,
        settled=seen_again,
        needs=(
            Fact.STATE,
            Fact.STATE_SINCE,
        ),
    ),
    AlarmRow(
        AlarmKind.SAFE_PERIOD_DIFFERS,
        Severity.WARNING,
        "polls: use-safe-period is on at one server only",
        "polls: it is the same on both",
        "change both or none",
        find=takeover_differs,
        settled=seen_again,
        needs=(Fact.TAKEOVER,),
    ),
    AlarmRow(
        AlarmKind.CLOCK_SKEW,
        Severity.CRITICAL,
        "polls: the clocks are more than 5 s apart; log 18115. More than 2 s: warning",
        "polls: they agree",
        "repair NTP on both: the link is refused",
        find=skew,
        settled=seen_again,
        needs=(Fact.SKEW,),
    ),
    AlarmRow(
        AlarmKind.UNACKED_UPDATES_STUCK,
        Severity.WARNING,
        "polls: the oldest unacknowledged update is older than 30 s",
        "polls: it is not",
        "look at the partner's load and at the link",
        follows=(AlarmKind.OTHER_SERVER_NOT_RESPONDING,),
        find=unacked,
        settled=seen_again,
        needs=(
            Fact.UNACKED,
            Fact.UNACKED_AGE,
        ),
    ),
)
