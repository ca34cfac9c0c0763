"""The effects of Set Partner Down with a chosen date: first the numbers, then the risks.

The partner's addresses become usable at max(entry, date + MCLT): MCLT counts from the date when the partner was last
operational (R-151), and never from before the state is entered. These are estimates of the console: the server does
the same arithmetic, and its result is in the audit record.

Values that cannot be computed are None, and their sentence begins with "Cannot tell".
"""

from dataclasses import dataclass
from datetime import tzinfo

from console.insight.freshness import on_our_clock
from console.insight.shares import own_free, partner_addresses, partner_free
from console.insight.wording import both_clocks, duration, plural
from console.model.picture import ServerPicture

POOLS_NAMED = 4


@dataclass(frozen=True, slots=True)
class Gain:
    """The addresses of one pool that are in the partner's share and would become usable."""

    pool: str
    addresses: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """The effects if `server` declares `partner` down with `date`, at `entry`. Times are on the console's clock.

    `own_free` and `gained` are what it can lease before and what becomes usable, in words; `gained_addresses` is the
    number of addresses among the latter, `gains` the number of each pool. `before_contact` is the last contact, if the
    date is before it.
    """

    server: str
    partner: str
    date: float
    entry: float
    usable_at: float | None
    own_free: str | None
    gained: str | None
    gained_addresses: int | None
    gains: tuple[Gain, ...]
    before_contact: float | None
    contact_known: bool
    mclt: float | None

    @property
    def at_once(self) -> bool:
        """Whether the addresses are usable immediately."""
        return self.usable_at is not None and self.usable_at <= self.entry


def outlook_of(server: ServerPicture, date: float, now: float) -> Outlook | None:
    """The effects of that date; `None` when the server has never answered."""
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
        own_free=own_free(facts),
        gained=partner_free(facts),
        gained_addresses=partner_addresses(facts),
        gains=tuple(Gain(pool.name, pool.other_available) for pool in facts.pools or () if pool.other_available),
        before_contact=contact if contact is not None and date < contact - 1 else None,
        contact_known=contact is not None,
        mclt=facts.mclt,
    )


def sentences(found: Outlook, zone: tzinfo) -> tuple[str, ...]:
    """The effects in sentences, the gain first and the risk last."""
    gained = found.gained or "free addresses (number not known)"
    if found.usable_at is None:
        gain = f"Cannot tell when it may lease {found.partner}'s {gained}: {found.server} does not report MCLT."
    elif found.at_once:
        gain = f"It may lease {found.partner}'s {gained} AT ONCE."
    else:
        wait = duration(found.usable_at - found.entry)
        start = both_clocks(found.usable_at, zone)
        gain = f"It may lease {found.partner}'s {gained} from {start}, in {wait}."
    own = "Cannot tell how many free addresses of its own it has."
    if found.own_free is not None:
        own = f"Until then it has {found.own_free} of its own."
    lines = [
        f"{found.server} will treat {found.partner} as down since {both_clocks(found.date, zone)}.",
        f"{gain} {own}",
    ]
    if found.gains:
        named = sorted(found.gains, key=lambda each: -each.addresses)
        words = [f"{each.pool} {each.addresses:,}" for each in named[:POOLS_NAMED]]
        rest = len(named) - POOLS_NAMED
        lines.append("Pools: " + ", ".join(words) + (f" and {plural(rest, 'more pool')}" if rest > 0 else "") + ".")
    lines.append(f"If {found.partner} runs and reaches clients, two clients can get the same address.")
    if found.before_contact is not None:
        contact = both_clocks(found.before_contact, zone)
        until = "for MCLT" if found.mclt is None else f"until MCLT ({duration(found.mclt)})"
        lines.append(
            f"The date is BEFORE the last contact with {found.partner} ({contact}). Addresses that it leased "
            f"from that date {until} after that contact may be leased twice."
        )
    elif not found.contact_known:
        lines.append(
            f"Cannot tell whether {found.partner} had contact after that date: if so, addresses may be leased twice."
        )
    lines.append(f"{found.partner} must stay off, or cut off from clients, until it can reach {found.server}.")
    return tuple(lines)
