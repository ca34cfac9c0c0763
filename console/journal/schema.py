"""The journal's tables, and opening a database that has them: SQLite by default, PostgreSQL by URL.

Schema 2 has, beyond the first, who wrote an entry (`origin`, so that a console does not read its own words back), an
index by pair and kind, and the one row that says who collects. Schema 3 has the same tables: polls, leases and
configurations are kept as neutral facts (upgrade.py reads the older ones), which an older version cannot read.
"""

from pathlib import Path
from typing import Any

import sqlalchemy as sql

from console.errors import JournalError

SCHEMA_VERSION = 3
CONNECT_SECONDS = 5
"""A database that does not answer must not keep the screen from opening."""

metadata = sql.MetaData()

observations = sql.Table(
    "observations",
    metadata,
    sql.Column("id", sql.BigInteger().with_variant(sql.Integer, "sqlite"), primary_key=True),
    sql.Column("at", sql.Double, nullable=False, index=True),
    sql.Column("pair", sql.String(255), nullable=False),
    sql.Column("kind", sql.String(32), nullable=False),
    sql.Column("body", sql.Text, nullable=False),
    sql.Column("origin", sql.String(64), nullable=False, server_default=""),
    sql.Index("ix_observations_pair_kind_at", "pair", "kind", "at"),
)

answered = sql.Table(
    "answered",
    metadata,
    sql.Column("pair", sql.String(255), primary_key=True),
    sql.Column("server", sql.String(255), primary_key=True),
    sql.Column("at", sql.Double, nullable=False, index=True),
    sql.Column("body", sql.Text, nullable=False),
)
"""The latest answer of each server beyond the entries: one row that is replaced, for consoles that watch. A replay does
not need it, since the entries have every change."""

watched = sql.Table(
    "watched",
    metadata,
    sql.Column("id", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("beats", sql.BigInteger, nullable=False),
)
"""One row, counted up by consoles that watch: while it does not change, the latest answers are not needed."""

about = sql.Table("about", metadata, sql.Column("schema_version", sql.Integer, nullable=False))

collector = sql.Table(
    "collector",
    metadata,
    sql.Column("id", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("host", sql.String(255), nullable=False),
    sql.Column("process", sql.Integer, nullable=False),
    sql.Column("since", sql.Double, nullable=False),
)


def open_engine(url: str) -> sql.Engine:
    """An engine on the journal at a URL, made or brought up to this schema. Raises JournalError."""
    try:
        engine = sql.create_engine(url, **_options(url))
        if engine.dialect.name == "sqlite" and engine.url.database:
            # Readers of a replay and the writer of the live console share the file.
            sql.event.listen(engine, "connect", _sqlite_settings)
        make_tables(engine, url)
    except (sql.exc.SQLAlchemyError, OSError, ImportError) as error:
        raise JournalError(f"cannot open the journal {public(url)}: {first_line(error)}") from error
    return engine


def open_for_reading(url: str) -> sql.Engine:
    """An engine on an existing journal, which it does not change. Raises JournalError."""
    try:
        parsed = sql.make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            path = Path(parsed.database).resolve()
            # Without the mode, a missing file would be created.
            parsed = parsed.set(database=path.as_uri(), query={"mode": "ro", "uri": "true"})
        engine = sql.create_engine(parsed, **_options(url))
        with engine.connect() as connection:
            version = connection.execute(sql.select(about.c.schema_version)).scalar()
    except (sql.exc.SQLAlchemyError, OSError, ImportError) as error:
        raise JournalError(f"cannot read the journal {public(url)}: {first_line(error)}") from error
    if version != SCHEMA_VERSION:
        raise JournalError(f"the journal {public(url)} has schema {version}: open the console on it once")
    return engine


def make_tables(engine: sql.Engine, url: str) -> None:
    """Make the tables, and the folder of a file, where they are not there. Raises OSError and SQLAlchemyError."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    with engine.begin() as connection:
        _prepare(connection, url)


def file_of(engine: sql.Engine) -> tuple[int, int] | None:
    """Which file it is that lies under the journal's name; None where none does, or a server keeps the journal."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    try:
        found = Path(engine.url.database).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _options(url: str) -> dict[str, Any]:
    if sql.make_url(url).get_backend_name() != "postgresql":
        return {}
    return {"pool_pre_ping": True, "connect_args": {"connect_timeout": CONNECT_SECONDS}}


def _prepare(connection: sql.Connection, url: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sql.select(sql.func.pg_advisory_xact_lock(PREPARE_KEY)))
    there = sql.inspect(connection).has_table(about.name)
    version = connection.execute(sql.select(about.c.schema_version)).scalar() if there else None
    if version is not None and version > SCHEMA_VERSION:
        raise JournalError(
            f"the journal {public(url)} has schema {version}, this version reads up to "
            f"{SCHEMA_VERSION}: name another one under [console] journal"
        )
    if version == 1:
        connection.execute(sql.text("ALTER TABLE observations ADD COLUMN origin VARCHAR(64) NOT NULL DEFAULT ''"))
        connection.execute(sql.text("CREATE INDEX ix_observations_pair_kind_at ON observations (pair, kind, at)"))
    metadata.create_all(connection)
    if version is None:
        connection.execute(about.insert().values(schema_version=SCHEMA_VERSION))
    elif version < SCHEMA_VERSION:
        connection.execute(about.update().values(schema_version=SCHEMA_VERSION))


APPEND_KEY, COLLECT_KEY, PREPARE_KEY = (0x7061_6972_0000 + number for number in (1, 2, 3))
"""Keys of the advisory locks of PostgreSQL: for appending, collecting, and creating the tables."""


def _sqlite_settings(connection: Any, record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()


def public(url: str) -> str:
    """The URL without its password; for an invalid URL, a text without any part of it."""
    try:
        return sql.make_url(url).render_as_string(hide_password=True)
    except sql.exc.ArgumentError:
        return "under [console] journal"


def first_line(error: Exception) -> str:
    """The error of a database in one line."""
    cause = error.orig if isinstance(error, sql.exc.DBAPIError) and error.orig is not None else error
    return (str(cause).splitlines() or [type(cause).__name__])[0]
