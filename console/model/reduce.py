"""The reducer: picture x observation -> picture. Pure and total: it never raises on what a server sent.

Replay is this function fed with yesterday's observations, so nothing here may look at a clock, and order is
the only thing that matters. A poll answer that cannot be read counts as a failure to ask, with the reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from console.model.alarm_actions import done, in_words
from console.model.alarm_records import read_alarms
from console.model.arrivals import Arrivals, begun, counted, longer
from console.model.changes import changed_facts
from console.model.observations import (
    ActionOutcome,
    AlarmsJudged,
    AlarmsKept,
    ArrivalsKept,
    ClockTick,
    ConfigAnswer,
    Health,
    LeaseAnswer,
    LogLine,
    Notified,
    Observation,
    OperatorAction,
    PollAnswer,
    PollFailure,
    PollUnchanged,
    TrapSeen,
)
from console.model.picture import Host, PairPicture, Picture, Sample, ServerPicture, TimelineEntry
from console.model.reports import Report, Transition, UnreadableReport, later, read_report
from console.model.runbook_marks import marked

TIMELINE_KEPT = 500
LOG_LINES_KEPT = 1000
TRAPS_KEPT = 200
LOOKUPS_KEPT = 20
SAMPLE_EVERY_SECONDS = 5.0
SAMPLES_KEPT = 720
"""One hour of samples: enough for the forecast's window and for the chart."""


def reduce(picture: Picture, observation: Observation) -> Picture:
    """The picture after the observation. An observation about an unknown pair changes nothing but the
    time."""
    picture = replace(picture, at=max(picture.at, observation.at))
    if isinstance(observation, TrapSeen) and observation.pair not in picture.pairs:
        return replace(picture, stray_traps=(*picture.stray_traps, observation)[-TRAPS_KEPT:])
    if isinstance(observation, Health):
        hosts = {**picture.hosts, observation.host: heard(picture.hosts.get(observation.host), observation)}
        return replace(picture, hosts=hosts)
    pair = picture.named(observation.pair)
    return picture if pair is None else picture.having(REDUCERS[type(observation)](pair, observation))


def heard(before: Host | None, said: Health) -> Host:
    """What is known of a host after it spoke of itself. A counter that fell was begun anew."""
    known = Host(said.at) if before is None else before
    grown = {name for name, value in said.counters.items() if value > known.counters.get(name, 0)}
    there = [name for name, words in said.facts.items() if words is not None]
    return Host(
        said_at=said.at,
        facts=dict(said.facts),
        counters=dict(said.counters),
        grew_at={**known.grew_at, **dict.fromkeys(grown, said.at)},
        since={name: known.since.get(name, said.at) for name in there},
    )


def _poll_answer(pair: PairPicture, seen: PollAnswer) -> PairPicture:
    server = pair.servers.get(seen.server)
    if server is None:
        return pair
    try:
        report = read_report(seen.status, pair.name)
    except UnreadableReport as unreadable:
        return _poll_failure(pair, PollFailure(seen.at, seen.pair, seen.server, str(unreadable)))
    return _answered(pair, server, report, seen.at)


def _answered(pair: PairPicture, server: ServerPicture, report: Report, at: float) -> PairPicture:
    """The server was seen at that time, with this report; what the report changes goes into the story."""
    pair = _noted(pair, at, _changes(server, report))
    answered = replace(
        server,
        report=report,
        reported_at=at,
        unseen_since=None,
        error=None,
        failures=0,
        samples=_sampled(server.samples, at, report),
        reload_pending_since=(server.reload_pending_since or at) if report.reload_pending else None,
        arrivals=_arrived(server.arrivals, at, report),
        resync_began=_resync_began(server, report, at),
    )
    return replace(pair, servers={**pair.servers, server.name: answered})


def _poll_unchanged(pair: PairPicture, seen: PollUnchanged) -> PairPicture:
    server = pair.servers.get(seen.server)
    if server is None or server.report is None or server.reported_at is None:
        return pair
    report = later(server.report, seen.at - server.reported_at)
    return _answered(pair, server, report, seen.at)


def _poll_failure(pair: PairPicture, seen: PollFailure) -> PairPicture:
    server = pair.servers.get(seen.server)
    if server is None:
        return pair
    if server.unseen_since is None:
        pair = _noted(pair, seen.at, [("contact", f"cannot see {server.name}: {seen.error}")])
    unseen = replace(
        server,
        unseen_since=seen.at if server.unseen_since is None else server.unseen_since,
        error=seen.error,
        failures=server.failures + 1,
    )
    return replace(pair, servers={**pair.servers, server.name: unseen})


def _trap(pair: PairPicture, seen: TrapSeen) -> PairPicture:
    details = " ".join(f"{name}={text}" for name, text in seen.varbinds.items())
    times = f" x{seen.count}" if seen.count > 1 else ""
    text = f"trap {seen.name}{times} from {seen.server or seen.source} {details}".rstrip()
    return replace(_noted(pair, seen.at, [("trap", text)]), traps=(*pair.traps, seen)[-TRAPS_KEPT:])


def _log_line(pair: PairPicture, seen: LogLine) -> PairPicture:
    return replace(pair, logs=(*pair.logs, seen)[-LOG_LINES_KEPT:])


def _action(pair: PairPicture, seen: OperatorAction) -> PairPicture:
    return marked(done(_noted(pair, seen.at, [("operator", in_words(seen))]), seen), seen)


