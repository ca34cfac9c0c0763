"""Configurations that do not fit together: what refuses the link, and what only serves clients differently."""

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
    logged,
    runbook,
    says,
    trapped,
)
from console.insight.freshness import live_facts, on_our_clock
from console.insight.remedies import Remedy
from console.insight.verdict import Joint
from console.insight.wording import span, wall
from console.model.action_names import ActionName
from console.model.configs import Concern
from console.model.facts import LinkRefusal
from console.model.picture import Severity

SHOWN = 6
TRAP = ("failover-config-mismatch", "failover-config-error")


def mismatch(both: Joint) -> Iterator[Problem]:
    """5.4: the servers say that they do not agree, or a value that must be equal is not."""
    told = [(server, facts) for server, facts in live_facts(both.pair, both.now)]
    evidence = [says(server, text) for server, facts in told for text in facts.config_mismatch or ()]
    refused = [
        (server, facts.link_failure or "no reason given")
        for server, facts in told
        if facts.link is None and facts.link_refusal is LinkRefusal.CONFIGURATION
    ]
    evidence += [says(server, f"connection refused: {why}") for server, why in refused]
    lengths = [(server, facts.mclt) for server, facts in told if facts.mclt is not None]
    if len({mclt for _, mclt in lengths}) > 1:
        evidence += [says(server, f"MCLT {span(mclt)}") for server, mclt in lengths]
    if {True, False} <= {facts.load_balancing for _, facts in told}:
        evidence += [
            says(server, f"load balancing {'on' if facts.load_balancing else 'off'}") for server, facts in told
        ]
    if not evidence:
        return
    prospect = Prospect("clients may be served differently by the two; the link stays up")
    if refused:
        event = next_event(both.pair, both.now)
        prospect = Prospect(
            "the link is refused, so the countdown of a lost link runs", None if event is None else event.at
        )
    yield Problem(
        kind=ProblemKind.CONFIG_MISMATCH,
        title="The servers refuse each other's configuration"
        if refused
        else "The servers' configurations do not match",
        scenario="5.4",
        severity=Severity.CRITICAL if refused else Severity.MAJOR,
        certainty=Certainty.CERTAIN,
        evidence=(*evidence, *_differing(both, None), *_changed(both), *trapped(both, *TRAP), *logged(both, "18103")),
        prospect=prospect,
        steps=(*_reloads(both), *_repair(both), runbook("config-mismatch", "compare, correct, reload both, verify")),
    )


def _reloads(both: Joint) -> tuple[Step, ...]:
    """Common: changed on one side, and not taken up yet."""
    return tuple(
        Remedy(ActionName.RELOAD, f"{server.name} has a changed configuration that it has not read", server.name)
        for server, facts in live_facts(both.pair, both.now)
        if facts.reload_pending
    )


def _changed(both: Joint) -> tuple[Evidence, ...]:
    """Which side changed last: usually the one that knows what is wanted, and the other one was forgotten."""
    told = [
        (on_our_clock(server, facts.configuration_changed), server, facts)
        for server, facts in live_facts(both.pair, both.now)
        if facts.configuration_changed is not None
    ]
    if len(told) < 2:
        return ()
    last = max(at for at, _, _ in told)
    return tuple(
        says(
            server,
            f"its configuration was changed {wall(at, both.zone, both.now)}" + (", the last" if at == last else ""),
        )
        for at, server, _ in told
    )


def _repair(both: Joint) -> tuple[str, ...]:
    if of_pair(both.pair) is None:
        return ("Compare both configurations, correct the one that is wrong, and reload it",)
    return ("Correct the values that differ on the server that is wrong, and reload it; then both must be NORMAL",)


def _differing(both: Joint, concern: Concern | None) -> tuple[Evidence, ...]:
    """The differences of these classes, or of all, as far as they fit."""
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
    """Why configurations cannot be compared."""
    return "the configurations were not asked for" if of_pair(both.pair) is None else None


def scopes_differ(both: Joint) -> Iterator[Problem]:
    """Table 5: mismatched scopes."""
    found = [each for each in of_pair(both.pair) or () if each.concern is Concern.SCOPE]
    if found:
        yield Problem(
            kind=ProblemKind.SCOPES_DIFFER,
            title=f"The scopes of the two servers differ: {_names(found)}",
            scenario="5.4, Table 5: mismatched scopes",
            severity=Severity.MAJOR,
            certainty=Certainty.CERTAIN,
            evidence=(*_differing(both, Concern.SCOPE), *_changed(both)),
            prospect=Prospect("addresses that one of them does not know are not protected by the other"),
            steps=(*_reloads(both), *_repair(both), runbook("config-mismatch", "step by step")),
        )


def service_differs(both: Joint) -> Iterator[Problem]:
    """Table 5: users cannot use what they expect, since policies or client classes differ."""
    found = [each for each in of_pair(both.pair) or () if each.concern is Concern.SERVICE]
    if found:
        yield Problem(
            kind=ProblemKind.SERVICE_DIFFERS,
            title=f"Clients get other options from each server: {_names(found)}",
            scenario="5.4, Table 5: users cannot use services",
            severity=Severity.WARNING,
            certainty=Certainty.LIKELY,
            evidence=(*_differing(both, Concern.SERVICE), *_changed(both)),
            prospect=Prospect("what a client gets depends on which server answers it"),
            steps=(
                *_reloads(both),
                "Make the policies of both servers identical; register clients in one place (LDAP) rather than in each",
                runbook("config-mismatch", "step by step"),
            ),
        )


def reload_pending(both: Joint) -> Iterator[Problem]:
    """A changed configuration that is not in force: nothing is wrong yet, and it surprises at the next restart."""
    for server, facts in live_facts(both.pair, both.now):
        if facts.reload_pending:
            at = server.reload_pending_since
            since = "" if at is None else f" since {wall(at, both.zone, both.now)} at least"
            yield Problem(
                kind=ProblemKind.RELOAD_PENDING,
                about=server.name,
                title=f"{server.name} has a changed configuration that is not in force",
                scenario="5.4",
                severity=Severity.WARNING,
                certainty=Certainty.CERTAIN,
                evidence=(says(server, f"waits for a reload{since}"),),
                prospect=Prospect("it takes effect at the next restart, whenever that is"),
                steps=(Remedy(ActionName.RELOAD, "take it up now, while somebody looks", server.name),),
            )


def safe_period_differs(both: Joint) -> Iterator[Problem]:
    """Switched off on one server only: the other one still takes over by itself."""
    told = [(server, takeover(facts).automatic) for server, facts in live_facts(both.pair, both.now)]
    if not {True, False} <= {automatic for _, automatic in told}:
        return
    on = next(server for server, automatic in told if automatic)
    yield Problem(
        kind=ProblemKind.SAFE_PERIOD_DIFFERS,
        title=f"The safe period is off on one server only: {on.name} still takes over by itself",
        scenario="5.2",
        severity=Severity.WARNING,
        certainty=Certainty.CERTAIN,
        evidence=tuple(
            says(server, f"use-safe-period is {'on' if automatic else 'off'}") for server, automatic in told
        ),
        prospect=Prospect("a lost link ends in a takeover by one of them alone"),
        steps=(Remedy(ActionName.SAFE_PERIOD, "change BOTH or none"),),
    )
