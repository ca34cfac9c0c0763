"""Reads what was recorded of the pools of a pair, for its charts: from the journal, or from a recording.

A week has hundreds of thousands of answers. At most MOST of them are read, evenly over the range, with those at the
edges of every gap; the times of all of them come from an index. Reading waits for the disk: not for the event loop.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import sqlalchemy as sql

from console.errors import JournalError
from console.insight.charts.history import SILENCE_SECONDS, History, history, silences
from console.journal.schema import first_line, observations
from console.journal.store import Journal, read_body
from console.model.observations import Observation, OperatorAction, PollAnswer, PollFailure

MOST = 1200
"""Answers that are read: more than a chart has columns."""
FAILURES_AT_MOST = 20_000
"""Failed polls are small. Both servers unseen for a week are as many."""
ACTIONS_AT_MOST = 500
AT_ONCE = 400
BEFORE_SECONDS = SILENCE_SECONDS
"""Read before the range, so that its lines begin at its edge."""
AFTER_A_GAP = 4
"""Answers read after each gap: the first ones of both servers are among them."""


class Histories(Protocol):
    """Reads the history of a pair for a screen."""

    def read(self, pair: str, start: float, end: float) -> History:
        """The history of the range. Raises JournalError. It waits for the disk."""
        ...


@dataclass(frozen=True, slots=True)
class JournalHistories:
    """Histories from the journal at `url`."""

    url: str

    def read(self, pair: str, start: float, end: float) -> History:
        journal = Journal.reading(self.url)
        try:
            return read_history(journal.engine, pair, start, end)
        finally:
            journal.close()


@dataclass(frozen=True, slots=True)
class PlayedHistories:
    """Histories from a recording; `recorded` returns its observations between two times."""

    recorded: Callable[[float, float], Iterable[Observation]]

    def read(self, pair: str, start: float, end: float) -> History:
        found = [each for each in self.recorded(start - BEFORE_SECONDS, end) if each.pair == pair]
        return history(sorted(found, key=lambda each: each.at), start, end)


def read_history(engine: sql.Engine, pair: str, start: float, end: float, most: int = MOST) -> History:
    """The history of one pair. Raises JournalError."""
    try:
        with engine.connect() as connection:
            rows = _index(connection, pair, PollAnswer.kind, start - BEFORE_SECONDS, end)
            times, ids = [row[0] for row in rows], [row[1] for row in rows]
            failures = _latest(connection, pair, PollFailure.kind, start - BEFORE_SECONDS, end, FAILURES_AT_MOST)
            gaps = [two for _, two in silences(times)] + _ends(failures)
            chosen = chosen_rows(times, gaps, most)
            answers = _bodies(connection, [ids[number] for number in chosen])
            actions = _latest(connection, pair, OperatorAction.kind, start, end, ACTIONS_AT_MOST)
    except sql.exc.SQLAlchemyError as error:
        raise JournalError(f"cannot read the journal: {first_line(error)}") from error
    found = history(sorted([*failures, *answers, *actions], key=lambda each: each.at), start, end)
    step = 0.0
    if len(chosen) < len(times):
        step = max((times[two] - times[one] for one, two in pairwise(chosen)), default=0.0)
    # The silences follow from the times of all answers, not of those that were read.
    return replace(found, silences=silences(times), recorded=len(times), step=step)


def chosen_rows(times: Sequence[float], gaps: Iterable[float], most: int) -> list[int]:
    """The numbers of the rows to read: all, or pairs of neighbours evenly over the range (the servers alternate), those
    at the edges of gaps that end at `gaps`, and the last ones."""
    count = len(times)
    if count <= most:
        return list(range(count))
    chosen = set(range(count - AFTER_A_GAP, count))
    for number in range(most // 2):
        row = number * count // (most // 2)
        chosen.update((row, min(row + 1, count - 1)))
    for at in list(gaps)[-most:]:
        row = bisect_left(times, at)
        chosen.update(range(max(0, row - 2), min(count, row + AFTER_A_GAP)))
    return sorted(chosen)


def _index(connection: sql.Connection, pair: str, kind: str, start: float, end: float) -> list[tuple[float, int]]:
    """The time and the number of every entry of a kind in the range."""
    query = sql.select(observations.c.at, observations.c.id).where(_of(pair, kind, start, end))
    return [(row.at, row.id) for row in connection.execute(query.order_by(observations.c.at))]


def _of(pair: str, kind: str, start: float, end: float) -> sql.ColumnElement[bool]:
    when = sql.and_(observations.c.at >= start, observations.c.at <= end)
    return sql.and_(observations.c.pair == pair, observations.c.kind == kind, when)


def _latest(connection: sql.Connection, pair: str, kind: str, start: float, end: float, most: int) -> list[Observation]:
    """The latest observations of a kind in the range, at most so many."""
    query = sql.select(observations.c.body).where(_of(pair, kind, start, end))
    rows = connection.execute(query.order_by(observations.c.at.desc()).limit(most)).all()
    return [each for row in rows if (each := read_body(row.body)) is not None]


def _bodies(connection: sql.Connection, ids: Sequence[int]) -> list[Observation]:
    found: list[Observation] = []
    for number in range(0, len(ids), AT_ONCE):
        some = observations.c.id.in_(ids[number : number + AT_ONCE])
        for row in connection.execute(sql.select(observations.c.body).where(some)):
            each = read_body(row.body)
            if isinstance(each, PollAnswer):
                found.append(replace(each, raw=None))
    return found


def _ends(failures: Sequence[Observation]) -> list[float]:
    """The times of the last failed poll of each time in which a server was not seen."""
    by_server: dict[str, list[float]] = {}
    for each in failures:
        if isinstance(each, PollFailure):
            by_server.setdefault(each.server, []).append(each.at)
    ends: list[float] = []
    for times in by_server.values():
        times.sort()
        ends += [one for one, two in zip(times, [*times[1:], float("inf")], strict=True) if two - one > SILENCE_SECONDS]
    return sorted(ends)
