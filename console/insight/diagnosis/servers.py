"""Problems of one server: it does not serve, it was stopped on purpose, its role is wrong, its updates wait."""

from collections.abc import Iterator

from console.insight.diagnosis.problem import Certainty, Problem, ProblemKind, Prospect, from_server, runbook
from console.insight.freshness import last_word, live_facts
from console.insight.joint import Joint
from console.insight.limits import UNACKED_SECONDS
from console.insight.remedies import Remedy
from console.insight.wording import NO_REASON, duration
from console.model.action_names import ActionName
from console.model.phases import INTERRUPTED, SERVING, Phase
from console.model.picture import Severity

ROLES = ("main", "backup")


def not_serving(both: Joint) -> Iterator[Problem]:
    """The process runs and does not serve clients: a full disk, a store that cannot be read."""
    for server, facts in live_facts(both.pair, both.now):
        if facts.serves is False:
            yield Problem(
                kind=ProblemKind.NOT_SERVING,
                about=server.name,
                title=f"{server.name} does not serve clients: {facts.not_serving_reason or NO_REASON}",
                scenario="the server itself",
                severity=Severity.CRITICAL if facts.phase in SERVING else Severity.MAJOR,
                certainty=Certainty.CERTAIN,
                evidence=(from_server(server, f"not serving: {facts.not_serving_reason or NO_REASON}"),),
                prospect=Prospect("its partner serves its clients where it may; it serves again without the cause"),
                steps=(f"Remove the cause on {server.name} (disk, permissions, store); it then serves again",),
            )


def on_purpose(both: Joint) -> Iterator[Problem]:
    """5.9: a server was stopped on purpose, for a short or a long time."""
    for server, other in both.each_way:
        facts = server.facts
        if facts is None or not both.seen(server) or both.seen(other):
            continue
        last_phase = facts.partner_phase
        if last_phase is Phase.PAUSED and facts.phase in INTERRUPTED:
            yield Problem(
                kind=ProblemKind.PLANNED,
                title=f"{other.name} was stopped for a short time; {server.name} serves from its own addresses",
                scenario="5.9",
                severity=Severity.WARNING,
                certainty=Certainty.CERTAIN,
                evidence=(from_server(server, f"received PAUSED from {other.name} before it stopped"),),
                prospect=Prospect(f"{server.name} waits for it, as for a lost link"),
                steps=(
                    f"Start {other.name} again",
                    Remedy(ActionName.SET_PARTNER_DOWN, "if it stays off for a long time", server.name),
                    runbook("planned-restart", "step by step"),
                ),
            )
        elif last_phase is Phase.LEFT:
            yield Problem(
                kind=ProblemKind.PLANNED,
                title=f"{other.name} was stopped for a long time; {server.name} serves all clients",
                scenario="5.9",
                severity=Severity.WARNING,
                certainty=Certainty.CERTAIN,
                evidence=(from_server(server, f"received SHUTDOWN from {other.name} before it stopped"),),
                prospect=Prospect("nothing happens automatically; one server serves without failover"),
                steps=(runbook("planned-upgrade", "one partner first, then the other"),),
            )


def roles_wrong(both: Joint) -> Iterator[Problem]:
    """5.8: the roles of the servers differ from the console's configuration, or both have the same role."""
    seen = live_facts(both.pair, both.now)
    roles = [facts.role for _, facts in seen if facts.role in ROLES]
    swapped = [(server, facts) for server, facts in seen if facts.role in ROLES and facts.role != server.role]
    if len(roles) == 2 and roles[0] == roles[1]:
        title, certainty = f"Both servers report the role {roles[0]}", Certainty.CERTAIN
    elif swapped:
        title, certainty = "The roles of the servers differ from the console's configuration", Certainty.CERTAIN
    else:
        return
    yield Problem(
        kind=ProblemKind.ROLES,
        title=title,
        scenario="5.8",
        severity=Severity.MAJOR,
        certainty=certainty,
        evidence=tuple(
            from_server(
                server,
                f"role {facts.role or 'unknown'}, state {last_word(server)}; configured here as {server.role}",
            )
            for server, facts in seen
        ),
        prospect=Prospect("servers with the same role refuse the link; steps here may name the wrong server as main"),
        steps=(
            runbook("role-reversal", "if a role reversal is under way, continue it"),
            "Otherwise correct main and backup in pairwatch.toml, or on the wrong server",
        ),
    )


def updates_stuck(both: Joint) -> Iterator[Problem]:
    """Binding updates that the partner has not acknowledged for too long."""
    for server, facts in live_facts(both.pair, both.now):
        age = facts.oldest_unacked_age
        if age is not None and age > UNACKED_SECONDS:
            yield Problem(
                kind=ProblemKind.UPDATES_STUCK,
                about=server.name,
                title=f"{facts.partner} does not acknowledge updates from {server.name}",
                scenario="the link",
                severity=Severity.WARNING,
                certainty=Certainty.CERTAIN,
                evidence=(
                    from_server(server, f"{_number(facts.unacked_updates)} in flight, the oldest {duration(age)} old"),
                    from_server(server, f"{_number(facts.updates_pending)} more are waiting to be sent"),
                ),
                prospect=Prospect("new leases of its clients stay at MCLT; the partner's records become old"),
                steps=(f"Check the load and the log of {facts.partner}",),
            )


def _number(count: int | None) -> str:
    return "an unknown number" if count is None else f"{count:,}"
