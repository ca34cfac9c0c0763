"""Both servers alive without each other: the race to a takeover, the clocks that cause it, and two that serve."""

from collections.abc import Iterator

from console.insight.countdowns import race_margin
from console.insight.danger import UNDER_A_TAKEOVER, clocks_apart
from console.insight.diagnosis.contact import lonely, tried
from console.insight.diagnosis.finding import (
    Certainty,
    Evidence,
    Finding,
    Prospect,
    Step,
    console,
    logged,
    runbook,
    says,
)
from console.insight.remedies import SAFE_PERIOD, STOP, Remedy
from console.insight.verdict import Joint
from console.insight.wording import plural, wall
from console.model.picture import ServerPicture, Severity
from console.model.reports import Report
from console.model.states import ALONE, State


def race(both: Joint) -> Iterator[Finding]:
    """5.2: both alive, and without each other."""
    if not all(state in ALONE for state in both.states):
        return
    margin = race_margin(both.pair, both.now)
    evidence: list[Evidence] = []
    for server, _ in both.each_way:
        if server.report is not None:
            evidence += lonely(both, server, server.report)
            evidence += tried(server, server.report)
            evidence += _heard(server, server.report)
    evidence.append(console(both, "no duplicates before the first PARTNER-DOWN; leases shrink to MCLT"))
    stop = _fewest_heard(both)
    prospect = Prospect("both go on from their own addresses; expired ones are not used again; no takeover is due")
    if margin is not None:
        left, first = margin
        prospect = Prospect(f"{first} enters PARTNER-DOWN: duplicates become possible", both.now + left)
    steps: tuple[Step, ...] = ("Repair the network between the two servers: the countdown goes on until they talk",)
    if margin is not None:
        steps += (Remedy(SAFE_PERIOD, "BOTH, or none: no takeover by itself while you repair", subject="off"),)
    yield Finding(
        id="race",
        title="Both servers are alive and have lost each other",
        scenario="5.2",
        severity=Severity.CRITICAL,
        certainty=Certainty.CERTAIN,
        evidence=tuple(evidence),
        prospect=prospect,
        steps=(
            *steps,
            Remedy(STOP, f"or take one server offline{_why_this(both, stop)}", stop.name),
            runbook("race", "then Set Partner Down on the other; never while both run"),
        ),
    )


def _heard(server: ServerPicture, report: Report) -> tuple[Evidence, ...]:
    """Which relays bring it clients: tells whether clients are split between the servers."""
    if report.traffic is None:
        return ()
    heard = [each for each in report.traffic.relays if each.clients_5m]
    words = [f"{each.address or 'without relay'} {each.clients_5m:,}" for each in heard[:4]]
    clients = sum(each.clients_5m for each in heard)
    named = f": {', '.join(words)}" if words else ""
    return (says(server, f"heard about {plural(clients, 'client')} in the last 5 min{named}"),)


def _why_this(both: Joint, stop: ServerPicture) -> str:
    told = [server.report is not None and server.report.traffic is not None for server, _ in both.each_way]
    return f": {stop.name} hears fewer clients" if all(told) else ": the backup, where nothing else speaks for it"


def _fewest_heard(both: Joint) -> ServerPicture:
    """Whom to take offline: who hears fewer clients; the backup where that is not known."""

    def heard(server: ServerPicture) -> int:
        report = server.report
        return 0 if report is None or report.traffic is None else sum(each.clients_5m for each in report.traffic.relays)

    return both.main if heard(both.main) < heard(both.backup) else both.backup


def clock(both: Joint) -> Iterator[Finding]:
    """5.2.6: the link works and is refused, since the clocks are apart."""
    apart = clocks_apart(both)
    if apart is None:
        return
    told = [
        says(server, f"its clock: {wall(report.at, both.zone)}; link: {report.link_failure or 'refused'}")
        for server, _ in both.each_way
        if (report := server.report) is not None and both.seen(server)
    ]
    margin = race_margin(both.pair, both.now)
    end = None if margin is None else both.now + margin[0]
    yield Finding(
        id="clock",
        title="The servers refuse each other because their clocks differ" + (f" by {apart:.0f} s" if apart else ""),
        scenario="5.2",
        severity=Severity.CRITICAL,
        certainty=Certainty.CERTAIN if apart else Certainty.LIKELY,
        evidence=(*told, *logged(both, "18115")),
        prospect=Prospect("the safe period ends as if the link were cut", end),
        steps=("Repair NTP on the server whose clock is wrong: they connect within a minute or so",),
    )


def two_serve(both: Joint) -> Iterator[Finding]:
    """5.2.5: a takeover while the other one serves, or by both."""
    down = [server for server, _ in both.each_way if both.state(server) is State.PARTNER_DOWN]
    serving = [other for server, other in both.each_way if server in down and both.state(other) in UNDER_A_TAKEOVER]
    if not (len(down) == 2 or serving):
        return
    evidence = [
        says(server, f"{report.state}{': ' + report.state_reason if report.state_reason else ''}")
        for server, _ in both.each_way
        if (report := server.report) is not None
    ]
    stop = serving[0] if serving else _fewest_heard(both)
    title = f"{down[0].name} took over while {stop.name} serves" if serving else "Both servers have taken over"
    yield Finding(
        id="two-serve",
        title=f"{title}: one address can have two clients",
        scenario="5.2",
        severity=Severity.CRITICAL,
        certainty=Certainty.CERTAIN,
        evidence=tuple(evidence),
        prospect=Prospect(
            "duplicates grow until one is stopped; when they meet again nobody serves until it is resolved"
        ),
        steps=(
            Remedy(STOP, "at once: only one of the two may serve", stop.name),
            "Then repair the network, and let the stopped one start only when it reaches the other",
            runbook("potential-conflict", "what follows when they meet again"),
        ),
    )
