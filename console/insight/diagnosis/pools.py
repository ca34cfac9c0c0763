"""Pools that run out of addresses, and a backup that could not serve alone until an operator acts."""

from collections.abc import Iterator
from itertools import islice

from console.insight.diagnosis.problem import (
    Certainty,
    Evidence,
    Problem,
    ProblemKind,
    Prospect,
    Step,
    from_server,
    runbook,
)
from console.insight.forecast import Forecast, forecasts
from console.insight.joint import Joint
from console.insight.limits import EXHAUSTION_WARNING_SECONDS
from console.insight.numbers.pools import Cover, covers, gain_previews
from console.insight.remedies import Remedy
from console.insight.shares import own
from console.insight.wording import duration, plural, wall
from console.model.action_names import ActionName
from console.model.facts import PairFacts, PoolFacts
from console.model.phases import INTERRUPTED
from console.model.picture import ServerPicture, Severity

ADD = "Add a range, or a secondary scope, on BOTH servers"


def running_out(both: Joint) -> Iterator[Problem]:
    """5.3, and Table 5: new clients cannot get addresses, or soon cannot."""
    for server, _ in both.each_way:
        facts = server.facts
        if facts is None or not both.seen(server):
            continue
        found = [each for each in forecasts(both.pair, both.now) if each.server == server.name]
        wanted = {pool.name for pool in facts.pools or () if pool.total != 0}
        empty = [each for each in found if not each.usable and each.pool in wanted]
        soon = [
            each
            for each in found
            if each.usable and each.at is not None and each.at - both.now < EXHAUSTION_WARNING_SECONDS
        ]
        if empty or soon:
            yield _running_out(both, server, facts, empty, soon)


def _running_out(
    both: Joint, server: ServerPicture, facts: PairFacts, empty: list[Forecast], soon: list[Forecast]
) -> Problem:
    worst = (empty or soon)[0]
    pool = next(each for each in facts.pools or () if each.name == worst.pool)
    alone = facts.phase in INTERRUPTED
    refused = facts.traffic.no_address if facts.traffic is not None else 0
    article = "a prefix" if worst.nouns[0] == "prefix" else "an address"
    if empty:
        title = f"New clients get no {worst.nouns[0]} on {server.name}: {worst.pool} is empty"
        prospect = Prospect(f"new clients get no service; clients that have {article} keep it")
    else:
        title = f"{worst.pool} on {server.name} runs out of free {worst.nouns[1]}"
        prospect = Prospect(f"new clients get no {worst.nouns[0]} from {worst.pool}", worst.at, estimate=True)
    return Problem(
        kind=ProblemKind.RUNNING_OUT,
        about=server.name,
        title=title,
        scenario="5.3" if alone else "Table 5: new clients cannot get addresses",
        severity=Severity.CRITICAL if empty else Severity.WARNING,
        certainty=Certainty.CERTAIN if empty else Certainty.LIKELY,
        evidence=tuple(_counts(server, pool, worst, refused)),
        prospect=prospect,
        steps=(*_gain_steps(both, server, facts, pool, alone), ADD, *_afterwards(both, facts, pool.name)),
    )


def _counts(server: ServerPicture, pool: PoolFacts, worst: Forecast, refused: int) -> Iterator[Evidence]:
    count = own(pool)
    held = "an unknown number of" if count is None else f"{count:,}"
    whose = "own " if pool.undivided is None else ""
    rate = "new clients not known" if worst.per_hour is None else f"{worst.per_hour:,.0f} new clients an hour"
    yield from_server(server, f"{pool.name}: {held} {whose}free {worst.nouns[1]}, {rate}")
    if pool.other_available:
        words = plural(pool.other_available, *worst.nouns)
        yield from_server(server, f"{pool.name}: {words} free but in the partner's share")
    if pool.pending_available:
        yield from_server(
            server,
            f"{pool.name}: {pool.pending_available:,} expired or released, waiting for the partner's acknowledgement",
        )
    if refused:
        yield from_server(server, f"{plural(refused, 'request')} got no address since it started")


def _gain_steps(both: Joint, server: ServerPicture, facts: PairFacts, pool: PoolFacts, alone: bool) -> tuple[Step, ...]:
    if not alone or pool.undivided is not None:
        return ()  # No address of the partner would become usable in a pool without shares.
    if both.seen(both.pair.partner_of(server.name)):
        # A partner that runs must not be declared down, even if it has free addresses.
        return (f"Repair the link to {facts.partner}: then both share again", runbook("race", "while the link is lost"))
    why = f"cannot tell when the addresses become usable; only when {facts.partner} is proven off"
    for label, at in islice(gain_previews(server, facts, both.now), 1):
        when = "at once" if at <= both.now else f"at {wall(at, both.zone, both.now)}, in {duration(at - both.now)}"
        count = "an unknown number" if pool.other_available is None else f"{pool.other_available:,}"
        why = f"{count} more {when} ({label}); only when {facts.partner} is proven off"
    return (
        f"Start {facts.partner} again: then both share addresses again",
        Remedy(ActionName.SET_PARTNER_DOWN, why, server.name),
        runbook("pool-exhaustion", "step by step"),
    )


def _afterwards(both: Joint, facts: PairFacts, pool: str) -> tuple[str, ...]:
    if facts.load_balancing:
        return ("Afterwards: add addresses; load balancing fixes the backup's share at 50 %",)
    cover = next((each for each in covers(both.pair, both.backup, both.now, both.zone) if each.pool == pool), None)
    if cover is None:
        return ("Afterwards: raise backup-pct on the main; the rate of new clients is not known yet",)
    return (f"Afterwards: {_raise(cover)}",)


def _raise(cover: Cover) -> str:
    if cover.percent > 100:
        return f"add addresses to {cover.pool}: the backup alone needs {cover.need:,}, and fewer are free"
    return f"raise backup-pct of {cover.pool} on the main to {cover.percent}"


def not_watched(both: Joint) -> str | None:
    """Why the console cannot tell how long the backup could serve alone; None where it can."""
    known = next(covers(both.pair, both.backup, both.now, both.zone), None)
    return "the rate of new clients is not known yet" if known is None else None


def not_ready(both: Joint) -> Iterator[Problem]:
    """Readiness (R-116 to R-118): the backup's share would not last until an operator acts."""
    short = [each for each in covers(both.pair, both.backup, both.now, both.zone) if each.short]
    facts = both.backup.facts
    if not short or facts is None or facts.interrupted or not both.seen(both.backup):
        return
    evidence = tuple(
        from_server(both.backup, f"{each.pool}: needs {each.need:,} of its own, has {each.available:,}")
        for each in short
    )
    steps: tuple[Step, ...] = tuple(_raise(each)[0].upper() + _raise(each)[1:] for each in short[:3])
    if facts.load_balancing:
        steps = ("Load balancing fixes the share at 50 %: add addresses to " + ", ".join(each.pool for each in short),)
    yield Problem(
        kind=ProblemKind.NOT_READY,
        title=f"The backup's share of {short[0].pool} is too small to serve alone until an operator acts",
        scenario="readiness",
        severity=Severity.INFO,
        certainty=Certainty.LIKELY,
        evidence=evidence,
        prospect=Prospect("no effect now; if the main fails, new clients may get no address before an operator acts"),
        steps=steps,
    )
