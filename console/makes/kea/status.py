"""The answers of a Kea server as the facts of one pair: `status-get`, `ha-heartbeat` and the statistics together."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from console.dialects.kea import PHASES
from console.errors import NoSuchPair, Unreadable
from console.makes.documents import Misfits, fitted
from console.makes.kea.documents import Heartbeat, Local, Remote, objects, underscored
from console.makes.kea.pools import Subnet, pool_facts
from console.makes.kea.relationships import Relationship
from console.makes.kea.words import ROLES, SHARING, UNAVAILABLE, phase_of
from console.model.facts import NO_CLOCK, PairFacts, Takeover, Unit
from console.model.phases import Phase

COUNTING = frozenset({Phase.NORMAL, Phase.STANDBY, Phase.ALONE})
"""Phases in which a server without contact counts clients. A terminated one never takes over."""
TERMINATED_SECONDS = 60.0
"""With a larger difference between the clocks a server gives up the exchange of leases (HA_HIGH_CLOCK_SKEW)."""


class Configuration:
    """What is known of a server's configuration: its relationships and subnets."""

    def __init__(self, relationships: Sequence[Relationship] = (), subnets: Mapping[int, Subnet] | None = None) -> None:
        self.relationships = tuple(relationships)
        self.subnets = subnets or {}


def chosen(status: Mapping[str, Any], configuration: Configuration, wanted: str | None) -> int:
    """The number of the relationship of the pair in an answer. Raises NoSuchPair and Unreadable."""
    if "high-availability" not in status:
        raise NoSuchPair("the server has no high availability: it does not load the hook libdhcp_ha")
    found = objects(status, "high-availability")
    if not found:
        raise Unreadable("the status has no relationship in 'high-availability'")
    if wanted is None:
        if len(found) > 1:
            raise NoSuchPair(f"the server has {len(found)} relationships: set relationship to the name of the partner")
        return 0
    for number, each in enumerate(found):
        servers = each.get("ha-servers")
        remote = servers.get("remote") if isinstance(servers, Mapping) else None
        named = remote.get("server-name") if isinstance(remote, Mapping) else None
        known = configuration.relationships[number] if number < len(configuration.relationships) else None
        if wanted == named or (known is not None and known.partner is not None and known.partner.name == wanted):
            return number
    raise NoSuchPair(f"the server has no relationship with {wanted!r}")


def pair_facts(
    server: str,
    status: Mapping[str, Any],
    heartbeat: Mapping[str, Any] | None,
    statistics: Mapping[str, Any] | None,
    configuration: Configuration,
    service: str,
    wanted: str | None,
) -> PairFacts:
    """The facts about the relationship with the partner `wanted`, or about the only one.

    What does not fit is missing there, and in `misfits`. Raises NoSuchPair and Unreadable.
    """
    misfits = Misfits()
    number = chosen(status, configuration, wanted)
    raw = objects(status, "high-availability")[number]
    known = configuration.relationships[number] if number < len(configuration.relationships) else None
    servers = raw.get("ha-servers")
    if not isinstance(servers, Mapping):
        raise Unreadable("the status of the relationship lacks 'ha-servers'")
    local = fitted(Local, underscored(servers.get("local")), "local", misfits)
    backup_alone = "remote" not in servers  # A passive backup does not report about the others.
    remote = None if backup_alone else fitted(Remote, underscored(servers.get("remote")), "remote", misfits)
    contact = None if remote is None else _contact(remote)
    phase = phase_of(local.state, local.scopes, contact)
    if local.state not in PHASES:
        misfits.add("state", local.state, "a word without a meaning here")
    if local.role is not None and local.role not in ROLES:
        misfits.add("role", local.role, "a word without a meaning here")
    at = _clock(local, heartbeat, misfits)
    uptime = status.get("uptime")
    partner = None if known is None or known.partner is None else known.partner.name
    active = None if local.scopes is None else bool(local.scopes)
    pools = (
        None if statistics is None else pool_facts(statistics, configuration.subnets, known, service, active, misfits)
    )
    partner_word = None if remote is None or remote.last_state == UNAVAILABLE else remote.last_state
    return PairFacts(
        at=NO_CLOCK if at is None else at,
        server=local.server_name or (known.own if known is not None else server),
        partner=(remote.server_name if remote is not None else None) or partner or "",
        role=ROLES.get(local.role or "", ""),
        phase=phase,
        word=local.state or "",
        started=at - uptime if at is not None and isinstance(uptime, int) and 0 <= uptime < at else None,
        serves=_serves(phase, local.scopes),
        not_serving_reason="it answers for no scope: the clients of all scopes get no answer from it",
        partner_phase=_partner_phase(partner_word, remote),
        partner_word=partner_word,
        contact=contact,
        last_contact=at - remote.age if at is not None and remote is not None and remote.age is not None else None,
        ever_in_contact=None if remote is None else remote.in_touch,
        takeover=_takeover(raw.get("ha-mode"), phase, local, remote, known),
        load_balancing=raw.get("ha-mode") == "load-balancing" if isinstance(raw.get("ha-mode"), str) else None,
        skew_limit=TERMINATED_SECONDS,
        time_skew=None if remote is None or remote.clock_skew is None else float(remote.clock_skew),
        pools=pools,
        misfits=tuple(misfits.found),
    )


