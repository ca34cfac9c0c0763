"""The situations of a pair: an ordered table. The first row whose condition holds gives the sentence and its severity.

The good situation is the last row and needs every fact that it claims. Where one is missing, the sentence has "cannot
tell". `console.insight.verdict` adds what alarms and dangers report beyond the situation.
"""

from collections.abc import Callable

from console.insight.alarms.judging import undecided
from console.insight.consistency import contradictions
from console.insight.countdowns import race_margin, takeover_unknown
from console.insight.counted_changes import last_change
from console.insight.forecast import usable_addresses
from console.insight.freshness import last_word
from console.insight.joint import Joint
from console.insight.wording import NO_REASON, wall
from console.model.fact_table import lacking
from console.model.phases import INTERRUPTED, RECOVERING, SERVING, SILENT, Phase, Service, short
from console.model.picture import ServerPicture, Severity
from console.model.profiles import Can, Fact

PROTECTED = "Protected: both NORMAL, clients are served and either server can take over."
STANDS_BY = "Protected: {server} serves all clients, and {other} stands by and can take over."
GOOD = "Protected: "
"""The beginning of the good sentences: one for a pair that shares the clients, one for a pair with a standby server."""
TOGETHER = ((Phase.NORMAL, Phase.NORMAL), (Phase.NORMAL, Phase.STANDBY), (Phase.STANDBY, Phase.NORMAL))
"""The phases of main and backup in which all is well."""


def both_words(both: Joint) -> str:
    """`Both NORMAL`, or which server is the standby."""
    if both.phases == (Phase.NORMAL, Phase.NORMAL):
        return "Both NORMAL"
    for server, other in both.each_way:
        if both.phase(other) is Phase.STANDBY:
            return f"{server.name} serves, {other.name} stands by"
    return _words(both)


def _not_polled(both: Joint) -> str | None:
    if any(each.make.polled or each.facts is not None for each in (both.main, both.backup)):
        return None
    return "Data from traps and logs only: cannot tell whether clients are served."


def _waiting_for_first(both: Joint) -> str | None:
    if all(each.reported_at is None and each.unseen_since is None for each in (both.main, both.backup)):
        return "Waiting for the first answers ..."
    return None


def _not_collected(both: Joint) -> str | None:
    """The last answers are old, and no poll has failed: no process polls."""
    if both.phases != (None, None) or all(each.unseen_since is not None for each in (both.main, both.backup)):
        return None
    return f"No new answers from {both.main.name} or {both.backup.name}: cannot tell whether clients are served."


def _nothing_seen(both: Joint) -> str | None:
    if both.phases != (None, None):
        return None
    return (
        f"No answer from {both.main.name} or {both.backup.name}: SERVICE UNKNOWN. {last_known(both.main, both)}; "
        f"{last_known(both.backup, both)}."
    )


def last_known(server: ServerPicture, both: Joint) -> str:
    """The last state of a server that does not answer, and until when it answered."""
    if server.facts is None or server.reported_at is None:
        return f"{server.name} never answered"
    alone = " and served alone" if server.facts.service is Service.SERVES_ALONE else ""
    until = wall(server.reported_at, both.zone, both.now)
    return f"{server.name} was {short(last_word(server))}{alone} until {until}"


def _not_serving(both: Joint) -> str | None:
    broken = [facts for facts in both.known if facts.serves is False and facts.phase not in SILENT]
    if not broken:
        return None
    first = broken[0]
    return f"{first.server} does not serve clients: {first.not_serving_reason or NO_REASON}."


def _both_down(both: Joint) -> str | None:
    if both.phases != (Phase.TAKEN_OVER, Phase.TAKEN_OVER):
        return None
    return "BOTH servers are PARTNER-DOWN: duplicate addresses are likely. Stop one server."


def _conflict(both: Joint) -> str | None:
    if Phase.CONFLICT not in both.phases:
        return None
    if Phase.CONFLICT_RESOLVED in both.phases:
        return "Resolving conflicts: the main serves clients, the backup does not yet."
    if both.phases == (Phase.CONFLICT, Phase.CONFLICT):
        return f"No server serves clients: both are resolving conflicts{_progress(both)}."
    return "At least one server does not serve clients: it is resolving conflicts."


def _terminated(both: Joint) -> str | None:
    """A server has given up the exchange of leases (Kea)."""
    given_up = [each.name for each in (both.main, both.backup) if both.phase(each) is Phase.TERMINATED]
    if not given_up:
        return None
    are = "is" if len(given_up) == 1 else "are"
    return (
        f"{' and '.join(given_up)} {are} TERMINATED: leases are not exchanged, and the servers drift apart. "
        "Stop BOTH, then start both."
    )


