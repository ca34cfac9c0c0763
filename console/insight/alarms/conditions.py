"""Alarms that polls raise and settle: a table of what is looked for and of what ends it.

`find` yields the findings that hold now. `settled` says whether an alarm of that kind and entity is over
although nobody sent a clearing trap; where a row does not say, it is over once the servers that it concerns
are seen and it is not found any more. What is not seen is never taken for cured.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from console.insight.alarms.keys import PAIR, WIDE
from console.insight.alarms.lifecycle import REST, Finding, cleared, expired, raised
from console.insight.countdowns import safe_period_end, safe_remaining
from console.insight.forecast import CRITICAL_SECONDS, WARNING_SECONDS, forecasts, usable_addresses
from console.insight.freshness import clock_offset, is_seen, last_state, live, live_reports, on_our_clock
from console.insight.wording import HOUR, MINUTE, duration
from console.model.picture import Alarm, PairPicture, Severity
from console.model.reports import Pool
from console.model.states import ALONE, SERVING, State

SKEW_WARNING_SECONDS = 2.0
SKEW_CRITICAL_SECONDS = 5.0
UNACKED_SECONDS = 30.0
DISAGREE_SECONDS = 60.0
SAFE_PERIOD_CRITICAL_SECONDS = 15 * MINUTE
RELOAD_SECONDS = HOUR
RESTART_SLACK_SECONDS = 1.0
"""Times are told in whole seconds, so a start in the second of the trap counts as after it."""
ON_ITS_WAY_SECONDS = 1.0
"""How old an answer may be when it arrives."""
LOW_PERCENT = 20
HIGH_PERCENT = 25
"""Free addresses are low below 20 % and well again from 25 %: the servers' own default thresholds."""

WARNING, MAJOR, CRITICAL = Severity.WARNING, Severity.MAJOR, Severity.CRITICAL

Find = Callable[[PairPicture, float], Iterator[Finding]]
Settled = Callable[[PairPicture, float, str], bool]


def unreachable(pair: PairPicture, now: float) -> Iterator[Finding]:
    for server in pair.servers.values():
        if server.failures and not is_seen(server, now):
            yield Finding("server-unreachable", server.name, WARNING, f"cannot see {server.name}: {server.error}")


def not_serving(pair: PairPicture, now: float) -> Iterator[Finding]:
    for server, report in live_reports(pair, now):
        if not report.serving and report.state in SERVING:
            reason = report.not_serving_reason or "it gives no reason"
            yield Finding("server-not-serving", server.name, CRITICAL, f"{server.name} does not serve: {reason}")


def nobody_serves(pair: PairPicture, now: float) -> Iterator[Finding]:
    """Both are seen, and neither is in a state in which clients are answered; starting servers soon will be."""
    states = [report.state for _, report in live_reports(pair, now)]
    if len(states) == 2 and not any(state in SERVING for state in states):
        starting = all(state is State.STARTUP for state in states)
        text = f"no client is served: {' and '.join(states)}"
        yield Finding("nobody-serves", PAIR, WARNING if starting else CRITICAL, text)


def contact_lost(pair: PairPicture, now: float) -> Iterator[Finding]:
    alone = [(server, report) for server, report in live_reports(pair, now) if report.state in ALONE]
    if not alone:
        return
    words = " and ".join(f"{server.name} has no contact with {report.partner_name}" for server, report in alone)
    acts = "take one server offline, or switch use-safe-period off on BOTH servers"
    ends = any(safe_period_end(server) is not None for server, _ in alone)
    text = f"{words}; before the safe period ends: {acts}" if ends else f"{words}; no safe period runs"
    yield Finding("other-server-not-responding", PAIR, CRITICAL, text)


def both_alone(pair: PairPicture, now: float) -> Iterator[Finding]:
    if sum(report.state in ALONE for _, report in live_reports(pair, now)) == 2:
        text = "both servers are alive and have lost each other: a race to PARTNER-DOWN when a safe period runs"
        yield Finding("both-alive-interrupted", PAIR, CRITICAL, text)