def clock_of(status: Mapping[str, Any], heartbeat: Mapping[str, Any] | None) -> float | None:
    """The clock of a server of which only that is wanted."""
    found = objects(status, "high-availability")
    servers = found[0].get("ha-servers") if found else None
    raw = servers.get("local") if isinstance(servers, Mapping) else None
    return _clock(fitted(Local, underscored(raw), "local", Misfits()), heartbeat, Misfits())


def _contact(remote: Remote) -> bool | None:
    """Whether the server has contact with its partner now."""
    if remote.communication_interrupted is None or remote.in_touch is None or remote.last_state is None:
        return None
    return remote.in_touch and not remote.communication_interrupted and remote.last_state != UNAVAILABLE


def _serves(phase: Phase, scopes: tuple[str, ...] | None) -> bool | None:
    """Whether the process answers clients where its phase lets it."""
    if phase in (Phase.ALONE, Phase.TAKEN_OVER, Phase.TERMINATED):
        return None if scopes is None else bool(scopes)
    return True


def _partner_phase(word: str | None, remote: Remote | None) -> Phase | None:
    if word is None or remote is None:
        return None
    return phase_of(word, remote.last_scopes, None)


def _takeover(
    mode: object, phase: Phase, local: Local, remote: Remote | None, known: Relationship | None
) -> Takeover | None:
    """When this server takes over: after so many clients that its partner leaves without an answer."""
    if not isinstance(mode, str) or mode not in SHARING or known is None or known.me is None:
        return None
    if mode == "passive-backup" or local.role == "backup" or phase is Phase.TERMINATED:
        return Takeover(automatic=False, unit=Unit.CLIENTS)
    running = phase in COUNTING and remote is not None and remote.communication_interrupted
    remaining = remote.unacked_clients_left if running and remote is not None else None
    return Takeover(
        automatic=known.me.auto_failover,
        length=float(known.unacked),
        unit=Unit.CLIENTS,
        remaining=None if remaining is None else float(remaining),
    )


def _clock(local: Local, heartbeat: Mapping[str, Any] | None, misfits: Misfits) -> float | None:
    """The server's clock: of its status, or of its heartbeat, which has whole seconds."""
    if local.system_time is not None:
        try:
            return datetime.fromisoformat(local.system_time).replace(tzinfo=UTC).timestamp()
        except (ValueError, OverflowError):
            misfits.add("system-time", local.system_time, "not a time")
            return None
    if heartbeat is None:
        return None
    words = fitted(Heartbeat, underscored(heartbeat), "heartbeat", misfits).date_time
    if words is None:
        return None
    try:
        return parsedate_to_datetime(words).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        misfits.add("date-time", words, "not a time")
        return None
