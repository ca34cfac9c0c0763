"""The metrics of windows_exporter's collector dhcp as the facts of one pair, and its scopes as objects to compare.

The names are those of its documentation (docs/collector.dhcp.md of windows_exporter 0.31).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from console.errors import Unreadable
from console.makes.documents import Misfits
from console.makes.windows.metrics import Metric, samples
from console.model.configs import Concern, ConfigObject
from console.model.facts import NO_CLOCK, PairFacts, PoolFacts
from console.model.phases import Phase
from console.model.traffic import ChangeCount, CountedChanges, SeenChange

DHCP = "windows_dhcp_"
SUCCESS = "windows_exporter_collector_success"
COUNTERS: Mapping[str, tuple[Phase, str]] = {
    "failover_transitions_communicationinterrupted_state_total": (Phase.ALONE, "COMMUNICATION INTERRUPTED"),
    "failover_transitions_partnerdown_state_total": (Phase.TAKEN_OVER, "PARTNER DOWN"),
    "failover_transitions_recover_total": (Phase.RETURNING, "RECOVER"),
}
"""The counters of changes of state, in the order in which a server goes through these states."""
PENDING = "failover_bndupd_pending_in_outbound_queue"
LARGEST = 2**63
FAMILY = "v4"


@dataclass
class Scope:
    """What is reported of one scope: its labels, its state, and its counts by the end of their metric's name."""

    labels: Mapping[str, str] = field(default_factory=dict)
    state: str | None = None
    counts: dict[str, int] = field(default_factory=dict)


@dataclass
class Reading:
    """One answer, sorted: values without labels, and scopes by their network."""

    values: dict[str, int]
    scopes: dict[str, Scope]


def read(text: str, misfits: Misfits) -> Reading:
    """Sort the metrics. Raises Unreadable without any of DHCP, with the likely reason."""
    found = Reading({}, {})
    for each in samples(text, DHCP):
        _sort(each, found, misfits)
    if not found.values and not found.scopes:
        failed = any(each.labels.get("collector") == "dhcp" and not each.value for each in samples(text, SUCCESS))
        reason = (
            "its collector dhcp failed: is the DHCP service running?"
            if failed
            else ("enable its collector dhcp (--collectors.enabled)")
        )
        raise Unreadable(f"windows_exporter sends no metrics of DHCP: {reason}")
    return found


def _sort(each: Metric, found: Reading, misfits: Misfits) -> None:
    name, scope = each.name.removeprefix(DHCP), each.labels.get("scope")
    if not 0 <= each.value < LARGEST or each.value != int(each.value):
        misfits.add(name, each.value, "not a count")
        return
    if scope is None:
        found.values[name] = int(each.value)
        return
    entry = found.scopes.setdefault(scope, Scope())
    if name == "scope_info":
        entry.labels = {label: text for label, text in each.labels.items() if label != "scope"}
    elif name == "scope_state":
        if each.value:
            entry.state = each.labels.get("state")
    else:
        entry.counts[name.removeprefix("scope_")] = int(each.value)


def pair_facts(server: str, reading: Reading, counted: CountedChanges | None, misfits: Misfits) -> PairFacts:
    """The facts. The state is not among them."""
    return PairFacts(
        at=NO_CLOCK,
        server=server,
        partner="",
        role="",
        phase=Phase.UNKNOWN,
        word="",
        updates_pending=reading.values.get(PENDING),
        counted_changes=counted,
        pools=tuple(_pool(name, scope, misfits) for name, scope in sorted(reading.scopes.items()) if scope.counts),
        misfits=tuple(misfits.found),
    )


def counted_changes(values: Mapping[str, int], before: CountedChanges | None, now: float) -> CountedChanges | None:
    """The counters, with the last change that one of them showed. None where they are not reported.

    A counter that is smaller than before begins again with the service: what it has counted since is new.
    """
    if not values.keys() >= COUNTERS.keys():
        return None
    counts = tuple(ChangeCount(word, values[name]) for name, (_, word) in COUNTERS.items())
    if before is None:
        return CountedChanges(counts, None, now)
    last = before.last
    for (phase, word), new, old in zip(COUNTERS.values(), counts, before.counts, strict=True):
        if new.count > old.count or 0 < new.count < old.count:
            last = SeenChange(phase, word, now)
    return CountedChanges(counts, last, before.since)


def _pool(name: str, scope: Scope, misfits: Misfits) -> PoolFacts:
    """A scope under failover has counts of each partner; any other one belongs to this server alone."""
    free, used = scope.counts.get("addresses_free"), scope.counts.get("addresses_in_use")
    own, other = scope.counts.get("addresses_free_on_this_server"), scope.counts.get("addresses_free_on_partner_server")
    if own is not None and other is not None and free is not None and own + other > free:
        misfits.append(f"scope {name} has {free} free addresses, {own} of this server and {other} of its partner")
        return PoolFacts(name, FAMILY)
    shared = own is not None and other is not None
    return PoolFacts(
        name=name,
        family=FAMILY,
        total=None if free is None or used is None else free + used,
        available=own if shared else None,
        other_available=other if shared else None,
        undivided=None if shared else free,
        leased=used,
    )


def config_objects(scopes: Mapping[str, Scope]) -> Iterable[ConfigObject]:
    """Every scope: what the metrics have of its settings, which do not replicate by themselves."""
    for name, scope in scopes.items():
        total = None
        if {"addresses_free", "addresses_in_use"} <= scope.counts.keys():
            total = scope.counts["addresses_free"] + scope.counts["addresses_in_use"]
        known = {
            "name": scope.labels.get("name"),
            "superscope": scope.labels.get("superscope_name"),
            "state": scope.state,
            "addresses": None if total is None else str(total),
            "reservations": _text(scope.counts.get("reserved_address")),
        }
        attributes = {label: text for label, text in known.items() if text is not None}
        yield ConfigObject("scope", name, Concern.SCOPE, attributes)


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)
