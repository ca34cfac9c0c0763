"""Problems of pairs without lead times (Kea), whose databases should be equal: the exchange of leases has ended, a
server waits for its partner for ever, the databases drift apart, a standby does not take over, a maintenance goes on.

Such a pair has no MCLT, so the rules of the failover protocol do not hold for it: the exchange of leases ends at once,
and a restart of one server does not bring it back.
"""

from collections.abc import Iterator

from console.insight.clocks import skew
from console.insight.diagnosis.problem import (
    Certainty,
    Evidence,
    Problem,
    ProblemKind,
    Prospect,
    Step,
    from_server,
    log_evidence,
    no_answer,
)
from console.insight.freshness import last_word
from console.insight.joint import Joint
from console.insight.lease import fields_of
from console.insight.remedies import Remedy
from console.insight.wording import plural, wall
from console.model.action_names import ActionName
from console.model.facts import PairFacts, Unit
from console.model.leases import LeaseFacts
from console.model.phases import SERVING, TOGETHER, Phase
from console.model.picture import ServerPicture, Severity
from console.model.profiles import Can, without_lead_time

SCENARIO = "the exchange of leases"
CLOCKS_SECONDS = 30.0
"""Clocks that differ by more are likely the cause of a terminated pair: Kea gives up over 60 s."""
WAITING_SECONDS = 60.0
"""A server that waits longer for a partner that runs waits for ever."""
DRIFT_LEASES, DRIFT_SHARE = 5, 0.01
"""The databases differ if a subnet has so many more leases at one server, and so large a share more."""

CLOCK_IDS = ("HA_HIGH_CLOCK_SKEW_CAUSES_TERMINATION", "HA_HIGH_CLOCK_SKEW")
CONFLICT_IDS = ("HA_LEASE_UPDATE_REJECTS_CAUSED_TERMINATION", "HA_LEASE_UPDATE_CONFLICT")
REJECT_IDS = ("HA_LEASE_UPDATE_CREATE_UPDATE_FAILED_ON_PEER", "HA_LEASE_UPDATE_DELETE_FAILED_ON_PEER")
WAITING_IDS = ("HA_TERMINATED_RESTART_PARTNER", "HA_HEARTBEAT_FAILED", "HA_HEARTBEAT_COMMUNICATIONS_FAILED")

RESTART_BOTH: Step = "Stop BOTH servers, then start both: a restart of one of them changes nothing"


def equal_databases(both: Joint) -> bool:
    """Whether both servers are of makes without a lead time."""
    return all(without_lead_time(server.make) for server in (both.main, both.backup))


def terminated(both: Joint) -> Iterator[Problem]:
    """A server has given up the exchange of leases: by its clock, by conflicts, or for a cause that is not known."""
    ended = [each for each in (both.main, both.backup) if both.phase(each) is Phase.TERMINATED]
    if not ended or _names(both) is not None:
        return
    cause, certainty, evidence, first = _cause(both)
    names = " and ".join(each.name for each in ended)
    yield Problem(
        kind=ProblemKind.TERMINATED,
        title=f"{names} gave up the exchange of leases: {cause}",
        scenario=SCENARIO,
        severity=Severity.CRITICAL,
        certainty=certainty,
        evidence=(*(from_server(each, f"its state is {last_word(each)}") for each in ended), *evidence, *_counts(both)),
        prospect=Prospect("both serve on and do not exchange leases: one address can be given to two clients"),
        steps=(first, RESTART_BOTH, "Then compare the leases of clients that complain: both servers are asked"),
    )


def _cause(both: Joint) -> tuple[str, Certainty, tuple[Evidence, ...], Step]:
    apart, _ = skew(both.pair, both.now)
    conflicts: Step = "Find the addresses that both gave: the log names them; free one lease of each"
    clocks: Step = "Correct the clocks by NTP on both servers: they must differ by less than 30 s"
    logged = log_evidence(both, *CLOCK_IDS)
    if logged or apart > CLOCKS_SECONDS:
        measured = _clocks(both) if apart > CLOCKS_SECONDS else ()
        words = f"their clocks differ by {apart:.0f} s" if measured else "their clocks differed by more than 60 s"
        return words, Certainty.CERTAIN if logged else Certainty.LIKELY, (*measured, *logged), clocks
    logged = log_evidence(both, CONFLICT_IDS[0])
    if logged:
        return "too many leases were in conflict", Certainty.CERTAIN, logged, conflicts
    logged = log_evidence(both, CONFLICT_IDS[1], *REJECT_IDS)
    if logged:
        return "leases were in conflict", Certainty.LIKELY, logged, conflicts
    return (
        "cannot tell why",
        Certainty.CANNOT_TELL,
        log_evidence(both, "HA_TERMINATED"),
        "Read both logs for HA_HIGH_CLOCK_SKEW (clocks) and HA_LEASE_UPDATE_CONFLICT (conflicts), and remove the cause",
    )


def _clocks(both: Joint) -> tuple[Evidence, ...]:
    return tuple(
        from_server(
            server, f"its clock: {wall(server.facts.at, both.zone)}, here {wall(server.reported_at, both.zone)}"
        )
        for server in (both.main, both.backup)
        if server.facts is not None and server.reported_at is not None and server.facts.at > 0
    )


