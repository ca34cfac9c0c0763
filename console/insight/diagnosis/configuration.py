"""Configurations that differ: values that make the servers refuse the link, and values that only affect clients."""

from collections.abc import Iterator, Sequence

from console.insight.config_diff import Difference, of_pair
from console.insight.countdowns import next_event, takeover
from console.insight.diagnosis.problem import (
    Certainty,
    Evidence,
    Problem,
    ProblemKind,
    Prospect,
    Step,
    from_server,
    log_evidence,
    runbook,
    trap_evidence,
)
from console.insight.freshness import live_facts, on_our_clock
from console.insight.joint import Joint
from console.insight.remedies import Remedy
from console.insight.wording import NO_REASON, span, wall
from console.model.action_names import ActionName
from console.model.configs import Concern
from console.model.facts import LinkRefusal
from console.model.picture import Severity

SHOWN = 6
TRAP = ("failover-config-mismatch", "failover-config-error")


def mismatch(both: Joint) -> Iterator[Problem]:
    """5.4: a server reports a mismatch, or a value that must be equal differs."""
    seen = [(server, facts) for server, facts in live_facts(both.pair, both.now)]
    evidence = [from_server(server, text) for server, facts in seen for text in facts.config_mismatch or ()]
    refused = [
        (server, facts.link_failure or NO_REASON)
        for server, facts in seen
        if facts.link is None and facts.link_refusal is LinkRefusal.CONFIGURATION
    ]
    evidence += [from_server(server, f"connection refused: {why}") for server, why in refused]
    lengths = [(server, facts.mclt) for server, facts in seen if facts.mclt is not None]
    if len({mclt for _, mclt in lengths}) > 1:
        evidence += [from_server(server, f"MCLT {span(mclt)}") for server, mclt in lengths]
    if {True, False} <= {facts.load_balancing for _, facts in seen}:
        evidence += [
            from_server(server, f"load balancing {'on' if facts.load_balancing else 'off'}") for server, facts in seen
        ]
    if not evidence:
        return
    prospect = Prospect("the servers may serve clients differently; the link stays up")
    if refused:
        event = next_event(both.pair, both.now)
        prospect = Prospect("the servers refuse the link, so the safe period runs", None if event is None else event.at)
    yield Problem(
        kind=ProblemKind.CONFIG_MISMATCH,
        title="The servers refuse each other's configuration"
        if refused
        else "The servers' configurations do not match",
        scenario="5.4",
        severity=Severity.CRITICAL if refused else Severity.MAJOR,
        certainty=Certainty.CERTAIN,
        evidence=(
            *evidence,
            *_differing(both, None),
            *_changed(both),
            *trap_evidence(both, *TRAP),
            *log_evidence(both, "18103"),
        ),
        prospect=prospect,
        steps=(*_reloads(both), *_repair(both), runbook("config-mismatch", "compare, correct, reload both, verify")),
    )


def _reloads(both: Joint) -> tuple[Step, ...]:
    """A reload for each server with a changed configuration that is not active yet, which is a common cause."""
    return tuple(
        Remedy(ActionName.RELOAD, f"{server.name} has not read its changed configuration yet", server.name)
        for server, facts in live_facts(both.pair, both.now)
        if facts.reload_pending
    )


def _changed(both: Joint) -> tuple[Evidence, ...]:
    """When each configuration was changed. The last change is usually the intended one, missing on the other server."""
    seen = [
        (on_our_clock(server, facts.configuration_changed), server, facts)
        for server, facts in live_facts(both.pair, both.now)
        if facts.configuration_changed is not None
    ]
    if len(seen) < 2:
        return ()
    last = max(at for at, _, _ in seen)
    return tuple(
        from_server(
            server,
            f"its configuration was changed {wall(at, both.zone, both.now)}"
            + (", the latest change" if at == last else ""),
        )
        for at, server, _ in seen
    )


def _repair(both: Joint) -> tuple[str, ...]:
    if of_pair(both.pair) is None:
        return ("Compare both configurations, correct the wrong one, and reload that server",)
    return ("Correct the values that differ on the wrong server, and reload it; then both must be NORMAL",)


