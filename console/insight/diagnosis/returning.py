"""Servers on their way back: conflicts to resolve, bindings to take over, databases that are lost or too old."""

from collections.abc import Iterator

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
)
from console.insight.freshness import last_word, live_facts, on_our_clock
from console.insight.limits import STALLED_SECONDS
from console.insight.numbers.link import progress, recover_deadline
from console.insight.remedies import Remedy
from console.insight.verdict import Joint
from console.insight.wording import duration, wall
from console.model.action_names import ActionName
from console.model.facts import PairFacts
from console.model.phases import Phase
from console.model.picture import ServerPicture, Severity

OLDER_SECONDS = 60.0
"""A database whose last contact lies this far before its partner's is not the one that the server had."""


def _transfer(server: ServerPicture, partner: ServerPicture) -> tuple[Evidence, ...]:
    found, facts = progress(server, partner), server.facts
    if found is None or facts is None or facts.resync is None:
        return ()
    of = "" if found.total is None else f" of {found.total:,}"
    end = "" if found.eta_seconds is None else f", {duration(found.eta_seconds)} to go"
    return (says(server, f"{facts.resync.kind}: {found.done:,}{of}{end}"),)


def conflict(both: Joint) -> Iterator[Problem]:
    """5.5: both were serving without each other, and now compare what they gave out."""
    told = [(server, facts) for server, facts in live_facts(both.pair, both.now)]
    resolving = [(server, facts) for server, facts in told if facts.phase is Phase.CONFLICT]
    if not resolving:
        return
    silent = len(resolving) == 2
    since = [on_our_clock(server, at) for server, facts in resolving if (at := facts.since) is not None]
    lasting = both.now - min(since) if since else 0.0
    moving = any(
        (found := progress(server, both.pair.partner_of(server.name))) is not None and found.per_second
        for server, _ in told
    )
    stalled = lasting > STALLED_SECONDS and not moving
    evidence = [says(server, f"{facts.word} for {duration(lasting)}") for server, facts in resolving]
    for server, _ in both.each_way:
        evidence += _transfer(server, both.pair.partner_of(server.name))
    wait: Step = "Wait: it ends by itself, the main first. Do not restart either"
    if stalled:
        wait = "It has not moved for 2 minutes: look at the link and both logs; a broken link lets both serve again"
    yield Problem(
        kind=ProblemKind.POTENTIAL_CONFLICT,
        title=("Nobody serves clients: " if silent else "One server is silent: ") + "conflicts are being resolved",
        scenario="5.5",
        severity=Severity.CRITICAL,
        certainty=Certainty.CERTAIN,
        evidence=(*evidence, *logged(both, "18107")) if stalled else tuple(evidence),
        prospect=Prospect("clients that must renew meanwhile get no answer; it usually takes seconds to minutes"),
        steps=(wait, runbook("potential-conflict", "what to do with the clients that lose their address")),
    )


def interrupted_resolution(both: Joint) -> Iterator[Problem]:
    """5.5.2: the partner vanished while conflicts were being resolved."""
    for server, facts in live_facts(both.pair, both.now):
        if facts.phase is Phase.CONFLICT_ALONE:
            yield Problem(
                kind=ProblemKind.RESOLUTION_INTERRUPTED,
                about=server.name,
                title=f"{server.name} lost contact while conflicts were being resolved; it serves its own addresses",
                scenario="5.5",
                severity=Severity.CRITICAL,
                certainty=Certainty.CERTAIN,
                evidence=(says(server, f"RESOLUTION-INTERRUPTED: {facts.reason or facts.link_failure or ''}"),),
                prospect=Prospect("conflicts stay unresolved: some addresses may have two clients"),
                steps=("Restore the link: it goes on where it was", runbook("potential-conflict", "step by step")),
            )


def recovering(both: Joint) -> Iterator[Problem]:
    """5.1.6, 5.6, 5.7: a server that comes back; from what it asks for follows what it has lost."""
    for server, other in both.each_way:
        facts = server.facts
        if facts is None or both.phase(server) not in {Phase.RETURNING, Phase.RETURN_WAIT, Phase.RETURNED}:
            continue
        full = facts.resync is not None and facts.resync.full
        scenario, subject, title = _way_back(server, facts, full)
        end = recover_deadline(server)
        waits = end is not None and end > both.now
        evidence = [says(server, f"{facts.word}: {facts.reason}".rstrip(": ")), *_transfer(server, other)]
        if facts.recover_from is not None:
            evidence.append(says(server, f"failover-recover is {wall(facts.recover_from, both.zone, both.now)}"))
        yield Problem(
            kind=ProblemKind.RECOVERING,
            about=server.name,
            title=title,
            scenario=scenario,
            severity=Severity.WARNING,
            certainty=Certainty.LIKELY if full else Certainty.CERTAIN,
            evidence=tuple(evidence),
            prospect=Prospect(
                f"{server.name} serves again by itself" if waits else "it goes on by itself", end if waits else None
            ),
            steps=(
                "Wait, and do not restart it: a restart begins the transfer again",
                runbook(subject, "what to expect"),
            ),
        )


