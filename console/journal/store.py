"""The journal: append, read by time, read on, keep within bounds."""

import json
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import sqlalchemy as sql

from console.errors import JournalError
from console.journal.damage import damage_at_a_look, file_at, one_at_a_time, remove_left_over, set_aside
from console.journal.schema import (
    APPEND_KEY,
    answered,
    file_of,
    first_line,
    make_tables,
    observations,
    open_engine,
    open_for_reading,
    watched,
)
from console.journal.upgrade import read_entry
from console.model.observations import (
    ActionOutcome,
    AlarmsJudged,
    AlarmsKept,
    ArrivalsKept,
    LogLine,
    Notified,
    Observation,
    OperatorAction,
    PinsKept,
    PollAnswer,
    PollUnchanged,
    TrapSeen,
    UnreadableObservation,
    as_json,
)
from console.model.pins import PINS
from console.model.plain_text import may_be_dangerous, plain_values
from console.model.runbook_marks import TICKS

READ_AT_A_TIME = 1000
TICKS_RECALLED_SECONDS = 2 * 86400.0
"""A role reversal waits twice for MCLT, and somebody may sleep over it."""
CHANGES_ALARMS = (AlarmsJudged, TrapSeen, LogLine, OperatorAction, Notified)


@contextmanager
def _saying(what: str) -> Iterator[None]:
    """Convert the errors of a database into a JournalError that names the attempted step."""
    try:
        yield
    except sql.exc.SQLAlchemyError as error:
        raise JournalError(f"cannot {what} the journal: {first_line(error)}") from error


