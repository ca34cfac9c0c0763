"""The journal's database: SQLite unless the configuration names another by URL."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import sqlalchemy as sql

from console.errors import JournalError
from console.model.observations import Observation, UnreadableObservation, as_json, from_json

SCHEMA_VERSION = 1
READ_AT_A_TIME = 1000

metadata = sql.MetaData()

observations = sql.Table(
    "observations",
    metadata,
    sql.Column("id", sql.Integer, primary_key=True),
    sql.Column("at", sql.Float, nullable=False, index=True),
    sql.Column("pair", sql.String(255), nullable=False),
    sql.Column("kind", sql.String(32), nullable=False),
    sql.Column("body", sql.Text, nullable=False),
)

about = sql.Table("about", metadata, sql.Column("schema_version", sql.Integer, nullable=False))


class Journal:
    """Observations in a database. Every method raises JournalError, with the reason for a person.

    Used by one thread at a time; `Journal.open` makes another for another thread.
    """

    def __init__(self, engine: sql.Engine, url: str) -> None:
        self._engine = engine
        self.url = url

    @classmethod
    def open(cls, url: str) -> "Journal":
        """Open or create the journal at a database URL (`sqlite:///FILE`, `postgresql+psycopg://...`)."""
        try:
            engine = sql.create_engine(url)
            if engine.dialect.name == "sqlite" and engine.url.database:
                Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
                # Readers of a replay and the writer of the live console share the file.
                sql.event.listen(engine, "connect", _sqlite_settings)
            journal = cls(engine, url)
            with engine.begin() as connection:
                metadata.create_all(connection)
                version = connection.execute(sql.select(about.c.schema_version)).scalar()
                if version is None:
                    connection.execute(about.insert().values(schema_version=SCHEMA_VERSION))
                elif version != SCHEMA_VERSION:
                    raise JournalError(
                        f"the journal {_public(url)} has schema {version}, this version reads "
                        f"{SCHEMA_VERSION}: name another one under [console] journal"
                    )
        except (sql.exc.SQLAlchemyError, OSError, ImportError) as error:
            raise JournalError(f"cannot open the journal {_public(url)}: {_first_line(error)}") from error
        return journal

    def append(self, batch: Iterable[Observation]) -> None:
        """Keep the observations, all or none."""
        rows = [
            {"at": each.at, "pair": each.pair, "kind": each.kind, "body": json.dumps(as_json(each))} for each in batch
        ]
        if not rows:
            return
        try:
            with self._engine.begin() as connection:
                connection.execute(observations.insert(), rows)
        except sql.exc.SQLAlchemyError as error:
            raise JournalError(f"cannot write the journal: {_first_line(error)}") from error

    def read(self, start: float, end: float, pair: str | None = None) -> Iterator[Observation]:
        """Observations with start <= at <= end in the order of time, of one pair or of all.

        An entry that a newer version wrote and this one cannot read is left out.
        """
        wanted = sql.and_(observations.c.at >= start, observations.c.at <= end)
        if pair is not None:
            wanted = sql.and_(wanted, observations.c.pair.in_(["", pair]))
        query = sql.select(observations.c.body).where(wanted).order_by(observations.c.at, observations.c.id)
        try:
            with self._engine.connect() as connection:
                for row in connection.execution_options(yield_per=READ_AT_A_TIME).execute(query):
                    try:
                        yield from_json(json.loads(row.body))
                    except (UnreadableObservation, ValueError):
                        continue
        except sql.exc.SQLAlchemyError as error:
            raise JournalError(f"cannot read the journal: {_first_line(error)}") from error

    def span(self) -> tuple[float, float] | None:
        """The times of the first and the last entry, `None` while there is none."""
        try:
            with self._engine.connect() as connection:
                first, last = connection.execute(
                    sql.select(sql.func.min(observations.c.at), sql.func.max(observations.c.at))
                ).one()
        except sql.exc.SQLAlchemyError as error:
            raise JournalError(f"cannot read the journal: {_first_line(error)}") from error
        return None if first is None else (first, last)

    def forget(self, before: float) -> int:
        """Delete what is older than `before`; how many entries that were."""
        try:
            with self._engine.begin() as connection:
                return connection.execute(observations.delete().where(observations.c.at < before)).rowcount
        except sql.exc.SQLAlchemyError as error:
            raise JournalError(f"cannot clean the journal: {_first_line(error)}") from error

    def close(self) -> None:
        self._engine.dispose()


def _sqlite_settings(connection: object, record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # the event hands over the driver's own connection
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()


def _public(url: str) -> str:
    """The URL without its password; of what is no URL, nothing that could hold one."""
    try:
        return sql.make_url(url).render_as_string(hide_password=True)
    except sql.exc.ArgumentError:
        return "under [console] journal"


def _first_line(error: Exception) -> str:
    cause = error.orig if isinstance(error, sql.exc.DBAPIError) and error.orig is not None else error
    return (str(cause).splitlines() or [type(cause).__name__])[0]
