"""Countdowns to what happens by itself, and to the limits that an operator works against.

Two of them are easily mixed up, so both are always named in full: the safe period ends in an automatic
PARTNER-DOWN (R-137, R-139); MCLT decides when a partner's addresses may be given out again (R-144, R-151)
and until when a main that returns needs nothing more done (R-177). All instants are by this host's clock.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from console.insight.forecast import forecasts
from console.insight.freshness import is_seen, live_reports, main_first, on_our_clock
from console.model.picture import PairPicture, ServerPicture
from console.model.reports import Report
from console.model.states import ALONE, State


@dataclass(frozen=True, slots=True)
class Countdown:
    """One event to come. `automatic` events need nobody; `last_known` ones rest on a report that is old; the seconds of
    `estimate` ones, which rest on a forecast, mean nothing."""

    kind: str
    server: str
    at: float
    text: str
    automatic: bool
    last_known: bool = False
    estimate: bool = False


def safe_period_end(server: ServerPicture) -> float | None:
    """When this server enters PARTNER-DOWN by itself, by our clock: safe_period after the start of
    COMMUNICATIONS-INTERRUPTED (R-137). `None` when the safe period is off or does not run."""
    report = server.report
    if report is None or server.reported_at is None or not report.use_safe_period:
        return None
    if report.state is not State.COMMUNICATIONS_INTERRUPTED:
        return None
    if report.safe_period_remaining is not None:
        return server.reported_at + report.safe_period_remaining
    if report.safe_period_ends is not None:
        return on_our_clock(server, report.safe_period_ends)
    started = report.start_of_communications_interrupted
    return None if started is None else on_our_clock(server, started + report.safe_period)


def safe_remaining(server: ServerPicture, now: float) -> float | None:
    """Seconds left of the safe period, never negative; `None` when it does not run."""
    end = safe_period_end(server)
    return None if end is None else max(0.0, end - now)


def race_margin(pair: PairPicture, now: float) -> tuple[float, str] | None:
    """With both servers alive and interrupted: seconds until the first goes PARTNER-DOWN, and its name.

    That is the time that is left to act before duplicates become possible (R-140, R-145). `None` without
    such a race, or when no safe period runs.
    """
    alone = [server for server, report in live_reports(pair, now) if report.state in ALONE]
    if len(alone) < 2:
        return None
    running = [(left, server.name) for server in alone if (left := safe_remaining(server, now)) is not None]
    return min(running) if running else None


def pool_gain_at(report: Report) -> float | None:
    """When a server in PARTNER-DOWN may give out its partner's addresses: max(entry, partner-down time +
    MCLT) (R-144, R-151). `None` in any other state."""
    if report.state is not State.PARTNER_DOWN:
        return None
    if report.partner_pool_usable_at is not None:
        return report.partner_pool_usable_at
    if report.partner_down_time is None or report.state_since is None:
        return None
    return max(report.state_since, report.partner_down_time + report.mclt)


def _safe_period(server: ServerPicture, report: Report) -> Iterator[tuple[float, str, bool]]:
    end = safe_period_end(server)
    if end is not None:
        yield end, f"safe period ends: {server.name} enters PARTNER-DOWN by itself", True


def _gain(server: ServerPicture, report: Report) -> Iterator[tuple[float, str, bool]]:
    gain = pool_gain_at(report)
    if gain is not None:
        count = sum(pool.other_available for pool in report.pools)
        text = f"MCLT over: {server.name} may give out {report.partner_name}'s {count:,} free addresses"
        yield on_our_clock(server, gain), text, True


def _recover(server: ServerPicture, report: Report) -> Iterator[tuple[float, str, bool]]:
    if report.recover_deadline is not None and report.state in {State.RECOVER, State.RECOVER_WAIT}:
        yield on_our_clock(server, report.recover_deadline), f"MCLT wait over: {server.name} may serve", True


def _return_window(server: ServerPicture, report: Report) -> Iterator[tuple[float, str, bool]]:
    started = report.start_of_communications_interrupted
    if report.state in ALONE and started is not None:
        text = f"{report.partner_name} back before this (MCLT): nothing more to do"
        yield on_our_clock(server, started + report.mclt), text, False


RULES: tuple[tuple[str, Callable[[ServerPicture, Report], Iterator[tuple[float, str, bool]]]], ...] = (
    ("safe-period", _safe_period),
    ("pool-gain", _gain),
    ("recover-deadline", _recover),
    ("return-window", _return_window),
)


def countdowns(pair: PairPicture, now: float) -> tuple[Countdown, ...]:
    """Every event still to come for the pair, soonest first."""
    found = []
    for server in main_first(pair.servers.values()):
        if server.report is None:
            continue
        last_known = not is_seen(server, now)
        for kind, rule in RULES:
            for at, text, automatic in rule(server, server.report):
                if at > now:
                    found.append(Countdown(kind, server.name, at, text, automatic, last_known))
    # A pool that is empty already is nothing to come.
    worst = next((each for each in forecasts(pair, now) if each.usable), None)
    if worst is not None and worst.at is not None:
        text = f"{worst.server} runs out of free addresses in {worst.pool} (forecast)"
        found.append(Countdown("exhaustion", worst.server, worst.at, text, True, estimate=True))
    return tuple(sorted(found, key=lambda each: each.at))


def next_event(pair: PairPicture, now: float) -> Countdown | None:
    """The next thing that happens by itself, or `None` when nothing is due."""
    return next((each for each in countdowns(pair, now) if each.automatic), None)
