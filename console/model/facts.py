"""What one server reports about itself and about one pair, in terms of no make: the facts that all other code
reads.

Times are Unix seconds by the clock of the server that reports them, durations seconds, unless a unit is given. `None`
means that the value is missing: the make does not report it, or the answer lacked it, or it was not readable there
(`console.model.fact_table` distinguishes these). Nothing is invented for a missing value. That something does not exist
now is a value of its own: an empty tuple, or a fact that does not apply in this phase.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from console.model.phases import INTERRUPTED, MEANINGS, Cause, Phase, Service
from console.model.traffic import CountedChanges, Leads, Traffic, Transport, Updates

NO_CLOCK = 0.0
"""The time `at` of an answer without a readable one. The poll puts the console's own time into its place."""


class Unit(StrEnum):
    """What a countdown counts."""

    SECONDS = "seconds"
    CLIENTS = "clients"
    """Clients that the partner left unanswered."""


@dataclass(frozen=True, slots=True)
class Takeover:
    """When a server without contact takes over automatically.

    `automatic` False: it never does. `length` is what the countdown begins with and `remaining` what is left of it,
    both in `unit`; `remaining` is missing while it does not run. `due_at` is when it ends, where it counts seconds.
    `strict`: the countdown is not shortened by anything.
    """

    automatic: bool | None = None
    length: float | None = None
    unit: Unit = Unit.SECONDS
    remaining: float | None = None
    due_at: float | None = None
    strict: bool | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The free-address thresholds that a server applies to a pool, in percent of the configured addresses.

    `over` is what is counted (`scope` is this pool alone; network and selection-tags are several pools together) and
    `value` names it. `free` of `configured` is the level that is compared; `is_low`: the level was at or below `low`
    and has not been at `high` since.
    """

    low: float
    high: float
    over: str = "scope"
    value: str = ""
    free: int | None = None
    configured: int | None = None
    is_low: bool | None = None
    watched: bool = True


@dataclass(frozen=True, slots=True)
class PoolFacts:
    """One scope or prefix, counted by the server that reports it.

    `available` is that server's own share, `other_available` its partner's; `undivided` are free addresses that a make
    does not divide between them: either server may lease them. `total` is the sum of all the counts.
    `new_clients` and `renewals` count since the server started; `lease_time` is the policy's.
    """

    name: str
    family: str
    total: int | None = None
    available: int | None = None
    other_available: int | None = None
    leased: int | None = None
    offered: int | None = None
    pending_available: int | None = None
    unavailable: int | None = None
    backup_pct: float | None = None
    actual_backup_pct: float | None = None
    new_clients_15m: int | None = None
    lease_time: float | None = None
    new_clients: int | None = None
    renewals: int | None = None
    leads: Leads | None = None
    thresholds: Thresholds | None = None
    undivided: int | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of state that a server remembers, with its words for both states."""

    at: float
    before: Phase
    before_word: str
    after: Phase
    after_word: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Resync:
    """A transfer of bindings in progress. `full`: of all of them, not only of changes. `total` is None while it is not
    known."""

    kind: str
    direction: str
    done: int
    total: int | None = None
    full: bool = False


class LinkRefusal(StrEnum):
    """Why the last connection between the partners was refused, where a rule needs to know."""

    CLOCKS = "clocks"
    CONFIGURATION = "configuration"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PairFacts:
    """One server's view of one pair at `at`. `role` is main, backup or peer; empty where it is not reported.

    `serves`: whether the process answers clients where its phase lets it. `contact`: whether it is in contact with its
    partner. `cause` is why it entered its phase and `reason` the same in the server's words, for display.
    `recover_requested`: the operator asked for a recovery at the next start; `recover_from` is the time to recover
    from. `skew_limit`: beyond so many seconds between the partners' clocks the server refuses the connection.
    """

    at: float
    server: str
    partner: str
    role: str
    phase: Phase
    word: str
    cause: Cause = Cause.UNKNOWN
    reason: str = ""
    since: float | None = None
    started: float | None = None
    serves: bool | None = None
    not_serving_reason: str | None = None
    previous_word: str | None = None
    partner_phase: Phase | None = None
    partner_word: str | None = None
    partner_since: float | None = None
    contact: bool | None = None
    contact_lost_at: float | None = None
    last_contact: float | None = None
    ever_in_contact: bool | None = None
    link: str | None = None
    link_since: float | None = None
    link_failure: str | None = None
    link_refusal: LinkRefusal | None = None
    transports: tuple[Transport, ...] | None = None
    takeover: Takeover | None = None
    mclt: float | None = None
    partner_down_time: float | None = None
    partner_pool_usable_at: float | None = None
    recover_deadline: float | None = None
    probe_until: float | None = None
    """Until when the server probes each address before it gives it: leases of its partner are missing."""
    recover_requested: bool | None = None
    recover_from: float | None = None
    backup_pct: float | None = None
    load_balancing: bool | None = None
    buckets: tuple[int, int] | None = None
    """Hash buckets that the main and the backup answer while both are NORMAL (RFC 3074)."""
    time_skew: float | None = None
    time_skew_uncertainty: float | None = None
    skew_limit: float | None = None
    unacked_updates: int | None = None
    max_unacked_updates: int | None = None
    updates_pending: int | None = None
    updates_resting: int | None = None
    oldest_unacked_age: float | None = None
    updates: Updates | None = None
    resyncs: tuple[Resync, ...] | None = None
    config_mismatch: tuple[str, ...] | None = None
    reload_pending: bool | None = None
    configuration_changed: float | None = None
    configuration_read: float | None = None
    transitions: tuple[Transition, ...] | None = None
    counted_changes: CountedChanges | None = None
    traffic: Traffic | None = None
    pools: tuple[PoolFacts, ...] | None = None
    misfits: tuple[str, ...] = ()
    """What the answer has that does not fit or has no meaning here, one text each. Those facts are missing."""

    @property
    def interrupted(self) -> bool:
        """Whether this server reports that it has no contact with its partner."""
        return self.contact is False

    @property
    def resync(self) -> Resync | None:
        """The transfer in progress; None if there is none, or if it is unknown (`resyncs` distinguishes them)."""
        return self.resyncs[0] if self.resyncs else None

    @property
    def service(self) -> Service:
        """What it does for clients. Both facts are needed: the phase, and that the process answers."""
        allowed = MEANINGS[self.phase].serves
        if self.serves is False or allowed is False:
            return Service.SILENT
        if self.serves is None or allowed is None:
            return Service.UNKNOWN
        alone = self.phase in INTERRUPTED or self.phase is Phase.TAKEN_OVER
        return Service.SERVES_ALONE if alone else Service.SERVES


def later(facts: PairFacts, seconds: float) -> PairFacts:
    """The same facts `seconds` later: the server's clock and a countdown of seconds move on, nothing else does."""
    takeover = facts.takeover
    if takeover is not None and takeover.remaining is not None and takeover.unit is Unit.SECONDS:
        takeover = replace(takeover, remaining=max(0.0, takeover.remaining - seconds))
    return replace(facts, at=facts.at + seconds, takeover=takeover)


IPV4_FAMILIES = frozenset({"dhcp4", "v4"})
"""The words of the makes for pools of IPv4 addresses."""


def leading_family(pools: Sequence[PoolFacts]) -> str:
    """The family whose free addresses are added up: IPv4 where there is a pool of it, else that of the first pool."""
    first = pools[0].family if pools else ""
    return next((pool.family for pool in pools if pool.family in IPV4_FAMILIES), first)