def safe_period_ending(pair: PairPicture, now: float) -> Iterator[Finding]:
    for server, report in live_reports(pair, now):
        left = safe_remaining(server, now)
        if left is None or left >= report.safe_period / 2:
            continue
        urgent = left < SAFE_PERIOD_CRITICAL_SECONDS
        part = "15 minutes" if urgent else "half"
        text = f"less than {part} of the safe period left on {server.name}, then PARTNER-DOWN by itself"
        yield Finding("safe-period-ending", server.name, CRITICAL if urgent else WARNING, text)


def partner_down(pair: PairPicture, now: float) -> Iterator[Finding]:
    for server, report in live_reports(pair, now):
        if report.state is State.PARTNER_DOWN:
            reason = report.state_reason or "no reason given"
            text = f"{server.name} treats {report.partner_name} as down ({reason})"
            yield Finding("partner-down", server.name, CRITICAL, text)


def both_partner_down(pair: PairPicture, now: float) -> Iterator[Finding]:
    if all(last_state(server) is State.PARTNER_DOWN for server in pair.servers.values()):
        text = "both servers are PARTNER-DOWN: duplicate addresses are likely, stop one"
        yield Finding("both-partner-down", PAIR, CRITICAL, text)


def in_state(kind: str, states: frozenset[State], severity: Severity, words: str) -> Find:
    """A finding for each server that is seen in one of `states`."""

    def find(pair: PairPicture, now: float) -> Iterator[Finding]:
        for server, report in live_reports(pair, now):
            if report.state in states:
                yield Finding(kind, server.name, severity, f"{server.name} is {report.state}: {words}")

    return find


def disagree(pair: PairPicture, now: float) -> Iterator[Finding]:
    """One NORMAL and one alone is a matter of a moment; when it lasts, one of them is wrong about the
    link."""
    live_now = live_reports(pair, now)
    states = {report.state for _, report in live_now}
    since = [report.state_since for _, report in live_now if report.state_since is not None]
    lasting = bool(since) and now - max(since) > DISAGREE_SECONDS
    if len(live_now) == 2 and lasting and State.NORMAL in states and states & ALONE:
        words = ", ".join(f"{server.name} {report.state}" for server, report in live_now)
        yield Finding("states-disagree", PAIR, WARNING, f"the servers disagree about the link: {words}")


def mismatch(pair: PairPicture, now: float) -> Iterator[Finding]:
    live_now = live_reports(pair, now)
    told = [(server.name, "; ".join(report.config_mismatch)) for server, report in live_now]
    differing = [f"{name}: {text}" for name, text in told if text]
    if len({report.mclt for _, report in live_now}) > 1:
        values = ", ".join(f"{server.name} {report.mclt:.0f} s" for server, report in live_now)
        differing.append(f"mclt differs: {values}")
    if differing:
        yield Finding("failover-config-mismatch", PAIR, MAJOR, " / ".join(differing))


def safe_period_differs(pair: PairPicture, now: float) -> Iterator[Finding]:
    live_now = live_reports(pair, now)
    if len({report.use_safe_period for _, report in live_now}) > 1:
        on = next(server.name for server, report in live_now if report.use_safe_period)
        yield Finding("safe-period-differs", PAIR, WARNING, f"use-safe-period is on at {on} only: change BOTH or none")


def reload_waits(pair: PairPicture, now: float) -> Iterator[Finding]:
    for server, report in live_reports(pair, now):
        since = server.reload_pending_since
        if report.reload_pending and since is not None and now - since > RELOAD_SECONDS:
            text = f"{server.name} waits for a reload for more than {duration(RELOAD_SECONDS)}"
            yield Finding("reload-pending", server.name, WARNING, text)


def recover_set(pair: PairPicture, now: float) -> Iterator[Finding]:
    for server, report in live_reports(pair, now):
        if report.failover_recover is not None and report.state is State.NORMAL:
            text = f"failover-recover is still set on {server.name}, which is NORMAL: unset it, and save"
            yield Finding("failover-recover-set", server.name, WARNING, text)


