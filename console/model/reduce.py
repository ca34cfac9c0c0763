"""The reducer: picture x observation -> picture. Pure and total: it never raises on what a server sent.

Replay is this function fed with yesterday's observations, so nothing here may look at a clock, and order is
the only thing that matters. A poll answer that cannot be read counts as a failure to ask, with the reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from console.model.changes import changed_facts
from console.model.deeds import done, in_words
from console.model.kept import read_alarms
from console.model.observations import (
    ActionOutcome,
    AlarmsJudged,
    AlarmsKept,
    ClockTick,
    Health,
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
from console.model.reports import Report, UnreadableReport, later, read_report

TIMELINE_KEPT = 500
LOG_LINES_KEPT = 1000
TRAPS_KEPT = 200
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
    return done(_noted(pair, seen.at, [("operator", in_words(seen))]), seen)


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
}


def _changes(server: ServerPicture, report: Report) -> list[tuple[str, str]]:
    before = server.report
    notes = []
    if server.unseen_since is not None:
        notes.append(("contact", f"{server.name} answers again"))
    if before is None:
        notes.append(("state", f"{server.name} is {report.state}"))
    elif before.state != report.state:
        reason = f" ({report.state_reason})" if report.state_reason else ""
        notes.append(("state", f"{server.name} {before.state} -> {report.state}{reason}"))
    if before is not None and before.started != report.started:
        notes.append(("contact", f"{server.name} was restarted"))
    if before is not None:
        notes += [("poll", text) for text in changed_facts(server.name, before, report)]
    return notes


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
