"""Both servers run without contact: the race to a takeover, clocks that cause it, and a takeover while both serve."""

from collections.abc import Iterator

from console.insight.clocks import records_apart, skew
from console.insight.countdowns import race_margin, takeover_unknown
from console.insight.danger import UNDER_A_TAKEOVER, clocks_apart
from console.insight.diagnosis.contact import contact_lost, link_failures
from console.insight.diagnosis.exchange import equal_databases
from console.insight.diagnosis.problem import (
    Certainty,
    Evidence,
    Problem,
    ProblemKind,
    Prospect,
    Step,
    from_console,
    from_server,
    log_evidence,
    runbook,
)
from console.insight.joint import Joint
from console.insight.limits import SKEW_WARNING_SECONDS
from console.insight.remedies import Remedy
from console.insight.wording import plural, wall
from console.model.action_names import ActionName
from console.model.facts import PairFacts
from console.model.phases import INTERRUPTED, Phase
from console.model.picture import ServerPicture, Severity


def race(both: Joint) -> Iterator[Problem]:
    """5.2: both servers run without contact."""
    if not all(state in INTERRUPTED for state in both.phases):
        return
    margin = race_margin(both.pair, both.now)
    unknown = takeover_unknown(both.main) or takeover_unknown(both.backup)
    evidence: list[Evidence] = []
    for server, _ in both.each_way:
        if server.facts is not None:
            evidence += contact_lost(both, server, server.facts)
            evidence += link_failures(server, server.facts)
            evidence += _relay_evidence(server, server.facts)
    evidence += log_evidence(both, "FAILOVER_CONNECT_REJECTED")
    evidence.append(from_console(both, "no duplicate addresses before the first PARTNER-DOWN; leases shrink to MCLT"))
    stop = _fewest_clients(both)
    prospect = Prospect("both serve from their own addresses; expired ones are not reused; no takeover is due")
    if unknown is not None:
        prospect = Prospect(f"cannot tell whether a server takes over automatically: {unknown}")
    if margin is not None:
        left, first = margin
        prospect = Prospect(f"{first} enters PARTNER-DOWN: duplicate addresses become possible", both.now + left)
    steps: tuple[Step, ...] = ("Repair the network between the servers: the countdown runs until they have contact",)
    if margin is not None or unknown is not None:
        steps += (
            Remedy(ActionName.SAFE_PERIOD, "on BOTH servers: no automatic takeover during the repair", subject="off"),
        )
    yield Problem(
        kind=ProblemKind.RACE,
        title="Both servers run but have lost contact",
        scenario="5.2",
        severity=Severity.CRITICAL,
        certainty=Certainty.CERTAIN,
        evidence=tuple(evidence),
        prospect=prospect,
        steps=(
            *steps,
            Remedy(ActionName.STOP, f"or take one server offline{_why_this(both, stop)}", stop.name),
            runbook("race", "then Set Partner Down on the other; never while both run"),
        ),
    )


def _relay_evidence(server: ServerPicture, facts: PairFacts) -> tuple[Evidence, ...]:
    """The relays whose clients reach the server. They show whether clients are split between the servers."""
    if facts.traffic is None:
        return ()
    relays = [each for each in facts.traffic.relays if each.clients_5m]
    words = [f"{each.address or 'without relay'} {each.clients_5m:,}" for each in relays[:4]]
    clients = sum(each.clients_5m for each in relays)
    named = f": {', '.join(words)}" if words else ""
    return (from_server(server, f"about {plural(clients, 'client')} in the last 5 min{named}"),)


def _why_this(both: Joint, stop: ServerPicture) -> str:
    reported = [server.facts is not None and server.facts.traffic is not None for server, _ in both.each_way]
    return f": {stop.name} has fewer clients" if all(reported) else ": the backup; numbers of clients are not known"


def _fewest_clients(both: Joint) -> ServerPicture:
    """The server to take offline: the one with fewer clients; the backup where that is not known."""

    def clients(server: ServerPicture) -> int | None:
        facts = server.facts
        if facts is None or facts.traffic is None:
            return None
        return sum(each.clients_5m for each in facts.traffic.relays)

    main, backup = clients(both.main), clients(both.backup)
    return both.main if main is not None and backup is not None and main < backup else both.backup


