"""How it is seen that an action was done: for each of them, what the servers must say afterwards.

`Before` is the pair when the request was sent. An answer is a sentence once it is seen, `None` while it is not.
"""

from collections.abc import Callable, Mapping

from console.insight.freshness import on_our_clock
from console.insight.guards.attempt import Attempt
from console.insight.remedies import (
    EXTEND_SAFE_PERIOD,
    FORCE_AVAILABLE,
    REBALANCE,
    RELOAD,
    SAFE_PERIOD,
    SET_PARTNER_DOWN,
    STOP,
)
from console.insight.shares import moves
from console.insight.wording import both_clocks, span
from console.model.picture import PairPicture
from console.model.reports import Report
from console.model.states import State

GONE = frozenset({State.PAUSED, State.SHUTDOWN})
EXACT_PERCENT = 1.0
"""Shares that differ by less are what was wanted: other changes go on meanwhile."""

Seen = Callable[[PairPicture, Attempt], str | None]


def _answer(now: PairPicture, attempt: Attempt) -> Report | None:
    """What the server says now; None while it does not answer."""
    server = now.servers[attempt.server]
    return None if server.failures else server.report


def _partner_down(now: PairPicture, attempt: Attempt) -> str | None:
    report = _answer(now, attempt)
    if report is None or report.state is not State.PARTNER_DOWN:
        return None
    usable = report.partner_pool_usable_at
    gain = "" if usable is None else f"; partner's addresses from {both_clocks(usable, attempt.zone)}"
    return f"{attempt.server} is PARTNER-DOWN{gain}"


def _switched(now: PairPicture, attempt: Attempt) -> str | None:
    report = _answer(now, attempt)
    if report is None or report.use_safe_period is not (attempt.choice == "on"):
        return None
    return f"the safe period is {attempt.choice} on {attempt.server}"


def _extended(now: PairPicture, attempt: Attempt) -> str | None:
    report = _answer(now, attempt)
    if report is None or report.safe_period != attempt.seconds:
        return None
    ends = report.safe_period_ends
    server = now.servers[attempt.server]
    when = "" if ends is None else f"; it ends at {both_clocks(on_our_clock(server, ends), attempt.zone)}"
    return f"the safe period of {attempt.server} is {span(report.safe_period)}{when}"


def _stopped(now: PairPicture, attempt: Attempt) -> str | None:
    server = now.servers[attempt.server]
    report = server.report
    if not server.failures and (report is None or report.state not in GONE):
        return None
    partner = now.partner_of(attempt.server)
    if partner.report is not None and not partner.failures and not partner.report.interrupted:
        return None  # It notices in a moment, and what it does then is what the operator wants to know.
    state = f"{partner.name} is {partner.report.state}" if partner.report and not partner.failures else ""
    return f"{attempt.server} has stopped; {state or f'cannot see {partner.name}'}"


def _reloaded(now: PairPicture, attempt: Attempt) -> str | None:
    report, before = _answer(now, attempt), attempt.report
    if report is None or before is None or report.started == before.started:
        return None
    return f"{attempt.server} has started over with its configuration and is {report.state}"


def _forced(now: PairPicture, attempt: Attempt) -> str | None:
    report, before = _answer(now, attempt), attempt.report
    if report is None or before is None:
        return None
    left = sum(pool.unavailable for pool in report.pools)
    if left >= sum(pool.unavailable for pool in before.pools):
        return None
    return f"{attempt.address} can be used again; {left} still unavailable on {attempt.server}"


def _rebalanced(now: PairPicture, attempt: Attempt) -> str | None:
    report = _answer(now, attempt)
    if report is None:
        return None
    free = sum(pool.available + pool.other_available for pool in report.pools)
    left = sum(abs(move.addresses) for move in moves(report))
    if left > max(1, free * EXACT_PERCENT / 100):
        return None
    return f"{attempt.server} has shared the free addresses out as configured"


SEEN: Mapping[str, Seen] = {
    SET_PARTNER_DOWN: _partner_down,
    SAFE_PERIOD: _switched,
    EXTEND_SAFE_PERIOD: _extended,
    STOP: _stopped,
    RELOAD: _reloaded,
    FORCE_AVAILABLE: _forced,
    REBALANCE: _rebalanced,
}
