"""Relays that forward to one server only (Table 5, R-240).

Their clients are served only while that server runs. No other check shows this before the server fails.
"""

from collections.abc import Iterator

from console.insight.diagnosis.problem import Certainty, Problem, ProblemKind, Prospect, from_server, runbook
from console.insight.freshness import on_our_clock
from console.insight.joint import Joint
from console.insight.wording import DAY, HOUR, duration, plural
from console.model.picture import ServerPicture, Severity
from console.model.traffic import Relay, Traffic

SHORTEST_UPTIME_SECONDS = HOUR
"""Shortest time since its start after which a server should have seen packets of every relay."""
CERTAIN_AFTER_SECONDS = 7 * DAY
RECENT_SECONDS = HOUR
MAX_RELAYS = 256
"""Most relays that a server reports. If its list is full, a relay that is not in it may still forward to it."""
SHOWN = 5


def relays_unknown(both: Joint) -> str | None:
    """Why relays cannot be compared; None where they can."""
    if _traffic(both, both.main) is None or _traffic(both, both.backup) is None:
        return "a server does not report its relays"
    return None


def one_sided(both: Joint) -> Iterator[Problem]:
    """Relays that forwarded to one server recently, and never to the other since it started."""
    for server, other in both.each_way:
        mine, theirs = _traffic(both, server), _traffic(both, other)
        if mine is None or theirs is None or theirs.since is None or len(theirs.relays) >= MAX_RELAYS:
            continue
        uptime = both.now - on_our_clock(other, theirs.since)
        known = {each.address for each in theirs.relays}
        missing = [each for each in mine.relays if each.address not in known and _is_recent(both, server, each)]
        # Clients without a relay are on the link of one server, or renew with it alone. That is not a fault of a relay.
        missing = [each for each in missing if each.address is not None]
        if missing and uptime >= SHORTEST_UPTIME_SECONDS:
            yield _problem(server, other, missing, uptime)


def _traffic(both: Joint, server: ServerPicture) -> Traffic | None:
    return None if server.facts is None or not both.seen(server) else server.facts.traffic


def _is_recent(both: Joint, server: ServerPicture, relay: Relay) -> bool:
    return relay.last is not None and both.now - on_our_clock(server, relay.last) <= RECENT_SECONDS


def _problem(server: ServerPicture, other: ServerPicture, missing: list[Relay], uptime: float) -> Problem:
    names = ", ".join(str(each.address) for each in missing[:SHOWN]) + (" ..." if len(missing) > SHOWN else "")
    return Problem(
        kind=ProblemKind.ONE_SIDED_RELAYS,
        about=server.name,
        title=f"{plural(len(missing), 'relay')} never forwarded to {other.name}: {names}",
        scenario="Table 5: leases expire though the backup is up",
        severity=Severity.WARNING,
        certainty=Certainty.CERTAIN if uptime >= CERTAIN_AFTER_SECONDS else Certainty.LIKELY,
        evidence=(
            *(
                from_server(server, f"{each.address}: about {each.clients_5m:,} clients in 5 min")
                for each in missing[:SHOWN]
            ),
            from_server(other, f"no packet from them since it started {duration(uptime)} ago"),
        ),
        prospect=Prospect(f"if {server.name} fails, clients behind these relays lose their leases"),
        steps=(
            f"Add {other.name} to the helper addresses of these relays",
            "Then test failover: stop one server for a day, and check that all clients renew",
            runbook("planned-restart", "how to stop a server safely"),
        ),
    )