def _standby_alone(both: Joint) -> str | None:
    """A standby server without contact: clients wait until it takes over."""
    for server, other in both.each_way:
        facts = server.facts
        if both.phase(server) is not Phase.STANDBY or facts is None or facts.contact is not False:
            continue
        # One failed poll of the other server is no proof, but what this server reports is.
        if both.phase(other) in SERVING and not other.failures:
            continue
        return f"{server.name} stands by without contact with {other.name}: clients wait until it takes over."
    return None


def _standby_cut(both: Joint) -> str | None:
    """A standby server without contact to its partner, which serves."""
    for server, other in both.each_way:
        if both.phase(server) is Phase.STANDBY and server.facts is not None and server.facts.contact is False:
            return f"{server.name} stands by without contact with {other.name}, which is {last_word(other)}."
    return None


def _race(both: Joint) -> str | None:
    if not all(phase in INTERRUPTED for phase in both.phases):
        return None
    margin = race_margin(both.pair, both.now)
    if margin is not None:
        left, first = margin
        deadline = wall(both.now + left, both.zone, both.now)
        return f"BOTH servers run but have lost contact: act before {deadline}, when {first} enters PARTNER-DOWN."
    unknown = takeover_unknown(both.main) or takeover_unknown(both.backup)
    if unknown is not None:
        return f"BOTH servers run but have lost contact. Cannot tell whether one takes over automatically: {unknown}."
    return "BOTH servers run but have lost contact. No automatic takeover is due: repair the link."


def _duplicates(both: Joint) -> str | None:
    for server, other in both.each_way:
        if both.phase(server) is Phase.TAKEN_OVER and both.phase(other) in SERVING - {Phase.RETURNED}:
            return (
                f"{server.name} declared {other.name} down, but {other.name} serves: duplicate addresses possible NOW."
            )
    return None


def _maintenance(both: Joint) -> str | None:
    for server, other in both.each_way:
        if both.phase(server) is not Phase.TAKEN_OVER or both.phase(other) is not Phase.PAUSED:
            continue
        if Can.MAINTENANCE in server.make.can and server.facts is not None and server.facts.serves:
            return f"{server.name} serves all clients while {other.name} is in maintenance and can be stopped."
    return None


def _taken_over(both: Joint) -> str | None:
    for server, other in both.each_way:
        if both.phase(server) is Phase.TAKEN_OVER:
            if server.facts is not None and server.facts.serves is None:
                return f"{server.name} declared {other.name} down{both.ago(server)}; {_cannot_tell_service(server)}."
            return f"{server.name} serves all clients: {other.name} was declared down{both.ago(server)}."
    return None


def _alone(both: Joint) -> str | None:
    for server, other in both.each_way:
        if both.phase(server) in INTERRUPTED:
            sight = f"{other.name} is {last_word(other)}" if both.seen(other) else f"cannot see {other.name}"
            serves = "and serves its own pool"
            if server.facts is not None and server.facts.serves is None:
                serves = f"and {_cannot_tell_service(server)}"
            return f"{server.name} lost contact with {other.name}{both.ago(server)} {serves}; {sight}."
    return None


def _stranded(both: Joint) -> str | None:
    server = both.stranded
    if server is None:
        return None
    other = both.pair.partner_of(server.name).name
    return f"No new client is served by {server.name}: it recovers ({last_word(server)}) without {other}, not seen."


def _recovering(both: Joint) -> str | None:
    for server, other in both.each_way:
        if both.phase(server) in RECOVERING:
            serves = f"{other.name} serves clients"
            if both.phase(other) not in SERVING or other.facts is None or not other.facts.serves:
                serves = f"cannot tell whether {other.name} serves"
            return f"{server.name} is recovering ({last_word(server)}){_progress(both)}; {serves}."
    return None


def _starting(both: Joint) -> str | None:
    if both.phases != (Phase.STARTING, Phase.STARTING):
        return None
    return f"Both servers start: {both.main.name} and {both.backup.name} do not serve clients yet."


def _none_serves(both: Joint) -> str | None:
    phases = [phase for phase in both.phases if phase is not None]
    if len(phases) == 2 and all(phase in SILENT for phase in phases):
        main, backup = last_word(both.main), last_word(both.backup)
        return f"No server serves clients: {both.main.name} is {main}, {both.backup.name} is {backup}."
    return None


def _half_polled(both: Joint) -> str | None:
    """One server is of a make that is not polled."""
    server = both.visible
    if server is None or both.pair.partner_of(server.name).make.polled:
        return None
    return _half_seen(both)


