"""A status document of the HTTP API as the facts of one pair."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from console.errors import NoSuchPair, Unreadable
from console.makes.documents import Misfits, fitted
from console.makes.fitting_counts import checked_counts, without_addresses
from console.makes.pairwatch.words import cause_of, refusal_of
from console.model.facts import NO_CLOCK, PairFacts, PoolFacts, Resync, Takeover, Thresholds, Transition
from console.model.phases import Phase, phase_of_term
from console.model.traffic import Leads, Relay, Traffic, Transport, Updates
from dhcpserver.contract import pair as documents
from dhcpserver.contract.fields import Document, Time
from dhcpserver.contract.pools import Leads as LeadsDocument
from dhcpserver.contract.pools import PoolStatus
from dhcpserver.contract.status import ServerStatus
from dhcpserver.contract.words import Communications, PairRole

CONTACT: Mapping[str, bool] = {Communications.OK: True, Communications.INTERRUPTED: False}
ROLES = frozenset(PairRole)
EVERYTHING = "all"
"""In the name of a transfer of all bindings."""


class _Answer(Document):
    """The part of a status document that is about neither server nor pair."""

    at: Time


class Translator:
    """Translates the answers of one server. A pool that did not change since the last answer is not translated again:
    the client puts the very object of the earlier answer into the later one."""

    def __init__(self) -> None:
        self._pools: dict[str, tuple[object, PoolFacts, tuple[str, ...]]] = {}

    def facts(self, raw: Mapping[str, Any], pair: str) -> PairFacts:
        """The facts about `pair` in a whole status answer. What does not fit is missing there, and in `misfits`.

        Raises Unreadable for an answer that has neither a server nor the pair.
        """
        misfits = Misfits()
        at = fitted(_Answer, raw, "", misfits).at
        if "server" not in raw:
            raise Unreadable("the status lacks the field 'server'")
        server = fitted(ServerStatus, raw["server"], "server", misfits)
        found = _of_pair(raw, pair)
        sent = {**found, "pools": ()} if "pools" in found else found
        status = fitted(documents.PairStatus, sent, "", misfits)
        pools = self._pools_of(found, misfits)
        _check_words(status, misfits)
        return _facts(NO_CLOCK if at is None else at, server, status, pools, misfits)

    def _pools_of(self, found: Mapping[str, Any], misfits: Misfits) -> tuple[PoolFacts, ...] | None:
        """Every pool; None if they cannot be read, or if none has an address: then nothing can be said of addresses."""
        raw = found.get("pools")
        if not isinstance(raw, list | tuple):
            if "pools" in found:
                misfits.add("pools", raw, "not a list")
            return None
        pools: dict[str, PoolFacts] = {}
        for each in raw:
            facts = self._pool(each, misfits)
            if facts is not None and facts.name in pools:
                misfits.append(f"two pools have the name {facts.name!r}")
            elif facts is not None:
                pools[facts.name] = facts
        if without_addresses(pools.values()):
            misfits.append("no pool has an address")
            return None
        return tuple(pools.values())

    def _pool(self, raw: Any, misfits: Misfits) -> PoolFacts | None:
        name = raw.get("name") if isinstance(raw, Mapping) else None
        known = self._pools.get(name) if isinstance(name, str) else None
        if known is None or known[0] is not raw:
            own = Misfits()
            label = f"pool {name}" if isinstance(name, str) else "a pool"
            document = fitted(PoolStatus, raw, label, own)
            if not document.name:
                for text in own.found:
                    misfits.append(text)
                return None
            known = (raw, checked_counts(_pool_facts(document), own), tuple(own.found))
            self._pools[document.name] = known
        for text in known[2]:
            misfits.append(text)
        return known[1]


def status_facts(raw: Mapping[str, Any], pair: str) -> PairFacts:
    """The facts about `pair` in one status answer. Raises Unreadable."""
    return Translator().facts(raw, pair)


def pairs_in(raw: Mapping[str, Any]) -> dict[str, str]:
    """The pairs that an answer is about, with the server's role in each."""
    known = raw.get("pairs")
    found = known if isinstance(known, list) else []
    return {str(each.get("name")): str(each.get("role")) for each in found if isinstance(each, Mapping)}


