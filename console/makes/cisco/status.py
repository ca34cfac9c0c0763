"""The objects of a Cisco server as the facts of one pair: its failover pair, its related server, its scopes."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.errors import NoSuchPair
from console.makes.cisco.settings import CiscoKeys
from console.makes.cisco.values import count, length, moment, switch, text
from console.makes.documents import Misfits
from console.makes.fitting_counts import checked_counts
from console.model.configs import Concern, ConfigObject
from console.model.facts import NO_CLOCK, PairFacts, PoolFacts, Takeover
from console.model.phases import INTERRUPTED, Phase, phase_of_term

FAMILY = "v4"
WITH_CONTACT = frozenset({"OK", "UP", "TRUE"})
WITHOUT_CONTACT = frozenset({"INTERRUPTED", "DOWN", "FALSE"})
OWN_ATTRIBUTES = frozenset({"objectOid", "tenantId", "link"})
"""Attributes of an object that belong to one server's database."""


def pair_facts(
    server: str,
    name: str,
    pair: Mapping[str, Any] | None,
    related: Mapping[str, Any] | None,
    scopes: Mapping[str, Mapping[str, Any] | None],
    keys: CiscoKeys,
) -> PairFacts:
    """The facts. `scopes`: the utilization of each scope by name, None while it was not read. Raises NoSuchPair."""
    if pair is None:
        raise NoSuchPair(f"the server has no failover pair {name!r}: set failover_pair to its name there")
    misfits = Misfits()
    shown = related or {}
    word = _state(shown, keys.state)
    partner_word = _state(shown, keys.partner_state)
    phase = phase_of_term(word)
    if word is not None and phase is Phase.UNKNOWN:
        misfits.add(keys.state, word, "a state without a meaning here")
    partner = None if partner_word is None else phase_of_term(partner_word)
    lost = moment(shown, keys.interrupted_since)
    return PairFacts(
        at=NO_CLOCK,
        server=server,
        partner="",
        role="",
        phase=phase,
        word=word or "",
        since=moment(shown, keys.state_since),
        partner_phase=None if partner is Phase.UNKNOWN else partner,
        partner_word=partner_word,
        contact=_contact(shown, keys.communications),
        contact_lost_at=lost if phase in INTERRUPTED else None,
        takeover=Takeover(automatic=switch(pair, "useSafePeriod"), length=length(pair, "safePeriod")),
        mclt=length(pair, "mclt"),
        load_balancing=switch(pair, "loadBalancing"),
        backup_pct=_percent(pair, "backupPct"),
        pools=tuple(checked_counts(_pool(each, counts, keys), misfits) for each, counts in sorted(scopes.items())),
        misfits=tuple(misfits.found),
    )


def _state(shown: Mapping[str, Any], key: str) -> str | None:
    """A state in the words of the protocol: `communicationsInterrupted` and `communications interrupted` are it too."""
    value = text(shown, key)
    if value is None:
        return None
    parts = "".join(f"-{each}" if each.isupper() and value != value.upper() else each for each in value)
    return parts.strip("-").replace(" ", "-").replace("_", "-").replace("--", "-").upper()


def _contact(shown: Mapping[str, Any], key: str) -> bool | None:
    value = (text(shown, key) or "").upper()
    return True if value in WITH_CONTACT else False if value in WITHOUT_CONTACT else None


def _percent(pair: Mapping[str, Any], key: str) -> float | None:
    value = (text(pair, key) or "").removesuffix("%")
    return float(value) if value.isascii() and value.isdigit() and int(value) <= 100 else None


def _pool(name: str, counts: Mapping[str, Any] | None, keys: CiscoKeys) -> PoolFacts:
    known = counts or {}
    return PoolFacts(
        name=name,
        family=FAMILY,
        total=count(known, keys.total),
        available=count(known, keys.available),
        other_available=count(known, keys.other_available),
        leased=count(known, keys.leased),
    )


def config_objects(kind: str, concern: Concern, found: Sequence[Mapping[str, Any]]) -> tuple[ConfigObject, ...]:
    """Objects of a class, to compare: every attribute that is text."""
    objects = []
    for each in found:
        name = text(each, "name")
        if name is not None:
            attributes = {key: _words(value) for key, value in each.items() if key not in OWN_ATTRIBUTES}
            objects.append(ConfigObject(kind, name, concern, attributes))
    return tuple(objects)


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name}={_words(each)}" for name, each in sorted(value.items()))
    if isinstance(value, list):
        return ", ".join(map(_words, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