class Journal:
    """Observations in a database. Every method raises JournalError, with the reason for a person.

    Thread-safe. `origin` marks the entries of this console.
    """

    def __init__(self, engine: sql.Engine, url: str, origin: str) -> None:
        self.engine = engine
        self.url = url
        self.origin = origin
        self._file = file_of(engine)
        self._looking = threading.Lock()
        self.begun_again: list[str] = []
        """What happened to files that this journal replaced by a new one, in order."""
        self._begins_again = False
        """Whether the numbers of entries began again, and `others_since` was not called since."""

    @classmethod
    def open(cls, url: str) -> "Journal":
        """Open or create the journal at a database URL (`sqlite:///FILE`, `postgresql+psycopg://...`)."""
        return cls(open_engine(url), url, secrets.token_hex(16))

    @classmethod
    def reading(cls, url: str) -> "Journal":
        """Open an existing journal, to read it only."""
        return cls(open_for_reading(url), url, "")

    @_saying("write")
    def append(self, batch: Iterable[Observation]) -> None:
        """Keep the observations, all or none. Entries are numbered in the order in which they become visible."""
        rows = [
            {"at": each.at, "pair": each.pair, "kind": each.kind, "body": json.dumps(as_json(each))} for each in batch
        ]
        if not rows:
            return
        self.look()
        with self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                # Without the lock a lower number could become visible after a higher one, and readers would miss it.
                connection.execute(sql.select(sql.func.pg_advisory_xact_lock(APPEND_KEY)))
            connection.execute(observations.insert().values(origin=self.origin), rows)

    def look(self, *, all_pages: bool = False) -> bool:
        """Look at the file, and begin a new one in place of a deleted or damaged one; whether that happened.

        The damaged one gets another name. `all_pages`: all of the file is read, which takes seconds for a large one.

        A deleted file would be written without an error, and lost. Raises JournalError.
        """
        path = file_at(self.url)
        if path is None or self._file is None:
            return False
        with self._looking:
            if not all_pages and file_of(self.engine) == self._file and damage_at_a_look(path) is None:
                return False
            try:
                with one_at_a_time(path):
                    fault = "deleted or replaced"
                    if file_of(self.engine) == self._file:
                        kept = set_aside(self.url)
                        if kept is None:
                            return False
                        fault = f"damaged: it was renamed to {kept}"
                    self.engine.dispose()
                    remove_left_over(path)
                    make_tables(self.engine, self.url)
            except (OSError, sql.exc.SQLAlchemyError) as error:
                why = error.strerror if isinstance(error, OSError) else first_line(error)
                raise JournalError(f"cannot make the journal again: {why or error}") from error
            self._begins_again = True
            self._file = file_of(self.engine)
            self.begun_again.append(f"the journal {path} was {fault}; a new one was begun with a whole picture")
            return True

    def read(self, start: float, end: float, pair: str | None = None, upto: int | None = None) -> Iterator[Observation]:
        """Observations with start <= at <= end as they were kept, of one pair or of all, up to a number.

        An entry that a newer version wrote and this one cannot read is left out.
        """
        wanted = sql.and_(observations.c.at >= start, observations.c.at <= end)
        if pair is not None:
            wanted = sql.and_(wanted, observations.c.pair.in_(["", pair]))
        if upto is not None:
            wanted = sql.and_(wanted, observations.c.id <= upto)
        query = sql.select(observations.c.body).where(wanted).order_by(observations.c.id)
        try:
            with self.engine.connect() as connection:
                for row in connection.execution_options(yield_per=READ_AT_A_TIME).execute(query):
                    found = read_body(row.body)
                    if found is not None:
                        yield found
        except sql.exc.SQLAlchemyError as error:
            raise JournalError(f"cannot read the journal: {first_line(error)}") from error

    def alarms_before(self, moment: float) -> list[AlarmsKept]:
        """Of each pair the alarms as they were last kept before `moment`."""
        return [each for each in self._last_before(AlarmsKept.kind, moment) if isinstance(each, AlarmsKept)]

    def arrivals_before(self, moment: float) -> list[ArrivalsKept]:
        """Of each pair how new clients had arrived when that was last kept before `moment`."""
        return [each for each in self._last_before(ArrivalsKept.kind, moment) if isinstance(each, ArrivalsKept)]

    def pins_before(self, moment: float) -> list[PinsKept]:
        """Of each pair the notes and planned silences as they were last kept before `moment`."""
        return [each for each in self._last_before(PinsKept.kind, moment) if isinstance(each, PinsKept)]

    def pins_until(self, moment: float) -> list[Observation]:
        """The notes and planned silences at a moment: as last kept before, and what has changed them since."""
        actions = [each for each in self.ticks_before(moment) if isinstance(each, OperatorAction)]
        return [*self.pins_before(moment), *(each for each in actions if each.action in PINS)]

    @_saying("read")
    def actions(self, start: float, end: float) -> list[Observation]:
        """What operators did in a range, and with what result, in the order of time."""
        kinds = observations.c.kind.in_([OperatorAction.kind, ActionOutcome.kind])
        when = sql.and_(observations.c.at >= start, observations.c.at <= end)
        query = sql.select(observations.c.body).where(kinds, when).order_by(observations.c.at, observations.c.id)
        with self.engine.connect() as connection:
            found = [read_body(row.body) for row in connection.execute(query)]
        return [each for each in found if each is not None]

    @_saying("read")
    def ticks_before(self, moment: float) -> list[Observation]:
        """The marks in runbooks and the changes of notes of the days before, which outlast the recalled time."""
        when = sql.and_(observations.c.at >= moment - TICKS_RECALLED_SECONDS, observations.c.at < moment)
        query = sql.select(observations.c.body).where(observations.c.kind == OperatorAction.kind, when)
        with self.engine.connect() as connection:
            found = [read_body(row.body) for row in connection.execute(query.order_by(observations.c.id))]
        return [each for each in found if isinstance(each, OperatorAction) and each.action in (*TICKS, *PINS)]

    @_saying("read")
    def _last_before(self, kind: str, moment: float) -> list[Observation]:
        kinds = sql.and_(observations.c.kind == kind, observations.c.at < moment)
        latest = (
            sql.select(sql.func.max(observations.c.id).label("id"))
            .where(kinds)
            .group_by(observations.c.pair)
            .subquery()
        )
        query = sql.select(observations.c.body).join(latest, observations.c.id == latest.c.id)
        with self.engine.connect() as connection:
            found = [read_body(row.body) for row in connection.execute(query)]
        return [each for each in found if each is not None]

    @_saying("read")
    def alarms_until(self, moment: float) -> list[Observation]:
        """The alarms of each pair as last kept before `moment`, and what has changed alarms since then."""
        kept: list[Observation] = [*self.alarms_before(moment)]
        since = min((each.at for each in kept), default=float("-inf"))
        kinds = [each.kind for each in CHANGES_ALARMS]
        when = sql.and_(observations.c.at >= since, observations.c.at <= moment)
        query = sql.select(observations.c.body).where(observations.c.kind.in_(kinds), when).order_by(observations.c.id)
        with self.engine.connect() as connection:
            found = [read_body(row.body) for row in connection.execute(query)]
        last = {each.pair: each.at for each in kept}
        return kept + [each for each in found if each is not None and each.at > last.get(each.pair, since)]

    def _lasting(self, moment: float) -> list[Observation]:
        """What outlasts the recalled time, as it was at a moment."""
        return [*self.arrivals_before(moment), *self.pins_before(moment), *self.ticks_before(moment)]

    def replayed(self, start: float, end: float) -> Iterator[Observation]:
        """The observations of a replay between two times: the state kept before the start, then what was observed."""
        kept = {each.pair: each for each in self.alarms_before(start)}
        yield from kept.values()
        # With the time of the start, since the recording begins there.
        yield from (replace(each, at=start) for each in self._lasting(start))
        # The changes of alarms between that state and the start.
        for each in self.read(min((found.at for found in kept.values()), default=start), start):
            last = kept.get(each.pair)
            if last is not None and last.at < each.at < start and isinstance(each, CHANGES_ALARMS):
                yield each
        for each in self.read(start, end):
            if not isinstance(each, AlarmsKept):
                yield each

    def recall(self, start: float, end: float, upto: int) -> Iterator[Observation]:
        """What to fold for the picture at the end, of entries up to a number: timeline, and alarms as last kept.

        If they were folded again, alarms that the clock raised would begin at the next observation only.
        """
        latest = {kept.pair: kept for kept in self.alarms_before(end)}
        yield from (kept for kept in latest.values() if kept.at < start)
        yield from self._lasting(start)
        for each in self.read(start, end, upto=upto):
            if not isinstance(each, AlarmsKept) or latest.get(each.pair) == each:
                yield each

    @_saying("read")
    def last(self) -> int:
        """The number of the last entry, 0 while there is none."""
        with self.engine.connect() as connection:
            return connection.execute(sql.select(sql.func.max(observations.c.id))).scalar() or 0

    @_saying("read")
    def others_since(self, number: int, most: int = READ_AT_A_TIME) -> tuple[int, list[Observation]]:
        """Up to `most` entries after that number which others wrote; with the number to go on from.

        After a new journal was begun, its numbers are not those of the old one: it is read from the beginning.
        """
        with self._looking:
            number = 0 if self._begins_again else number
            self._begins_again = False
        query = (
            sql.select(observations.c.id, observations.c.body, observations.c.origin)
            .where(observations.c.id > number)
            .order_by(observations.c.id)
            .limit(most)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        if not rows and self.last() < number:
            return 0, []  # A new journal: its numbers begin again.
        found = [read_body(row.body) for row in rows if row.origin != self.origin]
        return (rows[-1].id if rows else number), [each for each in found if each is not None]

    @_saying("write")
    def show_latest(self, latest: Iterable[PollAnswer | PollUnchanged]) -> None:
        """Replace the latest answers of these servers."""
        rows = [
            {"pair": each.pair, "server": each.server, "at": each.at, "body": json.dumps(as_json(each))}
            for each in latest
        ]
        if not rows:
            return
        with self.engine.begin() as connection:
            mine = sql.and_(
                answered.c.pair == sql.bindparam("its_pair"), answered.c.server == sql.bindparam("its_server")
            )
            keys = [{"its_pair": row["pair"], "its_server": row["server"]} for row in rows]
            connection.execute(answered.delete().where(mine), keys)
            connection.execute(answered.insert(), rows)

    @_saying("read")
    def latest_since(self, at: float) -> list[PollAnswer | PollUnchanged]:
        """The latest answers that came after `at`."""
        with self.engine.connect() as connection:
            rows = connection.execute(sql.select(answered.c.body).where(answered.c.at > at)).all()
        found = [read_body(row.body) for row in rows]
        return [each for each in found if isinstance(each, PollAnswer | PollUnchanged)]

    @_saying("write")
    def watch(self) -> None:
        """Ask the process that collects for the latest answers, for the next seconds."""
        with self.engine.begin() as connection:
            counted = connection.execute(watched.update().values(beats=watched.c.beats + 1))
            if not counted.rowcount:
                connection.execute(watched.insert().values(id=1, beats=1))

    @_saying("read")
    def watches(self) -> int:
        """How often `watch` was called for this journal."""
        with self.engine.connect() as connection:
            return connection.execute(sql.select(watched.c.beats)).scalar() or 0

    @_saying("read")
    def span(self) -> tuple[float, float] | None:
        """The times of the first and the last entry, `None` while there is none."""
        with self.engine.connect() as connection:
            first, last = connection.execute(
                sql.select(sql.func.min(observations.c.at), sql.func.max(observations.c.at))
            ).one()
        return None if first is None else (first, last)

    @_saying("clean")
    def forget(self, before: float) -> int:
        """Delete the entries older than `before`; return their number."""
        with self.engine.begin() as connection:
            return connection.execute(observations.delete().where(observations.c.at < before)).rowcount

    @_saying("clean")
    def shrink(self, most: int) -> int:
        """Delete the oldest entries while the bodies take more than `most` octets; how many entries that were."""
        gone = 0
        with self.engine.begin() as connection:
            size = sql.func.sum(sql.func.length(observations.c.body))
            used, entries = connection.execute(sql.select(size, sql.func.count())).one()
            if used is None or used <= most:
                return 0
            # A tenth more than needed, so that the next check has nothing to delete.
            share = min(1.0, (used - most * 0.9) / used)
            edge = connection.execute(
                sql.select(observations.c.id).order_by(observations.c.id).offset(int(entries * share)).limit(1)
            ).scalar()
            doomed = observations.delete() if edge is None else observations.delete().where(observations.c.id < edge)
            gone = connection.execute(doomed).rowcount
        return gone

    def close(self) -> None:
        self.engine.dispose()


def read_body(body: str) -> Observation | None:
    """The observation of an entry; None for one that this version cannot read."""
    try:
        values = json.loads(body)
        return read_entry(plain_values(values) if may_be_dangerous(body) else values)
    except (UnreadableObservation, ValueError):
        return None
