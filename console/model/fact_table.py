"""Whether a fact is known, unknown, or not reported by this make: one function for all of them.

known          the value, when the server reported it, and which server
unknown        this make reports it, and it has not arrived or was not readable
not reported   this make has no such thing, or does not report it
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from console.model.facts import PairFacts, PoolFacts, Takeover
from console.model.phases import INTERRUPTED, Cause, Phase
from console.model.picture import ServerPicture
from console.model.profiles import Fact


@dataclass(frozen=True, slots=True)
class Known:
    """A value, the time at which this console received it, and the server that reported it."""

    value: object
    at: float
    server: str


class Missing(StrEnum):
    """Why there is no value."""

    UNKNOWN = "unknown"
    NOT_REPORTED = "not reported by this make"


Read = Callable[[PairFacts], object]
"""The value of a fact, None where it is missing."""

NOTHING = "nothing"
"""The value of a fact that does not apply now: when contact was lost, of a server that has contact."""


def _contact_lost(facts: PairFacts) -> object:
    applies = facts.phase in INTERRUPTED or facts.phase is Phase.UNKNOWN
    return facts.contact_lost_at if applies or facts.contact_lost_at is not None else NOTHING


def _last_contact(facts: PairFacts) -> object:
    return NOTHING if facts.ever_in_contact is False else facts.last_contact


def _partner_down_time(facts: PairFacts) -> object:
    applies = facts.phase in (Phase.TAKEN_OVER, Phase.UNKNOWN) and facts.ever_in_contact is not False
    return facts.partner_down_time if applies else NOTHING


def _unacked_age(facts: PairFacts) -> object:
    return NOTHING if facts.unacked_updates == 0 else facts.oldest_unacked_age


def _takeover(facts: PairFacts) -> Takeover:
    return facts.takeover or Takeover()


def _skew(facts: PairFacts) -> object:
    """Without a connection there is nothing that measures it."""
    return NOTHING if facts.time_skew is None and facts.contact is False else facts.time_skew


def _of_pools(missing: Callable[[PoolFacts], bool]) -> Read:
    """The pools, if every one of them has what is looked for."""

    def read(facts: PairFacts) -> object:
        return None if facts.pools is None or any(missing(pool) for pool in facts.pools) else facts.pools

    return read


def _without_free(pool: PoolFacts) -> bool:
    divided = pool.available is not None and pool.other_available is not None
    return pool.total is None or not (divided or pool.undivided is not None)


READERS: Mapping[Fact, Read] = {
    Fact.ROLE: lambda facts: facts.role or None,
    Fact.STATE: lambda facts: None if facts.phase is Phase.UNKNOWN else facts.phase,
    Fact.STATE_SINCE: lambda facts: facts.since,
    Fact.CAUSE: lambda facts: None if facts.cause is Cause.UNKNOWN else facts.cause,
    Fact.SERVES: lambda facts: facts.serves,
    Fact.PARTNER_STATE: lambda facts: facts.partner_phase,
    Fact.CONTACT: lambda facts: facts.contact,
    Fact.CONTACT_LOST: _contact_lost,
    Fact.LAST_CONTACT: _last_contact,
    Fact.TAKEOVER: lambda facts: _takeover(facts).automatic,
    Fact.TAKEOVER_LENGTH: lambda facts: _takeover(facts).length,
    Fact.MCLT: lambda facts: facts.mclt,
    Fact.PARTNER_DOWN_TIME: _partner_down_time,
    Fact.RECOVERY: lambda facts: facts.recover_requested,
    Fact.SKEW: _skew,
    Fact.UNACKED: lambda facts: facts.unacked_updates,
    Fact.UNACKED_AGE: _unacked_age,
    Fact.RESYNC: lambda facts: facts.resyncs,
    Fact.CONFIG_MISMATCH: lambda facts: facts.config_mismatch,
    Fact.RELOAD_PENDING: lambda facts: facts.reload_pending,
    Fact.LOAD_BALANCING: lambda facts: facts.load_balancing,
    Fact.HISTORY: lambda facts: facts.transitions,
    Fact.TRAFFIC: lambda facts: facts.traffic,
    Fact.STARTED: lambda facts: facts.started,
    Fact.POOLS: lambda facts: facts.pools,
    Fact.FREE: _of_pools(_without_free),
    Fact.THRESHOLDS: _of_pools(lambda pool: pool.thresholds is None),
    Fact.ARRIVALS: _of_pools(lambda pool: pool.new_clients is None and pool.new_clients_15m is None),
}


def look_up(server: ServerPicture, fact: Fact) -> Known | Missing:
    """What is known of a fact of that server, however long ago it was reported."""
    value = None if server.facts is None else READERS[fact](server.facts)
    if value is not None and server.reported_at is not None:
        return Known(value, server.reported_at, server.name)
    return Missing.UNKNOWN if fact in server.make.facts else Missing.NOT_REPORTED


def lacking(server: ServerPicture, *facts: Fact) -> str | None:
    """A sentence that says which of these facts is missing, the first of them; None when all are known."""
    for fact in facts:
        match look_up(server, fact):
            case Missing.UNKNOWN:
                return f"{server.name} has not reported {fact}"
            case Missing.NOT_REPORTED:
                return f"{server.make.title} does not report {fact}"
    return None
