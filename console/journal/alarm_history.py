"""Reads the episodes of alarms in a range from the journal, and which of its ten-minute slots were recorded.

The alarms at the start of the range are those that were kept before; then everything that changes alarms is folded. Of
the log lines only those that can raise or clear an alarm are read. Reading waits for the disk: not for the event loop.
"""

import sqlalchemy as sql

from console.errors import JournalError
from console.insight.alarm_quality.episodes import EpisodeReader
from console.insight.alarm_quality.measures import TEN_MINUTES, Quality, measure
from console.insight.alarms.log_rules import MARKS
from console.insight.fold import fold
from console.insight.wording import DAY
from console.journal.schema import first_line, observations
from console.journal.store import CHANGES_ALARMS, READ_AT_A_TIME, Journal, read_body
from console.model.observations import ClockTick, LogLine
from console.model.picture import Picture

BEFORE_SECONDS = DAY
"""Read before the range at least, so that causes and returns at its edge are known."""


def read_quality(url: str, empty: Picture, start: float, end: float) -> Quality:
    """The measures of a range from the journal at `url`; `empty` has the configured pairs. Raises JournalError."""
    journal = Journal.reading(url)
    try:
        return _read(journal, empty, start, end)
    except sql.exc.SQLAlchemyError as error:
        raise JournalError(f"cannot read the journal: {first_line(error)}") from error
    finally:
        journal.close()


def _read(journal: Journal, empty: Picture, start: float, end: float) -> Quality:
    reader, picture = EpisodeReader(), empty
    kept = journal.alarms_before(start - BEFORE_SECONDS)
    for observation in kept:
        after = fold(picture, observation, judges=False)
        reader.compare(picture, after)
        picture = after
    begin = min((each.at for each in kept), default=start - BEFORE_SECONDS)
    last = {each.pair: each.at for each in kept}
    kinds = [each.kind for each in CHANGES_ALARMS if each is not LogLine]
    lines = sql.and_(
        observations.c.kind == LogLine.kind,
        sql.or_(*(observations.c.body.contains(mark) for mark in MARKS)),
    )
    query = (
        sql.select(observations.c.body)
        .where(observations.c.at > begin, observations.c.at <= end, sql.or_(observations.c.kind.in_(kinds), lines))
        .order_by(observations.c.id)
    )
    with journal.engine.connect() as connection:
        for row in connection.execution_options(yield_per=READ_AT_A_TIME).execute(query):
            found = read_body(row.body)
            if found is None or found.at <= last.get(found.pair, begin):
                continue
            after = fold(picture, found, judges=False)
            reader.compare(picture, after)
            picture = after
        slot = sql.cast(sql.func.floor(observations.c.at / TEN_MINUTES), sql.BigInteger)
        recorded = connection.execute(
            sql.select(slot).where(observations.c.at >= start, observations.c.at <= end).distinct()
        )
        slots = {int(row[0]) for row in recorded}
    after = fold(picture, ClockTick(end), judges=False)
    reader.compare(picture, after)
    return measure(reader.episodes(), start, end, slots)
