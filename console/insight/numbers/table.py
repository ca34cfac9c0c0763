"""The table of all numbers: name, formula in words, meaning, what to do, and the function that reads the value.

The screen of numbers, the help page and the explanations on other screens use it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from console.insight.joint import Joint
from console.insight.numbers import leads, link, pools
from console.insight.numbers.reading import Reading
from console.model.picture import ServerPicture

Read = Callable[[Joint, ServerPicture], Reading]


@dataclass(frozen=True, slots=True)
class Number:
    """One number. `of_pair`: one value for both servers, not one for each."""

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
        "from the states of both servers, and from the time and cause of a takeover",
        "Whether two clients can get the same address now.",
        "Possible or certain: stop one server at once. Cannot tell: check the server that is not seen.",
        link.duplicates,
        of_pair=True,
    ),
    Number(
        "race_margin",
        "race margin",
        "the smaller safe period left, while both servers run without contact",
        "Time until the first takeover: then one server uses addresses that the other still leases.",
        "Repair the link, or stop one server, or switch the safe period off on BOTH.",
        link.race,
        of_pair=True,
    ),
    Number(
        "safe_remaining",
        "safe period left",
        "safe period - (now - start of COMM-INTERRUPTED); amber under 1 h, red under 15 min",
        "Time until this server enters PARTNER-DOWN automatically.",
        "Find out before then whether the partner still runs.",
        link.safe_left,
    ),
    Number(
        "own_pool",
        "own pool",
        "available on this server, by scope",
        "Addresses for new clients without the partner. Renewals do not need them.",
        "None left: start the partner again, or prove that it is off and use Set Partner Down.",
        pools.own_pool,
    ),
    Number(
        "exhaustion_at",
        "runs out in",
        "own pool / max(arrival 15 min, arrival in the same hour yesterday); amber under 2 h, red under 30 min",
        "Time until new clients get no address, in the worst scope.",
        "Start the partner again, or see when its addresses become usable; add addresses.",
        pools.exhaustion,
    ),
    Number(
        "arrival_15m",
        "arrival, 15 min",
        "new clients an hour, moving average over 15 minutes",
        "New clients that this server must expect. Without its partner, it expects those of both servers.",
        "Much more than yesterday: a flood of requests, or all clients returned at the same time.",
        pools.arrival_fast,
    ),
    Number(
        "arrival_24h",
        "arrival, 24 h",
        "new clients an hour, moving average over 24 hours",
        "The usual rate.",
        "Compare it with the last 15 minutes.",
        pools.arrival_slow,
    ),
    Number(
        "arrival_yesterday",
        "same hour yesterday",
        "new clients of the pair in the same hour yesterday",
        "The usual rate of this hour.",
        "Nothing: the forecast uses the larger of this and the last 15 minutes.",
        pools.arrival_yesterday,
    ),
    Number(
        "pool_gain_at",
        "partner's addresses",
        "max(entry into PARTNER-DOWN, partner-down time + MCLT)",
        "When this server may lease its partner's free addresses.",
        "An earlier partner-down date, if it is true, makes them usable sooner. A wrong date leases addresses twice.",
        pools.pool_gain,
    ),
    Number(
        "lead_left",
        "lead left",
        "max(acknowledged, received potential) - now, for each lease of a sample",
        "Leases without lead get at most MCLT at their next renewal.",
        "It is normal that their share rises while contact is lost. It adds load; no lease is lost.",
        leads.lead_left,
    ),
    Number(
        "renewal_load_x",
        "renewal load",
        "renewals a second when all leases are MCLT long / with leases of the configured length",
        "The load after a long loss of contact: clients renew at half their lease.",
        "If the server cannot carry it, repair the link before leases are that short, or plan a longer MCLT.",
        leads.renewal_load,
    ),
    Number(
        "recover_deadline",
        "recovery ends",
        "time of failure, or failover-recover, + MCLT",
        "A returning server serves no clients before: every lease that it may have given must be known or expired.",
        "Wait. A restart starts the transfer again.",
        link.recovery,
    ),
    Number(
        "resync",
        "transfer",
        "acknowledged / marked; rate since it was first seen",
        "The bindings that a partner must receive after an outage.",
        "Wait. No progress for 2 minutes: check the link and both logs.",
        link.resync,
    ),
    Number(
        "unacked",
        "unacked updates",
        "unacknowledged of the maximum; age of the oldest, amber over 30 s",
        "Updates that were sent to the partner and are not acknowledged.",
        "An old one: the partner is overloaded or does not respond. Check its log.",
        link.unacked,
    ),
    Number(
        "skew",
        "clock skew",
        "the partner's clock minus this one's; amber over 2 s, red over 5 s",
        "Over 5 s the servers refuse the link, and the safe period runs.",
        "Repair NTP on the server whose clock is wrong.",
        link.skew,
    ),
    Number(
        "reaction_need",
        "cover alone",
        "max(2 h x arrival by day, 12 h x arrival by night), against this server's own free addresses",
        "Addresses that it needs to serve alone until an operator acts.",
        "Too few: raise backup-pct on the main to the value that the scope needs, or add addresses.",
        pools.readiness,
    ),
)


def number(name: str) -> Number:
    """The number of that id. Raises KeyError if there is none."""
    found = next((each for each in NUMBERS if each.id == name), None)
    if found is None:
        raise KeyError(name)
    return found
