"""What one server says of itself and of one pair, typed: the shape of `GET /api/v1/status`
(docs/http-api.md).

Durations are seconds, times Unix seconds, `None` means that the server says there is no such thing now.
Fields that a newer server adds are ignored; a field that an answer lacks is an `UnreadableReport`, never a
guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from console.model.states import State
from console.model.times import instant
from console.model.traffic import Leads, Traffic, Transport, Updates


class UnreadableReport(ValueError):
    """A server answered something that is not a status; the text says what was missing or wrong."""


@dataclass(frozen=True, slots=True)
class Pool:
    """One scope or prefix, counted by the server that answers: `available` is its own share,
    `other_available` its partner's. `total` is the sum of all the counts. `new_clients` and `renewals` count since the
    server started; `lease_time` is what its policy wants to give."""

    name: str
    family: str
    total: int
    available: int
    other_available: int
    leased: int
    offered: int
    pending_available: int
    unavailable: int
    backup_pct: float
    actual_backup_pct: float | None
    new_clients_15m: int | None
    lease_time: float | None = None
    new_clients: int | None = None
    renewals: int | None = None
    leads: Leads | None = None

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> "Pool":
        return cls(
            name=str(raw["name"]),
            family=str(raw["family"]),
            total=int(raw["total"]),
            available=int(raw["available"]),
            other_available=int(raw["other_available"]),
            leased=int(raw["leased"]),
            offered=int(raw.get("offered", 0)),
            pending_available=int(raw.get("pending_available", 0)),
            unavailable=int(raw["unavailable"]),
            backup_pct=float(raw["backup_pct"]),
            actual_backup_pct=_number(raw.get("actual_backup_pct")),
            new_clients_15m=raw.get("new_clients_15m"),
            lease_time=_number(raw.get("lease_time")),
            new_clients=raw.get("new_clients"),
            renewals=raw.get("renewals"),
            leads=Leads.read(raw.get("leads")),
        )


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of state that a server remembers."""

    at: float
    before: State
    after: State
    reason: str


@dataclass(frozen=True, slots=True)
class Resync:
    """A transfer of bindings under way; `total` is `None` while the number is not known."""

    kind: str
    direction: str
    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """One server's view of one pair at `at` (the server's own clock)."""

    at: float
    server_name: str
    partner_name: str
    role: str
    started: float | None
    serving: bool
    not_serving_reason: str | None
    state: State
    state_since: float | None
    state_reason: str
    partner_state: State | None
    communications: str
    start_of_communications_interrupted: float | None
    last_contact: float | None
    link: str | None
    link_failure: str | None
    mclt: float
    backup_pct: float
    load_balancing: bool
    use_safe_period: bool
    safe_period: float
    safe_period_remaining: float | None
    safe_period_ends: float | None
    partner_down_time: float | None
    partner_pool_usable_at: float | None
    recover_deadline: float | None
    time_skew: float | None
    unacked_updates: int
    max_unacked_updates: int | None
    updates_pending: int
    oldest_unacked_age: float | None
    resync: Resync | None
    config_mismatch: tuple[str, ...]
    reload_pending: bool
    failover_recover: float | None
    transitions: tuple[Transition, ...]
    pools: tuple[Pool, ...]
    previous_state: State | None = None
    partner_state_since: float | None = None
    ever_communicated: bool | None = None
    link_since: float | None = None
    safe_period_strict: bool | None = None
    updates: Updates | None = None
    updates_resting: int | None = None
    buckets: tuple[int, int] | None = None
    """Hash buckets that the main and the backup answer while both work (RFC 3074)."""
    transports: tuple[Transport, ...] | None = None
    traffic: Traffic | None = None
    configuration_changed: float | None = None
    configuration_read: float | None = None

    @property
    def interrupted(self) -> bool:
        """Whether this server says that it has no contact with its partner."""
        return self.communications != "ok"


def later(report: Report, seconds: float) -> Report:
    """The same report told `seconds` later: its clock and what runs with it move on, nothing else does."""
    remaining = report.safe_period_remaining
    return replace(
        report,
        at=report.at + seconds,
        safe_period_remaining=None if remaining is None else max(0.0, remaining - seconds),
    )


def read_report(answer: Mapping[str, Any], pair: str) -> Report:
    """The typed view of `pair` in a whole status answer.

    Raises UnreadableReport when the answer does not speak of that pair or lacks a field.
    """
    try:
        raw = next((each for each in answer["pairs"] if each["name"] == pair), None)
        if raw is None:
            known = ", ".join(str(each["name"]) for each in answer["pairs"]) or "none"
            raise UnreadableReport(f"the server does not know the pair {pair!r} (it knows: {known})")
        return _report(answer["at"], answer["server"], raw)
    except UnreadableReport:
        raise
    except KeyError as missing:
        raise UnreadableReport(f"the status lacks the field {missing}") from missing
    except (TypeError, ValueError, AttributeError) as wrong:
        raise UnreadableReport(f"the status cannot be read: {wrong}") from wrong


