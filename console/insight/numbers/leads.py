"""Numbers of leases: how many have no lead left, and the load of renewals when all leases are as short as MCLT."""

from dataclasses import dataclass

from console.insight.joint import Joint
from console.insight.numbers.reading import NOT_KNOWN, Reading, above, missing
from console.insight.wording import span
from console.model.facts import PairFacts
from console.model.picture import ServerPicture, Severity
from console.model.profiles import Fact
from console.model.traffic import Leads

LIMITED_AMBER_PERCENT = 50
LOAD_AMBER = 4.0
BAR_CELLS = 20


@dataclass(frozen=True, slots=True)
class _PoolSample:
    """A pool with a sample of its leases."""

    leased: int
    leads: Leads


def _pool_samples(facts: PairFacts) -> list[_PoolSample]:
    return [
        _PoolSample(pool.leased, pool.leads)
        for pool in facts.pools or ()
        if pool.leads is not None and pool.leads.sampled and pool.leased is not None
    ]


def limited_share(facts: PairFacts) -> float | None:
    """The share, 0 to 1, of leases that get at most MCLT at their next renewal; `None` when no pool reports leads."""
    samples = _pool_samples(facts)
    weight = sum(each.leased for each in samples)
    if not weight:
        return None if all(pool.leads is None for pool in facts.pools or ()) else 0.0
    # Each pool has its own sample, weighted by the number of its leases.
    return sum(each.leased * each.leads.limited / each.leads.sampled for each in samples) / weight


def lead_classes(facts: PairFacts) -> tuple[tuple[str, float], ...] | None:
    """The name of each class of lead left, and the share of leases in it; `None` when no pool reports classes.

    Pools whose classes have other limits than those of the first pool are left out.
    """
    samples = [each for each in _pool_samples(facts) if len(each.leads.classes) == len(each.leads.edges) + 1]
    edges = samples[0].leads.edges if samples else ()
    samples = [each for each in samples if each.leads.edges == edges]
    weight = sum(each.leased for each in samples)
    if not weight:
        return None
    names = ("none", *(f"< {span(edge)}" for edge in edges[1:]), "more")
    return tuple(
        (name, sum(each.leased * each.leads.classes[number] / each.leads.sampled for each in samples) / weight)
        for number, name in enumerate(names)
    )


def lead_left(both: Joint, server: ServerPicture) -> Reading:
    """The share of leases without lead, with the histogram."""
    facts = server.facts
    share = None if facts is None else limited_share(facts)
    if facts is None or share is None:
        return missing(server, Fact.POOLS) or NOT_KNOWN
    classes = lead_classes(facts) or ()
    lines = [f"{name:>8}  {'█' * round(part * BAR_CELLS)} {part:.0%}" for name, part in classes]
    severity = Severity.OK if facts.contact else above(100 * share, LIMITED_AMBER_PERCENT)
    return Reading(f"{share:.0%} limited to MCLT", severity, tuple(lines))


def renewals_per_second(facts: PairFacts) -> tuple[float, float] | None:
    """Renewals a second with leases of the configured length, and with all leases MCLT long. A client renews at half
    its lease. `None` when a pool does not report its lease time or leases, or the server not its MCLT."""
    normal = short = 0.0
    if facts.pools is None or not facts.mclt:
        return None
    for pool in facts.pools:
        if not pool.lease_time or pool.leased is None:
            return None
        normal += pool.leased * 2 / pool.lease_time
        short += pool.leased * 2 / min(facts.mclt, pool.lease_time)
    return normal, short


def renewal_load(both: Joint, server: ServerPicture) -> Reading:
    """The factor by which the load of renewals grows when contact is lost for longer than a lease lasts."""
    facts = server.facts
    rates = None if facts is None else renewals_per_second(facts)
    if facts is None or rates is None:
        return missing(server, Fact.MCLT, Fact.POOLS) or NOT_KNOWN
    normal, short = rates
    factor = short / normal if normal else 1.0
    lines = [f"now {normal:.2f} renewals a second, then {short:.2f}"]
    lines += [
        f"{pool.name}: leases {span(pool.lease_time or 0)}, MCLT {span(facts.mclt or 0)}" for pool in facts.pools or ()
    ]
    severity = Severity.OK if facts.contact else above(factor, LOAD_AMBER)
    return Reading(f"x{factor:,.1f}, to {short:,.1f} a second", severity, tuple(lines))
