"""Lost contact: a server is not seen by its partner or by the console; and the time after a takeover.

The console cannot tell whether a server that is not seen is down or cut off. No rule here claims to.
"""

from collections.abc import Iterator

from console.insight.countdowns import takeover_end, takeover_unknown
from console.insight.diagnosis.problem import (
    Certainty,
    Evidence,
    Problem,
    ProblemKind,
    Prospect,
    Step,
    from_server,
    log_evidence,
    no_answer,
    runbook,
    trap_evidence,
)
from console.insight.freshness import on_our_clock
from console.insight.joint import Joint
from console.insight.remedies import Remedy
from console.insight.wording import NO_REASON, duration, wall
from console.model.action_names import ActionName
from console.model.facts import PairFacts
from console.model.phases import INTERRUPTED, Phase, short
from console.model.picture import ServerPicture, Severity
from console.model.profiles import Fact

ON_PURPOSE = frozenset({Phase.PAUSED, Phase.LEFT})
LITTLE_SECONDS = 3600.0


def partner_gone(both: Joint) -> Iterator[Problem]:
    """5.1: one server has lost contact, and the other is not seen."""
    for server, other in both.each_way:
        facts = server.facts
        if both.phase(server) not in INTERRUPTED or both.seen(other) or facts is None:
            continue
        if facts.partner_phase in ON_PURPOSE:
            continue
        end, stopped = takeover_end(server), trap_evidence(both, "server-stop")
        back = _return_by(server, facts)
        evidence = (
            *contact_lost(both, server, facts),
            no_answer(other),
            *link_failures(server, facts),
            *trap_evidence(both, "other-server-not-responding"),
            *stopped,
            *log_evidence(both, "18101"),
        )
        prospect = Prospect(f"{server.name} serves from its own addresses; no automatic takeover")
        unknown = takeover_unknown(server)
        if unknown is not None:
            prospect = Prospect(f"cannot tell whether {server.name} takes over automatically: {unknown}")
        if end is not None:
            prospect = Prospect(f"{server.name} enters PARTNER-DOWN automatically", end)
        yield Problem(
            kind=ProblemKind.PARTNER_GONE,
            title=f"{other.name} is down or cut off; {_service(server, facts, 'from its own addresses')}",
            scenario="5.1",
            severity=Severity.CRITICAL,
            certainty=Certainty.LIKELY if stopped else Certainty.CANNOT_TELL,
            evidence=evidence,
            prospect=prospect,
            steps=(
                f"Check {other.name}: power, console port, ping{_port(server)}. "
                f"Make sure that it can reach {server.name}",
                f"Start {other.name} again{_before(back, both)}; make sure first that it can reach {server.name}",
                *_more_time(both, end),
                Remedy(
                    ActionName.SET_PARTNER_DOWN,
                    f"only when it is proven that {other.name} serves no clients",
                    server.name,
                ),
                runbook("main-down", "step by step, with the timers"),
            ),
        )


def _port(server: ServerPicture) -> str:
    """The port of the failover link, for makes that have one."""
    return ", TCP 647" if Fact.MCLT in server.make.facts or not server.make.polled else ""


def _service(server: ServerPicture, facts: PairFacts, whom: str) -> str:
    """Whether the server serves clients. Its phase allows that; whether it does is a separate fact."""
    return f"cannot tell whether {server.name} serves" if facts.serves is None else f"{server.name} serves {whom}"


def contact_lost(both: Joint, server: ServerPicture, facts: PairFacts) -> tuple[Evidence, ...]:
    """The state of a server without contact, and when contact was lost."""
    since = facts.contact_lost_at
    ago = "" if since is None else f" {duration(both.now - on_our_clock(server, since))} ago"
    return (from_server(server, f"{short(facts.word)}, lost contact with {facts.partner}{ago}"),)


