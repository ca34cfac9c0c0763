"""Numbers of leases: how many have lost their lead, and what load comes when all are as short as MCLT."""

from console.insight.numbers.reading import NOT_SAID, Reading, above
from console.insight.verdict import Joint
from console.insight.wording import span
from console.model.picture import ServerPicture
from console.model.reports import Report

CLASS_NAMES = ("none", "< 15 min", "< 1 h", "< 4 h", "< 24 h", "more")
LIMITED_AMBER_PERCENT = 50
LOAD_AMBER = 4.0
BAR_CELLS = 20


def limited_share(report: Report) -> float | None:
    """The share, 0 to 1, of leases that get no more than MCLT at their next renewal; `None` when no pool tells."""
    told = [pool for pool in report.pools if pool.leads is not None and pool.leads.sampled]
    weight = sum(pool.leased for pool in told)
    if not weight:
        return None if all(pool.leads is None for pool in report.pools) else 0.0
    # Each pool is a sample of its own, so that a large one counts for as many leases as it has.
    limited = sum(pool.leased * pool.leads.limited / pool.leads.sampled for pool in told if pool.leads is not None)
    return limited / weight


def lead_classes(report: Report) -> tuple[float, ...] | None:
    """The share of leases in each class of lead left; `None` when no pool tells of one."""
    told = [(pool.leased, pool.leads) for pool in report.pools if pool.leads is not None and pool.leads.sampled]
    weight = sum(leased for leased, _ in told)
    if not weight:
        return None
    return tuple(
        sum(leased * leads.classes[number] / leads.sampled for leased, leads in told) / weight
        for number in range(len(CLASS_NAMES))
    )


def lead_left(both: Joint, server: ServerPicture) -> Reading:
    """How many leases have no lead left, with the histogram."""
    report = server.report
    share = None if report is None else limited_share(report)
    if report is None or share is None:
        return NOT_SAID
    classes = lead_classes(report) or ()
    lines = [
        f"{name:>8}  {'█' * round(part * BAR_CELLS)} {part:.0%}"
        for name, part in zip(CLASS_NAMES, classes, strict=False)
    ]
    severity = above(100 * share, LIMITED_AMBER_PERCENT) if report.interrupted else above(0, 1)
    return Reading(f"{share:.0%} limited to MCLT next", severity, tuple(lines))


def renewals_per_second(report: Report) -> tuple[float, float] | None:
    """Renewals a second with leases as long as they should be, and with all of them MCLT long: a client renews
    half-way through. `None` when a pool does not tell its lease time."""
    normal = short = 0.0
    for pool in report.pools:
        if not pool.lease_time:
            return None
        normal += pool.leased * 2 / pool.lease_time
        short += pool.leased * 2 / min(report.mclt, pool.lease_time)
    return normal, short


def renewal_load(both: Joint, server: ServerPicture) -> Reading:
    """By how much the load of renewals grows when contact stays lost for longer than a lease lasts."""
    report = server.report
    rates = None if report is None else renewals_per_second(report)
    if report is None or rates is None:
        return NOT_SAID
    normal, short = rates
    factor = short / normal if normal else 1.0
    lines = [f"now {normal:.2f} renewals a second, then {short:.2f}"]
    lines += [f"{pool.name}: leases {span(pool.lease_time or 0)}, MCLT {span(report.mclt)}" for pool in report.pools]
    severity = above(factor, LOAD_AMBER) if report.interrupted else above(0, 1)
    return Reading(f"x{factor:,.1f}, to {short:,.1f} a second", severity, tuple(lines))
