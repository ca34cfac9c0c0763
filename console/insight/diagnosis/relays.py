"""Relays that bring clients to one server only (Table 5, R-240).

Their clients are served while that server lives and are lost with it; nothing else shows it before.
"""

from collections.abc import Iterator

from console.insight.diagnosis.problem import Certainty, Problem, ProblemKind, Prospect, runbook, says
from console.insight.freshness import on_our_clock
from console.insight.verdict import Joint
from console.insight.wording import DAY, HOUR, duration, plural
from console.model.picture import ServerPicture, Severity
from console.model.traffic import Relay, Traffic

LEAST_LISTENED_SECONDS = HOUR
"""A server that started a moment ago has not heard everyone yet."""
SURE_AFTER_SECONDS = 7 * DAY
LATELY_SECONDS = HOUR
RELAYS_TOLD = 256
"""So many a server remembers: with a full table, not being in it says nothing."""
SHOWN = 5


def not_told(both: Joint) -> str | None:
    """Why relays cannot be compared."""
    if _traffic(both, both.main) is None or _traffic(both, both.backup) is None:
        return "a server does not say which relays it heard"
    return None


def one_sided(both: Joint) -> Iterator[Problem]:
    """Relays heard lately by one server, and never by the other since it started."""
    for server, other in both.each_way:
        mine, theirs = _traffic(both, server), _traffic(both, other)
        if mine is None or theirs is None or theirs.since is None or len(theirs.relays) >= RELAYS_TOLD:
            continue
        listened = both.now - on_our_clock(other, theirs.since)
        known = {each.address for each in theirs.relays}
        lost = [each for each in mine.relays if each.address not in known and _lately(both, server, each)]
        # Clients without a relay are on one server's own link, or renew with it alone: no fault of a relay.
        lost = [each for each in lost if each.address is not None]
        if lost and listened >= LEAST_LISTENED_SECONDS:
            yield _finding(server, other, lost, listened)


def _traffic(both: Joint, server: ServerPicture) -> Traffic | None:
    return None if server.facts is None or not both.seen(server) else server.facts.traffic


def _lately(both: Joint, server: ServerPicture, relay: Relay) -> bool:
    return relay.last is not None and both.now - on_our_clock(server, relay.last) <= LATELY_SECONDS


def _finding(server: ServerPicture, other: ServerPicture, lost: list[Relay], listened: float) -> Problem:
    names = ", ".join(str(each.address) for each in lost[:SHOWN]) + (" ..." if len(lost) > SHOWN else "")
    return Problem(
        kind=ProblemKind.ONE_SIDED_RELAYS,
        about=server.name,
        title=f"{plural(len(lost), 'relay')} never came to {other.name}: {names}",
        scenario="Table 5: leases expire though the backup is up",
        severity=Severity.WARNING,
        certainty=Certainty.CERTAIN if listened >= SURE_AFTER_SECONDS else Certainty.LIKELY,
        evidence=(
            *(says(server, f"{each.address}: about {each.clients_5m:,} clients in 5 min") for each in lost[:SHOWN]),
            says(other, f"never heard since it started {duration(listened)} ago"),
        ),
        prospect=Prospect(f"if {server.name} fails, clients behind these relays lose their leases"),
        steps=(
            f"Add {other.name} to the helper addresses of these relays",
            "Then run a fire drill: take one server away for a day, and see that everyone renews",
            runbook("planned-restart", "how to take a server away without harm"),
        ),
    )
