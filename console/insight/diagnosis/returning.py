"""Servers that return: conflicts to resolve, bindings to transfer, databases that are lost or too old."""

from collections.abc import Iterator

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
)
from console.insight.freshness import last_word, live_facts, on_our_clock
from console.insight.joint import Joint
from console.insight.limits import STALLED_SECONDS
from console.insight.numbers.link import progress, recover_deadline
from console.insight.remedies import Remedy
from console.insight.wording import duration, wall
from console.model.action_names import ActionName
from console.model.facts import PairFacts
from console.model.phases import Phase
from console.model.picture import ServerPicture, Severity

OLDER_SECONDS = 60.0
"""If the last contact of a database is this much earlier than its partner's, an old copy was restored."""


def _transfer(server: ServerPicture, partner: ServerPicture) -> tuple[Evidence, ...]:
    found, facts = progress(server, partner), server.facts
    if found is None or facts is None or facts.resync is None:
        return ()
    of = "" if found.total is None else f" of {found.total:,}"
    end = "" if found.eta_seconds is None else f", {duration(found.eta_seconds)} to go"
    return (from_server(server, f"{facts.resync.kind}: {found.done:,}{of}{end}"),)


def conflict(both: Joint) -> Iterator[Problem]:
    """5.5: both servers served without contact, and now compare their leases."""
    seen = [(server, facts) for server, facts in live_facts(both.pair, both.now)]
    resolving = [(server, facts) for server, facts in seen if facts.phase is Phase.CONFLICT]
    if not resolving:
        return
    silent = len(resolving) == 2
    since = [on_our_clock(server, at) for server, facts in resolving if (at := facts.since) is not None]
    lasting = both.now - min(since) if since else 0.0
    moving = any(
        (found := progress(server, both.pair.partner_of(server.name))) is not None and found.per_second
        for server, _ in seen
    )
    stalled = lasting > STALLED_SECONDS and not moving
    evidence = [from_server(server, f"{facts.word} for {duration(lasting)}") for server, facts in resolving]
    for server, _ in both.each_way:
        evidence += _transfer(server, both.pair.partner_of(server.name))
    wait: Step = "Wait: it ends without help, on the main first. Do not restart either server"
    if stalled:
        wait = "No progress for 2 minutes: check the link and both logs. If the link is lost, both servers serve again"
    yield Problem(
        kind=ProblemKind.POTENTIAL_CONFLICT,
        title=("No server serves clients: " if silent else "One server does not serve clients: ")
        + "conflicts are being resolved",
        scenario="5.5",
        severity=Severity.CRITICAL,
        certainty=Certainty.CERTAIN,
        evidence=(*evidence, *log_evidence(both, "18107")) if stalled else tuple(evidence),
        prospect=Prospect("clients that must renew get no answer until it ends, usually after seconds to minutes"),
        steps=(wait, runbook("potential-conflict", "what to do about clients that lose their address")),
    )


def interrupted_resolution(both: Joint) -> Iterator[Problem]:
    """5.5.2: contact was lost while conflicts were being resolved."""
    for server, facts in live_facts(both.pair, both.now):
        if facts.phase is Phase.CONFLICT_ALONE:
            yield Problem(
                kind=ProblemKind.RESOLUTION_INTERRUPTED,
                about=server.name,
                title=f"{server.name} lost contact while conflicts were being resolved; it serves its own addresses",
                scenario="5.5",
                severity=Severity.CRITICAL,
                certainty=Certainty.CERTAIN,
                evidence=(from_server(server, f"RESOLUTION-INTERRUPTED: {facts.reason or facts.link_failure or ''}"),),
                prospect=Prospect("conflicts stay unresolved: two clients may have the same address"),
                steps=(
                    "Restore the link: the resolution then continues",
                    runbook("potential-conflict", "step by step"),
                ),
            )


def lost_in_recovery(both: Joint) -> Iterator[Problem]:
    """5.6: the partner of a server that recovers is gone. The server waits for it and answers no new client."""
    server = both.stranded
    if server is None or server.facts is None:
        return
    other = both.pair.partner_of(server.name)
    renewals = "renewals only" if both.phase(server) is Phase.RETURNED else "no client"
    end = recover_deadline(server)
    evidence = [from_server(server, f"{server.facts.word}, no contact with {other.name}: {server.facts.reason}")]
    if end is not None and end > both.now:
        then = f"RECOVER-DONE at {wall(end, both.zone, both.now)}, where it answers renewals only"
        evidence.append(from_server(server, then))
    yield Problem(
        kind=ProblemKind.LOST_IN_RECOVERY,
        about=server.name,
        title=f"{server.name} recovers without {other.name} and answers {renewals}",
        scenario="5.6",
        severity=Severity.CRITICAL,
        certainty=Certainty.CANNOT_TELL if other.unseen_since is None else Certainty.LIKELY,
        evidence=tuple(evidence),
        prospect=Prospect(f"{server.name} answers no new client until {other.name} returns or an operator acts"),
        steps=(
            f"Start {other.name}, or repair the link: the recovery then goes on",
            runbook("lost-in-recovery", "the other ways out"),
            Remedy(ActionName.SET_PARTNER_DOWN, f"only if {other.name} is off for good", server.name),
        ),
    )