def skew(pair: PairPicture, now: float) -> Iterator[Finding]:
    told = [abs(report.time_skew) for _, report in live_reports(pair, now) if report.time_skew is not None]
    seen = [clock_offset(server) for server, _ in live_reports(pair, now)]
    worst = max([*told, max(seen) - min(seen) if len(seen) == 2 else 0.0], default=0.0)
    if worst > SKEW_WARNING_SECONDS:
        severity = CRITICAL if worst > SKEW_CRITICAL_SECONDS else WARNING
        text = "the servers' clocks are more than "
        text += "5 s apart: the link is refused, repair NTP" if severity is CRITICAL else "2 s apart: look at NTP"
        yield Finding("clock-skew", PAIR, severity, text)


def unacked(pair: PairPicture, now: float) -> Iterator[Finding]:
    for server, report in live_reports(pair, now):
        if report.oldest_unacked_age is not None and report.oldest_unacked_age > UNACKED_SECONDS:
            text = f"updates of {server.name} stay unacknowledged for more than {UNACKED_SECONDS:.0f} s"
            yield Finding("unacked-updates-stuck", server.name, WARNING, text)


def low_pool(pair: PairPicture, now: float) -> Iterator[Finding]:
    for server, pool, percent in _shares(pair, now):
        if percent < LOW_PERCENT:
            severity = CRITICAL if percent == 0 else WARNING
            text = f"{pool.name} on {server}: "
            text += "no free address left" if percent == 0 else f"fewer than {LOW_PERCENT} % of addresses are free here"
            yield Finding("free-address-low", f"{server}/{pool.name}", severity, text)


def _low_pool_settled(pair: PairPicture, now: float, entity: str) -> bool:
    name = entity.partition("/")[2]
    if name.startswith(WIDE):
        # No poll shows the sum that it is about; its trap ends it.
        return False
    shares = {f"{server}/{pool.name}": percent for server, pool, percent in _shares(pair, now)}
    if entity in shares:
        return shares[entity] >= HIGH_PERCENT
    # A trap that named no server, or a pool that is configured no more.
    anywhere = [percent for key, percent in shares.items() if key.endswith("/" + name)]
    return _all_seen(pair, now) and all(percent >= HIGH_PERCENT for percent in anywhere)


def _shares(pair: PairPicture, now: float) -> Iterator[tuple[str, Pool, float]]:
    """The free addresses that each serving server may give out, as a percentage of the pool."""
    for server, report in live_reports(pair, now):
        if report.state in SERVING:
            for pool in report.pools:
                if pool.total:
                    yield server.name, pool, 100 * usable_addresses(pool, report, now) / pool.total


def exhaustion(pair: PairPicture, now: float) -> Iterator[Finding]:
    for each in forecasts(pair, now):
        if each.at is not None and each.at - now < WARNING_SECONDS and each.usable:
            severity = CRITICAL if each.at - now < CRITICAL_SECONDS else WARNING
            limit = duration(CRITICAL_SECONDS if severity is CRITICAL else WARNING_SECONDS)
            text = f"{each.pool} on {each.server} runs out in less than {limit} as new clients arrive"
            yield Finding("pool-exhaustion", f"{each.server}/{each.pool}", severity, text)


def _contact_settled(pair: PairPicture, now: float, entity: str) -> bool:
    """Both seen NORMAL: a clearing trap that was lost is not waited for. Of other servers polls say nothing."""
    return entity == PAIR and all(
        report is not None and report.state is State.NORMAL
        for report in (live(server, now) for server in pair.servers.values())
    )


def _stopped_settled(pair: PairPicture, now: float, entity: str) -> bool:
    """A server that stopped and is seen serving again has started, whether or not its trap came."""
    server = pair.servers.get(entity)
    report = None if server is None else live(server, now)
    alarm = pair.alarms.get(f"{pair.name}/server-stop/{entity}")
    if server is None or report is None or alarm is None or server.reported_at is None:
        return False
    started = None if report.started is None else on_our_clock(server, report.started)
    return started is not None and server.reported_at > alarm.last and started > alarm.last - RESTART_SLACK_SECONDS


def _gone(pair: PairPicture, now: float, entity: str) -> bool:
    """Over as soon as it is not found: it spoke of what is seen now."""
    return True