def _of_pair(raw: Mapping[str, Any], pair: str) -> Mapping[str, Any]:
    if "pairs" not in raw:
        raise Unreadable("the status lacks the field 'pairs'")
    known = raw["pairs"]
    if not isinstance(known, list | tuple):
        raise Unreadable(f"the status cannot be read: pairs is {known!r:.60}")
    for each in known:
        if isinstance(each, Mapping) and each.get("name") == pair:
            return each
    names = ", ".join(pairs_in(raw)) or "none"
    raise NoSuchPair(f"the server does not have the pair {pair!r} (it has: {names})")


def _check_words(pair: documents.PairStatus, misfits: Misfits) -> None:
    """Report the words that have no meaning here, and a pair that is not in use."""
    for name, word, known in (
        ("state", pair.state, None),
        ("partner_state", pair.partner_state, None),
        ("communications", pair.communications, CONTACT),
        ("role", pair.role, ROLES),
    ):
        unknown = phase_of_term(word) is Phase.UNKNOWN if known is None else word not in known
        if word is not None and unknown:
            misfits.add(name, word, "a word without a meaning here")
    for name, word in (("server_name", pair.server_name), ("partner_name", pair.partner_name)):
        if word == "":
            misfits.append(f"{name} is empty")
    if pair.failover is False:
        misfits.append("failover is switched off for this pair")


def _sent(document: BaseModel, name: str) -> bool:
    """Whether the server sent the field: null is then a value, and means that there is no such thing at present."""
    return name in document.model_fields_set


def _facts(
    at: float,
    server: ServerStatus,
    pair: documents.PairStatus,
    pools: tuple[PoolFacts, ...] | None,
    misfits: Misfits,
) -> PairFacts:
    link, partner = pair.link, pair.partner_state
    failure = pair.link_failure if link is None else None
    return PairFacts(
        at=at,
        server=pair.server_name or "",
        partner=pair.partner_name or "",
        role=pair.role if pair.role in ROLES else "",
        phase=phase_of_term(pair.state),
        word=pair.state or "",
        cause=cause_of(pair.state_cause),
        reason=pair.state_reason or "",
        since=pair.state_since,
        started=server.started,
        serves=server.serving,
        not_serving_reason=server.not_serving_reason,
        previous_word=pair.previous_state,
        partner_phase=phase_of_term(partner) if partner else None,
        partner_word=partner or None,
        partner_since=pair.partner_state_since,
        contact=CONTACT.get(pair.communications),
        contact_lost_at=pair.start_of_communications_interrupted,
        last_contact=pair.last_contact,
        ever_in_contact=pair.ever_communicated,
        link=None if link is None else f"{link.transport} to {link.remote}",
        link_since=None if link is None else link.since,
        link_failure=None if failure is None else failure.text,
        link_refusal=None if failure is None else refusal_of(failure.cause),
        transports=None if pair.transports is None else tuple(_transport(each) for each in pair.transports),
        takeover=Takeover(
            automatic=pair.use_safe_period,
            length=pair.safe_period,
            remaining=pair.safe_period_remaining,
            due_at=pair.safe_period_ends,
            strict=pair.safe_period_strict,
        ),
        mclt=pair.mclt,
        partner_down_time=pair.partner_down_time,
        partner_pool_usable_at=pair.partner_pool_usable_at,
        recover_deadline=pair.recover_deadline,
        probe_until=pair.probe_until,
        recover_requested=server.failover_recover is not None if _sent(server, "failover_recover") else None,
        recover_from=server.failover_recover,
        backup_pct=pair.backup_pct,
        load_balancing=pair.load_balancing,
        buckets=None if pair.buckets is None else (pair.buckets.main, pair.buckets.backup),
        time_skew=pair.time_skew,
        time_skew_uncertainty=pair.time_skew_uncertainty,
        skew_limit=None if pair.limits is None else pair.limits.clock_skew,
        unacked_updates=pair.unacked_updates,
        max_unacked_updates=pair.max_unacked_updates,
        updates_pending=pair.updates_pending,
        updates_resting=pair.updates_resting,
        oldest_unacked_age=pair.oldest_unacked_age,
        updates=_updates(pair.updates),
        resyncs=_resyncs(pair),
        config_mismatch=_mismatches(pair),
        reload_pending=_reload_pending(server, pair),
        configuration_changed=server.configuration_changed,
        configuration_read=server.configuration_read,
        transitions=None if pair.transitions is None else tuple(_transition(each) for each in pair.transitions),
        traffic=_traffic(pair.traffic),
        pools=pools,
        misfits=tuple(misfits.found),
    )


