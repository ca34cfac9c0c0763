"""Both servers alive without each other: the race to a takeover, the clocks that cause it, and two that serve."""

from collections.abc import Iterator

from console.insight.countdowns import race_margin, takeover_unknown
from console.insight.danger import UNDER_A_TAKEOVER, clocks_apart
from console.insight.diagnosis.contact import lonely, tried
from console.insight.diagnosis.problem import (
    Certainty,
    Evidence,
    Problem,
    ProblemKind,
    Prospect,
    Step,
    console,
    logged,
    runbook,
    says,
)
from console.insight.remedies import Remedy
from console.insight.verdict import Joint
from console.insight.wording import plural, wall
from console.model.action_names import ActionName
from console.model.facts import PairFacts
from console.model.phases import INTERRUPTED, Phase
from console.model.picture import ServerPicture, Severity


def race(both: Joint) -> Iterator[Problem]:
    """5.2: both alive, and without each other."""
    if not all(state in INTERRUPTED for state in both.phases):
        return
    margin = race_margin(both.pair, both.now)
    unknown = takeover_unknown(both.main) or takeover_unknown(both.backup)
    evidence: list[Evidence] = []
    for server, _ in both.each_way:
        if server.facts is not None:
            evidence += lonely(both, server, server.facts)
            evidence += tried(server, server.facts)
            evidence += _heard(server, server.facts)
    evidence.append(console(both, "no duplicates before the first PARTNER-DOWN; leases shrink to MCLT"))
    stop = _fewest_heard(both)
    prospect = Prospect("both go on from their own addresses; expired ones are not used again; no takeover is due")
    if unknown is not None:
        prospect = Prospect(f"cannot tell whether one of them takes over by itself: {unknown}")
    if margin is not None:
        left, first = margin
        prospect = Prospect(f"{first} enters PARTNER-DOWN: duplicates become possible", both.now + left)
    steps: tuple[Step, ...] = ("Repair the network between the two servers: the countdown goes on until they talk",)
    if margin is not None or unknown is not None:
        steps += (
            Remedy(ActionName.SAFE_PERIOD, "BOTH, or none: no takeover by itself while you repair", subject="off"),
        )
    yield Problem(
        kind=ProblemKind.RACE,
        title="Both servers are alive and have lost each other",
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


def _heard(server: ServerPicture, facts: PairFacts) -> tuple[Evidence, ...]:
    """Which relays bring it clients: tells whether clients are split between the servers."""
    if facts.traffic is None:
        return ()
    heard = [each for each in facts.traffic.relays if each.clients_5m]
    words = [f"{each.address or 'without relay'} {each.clients_5m:,}" for each in heard[:4]]
    clients = sum(each.clients_5m for each in heard)
    named = f": {', '.join(words)}" if words else ""
    return (says(server, f"heard about {plural(clients, 'client')} in the last 5 min{named}"),)


def _why_this(both: Joint, stop: ServerPicture) -> str:
    told = [server.facts is not None and server.facts.traffic is not None for server, _ in both.each_way]
    return f": {stop.name} hears fewer clients" if all(told) else ": the backup, where nothing else speaks for it"


def _fewest_heard(both: Joint) -> ServerPicture:
    """Whom to take offline: who hears fewer clients; the backup where that is not known."""

    def heard(server: ServerPicture) -> int | None:
        facts = server.facts
        if facts is None or facts.traffic is None:
            return None
        return sum(each.clients_5m for each in facts.traffic.relays)

    main, backup = heard(both.main), heard(both.backup)
    return both.main if main is not None and backup is not None and main < backup else both.backup


def clock(both: Joint) -> Iterator[Problem]:
    """5.2.6: the link works and is refused, since the clocks are apart."""
    apart = clocks_apart(both)
    if apart is None:
        return
    told = [
        says(server, f"its clock: {wall(facts.at, both.zone)}; link: {facts.link_failure or 'refused'}")
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
        evidence=(*told, *logged(both, "18115")),
        prospect=Prospect("the safe period ends as if the link were cut", end),
        steps=("Repair NTP on the server whose clock is wrong: they connect within a minute or so",),
    )


def two_serve(both: Joint) -> Iterator[Problem]:
    """5.2.5: a takeover while the other one serves, or by both."""
    down = [server for server, _ in both.each_way if both.phase(server) is Phase.TAKEN_OVER]
    serving = [other for server, other in both.each_way if server in down and both.phase(other) in UNDER_A_TAKEOVER]
    if not (len(down) == 2 or serving):
        return
    evidence = [
        says(server, f"{facts.word}{': ' + facts.reason if facts.reason else ''}")
        for server, _ in both.each_way
        if (facts := server.facts) is not None
    ]
    stop = serving[0] if serving else _fewest_heard(both)
    title = f"{down[0].name} took over while {stop.name} serves" if serving else "Both servers have taken over"
    yield Problem(
        kind=ProblemKind.TWO_SERVE,
        title=f"{title}: one address can have two clients",
        scenario="5.2",
        severity=Severity.CRITICAL,
        certainty=Certainty.CERTAIN,
        evidence=tuple(evidence),
        prospect=Prospect(
            "duplicates grow until one is stopped; when they meet again nobody serves until it is resolved"
        ),
        steps=(
            Remedy(ActionName.STOP, "at once: only one of the two may serve", stop.name),
            "Then repair the network, and let the stopped one start only when it reaches the other",
            runbook("potential-conflict", "what follows when they meet again"),
        ),
    )
