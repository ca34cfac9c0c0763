"""Alarms about both servers together: contact, takeover, clocks, updates."""

from collections.abc import Iterator, Sequence

from console.insight.alarms.keys import PAIR
from console.insight.alarms.row import AlarmRow, Fault, at_once, seen_again
from console.insight.clocks import skew as measured_skew
from console.insight.countdowns import takeover, takeover_end, takeover_unknown
from console.insight.freshness import is_seen, last_phase, live, live_facts
from console.insight.limits import (
    DISAGREE_SECONDS,
    SKEW_DEADBAND,
    SKEW_WARNING_SECONDS,
    TAKEOVER_CRITICAL_SECONDS,
    UNACKED_SECONDS,
)
from console.insight.wording import NO_REASON, plural
from console.model.alarm_kinds import AlarmKind
from console.model.facts import PairFacts, Unit
from console.model.phases import INTERRUPTED, Phase
from console.model.picture import PairPicture, ServerPicture, Severity
from console.model.profiles import Can, Fact, without_lead_time

CONTACT = AlarmKind.OTHER_SERVER_NOT_RESPONDING
LINK_LOST = (
    AlarmKind.BOTH_ALIVE_INTERRUPTED,
    AlarmKind.SERVER_STOP,
    AlarmKind.SERVER_UNREACHABLE,
    AlarmKind.CLOCK_SKEW,
    AlarmKind.FAILOVER_CONFIG_MISMATCH,
)


ACTIONS = "take one server offline, or switch use-safe-period off on BOTH servers"
Lone = Sequence[tuple[ServerPicture, PairFacts]]


def contact_lost(pair: PairPicture, now: float) -> Iterator[Fault]:
    """A server has lost contact with its partner. The text has the step that fits what is known of both."""
    alone = [(server, facts) for server, facts in live_facts(pair, now) if facts.phase in INTERRUPTED]
    taken_over = [
        (server, facts)
        for server, facts in live_facts(pair, now)
        if facts.phase is Phase.TAKEN_OVER and facts.contact is False
    ]
    if not alone and not taken_over:
        return
    words = " and ".join(f"{server.name} lost contact with {facts.partner}" for server, facts in (*alone, *taken_over))
    yield Fault(CONTACT, PAIR, Severity.CRITICAL, f"{words}; {_next_step(pair, now, alone, taken_over)}")


def _next_step(pair: PairPicture, now: float, alone: Lone, taken_over: Lone) -> str:
    if len(taken_over) == 2:
        return "both are PARTNER-DOWN: stop one server"
    if not alone:
        server, facts = taken_over[0]
        return f"{server.name} is PARTNER-DOWN: keep {facts.partner} off until it can reach {server.name}"
    by_clients = [(server, facts) for server, facts in alone if takeover(facts).unit is Unit.CLIENTS]
    if by_clients:
        return _after_clients(*by_clients[0])
    if not any(takeover_end(server) is not None for server, _ in alone):
        if any(takeover_unknown(server) is not None for server, _ in alone):
            return "cannot tell whether a server takes over automatically"
        return "no safe period is running"
    if len(alone) == 1:
        server, facts = alone[0]
        if live(pair.partner_of(server.name), now) is None:
            return f"before the safe period ends: find out whether {facts.partner} is down; if it is not, {ACTIONS}"
    return f"before the safe period ends: {ACTIONS}"


def _after_clients(server: ServerPicture, facts: PairFacts) -> str:
    """What a server does that counts the clients which its partner leaves unanswered."""
    found = takeover(facts)
    if found.automatic is False:
        return f"{server.name} does not take over automatically"
    if found.automatic is None or found.remaining is None:
        return f"cannot tell when {server.name} takes over automatically"
    clients = plural(int(found.remaining), "more client")
    return f"{server.name} takes over after {clients} without an answer of {facts.partner or 'its partner'}"


def contact_settled(pair: PairPicture, now: float, entity: str) -> bool:
    """Both servers are seen NORMAL, so a clearing trap is not needed. Polls do not show other related servers."""
    return entity == PAIR and all(
        facts is not None and facts.phase is Phase.NORMAL
        for facts in (live(server, now) for server in pair.servers.values())
    )


def both_alone(pair: PairPicture, now: float) -> Iterator[Fault]:
    """Both servers run without contact."""
    if sum(facts.phase in INTERRUPTED for _, facts in live_facts(pair, now)) == 2:
        text = "both servers run but have lost contact; the first whose safe period ends enters PARTNER-DOWN"
        yield Fault(AlarmKind.BOTH_ALIVE_INTERRUPTED, PAIR, Severity.CRITICAL, text)


