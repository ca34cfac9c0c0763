"""What was recorded of the pools of a pair in a range of time, and the lines of one pool that follow from it.

A line has segments. A segment ends where a poll of its server failed, or where nothing was recorded, so a server that
was not seen is a gap. Within a segment a value holds until the next answer: the journal keeps every change of a count
within seconds.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from console.insight.freshness import is_seen
from console.insight.wording import DAY, HOUR, MINUTE
from console.model.facts import PoolFacts, Transition
from console.model.observations import Observation, OperatorAction, PollAnswer, PollFailure
from console.model.picture import PairPicture
from console.model.runbook_marks import TICKS

SILENCE_SECONDS = 150.0
"""Whole answers are kept once a minute at least, at the slowest poll every two minutes: a longer time without one is a
time in which nothing was recorded."""

RANGES: tuple[tuple[str, float], ...] = (
    ("15 min", 15 * MINUTE),
    ("1 h", HOUR),
    ("24 h", DAY),
    ("7 d", 7 * DAY),
)


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of one pool in one answer. `own` is the share of the server that answered; `low` is the number of free
    addresses, in both shares, at which the pool is low; `undivided` those that either server may lease, in a pool
    without shares. None: not known."""

    own: int | None
    leased: int | None
    backup_pct: float | None = None
    low: int | None = None
    undivided: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer of a server at `at` (the console's clock)."""

    at: float
    server: str
    pools: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Event:
    """A change of state, or an action of an operator."""

    at: float
    text: str
    by_operator: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What was recorded from `start` to `end`, in order of time.

    `failed` has the times of failed polls by server, `silences` the times in which nothing was recorded. `recorded` is
    the number of answers in the journal: if there are more than in `answers`, these are a part of them, and a change
    that lasted less than `step` seconds may be missing.
    """

    start: float
    end: float
    answers: tuple[Answered, ...] = ()
    failed: Mapping[str, Sequence[float]] = field(default_factory=dict)
    silences: tuple[tuple[float, float], ...] = ()
    events: tuple[Event, ...] = ()
    recorded: int = 0
    step: float = 0.0


@dataclass(frozen=True, slots=True)
class Segment:
    """Values without a break: each (time, value) holds until the next one, the last one until `until`."""

    points: tuple[tuple[float, float], ...]
    until: float


Line = tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class PoolLines:
    """The lines of one pool. `main` and `backup` are own shares; `share` is the backup's part of the free addresses in
    percent, where both servers were seen. `goal` and `low` are as last reported, None where they are not known;
    `band` is the difference from the goal, in percent, that the main does not correct: one address. `free` is what
    either server may lease, in a pool that is not divided; it has no shares then."""

    pool: str
    main: Line
    backup: Line
    leased: Line
    share: Line
    goal: float | None
    low: int | None
    band: float | None = None
    free: Line = ()


def history(observations: Iterable[Observation], start: float, end: float) -> History:
    """The history of one pair from its observations, in their order."""
    answers: list[Answered] = []
    failed: dict[str, list[float]] = {}
    events: dict[tuple[float, str], Event] = {}
    for each in observations:
        match each:
            case PollAnswer():
                answers.append(answered(each.at, each.server, each.facts.pools))
                offset = each.at - each.facts.at if abs(each.at - each.facts.at) > 1 else 0.0
                for step in each.facts.transitions or ():
                    event = state_change(each.server, step, offset)
                    events.setdefault((round(step.at), event.text), event)
            case PollFailure():
                failed.setdefault(each.server, []).append(each.at)
            case OperatorAction() if each.action not in TICKS:
                subject = f" {each.subject}" if each.subject and ":" not in each.subject else ""
                event = Event(each.at, f"{each.operator}: {each.action}{subject}", by_operator=True)
                events[(each.at, event.text)] = event
    times = [each.at for each in answers]
    within = sorted((each for each in events.values() if start <= each.at <= end), key=lambda each: each.at)
    return History(start, end, tuple(answers), failed, silences(times), tuple(within), len(answers))


def answered(at: float, server: str, pools: Sequence[PoolFacts] | None) -> Answered:
    """The counts of an answer."""
    return Answered(at, server, {pool.name: _counts(pool) for pool in pools or ()})


def _counts(pool: PoolFacts) -> Counts:
    limits = pool.thresholds
    low = None
    if limits is not None and limits.over == "scope" and limits.configured is not None:
        low = int(limits.low * limits.configured / 100)
    return Counts(pool.available, pool.leased, pool.backup_pct, low, pool.undivided)


def state_change(server: str, step: Transition, offset: float) -> Event:
    """The event of a transition; `offset` converts the server's clock to the console's."""
    return Event(step.at + offset, f"{server} {step.before_word} -> {step.after_word}")


def silences(times: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """The times between consecutive entries that are too long for a console that polls."""
    return tuple((one, two) for one, two in pairwise(times) if two - one > SILENCE_SECONDS)


def with_present(past: History, pair: PairPicture, now: float) -> History:
    """The history up to now: with the last answer of each server that is seen, and a break where one is not."""
    answers, failed = list(past.answers), {name: list(times) for name, times in past.failed.items()}
    for server in pair.servers.values():
        if server.unseen_since is not None:
            failed.setdefault(server.name, []).append(server.unseen_since)
        if server.facts is None or server.reported_at is None:
            continue
        if is_seen(server, now):
            answers.append(answered(server.reported_at, server.name, server.facts.pools))
    answers.sort(key=lambda each: each.at)
    silent = past.silences
    if past.answers and len(answers) > len(past.answers):
        fresh = [each.at for each in answers if each.at > past.answers[-1].at]
        # Between the reading of the journal and now the console was running: only a longer break is one.
        limit = SILENCE_SECONDS + max(SILENCE_SECONDS, 2 * past.step, refresh_seconds(past.end - past.start))
        if fresh and fresh[0] - past.answers[-1].at > limit:
            silent = (*silent, (past.answers[-1].at, fresh[0]))
    times = {name: sorted(each) for name, each in failed.items()}
    return replace(past, end=max(past.end, now), answers=tuple(answers), failed=times, silences=silent)


def refresh_seconds(span: float) -> float:
    """After how long a range is read again: one column is a few of these."""
    return max(5.0, span / 300)


def pool_names(past: History, pair: PairPicture) -> tuple[str, ...]:
    """Every pool of the pair: those that are reported now, then those that were recorded only."""
    now = [pool.name for server in pair.servers.values() if server.facts for pool in server.facts.pools or ()]
    before = [name for each in past.answers for name in each.pools]
    return tuple(dict.fromkeys([*now, *before]))


def pool_lines(past: History, pool: str, main: str, backup: str) -> PoolLines:
    """The lines of one pool. Leased addresses are those that the main reports, where it is seen; else the backup's."""
    own = {name: line(past, name, lambda counts: counts.own, pool) for name in (main, backup)}
    leased = _first_known(
        line(past, main, lambda counts: counts.leased, pool), line(past, backup, lambda counts: counts.leased, pool)
    )
    goals = [each.pools[pool].backup_pct for each in past.answers if pool in each.pools and each.server == main]
    lows = [each.pools[pool].low for each in past.answers if pool in each.pools]
    return PoolLines(
        pool,
        own[main],
        own[backup],
        leased,
        _share(own[main], own[backup]),
        goals[-1] if goals else None,
        lows[-1] if lows else None,
        _band(own[main], own[backup]),
        _first_known(
            line(past, main, lambda counts: counts.undivided, pool),
            line(past, backup, lambda counts: counts.undivided, pool),
        ),
    )


def _band(main: Line, backup: Line) -> float | None:
    """One address in percent of the free ones, as last known."""
    if not main or not backup:
        return None
    free = main[-1].points[-1][1] + backup[-1].points[-1][1]
    return 100 / free if free else None


def line(past: History, server: str, value: Callable[[Counts], int | None], pool: str) -> Line:
    """The line of one number of a server. An answer without it ends the segment too."""
    segments: list[Segment] = []
    points: list[tuple[float, float]] = []

    def close(at: float) -> None:
        if points:
            segments.append(Segment(tuple(points), max(at, points[-1][0])))
            points.clear()

    answers = [each for each in past.answers if each.server == server]
    for at, found in _in_order(answers, past.failed.get(server, ()), past.silences):
        number = None if found is None or pool not in found.pools else value(found.pools[pool])
        if number is None:
            close(at)
        else:
            points.append((at, float(number)))
    close(past.end)
    return tuple(segments)


def _in_order(
    answers: Sequence[Answered], failed: Sequence[float], silent: Sequence[tuple[float, float]]
) -> Iterator[tuple[float, Answered | None]]:
    """Answers and breaks (None) in order of time; of equal times the answer first."""
    breaks: list[tuple[float, int, Answered | None]] = [(at, 1, None) for at in (*failed, *(one for one, _ in silent))]
    breaks += [(each.at, 0, each) for each in answers]
    for at, _, found in sorted(breaks, key=lambda each: each[:2]):
        yield at, found


def value_at(drawn: Line, at: float) -> float | None:
    """The value at a time; None in a gap."""
    number = bisect_right([each.points[0][0] for each in drawn], at) - 1
    if number < 0 or at > drawn[number].until:
        return None
    points = drawn[number].points
    return points[bisect_right([each[0] for each in points], at) - 1][1]


def _first_known(first: Line, second: Line) -> Line:
    """The first line, and the second one in its gaps."""
    found = list(first)
    for each in second:
        for start, end in _outside(each, first):
            points = [(start, value)] if (value := value_at((each,), start)) is not None else []
            points += [point for point in each.points if start < point[0] <= end]
            if points:
                found.append(Segment(tuple(points), end))
    return tuple(sorted(found, key=lambda each: each.points[0][0]))


def _outside(segment: Segment, others: Line) -> Iterator[tuple[float, float]]:
    """The parts of the segment's time that the others leave open."""
    start = segment.points[0][0]
    for other in others:
        began, ended = other.points[0][0], other.until
        if ended < start or began > segment.until:
            continue
        if began > start:
            yield start, began
        start = max(start, ended)
    if start < segment.until:
        yield start, segment.until


def _share(main: Line, backup: Line) -> Line:
    """The backup's part of the free addresses in percent, where both are seen and an address is free."""
    found: list[Segment] = []
    for one in main:
        for two in backup:
            start, end = max(one.points[0][0], two.points[0][0]), min(one.until, two.until)
            if start > end:
                continue
            times = sorted({start, *(at for at, _ in (*one.points, *two.points) if start <= at <= end)})
            points: list[tuple[float, float]] = []
            first, second = _Reader(one), _Reader(two)
            for at in times:
                ours, theirs = first.at(at), second.at(at)
                if ours + theirs == 0:
                    if points:
                        found.append(Segment(tuple(points), at))
                    points = []
                else:
                    points.append((at, 100 * theirs / (ours + theirs)))
            if points:
                found.append(Segment(tuple(points), end))
    return tuple(sorted(found, key=lambda each: each.points[0][0]))


class _Reader:
    """The value of a segment at ascending times."""

    def __init__(self, segment: Segment) -> None:
        self._times = [at for at, _ in segment.points]
        self._values = [value for _, value in segment.points]

    def at(self, at: float) -> float:
        return self._values[max(0, bisect_right(self._times, at) - 1)]