def _way_back(server: ServerPicture, facts: PairFacts, full: bool) -> tuple[str, str, str]:
    """Scenario, runbook and title of a recovery."""
    if facts.recover_requested:
        return "5.7", "restored-database", f"{server.name} comes back with a restored lease database"
    if full:
        return "5.6", "lost-database", f"{server.name} comes back and is told everything: it had lost its leases"
    return "5.1", "main-down", f"{server.name} comes back and takes over what it missed"


def old_database(both: Joint) -> Iterator[Problem]:
    """5.7: a server starts from records that end before its partner last heard it: an old database was restored."""
    for server, other in both.each_way:
        facts, theirs = server.facts, other.facts
        if facts is None or theirs is None or both.phase(server) is not Phase.STARTING or facts.link is not None:
            continue
        if facts.last_contact is None or theirs.last_contact is None or facts.recover_requested:
            continue
        mine, known = on_our_clock(server, facts.last_contact), on_our_clock(other, theirs.last_contact)
        if mine < known - OLDER_SECONDS:
            yield Problem(
                kind=ProblemKind.OLD_DATABASE,
                about=server.name,
                title=f"{server.name} starts from old leases: its records end {duration(known - mine)} too early",
                scenario="5.7",
                severity=Severity.CRITICAL,
                certainty=Certainty.LIKELY,
                evidence=(
                    says(server, f"its last contact was {wall(mine, both.zone, both.now)}"),
                    says(other, f"it heard {server.name} until {wall(known, both.zone, both.now)}"),
                ),
                prospect=Prospect("it would take addresses for free that its partner knows to be leased"),
                steps=(
                    Remedy(ActionName.STOP, "before it serves", server.name),
                    "Set failover-recover to the time of the backup, then start it",
                    runbook("restored-database", "step by step"),
                ),
            )


def wrong_path(both: Joint) -> Iterator[Problem]:
    """5.6.2: a main without a memory that cannot reach its partner takes itself for new, and serves everyone."""
    for server, other in both.each_way:
        facts = server.facts
        if facts is None or both.phase(server) is not Phase.TAKEN_OVER or facts.ever_in_contact is not False:
            continue
        known = other.facts is not None and other.facts.ever_in_contact
        if not known:
            continue
        yield Problem(
            kind=ProblemKind.WRONG_PATH,
            about=server.name,
            title=f"{server.name} started without its memory and serves everyone: stop it now",
            scenario="5.6",
            severity=Severity.CRITICAL,
            certainty=Certainty.CERTAIN,
            evidence=(
                says(server, "PARTNER-DOWN, and it never talked to a partner: its database is empty"),
                says(other, f"it has talked to {server.name} before, and is {last_word(other)}"),
            ),
            prospect=Prospect("it gives out addresses that its partner has leased"),
            steps=(
                Remedy(ActionName.STOP, "it must start only when it reaches its partner", server.name),
                runbook("lost-database", "bring it back so that it is told everything first"),
            ),
        )


def _recover_from(facts: PairFacts, both: Joint) -> str:
    return "is set" if facts.recover_from is None else wall(facts.recover_from, both.zone, both.now)


def recover_left_set(both: Joint) -> Iterator[Problem]:
    """5.6.3: failover-recover was for one start and is still there."""
    for server, facts in live_facts(both.pair, both.now):
        if facts.recover_requested and facts.phase is Phase.NORMAL:
            yield Problem(
                kind=ProblemKind.RECOVER_SET,
                about=server.name,
                title=f"failover-recover is still set on {server.name}",
                scenario="5.6",
                severity=Severity.WARNING,
                certainty=Certainty.CERTAIN,
                evidence=(says(server, f"failover-recover {_recover_from(facts, both)}"),),
                prospect=Prospect("its next start recovers again, and serves nobody for MCLT"),
                steps=(f"Unset failover-recover on {server.name}, and save",),
            )