def takeover_ending(pair: PairPicture, now: float) -> Iterator[Fault]:
    """The safe period, or a countdown in clients, ends soon."""
    for server, facts in live_facts(pair, now):
        countdown = takeover(facts)
        end = takeover_end(server)
        left = None if end is None else max(0.0, end - now)
        if countdown.unit is Unit.CLIENTS and facts.phase is Phase.ALONE:
            left = countdown.remaining
        if left is None or (countdown.length is not None and left >= countdown.length / 2):
            continue
        urgent = countdown.unit is Unit.SECONDS and left < TAKEOVER_CRITICAL_SECONDS
        if countdown.length is None and not urgent:
            continue
        part = "15 minutes" if urgent else "half"
        text = f"{server.name} has less than {part} of its safe period left, then it enters PARTNER-DOWN automatically"
        severity = Severity.CRITICAL if urgent else Severity.WARNING
        yield Fault(AlarmKind.SAFE_PERIOD_ENDING, server.name, severity, text)


def partner_down(pair: PairPicture, now: float) -> Iterator[Fault]:
    """A server is PARTNER-DOWN."""
    for server, facts in live_facts(pair, now):
        partner = pair.partner_of(server.name)
        if facts.phase is Phase.TAKEN_OVER and _in_maintenance(server, partner, now):
            text = f"{server.name} serves all clients while {partner.name} is in maintenance"
            yield Fault(AlarmKind.PARTNER_DOWN, server.name, Severity.WARNING, text)
        elif facts.phase is Phase.TAKEN_OVER:
            text = f"{server.name} is PARTNER-DOWN: it treats {facts.partner} as down ({facts.reason or NO_REASON})"
            yield Fault(AlarmKind.PARTNER_DOWN, server.name, Severity.CRITICAL, text)


def _in_maintenance(server: ServerPicture, partner: ServerPicture, now: float) -> bool:
    """Whether its partner answers that it is in maintenance: it serves no client, so no address is given twice."""
    return Can.MAINTENANCE in server.make.can and is_seen(partner, now) and last_phase(partner) is Phase.PAUSED


def both_partner_down(pair: PairPicture, now: float) -> Iterator[Fault]:
    """Both servers were PARTNER-DOWN when last seen."""
    if pair.servers and all(last_phase(server) is Phase.TAKEN_OVER for server in pair.servers.values()):
        text = "both servers are PARTNER-DOWN: duplicate addresses are likely, stop one server"
        yield Fault(AlarmKind.BOTH_PARTNER_DOWN, PAIR, Severity.CRITICAL, text)


def disagree(pair: PairPicture, now: float) -> Iterator[Fault]:
    """One server is NORMAL and the other without contact for longer than a change of state takes."""
    live_now = live_facts(pair, now)
    phases = {facts.phase for _, facts in live_now}
    since = [facts.since for _, facts in live_now if facts.since is not None]
    lasting = bool(since) and now - max(since) > DISAGREE_SECONDS
    if len(live_now) == 2 and lasting and Phase.NORMAL in phases and phases & INTERRUPTED:
        words = ", ".join(f"{server.name} {facts.word}" for server, facts in live_now)
        text = f"the servers disagree about the link: {words}"
        yield Fault(AlarmKind.STATES_DISAGREE, PAIR, Severity.WARNING, text)


def takeover_differs(pair: PairPicture, now: float) -> Iterator[Fault]:
    """The safe period is in use on one server only."""
    reported = [(server, takeover(facts).automatic) for server, facts in live_facts(pair, now)]
    if {True, False} <= {automatic for _, automatic in reported}:
        on = next(server.name for server, automatic in reported if automatic)
        text = f"use-safe-period is on at {on} only: set BOTH servers to the same value"
        yield Fault(AlarmKind.SAFE_PERIOD_DIFFERS, PAIR, Severity.WARNING, text)