def _report(at: str, server: Mapping[str, Any], raw: Mapping[str, Any]) -> Report:
    answered_at = instant(at)
    if answered_at is None:
        raise UnreadableReport("the status has no time")
    return Report(
        at=answered_at,
        server_name=str(raw["server_name"]),
        partner_name=str(raw["partner_name"]),
        role=str(raw["role"]),
        started=instant(server.get("started")),
        serving=bool(server["serving"]),
        not_serving_reason=server.get("not_serving_reason"),
        state=State.read(raw["state"]),
        state_since=instant(raw["state_since"]),
        state_reason=str(raw.get("state_reason") or ""),
        partner_state=State.read(raw["partner_state"]) if raw["partner_state"] else None,
        communications=str(raw["communications"]),
        start_of_communications_interrupted=instant(raw["start_of_communications_interrupted"]),
        last_contact=instant(raw.get("last_contact")),
        link=_link(raw.get("link")),
        link_failure=_failure(raw),
        mclt=float(raw["mclt"]),
        backup_pct=float(raw["backup_pct"]),
        load_balancing=bool(raw["load_balancing"]),
        use_safe_period=bool(raw["use_safe_period"]),
        safe_period=float(raw["safe_period"]),
        safe_period_remaining=_number(raw["safe_period_remaining"]),
        safe_period_ends=instant(raw.get("safe_period_ends")),
        partner_down_time=instant(raw.get("partner_down_time")),
        partner_pool_usable_at=instant(raw.get("partner_pool_usable_at")),
        recover_deadline=instant(raw.get("recover_deadline")),
        time_skew=_number(raw.get("time_skew")),
        unacked_updates=int(raw["unacked_updates"]),
        max_unacked_updates=raw.get("max_unacked_updates"),
        updates_pending=int(raw["updates_pending"]),
        oldest_unacked_age=_number(raw.get("oldest_unacked_age")),
        resync=_resync(raw.get("resync")),
        config_mismatch=tuple(_mismatch(each) for each in raw.get("config_mismatch") or ()),
        reload_pending=bool(raw.get("reload_pending") or server.get("reload_pending")),
        failover_recover=instant(server.get("failover_recover")),
        transitions=tuple(_transitions(raw)),
        pools=tuple(Pool.read(each) for each in raw["pools"]),
        previous_state=State.read(raw["previous_state"]) if raw.get("previous_state") else None,
        partner_state_since=instant(raw.get("partner_state_since")),
        ever_communicated=raw.get("ever_communicated"),
        link_since=instant((raw.get("link") or {}).get("since")),
        safe_period_strict=raw.get("safe_period_strict"),
        updates=Updates.read(raw.get("updates")),
        updates_resting=raw.get("updates_resting"),
        buckets=_buckets(raw.get("buckets")),
        transports=None if raw.get("transports") is None else tuple(Transport.read(each) for each in raw["transports"]),
        traffic=Traffic.read(raw.get("traffic")),
        configuration_changed=instant(server.get("configuration_changed")),
        configuration_read=instant(server.get("configuration_read")),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _buckets(raw: Mapping[str, Any] | None) -> tuple[int, int] | None:
    return None if raw is None else (int(raw["main"]), int(raw["backup"]))


def _link(raw: Mapping[str, Any] | None) -> str | None:
    return None if raw is None else f"{raw['transport']} to {raw['remote']}"


def _failure(raw: Mapping[str, Any]) -> str | None:
    link = raw.get("link")
    failure = raw.get("link_failure") if link is None else None
    return None if failure is None else str(failure["text"])


def _mismatch(raw: Any) -> str:
    """A mismatch is a word, or an object that names its class or type; either way one line for a person."""
    if isinstance(raw, Mapping):
        return ", ".join(f"{key} {value}" for key, value in raw.items() if value is not None)
    return str(raw)


def _resync(raw: Mapping[str, Any] | None) -> Resync | None:
    if raw is None:
        return None
    return Resync(str(raw["kind"]), str(raw["direction"]), int(raw["done"]), raw["total"])


def _transitions(raw: Mapping[str, Any]) -> list[Transition]:
    found = []
    for each in raw.get("transitions") or ():
        at = instant(each["at"])
        if at is not None:
            before, after = State.read(each["from"]), State.read(each["to"])
            found.append(Transition(at, before, after, str(each.get("reason") or "")))
    return found