def _seen_again(pair: PairPicture, now: float, entity: str) -> bool:
    """Over once whom it concerns is seen and it is not found: a server, the server of a pool, or both."""
    server = pair.servers.get(entity.partition("/")[0])
    return is_seen(server, now) if server is not None else _all_seen(pair, now)


def _all_seen(pair: PairPicture, now: float) -> bool:
    return all(is_seen(server, now) for server in pair.servers.values())


def _nothing(pair: PairPicture, now: float) -> Iterator[Finding]:
    """For kinds that only traps and logs raise, but that polls may settle."""
    return iter(())


@dataclass(frozen=True, slots=True)
class Condition:
    """One row: the kind of alarm, what finds it in a picture, and what settles it."""

    kind: str
    find: Find
    settled: Settled = _seen_again


CONFLICT = frozenset({State.POTENTIAL_CONFLICT})
HALTED = frozenset({State.RESOLUTION_INTERRUPTED})
RETURNING = frozenset({State.RECOVER, State.RECOVER_WAIT})

CONDITIONS: tuple[Condition, ...] = (
    Condition("server-unreachable", unreachable),
    Condition("server-not-serving", not_serving),
    Condition("nobody-serves", nobody_serves),
    Condition("other-server-not-responding", contact_lost, _contact_settled),
    Condition("both-alive-interrupted", both_alone, _gone),
    Condition("safe-period-ending", safe_period_ending),
    Condition("partner-down", partner_down),
    Condition("both-partner-down", both_partner_down),
    Condition("potential-conflict", in_state("potential-conflict", CONFLICT, CRITICAL, "it is silent to clients")),
    Condition(
        "resolution-interrupted",
        in_state("resolution-interrupted", HALTED, CRITICAL, "contact was lost while conflicts were resolved"),
    ),
    Condition("recovering", in_state("recovering", RETURNING, WARNING, "it does not serve clients yet")),
    Condition("states-disagree", disagree),
    Condition("failover-config-mismatch", mismatch),
    Condition("safe-period-differs", safe_period_differs),
    Condition("reload-pending", reload_waits),
    Condition("failover-recover-set", recover_set),
    Condition("clock-skew", skew),
    Condition("unacked-updates-stuck", unacked),
    Condition("free-address-low", low_pool, _low_pool_settled),
    Condition("pool-exhaustion", exhaustion),
    Condition("server-stop", _nothing, _stopped_settled),
)


def watched(pair: PairPicture, now: float) -> PairPicture:
    """The pair with every condition judged at `now`: new findings raised, settled alarms cleared."""
    return settled(expired(pair, now), CONDITIONS, now)


def settled(pair: PairPicture, conditions: Iterable[Condition], now: float, source: str = "poll") -> PairPicture:
    """The pair with these conditions judged: what is found is raised, what is over is cleared, by `source`."""
    standing: dict[str, list[str]] = {}
    for alarm in pair.alarms.values():
        if alarm.stands:
            standing.setdefault(alarm.kind, []).append(alarm.id)
    for condition in conditions:
        found = {finding.id(pair.name): finding for finding in condition.find(pair, now)}
        for finding in found.values():
            pair = raised(pair, finding, source, now)
        prefix = f"{pair.name}/{condition.kind}/"
        for key in standing.get(condition.kind, ()):
            line = key == prefix + REST
            alarm = pair.alarms[key]
            for entity in alarm.members if line else (key[len(prefix) :],):
                if prefix + entity in found or not _asked_since(pair, alarm, entity):
                    continue
                if condition.settled(pair, now, entity):
                    pair = cleared(pair, prefix + entity, source, now)
    return pair


def _asked_since(pair: PairPicture, alarm: Alarm, entity: str) -> bool:
    """Whether those whom it concerns have answered since a trap or the log last told of it: an answer from before says
    nothing about it, and one that was on its way then may not either."""
    if not {"trap", "log"} & set(alarm.sources):
        return True
    server = pair.servers.get(entity.partition("/")[0])
    concerned = [server] if server is not None else pair.servers.values()
    return all(
        each.reported_at is not None and each.reported_at >= alarm.last + ON_ITS_WAY_SECONDS for each in concerned
    )