def _outcome(pair: PairPicture, seen: ActionOutcome) -> PairPicture:
    word = "done" if seen.succeeded else "FAILED"
    return _noted(pair, seen.at, [("operator", f"{seen.action} {seen.subject} {word}: {seen.text}")])


def _clock(pair: PairPicture, seen: ClockTick) -> PairPicture:
    return pair


def _elsewhere(pair: PairPicture, seen: AlarmsJudged) -> PairPicture:
    """What was judged is the next step's (console/insight/fold.py)."""
    return pair


def _notified(pair: PairPicture, seen: Notified) -> PairPicture:
    alarm = pair.alarms.get(seen.alarm)
    if alarm is None:
        return pair
    told = replace(alarm, notified={**alarm.notified, f"{seen.target}/{seen.stage}": seen.at})
    return replace(pair, alarms={**pair.alarms, alarm.id: told})


def _alarms_kept(pair: PairPicture, seen: AlarmsKept) -> PairPicture:
    """What stood then stands now: it was folded from everything before, and reading may have begun later."""
    alarms = read_alarms(seen.alarms)
    return pair if alarms == dict(pair.alarms) else replace(pair, alarms=alarms)


def _arrivals_kept(pair: PairPicture, seen: ArrivalsKept) -> PairPicture:
    """Whoever watched for longer knows better."""
    known = dict(pair.servers)
    for name, told in seen.servers.items() if isinstance(seen.servers, Mapping) else ():
        if name in known and isinstance(told, Mapping):
            known[name] = replace(known[name], arrivals=longer(known[name].arrivals, told))
    return replace(pair, servers=known)


def _lease(pair: PairPicture, seen: LeaseAnswer) -> PairPicture:
    found = [each for each in seen.leases if isinstance(each, Mapping)] if isinstance(seen.leases, list | tuple) else []
    return replace(pair, lookups=(*pair.lookups, replace(seen, leases=found))[-LOOKUPS_KEPT:])


def _config(pair: PairPicture, seen: ConfigAnswer) -> PairPicture:
    """One that could not be had does not take away what is known."""
    known = seen.error is None and isinstance(seen.config, Mapping)
    return pair if not known else replace(pair, configs={**pair.configs, seen.server: seen})


REDUCERS: Mapping[type[Any], Callable[[PairPicture, Any], PairPicture]] = {
    PollAnswer: _poll_answer,
    PollUnchanged: _poll_unchanged,
    PollFailure: _poll_failure,
    TrapSeen: _trap,
    LogLine: _log_line,
    OperatorAction: _action,
    ActionOutcome: _outcome,
    ClockTick: _clock,
    AlarmsKept: _alarms_kept,
    AlarmsJudged: _elsewhere,
    Notified: _notified,
    ArrivalsKept: _arrivals_kept,
    LeaseAnswer: _lease,
    ConfigAnswer: _config,
}


def _changes(server: ServerPicture, report: Report) -> list[tuple[str, str]]:
    before = server.report
    notes = []
    if server.unseen_since is not None:
        notes.append(("contact", f"{server.name} answers again"))
    if before is None:
        notes.append(("state", f"{server.name} is {report.state}"))
    else:
        for step in _steps(before, report):
            reason = f" ({step.reason})" if step.reason else ""
            notes.append(("state", f"{server.name} {step.before} -> {step.after}{reason}"))
    if before is not None and before.started != report.started:
        notes.append(("contact", f"{server.name} was restarted"))
    if before is not None:
        notes += [("poll", text) for text in changed_facts(server.name, before, report)]
    return notes


def _steps(before: Report, report: Report) -> list[Transition]:
    """The changes of state between two reports: what the server remembers of them, since a state can come and go
    between two polls; failing that, the change that is seen."""
    passed = [step for step in report.transitions if before.at < step.at <= report.at]
    if passed and passed[-1].after == report.state:
        return passed
    if before.state == report.state:
        return []
    return [Transition(report.at, before.state, report.state, report.state_reason)]


def _noted(pair: PairPicture, at: float, notes: list[tuple[str, str]]) -> PairPicture:
    if not notes:
        return pair
    entries = tuple(TimelineEntry(at, source, text) for source, text in notes)
    return replace(pair, timeline=(*pair.timeline, *entries)[-TIMELINE_KEPT:])


def _sampled(samples: tuple[Sample, ...], at: float, report: Report) -> tuple[Sample, ...]:
    if samples and at - samples[-1].at < SAMPLE_EVERY_SECONDS:
        return samples
    pools = {pool.name: pool.available for pool in report.pools}
    return (*samples, Sample(at, sum(pools.values()), pools))[-SAMPLES_KEPT:]


def _arrived(known: Mapping[str, Arrivals], at: float, report: Report) -> Mapping[str, Arrivals]:
    """New clients by pool, of the pools that the server counts them for."""
    found = {}
    for pool in report.pools:
        if pool.new_clients is not None:
            before = known.get(pool.name)
            fresh = before is None or at < before.at
            found[pool.name] = (
                begun(at, pool.new_clients, report.started)
                if fresh or before is None
                else counted(before, at, pool.new_clients, report.started)
            )
    same = found.keys() == known.keys() and all(found[name] is known[name] for name in found)
    return known if same else found


def _resync_began(server: ServerPicture, report: Report, at: float) -> tuple[float, int] | None:
    """When the transfer that is under way was first seen; another one, or one that began again, is a new one."""
    now, before = report.resync, None if server.report is None else server.report.resync
    if now is None:
        return None
    if before is None or before.kind != now.kind or before.direction != now.direction or now.done < before.done:
        return at, now.done
    return server.resync_began or (at, now.done)
