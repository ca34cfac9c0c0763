"""Servers on their way back: conflicts to resolve, bindings to take over, databases that are lost or too old."""

from collections.abc import Iterator

from console.insight.diagnosis.finding import Certainty, Evidence, Finding, Prospect, Step, logged, runbook, says
from console.insight.freshness import live_reports, on_our_clock
from console.insight.numbers.link import progress, recover_deadline
from console.insight.remedies import STOP, Remedy
from console.insight.verdict import Joint
from console.insight.wording import duration, wall
from console.model.picture import ServerPicture, Severity
from console.model.reports import Report
from console.model.states import State

STALLED_SECONDS = 120.0
OLDER_SECONDS = 60.0
"""A database whose last contact lies this far before its partner's is not the one that the server had."""
FULL = "all"
"""In the name of a transfer of everything."""


def _transfer(server: ServerPicture, partner: ServerPicture) -> tuple[Evidence, ...]:
    found, report = progress(server, partner), server.report
    if found is None or report is None or report.resync is None:
        return ()
    of = "" if found.total is None else f" of {found.total:,}"
    end = "" if found.eta_seconds is None else f", {duration(found.eta_seconds)} to go"
    return (says(server, f"{report.resync.kind}: {found.done:,}{of}{end}"),)


def conflict(both: Joint) -> Iterator[Finding]:
    """5.5: both were serving without each other, and now compare what they gave out."""
    told = [(server, report) for server, report in live_reports(both.pair, both.now)]
    resolving = [(server, report) for server, report in told if report.state is State.POTENTIAL_CONFLICT]
    if not resolving:
        return
    silent = len(resolving) == 2
    since = [on_our_clock(server, at) for server, report in resolving if (at := report.state_since) is not None]
    lasting = both.now - min(since) if since else 0.0
    moving = any(
        (found := progress(server, both.pair.partner_of(server.name))) is not None and found.per_second
        for server, _ in told
    )
    stalled = lasting > STALLED_SECONDS and not moving
    evidence = [says(server, f"{report.state} for {duration(lasting)}") for server, report in resolving]
    for server, _ in both.each_way:
        evidence += _transfer(server, both.pair.partner_of(server.name))
    wait: Step = "Wait: it ends by itself, the main first. Do not restart either"
    if stalled:
        wait = "It has not moved for 2 minutes: look at the link and both logs; a broken link lets both serve again"
    yield Finding(
        id="potential-conflict",
        title=("Nobody serves clients: " if silent else "One server is silent: ") + "conflicts are being resolved",
        scenario="5.5",
        severity=Severity.CRITICAL,
        certainty=Certainty.CERTAIN,
        evidence=(*evidence, *logged(both, "18107")) if stalled else tuple(evidence),
        prospect=Prospect("clients that must renew meanwhile get no answer; it usually takes seconds to minutes"),
        steps=(wait, runbook("potential-conflict", "what to do with the clients that lose their address")),
    )


def interrupted_resolution(both: Joint) -> Iterator[Finding]:
    """5.5.2: the partner vanished while conflicts were being resolved."""
    for server, report in live_reports(both.pair, both.now):
        if report.state is State.RESOLUTION_INTERRUPTED:
            yield Finding(
                id=f"resolution-interrupted/{server.name}",
                title=f"{server.name} lost contact while conflicts were being resolved; it serves its own addresses",
                scenario="5.5",
                severity=Severity.CRITICAL,
                certainty=Certainty.CERTAIN,
                evidence=(says(server, f"RESOLUTION-INTERRUPTED: {report.state_reason or report.link_failure or ''}"),),
                prospect=Prospect("conflicts stay unresolved: some addresses may have two clients"),
                steps=("Restore the link: it goes on where it was", runbook("potential-conflict", "step by step")),
            )


