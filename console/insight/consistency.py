"""What the servers report that cannot be true: against the configuration, against themselves, against each other.

A pair of which something like this is reported is never called well: the console cannot tell what is true.
"""

from collections.abc import Iterator

from console.insight.freshness import live_facts, on_our_clock
from console.insight.limits import DENIED_SECONDS
from console.insight.memo import once
from console.model.facts import PairFacts
from console.model.phases import Phase
from console.model.picture import PairPicture, ServerPicture
from console.model.profiles import Fact

ROLES = ("main", "backup")


@once
def contradictions(pair: PairPicture, now: float) -> tuple[str, ...]:
    """Every contradiction of the servers that are seen, as sentences without their full stop."""
    found: list[str] = []
    for server, facts in live_facts(pair, now):
        found += (f"{server.name} reports what cannot be read: {text}" for text in facts.misfits)
        found += _against_the_configuration(pair, server, facts)
        if facts.phase is Phase.NORMAL and facts.contact is False:
            found.append(f"{server.name} is {facts.word} and reports no contact with its partner")
        if facts.phase is Phase.NORMAL and facts.contact and facts.partner_word is None and _reports_partner(server):
            found.append(f"{server.name} is {facts.word} and reports no state of its partner")
    found += _denied(pair, now)
    return tuple(found)


def _reports_partner(server: ServerPicture) -> bool:
    return Fact.PARTNER_STATE in server.make.facts


def _against_the_configuration(pair: PairPicture, server: ServerPicture, facts: PairFacts) -> Iterator[str]:
    if facts.role in ROLES and server.role in ROLES and facts.role != server.role:
        yield f"{server.name} is configured here as {server.role} and reports the role {facts.role}"
    if facts.server and facts.server != server.name:
        yield f"{server.name} reports the name {facts.server}"
    partner = next((name for name in pair.servers if name != server.name), "")
    if facts.partner and partner and facts.partner != partner:
        yield f"{server.name} reports the partner {facts.partner} and not {partner}"


def _denied(pair: PairPicture, now: float) -> Iterator[str]:
    """A server in contact reports a state of its partner that the partner has not had for a while."""
    known = live_facts(pair, now)
    if len(known) < 2:
        return
    for (server, facts), (other, its) in (known, known[::-1]):
        if facts.contact is not True or facts.partner_phase in (None, Phase.UNKNOWN) or its.phase is Phase.UNKNOWN:
            continue
        begun = other.phase_seen_at if its.since is None else on_our_clock(other, its.since)
        lasting = begun is None or now - begun > DENIED_SECONDS
        if facts.partner_phase is not its.phase and lasting:
            yield f"{server.name} reports {other.name} as {facts.partner_word}, and {other.name} reports {its.word}"