def link_failures(server: ServerPicture, facts: PairFacts) -> tuple[Evidence, ...]:
    """How the link failed: over each transport where the server reports that, else in one line."""
    failed = [each for each in facts.transports or () if each.outcome == "failed"]
    if failed:
        words = [f"{each.name} to {each.remote}: {each.error or 'failed'}" for each in failed]
        return tuple(Evidence(line, server.name, server.reported_at) for line in words)
    return (from_server(server, f"link: {facts.link_failure}"),) if facts.link_failure else ()


def _return_by(server: ServerPicture, facts: PairFacts) -> float | None:
    lost = facts.contact_lost_at
    return None if lost is None or facts.mclt is None else on_our_clock(server, lost + facts.mclt)


def _before(at: float | None, both: Joint) -> str:
    if at is None or at <= both.now:
        return ""
    return f" before {wall(at, both.zone, both.now)} (MCLT), then no further step is needed"


def _more_time(both: Joint, end: float | None) -> tuple[Step, ...]:
    if end is None or end - both.now > LITTLE_SECONDS:
        return ()
    return (Remedy(ActionName.EXTEND_SAFE_PERIOD, "gives more time to find the cause; on both servers if both answer"),)


def only_unseen_here(both: Joint) -> Iterator[Problem]:
    """A server that the console does not see and that has contact with its partner: the pair itself works."""
    for server, other in both.each_way:
        facts = server.facts
        if not both.seen(server) or both.seen(other) or facts is None or not facts.contact or other.error is None:
            continue
        if facts.partner_phase is None:
            continue
        yield Problem(
            kind=ProblemKind.NOT_SEEN_HERE,
            title=f"{other.name} has contact with {server.name}; only this console cannot see it",
            scenario="Table 5: cannot communicate",
            severity=Severity.WARNING,
            certainty=Certainty.CERTAIN,
            evidence=(
                no_answer(other),
                from_server(server, f"in contact with {other.name}, which is {facts.partner_word}"),
            ),
            prospect=Prospect("clients are not affected; this console has no current data of that server"),
            steps=(f"Repair the network path to the management address of {other.name}, its certificate or password",),
        )


def none_seen(both: Joint) -> Iterator[Problem]:
    """Neither server answers. The cause is more often the network of this console than two failed servers."""
    if both.phases != (None, None) or both.main.error is None or both.backup.error is None:
        return
    yield Problem(
        kind=ProblemKind.NOBODY_SEEN,
        title="Neither server is seen: cannot tell whether clients are served",
        scenario="Table 5: cannot communicate",
        severity=Severity.CRITICAL,
        certainty=Certainty.CANNOT_TELL,
        evidence=(no_answer(both.main), no_answer(both.backup)),
        prospect=Prospect("cannot tell: the data shown is the last that was received"),
        steps=("Check the network of this host first", "Try from another host; try the console port of each server"),
    )


def taken_over(both: Joint) -> Iterator[Problem]:
    """5.1.5: one server has taken over, and the other is not seen."""
    for server, other in both.each_way:
        facts = server.facts
        if both.phase(server) is not Phase.TAKEN_OVER or both.seen(other) or facts is None:
            continue
        gain = facts.partner_pool_usable_at
        pending = gain is not None and on_our_clock(server, gain) > both.now
        prospect = Prospect(
            f"{_service(server, facts, 'all clients')}; {other.name} must stay off or reach it before it serves"
        )
        if pending and gain is not None:
            prospect = Prospect(f"{server.name} may lease {other.name}'s free addresses", on_our_clock(server, gain))
        yield Problem(
            kind=ProblemKind.TAKEN_OVER,
            title=f"{_service(server, facts, 'all clients')}; {other.name} was declared down and is not seen",
            scenario="5.1",
            severity=Severity.MAJOR,
            certainty=Certainty.CERTAIN,
            evidence=(from_server(server, f"PARTNER-DOWN: {facts.reason or NO_REASON}"), no_answer(other)),
            prospect=prospect,
            steps=(
                f"Make sure that {other.name} stays off until it can reach {server.name}",
                "When it starts again, watch it receive the updates that it missed; expect RECOVER, then NORMAL",
                runbook("main-down", "how to bring it back, step by step"),
            ),
        )
