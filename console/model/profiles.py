"""What a make of server can report and do, as data: which facts, which actions, whether it is polled at all."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache


class Can(StrEnum):
    """What can be asked of a server beyond its facts, or done to it."""

    LEASES = "leases"
    CONFIG = "config"
    LOG = "log"
    SET_PARTNER_DOWN = "set-partner-down"
    SAFE_PERIOD = "safe-period"
    STOP = "stop"
    RELOAD = "reload"
    REBALANCE = "rebalance"
    FORCE_AVAILABLE = "force-available"
    RECONFIGURE = "reconfigure"
    RELATIONSHIP = "relationship"
    MAINTENANCE = "maintenance"
    CONTINUE = "continue"
    SYNC_LEASES = "sync-leases"
    SCOPES = "scopes"
    RESET = "reset"
    SERVICE = "service"


class Fact(StrEnum):
    """The facts that a make may report (`console.model.fact_table` reads each from `PairFacts`)."""

    STATE = "state"
    ROLE = "its role in the pair"
    STATE_SINCE = "since when it is in that state"
    CAUSE = "why it entered that state"
    SERVES = "whether it serves"
    PARTNER_STATE = "its partner's state"
    CONTACT = "contact with its partner"
    CONTACT_LOST = "when contact was lost"
    LAST_CONTACT = "when it last had contact"
    TAKEOVER = "whether it takes over automatically"
    TAKEOVER_LENGTH = "how long it waits before it takes over"
    MCLT = "MCLT"
    PARTNER_DOWN_TIME = "since when its partner counts as down"
    RECOVERY = "whether it is to recover at its next start"
    SKEW = "the difference between the partners' clocks"
    UNACKED = "unacknowledged updates"
    UNACKED_AGE = "the age of the oldest unacknowledged update"
    RESYNC = "the transfer of leases"
    CONFIG_MISMATCH = "whether the partners' configurations match"
    RELOAD_PENDING = "whether it waits for a reload"
    LOAD_BALANCING = "load balancing"
    HISTORY = "its past changes of state"
    TRAFFIC = "which relays sent requests"
    STARTED = "when it started"
    POOLS = "its pools"
    FREE = "free addresses"
    THRESHOLDS = "free-address thresholds"
    ARRIVALS = "new clients"


@dataclass(frozen=True, slots=True)
class MakeProfile:
    """A make of server. `name` is the word of `make = "..."`, `title` its name for a person.

    `polled` False: it is known from its traps and its log only. `facts` are those that it reports when it is
    polled; `can` are the other requests that it takes. `command_language`: it takes the command language, so that the
    console can show commands to paste. `dated_partner_down`: Set Partner Down takes the date when the partner was last
    operational; otherwise the server counts from the moment of the action. `powershell`: it is administered with
    PowerShell, so that there are runbooks with its commands. `replaceable`: a Pairwatch server can take its place in a
    running pair, because both speak the same failover protocol.
    """

    name: str
    title: str
    polled: bool
    facts: frozenset[Fact]
    can: frozenset[Can]
    command_language: bool = False
    dated_partner_down: bool = True
    powershell: bool = False
    replaceable: bool = False


@cache
def unpolled(make: MakeProfile) -> MakeProfile:
    """The same make for a server that is not polled: it is known from its traps and its log only."""
    return replace(make, polled=False, facts=frozenset(), can=frozenset())


def without_lead_time(make: MakeProfile) -> bool:
    """Whether a make reports states and gives leases without a lead time (Kea): both databases should then be equal."""
    return Fact.STATE in make.facts and Fact.MCLT not in make.facts


NO_MAKE = MakeProfile("unknown", "an unknown make", False, frozenset(), frozenset())
"""The profile of a server whose make is not known: it reports nothing and can do nothing."""
