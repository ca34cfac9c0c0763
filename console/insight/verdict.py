"""The verdict: one sentence that says whether anyone is without service and why.

An ordered table: the first rule whose condition holds speaks. `Joint` is what the rules may look at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from console.insight.countdowns import race_margin
from console.insight.forecast import usable_addresses
from console.insight.freshness import is_seen, last_state, main_first
from console.insight.wording import duration, wall
from console.model.picture import PairPicture, ServerPicture
from console.model.reports import Report
from console.model.states import ALONE, RECOVERING, SERVING, State

PROTECTED = "Protected: both NORMAL, clients are served and either server can take over."
"""The one verdict that is good news."""


@dataclass(frozen=True, slots=True)
class Joint:
    """Both servers as they are seen together at `now`."""

    pair: PairPicture
    main: ServerPicture
    backup: ServerPicture
    now: float
    zone: tzinfo

    def seen(self, server: ServerPicture) -> bool:
        return is_seen(server, self.now)

    def state(self, server: ServerPicture) -> State | None:
        """The live state; `None` when the server is not seen."""
        return last_state(server) if self.seen(server) else None

    @property
    def states(self) -> tuple[State | None, State | None]:
        return self.state(self.main), self.state(self.backup)

    @property
    def visible(self) -> ServerPicture | None:
        """The one server that is seen when exactly one is."""
        seen = [server for server in (self.main, self.backup) if self.seen(server)]
        return seen[0] if len(seen) == 1 else None

    @property
    def each_way(self) -> tuple[tuple[ServerPicture, ServerPicture], ...]:
        """Each server with its partner."""
        return (self.main, self.backup), (self.backup, self.main)

    def lasting(self, server: ServerPicture) -> str:
        since = server.report.state_since if server.report else None
        return f" for {duration(self.now - since)}" if since is not None else ""

    @property
    def reports(self) -> tuple[Report, ...]:
        return tuple(each.report for each in (self.main, self.backup) if each.report and self.seen(each))


def joint(pair: PairPicture, now: float, zone: tzinfo) -> Joint:
    """The pair's main and backup by their configured roles."""
    main, backup = main_first(pair.servers.values())
    return Joint(pair, main, backup, now, zone)


def _waiting_for_first(both: Joint) -> str | None:
    if all(each.reported_at is None and each.unseen_since is None for each in (both.main, both.backup)):
        return "Asking both servers ..."
    return None


def _nothing_seen(both: Joint) -> str | None:
    if both.states != (None, None):
        return None
    return f"Cannot see {both.main.name} or {both.backup.name}: nothing can be said about service."


def _not_serving(both: Joint) -> str | None:
    broken = [report for report in both.reports if not report.serving and report.state in SERVING]
    if not broken:
        return None
    first = broken[0]
    return f"{first.server_name} does not serve clients: {first.not_serving_reason or 'it gives no reason'}."


def _both_down(both: Joint) -> str | None:
    if both.states != (State.PARTNER_DOWN, State.PARTNER_DOWN):
        return None
    return "BOTH servers are PARTNER-DOWN: each gives out the other's addresses. Duplicates are likely."


def _conflict(both: Joint) -> str | None:
    if State.POTENTIAL_CONFLICT not in both.states:
        return None
    if State.CONFLICT_DONE in both.states:
        return "Resolving conflicts: the main serves, the backup is still silent."
    if both.states == (State.POTENTIAL_CONFLICT, State.POTENTIAL_CONFLICT):
        return f"Nobody serves clients: both are resolving conflicts{_progress(both)}."
    return "At least one server is silent to clients: it is resolving conflicts."


def _race(both: Joint) -> str | None:
    if not all(state in ALONE for state in both.states):
        return None
    margin = race_margin(both.pair, both.now)
    if margin is None:
        return "BOTH servers answer us but not each other. No automatic takeover is due: repair the link."
    left, first = margin
    deadline = wall(both.now + left, both.zone, both.now)
    return f"BOTH servers answer us but not each other: act before {deadline}, when {first} takes over."


def _duplicates(both: Joint) -> str | None:
    for server, other in ((both.main, both.backup), (both.backup, both.main)):
        state = both.state(other)
        if both.state(server) is State.PARTNER_DOWN and state in SERVING - {State.RECOVER_DONE}:
            return f"{server.name} declared {other.name} down, but {other.name} serves: duplicates possible NOW."
    return None


def _taken_over(both: Joint) -> str | None:
    for server, other in ((both.main, both.backup), (both.backup, both.main)):
        if both.state(server) is State.PARTNER_DOWN:
            return f"{server.name} serves everyone: {other.name} is declared down{both.lasting(server)}."
    return None


def _alone(both: Joint) -> str | None:
    for server, other in ((both.main, both.backup), (both.backup, both.main)):
        if both.state(server) in ALONE:
            sight = f"{other.name} is {both.state(other)}" if both.seen(other) else f"we cannot see {other.name} either"
            lasting = both.lasting(server)
            return f"{server.name} has no contact with {other.name}{lasting}, serves its own pool; {sight}."
    return None


def _recovering(both: Joint) -> str | None:
    for server in (both.main, both.backup):
        state = both.state(server)
        if state in RECOVERING:
            return f"{server.name} is coming back ({state}){_progress(both)}; the other one serves."
    return None


def _nobody(both: Joint) -> str | None:
    states = [state for state in both.states if state is not None]
    if len(states) == 2 and not any(state in SERVING for state in states):
        return f"Nobody serves clients: {both.main.name} {states[0]}, {both.backup.name} {states[1]}."
    return None


def _half_seen(both: Joint) -> str | None:
    server = both.visible
    if server is None:
        return None
    other = both.pair.partner_of(server.name)
    return f"{server.name} is {both.state(server)}; cannot see {other.name}."


def _protected(both: Joint) -> str | None:
    if both.states != (State.NORMAL, State.NORMAL):
        return None
    each_pool = ((pool, report) for report in both.reports for pool in report.pools if pool.total)
    empty = sorted({pool.name for pool, report in each_pool if not usable_addresses(pool, report, both.now)})
    if empty:
        are = "is" if len(empty) == 1 else "are"
        return f"Both NORMAL, but new clients get no address: {', '.join(empty)} {are} empty."
    return PROTECTED


RULES: tuple[Callable[[Joint], str | None], ...] = (
    _waiting_for_first,
    _nothing_seen,
    _both_down,
    _not_serving,
    _conflict,
    _duplicates,
    _race,
    _taken_over,
    _nobody,
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
    words = ", ".join(f"{server.name} {both.state(server)}" for server in (both.main, both.backup))
    return f"Unsettled: {words}."


def _progress(both: Joint) -> str:
    for report in both.reports:
        if report.resync is not None:
            done, total = report.resync.done, report.resync.total
            return f", {done * 100 // total} % done" if total else f", {done:,} bindings so far"
    return ""
