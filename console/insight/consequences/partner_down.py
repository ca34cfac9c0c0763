"""What Set Partner Down would do for a chosen date: numbers first, then what can go wrong.

The partner's addresses become usable at max(entry, date + MCLT): MCLT counts from the date when the partner
was last operational (R-151), and never before the state is entered. Nothing here is a promise of the
console: the same arithmetic runs in the server, and its answer is what the audit record keeps.
"""

from dataclasses import dataclass
from datetime import tzinfo

from console.insight.freshness import clock_offset, on_our_clock
from console.insight.wording import both_clocks, duration, plural
from console.model.picture import ServerPicture

POOLS_NAMED = 4


@dataclass(frozen=True, slots=True)
class Gain:
    """One pool's addresses that are the partner's now and would become ours."""

    pool: str
    addresses: int


@dataclass(frozen=True, slots=True)
class Consequences:
    """For `server` declaring `partner` down as of `date`, decided at `entry`. Instants by our clock."""

    server: str
    partner: str
    date: float
    entry: float
    usable_at: float
    own_free: int
    gains: tuple[Gain, ...]
    before_contact: float | None
    mclt: float

    @property
    def gained(self) -> int:
        """How many addresses become usable in all."""
        return sum(each.addresses for each in self.gains)

    @property
    def at_once(self) -> bool:
        return self.usable_at <= self.entry


def consequences(server: ServerPicture, date: float, now: float) -> Consequences | None:
    """What follows from that date; `None` when the server has never answered."""
    report = server.report
    if report is None:
        return None
    contact = report.start_of_communications_interrupted or report.last_contact
    contact = None if contact is None else on_our_clock(server, contact)
    return Consequences(
        server=server.name,
        partner=report.partner_name,
        date=date,
        entry=now,
        usable_at=max(now, date + report.mclt),
        own_free=sum(pool.available for pool in report.pools),
        gains=tuple(Gain(pool.name, pool.other_available) for pool in report.pools if pool.other_available),
        before_contact=contact if contact is not None and date < contact - 1 else None,
        mclt=report.mclt,
    )


def sentences(found: Consequences, zone: tzinfo) -> tuple[str, ...]:
    """The consequences as a person reads them, the gain first and the risk last."""
    gained = plural(found.gained, "free address", "free addresses")
    if found.at_once:
        gain = f"It may give out {found.partner}'s {gained} AT ONCE."
    else:
        wait = duration(found.usable_at - found.entry)
        start = both_clocks(found.usable_at, zone)
        gain = f"It may give out {found.partner}'s {gained} from {start}, in {wait}."
    lines = [
        f"{found.server} will treat {found.partner} as dead since {both_clocks(found.date, zone)}.",
        f"{gain} Until then it has {plural(found.own_free, 'free address', 'free addresses')} of its own.",
    ]
    if found.gains:
        named = sorted(found.gains, key=lambda each: -each.addresses)
        words = [f"{each.pool} {each.addresses:,}" for each in named[:POOLS_NAMED]]
        rest = len(named) - POOLS_NAMED
        lines.append("Pools: " + ", ".join(words) + (f" and {plural(rest, 'more pool')}" if rest > 0 else "") + ".")
    lines.append(f"If {found.partner} is alive and reaches clients, two clients can get one address.")
    if found.before_contact is not None:
        contact = both_clocks(found.before_contact, zone)
        lines.append(
            f"You say that {found.partner} stopped BEFORE its last contact ({contact}). Addresses that it "
            f"gave out from your date until MCLT ({duration(found.mclt)}) after that contact may be given "
            "out twice."
        )
    lines.append(f"{found.partner} must stay off, or cut off from clients, until it can contact {found.server}.")
    return tuple(lines)


def server_date(server: ServerPicture, date: float) -> float:
    """The date on the server's clock, which is what the server compares with its own records."""
    return date + clock_offset(server)
