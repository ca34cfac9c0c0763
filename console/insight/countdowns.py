"""Countdowns to automatic events, and to deadlines of the operator.

Two of them are easy to confuse, so their texts always have the full name. The safe period ends in an automatic
PARTNER-DOWN (R-137, R-139). MCLT decides when a partner's addresses may be leased again (R-144, R-151), and until when
a main that returns needs no further steps (R-177). All times are on this host's clock.

Where a server does not report what a countdown needs, there is no countdown, and `cannot_tell` returns the reason.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from console.insight.forecast import forecasts
from console.insight.freshness import is_seen, live_facts, main_first, on_our_clock
from console.insight.shares import partner_free
from console.model.fact_table import lacking
from console.model.facts import PairFacts, Takeover, Unit
from console.model.phases import INTERRUPTED, Phase
from console.model.picture import PairPicture, ServerPicture
from console.model.profiles import Fact


@dataclass(frozen=True, slots=True)
class Countdown:
    """One future event at `at` (Unix seconds, this host's clock).

    `automatic`: it happens without an operator. `last_known`: it follows from an old answer. `estimate`: it follows
    from a forecast, so its seconds are not exact.
    """

    kind: str
    server: str
    at: float
    text: str
    automatic: bool
    last_known: bool = False
    estimate: bool = False


def takeover(facts: PairFacts) -> Takeover:
    """What the server reports about its automatic takeover; all values are unknown where it reports nothing."""
    return facts.takeover or Takeover()


def takeover_end(server: ServerPicture) -> float | None:
    """When this server enters PARTNER-DOWN automatically, on the console's clock: safe period after contact was lost
    (R-137). `None` when it does not, when its countdown does not run or does not count time, or when it is unknown."""
    facts = server.facts
    if facts is None or server.reported_at is None or facts.phase is not Phase.ALONE:
        return None
    reported = takeover(facts)
    if reported.automatic is False or reported.unit is not Unit.SECONDS:
        return None
    if reported.remaining is not None:
        return server.reported_at + reported.remaining
    if reported.due_at is not None:
        return on_our_clock(server, reported.due_at)
    if reported.automatic is None or reported.length is None or facts.contact_lost_at is None:
        return None
    return on_our_clock(server, facts.contact_lost_at + reported.length)


def takeover_left(server: ServerPicture, now: float) -> float | None:
    """Seconds left until this server takes over automatically, never negative; `None` as for `takeover_end`."""
    end = takeover_end(server)
    return None if end is None else max(0.0, end - now)


def takeover_unknown(server: ServerPicture) -> str | None:
    """Why the console cannot tell whether and when a server without contact takes over; None where it can."""
    facts = server.facts
    if facts is None:
        return f"{server.name} has not answered yet" if server.make.polled else f"{server.name} is not polled"
    if facts.phase is Phase.UNKNOWN:
        return lacking(server, Fact.STATE)
    if facts.phase is not Phase.ALONE or takeover_end(server) is not None:
        return None
    reported = takeover(facts)
    if reported.automatic is False or (reported.unit is Unit.CLIENTS and reported.remaining is not None):
        return None
    return (
        lacking(server, Fact.TAKEOVER, Fact.TAKEOVER_LENGTH, Fact.CONTACT_LOST) or f"{server.name} reports no countdown"
    )


def race_margin(pair: PairPicture, now: float) -> tuple[float, str] | None:
    """While both servers run without contact: seconds until the first one enters PARTNER-DOWN, and its name.

    That is the time left to act before duplicate addresses become possible (R-140, R-145). `None` without such a race,
    or when no countdown is known to run.
    """
    alone = [server for server, facts in live_facts(pair, now) if facts.phase in INTERRUPTED]
    if len(alone) < 2:
        return None
    running = [(left, server.name) for server in alone if (left := takeover_left(server, now)) is not None]
    return min(running) if running else None


def pool_gain_at(facts: PairFacts) -> float | None:
    """When a server in PARTNER-DOWN may lease its partner's addresses, on its own clock: max(entry, partner-down time +
    MCLT) (R-144, R-151). `None` in any other state, or when it is unknown."""
    if facts.phase is not Phase.TAKEN_OVER:
        return None
    if facts.partner_pool_usable_at is not None:
        return facts.partner_pool_usable_at
    if facts.partner_down_time is None or facts.since is None or facts.mclt is None:
        return None
    return max(facts.since, facts.partner_down_time + facts.mclt)


def _safe_period(server: ServerPicture, facts: PairFacts) -> Iterator[tuple[float, str, bool]]:
    end = takeover_end(server)
    if end is not None:
        yield end, f"safe period ends: {server.name} enters PARTNER-DOWN automatically", True


def _gain(server: ServerPicture, facts: PairFacts) -> Iterator[tuple[float, str, bool]]:
    gain = pool_gain_at(facts)
    if gain is not None:
        free = partner_free(facts) or "free addresses"
        text = f"MCLT ends: {server.name} may lease {facts.partner}'s {free}"
        yield on_our_clock(server, gain), text, True


def _recover(server: ServerPicture, facts: PairFacts) -> Iterator[tuple[float, str, bool]]:
    if facts.recover_deadline is not None and facts.phase in {Phase.RETURNING, Phase.RETURN_WAIT}:
        yield on_our_clock(server, facts.recover_deadline), f"MCLT wait ends: {server.name} may serve clients", True


def _probes(server: ServerPicture, facts: PairFacts) -> Iterator[tuple[float, str, bool]]:
    if facts.probe_until is not None:
        text = f"{server.name} stops probing addresses: leases of {facts.partner} that it lacks have ended"
        yield on_our_clock(server, facts.probe_until), text, True


def _return_window(server: ServerPicture, facts: PairFacts) -> Iterator[tuple[float, str, bool]]:
    started = facts.contact_lost_at
    if facts.phase in INTERRUPTED and started is not None and facts.mclt is not None:
        text = f"MCLT after lost contact: no further steps if {facts.partner} returns before"
        yield on_our_clock(server, started + facts.mclt), text, False


RULES: tuple[tuple[str, Callable[[ServerPicture, PairFacts], Iterator[tuple[float, str, bool]]]], ...] = (
    ("safe-period", _safe_period),
    ("pool-gain", _gain),
    ("recover-deadline", _recover),
    ("probes", _probes),
    ("return-window", _return_window),
)


def countdowns(pair: PairPicture, now: float) -> tuple[Countdown, ...]:
    """Every future event of the pair, soonest first."""
    found = []
    for server in main_first(pair.servers.values()):
        if server.facts is None:
            continue
        last_known = not is_seen(server, now)
        for kind, rule in RULES:
            for at, text, automatic in rule(server, server.facts):
                if at > now:
                    found.append(Countdown(kind, server.name, at, text, automatic, last_known))
    # A pool that is already empty is not a future event.
    worst = next((each for each in forecasts(pair, now) if each.usable), None)
    if worst is not None and worst.at is not None:
        text = f"{worst.server} runs out of free {worst.nouns[1]} in {worst.pool} (forecast)"
        found.append(Countdown("exhaustion", worst.server, worst.at, text, True, estimate=True))
    return tuple(sorted(found, key=lambda each: each.at))


def next_event(pair: PairPicture, now: float) -> Countdown | None:
    """The next automatic event, or `None` when nothing is due."""
    return next((each for each in countdowns(pair, now) if each.automatic), None)


def cannot_tell(pair: PairPicture, now: float) -> str | None:
    """Why the console cannot exclude an automatic event; None where it can."""
    if pair.servers and all(each.unseen_since is not None and not is_seen(each, now) for each in pair.servers.values()):
        return f"cannot see {' or '.join(pair.servers)}"
    for server in main_first(pair.servers.values()):
        missing = takeover_unknown(server)
        if missing is not None:
            return missing
        if server.facts is not None and server.facts.phase is Phase.TAKEN_OVER and pool_gain_at(server.facts) is None:
            return lacking(server, Fact.PARTNER_DOWN_TIME, Fact.STATE_SINCE, Fact.MCLT)
    return None