def _differing(both: Joint, concern: Concern | None) -> tuple[Evidence, ...]:
    """The first SHOWN differences of a concern, or of all, and the number of further ones."""
    found = [each for each in of_pair(both.pair) or () if concern is None or each.concern is concern]
    at = max((each.at for each in both.pair.configs.values()), default=None)
    lines = tuple(Evidence(each.words, f"{both.main.name} / {both.backup.name}", at) for each in found[:SHOWN])
    if len(found) > SHOWN:
        lines += (Evidence(f"and {len(found) - SHOWN} more differences", "console", at),)
    return lines


def _names(found: Sequence[Difference]) -> str:
    names = list(dict.fromkeys(each.name for each in found))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def not_compared(both: Joint) -> str | None:
    """Why the configurations cannot be compared; None where they can."""
    return "the configurations have not been read yet" if of_pair(both.pair) is None else None


def scopes_differ(both: Joint) -> Iterator[Problem]:
    """Table 5: mismatched scopes."""
    found = [each for each in of_pair(both.pair) or () if each.concern is Concern.SCOPE]
    if found:
        yield Problem(
            kind=ProblemKind.SCOPES_DIFFER,
            title=f"The servers have different scopes: {_names(found)}",
            scenario="5.4, Table 5: mismatched scopes",
            severity=Severity.MAJOR,
            certainty=Certainty.CERTAIN,
            evidence=(*_differing(both, Concern.SCOPE), *_changed(both)),
            prospect=Prospect("addresses that are configured on one server only have no failover"),
            steps=(*_reloads(both), *_repair(both), runbook("config-mismatch", "step by step")),
        )


def service_differs(both: Joint) -> Iterator[Problem]:
    """Table 5: users cannot use services, because policies or client classes differ."""
    found = [each for each in of_pair(both.pair) or () if each.concern is Concern.SERVICE]
    if found:
        yield Problem(
            kind=ProblemKind.SERVICE_DIFFERS,
            title=f"Clients get different options from the two servers: {_names(found)}",
            scenario="5.4, Table 5: users cannot use services",
            severity=Severity.WARNING,
            certainty=Certainty.LIKELY,
            evidence=(*_differing(both, Concern.SERVICE), *_changed(both)),
            prospect=Prospect("the options of a client depend on the server that answers it"),
            steps=(
                *_reloads(both),
                "Make the policies of both servers identical; register clients in one place (LDAP), not on each server",
                runbook("config-mismatch", "step by step"),
            ),
        )


def reload_pending(both: Joint) -> Iterator[Problem]:
    """A changed configuration that is not active yet. It would become active at the next restart, unexpectedly."""
    for server, facts in live_facts(both.pair, both.now):
        if facts.reload_pending:
            at = server.reload_pending_since
            since = "" if at is None else f" since {wall(at, both.zone, both.now)} at least"
            yield Problem(
                kind=ProblemKind.RELOAD_PENDING,
                about=server.name,
                title=f"{server.name} has a changed configuration that is not active",
                scenario="5.4",
                severity=Severity.WARNING,
                certainty=Certainty.CERTAIN,
                evidence=(from_server(server, f"waits for a reload{since}"),),
                prospect=Prospect("it becomes active at the next restart"),
                steps=(Remedy(ActionName.RELOAD, "make it active now, while you can watch the server", server.name),),
            )


def safe_period_differs(both: Joint) -> Iterator[Problem]:
    """The safe period is off on one server only: the other one still takes over automatically."""
    seen = [(server, takeover(facts).automatic) for server, facts in live_facts(both.pair, both.now)]
    if not {True, False} <= {automatic for _, automatic in seen}:
        return
    on = next(server for server, automatic in seen if automatic)
    yield Problem(
        kind=ProblemKind.SAFE_PERIOD_DIFFERS,
        title=f"The safe period is off on one server only: {on.name} still takes over automatically",
        scenario="5.2",
        severity=Severity.WARNING,
        certainty=Certainty.CERTAIN,
        evidence=tuple(
            from_server(server, f"use-safe-period is {'on' if automatic else 'off'}") for server, automatic in seen
        ),
        prospect=Prospect(f"if the link is lost, {on.name} takes over and the other server does not"),
        steps=(Remedy(ActionName.SAFE_PERIOD, "set BOTH servers to the same value"),),
    )
