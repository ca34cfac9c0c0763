"""One table of all numbers: what it is called, the formula in words, what it means, what to do, and how it is read.

The screen of numbers, the help page and the explanations on other screens draw from it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from console.insight.numbers import leads, link, pools
from console.insight.numbers.reading import Reading
from console.insight.verdict import Joint
from console.model.picture import ServerPicture

Read = Callable[[Joint, ServerPicture], Reading]


@dataclass(frozen=True, slots=True)
class Number:
    """One number. `of_pair`: it is one for both servers, not one of each."""

    id: str
    name: str
    formula: str
    meaning: str
    to_do: str
    read: Read
    of_pair: bool = False


NUMBERS: tuple[Number, ...] = (
    Number(
        "dup_risk",
        "duplicate risk",
        "from the states of both, and from when and why a server took over",
        "Whether two clients can get one address now.",
        "Possible or certain: stop one server at once. Cannot tell: look at the server that is not seen.",
        link.duplicates,
        of_pair=True,
    ),
    Number(
        "race_margin",
        "race margin",
        "the smaller safe period left, while both live without contact",
        "Time to the first unsafe event: then one server takes over while the other still serves.",
        "Repair the link; or stop one server; or switch the safe period off on BOTH.",
        link.race,
        of_pair=True,
    ),
    Number(
        "safe_remaining",
        "safe period left",
        "safe period - (now - start of COMM-INTERRUPTED); amber under 1 h, red under 15 min",
        "When this server declares its partner down by itself.",
        "Find out before then whether the partner lives.",
        link.safe_left,
    ),
    Number(
        "own_pool",
        "own pool",
        "available on this server, by scope",
        "What it can give to new clients without its partner. Renewals do not need it.",
        "None left: bring the partner back, or prove it dead and use Set Partner Down.",
        pools.own_pool,
    ),
    Number(
        "exhaustion_at",
        "runs out in",
        "own pool / max(arrival 15 min, arrival in the same hour yesterday); amber under 2 h, red under 30 min",
        "When new clients get no address any more; the worst scope.",
        "Bring the partner back, or see when its addresses could be gained; add addresses.",
        pools.exhaustion,
    ),
    Number(
        "arrival_15m",
        "arrival, 15 min",
        "new clients an hour, moving average over 15 minutes",
        "New clients that this server has to reckon with. Alone, it reckons with those of both.",
        "Much more than yesterday: something floods, or everybody came back at once.",
        pools.arrival_fast,
    ),
    Number(
        "arrival_24h",
        "arrival, 24 h",
        "new clients an hour, moving average over 24 hours",
        "What is usual.",
        "Compare with the last 15 minutes.",
        pools.arrival_slow,
    ),
    Number(
        "arrival_yesterday",
        "same hour yesterday",
        "new clients of the pair in the same hour yesterday",
        "What this hour usually brings, even if it has only begun.",
        "Nothing: the forecast takes the larger of this and the last 15 minutes.",
        pools.arrival_yesterday,
    ),
    Number(
        "pool_gain_at",
        "partner's addresses",
        "max(entry into PARTNER-DOWN, partner-down time + MCLT)",
        "When this server may give out its partner's free addresses.",
        "A true date that is further back gains them sooner; an untrue one gives addresses out twice.",
        pools.pool_gain,
    ),
    Number(
        "lead_left",
        "lead left",
        "max(acknowledged, received potential) - now, by lease; a sample",
        "Leases without lead get no more than MCLT at their next renewal.",
        "Rising while contact is lost is normal. It brings load, no loss.",
        leads.lead_left,
    ),
    Number(
        "renewal_load_x",
        "renewal load",
        "renewals a second when all leases are MCLT long / as it should be",
        "What load a long loss of contact brings: clients renew half-way through a lease.",
        "Too much for the server: repair before leases have run down, or plan a longer MCLT.",
        leads.renewal_load,
    ),
    Number(
        "recover_deadline",
        "recovery ends",
        "time of failure, or failover-recover, + MCLT",
        "A server that returned serves nobody before: clients that it may have served must be known or expired.",
        "Wait. Restarting begins the transfer again.",
        link.recovery,
    ),
    Number(
        "resync",
        "transfer",
        "acknowledged / marked; rate since it was first seen",
        "What a partner has to be told after an outage.",
        "Wait. No progress for 2 minutes: look at the link and at the log of both.",
        link.resync,
    ),
    Number(
        "unacked",
        "unacked updates",
        "in flight of how many are allowed; age of the oldest, amber over 30 s",
        "What the partner was told and has not acknowledged.",
        "An old one: the partner is overloaded or hangs. Look at its log.",
        link.unacked,
    ),
    Number(
        "skew",
        "clock skew",
        "the partner's clock less this one's; amber over 2 s, red over 5 s",
        "Over 5 s the servers refuse each other, and the safe period runs.",
        "Repair NTP on the server that is wrong.",
        link.skew,
    ),
    Number(
        "reaction_need",
        "cover alone",
        "max(2 h x arrival by day, 12 h x arrival by night), against what this server has of its own",
        "Addresses that it needs to serve alone until somebody acts.",
        "Too few: raise backup-pct on the main to what the scope needs, or add addresses.",
        pools.readiness,
    ),
)


def number(name: str) -> Number:
    """The number of that id. Raises KeyError."""
    found = next((each for each in NUMBERS if each.id == name), None)
    if found is None:
        raise KeyError(name)
    return found
