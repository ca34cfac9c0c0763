"""What Set Partner Down would do for a chosen date: numbers first, then what can go wrong.

The partner's addresses become usable at max(entry, date + MCLT): MCLT counts from the date when the partner
was last operational (R-151), and never before the state is entered. Nothing here is a promise of the
console: the same arithmetic runs in the server, and its answer is what the audit record keeps.

What cannot be worked out is None, and its sentence says that it cannot be told.
"""

from dataclasses import dataclass
from datetime import tzinfo

from console.insight.freshness import on_our_clock
from console.insight.shares import total_of
from console.insight.wording import both_clocks, duration, plural
from console.model.picture import ServerPicture

POOLS_NAMED = 4


@dataclass(frozen=True, slots=True)
class Gain:
    """One pool's addresses that are the partner's now and would become ours."""

    pool: str
    addresses: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """For `server` declaring `partner` down as of `date`, decided at `entry`. Instants by our clock. `gained` is how
    many addresses become usable in all, `gains` which."""

    server: str
    partner: str
    date: float
    entry: float
    usable_at: float | None
    own_free: int | None
    gained: int | None
    gains: tuple[Gain, ...]
    before_contact: float | None
    contact_known: bool
    mclt: float | None

    @property
    def at_once(self) -> bool:
        return self.usable_at is not None and self.usable_at <= self.entry


def outlook_of(server: ServerPicture, date: float, now: float) -> Outlook | None:
    """What follows from that date; `None` when the server has never answered."""
    facts = server.facts
    if facts is None:
        return None
    contact = facts.contact_lost_at or facts.last_contact
    contact = None if contact is None else on_our_clock(server, contact)
    return Outlook(
        server=server.name,
        partner=facts.partner,
        date=date,
        entry=now,
        usable_at=None if facts.mclt is None else max(now, date + facts.mclt),
        own_free=total_of(facts, "available"),
        gained=total_of(facts, "other_available"),
        gains=tuple(Gain(pool.name, pool.other_available) for pool in facts.pools or () if pool.other_available),
        before_contact=contact if contact is not None and date < contact - 1 else None,
        contact_known=contact is not None,
        mclt=facts.mclt,
    )


def sentences(found: Outlook, zone: tzinfo) -> tuple[str, ...]:
    """The consequences as a person reads them, the gain first and the risk last."""
    gained = "free addresses (how many is not known)"
    if found.gained is not None:
        gained = plural(found.gained, "free address", "free addresses")
    if found.usable_at is None:
        gain = f"Cannot tell when it may give out {found.partner}'s {gained}: {found.server} does not report MCLT."
    elif found.at_once:
        gain = f"It may give out {found.partner}'s {gained} AT ONCE."
    else:
        wait = duration(found.usable_at - found.entry)
        start = both_clocks(found.usable_at, zone)
        gain = f"It may give out {found.partner}'s {gained} from {start}, in {wait}."
    own = "Cannot tell how many free addresses of its own it has."
    if found.own_free is not None:
        own = f"Until then it has {plural(found.own_free, 'free address', 'free addresses')} of its own."
    lines = [
        f"{found.server} will treat {found.partner} as dead since {both_clocks(found.date, zone)}.",
        f"{gain} {own}",
    ]
    if found.gains:
        named = sorted(found.gains, key=lambda each: -each.addresses)
        words = [f"{each.pool} {each.addresses:,}" for each in named[:POOLS_NAMED]]
        rest = len(named) - POOLS_NAMED
        lines.append("Pools: " + ", ".join(words) + (f" and {plural(rest, 'more pool')}" if rest > 0 else "") + ".")
    lines.append(f"If {found.partner} is alive and reaches clients, two clients can get one address.")
    if found.before_contact is not None:
        contact = both_clocks(found.before_contact, zone)
        until = "for MCLT" if found.mclt is None else f"until MCLT ({duration(found.mclt)})"
        lines.append(
            f"You say that {found.partner} stopped BEFORE its last contact ({contact}). Addresses that it "
            f"gave out from your date {until} after that contact may be given out twice."
        )
    elif not found.contact_known:
        lines.append(f"Cannot tell whether {found.partner} was in contact after that date: then the same can happen.")
    lines.append(f"{found.partner} must stay off, or cut off from clients, until it can contact {found.server}.")
    return tuple(lines)
