"""One server has what both should have: all free addresses, other buckets of clients, or the leases of a takeover.

These are known from pairs of ISC dhcpd; the rules use facts and apply to every make that reports them.
"""

from collections.abc import Iterator

from console.insight.diagnosis.problem import (
    Certainty,
    Problem,
    ProblemKind,
    Prospect,
    Step,
    from_console,
    from_server,
    log_evidence,
    no_answer,
    runbook,
)
from console.insight.freshness import last_word, on_our_clock
from console.insight.joint import Joint
from console.insight.one_sided_pools import differing_pools
from console.insight.remedies import Remedy
from console.insight.wording import plural, wall
from console.model.action_names import ActionName
from console.model.facts import PairFacts, PoolFacts
from console.model.phases import INTERRUPTED, RECOVERING, Phase
from console.model.picture import ServerPicture, Severity
from console.model.profiles import Can

BUCKETS = 256
POOLS_SHOWN = 6


def holds_all_free(both: Joint) -> Iterator[Problem]:
    """Table 5: both servers work together, and one of them has no free address, because its partner holds them all."""
    if both.phases != (Phase.NORMAL, Phase.NORMAL):
        return
    for server, other in both.each_way:
        facts = server.facts
        if facts is None:
            continue
        found = [pool for pool in facts.pools or () if _has_none(pool)]
        if found:
            yield _holds_all_free(both, server, other, found)


def _has_none(pool: PoolFacts) -> bool:
    return pool.undivided is None and pool.available == 0 and bool(pool.other_available)


def _holds_all_free(both: Joint, server: ServerPicture, other: ServerPicture, found: list[PoolFacts]) -> Problem:
    named = ", ".join(pool.name for pool in found[:3])
    steps: list[Step] = []
    if Can.REBALANCE in server.make.can:
        steps.append(Remedy(ActionName.REBALANCE, "moves the shares at once", server.name))
    return Problem(
        kind=ProblemKind.HOLDS_ALL_FREE,
        about=server.name,
        title=f"{other.name} holds all free addresses of {named}; {server.name} has none for new clients",
        scenario="Table 5: new clients cannot get addresses",
        severity=Severity.WARNING,
        certainty=Certainty.CERTAIN,
        evidence=(
            *(
                from_server(
                    server, f"{pool.name}: 0 own free addresses, {pool.other_available:,} in the share of {other.name}"
                )
                for pool in found
            ),
            *log_evidence(both, "PEER_HOLDS_ALL"),
        ),
        prospect=Prospect(f"new clients that {server.name} is to answer get no address until the next balance"),
        steps=(
            *steps,
            f"Wait for the next balance (ISC dhcpd: max-balance, an hour), or restart {server.name} alone: when it "
            "is NORMAL again, the pools are balanced",
            f"If it stays so: compare the ranges of {named} on both servers, and add addresses where few are free",
        ),
    )


def pools_not_compared(both: Joint) -> str | None:
    """Why the pools of the servers cannot be compared; None where they can."""
    found = differing_pools(both.pair, both.now)
    return "both servers must be seen, with pools that have the same names" if found is None else None


def pools_differ(both: Joint) -> Iterator[Problem]:
    """5.4: the servers share different pools, as they count them."""
    found = differing_pools(both.pair, both.now)
    if not found:
        return
    windows = any(server.make.powershell for server in (both.main, both.backup))
    subject = "windows-scopes-differ" if windows else "config-mismatch"
    yield Problem(
        kind=ProblemKind.POOLS_DIFFER,
        title="The servers do not share the same pools",
        scenario="5.4",
        severity=Severity.WARNING,
        certainty=Certainty.CERTAIN,
        evidence=tuple(from_console(both, text) for text in found[:POOLS_SHOWN]),
        prospect=Prospect("if one server fails, clients of what only that one has get no service"),
        steps=(
            "Make the pools equal on both servers: the settings of pools are not replicated by failover",
            runbook(subject, "step by step"),
        ),
    )


def split_differs(both: Joint) -> Iterator[Problem]:
    """Load balancing (RFC 3074): both servers must divide the clients in the same way."""
    mine, theirs = both.main.facts, both.backup.facts
    if mine is None or theirs is None or mine.buckets is None or theirs.buckets is None:
        return
    if mine.buckets == theirs.buckets or both.phases != (Phase.NORMAL, Phase.NORMAL):
        return
    yield Problem(
        kind=ProblemKind.SPLIT_DIFFERS,
        title="The servers divide the clients in different ways: some get two answers, or none",
        scenario="Table 5: load balancing",
        severity=Severity.WARNING,
        certainty=Certainty.CERTAIN,
        evidence=tuple(
            from_server(server, f"main {facts.buckets[0]}, backup {facts.buckets[1]} of {BUCKETS} buckets")
            for server, facts in ((both.main, mine), (both.backup, theirs))
            if facts.buckets is not None
        ),
        prospect=Prospect("it stays so until the configurations agree"),
        steps=("Set the split on the main, and let the backup connect again, which takes it over",),
    )


def started_alone(both: Joint) -> Iterator[Problem]:
    """5.1, with ISC dhcpd: one server had taken over and is gone; the other was started alone, and serves without the
    leases of that time."""
    for server, other in both.each_way:
        facts, theirs = server.facts, other.facts
        if facts is None or theirs is None or both.seen(other) or theirs.phase is not Phase.TAKEN_OVER:
            continue
        if both.phase(server) not in {*INTERRUPTED, *RECOVERING, Phase.STARTING} or facts.contact:
            continue
        began = theirs.partner_down_time or theirs.since
        since = facts.since
        if since is not None and began is not None and on_our_clock(server, since) < on_our_clock(other, began):
            continue  # It was alone before the other took over: it did not start again.
        serves = both.phase(server) in INTERRUPTED
        stop: Step = Remedy(ActionName.STOP, "before it grants more", server.name)
        if Can.STOP not in server.make.can:
            stop = f"Stop {server.name}: it grants addresses that {other.name} may have leased"
        seen_until = "" if other.reported_at is None else f" until {wall(other.reported_at, both.zone, both.now)}"
        yield Problem(
            kind=ProblemKind.STARTED_ALONE,
            about=server.name,
            title=f"{server.name} was started alone: it lacks the leases that {other.name} granted in PARTNER-DOWN",
            scenario="5.1",
            severity=Severity.CRITICAL,
            certainty=Certainty.LIKELY,
            evidence=(
                from_server(other, f"it was {last_word(other)}{seen_until}: it served all clients"),
                no_answer(other),
                from_server(
                    server, f"{facts.word}, without contact with {other.name}{_pools(facts) if serves else ''}"
                ),
            ),
            prospect=Prospect("two clients can get one address, and conflicts must be resolved when contact returns"),
            steps=(
                *((stop,) if serves else ()),
                f"Start {other.name} first; start {server.name} when it can reach {other.name}",
                f"If the data of {other.name} is lost: leave {server.name} running, and expect conflicts",
                runbook("potential-conflict", "what follows when contact returns"),
            ),
        )


def _pools(facts: PairFacts) -> str:
    free = [pool.available for pool in facts.pools or () if pool.available is not None]
    return f"; it leases {plural(sum(free), 'free address', 'free addresses')}" if free else ""
