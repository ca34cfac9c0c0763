"""Contact lost: one server is not seen, by the other or by us; and what a takeover left open.

Whether a server that nobody sees is down or cut off is more than a console can know, and no rule here claims it.
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
    logged,
    runbook,
    says,
    trapped,
    unseen,
)
from console.insight.freshness import on_our_clock
from console.insight.remedies import Remedy
from console.insight.verdict import Joint
from console.insight.wording import duration, wall
from console.model.action_names import ActionName
from console.model.facts import PairFacts
from console.model.phases import INTERRUPTED, Phase, short
from console.model.picture import ServerPicture, Severity

ON_PURPOSE = frozenset({Phase.PAUSED, Phase.LEFT})
LITTLE_SECONDS = 3600.0


def partner_gone(both: Joint) -> Iterator[Problem]:
    """5.1: one server is alone and the other is not seen."""
    for server, other in both.each_way:
        facts = server.facts
        if both.phase(server) not in INTERRUPTED or both.seen(other) or facts is None:
            continue
        if facts.partner_phase in ON_PURPOSE:
            continue
        end, stopped = takeover_end(server), trapped(both, "server-stop")
        back = _return_by(server, facts)
        evidence = (
            *lonely(both, server, facts),
            unseen(other),
            *tried(server, facts),
            *trapped(both, "other-server-not-responding"),
            *stopped,
            *logged(both, "18101"),
        )
        prospect = Prospect(f"{server.name} keeps serving from its own addresses; no takeover by itself")
        unknown = takeover_unknown(server)
        if unknown is not None:
            prospect = Prospect(f"cannot tell whether {server.name} takes over by itself: {unknown}")
        if end is not None:
            prospect = Prospect(f"{server.name} enters PARTNER-DOWN by itself", end)
        yield Problem(
            kind=ProblemKind.PARTNER_GONE,
            title=f"{other.name} is down or cut off; {_service(server, facts, 'from its own addresses')}",
            scenario="5.1",
            severity=Severity.CRITICAL,
            certainty=Certainty.LIKELY if stopped else Certainty.CANNOT_TELL,
            evidence=evidence,
            prospect=prospect,
            steps=(
                f"Look at {other.name}: power, console port, ping, TCP 647. Make sure that it can reach {server.name}",
                f"Bring {other.name} back{_before(back, both)}; see to it that it reaches {server.name} first",
                *_more_time(both, end),
                Remedy(
                    ActionName.SET_PARTNER_DOWN, f"only when it is proven that {other.name} serves nobody", server.name
                ),
                runbook("main-down", "step by step, with the timers"),
            ),
        )


def _service(server: ServerPicture, facts: PairFacts, whom: str) -> str:
    """What the server does for clients: its phase lets it serve, and whether it does is a fact of its own."""
    return f"cannot tell whether {server.name} serves" if facts.serves is None else f"{server.name} serves {whom}"


def lonely(both: Joint, server: ServerPicture, facts: PairFacts) -> tuple[Evidence, ...]:
    """That a server has no contact, and for how long."""
    since = facts.contact_lost_at
    lasting = "" if since is None else f" for {duration(both.now - on_our_clock(server, since))}"
    return (says(server, f"{short(facts.word)}, no contact with {facts.partner}{lasting}"),)


def tried(server: ServerPicture, facts: PairFacts) -> tuple[Evidence, ...]:
    """How the link failed: over each transport where the server tells, else in one line."""
    failed = [each for each in facts.transports or () if each.outcome == "failed"]
    if failed:
        words = [f"{each.name} to {each.remote}: {each.error or 'failed'}" for each in failed]
        return tuple(Evidence(line, server.name, server.reported_at) for line in words)
    return (says(server, f"link: {facts.link_failure}"),) if facts.link_failure else ()


def _return_by(server: ServerPicture, facts: PairFacts) -> float | None:
    lost = facts.contact_lost_at
    return None if lost is None or facts.mclt is None else on_our_clock(server, lost + facts.mclt)


def _before(at: float | None, both: Joint) -> str:
    if at is None or at <= both.now:
        return ""
    return f" before {wall(at, both.zone, both.now)} (MCLT): then nothing more is to do"


def _more_time(both: Joint, end: float | None) -> tuple[Step, ...]:
    if end is None or end - both.now > LITTLE_SECONDS:
        return ()
    return (
        Remedy(
            ActionName.EXTEND_SAFE_PERIOD, "little time is left to find out; on both servers where both are reached"
        ),
    )


def only_unseen_here(both: Joint) -> Iterator[Problem]:
    """A server that we do not see and its partner talks to: our way to it is broken, not the pair."""
    for server, other in both.each_way:
        facts = server.facts
        if not both.seen(server) or both.seen(other) or facts is None or not facts.contact or other.error is None:
            continue
        if facts.partner_phase is None:
            continue
        yield Problem(
            kind=ProblemKind.NOT_SEEN_HERE,
            title=f"{other.name} works, says {server.name}; only this console does not see it",
            scenario="Table 5: cannot communicate",
            severity=Severity.WARNING,
            certainty=Certainty.CERTAIN,
            evidence=(unseen(other), says(server, f"in contact with {other.name}, which says {facts.partner_word}")),
            prospect=Prospect("nothing for clients; this console is half blind until then"),
            steps=(f"Repair the way to the management address of {other.name}, its certificate, or the password",),
        )


def nobody_seen(both: Joint) -> Iterator[Problem]:
    """Neither server answers: far more often this console's network than two dead servers."""
    if both.phases != (None, None) or both.main.error is None or both.backup.error is None:
        return
    yield Problem(
        kind=ProblemKind.NOBODY_SEEN,
        title="Neither server is seen from here: nothing can be said about service",
        scenario="Table 5: cannot communicate",
        severity=Severity.UNKNOWN,
        certainty=Certainty.CANNOT_TELL,
        evidence=(unseen(both.main), unseen(both.backup)),
        prospect=Prospect("nothing is known: what is shown is what was last said"),
        steps=("Check this host's own network first", "Ask from another place; try each server's console port"),
    )


def taken_over(both: Joint) -> Iterator[Problem]:
    """5.1.5: one has taken over, and the other is not seen."""
    for server, other in both.each_way:
        facts = server.facts
        if both.phase(server) is not Phase.TAKEN_OVER or both.seen(other) or facts is None:
            continue
        gain = facts.partner_pool_usable_at
        pending = gain is not None and on_our_clock(server, gain) > both.now
        prospect = Prospect(
            f"{_service(server, facts, 'everyone')}; {other.name} must stay off or reach it before it serves"
        )
        if pending and gain is not None:
            prospect = Prospect(f"{server.name} may give out {other.name}'s free addresses", on_our_clock(server, gain))
        yield Problem(
            kind=ProblemKind.TAKEN_OVER,
            title=f"{_service(server, facts, 'everyone')}; {other.name} is declared down and not seen",
            scenario="5.1",
            severity=Severity.MAJOR,
            certainty=Certainty.CERTAIN,
            evidence=(says(server, f"PARTNER-DOWN: {facts.reason or 'no reason given'}"), unseen(other)),
            prospect=prospect,
            steps=(
                f"Make sure that {other.name} stays off until it can contact {server.name}",
                "When it returns, watch it take over what it missed; expect RECOVER, then NORMAL",
                runbook("main-down", "the way back, step by step"),
            ),
        )