def _half_seen(both: Joint) -> str | None:
    server = both.visible
    if server is None:
        return None
    other = both.pair.partner_of(server.name)
    return f"{server.name} is {last_word(server)}; cannot see {other.name}."


def _empty(both: Joint) -> str | None:
    empty = empty_pools(both)
    if both.phases not in TOGETHER or not empty:
        return None
    are = "is" if len(empty) == 1 else "are"
    return f"{both_words(both)}, but new clients get no address: {', '.join(empty)} {are} empty."


def empty_pools(both: Joint) -> tuple[str, ...]:
    """The pools from which a server that serves cannot lease an address to a new client."""
    found = set()
    for server in (both.main, both.backup):
        facts = server.facts
        if facts is not None and both.phase(server) in SERVING - {Phase.RETURNED}:
            found |= {
                pool.name
                for pool in facts.pools or ()
                if pool.total != 0 and usable_addresses(pool, facts, both.now) == 0
            }
    return tuple(sorted(found))


def _uncertain(both: Joint) -> str | None:
    """Both are NORMAL, and something is missing or contradictory that could be a fault."""
    if both.phases not in TOGETHER:
        return None
    words = both_words(both)
    for server in (both.main, both.backup):
        missing = lacking(server, Fact.SERVES, Fact.CONTACT, Fact.POOLS, Fact.FREE)
        if missing is not None:
            wrong = next(iter(contradictions(both.pair, both.now)), missing)
            return f"{words}; cannot tell whether all clients are served: {wrong}."
    reason = undecided(both.pair, both.now)
    return None if reason is None else f"{words}; cannot tell whether all is well: {reason}."


def _protected(both: Joint) -> str | None:
    if both.phases == (Phase.NORMAL, Phase.NORMAL):
        return PROTECTED
    for server, other in both.each_way:
        if both.phases in TOGETHER and both.phase(other) is Phase.STANDBY:
            return STANDS_BY.format(server=server.name, other=other.name)
    return None


def _unknown_state(both: Joint) -> str | None:
    for server in (both.main, both.backup):
        missing = lacking(server, Fact.STATE)
        if missing is not None:
            reason = next(iter(contradictions(both.pair, both.now)), missing)
            counted = [words for each in (both.main, both.backup) if (words := last_change(each, both.zone, both.now))]
            if counted:
                return f"Cannot tell whether clients are served: {reason}. Last change seen: {'; '.join(counted)}."
            return f"Cannot tell whether clients are served: {_words(both)}; {reason}."
    return None


def _in_transition(both: Joint) -> str | None:
    return f"In transition: {_words(both)}."


def _words(both: Joint) -> str:
    return ", ".join(f"{server.name} {last_word(server)}" for server in (both.main, both.backup))


SITUATIONS: tuple[tuple[Severity, Callable[[Joint], str | None]], ...] = (
    (Severity.UNKNOWN, _not_polled),
    (Severity.UNKNOWN, _waiting_for_first),
    (Severity.UNKNOWN, _not_collected),
    (Severity.CRITICAL, _nothing_seen),
    (Severity.CRITICAL, _both_down),
    (Severity.CRITICAL, _not_serving),
    (Severity.CRITICAL, _conflict),
    (Severity.CRITICAL, _duplicates),
    (Severity.CRITICAL, _terminated),
    (Severity.CRITICAL, _race),
    (Severity.WARNING, _maintenance),
    (Severity.CRITICAL, _taken_over),
    (Severity.WARNING, _starting),
    (Severity.CRITICAL, _standby_alone),
    (Severity.CRITICAL, _none_serves),
    (Severity.CRITICAL, _stranded),
    (Severity.WARNING, _recovering),
    (Severity.CRITICAL, _alone),
    (Severity.UNKNOWN, _half_polled),
    (Severity.WARNING, _half_seen),
    (Severity.WARNING, _standby_cut),
    (Severity.CRITICAL, _empty),
    (Severity.UNKNOWN, _uncertain),
    (Severity.OK, _protected),
    (Severity.UNKNOWN, _unknown_state),
    (Severity.WARNING, _in_transition),
)
"""Each situation with its severity, the first that holds counts; the last always holds."""


def _cannot_tell_service(server: ServerPicture) -> str:
    return f"cannot tell whether {server.name} serves"


def _progress(both: Joint) -> str:
    """How far the transfer in progress is; empty without one."""
    for facts in both.known:
        if facts.resync is not None:
            done, total = facts.resync.done, facts.resync.total
            return f", {done * 100 // total} % done" if total else f", {done:,} bindings so far"
    return ""