def _names(both: Joint) -> str | None:
    """The name that both servers have; None if their names differ or one is not known."""
    one, other = both.main.facts, both.backup.facts
    if one is None or other is None or not one.server or one.server != other.server:
        return None
    return one.server


def same_name(both: Joint) -> Iterator[Problem]:
    """Both servers have one name: a copied configuration has `this-server-name`, or both settings name one server."""
    name = _names(both)
    if name is None or not equal_databases(both):
        return
    yield Problem(
        kind=ProblemKind.SAME_NAME,
        title=f"Both servers call themselves {name}: each takes the other for itself",
        scenario=SCENARIO,
        severity=Severity.CRITICAL,
        certainty=Certainty.CERTAIN,
        evidence=tuple(
            from_server(server, f"this-server-name is {name}, its role {server.facts.role or 'not known'}")
            for server in (both.main, both.backup)
            if server.facts is not None
        ),
        prospect=Prospect("they never work together: they wait, or give up, and exchange no leases"),
        steps=(
            "Set this-server-name on the server with the copied configuration to its own name",
            "Check that the api of both servers in pairwatch.toml is not the same",
            RESTART_BOTH,
        ),
    )


def waits_for_ever(both: Joint) -> Iterator[Problem]:
    """A server waits for a partner that will not let it in: terminated, without high availability, or waiting too."""
    if not equal_databases(both) or _names(both) is not None:
        return
    for server, other in both.each_way:
        if both.phase(server) is not Phase.STARTING:
            continue
        found = _why_it_waits(both, server, other)
        if found is None:
            continue
        why, certainty, evidence, steps = found
        yield Problem(
            kind=ProblemKind.WAITS_FOR_EVER,
            about=server.name,
            title=f"{server.name} waits for {other.name} and serves no client: {why}",
            scenario=SCENARIO,
            severity=Severity.CRITICAL,
            certainty=certainty,
            evidence=(from_server(server, f"its state is {last_word(server)}"), *evidence),
            prospect=Prospect(f"it waits without end; {_served(both, other)}"),
            steps=steps,
        )


def _why_it_waits(
    both: Joint, server: ServerPicture, other: ServerPicture
) -> tuple[str, Certainty, tuple[Evidence, ...], tuple[Step, ...]] | None:
    if both.phase(other) is Phase.TERMINATED:
        why = f"{other.name} has given up the exchange of leases"
        evidence = (from_server(other, f"its state is {last_word(other)}"), *log_evidence(both, *WAITING_IDS[:1]))
        return why, Certainty.CERTAIN, evidence, (RESTART_BOTH,)
    if other.no_such_pair:
        why = f"{other.name} has no high availability for it"
        step: Step = f"Load libdhcp_ha on {other.name}, with the same peers as on {server.name}, and restart it"
        return why, Certainty.CERTAIN, (no_answer(other),), (step,)
    since = server.phase_seen_at
    if since is None or both.now - since < WAITING_SECONDS:
        return None
    logged = log_evidence(both, *WAITING_IDS)
    if both.seen(other) and both.phase(other) not in (Phase.STARTING, Phase.RETURNING):
        why = f"{other.name} is {last_word(other)} and does not let it in"
        step = f"Check that {server.name} reaches the url of {other.name} in its peers, and the names and modes of both"
        return why, Certainty.LIKELY, (from_server(other, f"its state is {last_word(other)}"), *logged), (step,)
    if both.seen(other):
        why = f"{other.name} is {last_word(other)} too"
        step = "Check that each server reaches the url of the other in its peers: both wait for an answer"
        return why, Certainty.LIKELY, (from_server(other, f"its state is {last_word(other)}"), *logged), (step,)
    why = f"{other.name} is not seen"
    step = f"Start {other.name}, or repair the network between the servers"
    return why, Certainty.CANNOT_TELL, (no_answer(other), *logged), (step,)


def _served(both: Joint, other: ServerPicture) -> str:
    if both.phase(other) in SERVING and other.facts is not None and other.facts.serves:
        return f"{other.name} serves clients"
    return f"cannot tell whether {other.name} serves clients"


def drift(both: Joint) -> Iterator[Problem]:
    """The databases differ although the servers work together: one lease at both servers, or the counts of leases."""
    if not equal_databases(both) or any(both.phase(each) not in TOGETHER for each in (both.main, both.backup)):
        return
    leases, counts = _leases_apart(both), _counts(both)
    fewer = _with_fewer(both)
    if not leases and not counts:
        return
    steps: list[Step] = [
        Remedy(ActionName.SYNC_LEASES, "it reads the leases that it lacks", each.name)
        for each in (fewer, both.pair.partner_of(fewer.name))
        if Can.SYNC_LEASES in each.make.can
    ]
    yield Problem(
        kind=ProblemKind.DATABASES_DIFFER,
        title="The lease databases of the servers differ",
        scenario=SCENARIO,
        severity=Severity.MAJOR,
        certainty=Certainty.CERTAIN if leases else Certainty.LIKELY,
        evidence=(*leases, *counts, *log_evidence(both, *CONFLICT_IDS, *REJECT_IDS)),
        prospect=Prospect("after a takeover a server gives addresses that clients of its partner use"),
        steps=(
            *steps,
            "Find the cause: send-lease-updates and sync-leases must be on, and the logs must show no refused updates",
        ),
    )


