"""Entries of older journals and recordings, in the form of this version.

Until schema 2 a poll was kept as the whole answer of a Pairwatch server (`status`), and leases and configurations as
the server's own documents. They are translated when they are read; nothing in the database changes.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from console.errors import NoSuchPair, Unreadable
from console.makes.pairwatch.configuration import config_objects
from console.makes.pairwatch.leases import lease_facts
from console.makes.pairwatch.status import status_facts
from console.model.fact_records import record_json
from console.model.facts import PairFacts, Thresholds
from console.model.observations import (
    ConfigAnswer,
    LeaseAnswer,
    Observation,
    PollAnswer,
    PollFailure,
    UnreadableObservation,
    from_json,
)
from console.model.traffic import Leads

LOW_PERCENT, HIGH_PERCENT = 20.0, 25.0
"""The thresholds that consoles of that time applied to every pool, whatever the server's own were."""
LEAD_EDGES = (0, 900, 3600, 14_400, 86_400)
"""The edges of the classes of leads, which servers of that time did not report."""


def read_entry(raw: Mapping[str, Any]) -> Observation:
    """The observation of an entry of any version. Raises UnreadableObservation."""
    match raw.get("kind"):
        case PollAnswer.kind if "facts" not in raw:
            return _poll(raw)
        case LeaseAnswer.kind if any("status" not in each for each in _objects(raw, "leases")):
            return from_json({**raw, "leases": _leases(raw)})
        case ConfigAnswer.kind if "objects" not in raw:
            return from_json({**raw, "objects": _config(raw)})
    return from_json(raw)


def _poll(raw: Mapping[str, Any]) -> PollAnswer | PollFailure:
    """An answer that could not be read counted as a failed poll then too, with the reason."""
    status = raw.get("status")
    if not isinstance(status, Mapping):
        raise UnreadableObservation(f"{PollAnswer.kind}: status is {status!r:.60}")
    try:
        at, pair, server = float(raw["at"]), str(raw["pair"]), str(raw["server"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise UnreadableObservation(f"{PollAnswer.kind}: {wrong}") from wrong
    try:
        facts = status_facts(status, pair)
    except Unreadable as unreadable:
        return PollFailure(at, pair, server, str(unreadable), isinstance(unreadable, NoSuchPair))
    return PollAnswer(at, pair, server, _completed(facts), status)


def _completed(facts: PairFacts) -> PairFacts:
    """Add the thresholds that consoles of that version used for every pool."""
    if facts.pools is None:
        return facts
    applied = Thresholds(LOW_PERCENT, HIGH_PERCENT)
    pools = tuple(
        replace(pool, thresholds=pool.thresholds or applied, leads=_with_edges(pool.leads)) for pool in facts.pools
    )
    return replace(facts, pools=pools)


def _with_edges(leads: Leads | None) -> Leads | None:
    return leads if leads is None or leads.edges else replace(leads, edges=LEAD_EDGES)


def _objects(raw: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = raw.get(name)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list | tuple) else []


def _leases(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each that can be read."""
    found = []
    for each in _objects(raw, "leases"):
        with suppress(Unreadable):
            found.append(record_json(lease_facts(each)))
    return found


def _config(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    config = raw.get("config")
    return [record_json(each) for each in config_objects(config)] if isinstance(config, Mapping) else []