def clock(both: Joint) -> Iterator[Problem]:
    """5.2.6: the link works, but the servers refuse it because their clocks differ."""
    apart = clocks_apart(both)
    if apart is None:
        yield from _clocks_differ(both)
        return
    clocks = [
        from_server(server, f"its clock: {wall(facts.at, both.zone)}; link: {facts.link_failure or 'refused'}")
        for server, _ in both.each_way
        if (facts := server.facts) is not None and both.seen(server)
    ]
    margin = race_margin(both.pair, both.now)
    end = None if margin is None else both.now + margin[0]
    yield Problem(
        kind=ProblemKind.CLOCK,
        title="The servers refuse each other because their clocks differ" + (f" by {apart:.0f} s" if apart else ""),
        scenario="5.2",
        severity=Severity.CRITICAL,
        certainty=Certainty.CERTAIN if apart else Certainty.LIKELY,
        evidence=(*clocks, *log_evidence(both, "18115")),
        prospect=Prospect("the safe period runs and ends, as for a lost link", end),
        steps=("Repair NTP on the server whose clock is wrong: the servers connect within about a minute",),
    )


def _refusal(both: Joint) -> str:
    """What the servers do when their clocks differ by more than the limit."""
    if equal_databases(both):
        return "the servers give up the exchange of leases"
    return "the servers refuse the link, and the safe period runs"


def _clocks_differ(both: Joint) -> Iterator[Problem]:
    """The link still works: the servers compare their clocks when they connect, and again with every message."""
    worst, limit = skew(both.pair, both.now)
    if worst <= SKEW_WARNING_SECONDS:
        yield from _clocks_differed(both)
        return
    refused = worst > limit
    yield Problem(
        kind=ProblemKind.CLOCK,
        title=f"The clocks of the servers differ by {worst:.0f} s",
        scenario="5.2",
        severity=Severity.CRITICAL if refused else Severity.WARNING,
        certainty=Certainty.CERTAIN,
        evidence=tuple(
            from_server(server, f"its clock: {wall(facts.at, both.zone)}, here {wall(server.reported_at, both.zone)}")
            for server, _ in both.each_way
            if (facts := server.facts) is not None and server.reported_at is not None and both.seen(server)
        ),
        prospect=Prospect(f"with more than {limit:.0f} s {_refusal(both)}"),
        steps=("Repair NTP on the server whose clock is wrong",),
    )


def _clocks_differed(both: Joint) -> Iterator[Problem]:
    """The servers report no clocks, and have different times for one change of state."""
    found = records_apart(both.pair, both.now)
    if found is None:
        return
    entered, received = wall(found.entered, both.zone), wall(found.received, both.zone)
    yield Problem(
        kind=ProblemKind.CLOCK,
        title=f"The clocks differed by {abs(found.seconds):.0f} s at the last change of state",
        scenario="5.2",
        severity=Severity.WARNING,
        certainty=Certainty.LIKELY,
        evidence=(
            from_server(found.server, f"it entered its state at {entered} by its clock"),
            from_server(found.other, f"it received that at {received} by its clock"),
        ),
        prospect=Prospect(f"with more than {skew(both.pair, both.now)[1]:.0f} s the servers refuse the link"),
        steps=(
            "Compare both clocks now, and repair NTP on the server whose clock is wrong",
            "After the repair this stays until the next change of state: the servers report no clock",
        ),
    )


def two_serve(both: Joint) -> Iterator[Problem]:
    """5.2.5: a takeover while the other server serves, or by both servers."""
    down = [server for server, _ in both.each_way if both.phase(server) is Phase.TAKEN_OVER]
    serving = [other for server, other in both.each_way if server in down and both.phase(other) in UNDER_A_TAKEOVER]
    if not (len(down) == 2 or serving):
        return
    evidence = [
        from_server(server, f"{facts.word}{': ' + facts.reason if facts.reason else ''}")
        for server, _ in both.each_way
        if (facts := server.facts) is not None
    ]
    stop = serving[0] if serving else _fewest_clients(both)
    title = f"{down[0].name} took over while {stop.name} serves" if serving else "Both servers have taken over"
    yield Problem(
        kind=ProblemKind.TWO_SERVE,
        title=f"{title}: two clients can have the same address",
        scenario="5.2",
        severity=Severity.CRITICAL,
        certainty=Certainty.CERTAIN,
        evidence=tuple(evidence),
        prospect=Prospect(
            "duplicate addresses increase until one server is stopped; conflicts must be resolved when contact returns"
        ),
        steps=(
            Remedy(ActionName.STOP, "at once: only one of the two may serve", stop.name),
            "Then repair the network, and start the stopped server only when it can reach the other",
            runbook("potential-conflict", "what follows when contact returns"),
        ),
    )