def _pool_facts(pool: PoolStatus) -> PoolFacts:
    return PoolFacts(
        name=pool.name,
        family=pool.family or "",
        total=pool.total,
        available=pool.available,
        other_available=pool.other_available,
        leased=pool.leased,
        offered=pool.offered if _sent(pool, "offered") else None,
        pending_available=pool.pending_available if _sent(pool, "pending_available") else None,
        unavailable=pool.unavailable,
        backup_pct=pool.backup_pct,
        actual_backup_pct=pool.actual_backup_pct,
        new_clients_15m=pool.new_clients_15m,
        lease_time=pool.lease_time,
        new_clients=pool.new_clients,
        renewals=pool.renewals,
        leads=_leads(pool.leads),
        undivided=pool.undivided,
        thresholds=None if pool.thresholds is None else Thresholds(**pool.thresholds.model_dump()),
    )


def _leads(document: LeadsDocument | None) -> Leads | None:
    return None if document is None else Leads(document.sampled, document.limited, document.classes, document.edges)


def _resyncs(pair: documents.PairStatus) -> tuple[Resync, ...] | None:
    if not _sent(pair, "resync"):
        return None
    document = pair.resync
    if document is None:
        return ()
    return (Resync(document.kind, document.direction, document.done, document.total, full=EVERYTHING in document.kind),)


def _mismatches(pair: documents.PairStatus) -> tuple[str, ...] | None:
    """A mismatch is a word, or an object that names its class or type; either way one line for a person."""
    if not _sent(pair, "config_mismatch"):
        return None
    found = []
    for each in pair.config_mismatch or ():
        if isinstance(each, Mapping):
            found.append(", ".join(f"{key} {value}" for key, value in each.items() if value is not None))
        else:
            found.append(each)
    return tuple(found)


def _reload_pending(server: ServerStatus, pair: documents.PairStatus) -> bool | None:
    known = [each for each in (pair.reload_pending, server.reload_pending) if each is not None]
    return any(known) if known else None


def _transition(each: documents.Transition) -> Transition:
    before, after = phase_of_term(each.origin), phase_of_term(each.to)
    return Transition(each.at, before, each.origin, after, each.to, each.reason or "")


def _transport(each: documents.ConnectAttempt) -> Transport:
    return Transport(each.transport, each.at, each.remote or "", each.outcome, each.error, each.errno)


def _updates(document: documents.UpdateCounters | None) -> Updates | None:
    return (
        None
        if document is None
        else Updates(document.sent, document.acked, document.rejected, document.received, document.refused)
    )


def _traffic(document: documents.Traffic | None) -> Traffic | None:
    if document is None:
        return None
    relays = tuple(Relay(each.address, each.last, each.clients_5m) for each in document.relays)
    return Traffic(document.since, document.requests, document.no_address, relays)
