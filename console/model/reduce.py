"""The reducer: picture x observation -> picture. Pure and total: no answer of a server makes it raise.

Replay is this function fed with yesterday's observations, so nothing here may look at a clock, and order is
the only thing that matters. It reads facts alone, whatever make of server they come from.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from console.model.alarm_actions import done, in_words
from console.model.alarm_records import read_alarms
from console.model.arrivals import Arrivals, begun, counted, longer
from console.model.changes import changed_facts
from console.model.facts import PairFacts, Transition, later, leading_family
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
    PinsKept,
    PollAnswer,
    PollFailure,
    PollUnchanged,
    TrapSeen,
)
from console.model.picture import (
    EntryKind,
    EntrySource,
    Host,
    PairPicture,
    Picture,
    Sample,
    ServerPicture,
    TimelineEntry,
)
from console.model.pins import pinned, read_pins
from console.model.runbook_marks import marked

TIMELINE_KEPT = 500
LOG_LINES_KEPT = 1000
TRAPS_KEPT = 200
LOOKUPS_KEPT = 20
SAMPLE_EVERY_SECONDS = 5.0
TRAP_KINDS = {
    "other-server-not-responding": EntryKind.CONTACT_LOST,
    "other-server-responding": EntryKind.CONTACT_BACK,
}
SAMPLES_KEPT = 720
"""One hour of samples, for the forecast and the chart."""


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
    """The host after a report of its health. A counter that fell was restarted."""
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
    # Where a make does not report its partner's name, texts use the configured one.
    facts = seen.facts if seen.facts.partner else replace(seen.facts, partner=pair.partner_of(server.name).name)
    return _answered(pair, server, facts, seen.at)


def _answered(pair: PairPicture, server: ServerPicture, facts: PairFacts, at: float) -> PairPicture:
    """The pair after the server answered with these facts at that time; what changed goes into the timeline."""
    pair, before = _noted(pair, at, _changes(server, facts)), server.facts
    answered = replace(
        server,
        facts=facts,
        reported_at=at,
        unseen_since=None,
        error=None,
        failures=0,
        no_such_pair=False,
        unreadable=False,
        samples=_sampled(server.samples, at, facts),
        reload_pending_since=_reload_pending_since(server, facts, at),
        arrivals=_arrived(server.arrivals, at, facts),
        resync_began=_resync_began(server, facts, at),
        phase_seen_at=at if before is None or before.phase is not facts.phase else server.phase_seen_at,
    )
    return replace(pair, servers={**pair.servers, server.name: answered})


def _poll_unchanged(pair: PairPicture, seen: PollUnchanged) -> PairPicture:
    server = pair.servers.get(seen.server)
    if server is None or server.facts is None or server.reported_at is None:
        return pair
    return _answered(pair, server, later(server.facts, seen.at - server.reported_at), seen.at)


def _poll_failure(pair: PairPicture, seen: PollFailure) -> PairPicture:
    server = pair.servers.get(seen.server)
    if server is None:
        return pair
    if server.unseen_since is None:
        pair = _noted(
            pair,
            seen.at,
            [_note(EntrySource.CONTACT, f"cannot see {server.name}: {seen.error}", server.name, EntryKind.UNREACHABLE)],
        )
    unseen = replace(
        server,
        unseen_since=seen.at if server.unseen_since is None else server.unseen_since,
        error=seen.error,
        failures=server.failures + 1,
        no_such_pair=seen.no_such_pair,
        unreadable=seen.unreadable,
    )
    return replace(pair, servers={**pair.servers, server.name: unseen})


def _trap(pair: PairPicture, seen: TrapSeen) -> PairPicture:
    details = " ".join(f"{name}={text}" for name, text in seen.varbinds.items())
    times = f" x{seen.count}" if seen.count > 1 else ""
    named = f"{seen.name} {seen.oid}" if seen.name == "unknown" else seen.name
    text = f"trap {named}{times} from {seen.server or seen.device or seen.source} {details}".rstrip()
    return replace(
        _noted(pair, seen.at, [_note(EntrySource.TRAP, text, seen.server, TRAP_KINDS.get(seen.name, EntryKind.OTHER))]),
        traps=(*pair.traps, seen)[-TRAPS_KEPT:],
    )


def _log_line(pair: PairPicture, seen: LogLine) -> PairPicture:
    return replace(pair, logs=(*pair.logs, seen)[-LOG_LINES_KEPT:])


def _action(pair: PairPicture, seen: OperatorAction) -> PairPicture:
    line = _note(EntrySource.OPERATOR, in_words(seen), _server(pair, seen.subject))
    return pinned(marked(done(_noted(pair, seen.at, [line]), seen), seen), seen)


def _outcome(pair: PairPicture, seen: ActionOutcome) -> PairPicture:
    word = "done" if seen.succeeded else "FAILED"
    return _noted(
        pair,
        seen.at,
        [_note(EntrySource.OPERATOR, f"{seen.action} {seen.subject} {word}: {seen.text}", _server(pair, seen.subject))],
    )


def _clock(pair: PairPicture, seen: ClockTick) -> PairPicture:
    return pair


def _elsewhere(pair: PairPicture, seen: AlarmsJudged) -> PairPicture:
    """These are for the next step (console/insight/fold.py)."""
    return pair


def _notified(pair: PairPicture, seen: Notified) -> PairPicture:
    alarm = pair.alarms.get(seen.alarm)
    if alarm is None:
        return pair
    marked = replace(alarm, notified={**alarm.notified, f"{seen.target}/{seen.stage}": seen.at})
    return replace(pair, alarms={**pair.alarms, alarm.id: marked})


def _alarms_kept(pair: PairPicture, seen: AlarmsKept) -> PairPicture:
    """Take the kept alarms: they were folded from everything before, and reading may have begun later."""
    alarms = read_alarms(seen.alarms)
    return pair if alarms == dict(pair.alarms) else replace(pair, alarms=alarms)


def _arrivals_kept(pair: PairPicture, seen: ArrivalsKept) -> PairPicture:
    """Take the arrivals that were watched for longer."""
    known = dict(pair.servers)
    for name, kept in seen.servers.items() if isinstance(seen.servers, Mapping) else ():
        if name in known and isinstance(kept, Mapping):
            known[name] = replace(known[name], arrivals=longer(known[name].arrivals, kept))
    return replace(pair, servers=known)


def _lease(pair: PairPicture, seen: LeaseAnswer) -> PairPicture:
    return replace(pair, lookups=(*pair.lookups, seen)[-LOOKUPS_KEPT:])


def _config(pair: PairPicture, seen: ConfigAnswer) -> PairPicture:
    """A failed request does not remove the known configuration."""
    return pair if seen.error is not None else replace(pair, configs={**pair.configs, seen.server: seen})


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
    PinsKept: read_pins,
    LeaseAnswer: _lease,
    ConfigAnswer: _config,
}


def _changes(server: ServerPicture, facts: PairFacts) -> list[TimelineEntry]:
    """What the answer changes, as lines of the timeline without their time."""
    before = server.facts
    notes = []
    known = () if before is None else before.misfits
    for text in facts.misfits:
        if text not in known:
            notes.append(_note(EntrySource.POLL, f"{server.name} sent what cannot be read: {text}", server.name))
    if server.unseen_since is not None:
        notes.append(_note(EntrySource.CONTACT, f"{server.name} answers again", server.name, EntryKind.ANSWERS))
    if before is None:
        notes.append(_note(EntrySource.STATE, f"{server.name} is {facts.word or 'in an unknown state'}", server.name))
    else:
        for step in _steps(before, facts):
            reason = f" ({step.reason})" if step.reason else ""
            text = f"{server.name} {step.before_word} -> {step.after_word}{reason}"
            notes.append(TimelineEntry(0.0, EntrySource.STATE, text, server.name, step.after))
        if before.started is not None and facts.started is not None and before.started != facts.started:
            notes.append(_note(EntrySource.CONTACT, f"{server.name} was restarted", server.name))
        notes += [
            _note(EntrySource.POLL, text, server.name, kind) for text, kind in changed_facts(server.name, before, facts)
        ]
    return notes


def _steps(before: PairFacts, facts: PairFacts) -> list[Transition]:
    """The changes of state between two answers: those that the server reports, since a state can come and go between
    polls; else the difference of the answers."""
    passed = [step for step in facts.transitions or () if before.at < step.at <= facts.at]
    if passed and passed[-1].after_word == facts.word:
        return passed
    if before.word == facts.word:
        return []
    return [Transition(facts.at, before.phase, before.word, facts.phase, facts.word, facts.reason)]


def _note(source: EntrySource, text: str, server: str = "", kind: EntryKind = EntryKind.OTHER) -> TimelineEntry:
    return TimelineEntry(0.0, source, text, server, kind=kind)


def _server(pair: PairPicture, subject: str) -> str:
    """The server that an action is about; empty if it is about something else."""
    return subject if subject in pair.servers else ""


def _noted(pair: PairPicture, at: float, notes: Sequence[TimelineEntry]) -> PairPicture:
    if not notes:
        return pair
    entries = tuple(replace(note, at=at) for note in notes)
    return replace(pair, timeline=(*pair.timeline, *entries)[-TIMELINE_KEPT:])


def _sampled(samples: tuple[Sample, ...], at: float, facts: PairFacts) -> tuple[Sample, ...]:
    if facts.pools is None or (samples and at - samples[-1].at < SAMPLE_EVERY_SECONDS):
        return samples
    counted = ((pool.name, pool.available if pool.undivided is None else pool.undivided) for pool in facts.pools)
    pools = {name: free for name, free in counted if free is not None}
    if not pools and facts.pools:
        return samples
    family = leading_family(facts.pools)
    together = sum(pools.get(pool.name, 0) for pool in facts.pools if pool.family == family)
    return (*samples, Sample(at, together, pools, family))[-SAMPLES_KEPT:]


def _arrived(known: Mapping[str, Arrivals], at: float, facts: PairFacts) -> Mapping[str, Arrivals]:
    """The new clients by pool, for the pools whose new clients are counted."""
    if facts.pools is None:
        return known
    found = {}
    for pool in facts.pools:
        if pool.new_clients is not None:
            before = known.get(pool.name)
            fresh = before is None or at < before.at
            found[pool.name] = (
                begun(at, pool.new_clients, facts.started)
                if fresh or before is None
                else counted(before, at, pool.new_clients, facts.started)
            )
    same = found.keys() == known.keys() and all(found[name] is known[name] for name in found)
    return known if same else found


def _reload_pending_since(server: ServerPicture, facts: PairFacts, at: float) -> float | None:
    """When a pending reload was first seen. An answer without that fact changes nothing."""
    if facts.reload_pending is None:
        return server.reload_pending_since
    return (server.reload_pending_since or at) if facts.reload_pending else None


def _resync_began(server: ServerPicture, facts: PairFacts, at: float) -> tuple[float, int] | None:
    """When the transfer in progress was first seen; one of another kind, or with less done, is a new one."""
    now, before = facts.resync, None if server.facts is None else server.facts.resync
    if now is None:
        return None
    if before is None or before.kind != now.kind or before.direction != now.direction or now.done < before.done:
        return at, now.done
    return server.resync_began or (at, now.done)