def _leases_apart(both: Joint) -> tuple[Evidence, ...]:
    """The latest lease that was asked of both servers, if their records contradict each other."""
    answers: dict[str, dict[str, tuple[LeaseFacts, ...]]] = {}
    for answer in both.pair.lookups:
        if answer.error is None:
            answers.setdefault(answer.query, {})[answer.server] = answer.leases
    for query, by_server in reversed(answers.items()):
        if {both.main.name, both.backup.name} <= by_server.keys():
            ours = {each.address: each for each in by_server[both.main.name]}
            theirs = {each.address: each for each in by_server[both.backup.name]}
            for address in sorted(ours.keys() | theirs.keys()):
                words = _apart(ours.get(address), theirs.get(address))
                if words:
                    text = f"{address} (looked up as {query}): {words}"
                    return (Evidence(text, f"{both.main.name} and {both.backup.name}", None),)
            return ()
    return ()


def _apart(one: LeaseFacts | None, other: LeaseFacts | None) -> str:
    if one is None or other is None:
        return "only one server has it"
    names = [name for name, _, differs in fields_of(one, other) if differs(one, other)]
    return f"they differ in {', '.join(names)}" if names else ""


def _leased(facts: PairFacts | None) -> dict[str, int]:
    pools = () if facts is None else facts.pools or ()
    return {pool.name: pool.leased for pool in pools if pool.leased is not None}


def _counts(both: Joint) -> tuple[Evidence, ...]:
    """The subnets whose counts of leases differ more than two polls of a busy pair do."""
    if not equal_databases(both):
        return ()
    ours, theirs = _leased(both.main.facts), _leased(both.backup.facts)
    found = []
    for name in sorted(ours.keys() & theirs.keys()):
        more = max(ours[name], theirs[name])
        if abs(ours[name] - theirs[name]) >= max(DRIFT_LEASES, DRIFT_SHARE * more):
            found += [
                from_server(both.main, f"{name}: {plural(ours[name], 'lease')}"),
                from_server(both.backup, f"{name}: {plural(theirs[name], 'lease')}"),
            ]
    return tuple(found)


def _with_fewer(both: Joint) -> ServerPicture:
    ours, theirs = sum(_leased(both.main.facts).values()), sum(_leased(both.backup.facts).values())
    return both.main if ours < theirs else both.backup


def standby_waits(both: Joint) -> Iterator[Problem]:
    """A standby without contact to the server that serves: clients get no answer until it takes over."""
    for server, other in both.each_way:
        facts = server.facts
        if both.phase(server) is not Phase.STANDBY or facts is None or facts.contact is not False:
            continue
        if both.phase(other) in SERVING and not other.failures:
            continue
        takeover = facts.takeover
        left = None if takeover is None or takeover.unit is not Unit.CLIENTS else takeover.remaining
        then = (
            "cannot tell when it takes over"
            if left is None
            else f"it takes over after {plural(int(left), 'more client')}"
        )
        yield Problem(
            kind=ProblemKind.PARTNER_GONE,
            title=f"{other.name} is down or cut off; {server.name} stands by and answers no client",
            scenario="5.1",
            severity=Severity.CRITICAL,
            certainty=Certainty.CANNOT_TELL,
            evidence=(
                from_server(server, f"no contact with {other.name}"),
                no_answer(other),
                *log_evidence(both, "HA_COMMUNICATION_INTERRUPTED", "HA_HEARTBEAT_COMMUNICATIONS_FAILED"),
            ),
            prospect=Prospect(f"{then} without an answer of {other.name}; without clients it never does"),
            steps=(
                f"Start {other.name} again, or repair its network",
                Remedy(
                    ActionName.START_MAINTENANCE,
                    f"takes over at once; only if {other.name} serves no client",
                    server.name,
                ),
            ),
        )


def maintenance(both: Joint) -> Iterator[Problem]:
    """A server serves all clients while its partner is in maintenance."""
    for server, other in both.each_way:
        if both.phase(server) is not Phase.TAKEN_OVER or both.phase(other) is not Phase.PAUSED:
            continue
        if Can.MAINTENANCE not in server.make.can:
            continue
        yield Problem(
            kind=ProblemKind.MAINTENANCE,
            title=f"{server.name} serves all clients while {other.name} is in maintenance",
            scenario="5.9",
            severity=Severity.WARNING,
            certainty=Certainty.CERTAIN,
            evidence=tuple(from_server(each, f"its state is {last_word(each)}") for each in (server, other)),
            prospect=Prospect(f"{other.name} can be stopped; one server serves until it is back"),
            steps=(
                f"Stop {other.name}, do the work and start it: it reads the leases that it missed",
                Remedy(ActionName.CANCEL_MAINTENANCE, "if it was not stopped", server.name),
            ),
        )
