"""What is wrong with a server itself, or was done to it on purpose."""

from collections.abc import Iterator

from console.insight.diagnosis.finding import Certainty, Finding, Prospect, runbook, says
from console.insight.freshness import live_reports
from console.insight.remedies import SET_PARTNER_DOWN, Remedy
from console.insight.verdict import Joint
from console.insight.wording import duration
from console.model.picture import Severity
from console.model.states import ALONE, SERVING, State

ROLES = ("main", "backup")
UNACKED_SECONDS = 30.0


def not_serving(both: Joint) -> Iterator[Finding]:
    """The process lives, and answers no client: a disk that is full, a store that cannot be read."""
    for server, report in live_reports(both.pair, both.now):
        if not report.serving:
            yield Finding(
                id=f"not-serving/{server.name}",
                title=f"{server.name} answers no client: {report.not_serving_reason or 'it gives no reason'}",
                scenario="the server itself",
                severity=Severity.CRITICAL if report.state in SERVING else Severity.MAJOR,
                certainty=Certainty.CERTAIN,
                evidence=(says(server, f"not serving: {report.not_serving_reason or 'no reason given'}"),),
                prospect=Prospect("its partner takes its clients where it may; it serves again when the cause is gone"),
                steps=(f"Remove the cause on {server.name} (disk, permissions, store); it tries again by itself",),
            )


def on_purpose(both: Joint) -> Iterator[Finding]:
    """5.9: a server was stopped by somebody, for a short while or for long."""
    for server, other in both.each_way:
        report = server.report
        if report is None or not both.seen(server) or both.seen(other):
            continue
        said = report.partner_state
        if said is State.PAUSED and report.state in ALONE:
            yield Finding(
                id="planned",
                title=f"{other.name} was stopped for a short while; {server.name} serves from its own addresses",
                scenario="5.9",
                severity=Severity.WARNING,
                certainty=Certainty.CERTAIN,
                evidence=(says(server, f"{other.name} said PAUSED before it went"),),
                prospect=Prospect(f"{server.name} waits for it as for a lost link"),
                steps=(
                    f"Start {other.name} again",
                    Remedy(SET_PARTNER_DOWN, "if it stays away for long after all", server.name),
                    runbook("planned-restart", "step by step"),
                ),
            )
        elif said is State.SHUTDOWN:
            yield Finding(
                id="planned",
                title=f"{other.name} was stopped for long; {server.name} serves everyone",
                scenario="5.9",
                severity=Severity.WARNING,
                certainty=Certainty.CERTAIN,
                evidence=(says(server, f"{other.name} said SHUTDOWN before it went"),),
                prospect=Prospect("nothing happens by itself; one server is without a spare"),
                steps=(runbook("planned-upgrade", "one partner first, then the other"),),
            )


def roles_wrong(both: Joint) -> Iterator[Finding]:
    """5.8: servers that have other roles than this console was told, or both the same."""
    told = live_reports(both.pair, both.now)
    roles = [report.role for _, report in told]
    swapped = [(server, report) for server, report in told if report.role in ROLES and report.role != server.role]
    if len(roles) == 2 and roles[0] == roles[1]:
        title, certainty = f"Both servers say that they are the {roles[0]}", Certainty.CERTAIN
    elif swapped:
        title, certainty = "The servers' roles are not those of this console's configuration", Certainty.CERTAIN
    else:
        return
    yield Finding(
        id="roles",
        title=title,
        scenario="5.8",
        severity=Severity.MAJOR,
        certainty=certainty,
        evidence=tuple(
            says(server, f"it is {report.role} and {report.state}; configured here as {server.role}")
            for server, report in told
        ),
        prospect=Prospect("two of one role refuse each other; advice that names the main may mean the wrong one"),
        steps=(
            runbook("role-reversal", "if a reversal is under way, go on with it"),
            "Else correct main and backup in pairwatch.toml, or on the server that is wrong",
        ),
    )


def updates_stuck(both: Joint) -> Iterator[Finding]:
    """Updates that the partner does not acknowledge, or has refused."""
    for server, report in live_reports(both.pair, both.now):
        age = report.oldest_unacked_age
        if age is not None and age > UNACKED_SECONDS:
            yield Finding(
                id=f"updates-stuck/{server.name}",
                title=f"{report.partner_name} does not acknowledge updates of {server.name}",
                scenario="the link",
                severity=Severity.WARNING,
                certainty=Certainty.CERTAIN,
                evidence=(
                    says(server, f"{report.unacked_updates:,} in flight, the oldest {duration(age)} old"),
                    says(server, f"{report.updates_pending:,} more wait to be sent"),
                ),
                prospect=Prospect("new leases of its clients stay at MCLT; the partner's records grow old"),
                steps=(f"Look at the load and the log of {report.partner_name}",),
            )
