"""The verdict: one sentence on whether clients are served, and why not.

It is an ordered table: the first rule whose condition holds gives the sentence. `Joint` is the input of the rules. The
good verdict is the last rule and needs every fact that it claims. Where one is missing, the sentence has "cannot tell".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from console.insight.countdowns import race_margin, takeover_unknown
from console.insight.forecast import usable_addresses
from console.insight.freshness import is_seen, last_phase, last_word, main_first
from console.insight.wording import NO_REASON, duration, wall
from console.model.fact_table import lacking
from console.model.facts import PairFacts
from console.model.phases import INTERRUPTED, RECOVERING, SERVING, SILENT, Phase
from console.model.picture import PairPicture, ServerPicture
from console.model.profiles import Fact

PROTECTED = "Protected: both NORMAL, clients are served and either server can take over."
"""The only good verdict."""


@dataclass(frozen=True, slots=True)
class Joint:
    """Both servers of a pair at `now`: the input of verdict, banners and diagnosis."""

    pair: PairPicture
    main: ServerPicture
    backup: ServerPicture
    now: float
    zone: tzinfo

    def seen(self, server: ServerPicture) -> bool:
        """Whether the server answers now."""
        return is_seen(server, self.now)

    def phase(self, server: ServerPicture) -> Phase | None:
        """The live phase; `None` when the server is not seen."""
        return last_phase(server) if self.seen(server) else None

    @property
    def phases(self) -> tuple[Phase | None, Phase | None]:
        """The live phases of main and backup."""
        return self.phase(self.main), self.phase(self.backup)

    @property
    def visible(self) -> ServerPicture | None:
        """The one server that is seen when exactly one is."""
        seen = [server for server in (self.main, self.backup) if self.seen(server)]
        return seen[0] if len(seen) == 1 else None

    @property
    def each_way(self) -> tuple[tuple[ServerPicture, ServerPicture], ...]:
        """Each server with its partner."""
        return (self.main, self.backup), (self.backup, self.main)

    def ago(self, server: ServerPicture) -> str:
        """How long ago the server entered its state, ` 12 min 05 s ago`; empty where it does not report that."""
        since = server.facts.since if server.facts else None
        return f" {duration(self.now - since)} ago" if since is not None else ""

    @property
    def known(self) -> tuple[PairFacts, ...]:
        """The facts of the servers that are seen."""
        return tuple(each.facts for each in (self.main, self.backup) if each.facts and self.seen(each))


def joint(pair: PairPicture, now: float, zone: tzinfo) -> Joint:
    """The pair's main and backup by their configured roles."""
    main, backup = main_first(pair.servers.values())
    return Joint(pair, main, backup, now, zone)


def _not_polled(both: Joint) -> str | None:
    if any(each.make.polled or each.facts is not None for each in (both.main, both.backup)):
        return None
    return "Data from traps and logs only: cannot tell whether clients are served."


def _waiting_for_first(both: Joint) -> str | None:
    if all(each.reported_at is None and each.unseen_since is None for each in (both.main, both.backup)):
        return "Waiting for the first answers ..."
    return None


def _nothing_seen(both: Joint) -> str | None:
    if both.phases != (None, None):
        return None
    return f"Cannot see {both.main.name} or {both.backup.name}: cannot tell whether clients are served."


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


def _recovering(both: Joint) -> str | None:
    for server, other in both.each_way:
        if both.phase(server) in RECOVERING:
            serves = f"{other.name} serves clients"
            if both.phase(other) not in SERVING or other.facts is None or not other.facts.serves:
                serves = f"cannot tell whether {other.name} serves"
            return f"{server.name} is recovering ({last_word(server)}){_progress(both)}; {serves}."
    return None


def _none_serves(both: Joint) -> str | None:
    phases = [phase for phase in both.phases if phase is not None]
    if len(phases) == 2 and all(phase in SILENT for phase in phases):
        main, backup = last_word(both.main), last_word(both.backup)
        return f"No server serves clients: {both.main.name} is {main}, {both.backup.name} is {backup}."
    return None


def _half_seen(both: Joint) -> str | None:
    server = both.visible
    if server is None:
        return None
    other = both.pair.partner_of(server.name)
    return f"{server.name} is {last_word(server)}; cannot see {other.name}."


def _protected(both: Joint) -> str | None:
    if both.phases != (Phase.NORMAL, Phase.NORMAL):
        return None
    each_pool = [(pool, facts) for facts in both.known for pool in facts.pools or () if pool.total != 0]
    empty = sorted({pool.name for pool, facts in each_pool if usable_addresses(pool, facts, both.now) == 0})
    if empty:
        are = "is" if len(empty) == 1 else "are"
        return f"Both NORMAL, but new clients get no address: {', '.join(empty)} {are} empty."
    for server in (both.main, both.backup):
        missing = lacking(server, Fact.SERVES, Fact.CONTACT, Fact.POOLS, Fact.FREE)
        if missing is not None:
            return f"Both NORMAL; cannot tell whether all clients are served: {missing}."
    return PROTECTED


RULES: tuple[Callable[[Joint], str | None], ...] = (
    _not_polled,
    _waiting_for_first,
    _nothing_seen,
    _both_down,
    _not_serving,
    _conflict,
    _duplicates,
    _race,
    _taken_over,
    _none_serves,
    _recovering,
    _alone,
    _half_seen,
    _protected,
)


def verdict(pair: PairPicture, now: float, zone: tzinfo) -> str:
    """The sentence at the top of the screen."""
    both = joint(pair, now, zone)
    for rule in RULES:
        sentence = rule(both)
        if sentence is not None:
            return sentence
    words = ", ".join(f"{server.name} {last_word(server)}" for server in (both.main, both.backup))
    for server in (both.main, both.backup):
        missing = lacking(server, Fact.STATE)
        if missing is not None:
            return f"Cannot tell whether clients are served: {words}; {missing}."
    return f"In transition: {words}."


def _cannot_tell_service(server: ServerPicture) -> str:
    return f"cannot tell whether {server.name} serves"


def _progress(both: Joint) -> str:
    for facts in both.known:
        if facts.resync is not None:
            done, total = facts.resync.done, facts.resync.total
            return f", {done * 100 // total} % done" if total else f", {done:,} bindings so far"
    return ""