def skew(pair: PairPicture, now: float) -> Iterator[Fault]:
    """The clocks of the servers differ, by the skew that they report or by what the console measures."""
    worst, limit = measured_skew(pair, now)
    known = pair.alarms.get(f"{pair.name}/{AlarmKind.CLOCK_SKEW}/{PAIR}")
    # Near the limit the alarm would come and go with the noise of the measurement.
    deadband = SKEW_DEADBAND if known is not None and known.is_active else 0.0
    warning = SKEW_WARNING_SECONDS * (1 - deadband)
    if worst > warning:
        refused = worst > limit
        text = "the servers' clocks are more than "
        give_up = all(without_lead_time(server.make) for server in pair.servers.values())
        then = "they give up the exchange of leases" if give_up else "the servers refuse the link"
        text += f"{limit:.0f} s apart: {then}, repair NTP" if refused else ""
        text += "" if refused else f"{warning:g} s apart: check NTP"
        yield Fault(AlarmKind.CLOCK_SKEW, PAIR, Severity.CRITICAL if refused else Severity.WARNING, text)


def unacked(pair: PairPicture, now: float) -> Iterator[Fault]:
    """The partner has not acknowledged a binding update for too long."""
    for server, facts in live_facts(pair, now):
        if facts.oldest_unacked_age is not None and facts.oldest_unacked_age > UNACKED_SECONDS:
            text = f"updates from {server.name} have been unacknowledged for more than {UNACKED_SECONDS:.0f} s"
            yield Fault(AlarmKind.UNACKED_UPDATES_STUCK, server.name, Severity.WARNING, text)


LINK_ROWS: tuple[AlarmRow, ...] = (
    AlarmRow(
        AlarmKind.OTHER_SERVER_NOT_RESPONDING,
        Severity.CRITICAL,
        "traps 13 and 6; log 18101; a poll in COMMUNICATIONS-INTERRUPTED. Of another related server: major",
        "traps 14 and 9; log 18102; both seen NORMAL",
        "find out whether the partner is down or cut off; before the safe period ends take one server offline, or "
        "switch use-safe-period off on both",
        advises=True,
        follows=LINK_LOST,
        waits=90,
        find=contact_lost,
        settled=contact_settled,
        needs=(Fact.STATE,),
    ),
    AlarmRow(
        AlarmKind.BOTH_ALIVE_INTERRUPTED,
        Severity.CRITICAL,
        "polls: both servers answer, and neither has contact with the other",
        "polls: no longer so",
        "repair the link between the servers; do not use Set Partner Down while both run",
        follows=(AlarmKind.CLOCK_SKEW, AlarmKind.FAILOVER_CONFIG_MISMATCH),
        waits=90,
        find=both_alone,
        settled=at_once,
        needs=(Fact.STATE,),
    ),
    AlarmRow(
        AlarmKind.BOTH_PARTNER_DOWN,
        Severity.CRITICAL,
        "polls: both were PARTNER-DOWN when last seen",
        "polls: one is seen in another state",
        "stop one server: both may lease the same address",
        find=both_partner_down,
        settled=seen_again,
        needs=(Fact.STATE,),
    ),
    AlarmRow(
        AlarmKind.PARTNER_DOWN,
        Severity.CRITICAL,
        "polls: a server in PARTNER-DOWN; log 18104, 18105",
        "polls: it is in another state",
        "make sure that the partner stays off until it can reach this server",
        follows=(AlarmKind.OTHER_SERVER_NOT_RESPONDING, AlarmKind.SERVER_STOP),
        find=partner_down,
        settled=seen_again,
        needs=(Fact.STATE,),
    ),
    AlarmRow(
        AlarmKind.SAFE_PERIOD_ENDING,
        Severity.CRITICAL,
        "polls: less than 15 minutes are left; less than half: warning",
        "polls: contact is restored, or the safe period is switched off",
        "act before it ends: then the server enters PARTNER-DOWN automatically",
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
        "check the link on both servers",
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
        "set both servers to the same value",
        find=takeover_differs,
        settled=seen_again,
        needs=(Fact.TAKEOVER,),
    ),
    AlarmRow(
        AlarmKind.CLOCK_SKEW,
        Severity.CRITICAL,
        "polls: the clocks are more than 5 s apart; log 18115. More than 2 s: warning",
        "polls: they agree",
        "repair NTP on both servers: they refuse the link",
        waits=60,
        find=skew,
        settled=seen_again,
        needs=(Fact.SKEW,),
    ),
    AlarmRow(
        AlarmKind.UNACKED_UPDATES_STUCK,
        Severity.WARNING,
        "polls: the oldest unacknowledged update is older than 30 s",
        "polls: no longer so",
        "check the partner's load and the link",
        follows=(AlarmKind.OTHER_SERVER_NOT_RESPONDING,),
        waits=60,
        find=unacked,
        settled=seen_again,
        needs=(
            Fact.UNACKED,
            Fact.UNACKED_AGE,
        ),
    ),
)
