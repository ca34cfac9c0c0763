"""Pools that one server shares and its partner does not, or has with another size."""

from console.insight.freshness import live_facts
from console.model.picture import PairPicture
from console.model.profiles import Can, Fact


def differing_pools(pair: PairPicture, now: float) -> tuple[str, ...] | None:
    """The differences as sentences without their full stop; None where a server is not seen or reports no pools, or
    where no name is on both servers. A pool without shares belongs to one server alone, and is not compared.
    Sizes are compared where the make has the configuration and does not compare it itself."""
    known = live_facts(pair, now)
    if len(known) < 2:
        return None
    (main, mine), (backup, theirs) = known
    if mine.pools is None or theirs.pools is None:
        return None
    ours = {pool.name: pool for pool in mine.pools if pool.undivided is None}
    others = {pool.name: pool for pool in theirs.pools if pool.undivided is None}
    if (ours or others) and not ours.keys() & others.keys():
        return None  # They have no name in common: the names of one server are not known.
    found = [f"{name} is shared on {main.name} and not on {backup.name}" for name in sorted(ours.keys() - others)]
    found += [f"{name} is shared on {backup.name} and not on {main.name}" for name in sorted(others.keys() - ours)]
    exact = all(Can.CONFIG in server.make.can and Fact.CONFIG_MISMATCH not in server.make.facts for server, _ in known)
    for name in sorted(ours.keys() & others) if exact else ():
        sizes = ours[name].total, others[name].total
        if None not in sizes and sizes[0] != sizes[1]:
            found.append(f"{name} has {sizes[0]:,} addresses on {main.name} and {sizes[1]:,} on {backup.name}")
    return tuple(found)
