"""What is wrong with a server itself, or was done to it on purpose."""

from collections.abc import Iterator

from console.insight.diagnosis.problem import Certainty, Problem, ProblemKind, Prospect, runbook, says
from console.insight.freshness import last_word, live_facts
from console.insight.limits import UNACKED_SECONDS
from console.insight.remedies import Remedy
from console.insight.verdict import Joint
from console.insight.wording import duration
from console.model.action_names import ActionName
from console.model.phases import INTERRUPTED, SERVING, Phase
from console.model.picture import Severity

ROLES = ("main", "backup")


def not_serving(both: Joint) -> Iterator[Problem]:
    """The process lives, and answers no client: a disk that is full, a store that cannot be read."""
    for server, facts in live_facts(both.pair, both.now):
        if facts.serves is False:
            yield Problem(
                kind=ProblemKind.NOT_SERVING,
                about=server.name,
                title=f"{server.name} answers no client: {facts.not_serving_reason or 'it gives no reason'}",
                scenario="the server itself",
                severity=Severity.CRITICAL if facts.phase in SERVING else Severity.MAJOR,
                certainty=Certainty.CERTAIN,
                evidence=(says(server, f"not serving: {facts.not_serving_reason or 'no reason given'}"),),
                prospect=Prospect("its partner takes its clients where it may; it serves again when the cause is gone"),
                steps=(f"Remove the cause on {server.name} (disk, permissions, store); it tries again by itself",),
            )


def on_purpose(both: Joint) -> Iterator[Problem]:
    """5.9: a server was stopped by somebody, for a short while or for long."""
    for server, other in both.each_way:
        facts = server.facts
        if facts is None or not both.seen(server) or both.seen(other):
            continue
        said = facts.partner_phase
        if said is Phase.PAUSED and facts.phase in INTERRUPTED:
            yield Problem(
                kind=ProblemKind.PLANNED,
                title=f"{other.name} was stopped for a short while; {server.name} serves from its own addresses",
                scenario="5.9",
                severity=Severity.WARNING,
                certainty=Certainty.CERTAIN,
                evidence=(says(server, f"{other.name} said PAUSED before it went"),),
                prospect=Prospect(f"{server.name} waits for it as for a lost link"),
                steps=(
                    f"Start {other.name} again",
                    Remedy(ActionName.SET_PARTNER_DOWN, "if it stays away for long after all", server.name),
                    runbook("planned-restart", "step by step"),
                ),
            )
        elif said is Phase.LEFT:
            yield Problem(
                kind=ProblemKind.PLANNED,
                title=f"{other.name} was stopped for long; {server.name} serves everyone",
                scenario="5.9",
                severity=Severity.WARNING,
                certainty=Certainty.CERTAIN,
                evidence=(says(server, f"{other.name} said SHUTDOWN before it went"),),
                prospect=Prospect("nothing happens by itself; one server is without a spare"),
                steps=(runbook("planned-upgrade", "one partner first, then the other"),),
            )


def roles_wrong(both: Joint) -> Iterator[Problem]:
    """5.8: servers that have other roles than this console was told, or both the same."""
    told = live_facts(both.pair, both.now)
    roles = [facts.role for _, facts in told if facts.role in ROLES]
    swapped = [(server, facts) for server, facts in told if facts.role in ROLES and facts.role != server.role]
    if len(roles) == 2 and roles[0] == roles[1]:
        title, certainty = f"Both servers say that they are the {roles[0]}", Certainty.CERTAIN
    elif swapped:
        title, certainty = "The servers' roles are not those of this console's configuration", Certainty.CERTAIN
    else:
        return
    yield Problem(
        kind=ProblemKind.ROLES,
        title=title,
        scenario="5.8",
        severity=Severity.MAJOR,
        certainty=certainty,
        evidence=tuple(
            says(
                server,
                f"it is {facts.role or 'unknown'} and {last_word(server)}; configured here as {server.role}",
            )
            for server, facts in told
        ),
        prospect=Prospect("two of one role refuse each other; advice that names the main may mean the wrong one"),
        steps=(
            runbook("role-reversal", "if a reversal is under way, go on with it"),
            "Else correct main and backup in pairwatch.toml, or on the server that is wrong",
        ),
    )


def updates_stuck(both: Joint) -> Iterator[Problem]:
    """Updates that the partner does not acknowledge, or has refused."""
    for server, facts in live_facts(both.pair, both.now):
        age = facts.oldest_unacked_age
        if age is not None and age > UNACKED_SECONDS:
            yield Problem(
                kind=ProblemKind.UPDATES_STUCK,
                about=server.name,
                title=f"{facts.partner} does not acknowledge updates of {server.name}",
                scenario="the link",
                severity=Severity.WARNING,
                certainty=Certainty.CERTAIN,
                evidence=(
                    says(server, f"{_number(facts.unacked_updates)} in flight, the oldest {duration(age)} old"),
                    says(server, f"{_number(facts.updates_pending)} more wait to be sent"),
                ),
                prospect=Prospect("new leases of its clients stay at MCLT; the partner's records grow old"),
                steps=(f"Look at the load and the log of {facts.partner}",),
            )


def _number(count: int | None) -> str:
    return "an unknown number" if count is None else f"{count:,}"