def recovering(both: Joint) -> Iterator[Finding]:
    """5.1.6, 5.6, 5.7: a server that comes back; from what it asks for follows what it has lost."""
    for server, other in both.each_way:
        report = server.report
        if report is None or both.state(server) not in {State.RECOVER, State.RECOVER_WAIT, State.RECOVER_DONE}:
            continue
        full = report.resync is not None and FULL in report.resync.kind
        scenario, subject, title = _way_back(server, report, full)
        end = recover_deadline(server)
        waits = end is not None and end > both.now
        evidence = [says(server, f"{report.state}: {report.state_reason}".rstrip(": ")), *_transfer(server, other)]
        if report.failover_recover is not None:
            evidence.append(says(server, f"failover-recover is {wall(report.failover_recover, both.zone, both.now)}"))
        yield Finding(
            id=f"recovering/{server.name}",
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


def _way_back(server: ServerPicture, report: Report, full: bool) -> tuple[str, str, str]:
    """Scenario, runbook and title of a recovery."""
    if report.failover_recover is not None:
        return "5.7", "restored-database", f"{server.name} comes back with a restored lease database"
    if full:
        return "5.6", "lost-database", f"{server.name} comes back and is told everything: it had lost its leases"
    return "5.1", "main-down", f"{server.name} comes back and takes over what it missed"


def old_database(both: Joint) -> Iterator[Finding]:
    """5.7: a server starts from records that end before its partner last heard it: an old database was restored."""
    for server, other in both.each_way:
        report, theirs = server.report, other.report
        if report is None or theirs is None or both.state(server) is not State.STARTUP or report.link is not None:
            continue
        if report.last_contact is None or theirs.last_contact is None or report.failover_recover is not None:
            continue
        mine, known = on_our_clock(server, report.last_contact), on_our_clock(other, theirs.last_contact)
        if mine < known - OLDER_SECONDS:
            yield Finding(
                id=f"old-database/{server.name}",
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
                    Remedy(STOP, "before it serves", server.name),
                    "Set failover-recover to the time of the backup, then start it",
                    runbook("restored-database", "step by step"),
                ),
            )


def wrong_path(both: Joint) -> Iterator[Finding]:
    """5.6.2: a main without a memory that cannot reach its partner takes itself for new, and serves everyone."""
    for server, other in both.each_way:
        report = server.report
        if report is None or both.state(server) is not State.PARTNER_DOWN or report.ever_communicated is not False:
            continue
        known = other.report is not None and other.report.ever_communicated
        if not known:
            continue
        yield Finding(
            id=f"wrong-path/{server.name}",
            title=f"{server.name} started without its memory and serves everyone: stop it now",
            scenario="5.6",
            severity=Severity.CRITICAL,
            certainty=Certainty.CERTAIN,
            evidence=(
                says(server, "PARTNER-DOWN, and it never talked to a partner: its database is empty"),
                says(
                    other, f"it has talked to {server.name} before, and is {other.report.state if other.report else ''}"
                ),
            ),
            prospect=Prospect("it gives out addresses that its partner has leased"),
            steps=(
                Remedy(STOP, "it must start only when it reaches its partner", server.name),
                runbook("lost-database", "bring it back so that it is told everything first"),
            ),
        )


def recover_left_set(both: Joint) -> Iterator[Finding]:
    """5.6.3: failover-recover was for one start and is still there."""
    for server, report in live_reports(both.pair, both.now):
        if report.failover_recover is not None and report.state is State.NORMAL:
            yield Finding(
                id=f"recover-set/{server.name}",
                title=f"failover-recover is still set on {server.name}",
                scenario="5.6",
                severity=Severity.WARNING,
                certainty=Certainty.CERTAIN,
                evidence=(says(server, f"failover-recover {wall(report.failover_recover, both.zone, both.now)}"),),
                prospect=Prospect("its next start recovers again, and serves nobody for MCLT"),
                steps=(f"Unset failover-recover on {server.name}, and save",),
            )