def recovering(both: Joint) -> Iterator[Problem]:
    """5.1.6, 5.6, 5.7: a server that returns. The updates that it requests show what it has lost."""
    for server, other in both.each_way:
        facts = server.facts
        if facts is None or both.phase(server) not in {Phase.RETURNING, Phase.RETURN_WAIT, Phase.RETURNED}:
            continue
        if server is both.stranded:
            continue
        full = facts.resync is not None and facts.resync.full
        scenario, subject, title = _describe_recovery(server, facts, full)
        end = recover_deadline(server)
        waits = end is not None and end > both.now
        evidence = [from_server(server, f"{facts.word}: {facts.reason}".rstrip(": ")), *_transfer(server, other)]
        if facts.recover_from is not None:
            evidence.append(from_server(server, f"failover-recover is {wall(facts.recover_from, both.zone, both.now)}"))
        yield Problem(
            kind=ProblemKind.RECOVERING,
            about=server.name,
            title=title,
            scenario=scenario,
            severity=Severity.WARNING,
            certainty=Certainty.LIKELY if full else Certainty.CERTAIN,
            evidence=tuple(evidence),
            prospect=Prospect(
                f"{server.name} serves clients again" if waits else "the recovery continues without help",
                end if waits else None,
            ),
            steps=(
                "Wait, and do not restart it: a restart starts the transfer again",
                runbook(subject, "what to expect"),
            ),
        )


def _describe_recovery(server: ServerPicture, facts: PairFacts, full: bool) -> tuple[str, str, str]:
    """Returns scenario, runbook and title of a recovery."""
    if facts.recover_requested:
        return "5.7", "restored-database", f"{server.name} returns with a restored lease database"
    if full:
        return "5.6", "lost-database", f"{server.name} returns without its leases and receives all of them"
    return "5.1", "main-down", f"{server.name} returns and receives the updates that it missed"


def old_database(both: Joint) -> Iterator[Problem]:
    """5.7: the records of a starting server end before its partner's last contact: an old database was restored."""
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
                title=f"{server.name} starts with old leases: its records end {duration(known - mine)} too early",
                scenario="5.7",
                severity=Severity.CRITICAL,
                certainty=Certainty.LIKELY,
                evidence=(
                    from_server(server, f"its last contact was {wall(mine, both.zone, both.now)}"),
                    from_server(other, f"its last contact with {server.name} was {wall(known, both.zone, both.now)}"),
                ),
                prospect=Prospect("it would treat addresses as free that its partner has as leased"),
                steps=(
                    Remedy(ActionName.STOP, "before it serves", server.name),
                    "Set failover-recover to the time of the backup, then start it",
                    runbook("restored-database", "step by step"),
                ),
            )


def wrong_path(both: Joint) -> Iterator[Problem]:
    """5.6.2: a main without its database cannot reach its partner, acts as a new server, and serves all clients."""
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
            title=f"{server.name} started without its database and serves all clients: stop it now",
            scenario="5.6",
            severity=Severity.CRITICAL,
            certainty=Certainty.CERTAIN,
            evidence=(
                from_server(server, "PARTNER-DOWN, and it never had contact with a partner: its database is empty"),
                from_server(other, f"it had contact with {server.name} before, and is {last_word(other)}"),
            ),
            prospect=Prospect("it leases addresses that its partner has already leased"),
            steps=(
                Remedy(ActionName.STOP, "start it only when it can reach its partner", server.name),
                runbook("lost-database", "start it so that it receives all leases first"),
            ),
        )


def _recover_from(facts: PairFacts, both: Joint) -> str:
    return "is set" if facts.recover_from is None else wall(facts.recover_from, both.zone, both.now)


def recover_left_set(both: Joint) -> Iterator[Problem]:
    """5.6.3: failover-recover is meant for one start and is still set."""
    for server, facts in live_facts(both.pair, both.now):
        if facts.recover_requested and facts.phase is Phase.NORMAL:
            yield Problem(
                kind=ProblemKind.RECOVER_SET,
                about=server.name,
                title=f"failover-recover is still set on {server.name}",
                scenario="5.6",
                severity=Severity.WARNING,
                certainty=Certainty.CERTAIN,
                evidence=(from_server(server, f"failover-recover {_recover_from(facts, both)}"),),
                prospect=Prospect("at its next start it recovers again, and serves no clients for MCLT"),
                steps=(f"Unset failover-recover on {server.name}, and save the configuration",),
            )
